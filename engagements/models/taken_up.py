"""Items of earlier sessions that are taken up again at a later one; the public never reads them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .followups import TARGETS, Commitment, ProvinceRequest, Recommendation
from .meetings import Meeting
from .updates import StatusUpdate


class TakenUpItem(models.Model):
    """An item of an earlier session that is taken up again at this one, and what came of that."""

    meeting = models.ForeignKey(
        Meeting,
        models.CASCADE,  # a part of the meeting: a draft meeting is deleted with its list
        related_name="taken_up",
        verbose_name=_("meeting"),
        help_text=_("Never published."),
    )
    request = models.ForeignKey(
        ProvinceRequest,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="taken_up",
        verbose_name=_("request"),
        help_text=_("Never published."),
    )
    commitment = models.ForeignKey(
        Commitment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="taken_up",
        verbose_name=_("commitment"),
        help_text=_("Never published."),
    )
    recommendation = models.ForeignKey(
        Recommendation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="taken_up",
        verbose_name=_("recommendation"),
        help_text=_("Never published."),
    )
    update = models.OneToOneField(
        StatusUpdate,
        models.SET_NULL,  # a draft update may be deleted: then the item waits for review again
        null=True,
        blank=True,
        related_name="taken_up",
        verbose_name=_("update"),
        help_text=_("What the review recorded. Never published."),
    )
    checked_on = models.DateField(
        _("checked, nothing new"),
        null=True,
        blank=True,
        help_text=_("The day on which somebody looked and found nothing new. Never published."),
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        help_text=_("Never published."),
    )
    recorded_at = models.DateTimeField(null=True, editable=False, help_text=_("Never published."))

    class Meta:
        ordering = ["meeting", "pk"]
        verbose_name = _("item for review")
        verbose_name_plural = _("items for review")
        constraints = [
            models.CheckConstraint(
                name="%(class)s_about_exactly_one",
                condition=Q(request__isnull=False, commitment=None, recommendation=None)
                | Q(request=None, commitment__isnull=False, recommendation=None)
                | Q(request=None, commitment=None, recommendation__isnull=False),
                violation_error_message=_("A review is about exactly one item."),
            ),
            *(
                models.UniqueConstraint(
                    name=f"engagements_taken_up_{target}_once",
                    fields=["meeting", target],
                    violation_error_message=_("This item is on the list already."),
                )
                for target in TARGETS
            ),
        ]

    def __str__(self):
        return f"{self.target}, {self.meeting}"

    @property
    def target(self):
        """The follow-up it is about."""
        return self.request or self.commitment or self.recommendation

    @property
    def is_done(self):
        return self.update_id is not None or self.checked_on is not None
