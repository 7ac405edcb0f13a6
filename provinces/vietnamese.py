"""Unicode normalization (NFC), cleaning, folding, slugs and collation keys of Vietnamese text.

One cleaner and one normal form on the way in, one fold for search, one order for lists: each as a
function, and as a form field or a model field that applies it.
"""

import re
import unicodedata
from enum import Enum
from typing import NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from .encodings import FROM_C1, decoded

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
# Each character is two digits, so that every collation of every database orders the key alike.
ENDS, SPACE = "00", "01"
WEIGHTS = {
    character: f"{weight:02d}" for weight, character in enumerate("0123456789" + ALPHABET, start=2)
}

# Zero-width and direction marks hide or reorder what the reader sees; joiners have no use here.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)

# -- cleaning

# Characters that show nothing, beyond Latin-1 and within it: zero-width and direction marks,
# joiners, fillers, variation selectors, tags, halves of a pair; controls and the soft hyphen.
_BEYOND = (
    "\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_WITHIN = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad"
_PRIVATE = "\ue000-\uf8ff\U000f0000-\U0010ffff"
HIDDEN = re.compile(f"[{_WITHIN}{_BEYOND}{_PRIVATE}]")
_ANY = re.compile(f"[{_WITHIN}{_BEYOND}]")
_BEYOND_LATIN_1 = re.compile(f"[{_BEYOND}]")
_PRIVATE_USE = re.compile(f"[{_PRIVATE}]+")
_BULLET = re.compile(f"(?m)^([ \t]*)[{_PRIVATE}]+[ \t]*")  # Word's, of Symbol and Wingdings
_ESCAPED = re.compile("_x00(0[9A-D])_")  # how Excel keeps a line end or a tab
_PAGE_END = re.compile("\n?[\x0b\x0c]+\n?")  # a line of Word, a page of a PDF
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_PARTING = re.compile("(?<=[^\\W\\d_])\u200b+(?=[^\\W\\d_])")  # where words may part
LIKE_STROKED = re.compile("[ÐðƉɖ]")
_WORD = re.compile("[^\\W\\d_]+")
_STROKED = str.maketrans("ÐðƉɖ", "ĐđĐđ")
_FOREIGN = re.compile("[ÞþÆæÖö]|[^\\W\\d_A-ZÐƉ][ðɖ]")  # Icelandic has ð within its words
_LOST = "\ufffd"
BULLET = "•"


class NoteKind(Enum):
    """What the cleaner has to say of a text."""

    HIDDEN = "hidden"
    NOTHING = "nothing"
    CONVERTED = "converted"
    UNSURE = "unsure"
    LOST = "lost"


class Note(NamedTuple):
    """One thing that the cleaner did to a text, or found in it; in words as a string."""

    kind: NoteKind
    number: int = 0
    encoding: str = ""

    @property
    def is_refusal(self):
        return self.kind == NoteKind.NOTHING

    @property
    def is_warning(self):
        return self.kind != NoteKind.HIDDEN

    def __str__(self):
        if self.kind == NoteKind.NOTHING:
            return gettext("The text holds nothing but hidden characters.")
        if self.kind == NoteKind.HIDDEN:
            said = ngettext(
                "%(n)d hidden character was dropped.",
                "%(n)d hidden characters were dropped.",
                self.number,
            )
        elif self.kind == NoteKind.CONVERTED:
            said = gettext("Converted from %(encoding)s read wrongly: check the words.")
        elif self.kind == NoteKind.UNSURE:
            said = gettext(
                "Some words look like %(encoding)s read wrongly; nothing was converted: check them."
            )
        else:
            said = ngettext(
                "%(n)d character was lost before the text came here (�).",
                "%(n)d characters were lost before the text came here (�).",
                self.number,
            )
        return said % {"n": self.number, "encoding": self.encoding}


def clean(text):
    """(the text as it is meant, what there is to say of it: Notes).

    In Unicode's composed form with plain spaces and line ends, without hidden characters, Ð as Đ,
    out of a legacy encoding where that is certain. What was cleaned once stays as it is.
    """
    if text.isascii() and text.isprintable() and "_x00" not in text:
        return text, ()
    notes = []
    text, dropped = _visible(text, _BEYOND_LATIN_1)
    text, escaped = _ESCAPED.subn(lambda code: chr(int(code[1], 16)), text)
    meant = decoded(text)
    if meant.encoding:
        kind = NoteKind.CONVERTED if meant.is_certain else NoteKind.UNSURE
        notes.append(Note(kind, encoding=meant.encoding))
    text = meant.text.translate(FROM_C1).replace("\r\n", "\n").replace("\r", "\n")
    text, pages = _PAGE_END.subn("\n", text)
    text, more = _visible(text, _ANY)
    text, bullets = _BULLET.subn(rf"\1{BULLET} ", text)
    text, private = _PRIVATE_USE.subn("", text)
    text = unicodedata.normalize("NFC", _SPACES.sub(" ", text))
    if LIKE_STROKED.search(text):
        text = _WORD.sub(_stroked, text)
    dropped += escaped + pages + more + private
    if lost := text.count(_LOST):
        notes.append(Note(NoteKind.LOST, lost))
    if (dropped or bullets) and not text.replace(BULLET, "").strip():
        return "", (Note(NoteKind.NOTHING, dropped + bullets),)
    if dropped:
        notes.insert(0, Note(NoteKind.HIDDEN, dropped))
    return text, tuple(notes)


def cleaned(text):
    """The text as it is meant, whatever there is to say of it."""
    return clean(text)[0]


def comparable(text):
    """The text on one line, as two texts are held against each other: nothing hidden, Ð as Đ.

    No encoding is guessed: of a part of a text it could be another than of the whole.
    """
    text = _BULLET.sub(rf"\1{BULLET} ", _PAGE_END.sub("\n", text))
    text = unicodedata.normalize("NFC", _SPACES.sub(" ", shown(text)))
    return " ".join(text.translate(_STROKED).split())


def _visible(text, hidden):
    """(text, number) without the hidden characters; “NinhBình” are two words again."""
    if not hidden.search(text):
        return text, 0
    number = len(hidden.findall(text))
    return hidden.sub("", _PARTING.sub(_space_before_capital, text)), number


def _space_before_capital(found):
    before, after = found.string[found.start() - 1], found.string[found.end()]
    return " " if before.islower() and after.isupper() else ""


def _stroked(word):
    return word[0] if _FOREIGN.search(word[0]) else word[0].translate(_STROKED)


def refuse_nothing(notes):
    """Raises ValidationError for a text of which nothing was left."""
    for note in notes:
        if note.is_refusal:
            raise ValidationError(str(note), code=note.kind.value)


def nfc(text):
    """The text in Unicode's composed form, with plain spaces and plain line ends."""
    return unicodedata.normalize("NFC", text.replace("\u00a0", " ").replace("\r\n", "\n"))


# -- comparing and ordering


def shown(text):
    """The text without hidden characters, and with a space where one of them parts two words."""
    return _visible(text, HIDDEN)[0]


def hidden_in(text):
    """{index: what stands there in `shown(text)`} of its hidden characters."""
    if not HIDDEN.search(text):
        return {}
    places = {found.start(): "" for found in HIDDEN.finditer(text)}
    return places | {
        found.start(): _space_before_capital(found) for found in _PARTING.finditer(text)
    }


def small(text):
    """The text without case; every letter that is meant as đ is one."""
    return text.casefold().translate(_STROKED)


def fold(text):
    """The text for comparing: no case, no marks, đ as d, words parted by single spaces.

    `hue`, `HUẾ`, `thua thien hue` and `Thừa Thiên - Huế` meet after it.
    """
    text = unicodedata.normalize("NFC", shown(text))
    text = small(text).replace("đ", "d")
    text = unicodedata.normalize("NFD", text)
    text = "".join(character for character in text if unicodedata.category(character) != "Mn")
    return " ".join(re.findall(r"[^\W_]+", text))


def slugify_vi(text):
    """An ASCII slug that keeps đ as d (Django's own drops it: `ak-lak`)."""
    folded = fold(text).encode("ascii", "ignore").decode()
    return "-".join(folded.split())


def sort_key(text):
    """A string of digits whose plain order is the order of the Vietnamese dictionary.

    Letters first (a ă â b c d đ …, a space before any letter), tones only to break ties:
    level, huyền, hỏi, ngã, sắc, nặng.
    """
    letters, tones = [], []
    words = re.findall(r"\w+", nfc(text).casefold())
    for character in unicodedata.normalize("NFC", " ".join(words)):
        parts = unicodedata.normalize("NFD", character)
        tone = next((TONES[mark] for mark in parts if mark in TONES), "0")
        letter = unicodedata.normalize("NFC", "".join(m for m in parts if m not in TONES))
        letters.append(WEIGHTS.get(letter) or WEIGHTS.get(parts[0]) or SPACE)
        tones.append(tone)
    return "".join(letters) + ENDS + "".join(tones)


def given_name_key(full_name):
    """Sort key of a person: given name (the last word), then family name, then the middle ones."""
    words = full_name.split()
    if len(words) < 2:
        return sort_key(full_name)
    family, *middle, given = words
    return ENDS.join(sort_key(part) for part in (given, family, " ".join(middle)))


def refuse_invisible(text):
    """Raises ValidationError for control, zero-width and direction characters."""
    if INVISIBLE.search(text):
        raise ValidationError(_("The text holds invisible control characters."), code="invisible")


# -- fields


class NormalText(forms.CharField):
    """Form field of a text, which is cleaned, and compared as it would be stored.

    A browser's line ends alone are no change, nor is a hidden character.
    """

    def to_python(self, value):
        return super().to_python(cleaned(value) if isinstance(value, str) else value)

    def clean(self, value):
        if isinstance(value, str):
            refuse_nothing(clean(value)[1])
        return super().clean(value)

    def has_changed(self, initial, data):
        return super().has_changed(self.to_python(initial), data)


class WebAddress(forms.URLField):
    """Form field of a web address, without the hidden characters that come with a pasted one."""

    def to_python(self, value):
        return super().to_python(cleaned(value) if isinstance(value, str) else value)


def notes_on(form):
    """[(label, Note)] of the texts that were changed in this form, as they were sent."""
    return [
        (form[name].label, note)
        for name, field in form.fields.items()
        if isinstance(field, NormalText) and name in form.changed_data
        for note in clean(form[name].data or "")[1]
    ]


class _NormalizedField:
    """A text column that holds NFC, whatever way the text came in.

    Cleaning is for the ways in: what is stored stays as it is, so that its fingerprint holds.
    """

    default_validators = [refuse_invisible]

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": NormalText} | kwargs)

    def to_python(self, value):
        value = super().to_python(value)
        return nfc(value) if isinstance(value, str) else value

    def pre_save(self, model_instance, add):
        value = super().pre_save(model_instance, add)
        if isinstance(value, str):
            value = nfc(value)
            setattr(model_instance, self.attname, value)
        return value


class Line(_NormalizedField, models.CharField):
    """One line of Vietnamese text."""


class Prose(_NormalizedField, models.TextField):
    """Several lines of Vietnamese text."""


class DerivedField(models.TextField):
    """A column filled from others on each save; `rebuild_search` checks it and fills it again."""

    derive = None

    def __init__(self, *args, sources=(), **kwargs):
        self.sources = tuple(sources)
        kwargs["editable"] = False
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        if self.sources:
            kwargs["sources"] = self.sources
        return name, path, args, kwargs

    def derived(self, instance):
        """What the column should hold for this row."""
        text = " ".join(str(getattr(instance, name) or "") for name in self.sources)
        return type(self).derive(text)

    def pre_save(self, model_instance, add):
        value = self.derived(model_instance)
        setattr(model_instance, self.attname, value)
        return value


class FoldedField(DerivedField):
    """The folded words of other columns, between spaces: ` word ` finds a whole word."""

    @staticmethod
    def derive(text):
        return f" {fold(text)} "


class SortKeyField(DerivedField):
    """Vietnamese alphabetical order of another column."""

    derive = staticmethod(sort_key)


class GivenNameKeyField(DerivedField):
    """Order of people: by given name."""

    derive = staticmethod(given_name_key)


def derived_fields(model):
    return [field for field in model._meta.concrete_fields if isinstance(field, DerivedField)]
