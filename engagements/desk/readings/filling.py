"""Filling of the session's form with what was accepted, and what follows from saving it.

The form of a new session, or of one that the register has, opens unsaved, as if the person had
typed all of it; whoever saves it is the author. The source is made in the same transaction as the
rows: a form that is refused leaves none behind.
"""

import re
import uuid
from datetime import date
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponseRedirect, QueryDict
from django.utils.formats import date_format, localize_input
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engagements import roles
from engagements.desk.boxes import is_key
from engagements.desk.figures import PROPOSE
from engagements.desk.pages import page_of
from engagements.desk.rows import rows_name
from engagements.desk.sessions.filling import (
    officials_named,
    people_called,
    plain_name,
    rows_sent,
)
from engagements.desk.sessions.surroundings import Bodies
from engagements.desk.site import HELD
from engagements.lookups import Indicators
from engagements.models import Meeting, Reading, Source, Verdict
from engagements.reading.duplicates import shared, words_of
from engagements.words import ProposalKind
from provinces.models import Organization, Province
from provinces.vietnamese import fold

from .board import Board
from .deciding import lacks

ASKED = "reading"  # in the address of the form
OWN_WORDS = 0.8  # a title that shares more words with the quotation is the source's
PREFIXES = {
    ProposalKind.ATTENDANCE: "attendances",
    ProposalKind.REQUEST: "provincerequests",
    ProposalKind.COMMITMENT: "commitments",
    ProposalKind.RECOMMENDATION: "recommendations",
    ProposalKind.REMARK: "remarks",
    ProposalKind.FIGURE: "figures",
}
KINDS = {prefix: kind for kind, prefix in PREFIXES.items()}
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def may_read(user):
    """Who may enter a session and its source."""
    return roles.may_add(user, Meeting) and roles.may_add(user, Source)


def reading_asked(request, session=None):
    """The Reading that the address of a session's form names; None if it names none.

    Nor after it was saved as that very session (its key), whose address may still name it.
    """
    key = request.GET.get(ASKED)
    if key is None:
        return None
    if not may_read(request.user):
        raise PermissionDenied
    rows = Reading.objects.kept().filter(verdict=Verdict.SESSION)
    reading = rows.filter(pk=key).first() if is_key(Reading._meta.pk, key) else None
    if reading is not None and reading.meeting_id is None:
        return reading
    if reading is None or str(reading.meeting_id) != session:
        raise Http404
    return None


def is_to_be_filled(request):
    """Whether the form is opened from a reading, and not given back after a login."""
    held = request.session.get(HELD)
    if request.method != "GET" or request.FILES:  # read now, they and POST are not read anew
        return False
    return not (held and held["path"] == request.get_full_path())


# -- the form as if it had been typed


