"""Surroundings of a line of fast entry: provinces, bodies, indicators, the text of the source."""

from dataclasses import dataclass, field
from datetime import date

from engagements.desk.boxes import is_key
from engagements.lookups import Bodies, Indicators, Places
from engagements.models import Source
from engagements.models.quotations import SourceText
from provinces.models import Province


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
