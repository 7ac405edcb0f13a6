"""Figures, difficulties, questions, targets and intentions, out of invented sentences."""

import pytest

from engagements.reading.reader import read_text

LEAD = "Ngày 1/2/2024, Bộ trưởng Bộ Y tế Lê Văn Mẫu làm việc với UBND tỉnh Kon Tum.\n"


def read(text, names, kind):
    reading = read_text(LEAD + text, names)
    return [p for p in reading.proposals if p.kind == kind and p.paragraph > 1]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Tỉnh có hơn 1.900 hộ nghèo.", [("1900", "hộ", "hơn")]),
        ("Diện tích gần 100.000ha.", [("100000", "ha", "gần")]),
        ("Chi 1.240,5 tỉ đồng.", [("1240.5", "tỉ đồng", "")]),
        ("Có 70 – 80% hộ dùng.", [("70", "%", ""), ("80", "%", "")]),
        ("Đã kiểm đếm 1.170/1.214 hộ.", [("1170", "hộ", "")]),
        ("Có 179/331 trường đạt chuẩn.", [("179", "trường", "")]),
        ("Tỉnh xếp thứ 17/63 cả nước.", [("17", "hạng", "")]),
        ("Đạt 27,5 giường/vạn dân.", [("27.5", "giường/vạn dân", "")]),
        ("Từ 300.000 đồng lên 500.000 đồng.", [("300000", "đồng", ""), ("500000", "đồng", "")]),
        ("Biên bản lập lúc 11 giờ 30 ngày 12/3.", []),
        ("Theo Nghị quyết 54 và quốc lộ 32, đoạn Km 12.", []),
        ("Bộ tặng 200 suất quà cho dân.", []),
    ],
)
def test_figures(names, text, figures):
    rows = [p.payload for p in read(text, names, "figure")]
    assert [(row["value"], row["unit"], row["qualifier"]) for row in rows] == figures


def test_figure_has_its_period_and_says_whether_it_is_a_target(names):
    text = "Năm 2022, tỉnh thu 500 tỷ đồng. Tỉnh phấn đấu đến năm 2025 có 33 xã đạt chuẩn."
    money, communes = (p.payload for p in read(text, names, "figure"))
    assert (money["period"], money["is_target"]) == ("Năm 2022", False)
    assert (communes["period"], communes["is_target"]) == ("năm 2025", True)


@pytest.mark.parametrize(
    ("text", "difficulties"),
    [
        ("Tỉnh thiếu 40 bác sĩ; 38 trạm xuống cấp.", ["Tỉnh thiếu 40 bác sĩ", "38 trạm xuống cấp"]),
        (
            "Tỉnh gặp khó khăn do bến bãi chật hẹp, xe hàng ùn ứ nhiều ngày và thiếu cán bộ.",
            ["bến bãi chật hẹp", "xe hàng ùn ứ nhiều ngày", "thiếu cán bộ"],
        ),
        ("Bộ giúp tỉnh tháo gỡ khó khăn trong sản xuất.", []),
        ("Tỉnh sẽ bố trí cán bộ cho 41 xã chưa có bản đồ.", []),
    ],
)
def test_difficulties(names, text, difficulties):
    rows = read(text, names, "remark")
    assert [p.quote for p in rows if p.payload["kind"] == "difficulty"] == difficulties


def test_questions_targets_and_intentions(names):
    text = (
        "Ông Trần Văn Thử, Chủ tịch UBND tỉnh, hỏi: Sách cũ của tỉnh còn dùng được không?\n"
        "Tỉnh phấn đấu đến năm 2025 có 33 xã đạt chuẩn.\n"
        "Chủ tịch UBND tỉnh Trần Văn Thử nói tỉnh sẽ dành 15 tỷ đồng làm đường."
    )
    assert [p.payload["kind"] for p in read(text, names, "remark")] == [
        "question",
        "target",
        "intention",
    ]
