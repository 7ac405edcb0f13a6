"""Follow-ups of a meeting: requests, commitments, recommendations.

A field that one kind alone has stands on its form, in its row of a session's form and in its
workbook by itself (`own_fields`). One that all three share is named in `fieldsets` of
desk/followups.py and in FOLLOWED of workbooks/tables/due.py. What the public reads of either is a
key of the payload: edition/payloads.py, filled by `own()` in publication/kinds.py. Its help text
ends in “Published.” or “Never published.”: the review page goes by that.
"""

from calendar import monthrange
from datetime import date, timedelta

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import JSONObject
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from engagements.deadlines import (
    COLUMNS,
    FIRST_COLUMNS,
    deadline_of,
    deadline_rules,
    midnight,
)
from engagements.edition.models import Edition
from engagements.reference import Topic
from engagements.statuses import status_words
from engagements.words import (
    CLOSED,
    Answer,
    Deadline,
    FollowUpStatus,
    Kind,
    MadeBy,
    Strength,
)
from provinces.models import Official, Organization, Province, not_empty, one_of
from provinces.tracking import ListedRecords
from provinces.vietnamese import FoldedField, Line, Prose

from .answering import Answering
from .base import (
    Evidenced,
    Publishable,
    PublishableQuerySet,
    State,
    published_needs_source,
)
from .meetings import Meeting

UNCHECKED = timedelta(days=90)
OTHERS_TOLD = ("moves", "answer", "response")  # beside the deadlines, by the row that is read


class FollowUpQuerySet(PublishableQuerySet):
    """What is asked about follow-ups on a given day.

    Of published ones the edition's columns answer: an edit that waits moves neither a status nor a
    deadline.
    """

    def _read_as(self, editions):
        return self.filter(pk__in=editions.values("record"))

    def _editions(self):
        return Edition.objects.current().of_kind(self.model.kind)

    def with_deadline(self, deadline, on, *, first=False):
        """The rows in that deadline state: as the public reads it, else by their own columns.

        `first` asks against the first deadline; nothing moved that of a row which nobody reads.
        """
        read = Q(state=State.PUBLISHED)
        public = self._editions().with_deadline(deadline, on, first=first).values("record")
        own = ~read & deadline_rules(on, answered=False)[Deadline(deadline)]
        return self.filter(read & Q(pk__in=public) | own)

    def with_deadline_in_force(self):
        """Each with the deadline that counts now, which an update may have moved.

        `due_today` is its day, to order by; the rest is asked of the row (`FollowUp.deadline`).
        """
        current = self._editions().filter(record=OuterRef("pk"))[:1]
        is_read = When(state=State.PUBLISHED, then=Subquery(current.values("due_on")))
        columns = {name: name for name in (*COLUMNS, *FIRST_COLUMNS.values(), *OTHERS_TOLD)}
        read = current.annotate(told=JSONObject(**columns)).values("told")
        return self.annotate(
            due_today=Case(is_read, default=F("due_on")),
            read_today=Subquery(read),
        )

    def overdue(self, on):
        """Known to be unfinished past its day."""
        return self._read_as(self._editions().with_deadline(Deadline.OVERDUE, on))

    def past_unknown(self, on):
        """Past its day, and nothing is known of it."""
        return self._read_as(self._editions().with_deadline(Deadline.PAST_UNKNOWN, on))

    def due_this_month(self, on):
        """Unfinished, and due between that day and the end of its month."""
        last = on.replace(day=monthrange(on.year, on.month)[1])
        return self._read_as(self._editions().falling_due(on, last))

    def unchecked(self, on):
        """Public and open; for 90 days nobody looked for news, published it, or news of it."""
        day = on - UNCHECKED
        updates = self.model._meta.get_field("updates")
        news = updates.related_model.objects.filter(
            **{updates.field.name: OuterRef("pk")}, published_at__gte=midnight(day)
        )
        return (
            self.published()
            .filter(published_at__lt=midnight(day))
            .exclude(status__in=CLOSED)
            .exclude(last_checked_on__gte=day)
            .exclude(Exists(news))
        )

    def followed_today_by(self, organization):
        """By who follows it today: set by a person, else who owes it; None: nobody."""
        own = Q(current_lead=None, lead=organization)
        return self.filter(own if organization is None else own | Q(current_lead=organization))


class RequestQuerySet(FollowUpQuerySet):
    def unanswered(self):
        """Public and open, and the public reads no answer."""
        return self._read_as(self._editions().still_open().filter(answer=Answer.UNANSWERED))


