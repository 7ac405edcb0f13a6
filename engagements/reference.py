"""Reference data (controlled vocabularies): topics and indicators, which both halves read."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from provinces.models import CheckedAtOnce, not_empty
from provinces.vietnamese import Line, Prose, SortKeyField


class TopicQuerySet(models.QuerySet):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)


class Topic(CheckedAtOnce):
    """A field of work, from a short controlled list."""

    slug = models.SlugField(_("address"), max_length=80, unique=True, help_text=_("Published."))
    name = Line(_("name"), max_length=120, help_text=_("Published."))
    name_en = Line(_("English name"), max_length=120, blank=True, help_text=_("Published."))
    aliases = Prose(_("other names"), blank=True, help_text=_("One a line, for search. Published."))
    sort_key = SortKeyField(sources=["name"])
    history = HistoricalRecords()

    objects = TopicQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "pk"]
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [not_empty("name")]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.slug,)


class Better(models.TextChoices):
    HIGHER = "higher", _("higher")
    LOWER = "lower", _("lower")


PUBLIC_INDICATOR = Q(proposed_at=None) | Q(accepted_at__isnull=False)


class IndicatorQuerySet(models.QuerySet):
    def public(self):
        """Those that the public may read; twin of `is_proposed`, which tells the others."""
        return self.filter(PUBLIC_INDICATOR)

    def proposed(self):
        """Those that wait for a second person, who accepts them."""
        return self.exclude(PUBLIC_INDICATOR)

    def get_by_natural_key(self, slug):
        return self.get(slug=slug)


class Indicator(CheckedAtOnce):
    """A measure that figures are values of.

    One that an editor proposed is public only after somebody else has accepted it.
    """

    slug = models.SlugField(_("address"), max_length=80, unique=True, help_text=_("Published."))
    name = Line(_("name"), max_length=200, help_text=_("Published."))
    name_en = Line(_("English name"), max_length=200, blank=True, help_text=_("Published."))
    unit = Line(_("unit"), max_length=40, blank=True, help_text=_("Published."))
    better = models.CharField(
        _("better when"),
        max_length=8,
        choices=Better,
        blank=True,
        help_text=_("Ranks are better when lower. Published."),
    )
    note = Prose(_("note"), blank=True, help_text=_("Published."))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("proposed by"),
        help_text=_("Never published."),
    )
    proposed_at = models.DateTimeField(
        _("proposed at"), null=True, blank=True, editable=False, help_text=_("Never published.")
    )
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("accepted by"),
        help_text=_("Never published."),
    )
    accepted_at = models.DateTimeField(
        _("accepted at"), null=True, blank=True, editable=False, help_text=_("Never published.")
    )
    sort_key = SortKeyField(sources=["name"])
    history = HistoricalRecords()

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "pk"]
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        constraints = [
            not_empty("name"),
            models.CheckConstraint(
                name="engagements_indicator_better_in_list",
                condition=Q(better__in=["", *Better.values]),
                violation_error_message=_("The value is not in the list."),
            ),
            models.CheckConstraint(
                name="engagements_indicator_proposal_is_signed",
                condition=Q(proposed_by=None, proposed_at=None)
                | Q(proposed_by__isnull=False, proposed_at__isnull=False),
                violation_error_message=_("What is proposed has a day and a person."),
            ),
            models.CheckConstraint(
                name="engagements_indicator_acceptance_is_signed",
                condition=Q(accepted_by=None, accepted_at=None)
                | Q(
                    accepted_by__isnull=False,
                    accepted_at__isnull=False,
                    proposed_at__isnull=False,
                ),
                violation_error_message=_(
                    "What is accepted was proposed, and has a day and a person."
                ),
            ),
            models.CheckConstraint(
                name="engagements_indicator_accepted_by_another",
                condition=Q(accepted_by=None) | ~Q(accepted_by=F("proposed_by")),
                violation_error_message=_("Whoever proposed an indicator does not accept it."),
            ),
        ]

    def __str__(self):
        """The name; staff are told where it is proposed alone."""
        if self.is_proposed:
            return gettext("%(name)s (proposed)") % {"name": self.name}
        return self.name

    @property
    def is_proposed(self):
        """Whether it waits for a second person: until then the public reads nothing of it."""
        return self.proposed_at is not None and self.accepted_at is None

    def natural_key(self):
        return (self.slug,)


def names(rows):
    """Names of these topics or indicators by slug, in the language of the page."""
    rows = rows.values_list("slug", "name", "name_en")
    if get_language() == "en":
        return {slug: name_en or name for slug, name, name_en in rows}
    return {slug: name for slug, name, _name_en in rows}
