"""Officials, the posts they hold at organizations, and the officers who work at the desk."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from provinces.vietnamese import FoldedField, GivenNameKeyField, Line, Prose

from .constraints import CheckedAtOnce, not_empty
from .merging import MergeableQuerySet, merged_sequence, not_merged_into_itself
from .organizations import Organization


class Official(CheckedAtOnce):
    """A person who holds or held office. A name is no key: namesakes have slugs of their own."""

    full_name = Line(
        _("full name"),
        max_length=120,
        help_text=_("Family, middle, given name; no titles. Published."),
    )
    slug = models.SlugField(_("address"), max_length=120, unique=True, help_text=_("Published."))
    note = Prose(
        _("internal note"), blank=True, help_text=_("How to tell namesakes apart. Never published.")
    )
    sort_key = GivenNameKeyField(sources=["full_name"])
    search = FoldedField(sources=["full_name"])
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="merged",
        verbose_name=_("merged into"),
        help_text=_("The row of the same person that stands for both. Published as a redirect."),
    )
    merged_sequence = merged_sequence()
    history = HistoricalRecords()

    objects = MergeableQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "pk"]
        verbose_name = _("official")
        verbose_name_plural = _("officials")
        constraints = [not_empty("full_name"), not_merged_into_itself()]

    def __str__(self):
        return self.full_name

    def natural_key(self):
        return (self.slug,)


class PostQuerySet(models.QuerySet):
    def held_on(self, day):
        """Offices that were held on that day, as far as known days tell.

        Their own days, and those of the organization and its province, which no office outlives.
        """
        return self.filter(
            Q(starts_on=None) | Q(starts_on__lte=day),
            Q(ends_on=None) | Q(ends_on__gte=day),
            Q(organization__ceased_on=None) | Q(organization__ceased_on__gt=day),
            Q(organization__province=None)
            | Q(organization__province__ceased_on=None)
            | Q(organization__province__ceased_on__gt=day),
        )


def unambiguous_post(posts):
    """Of one person's posts that fit a day the one to write down; None if several fit alike.

    One whose days are known goes before those that merely are not excluded.
    """
    dated = [post for post in posts if post.starts_on or post.ends_on]
    candidates = dated or list(posts)
    return candidates[0] if len(candidates) == 1 else None


class Post(CheckedAtOnce):
    """An official's office at an organization between two days, which may be unknown."""

    official = models.ForeignKey(
        Official,
        models.PROTECT,
        related_name="posts",
        verbose_name=_("official"),
        help_text=_("Published."),
    )
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        related_name="posts",
        verbose_name=_("organization"),
        help_text=_("Published."),
    )
    title = Line(pgettext_lazy("of a post", "title"), max_length=200, help_text=_("Published."))
    starts_on = models.DateField(
        _("from"), null=True, blank=True, help_text=_("Empty: unknown. Published.")
    )
    ends_on = models.DateField(
        _("to"), null=True, blank=True, help_text=_("Last day; empty: unknown. Published.")
    )
    proof = Line(
        _("proof"),
        max_length=300,
        blank=True,
        help_text=_("What shows that the office was held. Published."),
    )
    history = HistoricalRecords()

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["official", "starts_on", "pk"]
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            not_empty("title"),
            models.CheckConstraint(
                name="provinces_post_ends_after_starts",
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("A post ends after it starts."),
            ),
            models.UniqueConstraint(
                name="provinces_post_once",
                fields=["official", "organization", "title"],
                condition=Q(starts_on=None),
                violation_error_message=_("This post is recorded already."),
            ),
        ]

    def __str__(self):
        return f"{self.official}, {self.title}"


class Officer(CheckedAtOnce):
    """The desk of a staff account: which organization it writes for."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="officer",
        verbose_name=_("account"),
        help_text=_("Never published."),
    )
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        related_name="officers",
        verbose_name=_("organization"),
        help_text=_("Never published."),
    )
    is_written_to = models.BooleanField(
        _("weekly letter"),
        default=True,
        help_text=_("Gets every Monday by e-mail what needs them. Never published."),
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["user"]
        verbose_name = _("officer")
        verbose_name_plural = _("officers")

    def __str__(self):
        return f"{self.user} ({self.organization})"
