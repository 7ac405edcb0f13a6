"""Unicode normalization (NFC), folding, slugs and collation keys of Vietnamese text.

One normal form on the way in, one fold for search, one order for lists: each as a function, and as
a model field that applies it on every save.
"""

import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

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


def nfc(text):
    """The text in Unicode's composed form, with plain spaces and plain line ends."""
    return unicodedata.normalize("NFC", text.replace("\u00a0", " ").replace("\r\n", "\n"))


def fold(text):
    """The text for comparing: no case, no marks, đ as d, words parted by single spaces.

    `hue`, `HUẾ`, `thua thien hue` and `Thừa Thiên - Huế` meet after it.
    """
    text = unicodedata.normalize("NFC", text).casefold().replace("đ", "d")
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


class NormalText(forms.CharField):
    """Form field of a text column, compared as it would be stored.

    A browser's line ends alone are no change.
    """

    def to_python(self, value):
        return super().to_python(nfc(value) if isinstance(value, str) else value)

    def has_changed(self, initial, data):
        return super().has_changed(self.to_python(initial), data)


class _NormalizedField:
    """A text column that holds NFC, whatever way the text came in."""

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
