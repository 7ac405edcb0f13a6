"""Readings of documents and their proposals, decided one by one. The public never reads them."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Count, F, Q
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from engagements.words import ProposalKind
from provinces.models import one_of
from provinces.vietnamese import Line

from .base import QUOTE_CHARACTERS
from .meetings import Meeting
from .sources import Source

SHOWN_OF_A_TITLE = 90  # characters; the first line of what is pasted may be a whole paragraph


class Way(models.TextChoices):
    """How a text came in."""

    PASTE = "paste", _("Pasted")
    FILE = "file", _("File")
    ADDRESS = "address", _("Web address")
    SOURCE = "source", _("Source of the register")


class Verdict(models.TextChoices):
    """Which kind of paper the reader took a text for."""

    SESSION = "session", _("Of a session")
    RESULTS = "results", _("Of results")
    NEITHER = "neither", _("Of neither")


class ReadingQuerySet(models.QuerySet):
    def kept(self):
        """Those whose text is still here."""
        return self.filter(swept_at=None)

    def with_left(self):
        """Each with how many of its proposals are not decided yet."""
        return self.annotate(left=Count("proposals", filter=Q(proposals__state=ProposalState.OPEN)))

    def to_sweep(self, before):
        """Of sessions that the public has read since before that instant."""
        return self.kept().filter(meeting__published_at__lt=before)

    def sweep(self, at):
        """Empties what they hold of their texts; rules, decisions and reasons stay to be counted.

        Returns how many they are.
        """
        keys = list(self.values_list("pk", flat=True))
        proposals = Proposal.objects.filter(reading__in=keys)
        proposals.update(quote="", words="", payload={}, final={})
        rows = Reading.objects.filter(pk__in=keys)
        return rows.update(text="", words="", about={}, silent=[], swept_at=at)


class Reading(models.Model):
    """A text that the reader read once: what it was taken for, and where its proposals led."""

    text = models.TextField(
        _("text"),
        blank=True,
        help_text=_("A paragraph a line; empty after it was swept. Never published."),
    )
    sha256 = models.CharField(_("SHA-256"), max_length=64, help_text=_("Never published."))
    engine = models.CharField(
        _("reader"),
        max_length=120,
        help_text=_("“rules 1”, or the model and its host. Never published."),
    )
    way = models.CharField(
        _("how it came"), max_length=16, choices=Way, help_text=_("Never published.")
    )
    about = models.JSONField(
        _("what it says of itself"),
        default=dict,
        blank=True,
        help_text=_("Title, publisher, number, day, address. Never published."),
    )
    verdict = models.CharField(
        _("kind of paper"), max_length=16, choices=Verdict, help_text=_("Never published.")
    )
    rule = models.CharField(_("rule"), max_length=60, help_text=_("Never published."))
    words = Line(_("words"), max_length=200, blank=True, help_text=_("Never published."))
    silent = models.JSONField(
        _("sentences that became nothing"),
        default=list,
        blank=True,
        help_text=_("Paragraph, start and end of each with a speech verb. Never published."),
    )
    refused_quotations = models.PositiveIntegerField(
        _("quotations refused"),
        default=0,
        help_text=_("The text does not hold them; never shown. Never published."),
    )
    heard = models.JSONField(
        _("what a model added"),
        default=dict,
        blank=True,
        help_text=_("Its name and host, counts, why it was not asked. Never published."),
    )
    took_ms = models.PositiveIntegerField(
        _("milliseconds"), default=0, help_text=_("Never published.")
    )
    source = models.ForeignKey(
        Source,
        models.SET_NULL,  # a draft source may be deleted; the reading can make it anew
        null=True,
        blank=True,
        related_name="readings",
        verbose_name=_("source"),
        help_text=_("None before something of it was saved. Never published."),
    )
    meeting = models.ForeignKey(
        Meeting,
        models.SET_NULL,  # a draft session may be deleted; what was accepted can be filled in again
        null=True,
        blank=True,
        related_name="readings",
        verbose_name=_("meeting"),
        help_text=_("The session that was saved from it. Never published."),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("read by"),
        help_text=_("Never published."),
    )
    created_at = models.DateTimeField(_("read at"), help_text=_("Never published."))
    swept_at = models.DateTimeField(
        _("swept at"),
        null=True,
        blank=True,
        help_text=_("Its texts are gone, the counts stay. Never published."),
    )

    objects = ReadingQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("reading of a document")
        verbose_name_plural = _("readings of documents")
        constraints = [
            one_of("way", Way),
            one_of("verdict", Verdict),
            models.UniqueConstraint(
                name="engagements_reading_once",
                fields=["sha256", "engine"],
                condition=Q(swept_at=None),
                violation_error_message=_("This text was read already."),
            ),
            models.CheckConstraint(
                name="reading_swept_has_no_text",
                condition=Q(swept_at=None) & ~Q(text="") | Q(swept_at__isnull=False, text=""),
                violation_error_message=_("A reading has its text until it is swept."),
            ),
        ]

    def __str__(self):
        title = self.about.get("title") or self.paragraphs[0]
        return Truncator(title).chars(SHOWN_OF_A_TITLE) or f"{self.created_at:%d/%m/%Y}"

    @cached_property
    def paragraphs(self):
        """Its paragraphs; number 1 is the first. One empty one after it was swept."""
        return self.text.split("\n")

    def holds(self, paragraph, start, end, quote):
        """Whether these very words stand at that place."""
        if not 1 <= paragraph <= len(self.paragraphs):
            return False
        return 0 <= start < end and self.paragraphs[paragraph - 1][start:end] == quote


class ProposalState(models.TextChoices):
    """What a person decided."""

    OPEN = "open", _("Not decided")
    ACCEPTED = "accepted", _("Accepted")
    CHANGED = "changed", _("Accepted with changes")
    REFUSED = "refused", _("Refused")
    DUPLICATE = "duplicate", _("In the register already")
    MOVED = "moved", _("Taken into another one")


TAKEN = (ProposalState.ACCEPTED, ProposalState.CHANGED)


class RefusalReason(models.TextChoices):
    """Why a proposal was refused."""

    NOT_SAID = "not_said", _("Not said")
    WRONG_KIND = "wrong_kind", _("Wrong kind")
    WRONG_PERSON = "wrong_person", _("Wrong person")
    WRONG_FIGURE = "wrong_figure", _("Wrong figure")
    TWICE = "twice", _("One thing twice")
    NOT_WORTH = "not_worth", _("Not worth keeping")


class Maker(models.TextChoices):
    """Who proposed it."""

    RULES = "rules", _("Rules")
    MODEL = "model", _("Model")
    BOTH = "both", _("Rules and model")
    PERSON = "person", _("A person")


class ProposalQuerySet(models.QuerySet):
    def taken(self):
        return self.filter(state__in=TAKEN)

    def decided(self):
        """By a person, on its own merits: what was only joined to another tells of no rule."""
        return self.exclude(state__in=(ProposalState.OPEN, ProposalState.MOVED))

    def in_order(self):
        return self.order_by("paragraph", "start", "pk")


class Proposal(models.Model):
    """One thing that a reading offers for the register, and what a person made of it.

    What the reader said stays; `final` has what a person changed: kind, start, end, quote, payload.
    """

    reading = models.ForeignKey(
        Reading,
        models.CASCADE,  # a part of the reading, which nobody deletes
        related_name="proposals",
        verbose_name=_("reading of a document"),
        help_text=_("Never published."),
    )
    kind = models.CharField(
        _("kind"), max_length=16, choices=ProposalKind, help_text=_("Never published.")
    )
    paragraph = models.PositiveIntegerField(
        _("paragraph"), validators=[MinValueValidator(1)], help_text=_("Never published.")
    )
    start = models.PositiveIntegerField(_("start"), help_text=_("Never published."))
    end = models.PositiveIntegerField(_("end"), help_text=_("Never published."))
    quote = Line(
        _("quotation"),
        max_length=QUOTE_CHARACTERS,
        blank=True,
        help_text=_("Empty after it was swept. Never published."),
    )
    sentence = models.PositiveIntegerField(
        _("sentence"),
        default=0,
        help_text=_("Where its sentence begins in the paragraph. Never published."),
    )
    maker = models.CharField(
        _("proposed by"),
        max_length=16,
        choices=Maker,
        default=Maker.RULES,
        help_text=_("Never published."),
    )
    rule = models.CharField(_("rule"), max_length=60, help_text=_("Never published."))
    words = Line(_("words"), max_length=200, blank=True, help_text=_("Never published."))
    payload = models.JSONField(
        _("what it holds"), default=dict, blank=True, help_text=_("Never published.")
    )
    parent = models.ForeignKey(
        "self",
        models.CASCADE,  # of the same reading, which nobody deletes
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("belongs to"),
        help_text=_("What it was split from, or taken into. Never published."),
    )
    state = models.CharField(
        _("decision"),
        max_length=16,
        choices=ProposalState,
        default=ProposalState.OPEN,
        help_text=_("Never published."),
    )
    reason = models.CharField(
        _("reason"),
        max_length=16,
        choices=RefusalReason,
        blank=True,
        help_text=_("Of a refusal. Never published."),
    )
    final = models.JSONField(
        _("what a person made of it"),
        default=dict,
        blank=True,
        help_text=_("Never published."),
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
        help_text=_("Never published."),
    )
    decided_at = models.DateTimeField(
        _("decided at"), null=True, blank=True, help_text=_("Never published.")
    )
    record_kind = models.CharField(
        _("table of the record"), max_length=20, blank=True, help_text=_("Never published.")
    )
    record_key = models.PositiveBigIntegerField(
        _("key of the record"),
        null=True,
        blank=True,
        help_text=_("What was saved from it. Never published."),
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["paragraph", "start", "pk"]
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        indexes = [models.Index(name="engagements_proposal_rule", fields=["rule", "decided_at"])]
        constraints = [
            one_of("kind", ProposalKind),
            one_of("maker", Maker),
            one_of("state", ProposalState),
            one_of("reason", RefusalReason, or_empty=True),
            models.CheckConstraint(
                name="proposal_refused_says_why",
                condition=Q(state=ProposalState.REFUSED) & ~Q(reason="")
                | ~Q(state=ProposalState.REFUSED) & Q(reason=""),
                violation_error_message=_("A refusal has its reason; nothing else has one."),
            ),
            models.CheckConstraint(
                name="proposal_decided_is_signed",
                condition=Q(state=ProposalState.OPEN, decided_by=None, decided_at=None)
                | ~Q(state=ProposalState.OPEN)
                & Q(decided_by__isnull=False, decided_at__isnull=False),
                violation_error_message=_("A decision has its person and time."),
            ),
            models.CheckConstraint(
                name="proposal_starts_before_its_end",
                condition=Q(start__lt=F("end")),
                violation_error_message=_("A quotation starts before it ends."),
            ),
            models.CheckConstraint(
                name="proposal_paragraph_from_one",
                condition=Q(paragraph__gte=1),
                violation_error_message=_("Paragraphs are counted from 1."),
            ),
            models.CheckConstraint(
                name="proposal_record_is_named",
                condition=Q(record_kind="", record_key=None)
                | ~Q(record_kind="") & Q(record_key__isnull=False),
                violation_error_message=_("A record is named by its table and its key."),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.quote[:80]}"

    def clean(self):
        super().clean()
        reading = self.reading
        if reading.swept_at is not None:
            return
        place = (self.paragraph, self.start, self.end, self.quote)
        told = (self.paragraph, *(self.told(name) for name in ("start", "end", "quote")))
        if not (reading.holds(*place) and reading.holds(*told)):
            raise ValidationError(_("The quotation does not stand there."), code="not_verbatim")

    def told(self, name):
        """A value as it stands now: as a person changed it, else as it was proposed."""
        return self.final.get(name, getattr(self, name))

    @property
    def is_taken(self):
        return self.state in TAKEN

    @property
    def is_saved(self):
        """Whether the register has a record of it; none after the session was deleted."""
        return self.record_key is not None and self.reading.meeting_id is not None