class SessionFields:
    """Fields of a session's form, by name, with the accepted proposals of a reading."""

    def __init__(self, reading, meeting=None):
        self.reading, self.meeting = reading, meeting
        self.cards = [
            card
            for card in Board(reading).cards
            if card.proposal.is_taken and not card.is_saved and not lacks(card.proposal)
        ]
        if meeting is not None:
            self._leave_out_known_people()
        self.units = {unit.slug: unit for unit in Province.objects.filter(slug__in=self._slugs())}
        self.post = QueryDict(mutable=True)
        self.begins = dict.fromkeys(KINDS, 0)  # rows that stand there already, by prefix

    def _leave_out_known_people(self):
        seats = self.meeting.attendances.select_related("official")
        known = {fold(seat.official.full_name) for seat in seats}
        self.cards = [
            card
            for card in self.cards
            if card.kind != ProposalKind.ATTENDANCE or plain_name(card.payload["name"]) not in known
        ]

    def _slugs(self):
        named = [card.payload.get(name) for card in self.cards for name in ("slug", "province")]
        return {slug for slug in named if slug}

    def of(self, kind):
        return [card for card in self.cards if card.kind == kind]

    def of_new(self, screen, request):
        """The QueryDict that the form of a new session sends."""
        for inline in screen.get_inline_instances(request, None):
            prefix = rows_name(Meeting, inline.model, inline.fk_name)
            for name in ("TOTAL", "INITIAL", "MIN_NUM"):
                self.post[f"{prefix}-{name}_FORMS"] = "0"
            self.post[f"{prefix}-MAX_NUM_FORMS"] = str(inline.max_num)
        self._fill_session()
        return self._with_rows()

    def of_known(self, forms_shown):
        """The same of a session whose form was shown: its own values, and the rows after them."""
        for form in forms_shown:
            for field in form:
                self.post.setlist(field.html_name, values_sent(field))
        for prefix in KINDS:
            total = self.post.get(f"{prefix}-TOTAL_FORMS", "")
            self.begins[prefix] = int(total) if total.isdecimal() else 0
        return self._with_rows()

    def _with_rows(self):
        self.bodies = Bodies(self.post.get("ministry", ""), self.post.getlist("provinces"))
        self.indicators = Indicators()
        self.named = officials_named(
            card.payload.get(name) for card in self.cards for name in ("name", "said_by")
        )
        for kind, prefix in PREFIXES.items():
            if f"{prefix}-TOTAL_FORMS" not in self.post:  # rows that this person may not add
                continue
            cards = self.of(kind)
            for number, card in enumerate(cards, start=self.begins[prefix]):
                self._fill_row(f"{prefix}-{number}-", card)
            self.post[f"{prefix}-TOTAL_FORMS"] = str(self.begins[prefix] + len(cards))
        return self.post

    def _fill_session(self):
        post, fields = self.post, {}
        for name in ("state_of_it", "format", "on_behalf_of"):
            post[name] = Meeting._meta.get_field(name).get_default()
        post["uid"] = str(uuid.uuid5(uuid.NAMESPACE_URL, f"reading:{self.reading.pk}"))
        if self.reading.source_id:
            post["source"] = str(self.reading.source_id)
        for card in self.of(ProposalKind.MEETING):
            fields.setdefault(card.payload["field"], []).append(card)
        ministry = None
        for card in fields.get("ministry", ())[:1]:
            ministry = Organization.objects.filter(slug=card.payload["slug"]).first()
            post["ministry"] = str(ministry.pk) if ministry else ""
            post["on_behalf_of"] = card.payload.get("on_behalf_of") or post["on_behalf_of"]
        units = [self.units.get(card.payload["slug"]) for card in fields.get("province", ())]
        units = [unit for unit in units if unit is not None]
        post.setlist("provinces", [str(unit.pk) for unit in units])
        for card in fields.get("held_on", ())[:1]:
            day = card.payload["held_on"]
            post["held_on"] = date_format(date.fromisoformat(day), "SHORT_DATE_FORMAT")
            post["paragraph"], post["quote"] = str(card.proposal.paragraph), card.quote
            if card.payload.get("is_inferred"):
                post["is_inferred"], post["inference"] = "on", capfirst(card.why)
        for card in fields.get("place", ())[:1]:
            post["place"] = card.payload["place"]
        if ministry and units:
            given = {
                "ministry": ministry.short_name or ministry.name,
                "provinces": ", ".join(unit.name for unit in units),
            }
            post["title"] = _("Session of %(ministry)s with %(provinces)s") % given

    def _fill_row(self, start, card):
        values = {"paragraph": card.proposal.paragraph, "quote": card.quote}
        if self.reading.source_id:
            values["source"] = self.reading.source_id
        if unit := self.units.get(card.payload.get("province")):
            values["province"] = unit.pk
        fill = {
            ProposalKind.ATTENDANCE: self._person,
            ProposalKind.REMARK: self._remark,
            ProposalKind.FIGURE: self._figure,
        }.get(card.kind, self._item)
        for name, value in (values | fill(card)).items():
            if value not in ("", None, False):
                self.post[f"{start}{name}"] = "on" if value is True else str(value)

    def _person(self, card):
        payload = card.payload
        namesakes = people_called(payload["name"], self.named)
        values = {name: payload.get(name) for name in ("name", "title", "side", "role")}
        values["is_new"] = not namesakes
        if slug := payload.get("organization"):
            body = Organization.objects.not_merged().filter(slug=slug).first()
            values["organization"] = body and body.pk
        return values

    def _item(self, card):
        payload = card.payload
        names = ("due_text", "is_ongoing", "strength", "made_by", "is_assigned")
        values = {name: payload.get(name) for name in names}
        values["title"] = (card.title or card.quote)[:200]
        namesakes = people_called(payload.get("said_by") or "", self.named)
        if len(namesakes) == 1:
            values["raised_by"] = namesakes[0].pk
        else:
            values["raised_by_text"] = payload.get("said_by")
        values["lead"] = self._body(payload.get("lead_text"))
        if card.kind != ProposalKind.REQUEST:
            values["answers_lines"] = ", ".join(map(str, self._answered(payload)))
        return values

    def _body(self, name):
        try:
            return self.bodies.named(name) if name else ""
        except ValidationError:  # several bodies are called so: a person chooses
            return ""

    def _answered(self, payload):
        """Numbers on the form of the requests that the text itself ties to it."""
        numbers = set()
        for answer in payload.get("answers") or ():
            first = self.begins["provincerequests"] + 1
            for number, asked in enumerate(self.of(ProposalKind.REQUEST), start=first):
                is_there = asked.proposal.paragraph == answer["paragraph"]
                is_own = asked.payload.get("province") == payload.get("province")
                touches = asked.start < answer["end"] and answer["start"] < asked.end
                if is_there and touches and is_own and not answer["is_inferred"]:
                    numbers.add(number)
        return sorted(numbers)

    def _remark(self, card):
        payload = card.payload
        return {"type": payload["kind"], "text": payload.get("title") or card.quote}

    def _figure(self, card):
        payload = card.payload
        indicator = self.indicators.named(payload.get("indicator") or "")
        years = YEAR.findall(payload.get("period") or "")
        values = {name: payload.get(name) for name in ("qualifier", "unit", "period", "is_target")}
        values["value"] = localize_input(Decimal(payload["value"]).normalize() + 0)
        values["indicator"] = indicator and indicator.pk
        if indicator is None and (name := payload.get("new_indicator")):
            values |= {"indicator_name": name, "meant": f"{PROPOSE}{name}"}
        if years:
            values |= {"period_from": years[0], "period_to": years[-1]}
        return values


