"""Guarded admin: lists that survive any address, searches that ignore accents, safe deletions."""

from functools import reduce
from operator import or_

from django.contrib import admin, messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup, DisallowedModelAdminToField
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import BadRequest, FieldError, ValidationError
from django.db import DataError
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.utils.formats import localize
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from engagements.publication.reissuing import reissue_naming
from provinces.vietnamese import fold

from .base import DeskAdmin
from .boxes import is_key
from .cleaning import tell_cleaned
from .history import told_fields
from .lists import StrictChangeList
from .pages import urls_of
from .site import given_back, is_shown_again

SEARCH_CHARACTERS = 200
# What reading a list may raise when its address holds what no page of ours would send.
HOSTILE = (
    DataError,
    DisallowedModelAdminLookup,
    DisallowedModelAdminToField,
    FieldError,
    OverflowError,
    ValidationError,
    ValueError,
)


def tell_waiting(screen, request, reissue):
    """Says which editions are too many to wait for: a worker issues them again."""
    for waiting in reissue.waiting:
        text = _(
            "%(name)s stands in %(total)s published records: they are being brought up to date"
            " little by little. Until then some still show the old name."
        )
        text %= {"name": waiting.renamed, "total": localize(waiting.total)}
        screen.message_user(request, text, messages.WARNING)


class ShownAgain:
    """A form that is looked at before it is saved, whatever stands in it.

    No transaction is opened for it: it only reads, and waits for nobody who writes.
    """

    def is_valid(self):
        super().is_valid()
        return False


class GuardedAdmin(DeskAdmin, admin.ModelAdmin):
    """Lists that survive any address, searches that ignore accents, deletions that lose no link."""

    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    is_short = False  # few rows: they are folded while they are read, no column holds search words
    fixed = ()  # columns that are chosen once, when the row is made
    borne = ()  # columns that editions repeat: a change issues again every edition with this row
    pages = ()  # beside the list and the form

    def get_urls(self):
        return [*urls_of(self), *super().get_urls()]

    def list_context(self, request):
        """What the list shows besides its rows: the tools above it."""
        return {}

    def ways_on(self, request, obj):
        """Where the form of a row leads to, besides its history: (address, words)."""
        return []

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["ways_on"] = self.ways_on(request, obj) if obj is not None else []
        return super().render_change_form(request, context, add, change, form_url, obj)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        fields = given_back(self, request)
        if fields is not None:
            request.method, request.POST, request.is_shown_again = "POST", fields, True
        if is_shown_again(request):
            return self._changeform_view(request, object_id, form_url, extra_context)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def construct_change_message(self, request, form, formsets, add=False):
        """Names of fields as the models write them: with a capital they are in no catalogue."""
        message = super().construct_change_message(request, form, formsets, add)
        with override(None):
            models = {self.model, *(formset.model for formset in formsets or ())}
            fields = [field for model in models for field in told_fields(model)]
            plain = {str(capfirst(field.verbose_name)): str(field.verbose_name) for field in fields}
        for part in message:
            changed = part.get("changed", {})
            if "fields" in changed:
                changed["fields"] = [plain.get(name, name) for name in changed["fields"]]
        return message

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        rows = [row for formset in formsets for row in formset.forms if row.has_changed()]
        tell_cleaned(self, request, [form, *rows])

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if is_shown_again(request):
            return type(form.__name__, (ShownAgain, form), {})
        return form

    def get_changelist(self, request, **kwargs):
        return StrictChangeList

    def get_changelist_instance(self, request):
        try:
            return super().get_changelist_instance(request)
        except (IncorrectLookupParameters, *HOSTILE) as error:
            self.message_user(
                request,
                _("The address asked for something that this list does not know; it shows all."),
                messages.WARNING,
            )
            raise IncorrectLookupParameters(str(error)) from error

    def changelist_view(self, request, extra_context=None):
        # The flag says that wrong parameters were dropped; with others beside it, it is old.
        if request.method == "GET" and ERROR_FLAG in request.GET and len(request.GET) > 1:
            query = request.GET.copy()
            del query[ERROR_FLAG]
            return HttpResponseRedirect(f"{request.path}?{query.urlencode()}")
        context = self.list_context(request) | (extra_context or {})
        return super().changelist_view(request, context)

    def response_action(self, request, queryset):
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if not all(is_key(self.opts.pk, key) for key in chosen):
            raise BadRequest("A key that no row can have.")
        return super().response_action(request, queryset)

    def get_search_results(self, request, queryset, search_term):
        if not (self.search_fields and search_term.strip()):
            return queryset, False
        words = fold(search_term[:SEARCH_CHARACTERS])
        return (self.matching(queryset, words) if words else queryset.none()), False

    def matching(self, queryset, words):
        """Rows with these folded words, in order, the last one perhaps unfinished."""
        if self.is_short:
            rows = self.model.objects.values_list("pk", *self.search_fields)
            keys = [pk for pk, *texts in rows if f" {words}" in f" {fold(' '.join(texts))}"]
            return queryset.filter(pk__in=keys)
        rules = [Q(**{f"{column}__contains": f" {words}"}) for column in self.search_fields]
        return queryset.filter(reduce(or_, rules))

    def get_readonly_fields(self, request, obj=None):
        return (*super().get_readonly_fields(request, obj), *(self.fixed if obj else ()))

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if change and set(self.borne) & set(form.changed_data):
            tell_waiting(self, request, reissue_naming(**{self.opts.model_name: obj}))

    def get_deleted_objects(self, objs, request):
        """What would go; a row that others hold in a list (many to many) is protected too."""
        nested, count, lacking, protected = super().get_deleted_objects(objs, request)
        relations = [relation for relation in self.opts.related_objects if relation.many_to_many]
        for relation in relations:
            for row in objs:
                protected += getattr(row, relation.get_accessor_name()).all()[:20]
        return nested, count, lacking, protected


class ReadOnlyAdmin(GuardedAdmin):
    """A table for looking at, never for changing."""

    actions = None

    def may_write(self, request, obj=None):
        return False


class TechnicalAdmin(ReadOnlyAdmin):
    """A table of the machinery: there for who looks for it, not in the staff's index."""

    def has_module_permission(self, request):
        return False
