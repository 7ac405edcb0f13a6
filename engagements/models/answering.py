"""Answering: the link from what was said to the request or question that it answers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from provinces.models import CheckedAtOnce
from provinces.vietnamese import Prose

ANSWERS = ("commitment", "recommendation", "explanation", "session")  # columns: what answers
ANSWERED = ("request", "question")  # columns: what is answered


def exactly_one(names):
    """The condition that one of the columns is filled, and one alone."""
    return Q.create(
        [
            Q(**{f"{name}__isnull": False}, **{other: None for other in names if other != name})
            for name in names
        ],
        connector=Q.OR,
    )


class Answering(CheckedAtOnce):
    """One thing said (or a whole session) that answers a request or a question.

    It is stated where the text ties the two, and inferred where we conclude it. A part of what
    answers: it is published with that.
    """

    commitment = models.ForeignKey(
        "engagements.Commitment",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="answerings",
        verbose_name=_("commitment"),
        help_text=_("Published."),
    )
    recommendation = models.ForeignKey(
        "engagements.Recommendation",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="answerings",
        verbose_name=_("recommendation"),
        help_text=_("Published."),
    )
    explanation = models.ForeignKey(
        "engagements.Remark",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="answerings",
        verbose_name=_("explanation"),
        help_text=_("Published."),
    )
    session = models.ForeignKey(
        "engagements.Meeting",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="answerings",
        verbose_name=_("whole session"),
        help_text=_("Published."),
    )
    request = models.ForeignKey(
        "engagements.ProvinceRequest",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="answered",
        verbose_name=_("request"),
        help_text=_("Published."),
    )
    question = models.ForeignKey(
        "engagements.Remark",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="answered",
        verbose_name=_("question"),
        help_text=_("Published."),
    )
    is_inferred = models.BooleanField(
        _("inferred"),
        default=False,
        help_text=_("We conclude that it answers; the text does not say so. Published."),
    )
    inference = Prose(_("why inferred"), blank=True, help_text=_("From what. Published."))
    history = HistoricalRecords()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("answer")
        verbose_name_plural = _("what it answers")
        constraints = [
            models.CheckConstraint(
                name="%(class)s_one_answers",
                condition=exactly_one(ANSWERS),
                violation_error_message=_("One thing answers: an item, a remark or a session."),
            ),
            models.CheckConstraint(
                name="%(class)s_one_is_answered",
                condition=exactly_one(ANSWERED),
                violation_error_message=_("It answers one request, or one question."),
            ),
            models.CheckConstraint(
                name="%(class)s_inferred_says_why",
                condition=Q(is_inferred=True) & ~Q(inference="")
                | Q(is_inferred=False) & Q(inference=""),
                violation_error_message=_("What is inferred says why; what is not, doesn't."),
            ),
            models.CheckConstraint(
                name="%(class)s_session_is_inferred",
                condition=Q(session=None) | Q(is_inferred=True),
                violation_error_message=_("That a whole session answers is always inferred."),
            ),
            *(
                models.UniqueConstraint(
                    name=f"%(class)s_{answer}_{answered}_once",
                    fields=[answer, answered],
                    violation_error_message=_("It answers this already."),
                )
                for answer in ANSWERS
                for answered in ANSWERED
            ),
        ]

    def __str__(self):
        return f"{self.answer} → {self.answered}"

    @staticmethod
    def column_of(record):
        """The column in which a record stands that answers."""
        return {"remark": "explanation", "meeting": "session"}.get(record.kind, str(record.kind))

    @property
    def answer(self):
        """What answers."""
        return next((row for name in ANSWERS if (row := getattr(self, name))), None)

    @property
    def answered(self):
        """The request or question that is answered."""
        return self.request or self.question


def answered_at(record, row):
    """Keys of the requests that it answered when the save of that row of its history was over."""
    rows = Answering.history.filter(**{Answering.column_of(record): record.pk}).exclude(
        request=None
    )
    later = type(record).history.filter(id=record.pk, history_id__gt=row.history_id)
    if end := later.order_by("history_id").values_list("history_date", flat=True).first():
        rows = rows.filter(history_date__lt=end)
    last = {part.id: part for part in rows.order_by("history_id")}
    return sorted(part.request_id for part in last.values() if part.history_type != "-")


def set_answered(record, requests, by=None):
    """Makes these the requests that a commitment or recommendation answers; keeps what stood.

    A new link bears the mark of the record itself: inferred, and why, or stated.
    """
    standing = {row.request_id: row for row in record.answerings.exclude(request=None)}
    for key in standing.keys() - {request.pk for request in requests}:
        if not standing[key].taken_back_by.exists():  # that it was taken back is told of it
            standing[key]._history_user = by
            standing[key].delete()
    for request in requests:
        if request.pk not in standing:
            row = Answering(
                request=request, is_inferred=record.is_inferred, inference=record.inference
            )
            setattr(row, Answering.column_of(record), record)
            row._history_user = by
            row.save()