class FollowUp(Publishable, Evidenced):
    """Something said at a meeting that is followed until it is done or dropped."""

    meeting = models.ForeignKey(
        Meeting,
        models.PROTECT,
        related_name="%(class)ss",
        verbose_name=_("meeting"),
        help_text=_("Published."),
    )
    province = models.ForeignKey(
        Province,
        models.PROTECT,
        related_name="%(class)ss",
        verbose_name=_("province"),
        help_text=_("The unit of that day. Published."),
    )
    title = Line(_("title"), max_length=200, help_text=_("In our own words. Published."))
    detail = Prose(_("detail"), blank=True, help_text=_("In our own words. Published."))
    topics = models.ManyToManyField(
        Topic,
        blank=True,
        related_name="%(class)ss",
        verbose_name=_("topics"),
        help_text=_("Published."),
    )
    raised_by = models.ForeignKey(
        Official,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss_raised",
        verbose_name=_("said by"),
        help_text=_("Who said it at the meeting. Published."),
    )
    raised_by_text = Line(
        _("said by, in words"),
        max_length=200,
        blank=True,
        help_text=_("Where the source names no person: “lãnh đạo tỉnh”. Published."),
    )
    lead = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss_led",
        verbose_name=_("lead organization"),
        help_text=_("The body that owes it. Published."),
    )
    supporting = models.ManyToManyField(
        Organization,
        blank=True,
        related_name="%(class)ss_supported",
        verbose_name=_("supporting organizations"),
        help_text=_("Published."),
    )
    current_lead = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss_followed",
        verbose_name=_("who follows it today"),
        help_text=_("Set by a person, never by a merger of bodies. Published."),
    )
    due_on = models.DateField(
        _("due on"), null=True, blank=True, help_text=_("The latest possible day. Published.")
    )
    due_text = Line(
        _("due, as phrased"),
        max_length=120,
        blank=True,
        help_text=_("“quý I/2024”; words that tell no day are kept too: “sớm nhất”. Published."),
    )
    is_ongoing = models.BooleanField(
        _("ongoing"),
        default=False,
        help_text=_("It never ends: “thường xuyên”, “hằng năm”. Published."),
    )
    # Kept by publication from the published updates (words.status_of); never typed.
    status = models.CharField(
        _("status"),
        max_length=16,
        choices=FollowUpStatus,
        default=FollowUpStatus.UNKNOWN,
        editable=False,
        help_text=_("That of its latest published update. Published."),
    )
    completed_on = models.DateField(
        _("completed on"), null=True, editable=False, help_text=_("Published.")
    )
    is_general = models.BooleanField(
        _("general"),
        default=False,
        help_text=_(
            "Nobody could settle from papers, on a given day, whether it was done: no clock runs,"
            " nobody is asked. Published."
        ),
    )
    last_checked_on = models.DateField(
        _("last checked on"),
        null=True,
        blank=True,
        help_text=_("When somebody last looked for news. Published."),
    )
    completion_criteria = Prose(
        _("done when"), blank=True, help_text=_("What would show that it is done. Published.")
    )
    internal_note = Prose(_("internal note"), blank=True, help_text=_("Never published."))
    search = FoldedField(sources=["code", "title", "detail", "raised_by_text", "quote"])
    staff_search = FoldedField(sources=["internal_note", "review_note"])

    objects = FollowUpQuerySet.as_manager()

    class Meta(Publishable.Meta):
        abstract = True
        ordering = ["-pk"]
        constraints = [
            *Publishable.Meta.constraints,
            *Evidenced.Meta.constraints,
            published_needs_source(),
            not_empty("title"),
            one_of("status", FollowUpStatus),
            models.CheckConstraint(
                name="%(class)s_due_on_with_due_text",
                condition=Q(due_on=None) | ~Q(due_text=""),
                violation_error_message=_("A due day is given with the words it was promised in."),
            ),
            models.CheckConstraint(
                name="%(class)s_completed_on_only_when_done",
                condition=Q(status=FollowUpStatus.DONE) | Q(completed_on=None),
                violation_error_message=_(
                    "A completion day is given only when the status is Done."
                ),
            ),
        ]

    due_fields = ("due_on", "due_text")
    past_days = ("last_checked_on",)

    def __str__(self):
        return f"{self.code} {self.title}" if self.code else self.title

    @classmethod
    def own_fields(cls):
        """Names of the fields that this kind alone has: staff's forms and workbooks follow.

        A list that goes through a table of its own (what it answers) has rows of its own there.
        """
        shared, own = (
            [*meta.local_fields, *meta.local_many_to_many] for meta in (FollowUp._meta, cls._meta)
        )
        common = {field.name for field in shared}
        return tuple(
            field.name
            for field in own
            if field.editable
            and not field.auto_created
            and field.name not in common
            and not (field.many_to_many and not field.remote_field.through._meta.auto_created)
        )

    @property
    def _session(self):
        try:
            return self.meeting
        except Meeting.DoesNotExist:  # of a form that names none yet
            return None

    @property
    def session_day(self):
        """The day on which it was said; None while that is not known."""
        return self._session and self._session.held_on

    @property
    def deadline_told_on(self):
        """The day from which words like “cuối năm” count; of a planned session its first day."""
        return self._session and (self._session.held_on or self._session.planned_from)

    @cached_property
    def due(self):
        """Its deadlines as they count now, by name: as the public reads them, else its own columns.

        One query, unless the row comes from `with_deadline_in_force`.
        """
        if not hasattr(self, "read_today"):
            row = type(self).objects.with_deadline_in_force().get(pk=self.pk)
            self.read_today = row.read_today
        own = {name: getattr(self, name) for name in COLUMNS}
        own |= {first: own[name] for name, first in FIRST_COLUMNS.items()}
        due = own | {"moves": 0, "answer": "", "response": ""} | (self.read_today or {})
        for name in ("due_on", "first_due_on"):
            if isinstance(due[name], str):
                due[name] = date.fromisoformat(due[name])
        return due

    def status_words(self):
        """Its status as the public reads it; where none is known, a formal answer to it."""
        return status_words(self.status, self.due["answer"], self.due["response"])

    def deadline(self, on):
        """The state of the deadline in force on that local day."""
        return self._deadline(on, {name: name for name in COLUMNS})

    def first_deadline(self, on):
        """The state of the first deadline, before any update moved it."""
        return self._deadline(on, FIRST_COLUMNS)

    def _deadline(self, on, columns):
        day, text, is_ongoing = (self.due[columns[name]] for name in COLUMNS)
        return deadline_of(
            self.status,
            day,
            self.completed_on,
            on,
            due_text=text,
            is_ongoing=is_ongoing,
            is_general=self.is_general,
            answer=self.due["answer"],
            response=self.due["response"],
        )


