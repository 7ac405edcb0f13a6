"""Page and screen of items taken up again at a session: one table, an update for each."""

import uuid
from functools import partial

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from engagements import roles
from engagements.days import broken_rule
from engagements.desk.boxes import Choices, MultipleBox
from engagements.desk.deadlines import ask, take_stated_day
from engagements.desk.guarded import ReadOnlyAdmin
from engagements.desk.pages import Page, desk_page, page_of
from engagements.models import Source, State, StatusUpdate, TakenUpItem
from engagements.models.followups import TARGETS
from engagements.models.quotations import Texts
from engagements.words import Basis, FollowUpStatus, Voice

from .next_session import due_words, states_today

NOTHING_NEW = "nothing_new"
STAFF = "staff"
OUTCOMES = [
    ("", "—"),
    (NOTHING_NEW, gettext_lazy("Checked, nothing new")),
    *FollowUpStatus.choices,
]
# What a row says of its update in its own boxes, as the update's form calls them.
OF_UPDATE = (
    "happened_on",
    "completed_on",
    "voice",
    "text",
    "new_due_on",
    "new_due_text",
    "is_ongoing",
    "answer",
    "paragraph",
    "quote",
)
TOLD = (
    "text",
    "completed_on",
    "new_due_on",
    "new_due_text",
    "is_ongoing",
    "answer",
    "paragraph",
    "quote",
)
JOINED = ("meeting", "province", "lead", "current_lead")
LONG_BOX = {"class": "vLargeTextField", "rows": 2}


class TakenUpTable(forms.Form):
    """What holds for every row that says nothing else; and the items to add."""

    prefix = "all"

    def __init__(self, *args, screen, meeting, proofs, **kwargs):
        super().__init__(*args, **kwargs)
        self.meeting = meeting
        box = partial(_update_box, screen)
        self.fields["happened_on"] = box("happened_on", label=_("day"), required=True)
        self.fields["voice"] = box("voice")
        self.fields["proof"] = forms.ChoiceField(label=_("rests on"), choices=proofs)
        self.initial = {
            "happened_on": meeting.held_on or timezone.localdate(),
            "proof": proofs[0][0],
        } | (self.initial or {})
        for name in TARGETS:
            field = TakenUpItem._meta.get_field(name)
            self.fields[name] = Choices(
                field.remote_field.model._default_manager.exclude(meeting=meeting),
                label=field.remote_field.model._meta.verbose_name_plural.capitalize(),
                required=False,
                widget=MultipleBox(field, screen.admin_site),
            )

    @property
    def adding(self):
        return [self[name] for name in TARGETS]


