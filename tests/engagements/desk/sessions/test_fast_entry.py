"""Fast entry of what people paste: tables and lists come in, nothing is invented, nothing lost."""

from datetime import date
from decimal import Decimal

import pytest

from engagements.desk.sessions.filling import person_name
from engagements.desk.sessions.pasted import read_pasted
from engagements.models import Attendance, Commitment, Figure, Meeting, ProvinceRequest
from provinces.models import Official
from tests.desk import address, new_session, posted, rows_back
from tests.factories import (
    make_indicator,
    make_official,
    make_organization,
    make_province,
    make_source,
)

# -- what a paste is made of


def parts(text, **options):
    lines, _passed = read_pasted(text, **options)
    return [line.parts for line in lines]


MARKS = (
    "- ", "-", "– ", "— ", "• ", "•", "● ", "+ ", "+", "* ", "· ", "▪ ", "➢ ", "1. ", "1.", "12. ",
    "1) ", "1/ ", "(1) ", "1.1. ", "a) ", "a. ", "(a) ", "đ) ", "i.) ", "iv) ", "II. ", "1.\t",
    "-\t", "•\t", "+\t", "I\t", "7\t", "\t",
)  # fmt: skip


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_is_no_part_of_what_is_said(mark):
    assert parts(f"{mark}Mở lớp học nghề | 4") == [("Mở lớp học nghề", "4")]


NO_MARKS = (
    "5G cho vùng núi", "50% số xã có mạng", "30/6 là hạn nộp", "1.500 hộ xin nối mạng",
    "2,5 tỷ đồng cho lớp học", "v/v mở lớp", "-5% chi phí", "TS. Lê Văn Một",
)  # fmt: skip


@pytest.mark.parametrize("text", NO_MARKS)
def test_words_that_begin_like_a_mark_stay(text):
    assert parts(text) == [(text,)]


def test_among_people_a_plus_means_somebody_new():
    assert parts("+ Lê Mới\n++ Lê Hai\n- Lê Ba\n+\tLê Tư", plus_is_bullet=False) == [
        ("+ Lê Mới",),
        ("++ Lê Hai",),
        ("Lê Ba",),
        ("+ Lê Tư",),
    ]


TABLES = {
    "headings-and-their-numbers": (
        "STT\tNội dung kiến nghị\tThời hạn\n(1)\t(2)\t(3)\n1\tMở lớp\t2025\n2\tNối mạng\t2026",
        [("Mở lớp", "2025"), ("Nối mạng", "2026")],
    ),
    "group-rows": (
        "I\tHạ tầng\n1\tMở lớp\n2\tNối mạng\nII\tCon người\n1\tCử người",
        [("Mở lớp",), ("Nối mạng",), ("Cử người",)],
    ),
    "groups-of-a-list": (
        "I. Hạ tầng\n1. Mở lớp\n2. Nối mạng\nB. Con người\n- Cử người",
        [("Mở lớp",), ("Nối mạng",), ("Cử người",)],
    ),
    "group-without-a-sign": (
        "1\tMở lớp\n2\tNối mạng\nVề con người\n1\tCử người",
        [("Mở lớp",), ("Nối mạng",), ("Cử người",)],
    ),
    "roman-numbers-of-all": ("I\tMở lớp\nII\tNối mạng", [("Mở lớp",), ("Nối mạng",)]),
    "excel-line-breaks": (
        '"Mở lớp học nghề,\ngồm hai đợt"\t"xin mở\nlớp"\nNối mạng\t4',
        [("Mở lớp học nghề, gồm hai đợt", "xin mở lớp"), ("Nối mạng", "4")],
    ),
    "excel-quotation-marks": (
        '1\t"Mở lớp ""mẫu"""\t"""xin mở\nlớp"""',
        [('Mở lớp "mẫu"', '"xin mở lớp"')],
    ),
    "quotation-of-the-writer": ('Mở lớp\t"xin mở lớp"', [("Mở lớp", '"xin mở lớp"')]),
    "word-line-breaks": (
        "STT\tNội dung\tHạn\n1\tMở lớp,\ngồm hai đợt\t2025\n2\tNối mạng\tquý I\nhoặc quý II",
        [("Mở lớp, gồm hai đợt", "2025"), ("Nối mạng", "quý I hoặc quý II")],
    ),
    "empty-number-cells": ("\tMở lớp\t4\n\tNối mạng\t5", [("Mở lớp", "4"), ("Nối mạng", "5")]),
}


@pytest.mark.parametrize(("text", "kept"), TABLES.values(), ids=TABLES)
def test_a_table_becomes_its_rows(text, kept):
    assert parts(text) == kept


def test_what_is_passed_over_is_told():
    text = "STT\tNội dung\nI\tHạ tầng\n1\tMở lớp\n2\tNối mạng"
    _lines, passed = read_pasted(text)
    assert (passed.marks, passed.headings, passed.groups) == (
        2,
        ("STT | Nội dung",),
        ("I | Hạ tầng",),
    )


