"""Remarks and figures: what was said at a meeting and is not followed up."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from engagements.reference import Indicator
from engagements.words import Kind, RemarkKind
from provinces.models import Official, Province, not_empty, one_of
from provinces.vietnamese import FoldedField, Line, Prose

from .base import Evidenced, Publishable, in_order, published_needs_source
from .meetings import Meeting


class Remark(Publishable, Evidenced):
    """Something said that is not followed up: a question, a difficulty, a target…"""

    meeting = models.ForeignKey(
        Meeting,
        models.PROTECT,
        related_name="remarks",
        verbose_name=_("meeting"),
        help_text=_("Published."),
    )
    province = models.ForeignKey(
        Province,
        models.PROTECT,
        related_name="remarks",
        verbose_name=_("province"),
        help_text=_("Published."),
    )
    type = models.CharField(_("kind"), max_length=16, choices=RemarkKind, help_text=_("Published."))
    said_by = models.ForeignKey(
        Official,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="remarks",
        verbose_name=_("said by"),
        help_text=_("Published."),
    )
    said_by_text = Line(
        _("said by, in words"), max_length=200, blank=True, help_text=_("Published.")
    )
    text = Prose(_("text"), help_text=_("In our own words. Published."))
    internal_note = Prose(_("internal note"), blank=True, help_text=_("Never published."))
    search = FoldedField(sources=["code", "text", "said_by_text", "quote"])
    history = HistoricalRecords()

    kind = Kind.REMARK
    children = ("answerings",)

    class Meta(Publishable.Meta):
        ordering = ["-pk"]
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        constraints = [
            *Publishable.Meta.constraints,
            *Evidenced.Meta.constraints,
            published_needs_source(),
            one_of("type", RemarkKind),
            not_empty("text"),
        ]

    def __str__(self):
        code = self.code or _("draft")
        return f"{code} {self.text[:80]}"


class Figure(Publishable, Evidenced):
    """One value of an indicator for a province and period, with its qualifier (“hơn”, “trên”)."""

    indicator = models.ForeignKey(
        Indicator,
        models.PROTECT,
        related_name="figures",
        verbose_name=_("indicator"),
        help_text=_("Published."),
    )
    meeting = models.ForeignKey(
        Meeting,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="figures",
        verbose_name=_("meeting"),
        help_text=_("The session at which it was quoted. Published."),
    )
    province = models.ForeignKey(
        Province,
        models.PROTECT,
        related_name="figures",
        verbose_name=_("province"),
        help_text=_("Published."),
    )
    period = Line(
        _("period"), max_length=60, blank=True, help_text=_("“2022”, “2020–2022”. Published.")
    )
    period_from = models.PositiveSmallIntegerField(
        _("from year"), null=True, blank=True, help_text=_("Published.")
    )
    period_to = models.PositiveSmallIntegerField(
        _("to year"), null=True, blank=True, help_text=_("Published.")
    )
    value = models.DecimalField(
        _("value"), max_digits=20, decimal_places=4, help_text=_("Published.")
    )
    qualifier = Line(
        _("qualifier"),
        max_length=40,
        blank=True,
        help_text=_("As phrased: “hơn”, “trên”. Published."),
    )
    unit = Line(_("unit"), max_length=40, blank=True, help_text=_("Published."))
    is_target = models.BooleanField(
        _("a target"), default=False, help_text=_("To be reached, not measured. Published.")
    )
    internal_note = Prose(_("internal note"), blank=True, help_text=_("Never published."))
    history = HistoricalRecords()

    kind = Kind.FIGURE

    class Meta(Publishable.Meta):
        ordering = ["-pk"]
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        constraints = [
            *Publishable.Meta.constraints,
            *Evidenced.Meta.constraints,
            published_needs_source(),
            in_order("period_from", "period_to", _("The period ends after it starts.")),
        ]

    def __str__(self):
        code = self.code or _("draft")
        return f"{code} {self.indicator}"
