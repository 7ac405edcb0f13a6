"""Deadline phrases: one table of phrases said on a session's day, and what holds of all of them."""

from datetime import date, timedelta

import pytest
from django.utils.translation import override

from engagements.deadline_words import (
    LONGEST,
    YEARS,
    DeadlineReading,
    find_deadline,
    read_deadline,
)

SESSION = date(2024, 2, 29)  # a Thursday

STATED = [
    ("trước ngày 30/6/2024", "2024-06-30"),  # that day itself, not its eve
    ("trước 30/6/2024", "2024-06-30"),
    ("30/6/2024", "2024-06-30"),
    ("30-6-2024", "2024-06-30"),
    ("30.6.2024", "2024-06-30"),
    ("30 / 6 / 2024", "2024-06-30"),
    ("30/06/2024.", "2024-06-30"),
    ("2024-06-30", "2024-06-30"),
    ("ngày 30 tháng 6 năm 2024", "2024-06-30"),
    ("Ngày 30 tháng Sáu năm 2024", "2024-06-30"),
    ("chậm nhất là ngày 15/7/2024", "2024-07-15"),
    ("thời hạn: 15/7/2024", "2024-07-15"),
    ("hết ngày 31/12/2024", "2024-12-31"),
    ("truoc ngay 30 thang 6 nam 2024", "2024-06-30"),
    ("từ 1/6 đến 30/6/2024", "2024-06-30"),
    ("01/6 – 30/6/2024", "2024-06-30"),
    ("15-20/6/2024", "2024-06-20"),
    ("sớm nhất, trước 30/6/2024", "2024-06-30"),
    ("29/2/2028", "2028-02-29"),
]
PERIODS = [
    # phrase, ground, day
    ("đến hết tháng 3/2024", "month", "2024-03-31"),
    ("tháng 3-2024", "month", "2024-03-31"),
    ("tháng 2 năm 2028", "month", "2028-02-29"),
    ("trong tháng Tư năm 2024", "month", "2024-04-30"),
    ("6/2024", "month", "2024-06-30"),
    ("tháng 5-6/2024", "month", "2024-06-30"),
    ("5-6/2024", "month", "2024-06-30"),
    ("từ tháng 3 đến tháng 6/2024", "month", "2024-06-30"),
    ("cuối tháng 6/2024", "month", "2024-06-30"),
    ("trước cuối tháng 6/2024", "month", "2024-06-30"),
    ("hạ tuần tháng 6/2024", "month", "2024-06-30"),
    ("quý I/2024", "quarter", "2024-03-31"),
    ("quý I-2024", "quarter", "2024-03-31"),
    ("Quý IV năm 2024", "quarter", "2024-12-31"),
    ("quý 3/2024", "quarter", "2024-09-30"),
    ("quý ba năm 2024", "quarter", "2024-09-30"),
    ("quy II/2024", "quarter", "2024-06-30"),
    ("quý II, III/2024", "quarter", "2024-09-30"),
    ("trước hết quý II/2024", "quarter", "2024-06-30"),
    ("6 tháng đầu năm 2025", "months", "2025-06-30"),
    ("sáu tháng đầu năm 2025", "months", "2025-06-30"),
    ("9 tháng đầu năm 2025", "months", "2025-09-30"),
    ("6 tháng cuối năm 2025", "months", "2025-12-31"),
    ("những tháng cuối năm 2024", "months", "2024-12-31"),
    ("năm 2025", "year", "2025-12-31"),
    ("2025", "year", "2025-12-31"),
    ("hết năm 2025", "year", "2025-12-31"),
    ("cuối năm 2025", "year", "2025-12-31"),
    ("đến năm 2030", "year", "2030-12-31"),
    ("đến năm 2030, tầm nhìn đến năm 2045", "year", "2030-12-31"),
    ("trước khi kết thúc năm 2025", "year", "2025-12-31"),
    ("giai đoạn 2021–2025", "period", "2025-12-31"),
    ("giai đoạn 2021 - 2025", "period", "2025-12-31"),
    ("2021-2025", "period", "2025-12-31"),
    ("từ năm 2021 đến năm 2025", "period", "2025-12-31"),
    ("trong 2 năm 2024-2025", "period", "2025-12-31"),
    ("đầu năm 2025", "part", "2025-04-30"),
    ("giữa năm 2025", "part", "2025-08-31"),
    ("nửa đầu năm 2025", "part", "2025-06-30"),
    ("đầu quý III/2024", "part", "2024-07-31"),
    ("đầu tháng 6/2024", "part", "2024-06-10"),
    ("trung tuần tháng 6/2024", "part", "2024-06-20"),
]
INFERRED = [
    # phrase, day of the session, day: the first that is not over
    ("trước 30/6", "2024-06-29", "2024-06-30"),
    ("trước 30/6", "2024-06-30", "2024-06-30"),
    ("trước 30/6", "2024-07-01", "2025-06-30"),
    ("30 tháng 6", "2024-07-01", "2025-06-30"),
    ("trước 25-6", "2024-02-29", "2024-06-25"),
    ("ngày 29/2", "2024-02-29", "2024-02-29"),
    ("ngày 29/2", "2027-12-01", "2028-02-29"),
    ("31/12", "2024-12-31", "2024-12-31"),
    ("trong tháng 6", "2024-06-30", "2024-06-30"),
    ("trong tháng 6", "2024-07-01", "2025-06-30"),
    ("quý 3", "2024-09-30", "2024-09-30"),
    ("quý 3", "2024-10-01", "2025-09-30"),
    ("6 tháng đầu năm", "2024-06-30", "2024-06-30"),
    ("6 tháng đầu năm", "2024-07-01", "2025-06-30"),
    ("6 tháng cuối năm", "2024-12-31", "2024-12-31"),
    ("đầu năm", "2024-04-30", "2024-04-30"),
    ("đầu năm", "2024-05-01", "2025-04-30"),
    ("giữa năm", "2024-08-31", "2024-08-31"),
    ("giữa năm", "2024-09-01", "2025-08-31"),
    ("cuối năm", "2024-12-31", "2024-12-31"),
    ("cuoi nam", "2025-01-01", "2025-12-31"),
    ("trong năm", "2024-12-31", "2024-12-31"),
    ("từ nay đến cuối năm", "2024-02-29", "2024-12-31"),
]
RELATIVE = [
    ("quý III năm nay", "2024-09-30", "2024-09-30"),
    ("cuối năm nay", "2024-12-31", "2024-12-31"),
    ("cuối năm nay", "2025-01-01", "2025-12-31"),
    ("tháng 3 năm sau", "2024-12-31", "2025-03-31"),
    ("năm tới", "2024-12-31", "2025-12-31"),
    ("sang năm", "2024-02-29", "2025-12-31"),
    ("trong tháng", "2024-02-29", "2024-02-29"),
    ("tháng này", "2023-02-01", "2023-02-28"),
    ("tháng sau", "2024-01-31", "2024-02-29"),
    ("tháng tới", "2024-12-31", "2025-01-31"),
    ("quý này", "2024-03-31", "2024-03-31"),
    ("quý tới", "2024-12-01", "2025-03-31"),
    ("đầu tháng", "2024-02-11", "2024-03-10"),
    ("tuần này", "2024-03-03", "2024-03-03"),  # a Sunday
    ("tuần này", "2024-03-04", "2024-03-10"),
    ("tuần sau", "2024-03-03", "2024-03-10"),
    ("tuần tới", "2024-03-04", "2024-03-17"),
    ("cuối tuần", "2024-02-29", "2024-03-03"),
]
COUNTED = [
    ("trong vòng 30 ngày", "2024-02-29", "2024-03-30"),
    ("trong 30 ngày tới", "2023-12-02", "2024-01-01"),
    ("trong 30 ngày kể từ ngày họp", "2024-02-29", "2024-03-30"),
    ("trong 2 tuần", "2024-02-29", "2024-03-14"),
    ("trong hai tuần", "2024-02-29", "2024-03-14"),
    ("10 ngày nữa", "2024-02-29", "2024-03-10"),
    ("trong 3 tháng tới", "2024-02-29", "2024-05-29"),
    ("trong 3 tháng tới", "2023-11-30", "2024-02-29"),
    ("sáu tháng tới", "2024-02-29", "2024-08-29"),
    ("trong sau thang toi", "2024-02-29", "2024-08-29"),
    ("trong 2 quý", "2024-02-29", "2024-08-29"),
    ("trong 1 năm", "2024-02-29", "2025-02-28"),
]
WORDS_ALONE = [
    "sớm", "sớm nhất", "sớm nhất có thể", "trong thời gian tới", "trong thời gian sớm nhất",
    "theo lộ trình", "đúng tiến độ", "khi có đủ điều kiện", "trong vài tháng tới",
    "những tháng đầu năm 2025", "trước Tết", "trước Tết Nguyên đán 2025", "nhiệm kỳ 2021-2026",
    "hết nhiệm kỳ", "năm học 2024-2025", "giai đoạn tới", "từ năm 2025", "sau năm 2025",
    "sau 30/6/2024", "sau tháng tới", "sau thang toi", "khoảng tháng 6",
]  # fmt: skip
ONGOING = [
    "thường xuyên", "Thường xuyên, liên tục", "liên tục", "định kỳ", "định kỳ hằng quý", "hằng năm",
    "hàng năm", "hang nam", "mỗi năm một lần", "6 tháng một lần", "trước ngày 20 hằng tháng",
    "trước 15/12 hằng năm",
]  # fmt: skip
PROBLEMS = [
    ("trước 31/2", "impossible_day"),
    ("31/4/2024", "impossible_day"),
    ("29/2/2025", "impossible_day"),
    ("2024-13-01", "impossible_day"),
    ("14/14", "impossible_day"),
    ("tháng 13", "impossible_day"),
    ("tháng 0/2024", "impossible_day"),
    ("quý 5/2024", "impossible_day"),
    ("15 tháng đầu năm 2025", "impossible_day"),
    ("giai đoạn 2025-2021", "impossible_day"),
    ("30/6/24", "year_outside"),
    ("năm 1944", "year_outside"),
    ("30/6/2101", "year_outside"),
    ("tháng 6/2150", "year_outside"),
    ("trong 100 năm tới", "year_outside"),
    ("28/2/2024", "before_session"),
    ("năm 2023", "before_session"),
    ("quý IV/2023", "before_session"),
    ("2020-2022", "before_session"),
    ("trước tháng 6", "before_a_period"),
    ("trước quý III/2024", "before_a_period"),
    ("trước năm 2030", "before_a_period"),
    ("trước giữa năm", "before_a_period"),
    ("30 ngày", "start_unknown"),
    ("trong vòng 30 ngày kể từ ngày nhận đủ hồ sơ", "start_unknown"),
    ("trong 10 ngày làm việc", "working_days"),
]
NO_DEADLINES = [
    "", " ", ".", "8", "25", "12345", "25.6", "2-3", "#1, 2", "rõ ràng", "Ninh Bình", "ngày",
    "năm", "tháng", "quỹ 3/2024", "đoạn 5", "14/14 chỉ tiêu", "5,2%", "Q1/2024",
    "sẽ cấp phép trong quý tới", "trước 30/6/2024 báo cáo Thủ tướng", "năm học sinh",
    "30/6/2024 và 15/7/2024", "30/6/2024, 15/7/2024", "trước mặt", "“quý I/2024”", "đầu tuần sau",
    "từ trung ương đến địa phương", "khoảng 1/6 đến 30/6/2024", "٣٠/٦/٢٠٢٤",
]  # fmt: skip
DATED = (
    [(phrase, SESSION, ("day",), day) for phrase, day in STATED]
    + [(phrase, SESSION, (ground,), day) for phrase, ground, day in PERIODS]
    + [
        (phrase, date.fromisoformat(on), (..., "year_inferred"), day)
        for phrase, on, day in INFERRED
    ]
    + [(phrase, date.fromisoformat(on), (..., "relative"), day) for phrase, on, day in RELATIVE]
    + [(phrase, date.fromisoformat(on), ("counted",), day) for phrase, on, day in COUNTED]
)
PHRASES = sorted(
    {case[0] for case in DATED}
    | {*WORDS_ALONE, *ONGOING, *NO_DEADLINES}
    | {phrase for phrase, _problem in PROBLEMS}
)
SESSIONS = [
    date(1945, 9, 2),
    date(2023, 11, 30),
    *(date(2024, 2, 27) + timedelta(days=number) for number in range(9)),  # round a leap day
    *(date(2024, 6, 29) + timedelta(days=number) for number in range(3)),
    *(date(2024, 12, 30) + timedelta(days=number) for number in range(3)),
    date(2100, 12, 31),
    date(9999, 12, 31),
]


