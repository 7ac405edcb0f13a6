"""Sources: the documents that prove what the register says."""

import hashlib

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from engagements.words import Kind, SourceKind, SourceRank
from provinces.models import not_empty, one_of
from provinces.vietnamese import FoldedField, Line, Prose

from .base import Publishable, PublishableQuerySet

WEB_ADDRESS = URLValidator(schemes=["http", "https"])


class SourceQuerySet(PublishableQuerySet):
    """Documents, and whether somebody can still open them where they say they are."""

    def with_address(self):
        return self.exclude(url="", archived_url="")

    def out_of_reach(self):
        """An address failed when it was last asked, and no other opens."""
        checks = self.model.link_checks.field.model.objects.of_today()
        failing, opening = checks.failing().values("source"), checks.opening().values("source")
        return self.filter(pk__in=failing).exclude(pk__in=opening)

    def unproven(self):
        """Published, and it does not open: what rests on it cannot be looked up."""
        return self.published().out_of_reach()


class Source(Publishable):
    """A document that proves: article, minutes, conclusion notice, official letter, legal act."""

    type = models.CharField(_("kind"), max_length=24, choices=SourceKind, help_text=_("Published."))
    rank = models.PositiveSmallIntegerField(
        _("rank"), choices=SourceRank, help_text=_("How strong a proof it is. Published.")
    )
    title = Line(_("title"), max_length=300, help_text=_("Published."))
    publisher = Line(_("publisher"), max_length=200, blank=True, help_text=_("Published."))
    number = Line(
        _("number"),
        max_length=80,
        blank=True,
        help_text=_("Number and sign of an official document. Published."),
    )
    issued_on = models.DateField(_("issued on"), null=True, blank=True, help_text=_("Published."))
    url = models.URLField(
        _("web address"),
        max_length=500,
        blank=True,
        validators=[WEB_ADDRESS],
        help_text=_("Published."),
    )
    archived_url = models.URLField(
        _("archived copy"),
        max_length=500,
        blank=True,
        validators=[WEB_ADDRESS],
        help_text=_("Address of an archive's copy. Published."),
    )
    accessed_on = models.DateField(_("read on"), null=True, blank=True, help_text=_("Published."))
    sha256 = models.CharField(
        _("SHA-256"),
        max_length=64,
        blank=True,
        help_text=_("Fingerprint of the text that was read. Published."),
    )
    text = Prose(
        _("full text"), blank=True, help_text=_("For checking quotations. Never published.")
    )
    scan = models.FileField(
        _("scan"),
        upload_to="sources/%Y/",
        blank=True,
        help_text=_("The document itself. Never published."),
    )
    note = Prose(
        _("note"), blank=True, help_text=_("What is not known about the document. Published.")
    )
    search = FoldedField(sources=["code", "title", "publisher", "number", "note"])
    history = HistoricalRecords()

    past_days = ("issued_on", "accessed_on")

    objects = SourceQuerySet.as_manager()

    kind = Kind.SOURCE

    class Meta(Publishable.Meta):
        ordering = ["-issued_on", "-pk"]
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints = [
            *Publishable.Meta.constraints,
            one_of("type", SourceKind),
            one_of("rank", SourceRank),
            not_empty("title"),
            models.CheckConstraint(
                name="%(class)s_sha256_whole",
                condition=Q(sha256="") | Exact(Length("sha256"), 64),
                violation_error_message=_("A SHA-256 has 64 characters."),
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.title}" if self.code else self.title

    def paragraphs(self):
        """Non-empty lines of the full text, in order; the first is paragraph 1."""
        return [line.strip() for line in self.text.splitlines() if line.strip()]


def fingerprint(text):
    """SHA-256 of a text as it is kept, after it was cleaned."""
    return hashlib.sha256(text.encode()).hexdigest()
