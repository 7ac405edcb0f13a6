"""Entries of feeds, calendars and e-mails: one edition in words."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .kinds import KINDS
from .text import plain_line, plain_text


def places_of(edition, atlas):
    """The unit of that day, or those of a session; none of a source."""
    if edition.province_id:
        return [atlas.units[edition.province_id]]
    return [atlas.units[key] for key in edition.keys.get("provinces", [])]


def place_words(unit):
    if unit.is_living():
        return unit.name
    day = {"name": unit.name, "day": date_format(unit.last_day)}
    return _("%(name)s, until %(day)s") % day


def href_of(edition, atlas):
    """Its page in the language of the address."""
    place = edition.province_id and atlas.units[edition.province_id]
    return KINDS[edition.kind].href(edition.data, place)


def headline_of(edition):
    return KINDS[edition.kind].headline(edition.data)


def facts_of(edition, atlas):
    """What stands about it, in the language of the page."""
    facts = [edition.get_kind_display(), *KINDS[edition.kind].facts(edition)]
    facts += [place_words(unit) for unit in places_of(edition, atlas)]
    return plain_line(" · ".join(str(fact) for fact in facts if fact))


def summary_of(edition):
    """The register's own words on it, with its last news."""
    data = edition.data
    parts = [data.get("detail"), data.get("summary")]
    parts += [update["text"] for update in data.get("updates", [])[-1:]]
    return plain_text("\n\n".join(part for part in parts if part))
