"""Rows that are entered in the form of what they belong to."""

from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import connection
from django.forms.models import BaseInlineFormSet

from provinces.admin import TEXTS, Box, Boxes, MultipleBox

from .forms import RecordForm

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


# -- inlines


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