@pytest.mark.parametrize(("phrase", "held_on", "basis", "due_on"), DATED)
def test_a_day_is_read_with_its_basis(phrase, held_on, basis, due_on):
    reading = read_deadline(phrase, held_on)
    assert (reading.due_on, reading.problem) == (date.fromisoformat(due_on), "")
    assert reading.basis[-1:] == basis[-1:]
    assert len(reading.basis) == len(basis)
    assert reading.is_stated == (basis == ("day",))


@pytest.mark.parametrize("phrase", WORDS_ALONE)
def test_words_without_a_day_are_kept(phrase):
    assert read_deadline(phrase, SESSION) == DeadlineReading(phrase, basis=("no_day",))


@pytest.mark.parametrize("phrase", ONGOING)
def test_what_has_no_end_is_ongoing(phrase):
    reading = DeadlineReading(phrase, is_ongoing=True, basis=("ongoing",))
    assert read_deadline(phrase, SESSION) == reading


@pytest.mark.parametrize(
    "phrase", ["thường xuyên, đến hết năm 2025", "Thường xuyên trong năm 2025", "2025, liên tục"]
)
def test_what_is_ongoing_may_have_an_end(phrase):
    reading = DeadlineReading(phrase, date(2025, 12, 31), True, ("year", "ongoing"))
    assert read_deadline(phrase, SESSION) == reading


