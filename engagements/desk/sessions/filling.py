"""Autofill of a session's form: what it says once its rows need not say again.

Done to the form as it was sent, before it is read: what is filled in stands in the boxes if the
form comes back, and goes through the same checks as what was typed.
"""

import re

from django import forms
from django.core.exceptions import ValidationError

from engagements.desk.boxes import is_key
from engagements.models import Side
from provinces.models import Official, Organization, Post, unambiguous_post
from provinces.vietnamese import fold

from .lines import NEW

# A row in which nothing but these was sent is an empty one.
GIVEN_ANYWAY = {
    "id",
    "meeting",
    "source",
    "province",
    "role",
    "version",
    "seen",
    "uid",
    "asked",
    "DELETE",
}
COURTESY = re.compile(
    r"(?:(?:các )?đồng chí|đ/c|đc|ông|bà|(?:phó )?giáo sư|tiến sĩ|thạc sĩ|bác sĩ|kỹ sư|"
    r"luật sư|p?gs|ts(?:kh)?|ths|cn|bs|ds|ks|kts|ls|ngnd|ngưt)(?:\s*[.:/]\s*|\s+)",
    re.IGNORECASE,
)
COURTESY_UNMARKED = re.compile(r"(?:dong chi|d/c|ong|ba)(?:\s*[.:/]\s*|\s+)", re.IGNORECASE)
LEVELS = 6  # of organizations above one another
PEOPLE = "attendances"


class SentRow:
    """One row of the form as it was sent."""

    def __init__(self, post, prefix, number):
        self.post, self.start = post, f"{prefix}-{number}-"

    def get(self, column):
        return (self.post.get(f"{self.start}{column}") or "").strip()

    def put(self, column, value):
        """Puts a value in place of what was given."""
        self.post[f"{self.start}{column}"] = value

    def fill(self, column, value):
        """Puts a value where nothing was given."""
        if value and not self.get(column):
            self.post[f"{self.start}{column}"] = str(value)


def rows_sent(post, prefix, *, new=True):
    """The given rows of a kind: those that are new, or those that stand in the register."""
    total, initial = (_count(post, f"{prefix}-{name}_FORMS") for name in ("TOTAL", "INITIAL"))
    numbers = range(initial, total) if new else range(min(initial, total))
    given = set()
    for name, value in post.items():
        number, _dash, column = name.removeprefix(f"{prefix}-").partition("-")
        is_ours = name.startswith(f"{prefix}-") and number.isdecimal() and len(number) < 6
        if is_ours and column not in GIVEN_ANYWAY and isinstance(value, str) and value.strip():
            given.add(int(number))
    return [SentRow(post, prefix, number) for number in numbers if number in given]


def _count(post, name):
    value = post.get(name, "")
    return min(int(value), 2000) if value.isdecimal() and len(value) < 6 else 0


def filled(post, prefixes, had_source=False):
    """The form as sent, with what follows from the rest of it filled in."""
    post = post.copy()
    source, provinces = post.get("source", ""), post.getlist("provinces")
    if PEOPLE in prefixes:
        _fill_people(post, rows_sent(post, PEOPLE), provinces)
    for prefix in prefixes:
        rows = rows_sent(post, prefix)
        for row in rows:
            if prefix != PEOPLE and len(provinces) == 1:
                row.fill("province", provinces[0])
        if not had_source:  # it is chosen now: also rows of drafts take it
            rows += rows_sent(post, prefix, new=False)
        for row in rows:
            row.fill("source", source)
    return post


def _fill_people(post, rows, provinces):
    named = officials_named(row.get("name") for row in rows if not row.get("official"))
    for row in rows:
        name = row.get("name")
        namesakes = people_called(name, named)
        if not row.get("official") and not any(
            fold(name) == fold(person.full_name) for person in namesakes
        ):
            row.put("name", _with_sign(name))
        is_new = row.get("is_new") or row.get("name").startswith(NEW)
        if len(namesakes) == 1 and not is_new:
            row.fill("official", namesakes[0].pk)
    keys = {int(key) for row in rows if is_key(Official._meta.pk, key := row.get("official"))}
    seats = seats_of(keys, day_sent(post), post.get("ministry"), provinces)
    for row in rows:
        seat = seats.get(row.get("official"))
        title = row.get("title")
        if seat and (not title or fold(title) == fold(seat.title)):
            row.fill("title", seat.title)
            row.fill("organization", seat.organization.pk)
            row.fill("side", seat.side)
    _fill_sides([row for row in rows if not row.get("side")], post.get("ministry"), provinces)


