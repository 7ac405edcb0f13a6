"""What records share at the desk: who may do what, and that nobody overwrites unseen."""

import uuid

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth import get_permission_codename
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import prefetch_related_objects
from django.forms.models import BaseInlineFormSet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from engagements.edition.publishing import problems
from engagements.edition.words import PATHS, deadline_of
from engagements.models import Publishable, State
from engagements.models.base import PUBLISHED, SENT_BACK, SUBMITTED, WITHDRAWN
from provinces.admin import TEXTS, Box, Boxes, MultipleBox, RegisterAdmin

from .actions import publish_chosen, send_back_chosen, submit_chosen, withdraw_chosen

# What the history says of a record that was moved: translated where it is shown.
REASONS = {
    PUBLISHED: gettext_noop("publish"),
    WITHDRAWN: gettext_noop("withdraw"),
    SUBMITTED: gettext_noop("submit"),
    SENT_BACK: gettext_noop("send back"),
}
EVIDENCE = (("source", "paragraph"), "quote", ("is_inferred", "inference"))
PROOF = (_("Proof"), {"fields": EVIDENCE})


# -- forms


class _Unseen:
    """A hidden field that says something of the form itself: it never makes it a changed one."""

    widget = forms.HiddenInput

    def has_changed(self, initial, data):
        return False


class SeenVersion(_Unseen, forms.IntegerField):
    """The version that the person saw when the form was opened."""


class FormKey(_Unseen, forms.UUIDField):
    """Names the row that an add form will make, so that sending it twice makes one."""


