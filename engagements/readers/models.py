"""Subscriptions and tips: what readers ask of the register, to be told of news and to be heard."""

import secrets
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from provinces.models import one_of
from provinces.vietnamese import Prose, nfc

TARGET_CHARACTERS = 2000
UNCONFIRMED_LIFE = timedelta(days=7)
BETWEEN_MAILS = timedelta(hours=1)


def new_token():
    return secrets.token_urlsafe(32)


def folded_address(text):
    """An e-mail address in one spelling: NFC, and the domain, which has no case, in small."""
    name, at, domain = nfc(text).strip().rpartition("@")
    return f"{name}{at}{domain.lower()}"


class Address(models.EmailField):
    """An e-mail address in one spelling, whatever way it came in."""

    def to_python(self, value):
        value = super().to_python(value)
        return folded_address(value) if isinstance(value, str) else value

    def pre_save(self, model_instance, add):
        value = folded_address(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value


class SubscriptionQuerySet(models.QuerySet):
    def confirmed(self):
        return self.exclude(confirmed_at=None)

    def unconfirmed(self):
        return self.filter(confirmed_at=None)

    def stale(self, at=None):
        """Asked for and never confirmed; nobody may have wanted them."""
        before = (at or timezone.now()) - UNCONFIRMED_LIFE
        asked = self.unconfirmed().alias(last_asked_at=Coalesce("asked_at", "created_at"))
        return asked.filter(last_asked_at__lt=before)


class Subscription(models.Model):
    """Somebody's wish to be told of news at one public address. Counted, never read by people."""

    email = Address(_("e-mail address"), help_text=_("Never published."))
    target = models.CharField(
        _("what is followed"),
        max_length=TARGET_CHARACTERS,
        help_text=_("The address of a public page with its filter. Never published."),
    )
    language = models.CharField(
        _("language"), max_length=2, choices=settings.LANGUAGES, help_text=_("Never published.")
    )
    token = models.CharField(
        max_length=64,
        unique=True,
        default=new_token,
        editable=False,
        help_text=_("Opens this subscription to who has the mail. Never published."),
    )
    asked_at = models.DateTimeField(
        _("last asked at"), null=True, editable=False, help_text=_("Never published.")
    )
    confirmed_at = models.DateTimeField(
        _("confirmed at"), null=True, editable=False, help_text=_("Never published.")
    )
    mark = models.BigIntegerField(
        default=0, help_text=_("The last edition that was told. Never published.")
    )
    created_at = models.DateTimeField(
        _("created at"), default=timezone.now, editable=False, help_text=_("Never published.")
    )

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        default_permissions = ("view",)
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(
                name="subscription_once",
                fields=["email", "target"],
                violation_error_message=_("This page is followed already."),
            )
        ]

    def __str__(self):
        return self.target

    def may_be_mailed(self, at):
        """Whether an hour has passed since the last mail that somebody asked for."""
        return self.asked_at is None or self.asked_at <= at - BETWEEN_MAILS

    def stop_path(self):
        return reverse("follow-stop", args=[self.token])

    def stop_all_path(self):
        return reverse("follow-stop-all", args=[self.token])


class TipKind(models.TextChoices):
    EVIDENCE = "evidence", _("Evidence that should be here")
    ERROR = "error", _("An error on the page")
    OTHER = "other", _("Something else")


class TipState(models.TextChoices):
    NEW = "new", _("New")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Not accepted")


class TipQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state=TipState.NEW)


class Tip(models.Model):
    """What a reader told us about a page: evidence, an error. Staff read it, the public never."""

    uid = models.UUIDField(
        default=uuid.uuid4,
        unique=True,
        editable=False,
        help_text=_(
            "Names the form that was sent; one sent twice bears it twice. Never published."
        ),
    )
    about = models.CharField(
        _("about"), max_length=TARGET_CHARACTERS, help_text=_("Code or page. Never published.")
    )
    kind = models.CharField(
        _("kind"), max_length=16, choices=TipKind, help_text=_("Never published.")
    )
    text = Prose(_("text"), help_text=_("As the reader wrote it. Never published."))
    url = models.URLField(_("link"), max_length=1000, blank=True, help_text=_("Never published."))
    contact = Address(
        _("reader's e-mail address"),
        blank=True,
        help_text=_("To ask back, for nothing else. Never published."),
    )
    language = models.CharField(
        _("language"), max_length=2, choices=settings.LANGUAGES, help_text=_("Never published.")
    )
    created_at = models.DateTimeField(
        _("created at"), default=timezone.now, editable=False, help_text=_("Never published.")
    )
    state = models.CharField(
        _("state of handling"),
        max_length=16,
        choices=TipState,
        default=TipState.NEW,
        db_index=True,
        help_text=_("Never published."),
    )
    note = Prose(_("note of staff"), blank=True, help_text=_("Never published."))
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("handled by"),
        help_text=_("Never published."),
    )
    handled_at = models.DateTimeField(
        _("handled at"), null=True, editable=False, help_text=_("Never published.")
    )

    objects = TipQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        default_permissions = ("view", "change", "delete")
        verbose_name = _("tip")
        verbose_name_plural = _("tips")
        constraints = [
            one_of("kind", TipKind),
            one_of("state", TipState),
            models.CheckConstraint(
                name="tip_handled_by_somebody",
                condition=Q(state=TipState.NEW, handled_by=None, handled_at=None)
                | ~Q(state=TipState.NEW) & Q(handled_by__isnull=False, handled_at__isnull=False),
                violation_error_message=_("A tip is handled by somebody, at a time."),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.about}"

    def handle(self, state, by):
        """Accepted, declined, or waiting again."""
        waits = state == TipState.NEW
        self.state = state
        self.handled_by = None if waits else by
        self.handled_at = None if waits else timezone.now()