class TakenUpRow(forms.Form):
    """What came of one item. An outcome makes it an update, which is held to the model's rules."""

    def __init__(self, *args, screen, taken_up, table, proofs, **kwargs):
        super().__init__(*args, prefix=f"r{taken_up.pk}", **kwargs)
        self.taken_up, self.item, self.table = taken_up, taken_up.target, table
        self.is_theirs = False  # somebody else has gone through it since the page was opened
        self.fields["outcome"] = forms.ChoiceField(
            label=_("outcome"), choices=OUTCOMES, required=False
        )
        for name in OF_UPDATE:
            self.fields[name] = _update_box(screen, name)
        self.fields["proof"] = forms.ChoiceField(
            label=_("rests on"), choices=[("", _("as above")), *proofs], required=False
        )
        self.fields["voice"].choices = [("", _("as above")), *Voice.choices]
        if taken_up.request_id is None:
            del self.fields["answer"]
        self.fields["off"] = forms.BooleanField(label=_("take off the list"), required=False)
        for name in HIDDEN:
            self.fields[name] = forms.CharField(widget=forms.HiddenInput, required=False)
        self.initial = {"seen": seen_of(taken_up), "uid": uuid.uuid4()}

    # how it looks

    @property
    def more(self):
        """Boxes that most rows leave alone."""
        return [self[name] for name in self.fields if name not in (*FIRST, *HIDDEN)]

    @property
    def is_open(self):
        return any(box.errors for box in self.more)

    @property
    def owed_by(self):
        return self.item.current_lead or self.item.lead

    @property
    def due(self):
        return due_words(self.item)

    @property
    def deadline(self):
        return states_today(self.item)

    @property
    def address(self):
        return page_of(self.item)

    @property
    def is_asked(self):
        """Whether its boxes are shown: nothing was recorded, or something typed waits here."""
        return self.taken_up.update_id is None or bool(self.errors)

    # what it says

    @property
    def outcome(self):
        return self.cleaned_data.get("outcome", "")

    @property
    def key(self):
        try:
            return uuid.UUID(self.cleaned_data.get("uid", ""))
        except ValueError:
            return None

    @property
    def day(self):
        own = self.cleaned_data.get("happened_on")
        return own or getattr(self.table, "cleaned_data", {}).get("happened_on")

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        outcome = cleaned.get("outcome")
        typed = [name for name in TOLD if cleaned.get(name)]
        if outcome and cleaned.get("off"):
            self.add_error("off", _("It is gone through, or taken off: not both."))
        if typed and not outcome and not self.errors:
            self.add_error("outcome", _("Say what came of it."))
        if outcome == NOTHING_NEW and typed:
            self.add_error("outcome", _("Something is told here: choose how the item stands."))
        if outcome and self.day is None and not self.table.errors:
            self.add_error("happened_on", _("Give the day."))
        if outcome and self.day:
            rule = broken_rule(self.day, timezone.localdate(), self.item.session_day)
            if rule:
                self.add_error("happened_on", rule.label)
        return cleaned

    def update(self, user):
        """The update that the row says, as the model's rules allow it; errors go to their boxes."""
        given = {name: self.cleaned_data.get(name) or None for name in OF_UPDATE}
        texts = ("text", "new_due_text", "answer", "quote")
        given |= {name: given[name] or "" for name in texts}
        given["is_ongoing"] = bool(given["is_ongoing"])
        everywhere = self.table.cleaned_data
        proof = self.cleaned_data.get("proof") or everywhere.get("proof")
        update = StatusUpdate(**given, status=self.outcome)
        update.happened_on = self.day
        update.voice = given["voice"] or everywhere.get("voice") or ""
        update.basis = Basis.STAFF if proof == STAFF else Basis.SOURCE
        update.source_id = None if proof == STAFF else int(proof)
        setattr(update, self._target_name, self.item)
        update.uid = self.key or uuid.uuid4()
        update.created_by = update.updated_by = update._history_user = user
        try:
            if update.quote and update.source_id:
                place = Texts().of(update.source).locate(update.quote, update.paragraph)
                update.paragraph = place
            take_stated_day(update)
            update.full_clean()
            ask(self, update)
        except ValidationError as wrong:
            for name, errors in wrong.update_error_dict({}).items():
                self.add_error(name if name in self.fields else None, errors)
        return update

    @property
    def _target_name(self):
        return next(name for name in TARGETS if getattr(self.taken_up, f"{name}_id"))


FIRST = ("outcome", "text")
HIDDEN = ("seen", "uid", "asked")


def _update_box(screen, name, *, required=False, **given):
    """The desk's box for a column of an update."""
    column = StatusUpdate._meta.get_field(name)
    field = screen.formfield_for_dbfield(column, request=None, **given)
    field.required, field.initial, field.help_text = required, None, ""
    if name == "text":
        field.widget.attrs |= LONG_BOX
    return field


def seen_of(taken_up):
    """What a page shows of a row: if it is something else later, somebody has been there."""
    return f"{taken_up.update_id or ''} {taken_up.checked_on or ''}".strip()


def taken_up_items(meeting):
    joined = [f"{target}__{name}" for target in TARGETS for name in JOINED]
    rows = meeting.taken_up.select_related(*TARGETS, *joined, "update", "recorded_by")
    return rows.order_by("pk")


def read_deadlines(items):
    """Reads the deadlines in force of these items together, one query a kind."""
    by_model = {}
    for item in items:
        by_model.setdefault(type(item), {})[item.pk] = item
    for model, of_model in by_model.items():
        for row in model.objects.filter(pk__in=of_model).with_deadline_in_force():
            of_model[row.pk].read_today = row.read_today