@pytest.mark.parametrize(("phrase", "problem"), PROBLEMS)
def test_what_is_wrong_is_told_and_no_day_invented(phrase, problem):
    assert read_deadline(phrase, SESSION) == DeadlineReading(phrase, problem=problem)


@pytest.mark.parametrize("phrase", NO_DEADLINES)
def test_what_is_no_deadline_is_not_understood(phrase):
    reading = read_deadline(phrase, SESSION)
    assert not reading.is_understood
    assert reading == DeadlineReading(phrase.strip())


@pytest.mark.parametrize(
    ("phrase", "due_on"),
    [("28/2/2024", None), ("29/2/2024", SESSION), ("1/3/2024", date(2024, 3, 1))],
)
def test_a_deadline_is_on_the_day_of_the_session_at_the_earliest(phrase, due_on):
    assert read_deadline(phrase, SESSION).due_on == due_on


@pytest.mark.parametrize("year", [1944, 1945, 2100, 2101])
def test_years_are_those_of_the_register(year):
    reading = read_deadline(f"năm {year}")
    assert reading.due_on == (date(year, 12, 31) if year in YEARS else None)


def test_without_a_session_day_only_whole_dates_have_one():
    for phrase, _held_on, basis, due_on in DATED:
        reading = read_deadline(phrase)
        if basis[-1] in ("year_inferred", "relative", "counted"):
            assert reading == DeadlineReading(reading.words, problem="no_session_day")
        else:
            assert reading.due_on == date.fromisoformat(due_on)


