"""Forms of records, with an optimistic lock: nobody overwrites unseen, nothing is made twice."""

import uuid
from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.utils import ErrorDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from engagements.models.base import STEPS
from engagements.roles import misplaced
from provinces.vietnamese import NormalText

from .boxes import Hidden
from .deadlines import ask, take_stated_day
from .history import StateWords, state_now, states
from .proof import ProofForm


class _Unseen:
    """A field that says something of the form itself: it never makes it a changed one."""

    widget = Hidden

    def has_changed(self, initial, data):
        return False


class SeenVersion(_Unseen, forms.IntegerField):
    """The version that the person saw when the form was opened."""

    def clean(self, value):
        """What is no number was never a version: the form is held against the record by that."""
        try:
            return super().clean(value)
        except ValidationError:
            return None


class FormKey(_Unseen, forms.UUIDField):
    """Names the row that an add form will make, so that sending it twice makes one."""


class Asked(_Unseen, forms.CharField):
    """The questions that the form has asked already; sent again, they are answered."""


class Reason(_Unseen, NormalText):
    """Why the person changes it: goes into the history, and into nothing else."""

    widget = forms.TextInput(attrs={"class": "vTextField"})

    def clean(self, value):
        value = super().clean(value)
        if value.casefold() in STEPS:  # words by which the history knows what is no edit
            raise ValidationError(_("Say it in more words."), code="step")
        return value


# -- shown and not judged


def leave_unchecked(form):
    """Keeps a form that was sent from being judged: what was typed comes back as it is."""
    form._errors, form.cleaned_data = ErrorDict(), {}


class UncheckedForm:
    """A form that is shown with what stands in it, and looked at when it is saved."""

    def full_clean(self):
        leave_unchecked(self)

    def is_valid(self):
        return False


# -- two people on one record


@dataclass
class Clash:
    """One field: what it was, and what each of two people made of it."""

    name: str
    label: str
    was: str
    theirs: str
    mine: str
    kept: str  # "theirs", "mine", "both": what stands in the form now


@dataclass
class Conflict:
    """What somebody else saved of a row while it was open in this form."""

    what: str
    who: str
    at: object
    is_gone: bool = False
    clashes: list = field(default_factory=list)


