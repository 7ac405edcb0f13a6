"""Form of a session: its slug is made of the day and the provinces."""

from django.utils.translation import gettext_lazy as _

from engagements.desk.forms import RecordForm
from engagements.desk.slugs import SluggedForm


class SessionForm(SluggedForm, RecordForm):
    slug_help = _("Left empty, it is made of the day and the provinces.")

    def slug_words(self, cleaned):
        day = cleaned.get("held_on") or cleaned.get("planned_from")
        slugs = [province.slug for province in cleaned.get("provinces") or ()]
        words = slugs or [cleaned.get("title") or ""]
        return " ".join([day.isoformat(), *words]) if day else ""
