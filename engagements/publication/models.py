"""Merges that can be undone, and re-issues that a worker carries on in batches."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from engagements.models.answering import exactly_one
from engagements.models.figures import Indicator
from provinces.models import Official, Organization, Province
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


RENAMED = ("official", "organization", "province", "indicator")


class PendingReissue(models.Model):
    """A name that many current editions bear and that changed: they are issued again in batches."""

    official = models.ForeignKey(Official, models.CASCADE, null=True, blank=True, related_name="+")
    organization = models.ForeignKey(
        Organization, models.CASCADE, null=True, blank=True, related_name="+"
    )
    province = models.ForeignKey(Province, models.CASCADE, null=True, blank=True, related_name="+")
    indicator = models.ForeignKey(
        Indicator, models.CASCADE, null=True, blank=True, related_name="+"
    )
    after = models.PositiveBigIntegerField(
        default=0, help_text="First sequence of the last edition that was looked at."
    )
    looked_at = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(help_text="Editions that bear the name.")
    asked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("re-issue under way")
        verbose_name_plural = _("re-issues under way")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="%(class)s_of_one",
                condition=exactly_one(RENAMED),
                violation_error_message=_("A re-issue is about one name."),
            ),
            *(
                models.UniqueConstraint(
                    name=f"engagements_pendingreissue_{name}",
                    fields=[name],
                    violation_error_message=_("Its re-issue is under way already."),
                )
                for name in RENAMED
            ),
        ]

    def __str__(self):
        return f"{self.renamed}: {self.looked_at}/{self.total}"

    @property
    def renamed(self):
        """The row whose name changed."""
        return next(row for name in RENAMED if (row := getattr(self, name)))
