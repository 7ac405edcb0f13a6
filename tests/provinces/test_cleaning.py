"""The cleaner of texts: what it drops, what it leaves, which encodings it undoes, what it says."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from provinces.encodings import FROM_TCVN3, FROM_VNI, TCVN3, UTF8, VNI, decoded, is_syllable
from provinces.models import Province
from provinces.vietnamese import NormalText, NoteKind, clean, cleaned, comparable, fold, nfc
from tests.factories import make_province

HIDDEN, NOTHING, CONVERTED, UNSURE, LOST = NoteKind
PAPER = (
    "Sở đề nghị Bộ hỗ trợ kinh phí lắp trạm ở Đắk Lắk trước ngày 30/6.\n"
    "Bộ trưởng giao Cục chủ trì; ưu tiên các xã vùng sâu, nước ngập quanh năm."
)
TO_TCVN3 = {letter: sign for sign, letter in FROM_TCVN3.items()}
TO_VNI = {letter: signs for signs, letter in sorted(FROM_VNI.items(), reverse=True)}


def in_tcvn3(text):
    """As Word shows it with another font; capitals with marks are written in small."""
    return "".join(TO_TCVN3.get(sign, TO_TCVN3.get(sign.lower(), sign)) for sign in text)


def in_vni(text):
    return "".join(TO_VNI.get(sign, sign) for sign in text)


def as_latin_1(text):
    return text.encode().decode("latin-1")


def as_windows_1252(text):
    """As browsers read it: a byte that has no character stays a control."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode())


def kinds(text):
    return [note.kind for note in clean(text)[1]]


# -- characters


@pytest.mark.parametrize(
    ("text", "kept", "dropped"),
    [
        pytest.param("Hu\u200bế", "Huế", 1, id="zero-width-space"),
        pytest.param("Ninh\u200bBình", "Ninh Bình", 1, id="zero-width-space-parts-words"),
        pytest.param("\ufeffNinh Bình", "Ninh Bình", 1, id="byte-order-mark"),
        pytest.param("thông\u00ad tin", "thông tin", 1, id="soft-hyphen"),
        pytest.param("\u202eẩn\u202c\u200e", "ẩn", 3, id="direction"),
        pytest.param("e\u200b\u0302", "ê", 1, id="between-letter-and-mark"),
        pytest.param("một\x00hai\x1b", "mộthai", 2, id="controls"),
        pytest.param("một\ud800", "một", 1, id="half-a-pair"),
        pytest.param("trang một\x0ctrang hai", "trang một\ntrang hai", 1, id="form-feed"),
        pytest.param("trang một\n\x0ctrang hai", "trang một\ntrang hai", 1, id="form-feed-on-line"),
        pytest.param("một\x0bhai", "một\nhai", 1, id="line-of-word"),
        pytest.param("một_x000D_\nhai", "một\nhai", 1, id="carriage-return-of-excel"),
        pytest.param("một_x000D_hai", "một\nhai", 1, id="carriage-return-alone"),
        pytest.param("ảnh \ufffc đây", "ảnh  đây", 1, id="object"),
        pytest.param("cỡ\ufe0f", "cỡ", 1, id="variation-selector"),
        pytest.param("\uf0b7 Dấu đầu dòng", "• Dấu đầu dòng", 0, id="bullet"),
        pytest.param("Một\n\t\uf0a7\tHai", "Một\n\t• Hai", 0, id="bullet-of-a-later-line"),
        pytest.param("Một \uf0e0 hai", "Một  hai", 1, id="private-use-within"),
        pytest.param("\U000f0041a", "• a", 0, id="private-use-of-a-higher-plane"),
        pytest.param(
            "\x93Chữ\x94 \x96 số\x85", "“Chữ” – số…", 0, id="windows-1252-read-as-latin-1"
        ),
    ],
)
def test_hidden_characters_are_dropped_and_counted(text, kept, dropped):
    assert cleaned(text) == kept
    assert [note.number for note in clean(text)[1]] == ([dropped] if dropped else [])
    assert clean(kept) == (kept, ())


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Ðề nghị của tỉnh Ðắk Lắk", "Đề nghị của tỉnh Đắk Lắk"),
        ("HÐND, QÐ-TTg, ðường", "HĐND, QĐ-TTg, đường"),
        ("Ɖà Nẵng", "Đà Nẵng"),
        ("Guðmundur Þórðarson", "Guðmundur Þórðarson"),
        ("ông Sigurður đến Ðà Lạt", "ông Sigurður đến Đà Lạt"),
        ("hai\u00a0khoảng\u202ftrống\u3000", "hai khoảng trống "),
        (unicodedata.normalize("NFD", "Thừa Thiên - Huế"), "Thừa Thiên - Huế"),
        ("một\r\nhai\rba", "một\nhai\nba"),
    ],
)
def test_letters_spaces_and_line_ends_are_made_plain_without_a_word(text, kept):
    assert clean(text) == (kept, ())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "dòng một\ndòng hai\tcột",
        "“ngoặc” – … & <b> 25 °C, 5 µm, 20 km², ½, ba¹, 1.000 ₫",
        "«QUÊ» và «CÔ» của bà Ngô Hà",
        "ĐÃ KÝ: 日本, 한국, café, Zürich, São Tomé, José García, Malmö",
        "Les élèves français étudient à l'école où règne la règle",
        "Größe für Mädchen über die Straße, schöne grüne Bäume",
        "Ação não é informação; você também está aqui, país, três",
        "bà là má tôi, bé Tú, cô Hà",
        "1. Một\n- Hai\n• Ba\n+ Bốn",
        PAPER,
    ],
)
def test_what_is_meant_stays_as_it_is(text):
    assert clean(text) == (text, ())