class ProvinceRequest(FollowUp):
    """What a province asked of the ministry."""

    addressed_to = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="requests_received",
        verbose_name=_("addressed to"),
        help_text=_("Published."),
    )
    history = ListedRecords(m2m_fields=["topics", "supporting"])

    objects = RequestQuerySet.as_manager()

    asks_again = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="asked_again",
        verbose_name=_("asks again"),
        help_text=_("An earlier request that it repeats. Published."),
    )

    kind = Kind.REQUEST

    class Meta(FollowUp.Meta):
        verbose_name = _("request")
        verbose_name_plural = _("requests")


class Commitment(FollowUp):
    """A promise made at a meeting, followed until it is kept or dropped."""

    strength = models.CharField(
        _("strength"), max_length=16, choices=Strength, help_text=_("Published.")
    )
    made_by = models.CharField(
        _("who owes it"),
        max_length=16,
        choices=MadeBy,
        default=MadeBy.MINISTRY,
        help_text=_("The ministry alone, or both sides together. Published."),
    )
    is_assigned = models.BooleanField(
        _("a unit was named for it"),
        default=False,
        help_text=_("The text names the unit that is to do it. Published."),
    )
    answers = models.ManyToManyField(
        ProvinceRequest,
        through=Answering,
        through_fields=("commitment", "request"),
        blank=True,
        related_name="commitments",
        verbose_name=_("answers"),
        help_text=_("Requests that it answers. Published."),
    )
    supports = models.ManyToManyField(
        "Recommendation",
        blank=True,
        related_name="supported_by",
        verbose_name=_("supports"),
        help_text=_("Advice that it helps to carry out. Published."),
    )
    history = ListedRecords(m2m_fields=["topics", "supporting", "supports"])

    kind = Kind.COMMITMENT
    children = ("answerings",)

    class Meta(FollowUp.Meta):
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        constraints = [
            *FollowUp.Meta.constraints,
            one_of("strength", Strength),
            one_of("made_by", MadeBy),
        ]


class Recommendation(FollowUp):
    """What the ministry advised the province."""

    answers = models.ManyToManyField(
        ProvinceRequest,
        through=Answering,
        through_fields=("recommendation", "request"),
        blank=True,
        related_name="recommendations",
        verbose_name=_("answers"),
        help_text=_("Requests that it answers. Published."),
    )
    history = ListedRecords(m2m_fields=["topics", "supporting"])

    kind = Kind.RECOMMENDATION
    children = ("answerings",)

    class Meta(FollowUp.Meta):
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")


FOLLOW_UP_MODELS = (ProvinceRequest, Commitment, Recommendation)
TARGETS = ("request", "commitment", "recommendation")  # columns that point to one of them


def target_of(kind):
    """The column by which a row points to a follow-up of that kind."""
    return TARGETS[[model.kind for model in FOLLOW_UP_MODELS].index(kind)]