def values_sent(field):
    """What a browser sends of a box that nobody touched."""
    widget, value = getattr(field.field.widget, "widget", field.field.widget), field.value()
    if isinstance(widget, forms.CheckboxInput):
        return ["on"] if value else []
    value = widget.format_value(value)
    values = value if isinstance(value, list | tuple) else [value]
    return ["" if one is None else str(one) for one in values]


def open_filled(screen, request, reading, meeting=None):
    """Makes of the opened form one that was sent with the accepted proposals, and not saved."""
    fields = SessionFields(reading, meeting)
    if meeting is None:
        post = fields.of_new(screen, request)
    else:
        context = screen._form_view(request, str(meeting.pk), "", None).context_data
        shown = [context["adminform"].form]
        for rows in context["inline_admin_formsets"]:
            shown += [rows.formset.management_form, *rows.formset.forms]
        post = fields.of_known(shown)
    request.method, request.POST, request.is_shown_again = "POST", post, True
    number = len([card for card in fields.cards if card.kind in PREFIXES])
    text = ngettext(
        "%(n)d accepted proposal stands in the form; nothing is saved yet: look, correct, save.",
        "%(n)d accepted proposals stand in the form; nothing is saved yet: look, correct, save.",
        number,
    )
    screen.message_user(request, text % {"n": number}, messages.WARNING)
    warn_of_titles(screen, request, request.POST)


def warn_of_titles(screen, request, post):
    """Says which titles are still the source's words."""
    borrowed = []
    for prefix in ("provincerequests", "commitments", "recommendations"):
        for name, title in post.items():
            if name.startswith(f"{prefix}-") and name.endswith("-title"):
                quote = post.get(f"{name.removesuffix('title')}quote", "")
                if shared(words_of(title), words_of(quote)) >= OWN_WORDS:
                    borrowed.append(title)
    if borrowed:
        text = ngettext(
            "%(n)d title is still in the source's words: titles are written in the register's own.",
            "%(n)d titles are still in the source's words: titles are written in the register's"
            " own.",
            len(borrowed),
        )
        screen.message_user(request, text % {"n": len(borrowed)}, messages.WARNING)