class LatestUpdates:
    """The latest update of each item, whoever has read it; one query a kind."""

    def __init__(self, rows):
        rule = Q()
        for target in TARGETS:
            rule |= Q(**{f"{target}__in": [getattr(row, f"{target}_id") for row in rows]})
        updates = StatusUpdate.objects.filter(rule).exclude(state=State.WITHDRAWN)
        self.latest = {self._key(row): row for row in updates.order_by("happened_on", "pk")}

    def _key(self, row):
        return next((name, key) for name in TARGETS if (key := getattr(row, f"{name}_id")))

    def of(self, taken_up):
        return self.latest.get(self._key(taken_up))


# -- the page


def taken_up_view(screen, request, meeting):
    may_change = screen.has_change_permission(request, meeting)
    if request.method != "POST":
        return _table(screen, request, meeting, may_change, *_forms(screen, meeting))
    if not may_change:
        raise PermissionDenied
    with transaction.atomic():
        table, rows = _forms(screen, meeting, request.POST)
        if _save(screen, request, meeting, table, rows):
            return HttpResponseRedirect(page_of(meeting, "taken_up"))
        transaction.set_rollback(True)
    return _table(screen, request, meeting, may_change, table, rows)


def way_from(meeting):
    """From the form of a session to the page."""
    words = _("Items taken up (%(n)d)") % {"n": meeting.taken_up.count()}
    return (page_of(meeting, "taken_up"), words)


def _forms(screen, meeting, data=None):
    """The table and its rows; when it is sent, nobody else goes through them meanwhile."""
    if data is not None:
        list(meeting.taken_up.select_for_update(of=("self",), no_key=True).order_by("pk"))
    sources = Source.objects.filter(Q(pk=meeting.source_id) | Q(cited_at=meeting)).distinct()
    sources = sorted(sources, key=lambda source: (source.pk != meeting.source_id, source.pk))
    proofs = [(str(source.pk), str(source)) for source in sources]
    proofs += [(STAFF, Basis.STAFF.label)]
    table = TakenUpTable(data, screen=screen, meeting=meeting, proofs=proofs)
    table.is_valid()  # the rows ask what holds for all
    rows = [
        TakenUpRow(data, screen=screen, taken_up=taken_up, table=table, proofs=proofs)
        for taken_up in taken_up_items(meeting)
    ]
    return table, rows


def _save(screen, request, meeting, table, rows):
    """All of it or nothing: whether everything that was typed could be kept."""
    user, todo = request.user, []
    valid = [table.is_valid(), *(row.is_valid() for row in rows)]
    if not valid[0]:
        return False
    for row in rows:
        if not row.is_valid() or not (row.outcome or row.cleaned_data["off"]):
            continue
        if _is_done_by_this_form(row):
            continue
        if _is_somebody_elses(row) or not _may_record(user, row):
            valid.append(False)
            continue
        update = row.update(user) if row.outcome not in ("", NOTHING_NEW) else None
        valid.append(row.is_valid())
        todo.append((row, update))
    if not all(valid):
        return False
    for row, update in todo:
        _record(user, row, update)
    added = _add_items(meeting, table)
    if todo or added:
        screen.log_change(request, meeting, _("Went through the items taken up."))
    recorded = sum(1 for row, _update in todo if row.outcome)
    text = ngettext("%(n)d item gone through.", "%(n)d items gone through.", recorded)
    texts = [text % {"n": recorded}]
    if added:
        texts.append(ngettext("%(n)d item added.", "%(n)d items added.", added) % {"n": added})
    screen.message_user(request, " ".join(texts), messages.SUCCESS)
    return True


def _is_done_by_this_form(row):
    """Sent twice: what it says stands there already."""
    taken_up = row.taken_up
    if taken_up.update is not None:
        return row.key == taken_up.update.uid
    return row.outcome == NOTHING_NEW and taken_up.checked_on == row.day is not None


