"""Meetings between a ministry and provinces, and their attendance."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from engagements.reference import Topic
from engagements.words import InitiatedBy, Kind, MeetingFormat, MeetingState, OnBehalfOf, Role, Side
from provinces.models import Official, Organization, Province, not_empty, one_of
from provinces.tracking import ListedRecords
from provinces.vietnamese import FoldedField, Line, Prose

from .base import Evidenced, Publishable, in_order, published_needs_source
from .sources import Source


class Meeting(Publishable, Evidenced):
    """A session between a ministry and one or several provinces; published with its attendance."""

    slug = models.SlugField(
        _("address"),
        max_length=120,
        unique=True,
        help_text=_("Day and province: 2024-02-29-ninh-binh. Fixed once published. Published."),
    )
    title = Line(_("title"), max_length=200, help_text=_("Published."))
    ministry = models.ForeignKey(
        Organization,
        models.PROTECT,
        related_name="meetings",
        verbose_name=_("ministry"),
        help_text=_("Published."),
    )
    provinces = models.ManyToManyField(
        Province,
        related_name="meetings",
        verbose_name=_("provinces"),
        help_text=_("The units of that day. Published."),
    )
    on_behalf_of = models.CharField(
        _("on behalf of"),
        max_length=16,
        choices=OnBehalfOf,
        default=OnBehalfOf.MINISTRY,
        help_text=_("Published."),
    )
    format = models.CharField(
        _("format"),
        max_length=16,
        choices=MeetingFormat,
        default=MeetingFormat.SESSION,
        help_text=_("Published."),
    )
    state_of_it = models.CharField(
        _("held or not"),
        max_length=16,
        choices=MeetingState,
        default=MeetingState.HELD,
        help_text=_("Published."),
    )
    held_on = models.DateField(_("held on"), null=True, blank=True, help_text=_("Published."))
    planned_from = models.DateField(
        _("planned from"), null=True, blank=True, help_text=_("First possible day. Published.")
    )
    planned_to = models.DateField(
        _("planned to"), null=True, blank=True, help_text=_("Last possible day. Published.")
    )
    planned_text = Line(
        _("planned, as phrased"),
        max_length=120,
        blank=True,
        help_text=_("As the source has it: “quý I/2024”. Published."),
    )
    place = Line(_("place"), max_length=200, blank=True, help_text=_("Published."))
    initiated_by = models.CharField(
        _("initiated by"),
        max_length=16,
        choices=InitiatedBy,
        blank=True,
        help_text=_("Empty: unknown. Published."),
    )
    follows = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="followed_by",
        verbose_name=_("follows"),
        help_text=_("The session that this one carries on. Published."),
    )
    summary = Prose(_("summary"), blank=True, help_text=_("In our own words. Published."))
    topics = models.ManyToManyField(
        Topic,
        blank=True,
        related_name="meetings",
        verbose_name=_("topics"),
        help_text=_("Published."),
    )
    cited = models.ManyToManyField(
        Source,
        blank=True,
        related_name="cited_at",
        verbose_name=_("cited sources"),
        help_text=_("Acts and documents that were spoken of. Published."),
    )
    internal_note = Prose(_("internal note"), blank=True, help_text=_("Never published."))
    search = FoldedField(sources=["title", "place", "summary", "slug"])
    history = ListedRecords(m2m_fields=["provinces", "topics", "cited"])

    kind = Kind.MEETING
    children = ("attendances", "answerings")
    past_days = ("held_on",)

    class Meta(Publishable.Meta):
        ordering = ["-held_on", "-planned_from", "-pk"]
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        constraints = [
            *Publishable.Meta.constraints,
            *Evidenced.Meta.constraints,
            published_needs_source(),
            not_empty("title"),
            one_of("on_behalf_of", OnBehalfOf),
            one_of("format", MeetingFormat),
            one_of("state_of_it", MeetingState),
            models.CheckConstraint(
                name="%(class)s_initiated_by_in_list",
                condition=Q(initiated_by__in=["", *InitiatedBy.values]),
                violation_error_message=_("The value is not in the list."),
            ),
            models.CheckConstraint(
                name="%(class)s_planned_has_a_window",
                condition=~Q(state_of_it=MeetingState.PLANNED)
                | Q(planned_from__isnull=False, planned_to__isnull=False, held_on=None),
                violation_error_message=_(
                    "A planned session has a first and a last day and no day held."
                ),
            ),
            models.CheckConstraint(
                name="%(class)s_held_has_a_day",
                condition=~Q(state_of_it=MeetingState.HELD) | Q(held_on__isnull=False),
                violation_error_message=_("A session that was held has its day."),
            ),
            models.CheckConstraint(
                name="%(class)s_has_some_day",
                condition=Q(held_on__isnull=False) | Q(planned_from__isnull=False),
                violation_error_message=_("A session has the day it was held or was planned for."),
            ),
            in_order(
                "planned_from", "planned_to", _("The last possible day is not before the first.")
            ),
            models.CheckConstraint(
                name="%(class)s_follows_another",
                condition=Q(follows=None) | ~Q(follows=models.F("id")),
                violation_error_message=_("A session does not follow itself."),
            ),
        ]

    def __str__(self):
        return self.title

    def natural_key(self):
        return (self.slug,)

    @property
    def day(self):
        """The day it was held, or the first day it was planned for."""
        return self.held_on or self.planned_from


class Attendance(Evidenced):
    """An official at a meeting, with the title of that day, the side and the role."""

    meeting = models.ForeignKey(
        Meeting,
        models.CASCADE,  # a part of the meeting: a draft meeting is deleted with its attendance
        related_name="attendances",
        verbose_name=_("meeting"),
        help_text=_("Published."),
    )
    official = models.ForeignKey(
        Official,
        models.PROTECT,
        related_name="attendances",
        verbose_name=_("official"),
        help_text=_("Published."),
    )
    title = Line(
        _("title of that day"),
        max_length=300,
        blank=True,
        help_text=_("As the source has it. Published."),
    )
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attendances",
        verbose_name=_("organization"),
        help_text=_("The body they sat there for. Published."),
    )
    side = models.CharField(_("side"), max_length=16, choices=Side, help_text=_("Published."))
    role = models.CharField(
        _("role"), max_length=16, choices=Role, default=Role.ATTENDED, help_text=_("Published.")
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["meeting", "pk"]
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        constraints = [
            *Evidenced.Meta.constraints,
            one_of("side", Side),
            one_of("role", Role),
            models.UniqueConstraint(
                name="engagements_attendance_once",
                fields=["meeting", "official"],
                violation_error_message=_("This official is at the meeting already."),
            ),
        ]

    def __str__(self):
        return f"{self.official}, {self.meeting}"
