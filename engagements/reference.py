"""Reference data (controlled vocabularies): topics and indicators, which both halves read."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
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


class IndicatorQuerySet(models.QuerySet):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)


class Indicator(CheckedAtOnce):
    """A measure that figures are values of."""

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
        ]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.slug,)


def names(model):
    """Reference data by slug, in the language of the page."""
    rows = model.objects.values_list("slug", "name", "name_en")
    if get_language() == "en":
        return {slug: name_en or name for slug, name, name_en in rows}
    return {slug: name for slug, name, _name_en in rows}
