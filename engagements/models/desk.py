"""What the staff's desk keeps about its own work. The public never reads any of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from provinces.models import Official, Organization, one_of
from provinces.vietnamese import Line

from .followups import TARGETS, Commitment, ProvinceRequest, Recommendation, StatusUpdate
from .meetings import Meeting
from .sources import WEB_ADDRESS, Source


class ReviewedItem(models.Model):
    """An item of an earlier session that is taken up again at this one, and what came of that."""

    meeting = models.ForeignKey(
        Meeting,
        models.CASCADE,  # a part of the meeting: a draft meeting is deleted with its list
        related_name="reviewed",
        verbose_name=_("meeting"),
        help_text=_("Never published."),
    )
    request = models.ForeignKey(
        ProvinceRequest,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reviews",
        verbose_name=_("request"),
        help_text=_("Never published."),
    )
    commitment = models.ForeignKey(
        Commitment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reviews",
        verbose_name=_("commitment"),
        help_text=_("Never published."),
    )
    recommendation = models.ForeignKey(
        Recommendation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reviews",
        verbose_name=_("recommendation"),
        help_text=_("Never published."),
    )
    update = models.OneToOneField(
        StatusUpdate,
        models.SET_NULL,  # a draft update may be deleted: then the item waits for review again
        null=True,
        blank=True,
        related_name="review",
        verbose_name=_("update"),
        help_text=_("What the review recorded. Never published."),
    )
    checked_on = models.DateField(
        _("checked, nothing new"),
        null=True,
        blank=True,
        help_text=_("The day on which somebody looked and found nothing new. Never published."),
    )
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        help_text=_("Never published."),
    )
    reviewed_at = models.DateTimeField(null=True, editable=False, help_text=_("Never published."))

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
                    name=f"engagements_reviewed_{target}_once",
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


class Address(models.TextChoices):
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
        same = Q(which=Address.URL, address=F("source__url"))
        same |= Q(which=Address.ARCHIVED, address=F("source__archived_url"))
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
        _("which address"), max_length=16, choices=Address, help_text=_("Never published.")
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
            one_of("which", Address),
            one_of("outcome", LinkOutcome),
            models.UniqueConstraint(
                name="engagements_linkcheck_once",
                fields=["source", "which"],
                violation_error_message=_("This address has its record already."),
            ),
        ]

    def __str__(self):
        return f"{self.address}: {self.get_outcome_display()}"


class Merge(models.Model):
    """Two rows of one person or one body made one; kept so that it can be taken back."""

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
                    name=f"engagements_merge_{one}_stands_once",
                    fields=[one],
                    condition=Q(undone_at=None),
                    violation_error_message=_("This row was merged already."),
                )
                for one in ("official", "organization")
            ),
        ]

    def __str__(self):
        return f"{self.official or self.organization} → {self.kept_name}"


class Workbook(models.Model):
    """A workbook from which rows were imported: the file itself, who sent it, what it did."""

    key = models.UUIDField(
        unique=True,
        editable=False,
        help_text=_("Names the import: a form sent twice bears it twice. Never published."),
    )
    kind = models.CharField(_("table"), max_length=40, help_text=_("Never published."))
    name = Line(_("file name"), max_length=200, help_text=_("Never published."))
    sha256 = models.CharField(_("SHA-256"), max_length=64, help_text=_("Never published."))
    file = models.FileField(_("file"), upload_to="workbooks/%Y/", help_text=_("Never published."))
    rows_new = models.PositiveIntegerField(_("new"), help_text=_("Never published."))
    rows_changed = models.PositiveIntegerField(_("changed"), help_text=_("Never published."))
    rows_unchanged = models.PositiveIntegerField(_("unchanged"), help_text=_("Never published."))
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("imported by"),
        help_text=_("Never published."),
    )
    imported_at = models.DateTimeField(_("imported at"), help_text=_("Never published."))

    class Meta:
        ordering = ["-imported_at", "-pk"]
        verbose_name = _("imported workbook")
        verbose_name_plural = _("imported workbooks")

    def __str__(self):
        return self.name


class Digest(models.Model):
    """The weekly letter to one of the staff: that it was sent, so that it is sent once."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="digests",
        verbose_name=_("account"),
        help_text=_("Never published."),
    )
    week = models.DateField(_("week"), help_text=_("Its Monday. Never published."))
    sent_at = models.DateTimeField(
        _("sent at"),
        null=True,
        blank=True,
        help_text=_("Empty: a run took it and was cut off before the mail left. Never published."),
    )

    class Meta:
        ordering = ["-week", "user"]
        verbose_name = _("weekly digest")
        verbose_name_plural = _("weekly digests")
        constraints = [
            models.UniqueConstraint(
                name="engagements_digest_once",
                fields=["user", "week"],
                violation_error_message=_("This week's digest was sent already."),
            ),
        ]

    def __str__(self):
        return f"{self.user}, {self.week:%d/%m/%Y}"