@pytest.mark.parametrize("text", ["\u200b", " \ufeff\u00ad\n", "\uf0b7 ", "\x00", "_x000D_"])
def test_a_text_of_hidden_characters_alone_is_refused(text):
    kept, (note,) = clean(text)
    assert (kept, note.kind) == ("", NOTHING)
    assert note.is_refusal


def test_a_character_lost_before_is_told():
    assert clean("Hu\ufffd, \ufffd") == ("Hu\ufffd, \ufffd", ((LOST, 2, ""),))


def test_notes_are_said_in_both_languages():
    (note,) = clean("Hu\u200b\u200bế")[1]
    with translation.override("en"):
        assert str(note) == "2 hidden characters were dropped."
    with translation.override("vi"):
        assert str(note) == "Đã bỏ 2 ký tự ẩn."
        assert "TCVN3" in str(clean(in_tcvn3(PAPER))[1][0])
    assert not note.is_warning


# -- encodings


@pytest.mark.parametrize(
    "word", ["nghiêng", "quý", "gì", "giữ", "khuyến", "Đắk", "ăn", "ươm", "YÊU", "thuở"]
)
def test_syllables(word):
    assert is_syllable(word)
    assert is_syllable(unicodedata.normalize("NFC", word.upper()))


@pytest.mark.parametrize("word", ["", "été", "für", "bàc", "tàá", "schön", "tr", "a" * 100_000])
def test_no_syllables(word):
    assert not is_syllable(word)


