"""E-mail alerts for those who follow a page: confirmation, digest of what is new, the daily run."""

import logging
from contextlib import nullcontext
from dataclasses import dataclass
from smtplib import SMTPRecipientsRefused

from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.signing import TimestampSigner
from django.db import connection, transaction
from django.db.models import Max
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engagements.edition.models import Edition

from .models import Subscription
from .news import absolute, news_of
from .targets import Target

log = logging.getLogger("engagements.alerts")
signer = TimestampSigner(salt="engagements.readers.follow")
SUBJECT_CHARACTERS = 120
IN_A_ROW = 5  # failures after which the mail server itself is thought to be away


def last_sequence():
    """The register's last act; what a new subscription is told begins after it."""
    return Edition.objects.aggregate(last=Max("sequence"))["last"] or 0


@dataclass
class Section:
    """One followed page in a digest."""

    subscription: Subscription
    title: str
    url: str
    stop_url: str
    news: list
    has_more: bool


def sections_of(subscriptions, upto):
    """What there is to tell of these subscriptions, in the language of the moment."""
    sections = []
    for subscription in subscriptions:
        try:
            target = Target(subscription.target)
            title = target.title()
        except ValidationError:  # withdrawn or renamed since: its page says so
            continue
        news, has_more = news_of(target, subscription.mark, upto)
        if news:
            url, stop_url = absolute(target.href()), absolute(subscription.stop_path())
            sections.append(Section(subscription, title, url, stop_url, news, has_more))
    return sections


# -- mails


def one_line(text):
    text = " ".join(text.split())
    short = text[: SUBJECT_CHARACTERS - 1]
    return text if len(text) <= SUBJECT_CHARACTERS else f"{short}…"


def mail(subscription, subject, template, context, headers=None):
    """A plain mail to who follows; headers hold no line break, whatever the register holds."""
    body = render_to_string(f"engagements/{template}.txt", context)
    return EmailMessage(
        subject=one_line(subject),
        body=body.strip() + "\n",
        to=[subscription.email],
        headers={
            "Auto-Submitted": "auto-generated",
            "Content-Language": translation.get_language(),
            **(headers or {}),
        },
    )


def digest(sections):
    """One mail for one address: every section, and one click that ends them all."""
    first = sections[0].subscription
    stop_all = absolute(first.stop_all_path() if len(sections) > 1 else first.stop_path())
    number = sum(len(section.news) for section in sections)
    if len(sections) == 1:
        subject = _("Sát Cánh: news of %(page)s") % {"page": sections[0].title}
    else:
        subject = ngettext(
            "Sát Cánh: %(number)d piece of news", "Sát Cánh: %(number)d pieces of news", number
        ) % {"number": number}
    headers = {
        "List-Unsubscribe": f"<{stop_all}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    context = {"sections": sections, "stop_all": stop_all, "is_one": len(sections) == 1}
    return mail(first, subject, "subscription_digest", context, headers)


def confirmation_mail(subscription, target):
    """The mail to somebody who asked: the link that confirms, or a word that it is so already."""
    confirm = reverse("follow-confirm", args=[signer.sign(subscription.token)])
    stop = absolute(subscription.stop_path())
    context = {
        "page": target.title(),
        "url": absolute(target.href()),
        "confirm": absolute(confirm),
        "stop": stop,
        "site": absolute(reverse("home")),
    }
    if subscription.confirmed_at:
        subject = _("Sát Cánh: you follow this page already")
        headers = {
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
        return mail(subscription, subject, "subscription_already", context, headers)
    subject = _("Sát Cánh: please confirm that you want to follow a page")
    return mail(subscription, subject, "subscription_confirm", context)


# -- sending


@dataclass
class Count:
    """What a run did; addresses are never said."""

    sent: int = 0
    quiet: int = 0
    failed: int = 0


class ServerAway(Exception):
    """The mail server took nothing several times in a row."""


class Sender:
    """Sends what is due, one address after the other; stopped and started again, it goes on."""

    def __init__(self, dry_run=False, tell=None):
        self.dry_run = dry_run
        self.tell = tell or (lambda line: None)
        self.upto = last_sequence()
        self.count = Count()
        self.mails = None
        self.in_a_row = 0

    def run(self):
        followers = Subscription.objects.confirmed().order_by("email", "language")
        followers = list(followers.values_list("email", "language").distinct())
        self.mails = get_connection()
        try:
            for place, (email, language) in enumerate(followers, start=1):
                with translation.override(language):
                    self.serve(email, language, f"{place}/{len(followers)}")
        finally:
            self._hang_up()
        return self.count

    def serve(self, email, language, place):
        """One address in one language; a failure is counted and said without the address."""
        # Where rows can be locked, a second run passes over an address that this one is serving.
        locks = connection.features.has_select_for_update
        with transaction.atomic() if locks and not self.dry_run else nullcontext():
            mine = Subscription.objects.confirmed().filter(email=email, language=language)
            if locks and not self.dry_run:
                mine = mine.select_for_update(skip_locked=True)
            sections = sections_of(mine.order_by("pk"), self.upto)
            if not sections:
                self.count.quiet += 1
                return
            number = sum(len(section.news) for section in sections)
            if self.dry_run:
                self.count.sent += 1
                self.tell(f"{place}: would tell {number} news of {len(sections)} pages")
                return
            if self._accepted(digest(sections), place):
                self._move_marks(sections)
                self.tell(f"{place}: told {number} news of {len(sections)} pages")

    def _accepted(self, message, place):
        message.connection = self.mails
        try:
            self.mails.open()  # once for the whole run
            accepted = message.send() == 1
            error = "" if accepted else "not accepted"
        except Exception as raised:  # whatever one mail does, the next is tried
            accepted, error = False, type(raised).__name__
            server_spoke = isinstance(raised, SMTPRecipientsRefused)
            self.in_a_row = 0 if server_spoke else self.in_a_row + 1
            self._hang_up()
        if accepted:
            self.count.sent += 1
            self.in_a_row = 0
            return True
        self.count.failed += 1
        self.tell(f"{place}: failed ({error})")
        if self.in_a_row >= IN_A_ROW:
            raise ServerAway
        return False

    def _hang_up(self):
        try:
            self.mails.close()
        except Exception as raised:
            log.warning("The mail server did not part in order: %s", type(raised).__name__)

    def _move_marks(self, sections):
        keys = [section.subscription.pk for section in sections]
        with transaction.atomic():
            for row in Subscription.objects.select_for_update().filter(pk__in=keys):
                row.mark = self.upto
                row.save(update_fields=["mark"])
