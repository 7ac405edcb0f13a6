"""Screen of answers, and rows of what a record answers in its form: stated or inferred."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from engagements import roles
from engagements.models import Answering
from engagements.models.answering import ANSWERED, ANSWERS

from .historical import HistoricalAdmin
from .rows import PartInline


class AnswersInline(PartInline):
    """What this answers. Stated where the text ties the two, else inferred, with the reason."""

    model = Answering
    verbose_name = _("answer")
    verbose_name_plural = _("what it answers")
    autocomplete_fields = ("request", "question")
    joined = ("request", "question")
    fields = (("request", "question"), ("is_inferred", "inference"))


class CommitmentAnswersInline(AnswersInline):
    fk_name = "commitment"


class RecommendationAnswersInline(AnswersInline):
    fk_name = "recommendation"


class ExplanationAnswersInline(AnswersInline):
    fk_name = "explanation"


class SessionAnswersInline(AnswersInline):
    """What the session as a whole may have answered: always inferred."""

    fk_name = "session"
    verbose_name_plural = _("what the session as a whole may answer")


@admin.register(Answering)
class AnsweringAdmin(HistoricalAdmin):
    """For finding what answers what. It is a part of what answers, and is changed in that form."""

    list_display = ("answer", "answered", "is_inferred")
    list_select_related = (*ANSWERS, *ANSWERED)
    list_filter = ("is_inferred",)
    search_fields = (
        "request__search",
        "question__search",
        *(f"{name}__search" for name in ANSWERS),
    )
    fields = (ANSWERS, ANSWERED, ("is_inferred", "inference"))

    def may_write(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        """With what answers, while that is a draft."""
        return obj is not None and roles.may_delete(request.user, obj)

    @admin.display(description=_("answer"))
    def answer(self, answering):
        return answering.answer

    @admin.display(description=_("what it answers"))
    def answered(self, answering):
        return answering.answered
