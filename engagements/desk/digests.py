"""Weekly digest by e-mail to each of the staff: their own numbers, and the first items of each."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth import get_permission_codename, get_user_model
from django.core.cache import cache
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from engagements import roles
from engagements.mail import MailRun, absolute, one_line, plain_email
from engagements.models import Digest, Indicator
from engagements.models.followups import FOLLOW_UP_MODELS
from engagements.needs import CONCERNED, QUESTIONS, count_needs, of_whom

ITEMS_SHOWN = 5  # of each question
TITLE_CHARACTERS = 140
TAKEN_FOR = 60 * 60  # seconds after which a digest that was begun and not sent is begun again


def monday_of(day):
    return day - timedelta(days=day.weekday())


def staff_to_write_to():
    """Accounts in use with an address, but for those whose desk wants no digest."""
    users = get_user_model().objects.filter(is_active=True, is_staff=True).exclude(email="")
    return users.exclude(officer__is_written_to=False).order_by("pk")


# -- what a digest says


@dataclass
class Item:
    """One row of the register, in one line, with the way to its form."""

    text: str
    day: str
    url: str


@dataclass
class Part:
    """One question: how many rows concern the person, and the first of them."""

    label: str
    who: str  # in which way it concerns them, as the first page says it
    number: int
    items: list
    lists: list  # (how many of what, address of the list)


def may_view(user, model):
    return any(
        user.has_perm(f"{model._meta.app_label}.{get_permission_codename(verb, model._meta)}")
        for verb in ("view", "change")
    )


def parts_for(user, on):
    """What concerns the account on that day; a question without rows is not spoken of."""
    found = []
    for question in QUESTIONS:
        models = [model for model in question.models if may_view(user, model)]
        whose = question.for_whom(user)
        told = count_needs(question, user, models, on).concerned.get(whose, {})
        told = {model: number for model, number in told.items() if number}
        if told:
            items = [
                item
                for model in told
                for item in _first(of_whom(question.rows(model.objects.all(), on), whose, user))
            ]
            lists = [
                (
                    f"{number} {model._meta.verbose_name_plural}",
                    absolute(_list(model, question.name, whose)),
                )
                for model, number in told.items()
            ]
            number = sum(told.values())
            who = str(CONCERNED[whose])
            found.append(Part(str(question.label), who, number, items[:ITEMS_SHOWN], lists))
    return [*found, *_proposed_indicators(user)]


def _proposed_indicators(user):
    """[Part] of what waits to be accepted by who keeps the reference data, less their own."""
    if not roles.keeps_the_lists(user, Indicator):
        return []
    waiting = Indicator.objects.proposed().exclude(proposed_by=user)
    number = waiting.count()
    if not number:
        return []
    items = [
        Item(one_line(indicator.name, TITLE_CHARACTERS), "", absolute(_accept_page(indicator)))
        for indicator in waiting.order_by("proposed_at", "pk")[:ITEMS_SHOWN]
    ]
    address = f"{reverse('admin:engagements_indicator_changelist')}?state=proposed"
    lists = [(f"{number} {Indicator._meta.verbose_name_plural}", absolute(address))]
    return [Part(_("Proposed indicators"), "", number, items, lists)]


def _accept_page(indicator):
    return reverse("admin:engagements_indicator_accept", args=[indicator.pk])


def _first(rows):
    """The first rows of one table: those that are due first, else those left alone longest."""
    if rows.model in FOLLOW_UP_MODELS:
        rows = rows.with_deadline_in_force().order_by(F("due_today").asc(nulls_last=True), "pk")
    else:
        rows = rows.order_by("updated_at", "pk")
    for one in rows[:ITEMS_SHOWN]:
        days = (getattr(one, name, None) for name in ("due_today", "happened_on", "day"))
        day = next(filter(None, days), None)
        url = reverse(f"admin:engagements_{one._meta.model_name}_change", args=[one.pk])
        yield Item(one_line(one, TITLE_CHARACTERS), f"{day:%d/%m/%Y}" if day else "", absolute(url))


def _list(model, needs, whose):
    address = reverse(f"admin:engagements_{model._meta.model_name}_changelist")
    return f"{address}?{urlencode({'needs': needs, 'whose': whose})}"


def email_to(user, parts, on):
    """The e-mail; its headers hold nothing that anybody typed."""
    desk = roles.desk_of(user)
    context = {
        "name": one_line(user.get_full_name() or user.get_username(), TITLE_CHARACTERS),
        "desk": one_line(desk, TITLE_CHARACTERS) if desk else "",
        "day": f"{on:%d/%m/%Y}",
        "parts": parts,
        "url": absolute(reverse("admin:index")),
    }
    subject = _("Sát Cánh: what needs you this week (%(day)s)") % {"day": context["day"]}
    return plain_email(user.email, subject, "staff_digest", context)


# -- sending it once


def take(user, week):
    """This week's digest of the account, for who is to send it; None if that is not us.

    One that was begun and never sent is taken again after an hour: the run that began it may
    still be at it. Where two take the lease at the very same moment, the new row has one maker.
    """
    left_over = Digest.objects.filter(user=user, week=week, sent_at=None).exists()
    if not cache.add(_lease(user, week), 1, TAKEN_FOR):
        return None
    row, is_new = Digest.objects.get_or_create(user=user, week=week)
    return row if row.sent_at is None and (is_new or left_over) else None


def _lease(user, week):
    return f"digest-{user.pk}-{week:%Y%m%d}"


class DigestRun(MailRun):
    """Tells each of the staff what needs them this week."""

    def __init__(self, on=None, **kwargs):
        super().__init__(**kwargs)
        self.on = on or timezone.localdate()

    def recipients(self):
        return staff_to_write_to()

    def serve(self, recipient, place):
        week = monday_of(self.on)
        if Digest.objects.filter(user=recipient, week=week).exclude(sent_at=None).exists():
            self.count.before += 1
            return
        with translation.override("vi"):
            parts = parts_for(recipient, self.on)
            if not parts:
                self.count.quiet += 1
                return
            news = f"{sum(part.number for part in parts)} things"
            if self.dry_run:
                self.would_send(place, news)
                return
            row = take(recipient, week)
            if row is None:
                self.count.before += 1
            elif self.send(email_to(recipient, parts, self.on), place, news):
                row.sent_at = timezone.now()
                row.save(update_fields=["sent_at"])
            else:  # it surely did not leave: the next run tries again
                cache.delete(_lease(recipient, week))