class SharedForm(ProofForm):
    """A form that is held against what somebody else saved while it was open.

    What only they changed is theirs, what only I changed is mine; where both did, mine stays in the
    box and theirs stands beside it. It is refused once, then shown with the version of now.
    """

    mark = "version"  # the hidden field that says which state the form was opened with
    conflict = None
    gone = None  # the key of a row that somebody has deleted
    is_let_go = False  # so that it is no longer asked for

    def full_clean(self):
        if self.is_bound and self.conflict is None:
            if self.gone is not None:
                self._meet_deletion()
            elif self.instance.pk and self.mark in self.fields:
                self._meet_colleague()
        super().full_clean()
        if self.is_let_go:
            self._errors.pop(self._meta.model._meta.pk.name, None)
        elif self.gone is not None:  # told once; a row that is to be deleted is not looked at
            self.cleaned_data.pop("DELETE", None)

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        if self.conflict:
            for clash in self.conflict.clashes:
                if clash.kept == "both":
                    given = {"who": self.conflict.who or gettext("Somebody"), "text": clash.theirs}
                    self.add_error(clash.name, _("Meanwhile %(who)s wrote: “%(text)s”") % given)
            raise ValidationError(self._said(), code="conflict")
        return cleaned

    # what was seen, and what is

    def current_mark(self):
        return self.instance.version

    def row_seen(self, mark):
        """The row of the history that the form was opened with; None if there is no such row."""
        rows = self._meta.model.history.filter(id=self.instance.pk, version=mark)
        return rows.order_by("history_id").last()

    def _mark_sent(self):
        return self.fields[self.mark].clean(self[self.mark].data)

    def _meet_colleague(self):
        seen, current = self._mark_sent(), self.current_mark()
        if seen == current:
            return
        row = self.row_seen(seen) if seen is not None else None
        model = self._meta.model
        now = state_now(self.instance)
        names = [name for name in self.fields if name in now]
        (base,) = states(model, [row]) if row else (None,)
        mine = [name for name in names if base is None or self._differs(name, base.get(name))]
        self.data = self.data.copy()
        is_to_go = self.data.pop(self.add_prefix("DELETE"), None)  # they found it worth mending
        if not any(self._differs(name, now.get(name)) for name in mine):
            mine = []  # both did the same, or I did nothing: theirs stays
        for name in set(names) - set(mine):
            self._put(name)
        if mine or is_to_go:
            self.conflict = self._conflict(names, mine, base, now)
        self.data[self.add_prefix(self.mark)] = str(current)

    def _differs(self, name, value):
        """Whether the box of that field holds something else than the value."""
        box = self[name]
        return not box.field.disabled and box.field.has_changed(value, box.data)

    def _put(self, name):
        """Puts into a box what the row holds now."""
        box = self[name]
        widget = getattr(box.field.widget, "widget", box.field.widget)
        if isinstance(widget, forms.FileInput) or box.field.disabled:
            return
        value = box.field.prepare_value(self.get_initial_for_field(box.field, name))
        if isinstance(widget, forms.CheckboxInput):
            self.data.pop(box.html_name, None)
            if value:
                self.data[box.html_name] = "on"
            return
        value = widget.format_value(value)
        if isinstance(widget, forms.SelectMultiple):
            self.data.setlist(box.html_name, value or [])
        else:
            value = value[0] if isinstance(value, list) and value else value
            self.data[box.html_name] = "" if value in (None, []) else str(value)

    def _conflict(self, names, mine, base, now):
        model = self._meta.model
        typed = {name: self._typed(name) for name in mine}
        known = {name: value for name, value in typed.items() if value is not Ellipsis}
        words = StateWords(model, list(filter(None, (base, now, known))))
        clashes = []
        for name in names:
            if name not in words.fields:
                continue
            was = words.say(name, base[name]) if base else ""
            theirs = words.say(name, now[name])
            if name not in mine:
                if base and base[name] != now[name]:
                    clashes.append(Clash(name, words.label(name), was, theirs, was, "theirs"))
                continue
            if not self._differs(name, now[name]):
                continue
            own = words.say(name, known[name]) if name in known else self._sent(name)
            both = base is None or base[name] != now[name]
            clashes.append(
                Clash(name, words.label(name), was, theirs, own, "both" if both else "mine")
            )
        who, at = self._last_hand()
        return Conflict(self._name(), who, at, clashes=clashes)

    def _typed(self, name):
        """What stands in the box, as the row would hold it; Ellipsis for what it cannot hold."""
        box = self[name]
        try:
            value = box.field.clean(box.data)
        except ValidationError:
            return Ellipsis
        if hasattr(value, "values_list"):
            return sorted(value.values_list("pk", flat=True))
        return getattr(value, "pk", value)

    def _sent(self, name):
        return str(self[name].data or "")

    def _last_hand(self):
        return self.instance.updated_by, self.instance.updated_at

    def _name(self):
        return f"{self._meta.model._meta.verbose_name}: {self.instance}"

    # a row that is no more

    def _meet_deletion(self):
        """Untouched, it goes quietly; what somebody typed into it is shown before it goes."""
        rows = self._meta.model.history.filter(id=self.gone)
        row = rows.filter(history_type="-").order_by("history_id").last()
        parent = getattr(self, "parent", None)
        if row is None or (parent and getattr(row, parent[0], None) != parent[1]):
            return
        (then,) = states(self._meta.model, [rows.exclude(history_type="-").latest("history_id")])
        mine = [name for name in self.fields if name in then and self._differs(name, then[name])]
        self.is_let_go = not mine or bool(self.data.get(self.add_prefix("DELETE")))
        self.data = self.data.copy()
        self.data[self.add_prefix("DELETE")] = "on"
        if not self.is_let_go:
            words = StateWords(self._meta.model, [then])
            clashes = [
                Clash(
                    name,
                    words.label(name),
                    words.say(name, then[name]),
                    "",
                    self._sent(name),
                    "mine",
                )
                for name in mine
                if name in words.fields
            ]
            what = f"{self._meta.model._meta.verbose_name} {row.pk}"
            self.conflict = Conflict(what, row.history_user, row.history_date, True, clashes)

    def _said(self):
        at = date_format(timezone.localtime(self.conflict.at), "SHORT_DATETIME_FORMAT")
        given = {"who": self.conflict.who or gettext("Somebody"), "when": at}
        if self.conflict.is_gone:
            return _("%(who)s deleted this row at %(when)s. Saving once more lets it go.") % given
        return (
            _(
                "%(who)s changed this at %(when)s, after you opened it. Nothing was saved: look at"
                " both versions, and save once more to keep what stands here now."
            )
            % given
        )


