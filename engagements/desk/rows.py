"""Inlines and formsets: rows that are entered in the form of what they belong to."""

from django.contrib import admin
from django.contrib.admin.helpers import InlineAdminForm, InlineAdminFormSet
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import connection
from django.db.models import Max
from django.forms.models import BaseInlineFormSet, _get_foreign_key
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext

from engagements import roles
from engagements.models.quotations import Texts

from .base import DeskAdmin
from .boxes import Box, MultipleBox, is_key
from .forms import PartForm, RecordForm

# -- one query for the labels of a whole inline, not one for each box


class _KnownLabels:
    """An autocomplete box that is told the labels of what the rows hold already."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.labels = {}  # shared by the boxes of one formset, which copy this widget

    def optgroups(self, name, value, attrs=None):
        chosen = [str(key) for key in value if key not in ("", None)]
        if any(key not in self.labels for key in chosen):
            return super().optgroups(name, value, attrs)
        options = []
        if not (self.is_required or self.allow_multiple_selected):
            options.append(self.create_option(name, "", "", False, 0))
        for key in chosen:
            label = self.labels[key]
            options.append(self.create_option(name, key, label, True, len(options)))
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
        self.texts = Texts()
        self.defaults = self._defaults()
        for name, field in self.form.base_fields.items():
            box = getattr(field.widget, "widget", field.widget)
            if isinstance(box, _KnownLabels):
                box.labels |= {str(row.pk): str(row) for row in self._chosen(name)}

    def _defaults(self):
        if not self.instance.pk:
            return {}
        taken = {}
        if "source" in self.taken:
            taken["source"] = self.instance.source
        if "province" in self.taken:
            provinces = list(self.instance.provinces.all()[:2])
            taken["province"] = provinces[0] if len(provinces) == 1 else None
        return {name: row for name, row in taken.items() if row}

    def _chosen(self, name):
        """What the rows hold in that column, read with the rows."""
        chosen = [self.defaults[name]] if name in self.defaults else []
        for row in self.get_queryset():
            value = getattr(row, name)
            chosen += value.all() if hasattr(value, "all") else [value] if value else []
        return chosen

    def get_form_kwargs(self, index):
        kwargs = super().get_form_kwargs(index)
        if index is None or index >= self.initial_form_count():
            kwargs["initial"] = {name: row.pk for name, row in self.defaults.items()}
        return kwargs

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.texts = self.texts
        sent = self.is_bound and index is not None and index < self.initial_form_count()
        if sent and form.instance.pk is None:  # somebody has deleted it since
            key = self.data.get(form.add_prefix(self._pk_field.name), "")
            form.gone = int(key) if is_key(self._pk_field, key) else None
            form.parent = (self.fk.attname, self.instance.pk)
        if "DELETE" in form.fields and getattr(form.instance, "code", None):
            form.fields["DELETE"].disabled = True  # the public knows it

    def get_unique_error_message(self, unique_check):
        """Says what stands there twice: the rows are looked at in order, the first is this one."""
        names = [name for name in unique_check if name != self.fk.name]
        labels = [str(self.form.base_fields[name].label) for name in names]
        given = {"field": capfirst(get_text_list(labels, gettext("and"))), "value": ""}
        seen = set()
        for form in self.forms:
            if not form.is_valid() or self._should_delete_form(form):
                continue
            values = tuple(form.cleaned_data.get(name) for name in names)
            if values in seen:
                given["value"] = ", ".join(map(str, values))
                break
            seen.add(values)
        return gettext("%(field)s: “%(value)s” stands in this form more than once.") % given


class ShownRows(InlineAdminFormSet):
    """The rows as the form shows them, each beside the record that it holds.

    The stock class goes by their places, which are others once a colleague has deleted a row.
    """

    def __init__(self, stock):
        super().__init__(
            stock.opts,
            stock.formset,
            stock.fieldsets,
            stock.prepopulated_fields,
            stock.readonly_fields,
            stock.model_admin,
            stock.has_add_permission,
            stock.has_change_permission,
            stock.has_delete_permission,
            stock.has_view_permission,
        )

    def __iter__(self):
        fixed = self.readonly_fields
        if not self.has_change_permission:
            fixed = (*fixed, *flatten_fieldsets(self.fieldsets))
        for form in self.formset.initial_forms:
            yield self._row(form, fixed, form.instance if form.instance.pk else None)
        for form in self.formset.extra_forms:
            yield self._row(form, self.readonly_fields)
        if self.has_add_permission:
            yield self._row(self.formset.empty_form, self.readonly_fields)

    def _row(self, form, fixed, original=None):
        return InlineAdminForm(
            self.formset,
            form,
            self.fieldsets,
            self.prepopulated_fields,
            original,
            fixed,
            model_admin=self.opts,
            view_on_site_url=self.opts.get_view_on_site_url(original) if original else None,
        )

    @property
    def number(self):
        """How many rows it shows, saved or not."""
        if not self.formset.is_bound:
            return self.formset.initial_form_count()
        return sum(not form.is_let_go for form in self.formset.forms)

    @property
    def is_open(self):
        """Whether something in it is not saved yet, or is about to be typed."""
        if not self.formset.is_bound:
            return self.formset.extra > 0
        typed = any(form.has_changed() and not form.is_let_go for form in self.formset.forms)
        return typed or bool(self.formset.non_form_errors())


# -- inlines

NEXT = "next"  # in an address: the kind of row that is entered next


def rows_name(parent, model, fk_name=None):
    """The prefix of the rows in their parent's form."""
    return _get_foreign_key(parent, model, fk_name=fk_name).remote_field.get_accessor_name()