def _is_somebody_elses(row):
    taken_up = row.taken_up
    if row.cleaned_data["seen"] == seen_of(taken_up) and taken_up.update_id is None:
        return False
    row.is_theirs = True
    at = timezone.localtime(taken_up.recorded_at or timezone.now())
    given = {
        "who": taken_up.recorded_by or _("Somebody"),
        "when": date_format(at, "SHORT_DATETIME_FORMAT"),
        "text": f"{taken_up.update.says()}: {taken_up.update.text}"
        if taken_up.update
        else _("Checked, nothing new"),
    }
    text = _("%(who)s went through it at %(when)s: “%(text)s”. Yours was not saved.") % given
    if taken_up.update:
        text += " " + _("Choose “—” to leave theirs; yours can be entered in the item's form.")
    else:
        text += " " + _("Save once more to put yours in its place.")
        row.data = row.data.copy()
        row.data[row.add_prefix("seen")] = seen_of(taken_up)
    row.add_error(None, text)
    return True


def _may_record(user, row):
    allowed = roles.is_at_desk(user, row.item)
    if row.outcome == NOTHING_NEW:
        allowed = roles.may_change(user, row.item)
    elif row.outcome:
        allowed = allowed and roles.may_add(user, StatusUpdate)
    if not allowed:
        row.add_error(None, _("This item belongs to another desk."))
    return allowed


def _record(user, row, update):
    taken_up = row.taken_up
    if row.cleaned_data["off"]:
        taken_up.delete()
        return
    if update is not None:
        update.save()
        taken_up.update, taken_up.checked_on = update, None
    else:
        taken_up.checked_on = row.day
        _check(user, row.item, row.day)
    taken_up.recorded_by, taken_up.recorded_at = user, timezone.now()
    taken_up.save()


def _check(user, item, day):
    """Somebody has looked: an edit that waits for publication like any other."""
    rows = type(item).objects.select_for_update(of=("self",), no_key=True)
    item = rows.get(pk=item.pk)
    if item.last_checked_on is None or item.last_checked_on < day:
        item.last_checked_on = day
        item.updated_by = item._history_user = user
        item.save()


def _add_items(meeting, table):
    known = {
        (target, getattr(taken_up, f"{target}_id"))
        for taken_up in meeting.taken_up.all()
        for target in TARGETS
    }
    new = [
        (target, item)
        for target in TARGETS
        for item in table.cleaned_data[target]
        if (target, item.pk) not in known
    ]
    for target, item in new:
        TakenUpItem(meeting=meeting, **{target: item}).save()
    return len(new)


def _table(screen, request, meeting, may_change, table, rows):
    news = LatestUpdates([row.taken_up for row in rows])
    read_deadlines([row.item for row in rows])
    for row in rows:
        row.news = news.of(row.taken_up)
        row.may = may_change and roles.is_at_desk(request.user, row.item)
    return desk_page(
        screen,
        request,
        "admin/engagements/taken_up.html",
        title=_("Items taken up"),
        original=meeting,
        table=table,
        rows=rows,
        left=sum(1 for row in rows if not row.taken_up.is_done),
        may_change=may_change,
        wrong=table.is_bound,
        media=table.media,
    )


TAKEN_UP_PAGE = Page("<path:object_id>/taken-up/", taken_up_view, "taken_up", "view_or_change")


# -- the screen


@admin.register(TakenUpItem)
class TakenUpItemAdmin(ReadOnlyAdmin):
    """For finding where an item was taken up. It is a part of its session, and is changed there."""

    list_display = ("target", "meeting", "update", "checked_on", "recorded_by", "recorded_at")
    list_select_related = (
        *TARGETS,
        "meeting",
        "recorded_by",
        *(f"update__{target}" for target in TARGETS),
    )
    date_hierarchy = "recorded_at"
    search_fields = ("meeting__search", *(f"{target}__search" for target in TARGETS))
    fields = (TARGETS, "meeting", ("update", "checked_on"), ("recorded_by", "recorded_at"))

    def has_delete_permission(self, request, obj=None):
        """With its session alone; from the list of one it is taken off there."""
        own_page = (request.resolver_match.url_name or "").startswith("engagements_takenupitem")
        return obj is not None and not own_page and roles.may_delete(request.user, obj)

    @admin.display(description=gettext_lazy("item"))
    def target(self, taken_up):
        return taken_up.target