@pytest.mark.parametrize("phrase", PHRASES)
def test_what_holds_of_every_phrase_on_every_day(phrase):
    is_understood = read_deadline(phrase).is_understood
    for held_on in SESSIONS:
        reading = read_deadline(phrase, held_on)
        assert reading.is_understood == is_understood, "whether it is a deadline hangs on no day"
        assert read_deadline(reading.words, held_on) == reading
        assert read_deadline(f"  {phrase.upper()}\u00a0", held_on).due_on == reading.due_on
        if reading.due_on:
            assert held_on <= reading.due_on
            assert reading.due_on.year in YEARS
            assert reading.basis
            assert not reading.problem
        assert not (reading.basis and reading.problem)
        assert reading.is_ongoing == ("ongoing" in reading.basis)
        assert bool(reading.why) == reading.is_understood


@pytest.mark.parametrize(("phrase", "held_on", "basis", "due_on"), DATED)
def test_a_phrase_inside_a_sentence_is_not_taken_for_it(phrase, held_on, basis, due_on):
    for text in (f"Bộ trình đề án {phrase}", f"{phrase} sẽ xong đường"):
        reading = read_deadline(text, held_on)
        assert reading.due_on is None
        assert not reading.basis


def test_what_the_column_cannot_keep_is_not_read():
    spaces = " " * 200
    assert read_deadline(f"trước{spaces}30/6/2024", SESSION).due_on == date(2024, 6, 30)
    assert not read_deadline("ngay trong " * 20 + "năm 2025", SESSION).is_understood
    assert len("ngay trong " * 20) > LONGEST


def test_the_reason_is_in_the_readers_language():
    with override("vi"):
        assert read_deadline("quý 3", SESSION).why == (
            "hết quý; năm suy ra từ ngày của buổi làm việc"
        )
        assert read_deadline("31/2", SESSION).why == "không có ngày này"


# -- in running text


@pytest.mark.parametrize(
    ("text", "words", "due_on"),
    [
        ("Hai bên thống nhất họp lại trong quý III/2024 tại Hà Nội", "trong quý III/2024", (9, 30)),
        (
            "giao Cục làm thủ tục xong trước ngày 05/4/2024; báo cáo",
            "xong trước ngày 05/4/2024",
            (4, 5),
        ),
        ("bố trí trước 60 km trong kế hoạch năm 2024", "năm 2024", (12, 31)),
        ("xây trạm ngay trong năm 2024", "ngay trong năm 2024", (12, 31)),
        ("báo cáo Cục hằng quý", "hằng quý", None),
        ("quy hoạch tỉnh đến năm 2030", None, None),
        ("miễn phí thuê đất trong 5 năm", None, None),
        ("cao hơn so với tháng 6", None, None),
        ("đưa vào đợt hỗ trợ cuối năm", None, None),
        ("bằng nguồn bảo trì năm 2024", None, None),
        ("trong năm 2019, tỉnh đã làm", None, None),
    ],
)
def test_deadline_is_found_in_running_text(text, words, due_on):
    found = find_deadline(text, date(2024, 2, 1))
    assert (found and found.words) == words
    assert (found and found.due_on) == (due_on and date(2024, *due_on))


def test_deadline_that_depends_on_an_unknown_day_keeps_its_words():
    found = find_deadline("Bộ sẽ hỗ trợ trong quý 3 năm nay")
    assert (found.words, found.due_on) == ("trong quý 3 năm nay", None)
