import unicodedata
from datetime import date

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats, translation

from provinces.models import Official, Organization, Province
from provinces.vietnamese import (
    Line,
    Prose,
    fold,
    given_name_key,
    nfc,
    refuse_invisible,
    slugify_vi,
    sort_key,
)
from tests.factories import edited, make_official, make_organization, make_province, make_request

HUE = unicodedata.normalize("NFD", "Thừa Thiên - Huế")


def _rising(keys):
    return keys == sorted(set(keys))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("hue", "hue"),
        ("HUẾ", "hue"),
        ("Huế", "hue"),
        (unicodedata.normalize("NFD", "Huế"), "hue"),
        ("thua thien hue", "thua thien hue"),
        ("Thừa Thiên - Huế", "thua thien hue"),
        ("Thừa Thiên-Huế", "thua thien hue"),
        ("Thừa Thiên – Huế", "thua thien hue"),
        (HUE, "thua thien hue"),
        ("Đắk Lắk", "dak lak"),
        ("ĐĂK LĂK", "dak lak"),
        ("Hòa Bình", "hoa binh"),
        ("Hoà Bình", "hoa binh"),
        ("Tỉnh uỷ", "tinh uy"),
        ("Tỉnh ủy", "tinh uy"),
        ("54-NQ/TW", "54 nq tw"),
        ("TT&TT", "tt tt"),
        ("  hai\u00a0khoảng \t trống\n", "hai khoang trong"),
        ("“ngoặc kép”, snake_case", "ngoac kep snake case"),
        ("", ""),
        (" – … ", ""),
    ],
)
def test_fold(text, folded):
    assert fold(text) == folded
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Đắk Lắk", "dak-lak"),
        ("Bà Rịa - Vũng Tàu", "ba-ria-vung-tau"),
        ("TP. Hồ Chí Minh", "tp-ho-chi-minh"),
        (HUE, "thua-thien-hue"),
        ("Bộ Khoa học & Công nghệ", "bo-khoa-hoc-cong-nghe"),
        ("日本 Huế", "hue"),
    ],
)
def test_slug_keeps_every_vietnamese_letter(text, slug):
    assert slugify_vi(text) == slug


@pytest.mark.parametrize(
    "in_order",
    [
        pytest.param(["a", "ă", "â", "b", "c", "d", "đ", "e", "ê", "g"], id="letters"),
        pytest.param(["o", "ô", "ơ", "p", "t", "u", "ư", "v", "x", "y"], id="horned-letters"),
        pytest.param(["ma", "mà", "mả", "mã", "má", "mạ"], id="tones"),
        pytest.param(["Ca Mạu", "Cà Mau", "Cao Bằng"], id="tones-only-break-ties"),
        pytest.param(["Hà Tĩnh", "Hải Dương"], id="a-space-comes-before-letters"),
        pytest.param(["Bình Dương", "Bình Định"], id="d-before-đ"),
        pytest.param(["Đà Nẵng", "Đắk Lắk", "Điện Biên"], id="đ"),
        pytest.param(["Quý 1", "Quý 2", "Quý I"], id="digits-before-letters"),
        pytest.param(["an", "An Giang"], id="case-does-not-count"),
        pytest.param(["Hồ", "Hồ A", "Hồ B"], id="a-beginning-comes-first"),
    ],
)
def test_sort_key_follows_the_dictionary(in_order):
    assert _rising([sort_key(text) for text in in_order])


def test_sort_key_is_digits_that_every_collation_orders_alike():
    assert sort_key("Bà Rịa - Vũng Tàu (cũ), 54-NQ/TW").isdecimal()


def test_sort_key_is_the_same_for_both_unicode_forms():
    assert sort_key(HUE) == sort_key("Thừa Thiên - Huế")


def test_people_sort_by_given_name_then_family_then_middle():
    in_order = [
        "Mai Văn An",
        "Nguyễn Huy Dũng",
        "Đoàn Minh Huấn",
        "Lê Hùng",
        "Nguyễn Mạnh Hùng",
        "Nguyễn Văn Hùng",
        "Phạm Đức Long",
        "Phan Tâm",
        "Tống Quang Thìn",
    ]
    assert _rising([given_name_key(name) for name in in_order])


def test_a_single_name_sorts_too():
    assert sorted(["Tâm", "Lê An", "Bình"], key=given_name_key) == ["Lê An", "Bình", "Tâm"]


@pytest.mark.parametrize(
    "sign",
    ["\x00", "\x1b", "\x7f", "\x85", "\u200b", "\u200d", "\u202e", "\u2066", "\ufeff"],
    ids=lambda sign: f"U+{ord(sign):04X}",
)
def test_invisible_signs_are_refused(sign):
    with pytest.raises(ValidationError) as refusal:
        refuse_invisible(f"Hu{sign}ế")
    assert refusal.value.code == "invisible"


@pytest.mark.parametrize(
    "text", ["Huế", "dòng một\ndòng hai\tcột", "“ngoặc” – … &", "日本 🙂", HUE]
)
def test_visible_text_is_allowed(text):
    refuse_invisible(text)


