"""The gate, the parties, the day and the place of a session, out of invented lines."""

from datetime import date

import pytest

from engagements.reading.reader import read_text
from engagements.reading.reasons import REASONS, told
from engagements.reading.session import NEITHER, RESULTS, SESSION

LEAD = "làm việc với UBND tỉnh Kon Tum về y tế."


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (f"Ngày 1/2/2024, Bộ trưởng Bộ Y tế Lê Văn Mẫu {LEAD}", SESSION),
        ("Đoàn công tác tỉnh Kon Tum làm việc với Bộ Y tế về bệnh viện.", SESSION),
        ("Bộ Y tế khảo sát, làm việc tại Kon Tum. Tiếp đoàn có lãnh đạo tỉnh.", SESSION),
        ("Cục trưởng Cục Mẫu (Bộ Y tế) làm việc với Sở Y tế và UBND tỉnh Kon Tum.", SESSION),
        ("Thứ trưởng Bộ Y tế họp trực tuyến với lãnh đạo hai tỉnh Kon Tum và Gia Lai.", SESSION),
        ("Biên bản\nGiữa Bộ Y tế và UBND tỉnh Kon Tum\nThời gian: 01/2/2024", SESSION),
        ("Tại buổi làm việc, tỉnh Kon Tum báo cáo với Đoàn công tác Bộ Y tế.", SESSION),
        ("Chủ tịch UBND tỉnh Kon Tum làm việc với Hiệp hội Gỗ theo quy định của Bộ Y tế.", NEITHER),
        ("Bộ Y tế tổ chức hội nghị toàn quốc. Sở Y tế Kon Tum đề nghị Bộ hướng dẫn.", NEITHER),
        ("Bộ trưởng Bộ Y tế làm việc với Cục Mẫu. Tỉnh Kon Tum đang chờ.", NEITHER),
        ("UBND tỉnh Kon Tum khởi công cầu, Thứ trưởng Bộ Y tế dự lễ.", NEITHER),
        ("Bộ trưởng Bộ Y tế sẽ làm việc với UBND tỉnh Kon Tum vào tuần tới.", NEITHER),
        ("Tin không có ai.", NEITHER),
        (
            "UBND TỈNH KON TUM\nSố: 12/BC-UBND\nBÁO CÁO\n"
            "Kết quả thực hiện kết luận tại buổi làm việc với Bộ Y tế\nCN-1 đã xong.",
            RESULTS,
        ),
        (
            "BỘ Y TẾ\nV/v trả lời kiến nghị của tỉnh Kon Tum\nKính gửi: UBND tỉnh Kon Tum\n"
            "Bộ Y tế làm việc với UBND tỉnh Kon Tum ngày 1/2/2024.",
            RESULTS,
        ),
    ],
)
def test_gate(names, text, verdict):
    reading = read_text(text, names)
    assert reading.session.verdict == verdict
    assert told(reading.session.why)
    if verdict != SESSION:
        assert (reading.proposals, reading.people) == ([], [])


