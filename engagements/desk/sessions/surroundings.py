"""Surroundings of a line of fast entry: provinces, bodies, indicators, the text of the source."""

from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from engagements.desk.boxes import is_key
from engagements.lookups import Bodies, Places
from engagements.models import Indicator, Source
from engagements.models.quotations import SourceText
from provinces.models import Province
from provinces.vietnamese import fold


class Indicators:
    """The indicators of the register, by the names that a line may give one."""

    def __init__(self):
        self._rows = None

    def named(self, part):
        """The key of the indicator of that name; ValidationError names those that are like it."""
        if self._rows is None:
            columns = ("pk", "name", "name_en", "slug")
            self._rows = list(Indicator.objects.values_list(*columns))
        words = fold(part)
        for key, *names in self._rows:
            if words in map(fold, names):
                return key
        known = {fold(name): name for _key, name, *_others in self._rows}
        near = [known[words] for words in get_close_matches(words, known, cutoff=0.5)]
        message = _("the register has no indicator “%(part)s”; like it: %(near)s")
        raise ValidationError(message % {"part": part, "near": "; ".join(near) or "—"})


@dataclass(frozen=True)
class Surroundings:
    """What the form says around its lines, against which their parts are read."""

    places: Places = field(default_factory=Places)
    bodies: Bodies = field(default_factory=Bodies)
    indicators: Indicators = field(default_factory=Indicators)
    text: SourceText | tuple = ()  # of the chosen source
    held_on: date | None = None

    @classmethod
    def of(cls, post, held_on=None):
        """Those of a form as it was sent."""
        provinces, key = post.getlist("provinces"), post.get("source", "")
        source = Source.objects.filter(pk=key).first() if is_key(Source._meta.pk, key) else None
        return cls(
            Places(key for key in provinces if is_key(Province._meta.pk, key)),
            Bodies(post.get("ministry", ""), provinces),
            text=SourceText(source) if source else (),
            held_on=held_on,
        )

    def has_words(self, part):
        """Whether the text of the source says this, word for word."""
        return bool(self.text) and bool(self.text.paragraphs_with(part))
