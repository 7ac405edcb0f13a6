"""Going through the items that a session takes up again: one table, an update for each."""

import uuid
from functools import partial

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from engagements import roles
from engagements.deadlines import deadline_of
from engagements.desk.boxes import Choices, MultipleBox, is_key
from engagements.desk.guarded import ReadOnlyAdmin
from engagements.desk.pages import desk_page
from engagements.models import ReviewedItem, Source, State, StatusUpdate
from engagements.models.followups import TARGETS
from engagements.models.quotations import Texts
from engagements.words import Basis, FollowUpStatus, Voice

from .next_session import review_address

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
    "answer",
    "paragraph",
    "quote",
)
TOLD = ("text", "completed_on", "new_due_on", "new_due_text", "answer", "paragraph", "quote")
JOINED = ("meeting", "province", "lead", "current_lead")
LONG = {"class": "vLargeTextField", "rows": 2}


class Table(forms.Form):
    """What holds for every row that says nothing else; and the items to add."""

    prefix = "all"

    def __init__(self, *args, desk, meeting, proofs, **kwargs):
        super().__init__(*args, **kwargs)
        self.meeting = meeting
        box = partial(_box, desk)
        self.fields["happened_on"] = box("happened_on", label=_("day"), required=True)
        self.fields["voice"] = box("voice")
        self.fields["proof"] = forms.ChoiceField(label=_("rests on"), choices=proofs)
        self.initial = {
            "happened_on": meeting.held_on or timezone.localdate(),
            "proof": proofs[0][0],
        } | (self.initial or {})
        for name in TARGETS:
            field = ReviewedItem._meta.get_field(name)
            self.fields[name] = Choices(
                field.remote_field.model._default_manager.exclude(meeting=meeting),
                label=field.remote_field.model._meta.verbose_name_plural.capitalize(),
                required=False,
                widget=MultipleBox(field, desk.admin_site),
            )

    @property
    def adding(self):
        return [self[name] for name in TARGETS]


class Row(forms.Form):
    """What came of one item. An outcome makes it an update, which is held to the model's rules."""

    def __init__(self, *args, desk, reviewed, table, proofs, **kwargs):
        super().__init__(*args, prefix=f"r{reviewed.pk}", **kwargs)
        self.reviewed, self.item, self.table = reviewed, reviewed.target, table
        self.is_theirs = False  # somebody else has gone through it since the page was opened
        self.fields["outcome"] = forms.ChoiceField(
            label=_("outcome"), choices=OUTCOMES, required=False
        )
        for name in OF_UPDATE:
            self.fields[name] = _box(desk, name)
        self.fields["proof"] = forms.ChoiceField(
            label=_("rests on"), choices=[("", _("as above")), *proofs], required=False
        )
        self.fields["voice"].choices = [("", _("as above")), *Voice.choices]
        if reviewed.request_id is None:
            del self.fields["answer"]
        self.fields["off"] = forms.BooleanField(label=_("take off the list"), required=False)
        for name in ("seen", "uid"):
            self.fields[name] = forms.CharField(widget=forms.HiddenInput, required=False)
        self.initial = {"seen": seen_of(reviewed), "uid": uuid.uuid4()}

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
    def deadline(self):
        item, today = self.item, timezone.localdate()
        return deadline_of(item.status, item.due_on, item.completed_on, today).label

    @property
    def address(self):
        return reverse(
            f"admin:engagements_{self.item._meta.model_name}_change", args=[self.item.pk]
        )

    @property
    def is_asked(self):
        """Whether its boxes are shown: nothing was recorded, or something typed waits here."""
        return self.reviewed.update_id is None or bool(self.errors)

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
        if outcome and self.day and self.day > timezone.localdate():
            self.add_error("happened_on", _("This day is still to come."))
        return cleaned

    def update(self, user):
        """The update that the row says, as the model's rules allow it; errors go to their boxes."""
        given = {name: self.cleaned_data.get(name) or None for name in OF_UPDATE}
        texts = ("text", "new_due_text", "answer", "quote")
        given |= {name: given[name] or "" for name in texts}
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
                place = Texts().of(update.source).place(update.quote, update.paragraph)
                update.paragraph = place
            update.full_clean()
        except ValidationError as wrong:
            for name, errors in wrong.update_error_dict({}).items():
                self.add_error(name if name in self.fields else None, errors)
        return update

    @property
    def _target_name(self):
        return next(name for name in TARGETS if getattr(self.reviewed, f"{name}_id"))


FIRST = ("outcome", "text")
HIDDEN = ("seen", "uid")


