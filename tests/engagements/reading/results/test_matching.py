"""Matching: codes however typed, cited papers, words; what fits several items is asked."""

import pytest
import yaml

from engagements.reading.results.items import codes_in, named_things, spelled_out
from engagements.reading.results.passages import subject_of

from .conftest import FOLDER, read_text

NEAR = yaml.safe_load((FOLDER / "near.yaml").read_text(encoding="utf-8"))
HEAD = """\
ỦY BAN NHÂN DÂN TỈNH PHÚ THỌ
Số: 100/UBND-TH
Phú Thọ, ngày 20 tháng 11 năm 2026
Kính gửi: Bộ Xây dựng
Phúc đáp Công văn số 6402/BXD-KHTC ngày 12/10/2026, Ủy ban nhân dân tỉnh báo cáo như sau:
"""


def match_in(items, text, **given):
    return items.match(text, subject_of(text), **given)[0]


def news_of(line):
    """The news that a letter with this one line tells."""
    return read_text(HEAD + line)[1].news


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("KN-11", ["KN-11"]),
        ("(KN 11)", ["KN-11"]),
        ("[kn11]", ["KN-11"]),
        ("Kn.011:", ["KN-11"]),
        ("KN – 11", ["KN-11"]),
        ("CK_5, KH-7", ["CK-5", "KH-7"]),
        ("Kế hoạch số 12/KH-UBND", []),
        ("Công văn số 3/KN-11", []),
        ("Sở KH&CN", []),
        ("KH-1.200", []),
        ("PKH-12", []),
    ],
)
def test_codes_however_typed(text, codes):
    assert [code.code for code in codes_in(text)] == codes


@pytest.mark.parametrize(
    ("province", "text"), [(province, text) for province, texts in NEAR.items() for text in texts]
)
def test_words_near_to_an_item_are_not_taken_for_it(open_in, province, text):
    assert match_in(open_in(province), text).item is None


@pytest.mark.parametrize(
    ("province", "text", "code"),
    [
        ("Lâm Đồng", "Về sửa chữa mặt đường quốc lộ 55: đã xong", "CK-211"),
        ("Lâm Đồng", "Việc mở rộng QL28B, đoạn cầu Suối Cát - đèo Gió: đang làm", "KN-111"),
        ("Lâm Đồng", "Về dữ liệu mở: tỉnh đã công bố 46 bộ dữ liệu", "KH-303"),
        ("Lâm Đồng", "Ve du lieu mo: tinh da cong bo 46 bo du lieu", "KH-303"),
        ("Lâm Đồng", "Về Trung tâm ĐMST của tỉnh: đã thành lập", "KH-322"),
        ("Phú Thọ", "Về NOXH: đã hướng dẫn xác định giá bán", "KN-143"),
        ("Phú Thọ", "Về 12 hồ chứa nước xuống cấp: đã sửa chữa 5 hồ", "KN-131"),
        ("Phú Thọ", "5G tại KCN: 4/9 khu đã phủ sóng", "KN-152"),
        ("Phú Thọ", "Cầu Gềnh Son: đã sửa xong", "CK-241"),
    ],
)
def test_words_that_say_nearly_all_of_an_item(open_in, province, text, code):
    assert match_in(open_in(province), text).item.code == code


def test_items_of_the_units_that_a_province_carries_on(open_in, item):
    assert item("KN-113") in open_in("Lâm Đồng").items  # said by Bình Thuận
    assert item("KN-113") not in open_in("Phú Thọ").items


def test_several_that_fit_are_asked(open_in):
    found = match_in(open_in("Lâm Đồng"), "Về trung tâm: đã bố trí 14,5 tỷ đồng")
    assert found.item is None
    assert found.how == "several"
    assert {"KN-102", "KN-122"} <= {one.code for one in found.items}


def test_a_code_beside_the_words_of_another_item_is_asked(open_in):
    text = "Về đầu tư cầu Đồng Lạc qua sông Lô (KN-143): đang lập dự án"
    found = match_in(open_in("Phú Thọ"), text, codes=("KN-143",))
    assert found.item is None
    assert [one.code for one in found.items] == ["KN-143", "KN-141"]


def test_a_code_beside_other_words_for_it_is_taken(open_in):
    found = match_in(open_in("Phú Thọ"), "Việc này (KN-143) đang làm", codes=("KN-143",))
    assert found.item.code == "KN-143"


def test_an_unknown_code_is_never_replaced_by_words(open_in):
    items = open_in("Phú Thọ")
    found = match_in(items, "Về đầu tư cầu Đồng Lạc qua sông Lô", codes=("KN-999",))
    assert (found.item, found.how) == (None, "unknown_code")
    assert match_in(items, "Về trạm thu phí", codes=("KN-999",)).how == "none"


def test_a_code_of_another_province_is_asked():
    (row,) = news_of("1. Về phủ sóng các thôn, bon (KN-101): đã hoàn thành.")
    assert (row.item, row.match.how) == (None, "of_another")


def test_a_closed_item_is_found_by_its_code_alone(item):
    from dataclasses import replace

    from engagements.reading.results.items import OpenItems

    items = OpenItems([replace(item("KN-141"), is_open=False), item("KN-142")])
    assert match_in(items, "Về đầu tư cầu Đồng Lạc qua sông Lô").how == "none"
    assert match_in(items, "Việc này đã xong", codes=("KN-141",)).item.code == "KN-141"


def test_a_cited_paper_tells_by_what_it_went(open_in):
    text = "Về phủ sóng 5G tại các khu công nghiệp theo Thông báo số 12/TB-BKHCN: đang làm"
    found = match_in(open_in("Phú Thọ"), text)
    assert (found.item.code, found.how) == ("KN-152", "cited")


def test_two_codes_in_one_sentence_make_two_rows():
    rows = news_of("1. KN-142 và KN-144: tỉnh chưa nhận được văn bản của Bộ.")
    assert [(row.item.code, row.news.kind) for row in rows] == [
        ("KN-142", "not_started"),
        ("KN-144", "not_started"),
    ]


def test_two_codes_in_two_sentences_make_two_rows_of_their_own():
    rows = news_of("1. KN-142: đang thẩm định. KN-144: đã hoàn thành ngày 02/11/2026.")
    assert [(row.item.code, row.news.kind, row.quote) for row in rows] == [
        ("KN-142", "in_progress", "đang thẩm định"),
        ("KN-144", "done", "đã hoàn thành ngày 02/11/2026"),
    ]


def test_one_paragraph_of_two_items_is_parted():
    rows = news_of(
        "Tỉnh đã đề nghị chuyển tuyến đường tỉnh 315D thành quốc lộ, đang chờ thẩm định. "
        "Việc đầu tư cầu Đồng Lạc qua sông Lô đã hoàn thành ngày 02/11/2026."
    )
    assert [row.item.code for row in rows] == ["KN-144", "KN-141"]


def test_names_tell_things_apart():
    assert named_things("Đầu tư cầu Đồng Lạc qua sông Lô, quốc lộ 32C") == {
        "cầu": {"dong lac"},
        "sông": {"lo"},
        "lộ": {"32c"},
    }


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("QL28B", "quốc lộ 28B"),
        ("QL.2", "quốc lộ 2"),
        ("về CĐS", "về chuyển đổi số"),
        ("số 9/BC-UBND", "số 9/BC-UBND"),
    ],
)
def test_abbreviations_are_spelled_out(text, spelled):
    assert spelled_out(text) == spelled