def at_desk(request, parent):
    """Whether the account's desk writes what the rows belong to; a new one will be its own."""
    return parent is None or roles.is_at_desk(request.user, parent)


class BoundedRows(DeskAdmin):
    """A base of inlines: a forged number of rows is an error, not as many empty forms."""

    ROWS_MOST = max_num = 500

    def get_formset(self, request, obj=None, **kwargs):
        return super().get_formset(request, obj, **{"absolute_max": self.ROWS_MOST} | kwargs)


class TableInline(BoundedRows, admin.TabularInline):
    """Rows of another table that belong to this one, a line each."""

    extra = 0


class RowsInline(BoundedRows, admin.StackedInline):
    """Rows of a record that are entered in its form."""

    formset = RowsFormSet
    template = "admin/engagements/rows.html"
    extra = 0
    classes = ("collapse",)  # a session has a hundred rows; those with an error stand open
    box, multiple_box = KnownBox, KnownMultipleBox
    joined = ()  # foreign keys to read with the rows
    fetched = ()  # and lists

    def get_extra(self, request, obj=None, **kwargs):
        """One open row of the kind that is entered next."""
        return int(request.GET.get(NEXT) == rows_name(self.parent_model, self.model, self.fk_name))

    def may_write(self, request, obj=None):
        """Rows are written by who writes what they belong to."""
        return at_desk(request, obj)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            # Adding somebody new is enough in a row: the other signs would stand there hundredfold.
            for sign in ("change", "delete", "view"):
                setattr(field.widget, f"can_{sign}_related", False)
            if not field.widget.can_add_related:
                field.widget = field.widget.widget
        return field

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        rows = rows.select_related(*self.joined).prefetch_related(*self.fetched).order_by("pk")
        if "source" in self.joined:
            rows = rows.defer("source__text")  # a hundred rows would bring it a hundred times
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
        hidden = (*seen, "asked") if hasattr(self.model, "due_fields") else seen
        return [(name, {**options, "fields": (*options["fields"], *hidden)}), *rest]


class PartFormSet(RowsFormSet):
    """Rows without a version of their own: each says the last row of its history that was seen."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rows = self.model.history.filter(**{self.fk.attname: self.instance.pk})
        last = rows.order_by().values_list("id").annotate(last=Max("history_id"))
        self.last_rows = dict(last) if self.instance.pk else {}

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if form.instance.pk:
            form.latest = form.initial["seen"] = self.last_rows.get(form.instance.pk)


class PartInline(RowsInline):
    """Parts of a record: who sat at a session."""

    form = PartForm
    formset = PartFormSet

    def get_fieldsets(self, request, obj=None):
        (name, options), *rest = super().get_fieldsets(request, obj)
        seen = ("seen",) if self.has_change_permission(request, obj) else ()
        return [(name, {**options, "fields": (*options["fields"], *seen)}), *rest]