class PlacedForm:
    """A form that knows who sends it: nobody moves a row to another desk, or takes one from it."""

    user = None  # none for a row of a session, which stands where its session stands

    def _post_clean(self):
        super()._post_clean()
        if self.user is not None:  # the row bears the new values now
            changed = self.changed_data if self.instance.pk else list(self.fields)
            for name, message in misplaced(self.user, self.instance, changed).items():
                self.add_error(name, message)


class RecordForm(PlacedForm, SharedForm):
    """Of a record: the version says what was seen of it, the key what an add form will make."""

    version = SeenVersion(required=False)
    uid = FormKey(required=False)
    asked = Asked(required=False)
    reason = Reason(
        label=_("Reason for the change"),
        max_length=200,
        required=False,
        help_text=format_lazy("{} {}", _("Stands in the history."), _("Never published.")),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("uid", uuid.uuid4())
        if self.instance.pk:
            self.initial["version"] = self.instance.version

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        if not self.instance.pk:
            self._take_key(cleaned.get("uid") or self._key_of_row())
        return cleaned

    def _post_clean(self):
        super()._post_clean()
        names = (*getattr(self.instance, "due_fields", ()), "is_ongoing")
        is_asked = len(names) > 1 and set(names) <= set(self.fields)
        is_new = self.instance.pk is None or not set(names).isdisjoint(self.changed_data)
        if is_asked and is_new and set(names).isdisjoint(self.errors):
            take_stated_day(self.instance)
            ask(self, self.instance)

    def _update_errors(self, errors):
        """What the model says of fields that the form does not show stands above all its boxes."""
        if hasattr(errors, "error_dict"):
            shown = {}
            for name, messages in errors.error_dict.items():
                is_shown = name in self.fields or name == NON_FIELD_ERRORS
                shown.setdefault(name if is_shown else NON_FIELD_ERRORS, []).extend(messages)
            errors = ValidationError(shown)
        super()._update_errors(errors)

    def _key_of_row(self):
        """A new row of a form is named by the form's key and its place in it."""
        try:
            form = uuid.UUID(self.data.get("uid", ""))
        except ValueError:
            return None
        return uuid.uuid5(form, self.prefix) if self.prefix else None

    def _take_key(self, key):
        if key is None:
            return
        made = self._meta.model.objects.filter(uid=key).first()
        if made:
            raise ValidationError(
                _("This form was sent already; it made “%(record)s”."),
                code="twice",
                params={"record": made},
            )
        self.instance.uid = key


class PartForm(SharedForm):
    """Of a part of a record, which has no version: the last row of its history stands for one."""

    seen = SeenVersion(required=False)
    mark = "seen"
    latest = None  # set by the formset, which reads it for all its rows

    def current_mark(self):
        return self.latest

    def row_seen(self, mark):
        return self._meta.model.history.filter(id=self.instance.pk, pk=mark).first()

    def _last_hand(self):
        row = self._meta.model.history.get(pk=self.latest)
        return row.history_user, row.history_date


def hidden_field(request, desk, obj):
    """The hidden fields that the form needs: its key, and what was seen of a row."""
    if obj is None:
        return ("uid", "asked")
    return ("version", "uid", "asked") if desk.has_change_permission(request, obj) else ()
