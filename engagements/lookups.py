"""Lookups of records by what people call them: name, old name, abbreviation, code, address.

The one home of these: fast entry, workbooks and whoever else takes a name from a person asks here.
Each table is read once. Whoever asks decides what to do with several candidates: nothing is chosen
here but by the session that the name stands beside.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from engagements.models import Meeting, Source
from engagements.reference import Indicator, Topic
from provinces.models import Atlas, Official, Organization, Province
from provinces.vietnamese import fold

LEAD = re.compile(
    r"(?:(?:cơ quan|đơn vị|bộ phận) )?(?:chủ trì|đầu mối)(?: thực hiện)?\s*:?\s+|lead\s*:\s*",
    re.IGNORECASE,
)
RANK = re.compile(r"(?:tinh|thanh pho|tp) (?=\S)")  # before a folded name of a province
NUMBER = re.compile(r"(?:so|van ban so|cong van so|thong bao so) (?=\d)")  # of a folded source
COURTESY = re.compile(r"(?:dong chi|d c|ong|ba) (?=\S+ \S)")  # before a folded name of a person
SPELLED = ("name", "name_en", "short_name", "aliases")
SHORT_WORD = 3  # letters, of what is no sign that two names mean the same


class Candidate(NamedTuple):
    """A record that a name may mean."""

    pk: int
    label: str


@dataclass(frozen=True)
class Beside:
    """The session that a name stands beside: what its provinces, ministry and day are."""

    provinces: frozenset = frozenset()  # primary keys
    ministry: int | None = None
    day: date | None = None


# -- provinces


class Places:
    """The provinces of a session, by every name that a line may give one: old ones too."""

    def __init__(self, keys=(), atlas=None):
        wanted = set(map(int, keys))
        if wanted and atlas is None:
            atlas = Atlas()
        self.provinces = [atlas.units[key] for key in sorted(wanted) if key in atlas.units]
        now, before = {}, {}  # folded name → keys
        for province in self.provinces:
            for unit in atlas.lineage(province):
                for name in spellings_of(unit):
                    names = now if unit == province else before
                    names.setdefault(fold(name), set()).add(province.pk)
        self._named = before | now

    def named(self, part):
        """The key of the province that these words name; None unless exactly one."""
        words = fold(part)
        keys = self._named.get(words) or self._named.get(RANK.sub("", words, count=1)) or ()
        return next(iter(keys)) if words and len(keys) == 1 else None

    @property
    def is_to_be_named(self):
        """With one province alone every row is about it."""
        return len(self.provinces) > 1


def spellings_of(unit):
    return (unit.name, unit.full_name, unit.name_en, *unit.aliases.splitlines())


class ProvinceLookup:
    """Every provincial unit, those that are gone too, by every name, code and address."""

    def candidates(self, text):
        words = fold(text)
        keys = self._by_name.get(words) or self._by_name.get(RANK.sub("", words, count=1)) or ()
        return [Candidate(key, str(self.atlas.units[key])) for key in sorted(keys)]

    def near(self, text, candidates, beside):
        """Those that the session leaves: the one of its own, else those that existed that day."""
        own = self._places(beside.provinces).named(text)
        if own:
            return [Candidate(own, str(self.atlas.units[own]))]
        if beside.day is None:
            return candidates
        day = beside.day
        living = [unit for unit in candidates if self.atlas.units[unit.pk].is_living(day)]
        return living or candidates

    @cached_property
    def atlas(self):
        return Atlas()

    @cached_property
    def _by_name(self):
        named = defaultdict(set)
        for unit in self.atlas.units.values():
            for name in {*spellings_of(unit), unit.code, unit.slug} - {""}:
                named[fold(name)].add(unit.pk)
        return named

    def _places(self, keys):
        known = self.__dict__.setdefault("_known_places", {})
        if keys not in known:
            known[keys] = Places(keys, self.atlas)
        return known[keys]


# -- organizations


class Bodies:
    """The organizations of the register, by every spelling that a line may give one."""

    def __init__(self, ministry="", provinces=()):
        self.ministry, self.provinces = str(ministry), set(map(str, provinces))
        self._rows = None

    def named(self, part):
        """The key of the organization that these words name; None if none is.

        Of several, that of the session's ministry or provinces; ValidationError if that leaves
        more than one, or none.
        """
        rows = self.rows_named(part)
        near = [row for row in rows if self.is_near(row)] if len(rows) > 1 else rows
        if len(near) == 1:
            return near[0]["pk"]
        if not rows:
            return None
        names = "; ".join(sorted({row["name"] for row in near or rows}))
        given = {"part": part, "names": names}
        raise ValidationError(_("several bodies are called “%(part)s”: %(names)s") % given)

    def rows_named(self, part):
        lead = LEAD.match(part)
        words = fold(part[lead.end() :] if lead else part)
        return self._by_name().get(words, ()) if words else ()

    def is_near(self, row):
        own = {str(row["pk"]), str(row["parent"])}
        return self.ministry in own or str(row["province"]) in self.provinces

    def _by_name(self):
        """{folded spelling: rows}, read once."""
        if self._rows is None:
            self._rows = {}
            columns = ("pk", "slug", *SPELLED, "parent", "parent__name", "province")
            for row in Organization.objects.not_merged().values(*columns):
                for name in set(map(fold, spelled_in(row, ("slug", *SPELLED)))) - {""}:
                    self._rows.setdefault(name, []).append(row)
        return self._rows


def spelled_in(row, columns):
    """Every spelling in these columns of a row of values."""
    return [name for column in columns for name in str(row[column] or "").splitlines()]


class OrganizationLookup:
    def __init__(self):
        self.bodies = Bodies()
        self._rows = {}

    def candidates(self, text):
        rows = self.bodies.rows_named(text)
        self._rows |= {row["pk"]: row for row in rows}
        return [Candidate(row["pk"], self._label(row)) for row in rows]

    def _label(self, row):
        """The name, with what it belongs to where that tells it from a namesake."""
        return f"{row['name']} ({row['parent__name']})" if row["parent__name"] else row["name"]

    def near(self, text, candidates, beside):
        if len(candidates) < 2:
            return candidates
        around = Bodies(beside.ministry or "", beside.provinces)
        near = [option for option in candidates if around.is_near(self._rows[option.pk])]
        return near or candidates


# -- indicators


class Indicators:
    """The indicators of the register, proposed ones too, by the names that a person may type."""

    NEAR = 0.5  # of two folded names: the share of letters in common, in order
    OFFERED = 5

    def named(self, text):
        """The indicator of that name, with or without accents; None if none bears it."""
        words = fold(text)
        return self._by_name.get(words) if words else None

    def near(self, text):
        """Those whose names are like it: the nearest by their letters, then by a shared word."""
        words = fold(text)
        close = get_close_matches(words, self._by_name, n=self.OFFERED, cutoff=self.NEAR)
        holding = [name for name in self._by_name if _holds(name, words) or _holds(words, name)]
        near = {self._by_name[name].pk: self._by_name[name] for name in [*close, *holding]}
        return list(near.values())[: self.OFFERED]

    def add(self, indicator):
        """Takes in one that was made since the table was read."""
        for name in (indicator.name, indicator.name_en, indicator.slug):
            self._by_name.setdefault(fold(name), indicator)

    @cached_property
    def _by_name(self):
        named = {}
        for indicator in sorted(Indicator.objects.all(), key=lambda row: row.is_proposed):
            for name in {indicator.name, indicator.name_en, indicator.slug} - {""}:
                named.setdefault(fold(name), indicator)
        return named


def _holds(name, words):
    """Whether the name has all these words, and they are more than one short one."""
    return len(words) > SHORT_WORD and set(words.split()) <= set(name.split())


# -- the others


class RecordLookup:
    """Records of another table by what a person may write: codes, titles, names, numbers."""

    COLUMNS = {
        Topic: ("slug", "name", "name_en", "aliases"),
        Indicator: ("slug", "name", "name_en"),
        Meeting: ("slug", "code", "title", "held_on"),
        Source: ("code", "number", "title", "url"),
        Official: ("slug", "full_name"),
    }

    def __init__(self, model):
        self.model = model
        fields = {field.name for field in model._meta.fields}
        self.columns = self.COLUMNS.get(model, tuple({"code"} & fields))

    def candidates(self, text):
        words = fold(text)
        prefix = {Source: NUMBER, Official: COURTESY}.get(self.model)
        rows = self._by_name.get(words) or (
            prefix and self._by_name.get(prefix.sub("", words, count=1))
        )
        return [Candidate(*row) for row in rows or ()] if words else []

    def near(self, text, candidates, beside):
        return candidates

    @cached_property
    def _by_name(self):
        named = defaultdict(list)
        rows = self.model.objects.order_by("pk")
        if hasattr(rows, "not_merged"):
            rows = rows.not_merged()
        for row in rows.values("pk", *self.columns) if self.columns else ():
            spelled = self._spelled(row)
            label = next((row[name] for name in LABELS if row.get(name)), row["pk"])
            if row.get("code") and row["code"] != label:
                label = f"{row['code']} {label}"
            for name in set(map(fold, spelled)) - {""}:
                named[name].append((row["pk"], str(label)))
        return named

    def _spelled(self, row):
        names = [name for column in self.columns for name in str(row[column] or "").splitlines()]
        if isinstance(day := row.get("held_on"), date):
            names += [f"{day:%d/%m/%Y}", f"{day.day}/{day.month}/{day.year}"]
        return names


LABELS = ("full_name", "name", "title", "code")


def lookup_of(model):
    """The lookup of a table, which reads it at the first question."""
    if model is Province:
        return ProvinceLookup()
    return OrganizationLookup() if model is Organization else RecordLookup(model)