def test_lines_are_counted_as_they_stand_in_the_box():
    lines, _passed = read_pasted('"Mở\nlớp"\t4\n\nNối mạng')
    assert [line.number for line in lines] == [1, 4]


# -- in the form


def test_a_pasted_table_is_entered_and_what_was_passed_over_is_said(editor, enter, client):
    text = 'STT\tNội dung kiến nghị\r\n1\tMở lớp học nghề\r\n2\t"Nối mạng\r\ncho xã"'
    assert enter(**new_session(lines_requests=text)).status_code == 302
    titles = [item.title for item in ProvinceRequest.objects.order_by("pk")]
    assert titles == ["Mở lớp học nghề", "Nối mạng cho xã"]
    page = client.get(address(Meeting, "change", Meeting.objects.get().pk))
    told = " ".join(str(message) for message in page.context["messages"])
    assert "STT | Nội dung kiến nghị" in told
    assert "2 dòng" in told


@pytest.mark.parametrize("text", ["STT\tNội dung", "1\tMở lớp\n2\tNối mạng\nMột dòng lẻ", "3\t\t"])
def test_lines_that_say_nothing_sure_are_asked_about_and_kept(editor, enter, text):
    form = enter(**new_session(lines_requests=text)).context["adminform"].form
    assert form.errors["lines_requests"]
    assert form["lines_requests"].value() == text
    assert not Meeting.objects.exists()


STAY = {
    "percent": "20%",
    "amount": "50 tỷ đồng",
    "amount-from": "khoảng 1,5 triệu đồng từ quỹ chung của tỉnh",
    "counted": "120 trạm phát sóng",
    "long-number": "20000",
    "thousands": "20.000",
}


@pytest.mark.parametrize("amount", STAY.values(), ids=STAY)
def test_an_amount_stays_in_the_text(editor, enter, amount):
    assert enter(**new_session(lines_requests=f"Mở lớp | {amount} | 4")).status_code == 302
    item = ProvinceRequest.objects.get()
    assert (item.title, item.paragraph, item.quote) == (f"Mở lớp, {amount}", 4, "")


def test_words_are_a_quotation_where_the_source_has_them(editor, enter):
    source = make_source(text="Tỉnh xin mở lớp\ncho thợ.\n\nBộ nghe.")
    given = new_session(source=source.pk, lines_requests="Mở lớp | xin mở lớp")
    assert enter(**given).status_code == 302
    item = ProvinceRequest.objects.get()
    assert (item.quote, item.paragraph) == ("xin mở lớp", 1)


@pytest.mark.parametrize("words", ["xin mở trường", "in mở lớ", "Sở Không Có", "chủ trì: Sở Lạ"])
def test_words_that_are_nowhere_are_asked_about_and_no_quotation(editor, enter, words):
    source = make_source(text="Tỉnh xin mở lớp cho thợ.")
    typed = f"Mở lớp | {words}"
    form = enter(**new_session(source=source.pk, lines_requests=typed)).context["adminform"].form
    (told,) = form.errors["lines_requests"]
    assert f"“{words}”" in told
    assert form["lines_requests"].value() == typed
    assert not ProvinceRequest.objects.exists()


LEADS = ("Sở Mẫu", "so mau", "SMẫu", "Sở Mẫu cũ", "Cơ quan chủ trì: Sở Mẫu", "chủ trì Sở Mẫu")


@pytest.mark.parametrize("spelling", LEADS)
def test_a_body_is_the_lead_by_any_of_its_names(editor, enter, spelling):
    body = make_organization(name="Sở Mẫu", short_name="SMẫu", aliases="Sở Mẫu cũ\nSở thử")
    line = f"Mở lớp | rõ ràng | {spelling} | trước 30/6/2024"
    assert enter(**new_session(lines_commitments=line)).status_code == 302
    item = Commitment.objects.get()
    assert (item.lead, item.due_on, item.quote) == (body, date(2024, 6, 30), "")


def test_of_bodies_of_one_name_that_of_the_session_is_meant_else_it_is_asked(editor, enter):
    here, elsewhere = make_province(), make_province()
    bodies = [
        make_organization(
            name="Sở Chung",
            slug=f"so-chung-{place.pk}",
            kind="provincial_department",
            province=place,
        )
        for place in (here, elsewhere)
    ]
    line = {"lines_requests": "Mở lớp | Sở Chung"}
    asked = enter(**new_session(provinces=[make_province().pk], **line))
    assert "Sở Chung" in asked.context["adminform"].form.errors["lines_requests"][0]
    assert enter(**new_session(provinces=[here.pk], **line)).status_code == 302
    assert ProvinceRequest.objects.get().lead == bodies[0]