@pytest.mark.django_db
def test_a_form_refuses_invisible_signs_in_lines_and_prose():
    province = make_province()
    province.name = "Hu\u200bế"
    province.note = "ẩn\u202e đi"
    with pytest.raises(ValidationError) as refusal:
        province.full_clean()
    assert set(refusal.value.message_dict) == {"name", "note"}


def test_nfc_makes_plain_spaces_and_line_ends():
    assert nfc(f"{HUE}\u00a0một\r\nhai") == "Thừa Thiên - Huế một\nhai"


# -- columns


@pytest.mark.django_db
def test_lines_and_prose_are_composed_on_save():
    province = make_province(slug="hue", name=HUE, note=unicodedata.normalize("NFD", "nay là Huế"))
    assert province.name == "Thừa Thiên - Huế"  # the row at hand too, not only the stored one
    province.refresh_from_db()
    assert (province.name, province.note) == ("Thừa Thiên - Huế", "nay là Huế")


@pytest.mark.django_db
def test_a_lookup_finds_what_was_composed():
    province = make_province(slug="hue", name=HUE)
    assert Province.objects.get(name=HUE) == province


@pytest.mark.django_db
def test_folded_words_and_keys_are_filled_on_save():
    province = make_province(slug="hue", name="Huế", name_en="Hue", aliases="TP Huế", code="46")
    assert province.search == " hue hue tp hue 46 "
    assert province.sort_key == sort_key("Huế")
    province = edited(province, name="Đắk Lắk", aliases="")
    province.refresh_from_db()
    assert province.search == " dak lak hue 46 "
    assert province.sort_key == sort_key("Đắk Lắk")


@pytest.mark.django_db
def test_folded_words_and_keys_are_filled_by_bulk_create():
    Organization.objects.bulk_create(
        [Organization(slug="so-tttt", name=unicodedata.normalize("NFD", "Sở TT&TT"), kind="other")]
    )
    saved = Organization.objects.get(slug="so-tttt")
    assert saved.name == "Sở TT&TT"
    assert saved.search == " so tt tt "
    assert saved.sort_key == sort_key("Sở TT&TT")


@pytest.mark.django_db
def test_folded_words_of_a_request_are_those_of_its_public_text():
    request = make_request(
        title="Hạ tầng số", detail="Phủ sóng", internal_note="ghi riêng", quote="vùng lõm"
    )
    assert request.search == " ha tang so phu song vung lom "
    assert request.staff_search == " ghi rieng "


@pytest.mark.django_db
def test_officials_are_listed_by_given_name():
    for name in ("Nguyễn Mạnh Hùng", "Phan Tâm", "Đoàn Minh Huấn", "Nguyễn Huy Dũng"):
        make_official(full_name=name)
    assert [str(one) for one in Official.objects.all()] == [
        "Nguyễn Huy Dũng",
        "Đoàn Minh Huấn",
        "Nguyễn Mạnh Hùng",
        "Phan Tâm",
    ]


@pytest.mark.django_db
def test_organizations_are_listed_in_vietnamese_order():
    for name in ("Viện B", "Đài A", "Cục Ă", "Cục A", "Cục Â"):
        make_organization(name=name, slug=sort_key(name)[:40])
    assert [str(one) for one in Organization.objects.all()] == [
        "Cục A",
        "Cục Ă",
        "Cục Â",
        "Đài A",
        "Viện B",
    ]


@pytest.mark.parametrize("column", [Line(max_length=50), Prose()], ids=["line", "prose"])
def test_a_form_takes_text_for_what_would_be_stored(column):
    field = column.formfield()
    assert field.clean(HUE) == nfc(HUE)
    assert not field.has_changed(nfc(HUE), HUE)
    assert not field.has_changed("a\nb", "a\r\nb")
    assert field.has_changed("a\nb", "a b")


# -- days and numbers as people here write them


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    "typed", ["05/07/2025", "5/7/2025", "05-07-2025", "5.7.2025", "5/7/25", "2025-07-05"]
)
def test_days_are_read_day_first(language, typed):
    with translation.override(language):
        assert forms.DateField().clean(typed) == date(2025, 7, 5)


@pytest.mark.parametrize("typed", ["07/25/2025", "31/02/2025", "hôm qua"])
def test_what_is_no_day_is_refused(typed):
    with translation.override("vi"), pytest.raises(ValidationError):
        forms.DateField().clean(typed)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_days_are_written_day_first(language):
    with translation.override(language):
        assert formats.date_format(date(2025, 7, 5)) == "05/07/2025"
        assert formats.date_format(date(2025, 7, 5), "SHORT_DATE_FORMAT") == "05/07/2025"
        assert formats.get_format("FIRST_DAY_OF_WEEK") == 1


def test_numbers_are_written_the_vietnamese_way():
    with translation.override("vi"):
        assert formats.number_format(1234.5, 1, force_grouping=True) == "1.234,5"
