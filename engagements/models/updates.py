"""Status updates: append-only news of a follow-up, from which its status is told."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from engagements.statuses import said_in
from engagements.words import (
    Basis,
    FollowUpStatus,
    Kind,
    Response,
    UpdateAnswer,
    Voice,
)
from provinces.models import Organization, not_empty, one_of
from provinces.vietnamese import FoldedField, Line, Prose

from .answering import Answering
from .base import Evidenced, Publishable
from .followups import TARGETS, Commitment, ProvinceRequest, Recommendation


class StatusUpdate(Publishable, Evidenced):
    """A dated, append-only entry in the life of a follow-up. A mistake is answered by a new one."""

    request = models.ForeignKey(
        ProvinceRequest,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="updates",
        verbose_name=_("request"),
    )
    commitment = models.ForeignKey(
        Commitment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="updates",
        verbose_name=_("commitment"),
    )
    recommendation = models.ForeignKey(
        Recommendation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="updates",
        verbose_name=_("recommendation"),
    )
    happened_on = models.DateField(
        _("happened on"),
        help_text=_("The day that the news is about, not the day it is entered. Published."),
    )
    status = models.CharField(
        _("status"),
        max_length=16,
        choices=FollowUpStatus,
        blank=True,
        help_text=_("Left empty: it says nothing of the status. Published."),
    )
    response = models.CharField(
        _("what became of the advice"),
        max_length=16,
        choices=Response,
        blank=True,
        help_text=_("Only for advice: whether the province took it up. Published."),
    )
    completed_on = models.DateField(
        _("completed on"),
        null=True,
        blank=True,
        help_text=_("Only when done; empty: unknown. Published."),
    )
    answer = models.CharField(
        _("answer"),
        max_length=16,
        choices=UpdateAnswer,
        blank=True,
        help_text=_("Only for a request: a formal answer to it. Published."),
    )
    takes_back = models.ForeignKey(
        Answering,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="taken_back_by",
        verbose_name=_("takes back"),
        help_text=_(
            "The answer that this one ends. A refusal by the ministry ends all of its earlier"
            " answers, unless one is chosen here. Published."
        ),
    )
    passed_to = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("passed to"),
        help_text=_("The organization that is to deal with it from now on. Published."),
    )
    corrects = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrected_by",
        verbose_name=_("corrects"),
        help_text=_(
            "An earlier update that was wrong: it counts no more, and stays readable, struck"
            " through. The text says why. Published."
        ),
    )
    next_step = Line(_("next step"), max_length=200, blank=True, help_text=_("Published."))
    next_on = models.DateField(_("next step on"), null=True, blank=True, help_text=_("Published."))
    next_by = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("next step by"),
        help_text=_("Published."),
    )
    voice = models.CharField(
        _("whose voice"), max_length=16, choices=Voice, help_text=_("Published.")
    )
    basis = models.CharField(_("basis"), max_length=16, choices=Basis, help_text=_("Published."))
    new_due_on = models.DateField(
        _("new due day"),
        null=True,
        blank=True,
        help_text=_("Only if the deadline moved. Published."),
    )
    new_due_text = Line(
        _("new due day, as phrased"),
        max_length=120,
        blank=True,
        help_text=_("Words alone void the day before them. Published."),
    )
    is_ongoing = models.BooleanField(
        _("ongoing from now on"),
        default=False,
        help_text=_("Only if the deadline became “thường xuyên”. Published."),
    )
    text = Prose(_("text"), help_text=_("What happened, in our own words. Published."))
    internal_note = Prose(_("internal note"), blank=True, help_text=_("Never published."))
    search = FoldedField(sources=["code", "text"])
    history = HistoricalRecords()

    kind = Kind.UPDATE

    class Meta(Publishable.Meta):
        ordering = ["-happened_on", "-pk"]
        verbose_name = _("update")
        verbose_name_plural = _("updates")
        constraints = [
            *Publishable.Meta.constraints,
            *Evidenced.Meta.constraints,
            models.CheckConstraint(
                name="%(class)s_about_exactly_one",
                condition=Q(request__isnull=False, commitment=None, recommendation=None)
                | Q(request=None, commitment__isnull=False, recommendation=None)
                | Q(request=None, commitment=None, recommendation__isnull=False),
                violation_error_message=_("An update is about exactly one item."),
            ),
            one_of("status", FollowUpStatus, or_empty=True),
            one_of("response", Response, or_empty=True),
            one_of("voice", Voice),
            models.CheckConstraint(
                name="%(class)s_response_only_to_advice",
                condition=Q(response="") | Q(recommendation__isnull=False),
                violation_error_message=_("Only advice is taken up or not."),
            ),
            models.CheckConstraint(
                name="%(class)s_takes_back_by_an_answer",
                condition=Q(takes_back=None) | ~Q(answer=""),
                violation_error_message=_("Only a formal answer takes an earlier answer back."),
            ),
            models.CheckConstraint(
                name="%(class)s_passed_to_says_so",
                condition=Q(passed_to=None)
                | Q(answer=UpdateAnswer.PASSED_ON)
                | Q(status=FollowUpStatus.TRANSFERRED),
                violation_error_message=_(
                    "It is passed to somebody only where the answer or the status says so."
                ),
            ),
            models.CheckConstraint(
                name="%(class)s_next_step_in_words",
                condition=~Q(next_step="") | Q(next_on=None, next_by=None),
                violation_error_message=_("A next step is given in words."),
            ),
            models.CheckConstraint(
                name="%(class)s_completed_on_only_when_done",
                condition=Q(status=FollowUpStatus.DONE) | Q(completed_on=None),
                violation_error_message=_(
                    "A completion day is given only when the status is Done."
                ),
            ),
            models.CheckConstraint(
                name="%(class)s_basis_is_source_or_staff",
                condition=Q(basis=Basis.SOURCE, source__isnull=False)
                | Q(basis=Basis.STAFF, source=None),
                violation_error_message=_(
                    "An update rests on a source or on what staff know, one of them."
                ),
            ),
            models.CheckConstraint(
                name="%(class)s_answer_only_to_a_request",
                condition=Q(answer="") | Q(answer__in=UpdateAnswer.values, request__isnull=False),
                violation_error_message=_("Only a request is answered formally."),
            ),
            models.CheckConstraint(
                name="%(class)s_new_due_on_with_text",
                condition=Q(new_due_on=None) | ~Q(new_due_text=""),
                violation_error_message=_("A due day is given with the words it was promised in."),
            ),
            not_empty("text"),
        ]

    due_fields = ("new_due_on", "new_due_text")
    past_days = ("happened_on", "completed_on")

    def __str__(self):
        code = self.code or _("draft")
        return f"{code} · {self.target} · {self.happened_on:%d/%m/%Y}"

    def says(self):
        """What it says in words: of the status, as a formal answer, of the advice."""
        said = said_in({name: getattr(self, name) for name in ("status", "answer", "response")})
        return ", ".join(map(str, said))

    @property
    def target(self):
        """The follow-up it is about."""
        return self.request or self.commitment or self.recommendation

    @property
    def session_day(self):
        """The day of the session at which its item was said; None while that is not known."""
        return self.target and self.target.session_day

    @property
    def deadline_told_on(self):
        """The day from which words like “cuối năm” count."""
        return self.happened_on or self.session_day

    def clean(self):
        if sum(getattr(self, f"{name}_id") is not None for name in TARGETS) != 1:
            raise ValidationError(_("An update is about exactly one item."))
        super().clean()