NAMES = {
    "Ông Lê Văn Một": "Lê Văn Một",
    "bà Lê Thị Hai": "Lê Thị Hai",
    "TS. Lê Văn Một": "Lê Văn Một",
    "PGS.TS. Lê Văn Một": "Lê Văn Một",
    "PGS. TS Lê Văn Một": "Lê Văn Một",
    "Đ/c Lê Văn Một": "Lê Văn Một",
    "Đ/c: Lê Văn Một": "Lê Văn Một",
    "Đồng chí TS. Lê Văn Một": "Lê Văn Một",
    "Ông/Bà Lê Văn Một": "Lê Văn Một",
    "dong chi Le Van Mot": "Le Van Mot",
    "+ Ông Lê Văn Một": "Lê Văn Một",
    "Anh Đức": "Anh Đức",
    "Anh Văn Một": "Anh Văn Một",
    "Bá Văn Một": "Bá Văn Một",
    "Ba Văn Một": "Ba Văn Một",
}


@pytest.mark.parametrize(("typed", "name"), NAMES.items())
def test_courtesy_is_no_part_of_a_name(typed, name):
    assert person_name(typed) == name


PEOPLE = {
    "table": "1\tÔng Lê Văn Một\tVụ trưởng",
    "dash": "TS. Lê Văn Một - Vụ trưởng",
    "colon": "• Đ/c: Lê Văn Một, Vụ trưởng",
}


@pytest.mark.parametrize("line", PEOPLE.values(), ids=PEOPLE)
def test_people_are_known_without_courtesy(editor, enter, line):
    known = make_official(full_name="Lê Văn Một")
    assert enter(**new_session(lines_ministry=line)).status_code == 302
    seat = Attendance.objects.get()
    assert (seat.official, seat.title) == (known, "Vụ trưởng")


def test_people_are_added_without_courtesy(editor, enter):
    assert enter(**new_session(lines_province="+ Đ/c Lê Thị Mới, Chủ tịch")).status_code == 302
    assert Official.objects.get().full_name == "Lê Thị Mới"


def test_a_name_that_begins_like_courtesy_is_found_whole(editor, enter):
    known = make_official(full_name="Ông Văn Mẫu")
    assert enter(**new_session(lines_ministry="Ông Văn Mẫu, Vụ trưởng")).status_code == 302
    assert Attendance.objects.get().official == known


def test_an_unknown_name_comes_back_without_courtesy(editor, enter, client):
    answer = enter(**new_session(lines_ministry="Bà Lê Thị Lạ, Vụ trưởng"))
    (row,) = rows_back(answer, "attendances")
    assert (row["name"].value(), row["title"].value()) == ("Lê Thị Lạ", "Vụ trưởng")
    ticked = posted(answer) | {"attendances-0-is_new": "on"}
    assert client.post(address(Meeting, "add"), ticked).status_code == 302
    assert Official.objects.get().full_name == "Lê Thị Lạ"


def test_who_sat_there_for_others_is_of_the_third_side(editor, enter):
    line = "+ Lê Văn Ba, Phó Thủ tướng | chủ trì"
    assert enter(**new_session(lines_other=line)).status_code == 302
    seat = Attendance.objects.get()
    assert (seat.official.full_name, seat.title, seat.side, seat.role) == (
        "Lê Văn Ba", "Phó Thủ tướng", "other", "chair"
    )  # fmt: skip


FIGURES = {
    "hơn 5,25% | 2023 | 12": ("hơn", "5.25", "%", "2023", 2023, 2023, False, 12),
    "1500 hộ | giai đoạn 2021–2025 | mục tiêu": (
        "", "1500", "hộ", "giai đoạn 2021–2025", 2021, 2025, True, None
    ),
    "12 km2 | quý I/2024 | “có 12 km2 rừng”": (
        "", "12", "km2", "quý I/2024", 2024, 2024, False, None
    ),
}  # fmt: skip


@pytest.mark.parametrize(("parts", "row"), FIGURES.items())
def test_a_figure_is_a_line(editor, enter, parts, row):
    indicator = make_indicator(name="Độ che phủ rừng")
    assert enter(**new_session(lines_figures=f"do che phu rung | {parts}")).status_code == 302
    figure = Figure.objects.get()
    qualifier, value, *rest = row
    assert (figure.indicator, figure.qualifier, figure.value) == (
        indicator, qualifier, Decimal(value)
    )  # fmt: skip
    assert [
        figure.unit,
        figure.period,
        figure.period_from,
        figure.period_to,
        figure.is_target,
        figure.paragraph,
    ] == rest


ASKED = {
    "Độ che phủ rừng": "một con số",
    "Độ che phủ rừng | 5-6%": "một con số",
    "Độ che phủ rừng | 20,000 hộ": "20.000 / 20",
    "Độ che phủ rừng | 5% | rất tốt": "rất tốt",
}


@pytest.mark.parametrize(("line", "told"), ASKED.items())
def test_a_figure_that_is_not_clear_is_asked_about(editor, enter, line, told):
    make_indicator(name="Độ che phủ rừng")
    answer = enter(**new_session(lines_figures=line))
    (error,) = answer.context["adminform"].form.errors["lines_figures"]
    assert told in error
    assert not Figure.objects.exists()
