"""Reading editions: the body as it stands, with what depends on today added at its end."""

import json

from django.utils import timezone
from django.utils.functional import cached_property

from provinces.models import Atlas, Official, Organization

from .models import EditionLink
from .words import FOLLOW_UPS, Kind


def _dump(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Reader:
    """Completes bodies on one local day; the units are read once, whatever the number of rows."""

    def __init__(self, on=None):
        self.on = on or timezone.localdate()
        self._places = {}

    @cached_property
    def atlas(self):
        return Atlas()

    def place(self, key):
        """The JSON of a unit of that day, with the unit that carries it on this day."""
        if key not in self._places:
            unit = self.atlas.units[key]
            heir = self.atlas.heir(unit, self.on)
            current = heir and {"slug": heir.slug, "name": heir.name}
            self._places[key] = _dump({"slug": unit.slug, "name": unit.name, "current": current})
        return self._places[key]

    def whole(self, edition):
        """The JSON that a client reads."""
        parts = [edition.body[:-1]]
        if edition.kind == Kind.MEETING:
            keys = json.loads(edition.refs)["provinces"]
            parts.append(f'"provinces":[{",".join(self.place(key) for key in keys)}]')
        elif edition.province_id:
            parts.append(f'"province":{self.place(edition.province_id)}')
        if edition.kind in FOLLOW_UPS:
            parts.append(f'"deadline":"{edition.deadline(self.on)}"')
        return ",".join(parts) + "}"


def picked(body, names):
    """The JSON of a body with these keys alone, in the body's order; all of it for None."""
    if names is None:
        return body
    kept = {name: value for name, value in json.loads(body).items() if name in names}
    return _dump(kept)


def _named(field):
    current = EditionLink.objects.filter(
        edition__superseded_at=None, edition__withdrawn_at=None
    ).exclude(**{field: None})
    return current.values(field)


def public_officials():
    """People that a current edition names; nobody else exists for the public."""
    return Official.objects.filter(pk__in=_named("official"))


def public_organizations():
    """Bodies that a current edition names."""
    return Organization.objects.filter(pk__in=_named("organization"))
