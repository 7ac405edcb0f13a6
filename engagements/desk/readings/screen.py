"""Screen of readings: the door, the list, and the board on which proposals are decided."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from engagements.desk.boxes import is_key
from engagements.desk.guarded import ReadOnlyAdmin
from engagements.desk.pages import READ, SEND, Page, desk_page, page_of, page_of_table
from engagements.desk.site import is_shown_again, taken_back
from engagements.models import Meeting, Reading, Source, Way
from engagements.reading.text import paragraphs_of

from .board import Board
from .deciding import Decisions, Unproven, count_refused, shown
from .door import DoorForm
from .filling import ASKED, may_read
from .forms import AboutForm, form_of
from .keeping import about_of, keep_reading
from .rules import rules_view

# Buttons of the form, which work without script, and their steps.
BUTTONS = {
    "merge": "merge",
    "split": "split",
    "undo": "open",
    "accept_all": "accept_all",
    "add": "add",
}


@admin.register(Reading)
class ReadingAdmin(ReadOnlyAdmin):
    """Texts that were read. Whoever may enter a session and its source reads them and decides."""

    pages = (Page("rules/", rules_view, "rules", "view", methods=READ),)
    list_display = ("paper", "verdict", "left", "meeting", "created_by", "created_at")
    list_select_related = ("meeting", "created_by")
    list_filter = ("verdict", "way")
    date_hierarchy = "created_at"

    # who may

    def has_module_permission(self, request):
        return may_read(request.user)

    def has_view_permission(self, request, obj=None):
        return may_read(request.user)

    def has_add_permission(self, request):
        return may_read(request.user)

    def has_change_permission(self, request, obj=None):
        return may_read(request.user)

    # the list

    def get_queryset(self, request):
        return super().get_queryset(request).with_left()

    @admin.display(description=_("document"))
    def paper(self, reading):
        return str(reading)

    @admin.display(description=_("not decided"), ordering="left")
    def left(self, reading):
        return reading.left

    def list_context(self, request):
        tools = [(_("The reader lately"), page_of_table(Reading, "rules"))]
        return super().list_context(request) | {"list_tools": tools}

    # the door

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        return require_http_methods(SEND)(self._door)(request)

    def _door(self, request):
        source = self._source_asked(request)
        if source is not None and request.method == "POST":
            return self._read_source(request, source)
        fields = taken_back(request)
        if fields is not None:
            form = DoorForm(initial={name: fields.get(name) for name in fields}, user=request.user)
        elif request.method == "POST" and not is_shown_again(request):
            form = DoorForm(request.POST, request.FILES, user=request.user)
            if form.is_valid():
                return self._read(request, form)
        else:
            form = DoorForm(request.POST or None, user=request.user)
        return desk_page(
            self,
            request,
            "admin/engagements/read_document.html",
            title=_("Read a document"),
            form=form,
            source=source,
        )

    def _source_asked(self, request):
        """The source of the register whose text is to be read, if the address names one."""
        key = request.GET.get("source")
        if key is None:
            return None
        source = Source.objects.filter(pk=key).first() if is_key(Source._meta.pk, key) else None
        if source is None or not source.text:
            raise Http404
        return source

    def _read_source(self, request, source):
        reading = keep_reading(
            paragraphs_of(source.text),
            way=Way.SOURCE,
            user=request.user,
            about={"title": source.title, "url": source.url},
            source=source,
        )
        return HttpResponseRedirect(page_of(reading))

    def _read(self, request, form):
        paper = form.paper
        reading = keep_reading(
            paper.paragraphs, way=form.way, user=request.user, about=about_of(paper.says)
        )
        for note in paper.notes:
            self.message_user(request, str(note), messages.WARNING)
        return HttpResponseRedirect(page_of(reading))

    # the board

    def change_view(self, request, object_id, form_url="", extra_context=None):
        reading = self._reading(request, object_id)
        return require_http_methods(SEND)(self._board)(request, reading)

    def _reading(self, request, key):
        if not may_read(request.user):
            raise PermissionDenied
        reading = None
        if is_key(self.opts.pk, key):
            rows = Reading.objects.select_related("source", "meeting", "created_by")
            reading = rows.filter(pk=unquote(key)).first()
        if reading is None:
            raise Http404
        return reading

    def _board(self, request, reading):
        sent, opened = taken_back(request), None
        if sent is not None:
            text = _("You are logged in again; your choices are back, and not saved yet.")
            self.message_user(request, text, messages.WARNING)
        if request.method == "POST" and not is_shown_again(request):
            wants_json = "application/json" in request.headers.get("Accept", "")
            answer = Step(self, request, reading).answer(wants_json)
            if isinstance(answer, HttpResponse):
                return answer
            opened = answer
        elif is_shown_again(request):
            sent = request.POST
        board = Board(reading, sent)
        if opened is None:
            opened = self._opened(request, board)
        for card in board.cards:
            if opened is not None and card.proposal.pk == opened[0]:
                card.form = opened[1]
        if request.headers.get("X-Requested-With") == "card":
            form = opened and opened[1]
            return HttpResponse(
                render_to_string("admin/engagements/_reading_form.html", {"form": form}, request)
            )
        return self._page(request, board)

    def _opened(self, request, board):
        """(key, form) of the proposal that is to be changed, if the address names one."""
        key = request.GET.get("change", "")
        for card in board.cards:
            if str(card.proposal.pk) == key:
                return card.proposal.pk, form_of(card.proposal, board.provinces)
        return None

    def _page(self, request, board, about=None):
        reading = board.reading
        return desk_page(
            self,
            request,
            "admin/engagements/reading.html",
            title=str(reading),
            original=reading,
            board=board,
            reading=reading,
            about=about or AboutForm(initial=reading.about, prefix="about"),
            fill_url=f"{page_of_table(Meeting, 'add')}?{ASKED}={reading.pk}",
            letter_url=page_of(reading.source, "results")
            if reading.source_id
            else page_of_table(Source, "read_letter"),
        )


class Step:
    """One step that was sent to the board: by a script one at a time, by the form all at once."""

    def __init__(self, screen, request, reading):
        self.screen, self.request, self.reading = screen, request, reading
        self.decisions = Decisions(reading, request.user)
        self.post = request.POST

    def answer(self, wants_json):
        """A response, or (key, form) of a proposal whose change has faults."""
        try:
            if "change" in self.post:
                focus = self._change(self.post["change"])
                if isinstance(focus, tuple):
                    return self._card(focus) if wants_json else focus
            elif "about" in self.post:
                focus = self._about()
            elif "step" in self.post:
                focus = self.decisions.take(self.post["step"], self.post)
            else:
                self._all()
                focus = self._button()
        except ValidationError as wrong:
            if isinstance(wrong, Unproven):
                count_refused(self.reading)
            if wants_json:
                return JsonResponse({"error": " ".join(wrong.messages)} | self._parts(), status=409)
            self.screen.message_user(self.request, " ".join(wrong.messages), messages.ERROR)
            return self._back()
        key = focus.pk if focus is not None else None
        if wants_json:
            return JsonResponse(self._parts() | {"focus": key})
        return self._back(key)

    def _back(self, key=None):
        address = page_of(self.reading)
        if "fill" in self.post:
            address = f"{page_of_table(Meeting, 'add')}?{ASKED}={self.reading.pk}"
            return HttpResponseRedirect(address)
        return HttpResponseRedirect(f"{address}#p{key}" if key else address)

    def _parts(self):
        """The parts of the page that a step changes."""
        board = Board(self.reading)
        context = {"board": board, "reading": self.reading}
        return {
            name: render_to_string(f"admin/engagements/_reading_{name}.html", context, self.request)
            for name in ("text", "proposals", "silent", "standing")
        }

    def _card(self, focus):
        context = {"form": focus[1]}
        form = render_to_string("admin/engagements/_reading_form.html", context, self.request)
        return JsonResponse({"form": form}, status=422)

    def _change(self, key):
        with transaction.atomic():
            self.decisions.lock()
            proposal = self.decisions.proposal(key)
            form = form_of(proposal, self.decisions.provinces, self.post)
            if not form.is_valid():
                return proposal.pk, form
            self.decisions.refuse_unseen(proposal, self.post.get(f"s-{key}"))
            return self.decisions.change(proposal, payload=form.values())

    def _about(self):
        form = AboutForm(self.post, prefix="about")
        form.full_clean()
        faults = {name: form.errors[name] for name in form.errors if name in form.fields}
        if faults:
            told = [f"{form.fields[name].label}: {' '.join(faults[name])}" for name in faults]
            raise ValidationError(told)
        self.reading.about = {
            **form.values(),
            **{k: v for k, v in self.reading.about.items() if k == "accessed_on"},
        }
        self.reading.save(update_fields=["about"])

    def _button(self):
        """The step of the button that sent the whole form, if it is one of a proposal."""
        for name, step in BUTTONS.items():
            if value := self.post.get(name):
                kind = value if name == "accept_all" else self.post.get("kind")
                places = {place: self.post.get(place, "") for place in ("paragraph", "quote")}
                return self.decisions.take(step, places | {"proposal": value, "kind": kind})
        return None

    @transaction.atomic
    def _all(self):
        """The choices of the whole form, of which those count that the person moved."""
        self.decisions.lock()
        faults, moved = [], 0
        for proposal in self.reading.proposals.in_order():
            proposal.reading = self.reading
            choice, seen = (self.post.get(f"{name}-{proposal.pk}") for name in ("d", "s"))
            if proposal.is_saved or not choice or choice in (seen, shown(proposal)):
                continue
            try:
                self.decisions.decide(proposal, choice, seen)
                moved += 1
            except (ValidationError, ValueError) as wrong:
                told = " ".join(getattr(wrong, "messages", [gettext("There is no such step.")]))
                faults.append(f"“{proposal.quote[:60]}”: {told}")
        if moved:
            text = ngettext("%(n)d decision was saved.", "%(n)d decisions were saved.", moved)
            self.screen.message_user(self.request, text % {"n": moved}, messages.SUCCESS)
        for fault in faults:
            self.screen.message_user(self.request, fault, messages.ERROR)