class RecordForm(forms.ModelForm):
    """Refuses to save over what somebody else has changed since the form was opened."""

    version = SeenVersion(required=False)
    uid = FormKey(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["version"].required = True
            self.initial["version"] = self.instance.version
        else:
            self.initial.setdefault("uid", uuid.uuid4())

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        if not self.instance.pk:
            self._take_key(cleaned.get("uid"))
        elif cleaned.get("version") not in (None, self.instance.version):
            raise ValidationError(
                _(
                    "%(who)s changed this at %(when)s, after you opened it. Nothing was saved: open"
                    " it again in another window and enter there what you still want to change."
                ),
                code="conflict",
                params={
                    "who": self.instance.updated_by or gettext("Somebody"),
                    "when": date_format(
                        timezone.localtime(self.instance.updated_at), "SHORT_DATETIME_FORMAT"
                    ),
                },
            )
        return cleaned

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


def hidden_field(request, desk, obj):
    """The hidden field that the form needs: what was seen of a row, the key of a new one."""
    if obj is None:
        return ("uid",)
    return ("version",) if desk.has_change_permission(request, obj) else ()


# -- one query for the labels of a whole inline, not one for each box


class _KnownLabels:
    """An autocomplete box that is told the labels of what the rows hold already."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.labels = {}  # shared by the boxes of one formset, which copy this widget

    def optgroups(self, name, value, attrs=None):
        chosen = [str(one) for one in value if one not in ("", None)]
        if any(one not in self.labels for one in chosen):
            return super().optgroups(name, value, attrs)
        options = []
        if not (self.is_required or self.allow_multiple_selected):
            options.append(self.create_option(name, "", "", False, 0))
        for one in chosen:
            label = self.labels[one]
            options.append(self.create_option(name, one, label, True, len(options)))
        return [(None, options, 0)]


class KnownBox(_KnownLabels, Box):
    pass


class KnownMultipleBox(_KnownLabels, MultipleBox):
    pass


class RowsFormSet(BaseInlineFormSet):
    """Rows of a parent's form: published ones stay, new ones begin with what the parent has."""

    taken = ()  # columns that a new row takes from its parent

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.defaults = self._defaults()
        for name, field in self.form.base_fields.items():
            box = getattr(field.widget, "widget", field.widget)
            if isinstance(box, _KnownLabels):
                box.labels |= {str(one.pk): str(one) for one in self._chosen(name)}

    def _defaults(self):
        if not self.instance.pk:
            return {}
        found = {}
        if "source" in self.taken:
            found["source"] = self.instance.source
        if "province" in self.taken:
            provinces = list(self.instance.provinces.all()[:2])
            found["province"] = provinces[0] if len(provinces) == 1 else None
        return {name: one for name, one in found.items() if one}

    def _chosen(self, name):
        """What the rows hold in that column, read with the rows."""
        found = [self.defaults[name]] if name in self.defaults else []
        for row in self.get_queryset():
            value = getattr(row, name)
            found += value.all() if hasattr(value, "all") else [value] if value else []
        return found

    def get_form_kwargs(self, index):
        kwargs = super().get_form_kwargs(index)
        if index is None or index >= self.initial_form_count():
            kwargs["initial"] = {name: one.pk for name, one in self.defaults.items()}
        return kwargs

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if "DELETE" in form.fields and getattr(form.instance, "code", None):
            form.fields["DELETE"].disabled = True  # the public knows it


# -- desks


class RowsInline(Boxes, admin.StackedInline):
    """Rows of a record that are entered in its form."""

    formset = RowsFormSet
    extra = 0
    classes = ("collapse",)  # a session has a hundred rows; those with an error stand open
    formfield_overrides = TEXTS
    box, multiple_box = KnownBox, KnownMultipleBox
    joined = ()  # foreign keys to read with the rows
    fetched = ()  # and lists

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            # Adding somebody new is enough in a row: the other signs would stand there hundredfold.
            for sign in ("change", "delete", "view"):
                setattr(field.widget, f"can_{sign}_related", False)
        return field

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        rows = rows.select_related(*self.joined).prefetch_related(*self.fetched).order_by("pk")
        if request.method == "POST" and connection.in_atomic_block:
            return rows.select_for_update(of=("self",), no_key=True)
        return rows


class RecordInline(RowsInline):
    """Records of their own, entered in the form of what they belong to."""

    form = RecordForm
    exclude = ("version", "uid")  # of the model; the form's fields of that name stand for them
    show_change_link = True

    def get_fieldsets(self, request, obj=None):
        (name, options), *rest = super().get_fieldsets(request, obj)
        seen = ("version",) if self.has_change_permission(request, obj) else ()
        return [(name, {**options, "fields": (*options["fields"], *seen)}), *rest]


class RecordAdmin(RegisterAdmin):
    """Anything that is published: drafted by one person, published by another."""

    form = RecordForm
    exclude = ("version", "uid")
    actions = (submit_chosen, send_back_chosen, publish_chosen, withdraw_chosen)
    readonly_fields = (
        "code",
        "shown_state",
        "in_the_way",
        "review_note",
        "published_at",
        "entered",
        "changed",
    )

    # what a person may do

    def has_publish_permission(self, request):
        codename = get_permission_codename("publish", self.opts)
        return request.user.has_perm(f"{self.opts.app_label}.{codename}")

    def has_delete_permission(self, request, obj=None):
        """What the public has read is withdrawn, never deleted."""
        return (obj is None or obj.code is None) and super().has_delete_permission(request, obj)

    # the form

    def get_fieldsets(self, request, obj=None):
        (name, options), *rest = super().get_fieldsets(request, obj)
        fields = (*options["fields"], *hidden_field(request, self, obj))
        shown = [(name, {**options, "fields": fields}), *rest]
        if obj is None:
            return shown
        standing = (
            ("code", "shown_state"),
            "in_the_way",
            "review_note",
            ("entered", "changed", "published_at"),
        )
        return [*shown, (_("Publication"), {"fields": standing})]

    def get_object(self, request, object_id, from_field=None):
        found = super().get_object(request, object_id, from_field)
        if found and request.method == "POST" and connection.in_atomic_block:
            # From here on nobody edits or publishes it until this answer is given.
            rows = self.model.objects.select_for_update(of=("self",), no_key=True)
            found = rows.filter(pk=found.pk).first()
        return found

    def view_on_site(self, obj):
        path = PATHS.get(obj.kind)
        return f"{path}{obj.code}/" if path and obj.state == State.PUBLISHED else None

    def get_inline_formsets(self, request, formsets, inline_instances, obj=None):
        """With the number of rows in each heading: they are folded when the form opens."""
        found = super().get_inline_formsets(request, formsets, inline_instances, obj)
        for one in found:  # `opts` is the inline made for this request
            rows = one.formset.initial_form_count()
            one.opts.verbose_name_plural = f"{one.opts.verbose_name_plural} ({rows})"
        return found

    # saving

    def save_model(self, request, obj, form, change):
        obj.updated_by = request.user
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        parts = [one for one in formsets if one.fk.remote_field.related_name in self.model.children]
        if change and not form.has_changed() and any(one.has_changed() for one in parts):
            # A part was changed, so the whole was: its version rises, it waits for publication.
            form.instance._history_user = request.user
            form.instance.save()

    def save_formset(self, request, form, formset, change):
        for one in formset.save(commit=False):
            if isinstance(one, Publishable):
                one.updated_by = request.user
                if one._state.adding:
                    one.created_by = request.user
            one._history_user = request.user
            one.save()
        for one in formset.deleted_objects:
            one._history_user = request.user
            one.delete()
        formset.save_m2m()

    # columns

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, obj):
        state = obj.get_state_display()
        return f"{state} · {gettext('edit waiting')}" if obj.has_waiting_edit else state

    @admin.display(description=_("before it is published"))
    def in_the_way(self, obj):
        if hasattr(obj, "_history"):  # a state of the past is not published
            return ""
        prefetch_related_objects([obj], *(f"{name}__source" for name in obj.children))
        return " ".join(problems(obj)) or gettext("Nothing stands in the way.")

    @admin.display(description=_("entered"))
    def entered(self, obj):
        return _who_and_when(obj.created_by, obj.created_at)

    @admin.display(description=_("last changed"))
    def changed(self, obj):
        return _who_and_when(obj.updated_by, obj.updated_at)

    @admin.display(description=_("updated"), ordering="updated_at")
    def updated(self, obj):
        return date_format(timezone.localtime(obj.updated_at), "SHORT_DATE_FORMAT")

    @admin.display(description=_("deadline"), ordering="due_on")
    def deadline_today(self, obj):
        today = timezone.localdate()
        return deadline_of(obj.status, obj.due_on, obj.completed_on, today).label


def _who_and_when(who, when):
    when = date_format(timezone.localtime(when), "SHORT_DATETIME_FORMAT")
    return f"{who}, {when}" if who else when
