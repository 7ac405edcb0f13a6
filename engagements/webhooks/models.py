"""Webhooks: machines to be told of what becomes public; address, secret, how far, retries."""

import base64
import secrets
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from engagements.edition.models import Edition
from engagements.outgoing import ALLOWED_PORTS, Forbidden, split_url
from provinces.models import not_empty
from provinces.vietnamese import Line

PREFIX = "whsec_"
SECRET_BYTES = 32
# How long after each failure in a row it is tried again; after the last, always as long again.
RETRY_AFTER = [
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
]
GIVEN_UP_AFTER = timedelta(days=5)
GONE = 410  # the receiver's own word that it wants no more


def new_secret():
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def newest_sequence():
    """Who is new is told of what comes; what is there already is in the API and the dumps."""
    last = Edition.objects.last_act()
    return last["sequence"] if last else 0


def is_secure(address):
    """Encrypted; a developer's own machine may do without."""
    return address.startswith("https://") or settings.DEBUG


def receiver(address):
    """Raises ValidationError for an address to which nothing would be sent."""
    try:
        _scheme, _host, port, _path = split_url(address)
    except Forbidden:
        raise ValidationError(_("This is no web address to which something can be sent.")) from None
    if not is_secure(address):
        raise ValidationError(_("The address must begin with https://."))
    if port not in ALLOWED_PORTS:
        raise ValidationError(_("Nothing is sent to this port."))


class WebhookQuerySet(models.QuerySet):
    def due(self, at):
        """Those that may be told now, and that no other run is telling."""
        waiting = Q(next_try_at=None) | Q(next_try_at__lte=at)
        free = Q(taken_until=None) | Q(taken_until__lte=at)
        return self.filter(waiting, free, is_active=True)


class Webhook(models.Model):
    """An address that is told of every edition after its mark, in the order of their sequence."""

    name = Line(_("receiver"), max_length=120, help_text=_("Whose machine it is. Never published."))
    address = models.URLField(
        _("address"),
        max_length=500,
        validators=[receiver],
        help_text=_("Begins with https://, on a public machine. Never published."),
    )
    secret = models.CharField(
        max_length=80,
        default=new_secret,
        editable=False,
        help_text=_("Signs what is sent; shown once. Never published."),
    )
    is_active = models.BooleanField(
        _("active"),
        default=True,
        help_text=_("Switched on again, it goes on where it stopped. Never published."),
    )
    mark = models.BigIntegerField(
        _("told up to"),
        default=newest_sequence,
        editable=False,
        help_text=_("The last sequence that it took. Never published."),
    )
    upto = models.BigIntegerField(
        null=True,
        editable=False,
        help_text=_("Where the message ends that it did not take. Never published."),
    )
    failing_since = models.DateTimeField(
        _("failing since"),
        null=True,
        editable=False,
        help_text=_("The first of the failures in a row. Never published."),
    )
    attempts = models.PositiveIntegerField(
        _("failures in a row"), default=0, editable=False, help_text=_("Never published.")
    )
    next_try_at = models.DateTimeField(
        _("next try"), null=True, editable=False, help_text=_("Never published.")
    )
    taken_until = models.DateTimeField(
        null=True, editable=False, help_text=_("A run is telling it. Never published.")
    )
    last_answer = Line(
        _("last answer"),
        max_length=200,
        blank=True,
        editable=False,
        help_text=_("Never published."),
    )
    answered_at = models.DateTimeField(
        _("answered at"), null=True, editable=False, help_text=_("Never published.")
    )

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        constraints = [
            not_empty("name"),
            models.CheckConstraint(
                name="webhook_address_of_the_web",
                condition=Q(address__startswith="https://") | Q(address__startswith="http://"),
                violation_error_message=_("The address must begin with https://."),
            ),
            models.UniqueConstraint(
                name="webhook_address_once",
                fields=["address"],
                violation_error_message=_("This address is told already."),
            ),
            models.CheckConstraint(
                name="webhook_secret_has_its_form",
                condition=Q(secret__startswith=PREFIX),
                violation_error_message=_("This is no secret of a webhook."),
            ),
            models.CheckConstraint(
                name="webhook_failures_are_counted",
                condition=Q(failing_since=None, attempts=0, next_try_at=None)
                | Q(failing_since__isnull=False, attempts__gt=0),
                violation_error_message=_("Failures have a number and a first day."),
            ),
        ]

    def __str__(self):
        return self.name

    def took(self, mark, answer, at):
        """The receiver has everything up to the new mark."""
        self.mark, self.upto = mark, None
        self.start_anew()
        self.last_answer, self.answered_at = answer, at

    def failed(self, upto, answer, at, status=None):
        """To be tried again, the same message, after a while; after days of it no more."""
        self.upto = upto
        self.attempts += 1
        self.failing_since = self.failing_since or at
        self.next_try_at = at + RETRY_AFTER[min(self.attempts, len(RETRY_AFTER)) - 1]
        self.last_answer, self.answered_at = answer, at
        if status == GONE or at - self.failing_since >= GIVEN_UP_AFTER:
            self.is_active, self.next_try_at = False, None

    def start_anew(self):
        """Nothing is held against it: it is due at once."""
        self.attempts, self.failing_since, self.next_try_at = 0, None, None

    @property
    def is_given_up(self):
        """Switched off by its failures, not by a person."""
        return not self.is_active and self.failing_since is not None
