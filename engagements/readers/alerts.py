"""E-mail alerts for those who follow a page: confirmation, digest of what is new, the daily run."""

from contextlib import nullcontext
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.signing import TimestampSigner
from django.db import connection, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engagements.edition.models import Edition
from engagements.mail import MailRun, absolute, plain_email

from .models import Subscription
from .news import news_of
from .targets import Target

signer = TimestampSigner(salt="engagements.readers.follow")


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


# -- e-mails


def digest(sections):
    """One e-mail for one address: every section, and one click that ends them all."""
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
    return plain_email(first.email, subject, "subscription_digest", context, headers)


def confirmation_email(subscription, target):
    """The e-mail to somebody who asked: a link that confirms, or a word that it is so already."""
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
        return plain_email(subscription.email, subject, "subscription_already", context, headers)
    subject = _("Sát Cánh: please confirm that you want to follow a page")
    return plain_email(subscription.email, subject, "subscription_confirm", context)


# -- the daily run


class AlertRun(MailRun):
    """Tells everybody who follows a page what is new, one e-mail an address and language."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.upto = last_sequence()

    def recipients(self):
        followers = Subscription.objects.confirmed().order_by("email", "language")
        return followers.values_list("email", "language").distinct()

    def serve(self, recipient, place):
        email, language = recipient
        # Where rows can be locked, a second run passes over an address that this one is serving.
        locks = connection.features.has_select_for_update and not self.dry_run
        with translation.override(language), transaction.atomic() if locks else nullcontext():
            mine = Subscription.objects.confirmed().filter(email=email, language=language)
            if locks:
                mine = mine.select_for_update(skip_locked=True)
            sections = sections_of(mine.order_by("pk"), self.upto)
            if not sections:
                self.count.quiet += 1
                return
            number = sum(len(section.news) for section in sections)
            news = f"{number} news of {len(sections)} pages"
            if self.dry_run:
                self.would_send(place, news)
            elif self.send(digest(sections), place, news):
                self._move_marks(sections)

    def _move_marks(self, sections):
        keys = [section.subscription.pk for section in sections]
        with transaction.atomic():
            for row in Subscription.objects.select_for_update().filter(pk__in=keys):
                row.mark = self.upto
                row.save(update_fields=["mark"])