def _fill_sides(rows, ministry, provinces):
    keys = {
        int(key) for row in rows if is_key(Organization._meta.pk, key := row.get("organization"))
    }
    if not keys:
        return
    sides = _Sides(Organization.objects.filter(pk__in=keys), ministry, provinces)
    for row in rows:
        row.fill("side", sides.of(row.get("organization")))


# -- people by their names


def person_name(text):
    """A name without the courtesy, degrees and sign before it: at least two words are left."""
    name = text.lstrip(f"{NEW} ")
    while True:
        courtesy = COURTESY.match(name) or (name.isascii() and COURTESY_UNMARKED.match(name))
        if not courtesy or len(name[courtesy.end() :].split()) < 2:
            return name.strip()
        name = name[courtesy.end() :]


def _with_sign(name):
    """The name as person_name leaves it, with the sign of somebody new."""
    bare = person_name(name)
    sign = name[: len(name) - len(name.lstrip(f"{NEW} "))].strip()
    return f"{sign} {bare}".strip()


def plain_name(text):
    """The folded name of a person without what courtesy puts before it."""
    return fold(person_name(text))


def people_called(name, named):
    """Those of `officials_named` who are called so as it was typed, else without the courtesy."""
    return named.get(fold(name)) or named.get(plain_name(name)) or ()


def officials_named(names):
    """Officials by folded name, whatever marks the names were typed with."""
    spelled = {spelling for name in names if name for spelling in (fold(name), plain_name(name))}
    wanted = [f" {spelling} " for spelling in spelled - {""}]
    by_name = {}
    for official in Official.objects.not_merged().filter(search__in=wanted):
        by_name.setdefault(fold(official.full_name), []).append(official)
    return by_name


# -- where they sat


def day_sent(post):
    """The day of the session as typed; None if there is none yet."""
    for name in ("held_on", "planned_from"):
        try:
            day = forms.DateField(required=False).clean(post.get(name, ""))
        except ValidationError:
            day = None
        if day:
            return day
    return None


class SeatHeld:
    """The office that an official held on the day of a session, and the side it puts them on."""

    def __init__(self, post, side):
        self.title, self.organization, self.side = post.title, post.organization, side


def seats_of(officials, day, ministry, provinces):
    """Seats by the key of the official, as text; none where several offices fit alike."""
    if day is None or not officials:
        return {}
    posts = Post.objects.held_on(day).filter(official__in=officials).select_related("organization")
    by_person = {}
    for post in posts.order_by("pk"):
        by_person.setdefault(post.official_id, []).append(post)
    chosen = {key: post for key, posts in by_person.items() if (post := unambiguous_post(posts))}
    sides = _Sides([post.organization for post in chosen.values()], ministry, provinces)
    return {
        str(key): SeatHeld(post, sides.of(str(post.organization_id)))
        for key, post in chosen.items()
    }


class _Sides:
    """On which side an organization sits: the ministry's, or that of a province it is part of."""

    def __init__(self, organizations, ministry, provinces):
        self.ministry, self.provinces = str(ministry or ""), set(map(str, provinces))
        self.known = {unit.pk: unit for unit in organizations}
        missing = {unit.parent_id for unit in self.known.values()} - {None} - set(self.known)
        for _level in range(LEVELS):
            if not missing:
                break
            above = Organization.objects.in_bulk(missing)
            self.known |= above
            missing = {unit.parent_id for unit in above.values()} - {None} - set(self.known)

    def of(self, key):
        """The side, or "" if neither can be told."""
        unit = self.known.get(int(key)) if is_key(Organization._meta.pk, key) else None
        for _level in range(LEVELS):
            if unit is None:
                break
            if str(unit.pk) == self.ministry:
                return Side.MINISTRY.value
            if unit.province_id and str(unit.province_id) in self.provinces:
                return Side.PROVINCE.value
            unit = self.known.get(unit.parent_id)
        return ""