def _box(desk, name, *, required=False, **given):
    """The desk's box for a column of an update."""
    column = StatusUpdate._meta.get_field(name)
    field = desk.formfield_for_dbfield(column, request=None, **given)
    field.required, field.initial, field.help_text = required, None, ""
    if name == "text":
        field.widget.attrs |= LONG
    return field


def seen_of(reviewed):
    """What a page shows of a row: if it is something else later, somebody has been there."""
    return f"{reviewed.update_id or ''} {reviewed.checked_on or ''}".strip()


def reviewed_items(meeting):
    joined = [f"{target}__{name}" for target in TARGETS for name in JOINED]
    rows = meeting.reviewed.select_related(*TARGETS, *joined, "update", "reviewed_by")
    return rows.order_by("pk")


class News:
    """The latest update of each item, whoever has read it; one query a kind."""

    def __init__(self, rows):
        self.found = {}
        rule = Q()
        for name in TARGETS:
            rule |= Q(**{f"{name}__in": [getattr(one, f"{name}_id") for one in rows]})
        found = StatusUpdate.objects.filter(rule).exclude(state=State.WITHDRAWN)
        for update in found.order_by("happened_on", "pk"):
            self.found[self._key(update)] = update

    def _key(self, row):
        return next((name, key) for name in TARGETS if (key := getattr(row, f"{name}_id")))

    def of(self, reviewed):
        return self.found.get(self._key(reviewed))


# -- the desk


