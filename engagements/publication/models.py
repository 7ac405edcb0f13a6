"""Merges of two people or two organizations, each kept so that it can be undone."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from provinces.models import Official, Organization
from provinces.vietnamese import Line


class Merge(models.Model):
    """Two rows of one official or organization made one; kept so that it can be taken back."""

    official = models.ForeignKey(
        Official,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merges",
        verbose_name=_("official merged away"),
        help_text=_("Never published."),
    )
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merges",
        verbose_name=_("organization merged away"),
        help_text=_("Never published."),
    )
    kept = models.PositiveBigIntegerField(
        _("key of the row that was kept"), help_text=_("Never published.")
    )
    kept_name = Line(_("kept"), max_length=300, help_text=_("Never published."))
    moved = models.JSONField(
        _("what moved"),
        default=dict,
        help_text=_("For each column the keys of the rows that moved. Never published."),
    )
    reason = Line(_("reason"), max_length=300, help_text=_("Never published."))
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("merged by"),
        help_text=_("Never published."),
    )
    merged_at = models.DateTimeField(_("merged at"), help_text=_("Never published."))
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken back by"),
        help_text=_("Never published."),
    )
    undone_at = models.DateTimeField(
        _("taken back at"), null=True, blank=True, help_text=_("Never published.")
    )

    class Meta:
        ordering = ["-merged_at", "-pk"]
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        constraints = [
            models.CheckConstraint(
                name="%(class)s_of_exactly_one",
                condition=Q(official__isnull=False, organization=None)
                | Q(official=None, organization__isnull=False),
                violation_error_message=_("A merge is of two people or of two bodies."),
            ),
            models.CheckConstraint(
                name="%(class)s_undone_is_signed",
                condition=Q(undone_by=None, undone_at=None)
                | Q(undone_by__isnull=False, undone_at__isnull=False),
                violation_error_message=_("What is taken back has a day and a person."),
            ),
            *(
                models.UniqueConstraint(
                    name=f"engagements_merge_{target}_stands_once",
                    fields=[target],
                    condition=Q(undone_at=None),
                    violation_error_message=_("This row was merged already."),
                )
                for target in ("official", "organization")
            ),
        ]

    def __str__(self):
        return f"{self.official or self.organization} → {self.kept_name}"