# -- saving


class WithItsSource:
    """A transaction in which the source of a reading is there; it goes if the form is refused."""

    def __init__(self, screen, request, reading, *, is_new):
        self.screen, self.request, self.reading = screen, request, reading
        self.is_new, self.made = is_new, None

    def answer(self, view):
        """The answer of the form's view."""
        with transaction.atomic():
            if (saved := self._saved_meanwhile()) is not None:
                return saved
            self._give_source()
            response = view()
            is_saved = response.status_code == 302
            if not is_saved:
                transaction.set_rollback(True)
        if not is_saved and self.made is not None:
            self._forget(response)
        return response

    def _saved_meanwhile(self):
        """Where somebody has saved the reading since the form was opened: the way to that session.

        Whoever saves holds the reading, so of two at once the second one waits and is told.
        """
        reading = Reading.objects.select_for_update().get(pk=self.reading.pk)
        if reading.meeting_id is None:
            return None
        text = _("Somebody saved this document as a session meanwhile; yours was not saved.")
        self.screen.message_user(self.request, text, messages.WARNING)
        return HttpResponseRedirect(page_of(reading.meeting))

    def _give_source(self):
        """To the form, where it names none; of a known session to the new rows alone."""
        has_own = bool(self.request.POST.get("source"))
        if has_own and self.is_new:
            return
        source = self.reading.source or self._make()
        if source is None:
            return
        post = self.request.POST = self.request.POST.copy()
        if not has_own:
            post["source"] = str(source.pk)
        for prefix in KINDS:
            for row in rows_sent(post, prefix):
                row.fill("source", source.pk)

    def _make(self):
        about = {name: value for name, value in self.reading.about.items() if value}
        source = Source(
            **about | {"title": (about.get("title") or str(self.reading))[:300]},
            text=self.reading.text,
            sha256=self.reading.sha256,
        )
        source.created_by = source.updated_by = source._history_user = self.request.user
        try:
            source.full_clean()
        except ValidationError as wrong:
            text = _("The source cannot be saved as it is: %(why)s")
            given = {"why": " ".join(wrong.messages)}
            self.screen.message_user(self.request, text % given, messages.ERROR)
            return None
        source.save()
        desk = self.screen.admin_site.get_model_admin(Source)
        desk.log_addition(self.request, source, _("Entered from a reading."))
        self.made = self.reading.source = source
        return source

    def _forget(self, response):
        """Empties the boxes that hold the key of a source which is not there any more.

        Rows of fast entry are added to a copy of what was sent: the form's parts hold their own.
        """
        self.reading.source = None
        context = response.context_data or {}
        sent = [self.request.POST]
        sent += [rows.formset.data for rows in context.get("inline_admin_formsets", ())]
        for post in sent:
            for name, value in list(post.items()):
                if name.endswith("source") and value == str(self.made.pk):
                    post[name] = ""


def link(reading, meeting, formsets):
    """After a session was saved: the reading knows it, each proposal the record it became."""
    reading.meeting, reading.source = meeting, reading.source or meeting.source
    reading.save(update_fields=["meeting", "source"])
    saved = {}
    for rows in formsets:
        kind = KINDS.get(rows.prefix)
        for row in (*rows.new_objects, *(one for one, _names in rows.changed_objects)):
            province = getattr(row, "province", None)
            key = (kind, row.paragraph, row.quote, province.slug if province else "")
            saved.setdefault(key, []).append(row)
    for card in Board(reading).cards:
        proposal = card.proposal
        if not card.proposal.is_taken or card.is_saved:
            continue
        if card.kind == ProposalKind.MEETING:
            record = meeting
        else:
            province = card.payload.get("province") or ""
            rows = saved.get((card.kind, proposal.paragraph, card.quote, province))
            if not rows:
                continue
            record = rows.pop(0)
        proposal.record_kind, proposal.record_key = record._meta.model_name, record.pk
        proposal.save(update_fields=["record_kind", "record_key"])
