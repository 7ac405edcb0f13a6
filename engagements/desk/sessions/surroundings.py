"""Surroundings of a line of fast entry: the session's provinces, the bodies, the source's text."""

import re
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from engagements.desk.boxes import is_key
from engagements.models import Source
from engagements.models.quotations import SourceText
from provinces.models import Atlas, Organization, Province
from provinces.vietnamese import fold

LEAD = re.compile(
    r"(?:(?:cơ quan|đơn vị|bộ phận) )?(?:chủ trì|đầu mối)(?: thực hiện)?\s*:?\s+|lead\s*:\s*",
    re.IGNORECASE,
)
SPELLED = ("name", "name_en", "short_name")


class Places:
    """The provinces of a session, by every name that a line may give one: old ones too."""

    def __init__(self, keys=()):
        wanted = {int(key) for key in keys if is_key(Province._meta.pk, key)}
        atlas = Atlas() if wanted else None
        self.provinces = [atlas.units[key] for key in sorted(wanted) if key in atlas.units]
        now, before = {}, {}  # folded name → keys
        for province in self.provinces:
            for unit in atlas.lineage(province):
                for name in (unit.name, unit.full_name, unit.name_en, *unit.aliases.splitlines()):
                    names = now if unit == province else before
                    names.setdefault(fold(name), set()).add(province.pk)
        self._named = before | now

    def named(self, part):
        """The key of the province that these words name; None unless exactly one."""
        words = fold(part)
        keys = self._named.get(words, ()) if words else ()
        return next(iter(keys)) if len(keys) == 1 else None

    @property
    def is_to_be_named(self):
        """With one province alone every row is about it."""
        return len(self.provinces) > 1


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
        lead = LEAD.match(part)
        words = fold(part[lead.end() :] if lead else part)
        rows = self._by_name().get(words, ()) if words else ()
        near = [row for row in rows if self._is_near(row)] if len(rows) > 1 else rows
        if len(near) == 1:
            return near[0]["pk"]
        if not rows:
            return None
        names = "; ".join(sorted({row["name"] for row in near or rows}))
        given = {"part": part, "names": names}
        raise ValidationError(_("several bodies are called “%(part)s”: %(names)s") % given)

    def _is_near(self, row):
        own = {str(row["pk"]), str(row["parent"])}
        return self.ministry in own or str(row["province"]) in self.provinces

    def _by_name(self):
        """{folded spelling: rows}, read once."""
        if self._rows is None:
            self._rows = {}
            columns = ("pk", *SPELLED, "aliases", "parent", "province")
            for row in Organization.objects.not_merged().values(*columns):
                spelled = [row[name] for name in SPELLED] + row["aliases"].splitlines()
                for name in set(map(fold, spelled)) - {""}:
                    self._rows.setdefault(name, []).append(row)
        return self._rows


@dataclass(frozen=True)
class Surroundings:
    """What the form says around its lines, against which their parts are read."""

    places: Places = field(default_factory=Places)
    bodies: Bodies = field(default_factory=Bodies)
    text: SourceText | tuple = ()  # of the chosen source
    held_on: date | None = None

    @classmethod
    def of(cls, post, held_on=None):
        """Those of a form as it was sent."""
        provinces, key = post.getlist("provinces"), post.get("source", "")
        source = Source.objects.filter(pk=key).first() if is_key(Source._meta.pk, key) else None
        return cls(
            Places(provinces),
            Bodies(post.get("ministry", ""), provinces),
            SourceText(source) if source else (),
            held_on,
        )

    def has_words(self, part):
        """Whether the text of the source says this, word for word."""
        return bool(self.text) and bool(self.text.paragraphs_with(part))
