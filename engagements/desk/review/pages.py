"""Review: what publication would change for the public, with its proof beside; and the page itself.

The difference is between the edition that the public reads and the register: field by field, in a
person's words. Whoever publishes sends along the version that was seen; another one is refused.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from io import BytesIO

from django.contrib.admin.utils import unquote
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.handlers.wsgi import WSGIRequest
from django.db import OperationalError, models
from django.http import Http404, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, resolve, reverse
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from engagements.desk.boxes import is_key
from engagements.desk.history import Change, Piece, Words, differing, states_now, told_fields
from engagements.edition.models import Edition
from engagements.models import Attendance, Meeting, Source, State, Topic
from engagements.models.quotations import Texts, plain
from engagements.publication.checks import Refused, problems
from engagements.publication.publishing import (
    as_it_will_be,
    is_to_publish,
    publish,
    publish_session,
    session_records,
    withdraw,
)
from engagements.words import Kind

from .actions import NoteForm, Report, send_back, submit
from .course import course, own_entries, part_entries

EVIDENCE = ("paragraph", "quote", "is_inferred", "inference")
# Where an edition calls a field otherwise than the register does.
CALLED = {"due_on": "first_due_on", "due_text": "first_due_text"}
CALLED_OF_UPDATE = {"new_due_on": "due_on", "new_due_text": "due_text"}


# -- what the public reads, as a state of the record


@cache
def public_fields(model):
    """Fields of a form that the public reads: their help text says so."""
    with translation.override(None):  # as it is written in the models
        return tuple(
            one.name
            for one in told_fields(model)
            if not str(one.help_text).endswith("Never published.")
        )


def _public(model, state):
    """The part of a state that the public would read."""
    return {name: state[name] for name in public_fields(model)}


class Published:
    """What current editions say, as states of their records; keys are looked up together."""

    def __init__(self, records):
        keys = {(one.kind, one.pk) for one in records}
        found = Edition.objects.current().filter(
            kind__in={kind for kind, _key in keys}, record__in={key for _kind, key in keys}
        )
        self.editions = {
            (one.kind, one.record): one for one in found if (one.kind, one.record) in keys
        }
        self.topics = dict(Topic.objects.values_list("slug", "pk"))
        codes = {
            part["evidence"]["source"]
            for one in self.editions.values()
            for part in (one.data, *one.data.get("attendances", ()))
            if part.get("evidence")
        }
        sources = Source.objects.filter(code__in=codes - {None})
        self.sources = dict(sources.values_list("code", "pk"))

    def state(self, record):
        """The published state of a record; None if the public reads nothing of it."""
        edition = self.editions.get((record.kind, record.pk))
        if edition is None:
            return None
        refs = edition.keys
        model = type(record)
        return {
            name: self._value(model._meta.get_field(name), edition.data, refs, record.kind)
            for name in public_fields(model)
        }

    def parts(self, record):
        """The published states of who sat at a session, by official."""
        edition = self.editions.get((record.kind, record.pk))
        if edition is None or record.kind != Kind.MEETING:
            return {}
        refs = edition.keys["attendances"]
        found = {}
        for own, (official, body) in zip(edition.data["attendances"], refs, strict=True):
            given = {"official": official, "organization": body, "meeting": record.pk}
            found[official] = {
                name: self._value(Attendance._meta.get_field(name), own, given, None)
                for name in public_fields(Attendance)
            }
        return found

    def _value(self, of, own, refs, kind):
        name = of.name
        if name == "source":
            return self.sources.get(own["evidence"]["source"])
        if name == "topics":
            return sorted(self.topics[slug] for slug in own["topics"] if slug in self.topics)
        if name in EVIDENCE:
            return own["evidence"][name]
        if of.related_model:
            if kind == Kind.UPDATE:
                about, key = refs["follow_up"]
                return key if about == name else None
            found = refs[name]
            return sorted(found) if isinstance(found, list) else found
        called = CALLED_OF_UPDATE if kind == Kind.UPDATE else CALLED
        value = own[called.get(name, name) if called.get(name, name) in own else name]
        if isinstance(of, models.DateField) and value:
            return date.fromisoformat(value)
        if isinstance(of, models.DecimalField) and value is not None:
            return Decimal(value)
        return value


# -- the difference


@dataclass
class Proof:
    """What a record or a part of it rests on, with the words of the source where they are kept."""

    of: str
    source: Source
    paragraph: int | None
    quote: str
    pieces: list = field(default_factory=list)

    @property
    def is_there(self):
        """Whether the quotation stands in the paragraph that is shown."""
        return any(one.tag == "mark" for one in self.pieces)


@dataclass
class Part:
    """Somebody at the table: new there, gone, changed or as before."""

    official: int
    name: str
    mark: str  # "new", "gone", "changed", "same"
    changes: list


@dataclass
class Difference:
    """A record beside what the public reads of it."""

    record: object
    edition: Edition | None
    fields: list
    parts: list
    for_staff: list
    proofs: list

    @property
    def told_proofs(self):
        """Those of the record, and of who sat there with a passage of their own."""
        return [one for one in self.proofs if not one.of or one.paragraph or one.quote]

    @property
    def named_by(self):
        """(source, names) of those whom it names without a passage of their own."""
        found = {}
        for one in self.proofs:
            if one.of and not (one.paragraph or one.quote):
                found.setdefault(one.source, []).append(one.of)
        return list(found.items())

    @property
    def changed(self):
        return [one for one in self.fields if one.is_changed]

    @property
    def unchanged(self):
        return [one for one in self.fields if not one.is_changed and one.now]

    @property
    def moved(self):
        """Who came, went or changed."""
        return [one for one in self.parts if one.mark != "same"]

    @property
    def stayed(self):
        return [one.name for one in self.parts if one.mark == "same"]

    @property
    def is_empty(self):
        return not self.changed and not self.moved

    @property
    def key(self):
        """Names the record in a form, with the version that is shown."""
        return f"{self.record.kind}:{self.record.pk}:{self.record.version}"


def differences(records):
    """Each record beside what the public reads; as many queries for a hundred as for one."""
    published, by_model = Published(records), {}
    for one in records:
        by_model.setdefault(type(one), []).append(one)
    seats = _seats([one for one in records if one.kind == Kind.MEETING])
    proofs = _proofs(records, [seat for found in seats.values() for seat in found])
    found = {}
    for model, rows in by_model.items():
        now = [_public(model, state) for state in states_now(model, rows)]
        was = [published.state(one) for one in rows]
        words = Words(model, [*now, *(one for one in was if one)])
        for record, after, before in zip(rows, now, was, strict=True):
            held = seats.get(record.pk, []) if record.kind == Kind.MEETING else []
            parts = _parts(held, published.parts(record))
            calm = {one.official for one in parts if one.mark == "same"}
            shown = [record, *(seat for seat in held if seat.official_id not in calm)]
            found[record.kind, record.pk] = Difference(
                record,
                published.editions.get((record.kind, record.pk)),
                _fields(words, before, after),
                parts,
                _for_staff(record),
                [one for row in shown for one in proofs.get((type(row), row.pk), ())],
            )
    return [found[one.kind, one.pk] for one in records]


def _fields(words, before, after):
    changed = set(differing(before or {}, after))
    return [
        Change(
            name,
            words.label(name),
            words.say(name, before[name]) if before else "",
            words.say(name, value),
            is_changed=name in changed and bool(before or words.say(name, value)),
        )
        for name, value in after.items()
    ]


def _for_staff(record):
    """What the reviewer reads and the public never does."""
    names = ("internal_note",)
    columns = {one.name: one for one in record._meta.fields}
    return [
        (capfirst(columns[name].verbose_name), getattr(record, name))
        for name in names
        if name in columns and getattr(record, name)
    ]


def _seats(meetings):
    found = {one.pk: [] for one in meetings}
    rows = Attendance.objects.filter(meeting__in=found).order_by("pk") if found else ()
    for one in rows:
        found[one.meeting_id].append(one)
    return found


def _parts(held, before):
    now = {
        one.official_id: _public(Attendance, state)
        for one, state in zip(held, states_now(Attendance, held), strict=True)
    }
    words = Words(Attendance, [*now.values(), *before.values()])
    found = []
    for official in dict.fromkeys([*now, *before]):
        after, was = now.get(official), before.get(official)
        rows = _fields(words, was, after or was)
        rows = [one for one in rows if one.name not in ("official", "meeting")]
        mark = "gone" if after is None else "new" if was is None else "same"
        if mark == "same" and any(one.is_changed for one in rows):
            mark = "changed"
        shown = rows if mark == "new" else [one for one in rows if one.is_changed]
        shown = [one for one in shown if one.now or one.was]
        found.append(Part(official, words.say("official", official), mark, shown))
    return found


def _proofs(records, seats):
    rows = [one for one in (*records, *seats) if getattr(one, "source_id", None)]
    sources = Source.objects.in_bulk({one.source_id for one in rows})
    texts = {key: one.paragraphs() for key, one in sources.items()}
    found = {}
    for one in rows:
        source, number = sources[one.source_id], one.paragraph
        paragraphs = texts[one.source_id]
        text = paragraphs[number - 1] if number and number <= len(paragraphs) else ""
        name = "" if one in records else str(one.official)
        proof = Proof(name, source, number, one.quote, _marked(text, one.quote))
        found.setdefault((type(one), one.pk), []).append(proof)
    return found


def _marked(text, quote):
    """The paragraph with the quotation marked in it."""
    text, quote = plain(text), plain(quote)
    place = text.find(quote) if quote else -1
    if place < 0:
        return [Piece("same", text)] if text else []
    end = place + len(quote)
    return [Piece("same", text[:place]), Piece("mark", quote), Piece("same", text[end:])]


# -- the page as it will be

CONNECTION = ("SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "HTTP_HOST", "SCRIPT_NAME")
CONNECTION += ("REMOTE_ADDR", "wsgi.url_scheme", "HTTP_X_FORWARDED_PROTO")


def as_the_public(request, address, back):
    """The answer of the public page to somebody who is not known here."""
    environ = {name: request.META[name] for name in CONNECTION if name in request.META}
    environ |= {"REQUEST_METHOD": "GET", "PATH_INFO": address, "wsgi.input": BytesIO()}
    asked = WSGIRequest(environ)
    asked.user = AnonymousUser()
    asked.preview_of = back
    with translation.override("vi"):
        asked.resolver_match = match = resolve(address)
        response = match.func(asked, *match.args, **match.kwargs)
        if hasattr(response, "render"):
            response.render()
    shown = HttpResponse(response.content, content_type=response["Content-Type"])
    shown["Cache-Control"] = "no-store"
    shown["X-Robots-Tag"] = "noindex"
    return shown


# -- the desk's pages


class Reviewed:
    """The pages on which a record is looked at before the public reads it."""

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        pages = [("review", self.review_view), ("preview", self.preview_view)]
        if self.model is Meeting:
            pages.append(("session", self.session_view))
        return [
            *(
                path(
                    f"<path:object_id>/{end}/",
                    self.admin_site.admin_view(view),
                    name=f"{name}_{end}",
                )
                for end, view in pages
            ),
            *super().get_urls(),
        ]

    def page_of(self, record, end):
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{end}"
        return reverse(name, args=[record.pk], current_app=self.admin_site.name)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and obj.pk and not context.get("is_popup"):
            context |= {
                "review_url": self.page_of(obj, "review"),
                "preview_url": self.page_of(obj, "preview"),
            }
            if self.model is Meeting:
                context["session_url"] = self.page_of(obj, "session")
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _looked_at(self, request, object_id):
        if not is_key(self.opts.pk, object_id):
            raise Http404
        record = self.get_queryset(request).filter(pk=unquote(object_id)).first()
        if record is None:
            raise Http404
        if not self.has_view_permission(request, record):
            raise PermissionDenied
        return record

    def _context(self, request, record, **context):
        request.current_app = self.admin_site.name
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": record,
            "change_url": self.page_of(record, "change"),
            "preview_url": self.page_of(record, "preview"),
            "media": self.media,
            **context,
        }

    # one record

    def review_view(self, request, object_id):
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        record = self._looked_at(request, object_id)
        form = NoteForm(request.POST if request.POST.get("act") == "send_back" else None)
        if request.method == "POST" and (not form.is_bound or form.is_valid()):
            self._act(request, record, form)
            return HttpResponseRedirect(self.page_of(record, "review"))
        (difference,) = differences([record])
        since = record.published_at
        context = self._context(
            request,
            record,
            title=_("Review: %(record)s") % {"record": record},
            one=difference,
            form=form,
            offers=self._offers(request, record),
            in_the_way=problems(record, request.user),
            entries=sorted(
                [*own_entries(record, since), *part_entries(record, since)],
                key=lambda one: one.at,
                reverse=True,
            ),
            course=course(record),
        )
        if record.kind == Kind.MEETING:
            context["session_url"] = self.page_of(record, "session")
        elif getattr(record, "meeting_id", None):
            desk = self.admin_site.get_model_admin(Meeting)
            context["session_url"] = desk.page_of(record.meeting, "session")
        return TemplateResponse(request, "admin/engagements/review.html", context)

    def _offers(self, request, record):
        """What this person may do to the record as it stands."""
        may_change = self.has_change_permission(request, record)
        may_review = self.has_review_permission(request, record)
        is_submittable = record.state == State.DRAFT or record.was_sent_back
        offers = {
            "submit": may_change and is_submittable,
            "publish": may_review
            and (record.published_version is None or record.has_waiting_edit)
            and not problems(record, request.user),
            "send_back": may_review and record.waits_for_review,
            "withdraw": may_review and record.state == State.PUBLISHED,
        }
        return {name for name, is_offered in offers.items() if is_offered}

    def _act(self, request, record, form):
        """Carries out the step that the page was sent for, on the version that it showed."""
        version, act = request.POST.get("version", ""), request.POST.get("act")
        seen = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
        report = Report(self, request)
        steps = {
            "submit": ("change", _("Submitted for review."), submit),
            "publish": ("review", _("Published."), publish),
            "send_back": ("review", _("Sent back."), send_back),
            "withdraw": ("review", _("Withdrawn."), _withdraw_seen),
        }
        if act not in steps:
            raise Http404
        permission, done, step = steps[act]
        given = {"note": form.cleaned_data["note"]} if act == "send_back" else {}
        if report.may(permission, record):
            try:
                step(record, by=request.user, version=seen, **given)
            except Refused as refusal:
                report.refuse(record, refusal.messages)
            else:
                report.did(record, done)
        report.tell(done)

    # a whole session

    def session_view(self, request, object_id):
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        meeting = self._looked_at(request, object_id)
        form = NoteForm(request.POST if request.POST.get("act") == "send_back" else None)
        records = [
            one
            for one in session_records(meeting)
            if self._desk(one).has_view_permission(request, one)
        ]
        if request.method == "POST" and (not form.is_bound or form.is_valid()):
            self._act_on_session(request, meeting, records, form)
            return HttpResponseRedirect(self.page_of(meeting, "session"))
        rows, along, texts = [], set(), Texts()
        for one in differences(records):
            record = one.record
            is_open = is_to_publish(record)
            desk = self._desk(record)
            rows.append(
                {
                    "one": one,
                    "is_open": is_open,
                    "in_the_way": problems(record, request.user, along, texts) if is_open else [],
                    "review_url": desk.page_of(record, "review"),
                    "state": desk.shown_state(record),
                }
            )
            along.add((record.kind, record.pk))
        waiting = [row for row in rows if row["is_open"]]
        context = self._context(
            request,
            meeting,
            title=_("Review of the session: %(meeting)s") % {"meeting": meeting},
            rows=rows,
            waiting=waiting,
            form=form,
            may_submit=any(
                self._desk(row["one"].record).has_change_permission(request, row["one"].record)
                for row in waiting
            ),
            may_review=self.has_review_permission(request, meeting),
            is_clear=not any(row["in_the_way"] for row in waiting),
        )
        return TemplateResponse(request, "admin/engagements/review_session.html", context)

    def _desk(self, record):
        return self.admin_site.get_model_admin(type(record))

    def _act_on_session(self, request, meeting, records, form):
        """The step for the records that were chosen, each in the version that was shown."""
        shown = {f"{one.kind}:{one.pk}": one for one in records}
        chosen = {}
        for text in request.POST.getlist("chosen"):
            name, _colon, version = text.rpartition(":")
            if name in shown and version.isascii() and version.isdigit() and len(version) < 10:
                chosen[name] = int(version)
        act, report = request.POST.get("act"), Report(self, request)
        if act not in ("submit", "publish", "send_back"):
            raise Http404
        permission = "change" if act == "submit" else "review"
        allowed = []
        for name in chosen:
            report.desk = self._desk(shown[name])
            if report.may(permission, shown[name]):
                allowed.append(name)
        if act == "publish":
            self._publish_chosen(
                request,
                meeting,
                report,
                {(shown[name].kind, shown[name].pk): chosen[name] for name in allowed},
                is_whole=len(allowed) == len(chosen),
            )
            return
        done = _("Sent back."), _("Sent back: %(n)d")
        if act == "submit":
            done = _("Submitted for review."), _("Submitted for review: %(n)d")
        for name in allowed:
            record, report.desk = shown[name], self._desk(shown[name])
            try:
                if act == "submit":
                    submit(record, by=request.user, version=chosen[name])
                else:
                    note = form.cleaned_data["note"]
                    send_back(record, by=request.user, note=note, version=chosen[name])
            except Refused as refusal:
                report.refuse(record, refusal.messages)
            else:
                report.did(record, done[0])
        report.tell(done[1])

    def _publish_chosen(self, request, meeting, report, seen, is_whole):
        """All that was chosen, or nothing."""
        report.desk = self
        if is_whole and seen:
            try:
                editions = publish_session(meeting, by=request.user, seen=seen)
            except Refused as refusal:
                report.refused += refusal.messages
            else:
                for one in editions:
                    report.did(meeting, _("Published as %(edition)s.") % {"edition": one})
                report.tell(_("Published: %(n)d"))
                return
        elif not seen:
            report.refused.append(_("Nothing was chosen."))
        report.tell("")

    # the page as it will be

    def preview_view(self, request, object_id):
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        record = self._looked_at(request, object_id)
        back = self.page_of(record, "review")
        try:
            shown = as_it_will_be(record, lambda address: as_the_public(request, address, back))
        except Refused as refusal:
            reasons = refusal.messages
        except OperationalError:  # somebody publishes for longer than we wait
            reasons = [_("The register is busy with a publication. Try again in a moment.")]
        else:
            return shown
        context = self._context(
            request, record, title=_("It cannot be shown as the public will"), reasons=reasons
        )
        response = TemplateResponse(request, "admin/engagements/preview_refused.html", context)
        response["Cache-Control"] = "no-store"
        return response


def _withdraw_seen(record, *, by, version):
    """Withdrawing takes away what the public reads, whatever edit waits: no version matters."""
    return withdraw(record, by=by)
