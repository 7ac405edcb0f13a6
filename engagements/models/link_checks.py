"""Link checks of sources: what their addresses answered. The public never reads them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from provinces.models import one_of
from provinces.vietnamese import Line

from .sources import WEB_ADDRESS, Source


class WhichAddress(models.TextChoices):
    """Which address of a source was asked."""

    URL = "url", _("web address")
    ARCHIVED = "archived_url", _("archived copy")


class LinkOutcome(models.TextChoices):
    OPENS = "opens", _("Opens")
    MOVED = "moved", _("Moved elsewhere")
    GONE = "gone", _("Gone (404, 410)")
    REFUSED = "refused", _("Refused by the other side")
    UNREACHABLE = "unreachable", _("Could not be reached")
    FORBIDDEN = "forbidden", _("Not asked: not a public address")


# A reader who follows the link reads the document.
OPENING = (LinkOutcome.OPENS, LinkOutcome.MOVED)


class LinkCheckQuerySet(models.QuerySet):
    """What addresses answered; one that has been changed since says nothing of today's."""

    def of_today(self):
        """Of the address that the source bears now."""
        same = Q(which=WhichAddress.URL, address=F("source__url"))
        same |= Q(which=WhichAddress.ARCHIVED, address=F("source__archived_url"))
        return self.filter(same)

    def failing(self):
        return self.exclude(failing_since=None)

    def opening(self):
        return self.filter(failing_since=None)


class LinkCheck(models.Model):
    """What an address of a source answered when it was last asked."""

    source = models.ForeignKey(
        Source,
        models.CASCADE,  # a draft source is deleted with what was asked of its address
        related_name="link_checks",
        verbose_name=_("source"),
        help_text=_("Never published."),
    )
    which = models.CharField(
        _("which address"), max_length=16, choices=WhichAddress, help_text=_("Never published.")
    )
    address = models.URLField(
        _("address asked"),
        max_length=500,
        validators=[WEB_ADDRESS],
        help_text=_("Never published."),
    )
    checked_at = models.DateTimeField(_("asked at"), help_text=_("Never published."))
    outcome = models.CharField(
        _("outcome"), max_length=16, choices=LinkOutcome, help_text=_("Never published.")
    )
    answer = models.PositiveSmallIntegerField(
        _("HTTP status"), null=True, blank=True, help_text=_("Never published.")
    )
    detail = Line(_("detail"), max_length=300, blank=True, help_text=_("Never published."))
    failing_since = models.DateTimeField(
        _("failing since"),
        null=True,
        blank=True,
        help_text=_("The first of the failures in a row. Never published."),
    )

    objects = LinkCheckQuerySet.as_manager()

    class Meta:
        ordering = ["-checked_at", "-pk"]
        verbose_name = _("link check")
        verbose_name_plural = _("link checks")
        constraints = [
            one_of("which", WhichAddress),
            one_of("outcome", LinkOutcome),
            models.UniqueConstraint(
                name="engagements_linkcheck_once",
                fields=["source", "which"],
                violation_error_message=_("This address has its record already."),
            ),
        ]

    def __str__(self):
        return f"{self.address}: {self.get_outcome_display()}"
