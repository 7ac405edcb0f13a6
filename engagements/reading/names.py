"""Gazetteer: the provinces, organizations and officials that the reader knows by name.

A plain data class, so that a test or another package builds one without a database; `store` fills
it from the register.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from .text import tone
from .wordlists import any_of, listed

MINISTRY = "ministry"  # of provinces.OrganizationKind


@dataclass(frozen=True)
class Unit:
    """A provincial unit between two days; `follows` are the slugs of what it was before."""

    slug: str
    name: str
    kind: str = "province"
    aliases: tuple = ()
    established_on: date | None = None
    ceased_on: date | None = None
    follows: tuple = ()

    def is_of(self, day):
        return (self.established_on is None or self.established_on <= day) and (
            self.ceased_on is None or self.ceased_on > day
        )


@dataclass(frozen=True)
class Body:
    """An organization between two days."""

    slug: str
    name: str
    kind: str = MINISTRY
    short_name: str = ""
    aliases: tuple = ()
    established_on: date | None = None
    ceased_on: date | None = None
    province: str = ""
    parent: str = ""

    is_of = Unit.is_of


@dataclass(frozen=True)
class KnownOfficial:
    """A person of the register."""

    slug: str
    full_name: str


class Mentioned(NamedTuple):
    """A name in a text: its bounds, and the key of what it names."""

    start: int
    end: int
    key: str


@dataclass(frozen=True)
class Names:
    """What the reader knows by name; a province is known by its name, whichever unit bears it."""

    units: tuple = ()
    bodies: tuple = ()
    officials: tuple = ()

    # -- provinces

    @cached_property
    def _province_forms(self):
        """{spelling: name of the province}; old and short names too."""
        forms = {}
        for unit in self.units:
            for name in (unit.name, *unit.aliases):
                for spelling in spellings(name):
                    if spelling[:1].isupper() and spelling.casefold() not in ("tth",):
                        forms.setdefault(tone(spelling), unit.name)
        for unit in self.units:  # a name of its own goes before another's alias
            forms[tone(unit.name)] = unit.name
        return forms

    @cached_property
    def _upper_forms(self):
        return {form.upper(): name for form, name in self._province_forms.items()}

    @cached_property
    def _province_pattern(self):
        forms = {*self._province_forms, *self._upper_forms}
        return re.compile(rf"(?<!\w){any_of(*forms)}(?!\w)" if forms else "(?!)")

    def provinces_in(self, text):
        """[Mentioned] of the provinces that a text (of `tone`) names, by their names."""
        forms, upper = self._province_forms, self._upper_forms
        return [
            Mentioned(*found.span(), forms.get(found[0]) or upper[found[0]])
            for found in self._province_pattern.finditer(text)
        ]

    def unit(self, name, day=None):
        """The unit of that name on that day, or of a name that it bore before; None if none.

        Without a day, the one that lives, else the last.
        """
        bearing = [unit for unit in self.units if unit.name == name]
        if day is None:
            return max(bearing, key=lambda unit: unit.ceased_on or date.max, default=None)
        for unit in bearing:
            if unit.is_of(day):
                return unit
        kin = {slug for unit in bearing for slug in unit.follows if len(unit.follows) == 1}
        for unit in self.units:  # Huế was Thừa Thiên Huế: one unit alone that only rose in rank
            renamed = any(len(unit.follows) == 1 and own.slug in unit.follows for own in bearing)
            if unit.is_of(day) and (unit.slug in kin or renamed):
                return unit
        return None

    # -- ministries

    @cached_property
    def ministries(self):
        return tuple(body for body in self.bodies if body.kind == MINISTRY)

    @cached_property
    def _ministry_forms(self):
        """[(pattern of what a ministry is called without “Bộ”, its slug, whether “Bộ” leads)]."""
        forms = []
        for body in self.ministries:
            is_led = body.name.startswith("Bộ ")
            own = parts_of(body.name.removeprefix("Bộ "))
            short = [
                parts_of(name.removeprefix("Bộ "))
                for name in (body.short_name, *body.aliases)
                if name
            ]
            for parts in (own, *short):
                forms.append((joined([parts]), body.slug, is_led))
            for parts in short:
                if len(parts) == len(own) > 1:
                    forms.append((joined([own, parts]), body.slug, is_led))
        return forms

    @cached_property
    def _fields(self):
        """(pattern of every field of a ministry, [slug of each group])."""
        led = [(pattern, slug) for pattern, slug, is_led in self._ministry_forms if is_led]
        led.sort(key=lambda row: -len(row[0]))
        return "|".join(f"({pattern})" for pattern, _slug in led), [slug for _p, slug in led]

    @cached_property
    def field_pattern(self):
        """A pattern for what follows “Bộ”, “Sở”, “Bộ trưởng”: the field of a ministry."""
        led = {pattern for pattern, _slug, is_led in self._ministry_forms if is_led}
        return "(?:" + "|".join(sorted(led, key=len, reverse=True)) + ")" if led else "(?!)"

    @cached_property
    def _ministry_pattern(self):
        grouped, _slugs = self._fields
        return re.compile(rf"(?<!\w)(?:(?:Bộ|BỘ)\s+|(?:Bộ|Thứ) trưởng (?!Bộ))(?:{grouped})(?!\w)")

    @cached_property
    def _agencies(self):
        """(pattern of ministerial-level bodies that no “Bộ” leads, {spelling: slug})."""
        spelled = {
            tone(name): body.slug
            for body in self.ministries
            if not body.name.startswith("Bộ ")
            for name in (body.name, body.short_name, *body.aliases)
            if name and not name.isascii()
        }
        return re.compile(rf"(?<!\w){any_of(*spelled)}(?!\w)" if spelled else "(?!)"), spelled

    def ministries_in(self, text):
        """[Mentioned] of the ministries that a text (of `tone`) names, by their slugs."""
        found = []
        grouped, slugs = self._fields
        if grouped:
            for mention in self._ministry_pattern.finditer(text):
                found.append(Mentioned(*mention.span(), slugs[mention.lastindex - 1]))
        pattern, spelled = self._agencies
        found += [Mentioned(*m.span(), spelled[m[0]]) for m in pattern.finditer(text)]
        return sorted(found)

    def ministry_at(self, text, start):
        """The Mentioned of a ministry whose name begins at that index; None if none does."""
        grouped, slugs = self._fields
        found = self._ministry_pattern.match(text, start) if grouped else None
        return Mentioned(*found.span(), slugs[found.lastindex - 1]) if found else None

    def body(self, slug):
        return self._by_slug.get(slug)

    @cached_property
    def _by_slug(self):
        return {body.slug: body for body in self.bodies}

    @cached_property
    def officials_by_name(self):
        """{name in lower case, tones as in `tone`: [KnownOfficial]}."""
        named = defaultdict(list)
        for official in self.officials:
            named[tone(official.full_name).casefold()].append(official)
        return named


# -- spellings

_DASH = re.compile(r"\s*[-–]\s*")
_PART = re.compile(r"\s*(?:,|-|–|&)\s*(?:và\s+)?|\s+và\s+")


def spellings(name):
    """A name with dashes and spaces as people put them, and its syllables as they spell them."""
    forms = {name}
    if _DASH.search(name):
        forms |= {_DASH.sub(dash, name) for dash in (" - ", "-", " – ", "–", " -", "- ")}
    for syllable, others in listed("province_spellings").items():
        for form in list(forms):
            if syllable in form.split():
                forms |= {form.replace(syllable, other) for other in others}
    for form in list(forms):
        if form.startswith(("TP ", "TP.")):
            bare = form[3:].strip()
            forms |= {f"TP {bare}", f"TP.{bare}", f"TP. {bare}"}
    return forms


def parts_of(name):
    """The parts of a ministry's name between commas, dashes, “và” and “&”."""
    return [tone(part) for part in _PART.split(name) if part]


def joined(spelled):
    """A pattern of those parts, each as one of the spellings has it, however they are joined."""
    between = r"\s?(?:[,&–-]\s?)?(?:\s?(?:và|VÀ)\s)?"
    parts = []
    for alternatives in zip(*spelled, strict=True):
        cases = [_in_any_case(part) for part in sorted(set(alternatives), key=len, reverse=True)]
        parts.append(
            "(?:" + "|".join([*cases, *(re.escape(p.upper()) for p in alternatives)]) + ")"
        )
    return between.join(parts)


def _in_any_case(part):
    """A pattern of a part whose first letters may be capitals: Giao thông Vận tải."""
    syllables = part.split()
    return " ".join(
        f"[{syllable[0].upper()}{syllable[0].lower()}]{re.escape(syllable[1:])}"
        if number and not syllable.isupper()
        else re.escape(syllable[0].upper() + syllable[1:])
        for number, syllable in enumerate(syllables)
    )
