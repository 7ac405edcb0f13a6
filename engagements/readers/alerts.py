"""News for those who follow: what is new since the last mail, and the mails themselves."""

import logging
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.signing import TimestampSigner
from django.db import connection, transaction
from django.db.models import Max
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engagements.edition.entries import headline_of
from engagements.edition.models import Edition
from engagements.words import Answer, FollowUpStatus

from .models import Subscription
from .targets import Target

log = logging.getLogger("engagements.alerts")
signer = TimestampSigner(salt="engagements.readers.follow")
SHOWN = 50  # news of one page in one mail; the page has the rest
SUBJECT_CHARACTERS = 120
IN_A_ROW = 5  # failures after which the mail server itself is thought to be away
READ_AT_ONCE = 200


def last_sequence():
    """The register's last act; what a new subscription is told begins after it."""
    return Edition.objects.aggregate(last=Max("sequence"))["last"] or 0


def absolute(path):
    return settings.SITE_URL.rstrip("/") + path


# -- what is new


@dataclass
class News:
    """One record of which there is something to tell."""

    edition: Edition
    said: list[str] = field(default_factory=list)

    @property
    def title(self):
        return f"{self.edition.get_kind_display()}: {headline_of(self.edition)}"

    @property
    def url(self):
        """Its page; a figure of no session stands on its province's."""
        path = self.edition.data["path"]
        if not path:
            return absolute(self.edition.province.get_absolute_url())
        return absolute(reverse("home").rstrip("/") + path)


def what_changed(edition, was):
    """What to say of an edition beside the one that was read before; nothing if nothing is new.

    A re-issue that only follows a changed name or link has the number it had, and is no news.
    """
    if was is None or was.is_tombstone:
        return [_("Newly published.")]
    said = []
    known = {one["code"] for one in was.data.get("updates", ())}
    fresh = [one for one in edition.data.get("updates", ()) if one["code"] not in known]
    for one in fresh:
        day = date_format(date.fromisoformat(one["happened_on"]))
        status = FollowUpStatus(one["status"]).label
        text = " ".join(one["text"].split())
        said.append(
            _("Update of %(day)s: %(status)s. %(text)s")
            % {"day": day, "status": status, "text": text}
        )
    if edition.number != was.number:
        said.append(_("Corrected: edition no. %(number)d.") % {"number": edition.number})
    if edition.status != was.status and not fresh:
        said.append(_("Status: %(status)s.") % {"status": edition.get_status_display()})
    if edition.answer != was.answer:
        answer = Answer(edition.answer).label if edition.answer else ""
        said.append(_("Answer: %(answer)s.") % {"answer": answer})
    if edition.due_on != was.due_on and edition.due_on:
        said.append(_("Due day: %(day)s.") % {"day": date_format(edition.due_on)})
    return said


def read_before(editions, mark):
    """What could be read of the same records at the mark, by kind and record."""
    records = {edition.record for edition in editions}
    kinds = {edition.kind for edition in editions}
    earlier = Edition.objects.filter(kind__in=kinds, record__in=records, sequence__lte=mark)
    rows = earlier.order_by("sequence").defer("search", "refs")
    return {(one.kind, one.record): one for one in rows}


def news_of(target, mark, upto):
    """(news, whether there is more) at one address since the mark, in the order of publication."""
    rows = target.editions.filter(sequence__lte=upto).order_by("sequence").defer("search")
    found, read = [], mark
    while part := list(rows.filter(sequence__gt=read)[:READ_AT_ONCE]):
        read = part[-1].sequence
        before = read_before(part, mark)
        for edition in part:
            said = what_changed(edition, before.get((edition.kind, edition.record)))
            if said:
                found.append(News(edition, said))
        if len(found) > SHOWN:
            break
    told = {one.edition.code for one in found}
    # An update is told with its item, where both are on the page.
    found = [one for one in found if one.edition.data.get("follow_up", {}).get("code") not in told]
    return found[:SHOWN], len(found) > SHOWN


@dataclass
class Section:
    """One followed page in a digest."""

    subscription: Subscription
    title: str
    url: str
    stop_url: str
    news: list
    has_more: bool


def sections(subscriptions, upto):
    """What there is to tell of these subscriptions, in the language of the moment."""
    found = []
    for one in subscriptions:
        try:
            target = Target(one.target)
            title = target.title()
        except ValidationError:  # withdrawn or renamed since: its page says so
            continue
        news, has_more = news_of(target, one.mark, upto)
        if news:
            url, stop_url = absolute(target.href()), absolute(one.stop_path())
            found.append(Section(one, title, url, stop_url, news, has_more))
    return found


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


def digest(found):
    """One mail for one address: every section, and one click that ends them all."""
    first = found[0].subscription
    stop_all = absolute(first.stop_all_path() if len(found) > 1 else first.stop_path())
    number = sum(len(one.news) for one in found)
    if len(found) == 1:
        subject = _("Sát Cánh: news of %(page)s") % {"page": found[0].title}
    else:
        subject = ngettext(
            "Sát Cánh: %(number)d piece of news", "Sát Cánh: %(number)d pieces of news", number
        ) % {"number": number}
    headers = {
        "List-Unsubscribe": f"<{stop_all}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    context = {"sections": found, "stop_all": stop_all, "is_one": len(found) == 1}
    return mail(first, subject, "subscription_digest", context, headers)


def answer_to(subscription, target):
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
            found = sections(mine.order_by("pk"), self.upto)
            if not found:
                self.count.quiet += 1
                return
            number = sum(len(one.news) for one in found)
            if self.dry_run:
                self.count.sent += 1
                self.tell(f"{place}: would tell {number} news of {len(found)} pages")
                return
            if self._accepted(digest(found), place):
                self._move_marks(found)
                self.tell(f"{place}: told {number} news of {len(found)} pages")

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

    def _move_marks(self, found):
        keys = [one.subscription.pk for one in found]
        with transaction.atomic():
            for row in Subscription.objects.select_for_update().filter(pk__in=keys):
                row.mark = self.upto
                row.save(update_fields=["mark"])