class Reviews:
    """Of the list of sessions: the page of the items that a session takes up."""

    def get_urls(self):
        view = self.admin_site.admin_view(
            require_http_methods(["GET", "HEAD", "POST"])(self.reviewed_view)
        )
        return [
            path("<path:object_id>/reviewed/", view, name="engagements_meeting_reviewed"),
            *super().get_urls(),
        ]

    def ways_on(self, request, obj):
        number = obj.reviewed.count()
        words = _("Items taken up (%(n)d)") % {"n": number}
        return [*super().ways_on(request, obj), (review_address(obj), words)]

    def reviewed_view(self, request, object_id):
        if not is_key(self.opts.pk, unquote(object_id)):
            raise Http404
        meeting = self.get_object(request, unquote(object_id))
        if meeting is None:
            raise Http404
        if not self.has_view_or_change_permission(request, meeting):
            raise PermissionDenied
        may_change = self.has_change_permission(request, meeting)
        if request.method != "POST":
            return self._table(request, meeting, may_change, self._forms(meeting))
        if not may_change:
            raise PermissionDenied
        with transaction.atomic():
            found = self._forms(meeting, request.POST)
            if self._save(request, meeting, *found):
                return HttpResponseRedirect(review_address(meeting))
            transaction.set_rollback(True)
        return self._table(request, meeting, may_change, found)

    def _forms(self, meeting, data=None):
        """The table and its rows; when it is sent, nobody else goes through them meanwhile."""
        if data is not None:
            list(meeting.reviewed.select_for_update(of=("self",), no_key=True).order_by("pk"))
        known = Source.objects.filter(Q(pk=meeting.source_id) | Q(cited_at=meeting)).distinct()
        known = sorted(known, key=lambda one: (one.pk != meeting.source_id, one.pk))
        proofs = [(str(one.pk), str(one)) for one in known]
        proofs += [(STAFF, Basis.STAFF.label)]
        table = Table(data, desk=self, meeting=meeting, proofs=proofs)
        table.is_valid()  # the rows ask what holds for all
        rows = [
            Row(data, desk=self, reviewed=one, table=table, proofs=proofs)
            for one in reviewed_items(meeting)
        ]
        return table, rows

    def _save(self, request, meeting, table, rows):
        """All of it or nothing: whether everything that was typed could be kept."""
        user, todo = request.user, []
        valid = [table.is_valid(), *(row.is_valid() for row in rows)]
        if not valid[0]:
            return False
        for row in rows:
            if not row.is_valid() or not (row.outcome or row.cleaned_data["off"]):
                continue
            if self._is_done_by_this_form(row):
                continue
            if self._is_somebody_elses(row) or not self._may(user, row):
                valid.append(False)
                continue
            update = row.update(user) if row.outcome not in ("", NOTHING_NEW) else None
            valid.append(row.is_valid())
            todo.append((row, update))
        if not all(valid):
            return False
        for row, update in todo:
            self._record(user, row, update)
        added = self._add(meeting, table)
        if todo or added:
            self.log_change(request, meeting, _("Went through the items taken up."))
        recorded = sum(1 for row, _update in todo if row.outcome)
        said = [
            ngettext("%(n)d item gone through.", "%(n)d items gone through.", recorded)
            % {"n": recorded}
        ]
        if added:
            said.append(ngettext("%(n)d item added.", "%(n)d items added.", added) % {"n": added})
        self.message_user(request, " ".join(said), messages.SUCCESS)
        return True

    def _is_done_by_this_form(self, row):
        """Sent twice: what it says stands there already."""
        reviewed = row.reviewed
        if reviewed.update is not None:
            return row.key == reviewed.update.uid
        return row.outcome == NOTHING_NEW and reviewed.checked_on == row.day is not None

    def _is_somebody_elses(self, row):
        reviewed = row.reviewed
        if row.cleaned_data["seen"] == seen_of(reviewed) and reviewed.update_id is None:
            return False
        row.is_theirs = True
        given = {
            "who": reviewed.reviewed_by or _("Somebody"),
            "when": date_format(
                timezone.localtime(reviewed.reviewed_at or timezone.now()), "SHORT_DATETIME_FORMAT"
            ),
            "text": f"{reviewed.update.get_status_display()}: {reviewed.update.text}"
            if reviewed.update
            else _("Checked, nothing new"),
        }
        text = _("%(who)s went through it at %(when)s: “%(text)s”. Yours was not saved.") % given
        if reviewed.update:
            text += " " + _("Choose “—” to leave theirs; yours can be entered in the item's form.")
        else:
            text += " " + _("Save once more to put yours in its place.")
            row.data = row.data.copy()
            row.data[row.add_prefix("seen")] = seen_of(reviewed)
        row.add_error(None, text)
        return True

    def _may(self, user, row):
        allowed = roles.is_at_desk(user, row.item)
        if row.outcome == NOTHING_NEW:
            allowed = roles.may_change(user, row.item)
        elif row.outcome:
            allowed = allowed and roles.may_add(user, StatusUpdate)
        if not allowed:
            row.add_error(None, _("This item belongs to another desk."))
        return allowed

    def _record(self, user, row, update):
        reviewed = row.reviewed
        if row.cleaned_data["off"]:
            reviewed.delete()
            return
        if update is not None:
            update.save()
            reviewed.update, reviewed.checked_on = update, None
        else:
            reviewed.checked_on = row.day
            self._check(user, row.item, row.day)
        reviewed.reviewed_by, reviewed.reviewed_at = user, timezone.now()
        reviewed.save()

    def _check(self, user, item, day):
        """Somebody has looked: an edit that waits for publication like any other."""
        rows = type(item).objects.select_for_update(of=("self",), no_key=True)
        item = rows.get(pk=item.pk)
        if item.last_checked_on is None or item.last_checked_on < day:
            item.last_checked_on = day
            item.updated_by = item._history_user = user
            item.save()

    def _add(self, meeting, table):
        known = {
            (name, getattr(one, f"{name}_id")) for one in meeting.reviewed.all() for name in TARGETS
        }
        new = [
            (name, item)
            for name in TARGETS
            for item in table.cleaned_data[name]
            if (name, item.pk) not in known
        ]
        for name, item in new:
            ReviewedItem(meeting=meeting, **{name: item}).save()
        return len(new)

    def _table(self, request, meeting, may_change, found):
        table, rows = found
        news = News([row.reviewed for row in rows])
        for row in rows:
            row.news = news.of(row.reviewed)
            row.may = may_change and roles.is_at_desk(request.user, row.item)
        return desk_page(
            self,
            request,
            "admin/engagements/review_table.html",
            title=_("Items taken up"),
            original=meeting,
            table=table,
            rows=rows,
            left=sum(1 for row in rows if not row.reviewed.is_done),
            may_change=may_change,
            wrong=table.is_bound,
            media=table.media,
        )


@admin.register(ReviewedItem)
class ReviewedItemAdmin(ReadOnlyAdmin):
    """For finding where an item was taken up. It is a part of its session, and is changed there."""

    list_display = ("target", "meeting", "update", "checked_on", "reviewed_by", "reviewed_at")
    list_select_related = (
        *TARGETS,
        "meeting",
        "reviewed_by",
        *(f"update__{one}" for one in TARGETS),
    )
    date_hierarchy = "reviewed_at"
    search_fields = ("meeting__search", *(f"{name}__search" for name in TARGETS))
    fields = (TARGETS, "meeting", ("update", "checked_on"), ("reviewed_by", "reviewed_at"))

    def has_delete_permission(self, request, obj=None):
        """With its session alone; from the list of one it is taken off there."""
        own_page = (request.resolver_match.url_name or "").startswith("engagements_revieweditem")
        return obj is not None and not own_page and roles.may_delete(request.user, obj)

    @admin.display(description=gettext_lazy("item"))
    def target(self, reviewed):
        return reviewed.target