@pytest.mark.parametrize(
    ("written", "encoding"),
    [
        (in_tcvn3, TCVN3), (in_vni, VNI), (as_latin_1, UTF8), (as_windows_1252, UTF8),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "text", [PAPER, "Bộ trưởng Bộ Thông tin", "Tỉnh Đắk Lắk đề nghị", "Đà Nẵng"]
)
def test_an_encoding_that_is_certain_is_undone(written, encoding, text):
    kept, notes = clean(written(text))
    assert kept == text
    assert notes == ((CONVERTED, 0, encoding),)
    assert clean(kept) == (kept, ())


def test_utf_8_read_wrongly_twice_is_undone():
    assert cleaned(as_latin_1(as_latin_1(PAPER))) == PAPER


def test_a_space_that_does_not_break_is_no_letter_lost():
    assert cleaned(as_latin_1("và là Bộ").replace("\u00a0", " ")) == "và là Bộ"


def test_capitals_of_tcvn3_are_capitals_again():
    assert cleaned("TH¤NG B¸O, th«ng b¸o") == "THÔNG BÁO, thông báo"


@pytest.mark.parametrize("written", [in_tcvn3, in_vni, as_windows_1252])
def test_two_encodings_in_one_text_are_warned_of_and_left(written):
    text = f"{PAPER}\n{written('Bộ Thông tin và tỉnh thống nhất hỗ trợ')}"
    kept, notes = clean(text)
    assert kept == nfc(text)
    assert [note.kind for note in notes] == [UNSURE]
    assert notes[0].is_warning


def test_a_text_that_lost_bytes_is_warned_of():
    broken = as_windows_1252("Bộ trưởng, Đà Nẵng, lợi").replace("\x90", "\ufffd")
    assert kinds(broken) == [UNSURE, LOST]


def test_a_word_alone_proves_nothing():
    assert decoded("Bé") == ("Bé", "", True)


def test_every_sign_of_the_tables_is_a_letter_of_ours():
    letters = set(FROM_TCVN3.values()) | set(FROM_VNI.values())
    assert all(unicodedata.normalize("NFC", letter) == letter for letter in letters)
    assert all(len(letter) == 1 and letter.isalpha() for letter in letters)
    assert len(FROM_TCVN3) == len(set(FROM_TCVN3.values())) == 74


# -- hostile


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param("\u200b" * 100_000, "", id="zero-width"),
        pytest.param("\uf0b7" * 100_000, "", id="bullets"),
        pytest.param("ä" * 100_000, "ä" * 100_000, id="one-word"),
        pytest.param("Ã" * 100_000, "Ã" * 100_000, id="leading-bytes"),
        pytest.param("a\u200b" * 50_000, "a" * 50_000, id="between-letters"),
        pytest.param("ð" * 100_000, None, id="eth"),
        pytest.param("\x0b\n" * 50_000 + "a", None, id="line-ends"),
        pytest.param("\u200bĐoạn một. " * 10_000, "Đoạn một. " * 10_000, id="paragraphs"),
    ],
)
def test_long_texts(text, kept):
    once = cleaned(text)
    assert kept is None or once == kept
    assert cleaned(once) == once


# -- folding and comparing


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("so\u00adft", "soft"),
        ("Hu\u200bế", "hue"),
        ("Ninh\u200bBình", "ninh binh"),
        ("Ðắk Lắk", "dak lak"),
        ("ÐÀ NẴNG", "da nang"),
    ],
)
def test_fold_drops_what_is_hidden(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hỗ trợ\nkinh phí", "hỗ trợ kinh phí"),
        ("hỗ\u00ad trợ", "hỗ trợ"),
        ("Ðề nghị", "Đề nghị"),
        ("một\x0chai", "một hai"),
        ("\uf0b7Một", "• Một"),
    ],
)
def test_texts_are_compared_without_what_is_hidden(one, other):
    assert comparable(one) == comparable(other)


# -- fields


def test_a_form_field_takes_the_text_without_what_is_hidden():
    field = NormalText(max_length=5)
    assert field.clean("Hu\u200bế" + "\u200b" * 100) == "Huế"
    assert not field.has_changed("Huế", "Hu\u200bế")
    with pytest.raises(ValidationError) as refusal:
        NormalText(required=False).clean("\u200b")
    assert refusal.value.code == "nothing"


@pytest.mark.django_db
def test_what_is_stored_stays_as_it_is():
    province = make_province()
    Province.objects.filter(pk=province.pk).update(note="so\u00adft")
    province.refresh_from_db()
    province.save()
    province.refresh_from_db()
    assert province.note == "so\u00adft"
    assert Province.objects.filter(note="so\u00adft").exists()
