"""Edition, the append-only table that the public reads: a row for each state of a record."""

import json

from django.db import models
from django.db.models import Exists, F, Max, OuterRef, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from engagements.deadlines import (
    COLUMNS,
    FIRST_COLUMNS,
    deadline_of,
    deadline_rules,
    deadline_words,
)
from engagements.statuses import status_words
from engagements.words import (
    CLOSED,
    FOLLOW_UPS,
    Answer,
    Cause,
    Claim,
    Deadline,
    FollowUpStatus,
    Kind,
    MeetingState,
    Response,
    StatusProof,
    Strength,
    UpdateAnswer,
    Voices,
)
from provinces.models import Official, Organization, Province
from provinces.vietnamese import fold

from .shapes import upgraded

CURRENT = Q(superseded_at=None, withdrawn_at=None)


class CodeCounter(models.Model):
    """The last number given to a kind of record; numbers are given at first publication only."""

    kind = models.CharField(max_length=16, choices=Kind, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("code counter")
        verbose_name_plural = _("code counters")

    def __str__(self):
        return f"{self.get_kind_display()} {self.last}"


class EditionQuerySet(models.QuerySet):
    def current(self):
        """What the public reads now."""
        return self.filter(CURRENT)

    def public(self, as_of=None):
        """What the public could read at that instant; now, if none is given.

        The one gate: a record since withdrawn is in no past.
        """
        if as_of is None:
            return self.current()
        mark = (
            Edition.objects.filter(published_at__lte=as_of)
            .order_by("-published_at", "-sequence")
            .values("sequence")[:1]
        )
        return self.filter(
            Q(superseded_at=None) | Q(superseded_at__gt=as_of),
            sequence__lte=models.Subquery(mark),
            withdrawn_at=None,
        )

    def public_at(self, mark):
        """What the public could read when that sequence was the last, whatever came after.

        A record since withdrawn is not in it.
        """
        later = Edition.objects.filter(
            kind=OuterRef("kind"),
            record=OuterRef("record"),
            sequence__gt=OuterRef("sequence"),
            sequence__lte=mark,
        )
        current = Q(superseded_at=None) | ~Exists(later)
        return self.filter(current, sequence__lte=mark, withdrawn_at=None)

    def of_kind(self, *kinds):
        return self.filter(kind__in=kinds) if len(kinds) > 1 else self.filter(kind=kinds[0])

    def newest_first(self):
        """By the day of the session, newest first; within a day in the order of the document."""
        return self.order_by("-day", "first_sequence")

    def in_place(self, province, atlas, lineage=True):
        """Editions about a unit: with its predecessors', or of that unit alone."""
        units = [unit.pk for unit in atlas.lineage(province)] if lineage else [province.pk]
        return self.filter(pk__in=EditionLink.objects.filter(province__in=units).values("edition"))

    def about(self, province, atlas, lineage=True):
        """As `in_place`, for kinds that have one province each."""
        if not lineage:
            return self.filter(province=province)
        if province.is_living():
            before_splits = [unit.pk for unit in atlas.split_before(province)]
            own = Q(heir=province)
            return self.filter(own | Q(province__in=before_splits) if before_splits else own)
        return self.filter(province__in=[unit.pk for unit in atlas.lineage(province)])

    def with_topic(self, slug):
        return self.filter(topics__contains=f"|{slug}|")

    def with_inference(self, asked):
        """Where that claim is inferred (a Claim), anything is (`any`) or nothing (`none`)."""
        if asked in Claim.values:
            return self.filter(inferred__contains=f"|{asked}|")
        return self.filter(inferred="") if asked == "none" else self.exclude(inferred="")

    def held(self):
        """Sessions that took place: one that is planned is neither counted nor dated among them."""
        return self.filter(kind=Kind.MEETING, type=MeetingState.HELD)

    def naming(self, official):
        """Editions that name a person: who raised it, or sat at the table."""
        return self.filter(pk__in=EditionLink.objects.filter(official=official).values("edition"))

    def matching(self, query):
        """Whole folded syllables, in order."""
        words = fold(query)
        return self.filter(search__contains=f" {words} ") if words else self.none()

    def with_deadline(self, deadline, on, *, first=False):
        """The rows whose deadline state on that local day is the given one."""
        rule = deadline_rules(on, first=first)[Deadline(deadline)]
        return self.filter(rule, kind__in=FOLLOW_UPS)

    def falling_due(self, first, last):
        """Follow-ups for which a clock runs, due from one day to another."""
        rules = deadline_rules(first)
        runs = rules[Deadline.DUE_SOON] | rules[Deadline.IN_TIME]
        return self.filter(runs, due_on__lte=last, kind__in=FOLLOW_UPS)

    def still_open(self):
        """Follow-ups of which something may yet be told."""
        return self.filter(kind__in=FOLLOW_UPS).exclude(status__in=CLOSED)

    def changed_since(self, instant):
        """Rows that say something new since then: a name or a link that moved is no news."""
        return self.filter(changed_at__gte=instant)

    def told(self):
        """Rows that a reader is told of: without those issued for a link alone; oldest first."""
        return self.exclude(cause=Cause.LINKS).order_by("sequence")

    def withdrawals(self):
        """(code, sequence of the last time) of every record that was ever taken back."""
        # A tombstone has no province: an index leads to it, past the long payloads of the others.
        tombstones = self.filter(kind__in=Kind, province=None, payload="").order_by()
        return tombstones.values_list("code").annotate(last=Max("sequence"))

    def last_withdrawal(self, after):
        """The sequence of the newest withdrawal after another; that other if there is none."""
        rows = self.filter(sequence__gt=after, payload="").order_by("-sequence")
        return rows.values_list("sequence", flat=True).first() or after

    def last_act(self):
        """Number and instant of the newest row of all; None while nothing is published."""
        return self.order_by("-sequence").values("sequence", "published_at").first()

    def last_before(self, instant):
        """The mark after which everything has become public since; 0 if there is none."""
        rows = self.filter(published_at__lt=instant).order_by("-published_at", "-sequence")
        return rows.values_list("sequence", flat=True).first() or 0

    def count_up_to(self, limit):
        """How many rows there are, never reading more than `limit` of them."""
        return self.order_by()[:limit].count()


class Edition(models.Model):
    """Exactly what the public could read of one record between two moments; append-only."""

    sequence = models.BigAutoField(primary_key=True)  # the value is always given, under a lock
    first_sequence = (
        models.BigIntegerField()
    )  # of the record's first edition: a re-issue moves no row
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    record = models.BigIntegerField()  # the register's key of the record, which may be gone
    code = models.CharField(_("code"), max_length=120)
    number = models.PositiveIntegerField(_("edition"))  # 1, 2, 3… of that record, each row its own
    cause = models.CharField(_("cause"), max_length=8, choices=Cause)
    province = models.ForeignKey(
        Province, models.PROTECT, null=True, related_name="editions", verbose_name=_("province")
    )
    heir = models.ForeignKey(
        Province,
        models.PROTECT,
        null=True,
        related_name="inherited_editions",
        verbose_name=_("unit of today"),
    )
    ministry = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    lead = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    raised_by = models.ForeignKey(Official, models.PROTECT, null=True, related_name="+")
    meeting = models.CharField(max_length=120, default="")
    type = models.CharField(
        max_length=80, default=""
    )  # kind of source or remark, state of a session, indicator
    status = models.CharField(max_length=16, choices=FollowUpStatus, default="")
    status_proof = models.CharField(max_length=16, choices=StatusProof, default="")
    voices = models.CharField(max_length=16, choices=Voices, default="")
    is_general = models.BooleanField(default=False)
    strength = models.CharField(max_length=16, choices=Strength, default="")
    answer = models.CharField(max_length=20, choices=Answer, default="")
    response = models.CharField(max_length=16, choices=Response, default="")
    topics = models.TextField(default="")  # |a|b|
    inferred = models.CharField(max_length=40, default="")  # claims, as |a|b|
    # The deadline in force, the first one, and how often updates gave another.
    due_on = models.DateField(null=True)
    due_text = models.CharField(max_length=120, default="")
    is_ongoing = models.BooleanField(default=False)
    first_due_on = models.DateField(null=True)
    first_due_text = models.CharField(max_length=120, default="")
    first_is_ongoing = models.BooleanField(default=False)
    moves = models.PositiveSmallIntegerField(default=0)
    completed_on = models.DateField(null=True)
    day = models.DateField()  # of the session or the news: what lists run by
    shape = models.PositiveSmallIntegerField(default=1)  # version of the payload: edition/shapes.py
    # The API's bytes but for what depends on today; a tombstone has none.
    payload = models.TextField(db_column="body")
    refs = models.TextField(default="{}")  # keys of what the links point to, for re-issuing
    search = models.TextField(default="")
    published_at = models.DateTimeField(_("published at"))
    changed_at = models.DateTimeField(_("changed at"))  # of the last row that was no mere `links`
    superseded_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    Kind = Kind
    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["-sequence"]
        default_permissions = ("view",)
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        indexes = [
            models.Index(
                "kind", "heir", "day", "first_sequence", name="edition_list", condition=CURRENT
            ),
            models.Index("kind", "day", "first_sequence", name="edition_all", condition=CURRENT),
            models.Index("kind", "first_sequence", name="edition_copy", condition=CURRENT),
            models.Index(
                "kind",
                "due_on",
                "status",
                name="edition_due",
                condition=CURRENT & Q(due_on__isnull=False),
            ),
            models.Index("kind", "province", "sequence", "superseded_at", name="edition_history"),
            models.Index("published_at", "sequence", name="edition_published"),
            models.Index("kind", "changed_at", name="edition_changed", condition=CURRENT),
            models.Index("code", "sequence", name="edition_code"),
            models.Index("kind", "record", "sequence", name="edition_record"),
            models.Index("meeting", "kind", name="edition_meeting", condition=CURRENT),
        ]
        constraints = [
            models.UniqueConstraint(
                name="edition_one_open", fields=["code"], condition=Q(superseded_at=None)
            ),
            models.UniqueConstraint(
                name="edition_one_open_record",
                fields=["kind", "record"],
                condition=Q(superseded_at=None),
            ),
            models.UniqueConstraint(
                name="edition_number_once", fields=["kind", "record", "number"]
            ),
            models.CheckConstraint(
                name="edition_cause_in_list", condition=Q(cause__in=Cause.values)
            ),
            models.CheckConstraint(name="edition_kind_in_list", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(
                name="edition_first_is_not_later", condition=Q(first_sequence__lte=F("sequence"))
            ),
            models.CheckConstraint(
                name="edition_superseded_after_published",
                condition=Q(superseded_at=None) | Q(superseded_at__gte=F("published_at")),
            ),
        ]

    def __str__(self):
        return f"{self.code} ({self.number})"

    @property
    def is_tombstone(self):
        return not self.payload

    @cached_property
    def data(self):
        """The payload as Python values, in the shape of today."""
        return upgraded(json.loads(self.payload), self.shape) if self.payload else {}

    @property
    def keys(self):
        """Keys of the register's rows that its links point to, by name of the link."""
        return json.loads(self.refs)

    @property
    def order(self):
        """Place among the records of its kind: that of its first edition."""
        return (self.first_sequence, 0)

    @property
    def path(self):
        return self.data["path"]

    @property
    def is_follow_up(self):
        return self.kind in FOLLOW_UPS

    @property
    def was_held(self):
        """Whether a session took place; twin of `held`."""
        return self.kind == Kind.MEETING and self.type == MeetingState.HELD

    @property
    def is_answered_formally(self):
        """Whether a request was explained, passed on or declined: no silence, though not met."""
        return self.answer in UpdateAnswer.values

    def answer_words(self):
        """How a request was answered; "" where none is recorded but news tells how it stands."""
        is_told = self.answer == Answer.UNANSWERED and self.status != FollowUpStatus.UNKNOWN
        return "" if is_told else self.get_answer_display()

    def status_words(self):
        """Its status; where none is known, a formal answer or what became of advice."""
        return status_words(self.status, self.answer, self.response)

    seen_on = None  # the day whose state a reader asked for
    taken_back = 0  # records that a past row names, left out of it since they were withdrawn

    def deadline(self, on=None):
        """The deadline state on that local day (today, or the day asked for, if none is given)."""
        return self._deadline(on, {name: name for name in COLUMNS})

    def first_deadline(self, on=None):
        """The same against the first deadline, before any update moved it."""
        return self._deadline(on, FIRST_COLUMNS)

    def _deadline(self, on, columns):
        day, text, is_ongoing = (getattr(self, columns[name]) for name in COLUMNS)
        return deadline_of(
            self.status,
            day,
            self.completed_on,
            on or self.seen_on or timezone.localdate(),
            due_text=text,
            is_ongoing=is_ongoing,
            is_general=self.is_general,
            answer=self.answer,
            response=self.response,
        )

    def deadline_words(self):
        """The deadline in force in one line."""
        return deadline_words(*(getattr(self, name) for name in COLUMNS))

    def first_due(self):
        """The first deadline: its day, words, and whether it was ongoing."""
        return {name: getattr(self, first) for name, first in FIRST_COLUMNS.items()}

    def days_past(self):
        """How many days before the day seen its due day was."""
        return self._days_past(self.due_on)

    def first_days_past(self):
        """The same of the first due day."""
        return self._days_past(self.first_due_on)

    def _days_past(self, day):
        return ((self.seen_on or timezone.localdate()) - day).days


class EditionLink(models.Model):
    """What an edition names: for re-issuing it, and for pages of people and places."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="links")
    province = models.ForeignKey(Province, models.PROTECT, null=True, related_name="edition_links")
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="edition_links"
    )
    official = models.ForeignKey(Official, models.PROTECT, null=True, related_name="edition_links")
    kind = models.CharField(max_length=16, choices=Kind, default="")
    record = models.BigIntegerField(null=True)

    class Meta:
        default_permissions = ()
        verbose_name = _("link of an edition")
        verbose_name_plural = _("links of editions")
        indexes = [models.Index("kind", "record", name="editionlink_record")]

    def __str__(self):
        target = self.province or self.organization or self.official
        return f"{self.edition} → {target or (self.kind, self.record)}"


class KindManager(models.Manager.from_queryset(EditionQuerySet)):
    """Keeps to one kind, so that generic views and filters need not."""

    def __init__(self, kind):
        super().__init__()
        self.kind = kind

    def get_queryset(self):
        return super().get_queryset().filter(kind=self.kind)


class KindMeta:
    """Options of the proxies below: one of them for each kind."""

    proxy = True
    default_permissions = ()


class SourceEdition(Edition):
    read_kind = Kind.SOURCE
    objects = KindManager(read_kind)

    class Meta(KindMeta):
        verbose_name = _("source")
        verbose_name_plural = _("sources")


class MeetingEdition(Edition):
    read_kind = Kind.MEETING
    objects = KindManager(read_kind)

    class Meta(KindMeta):
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")


class RequestEdition(Edition):
    read_kind = Kind.REQUEST
    objects = KindManager(read_kind)

    class Meta(KindMeta):
        verbose_name = _("request")
        verbose_name_plural = _("requests")


class CommitmentEdition(Edition):
    read_kind = Kind.COMMITMENT
    objects = KindManager(read_kind)

    class Meta(KindMeta):
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")


class RecommendationEdition(Edition):
    read_kind = Kind.RECOMMENDATION
    objects = KindManager(read_kind)

    class Meta(KindMeta):
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")


class UpdateEdition(Edition):
    read_kind = Kind.UPDATE
    objects = KindManager(read_kind)

    class Meta(KindMeta):
        verbose_name = _("update")
        verbose_name_plural = _("updates")


class RemarkEdition(Edition):
    read_kind = Kind.REMARK
    objects = KindManager(read_kind)

    class Meta(KindMeta):
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")


class FigureEdition(Edition):
    read_kind = Kind.FIGURE
    objects = KindManager(read_kind)

    class Meta(KindMeta):
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