@pytest.mark.parametrize(
    ("text", "day", "basis"),
    [
        ("Ngày 1/2/2024, Bộ trưởng Bộ Y tế {}", date(2024, 2, 1), "day.written"),
        ("Ngày 12 tháng 3 năm 2018, Bộ Y tế {}", date(2018, 3, 12), "day.written"),
        ("Sáng 1/2, Bộ Y tế {}", None, "day.no_year"),
        ("Thứ năm, 01/02/2024 | 19:42\nSáng 1/2, Bộ Y tế {}", date(2024, 2, 1), ...),
        ("Đăng ngày: 02/01/2024\nNgày 30-12, Bộ Y tế {}", date(2023, 12, 30), "day.year_of_stamp"),
        ("date 2023-10 Chiều ngày 3/10, Bộ Y tế {}", date(2023, 10, 3), "day.year_of_stamp"),
        ("date 2024-01 Chiều ngày 28/12, Bộ Y tế {}", date(2023, 12, 28), "day.year_of_stamp"),
        ("date 2023-10 Chiều ngày 3/5, Bộ Y tế {}", None, "day.no_year"),
        ("URL: https://x.example/2022/12/a.html\nNgày 30-11, Bộ Y tế {}", date(2022, 11, 30), ...),
        ("URL: https://x.example/2022/1/a.html\nNgày 30-11, Bộ Y tế {}", date(2021, 11, 30), ...),
        ("Cập nhật lúc 20:15, 24/10/2025\nHôm nay, Bộ Y tế {}", date(2025, 10, 24), "day.of_stamp"),
        (
            "Thứ Hai, 11/05/2020 07:00\nThứ Sáu tuần trước, Bộ Y tế {}",
            date(2020, 5, 8),
            "day.of_stamp",
        ),
        (
            "Ngày 12/10, Bộ Y tế {}\n9 tháng năm 2025, tỉnh thu 5 tỷ đồng.",
            date(2025, 10, 12),
            "day.year_of_running_months",
        ),
        ("Ngày 12/10, Bộ Y tế {}\nNăm 2019, tỉnh thu 5 tỷ đồng.", None, "day.no_year"),
        (
            "Ngày 29/2, Bộ Y tế {}\nTrong quý I/2024, hai bên sẽ gặp lại.",
            date(2024, 2, 29),
            "day.year_is_leap",
        ),
        ("Trong hai ngày 5 và 6/8/2024, Bộ Y tế {}", date(2024, 8, 5), "day.written"),
        ("Ngày 31/2/2024, Bộ Y tế {}", None, "day.impossible"),
        ("Theo Quyết định 5 ngày 3/4/2020, Bộ Y tế {}", None, "day.none"),
    ],
)
def test_day_with_its_basis_and_no_invented_year(names, text, day, basis):
    session = read_text(text.format(LEAD), names).session
    assert session.verdict == SESSION
    assert session.day.held_on == day
    assert basis is ... or session.day.basis == basis
    assert session.day.basis in REASONS


def test_day_without_a_year_keeps_day_and_month(names):
    reading = read_text(f"Sáng 8/5, Bộ Y tế {LEAD}", names)
    payload = next(p.payload for p in reading.proposals if p.payload.get("field") == "held_on")
    assert (payload["held_on"], payload["day"], payload["month"]) == (None, 8, 5)


def test_other_provinces_are_no_parties(names):
    reading = read_text(
        f"Ngày 1/2/2024, tại Hà Nội, Bộ Y tế {LEAD}\n"
        "Các tỉnh như Gia Lai, Đắk Lắk đã làm. Theo Báo Quảng Ninh, tại huyện Hòa Bình cũng vậy.",
        names,
    )
    assert [found.value for found in reading.session.provinces] == ["Kon Tum"]


def test_units_of_that_day(names):
    text = "Ngày 21/10/2025, Bộ Y tế làm việc với UBND tỉnh Lâm Đồng, sau khi hợp nhất Đắk Nông."
    reading = read_text(text, names)
    units = [p.payload["slug"] for p in reading.proposals if p.payload.get("field") == "province"]
    assert units == ["lam-dong"]


def test_ministry_is_the_one_whose_people_speak(names):
    reading = read_text(
        f"Ngày 1/2/2024, Thứ trưởng Bộ Y tế Lê Văn Mẫu {LEAD}\n"
        "Bộ sẽ phối hợp với Bộ Tài chính, Bộ Tài chính và Bộ Nội vụ báo cáo Chính phủ.",
        names,
    )
    assert reading.session.ministry.value == "bo-y-te"


def test_place(names):
    reading = read_text(f"Ngày 1/2/2024, tại thành phố Kon Tum, Bộ Y tế {LEAD}", names)
    assert reading.session.place.value == "thành phố Kon Tum"
