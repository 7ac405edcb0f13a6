"""The staff's desk: what every list and form of it shares, and the admin of places and people."""

from functools import reduce
from operator import or_

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup, DisallowedModelAdminToField
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.admin.views.main import ERROR_FLAG, ChangeList
from django.contrib.admin.widgets import (
    AdminTextareaWidget,
    AutocompleteSelect,
    AutocompleteSelectMultiple,
)
from django.contrib.auth.admin import GroupAdmin as StockGroupAdmin
from django.contrib.auth.admin import UserAdmin as StockUserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import BadRequest, FieldError, PermissionDenied, ValidationError
from django.db import DataError, models
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, override
from simple_history.admin import SimpleHistoryAdmin

from provinces.models import (
    Officer,
    Official,
    Organization,
    OrganizationSuccession,
    Post,
    Province,
    Succession,
)
from provinces.vietnamese import Prose, fold, slugify_vi

from .history import Restored, Words, changes, states, told_fields
from .site import is_shown_again, taken_back

admin.site.site_header = admin.site.site_title = "Sát Cánh"
admin.site.index_title = _("The staff's desk")
admin.site.enable_nav_sidebar = False  # a list of nine columns needs the room

SEARCH_CHARACTERS = 200
YEARS = range(1900, 2201)  # what a date hierarchy is asked for
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


# -- forms


TEXTS = {
    Prose: {"widget": AdminTextareaWidget(attrs={"rows": 3})},
    models.URLField: {"assume_scheme": "https"},
}


def is_key(field, value):
    """Whether the value could be a key in that column, which neither database asks itself."""
    try:
        field.clean(unquote(str(value)), None)
    except ValidationError:
        return False
    return True


class _Guarded:
    """An autocomplete box that does not ask the database for what cannot be a key."""

    def optgroups(self, name, value, attrs=None):
        key = self.field.remote_field.model._meta.pk
        return super().optgroups(name, [one for one in value if is_key(key, one)], attrs)


class Box(_Guarded, AutocompleteSelect):
    pass


class MultipleBox(_Guarded, AutocompleteSelectMultiple):
    """Emptied one by one: the sign that empties it whole stands in a list where none may."""

    def build_attrs(self, base_attrs, extra_attrs=None):
        return super().build_attrs(base_attrs, extra_attrs) | {"data-allow-clear": "false"}


class Choices(forms.ModelMultipleChoiceField):
    """Several rows; what cannot be a key is a wrong choice like any other."""

    def clean(self, value):
        for one in value or ():
            if not is_key(self.queryset.model._meta.pk, one):
                wrong = self.error_messages["invalid_pk_value"]
                raise ValidationError(wrong, code="invalid_pk_value", params={"pk": one})
        return super().clean(value)


def _standing(db_field):
    """Rows that may be chosen: a person or a body that was merged away is none of them."""
    rows = db_field.remote_field.model._default_manager
    return rows.standing() if hasattr(rows, "standing") else None


class Boxes:
    """Gives every foreign key and list that is completed while typing our box."""

    box, multiple_box = Box, MultipleBox

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = self.box(db_field, self.admin_site)
        if (standing := _standing(db_field)) is not None:
            kwargs.setdefault("queryset", standing)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = self.multiple_box(db_field, self.admin_site)
        if (standing := _standing(db_field)) is not None:
            kwargs.setdefault("queryset", standing)
        kwargs.setdefault("form_class", Choices)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class ShownAgain:
    """A form that is looked at before it is saved, whatever stands in it.

    No transaction is opened for it: it only reads, and waits for nobody who writes.
    """

    def is_valid(self):
        super().is_valid()
        return False


class SluggedForm(forms.ModelForm):
    """The address of a new row may be left empty: it is made of the name, with đ as d."""

    slug_from = "name"
    slug_help = _("Left empty, it is made of the name.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if slug := self.fields.get("slug"):  # read-only once the row exists
            slug.required = False
            slug.help_text = format_lazy("{} {}", self.slug_help, slug.help_text)

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        if "slug" in self.fields and "slug" not in self.errors and not cleaned.get("slug"):
            cleaned["slug"] = self.free_slug(slugify_vi(self.slug_words(cleaned)))
        return cleaned

    def slug_words(self, cleaned):
        return cleaned.get(self.slug_from) or ""

    def free_slug(self, slug):
        return free_slug(self._meta.model, slug)


def free_slug(model, slug):
    """The slug, or with -2, -3… the first that no row has."""
    length = model._meta.get_field("slug").max_length - 5
    slug = found = slug[:length].strip("-")
    number = 1
    while slug and model.objects.filter(slug=found).exists():
        number += 1
        found = f"{slug}-{number}"
    return found


class OfficialForm(SluggedForm):
    slug_from = "full_name"


class ProvinceForm(SluggedForm):
    def slug_words(self, cleaned):
        """A past namesake of a living unit carries its last year."""
        name, ceased_on = super().slug_words(cleaned), cleaned.get("ceased_on")
        if ceased_on and Province.objects.filter(slug=slugify_vi(name)).exists():
            return f"{name} {ceased_on.year}"
        return name


# -- lists


class StrictChangeList(ChangeList):
    """A list that takes the parameters it offers itself, and no others.

    The stock list passes any lookup on any column to the database, some of which it cannot read.
    """

    def get_filters(self, request):
        if self.date_hierarchy:
            self._check_hierarchy(request)
        found = super().get_filters(request)
        rest = found[2]
        if set(rest) - {f"{self.date_hierarchy}__gte", f"{self.date_hierarchy}__lt"}:
            raise IncorrectLookupParameters(", ".join(rest))
        return found

    def _check_hierarchy(self, request):
        for name, allowed in (("year", YEARS), ("month", range(1, 13)), ("day", range(1, 32))):
            value = request.GET.get(f"{self.date_hierarchy}__{name}")
            if value is not None and int(value) not in allowed:
                raise IncorrectLookupParameters(value)


class UsedRelationFilter(admin.RelatedFieldListFilter):
    """Choices that some row of the list has; each is one look into an index."""

    def field_choices(self, field, request, model_admin):
        used = model_admin.model.objects.filter(**{field.name: OuterRef("pk")})
        rows = field.remote_field.model.objects.filter(Exists(used))
        return [(row.pk, str(row)) for row in rows]

    def has_output(self):
        return True  # a filter that is not shown would not be applied either


class GuardedAdmin(Boxes, admin.ModelAdmin):
    """Lists that survive any address, searches that ignore accents, deletions that lose no link."""

    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    formfield_overrides = TEXTS

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        fields = taken_back(request)
        if fields is not None:
            request.method, request.POST, request.is_shown_again = "POST", fields, True
            text = _(
                "You are logged in again, and the form is back. Nothing is saved yet: check, save."
            )
            self.message_user(request, text, messages.WARNING)
        if is_shown_again(request):
            return self._changeform_view(request, object_id, form_url, extra_context)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def construct_change_message(self, request, form, formsets, add=False):
        """Names of fields as the models write them: with a capital they are in no catalogue."""
        told = super().construct_change_message(request, form, formsets, add)
        with override(None):
            models_told = {self.model, *(one.model for one in formsets or ())}
            fields = [field for model in models_told for field in told_fields(model)]
            plain = {str(capfirst(one.verbose_name)): str(one.verbose_name) for one in fields}
        for part in told:
            changed = part.get("changed", {})
            if "fields" in changed:
                changed["fields"] = [plain.get(name, name) for name in changed["fields"]]
        return told

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
        return super().changelist_view(request, extra_context)

    def response_action(self, request, queryset):
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if not all(is_key(self.opts.pk, one) for one in chosen):
            raise BadRequest("A key that no row can have.")
        return super().response_action(request, queryset)

    def get_search_results(self, request, queryset, search_term):
        if not (self.search_fields and search_term.strip()):
            return queryset, False
        words = fold(search_term[:SEARCH_CHARACTERS])
        return (self.matching(queryset, words) if words else queryset.none()), False

    def matching(self, queryset, words):
        """Rows with these folded words, in order, the last one perhaps unfinished."""
        rules = [Q(**{f"{column}__contains": f" {words}"}) for column in self.search_fields]
        return queryset.filter(reduce(or_, rules))

    def get_deleted_objects(self, objs, request):
        """What would go; a row that others hold in a list (many to many) is protected too."""
        nested, count, lacking, protected = super().get_deleted_objects(objs, request)
        relations = [one for one in self.opts.related_objects if one.many_to_many]
        for relation in relations:
            for one in objs:
                protected += getattr(one, relation.get_accessor_name()).all()[:20]
        return nested, count, lacking, protected


class ShortListAdmin(GuardedAdmin):
    """A table so short that it is folded while it is read: it needs no search column."""

    def matching(self, queryset, words):
        found = [
            pk
            for pk, *texts in self.model.objects.values_list("pk", *self.search_fields)
            if f" {words}" in f" {fold(' '.join(texts))}"
        ]
        return queryset.filter(pk__in=found)


FROM_THE_LIST = gettext_noop("deleted from the list")


class HistoryAdmin(SimpleHistoryAdmin):
    """The history is read, never gone back to: an older state returns as a new edit."""

    object_history_list_template = "admin/object_history_list.html"
    history_list_per_page = 50
    # Reasons that the history holds as words of ours, in the reader's language.
    reasons = {FROM_THE_LIST: _("deleted from the list")}

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_restore"
        view = self.admin_site.admin_view(self.restore_view)
        return [
            path("<path:object_id>/history/<path:version_id>/restore/", view, name=name),
            *super().get_urls(),
        ]

    def set_history_delta_changes(self, request, historical_records, foreign_keys_are_objs=True):
        """What each row changed, in words: the tables it names are read once for the page."""
        rows = list(historical_records)
        if not rows:
            return
        before = rows[-1].prev_record
        with_it = [*rows, before] if before else rows
        found = states(self.model, with_it)
        words = Words(self.model, found)
        for row, now, was in zip(rows, found, [*found[1:], None], strict=False):
            row.why = self.reasons.get(row.history_change_reason, row.history_change_reason)
            row.told = changes(self.model, was, now, words, cut=True) if was else []

    def history_view(self, request, object_id, extra_context=None):
        if not is_key(self.opts.pk, object_id):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        record = self.get_object(request, unquote(object_id))
        may_change = record is not None and self.has_change_permission(request, record)
        extra_context = {"may_restore": may_change} | (extra_context or {})
        return super().history_view(request, object_id, extra_context)

    def restore_view(self, request, object_id, version_id):
        """The form filled as the record was then. Nothing is saved until somebody saves it."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not (is_key(self.opts.pk, object_id) and is_key(self.opts.pk, version_id)):
            raise Http404
        record = self.get_object(request, unquote(object_id))
        if record is None:
            raise Http404
        if not self.has_change_permission(request, record):
            raise PermissionDenied
        row = get_object_or_404(self.model.history, id=record.pk, pk=version_id)
        fixed = {"slug", *self.get_readonly_fields(request, record)}
        shown = set(flatten_fieldsets(self.get_fieldsets(request, record))) - fixed
        request.restored = Restored(record, row, shown)
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        form_url = reverse(name, args=[object_id], current_app=self.admin_site.name)
        extra_context = {"restored": request.restored}
        return self.changeform_view(request, object_id, form_url, extra_context)

    def get_object(self, request, object_id, from_field=None):
        found = super().get_object(request, object_id, from_field)
        restored = getattr(request, "restored", None)
        if found is not None and restored is not None:
            restored.fill(found)
        return found

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        # The package hides its button when reverting is off, and still saves what is posted.
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        if not (is_key(self.opts.pk, object_id) and is_key(self.opts.pk, version_id)):
            raise Http404
        return super().history_form_view(request, object_id, version_id, extra_context)

    def render_history_view(self, request, template, context, **kwargs):
        if form := context.get("adminform"):
            form.readonly_fields = flatten_fieldsets(form.fieldsets)
        return super().render_history_view(request, template, context, **kwargs)


class RegisterAdmin(GuardedAdmin, HistoryAdmin):
    """A table of the register: guarded, with its history; what did not change is not saved."""

    search_fields = ("search",)

    class Media:
        js = ("admin/js/jquery.init.js", "desk.js")

    def save_model(self, request, obj, form, change):
        if not change or form.has_changed():
            super().save_model(request, obj, form, change)

    def ways_on(self, request, obj):
        """Where the form of a row leads to, besides its history: (address, words)."""
        return []

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["ways_on"] = self.ways_on(request, obj) if obj is not None else []
        return super().render_change_form(request, context, add, change, form_url, obj)

    def delete_queryset(self, request, queryset):
        for one in queryset:
            one._history_user = request.user
            one._change_reason = FROM_THE_LIST
            one.delete()


class FixedAddress:
    """The address is chosen once, when the row is made."""

    def get_readonly_fields(self, request, obj=None):
        fixed = ("slug",) if obj else ()
        return (*super().get_readonly_fields(request, obj), *fixed)


# -- places


class RowsInline(Boxes, admin.TabularInline):
    """Rows of another table that belong to this one."""

    extra = 0
    formfield_overrides = TEXTS


class OriginInline(RowsInline):
    """What became part of this unit."""

    model = Succession
    fk_name = "successor"
    autocomplete_fields = ("predecessor",)
    verbose_name = _("predecessor")
    verbose_name_plural = _("predecessors")


class LivingFilter(admin.SimpleListFilter):
    title = _("unit of today")
    parameter_name = "living"

    def lookups(self, request, model_admin):
        return [("yes", _("Living")), ("no", _("Past"))]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        living = Province.objects.living().values("pk")
        rule = {"yes": Q(pk__in=living), "no": ~Q(pk__in=living)}
        return queryset.filter(rule[self.value()])


@admin.register(Province)
class ProvinceAdmin(FixedAddress, RegisterAdmin):
    form = ProvinceForm
    list_display = ("__str__", "code", "kind", "established_on", "ceased_on", "legal_act")
    list_filter = (LivingFilter, "kind")
    inlines = (OriginInline,)
    fields = (
        ("name", "name_en"),
        ("kind", "code", "slug"),
        ("established_on", "ceased_on"),
        "legal_act",
        "aliases",
        "note",
    )


@admin.register(Succession)
class SuccessionAdmin(RegisterAdmin):
    list_display = ("predecessor", "successor", "kind", "effective_on", "legal_act")
    list_select_related = ("predecessor", "successor")
    list_filter = ("kind",)
    date_hierarchy = "effective_on"
    search_fields = ("predecessor__search", "successor__search")
    autocomplete_fields = ("predecessor", "successor")


# -- bodies


class OrganizationOriginInline(RowsInline):
    """Whose work this body took over."""

    model = OrganizationSuccession
    fk_name = "successor"
    autocomplete_fields = ("predecessor",)
    verbose_name = _("predecessor")
    verbose_name_plural = _("predecessors")


@admin.register(Organization)
class OrganizationAdmin(FixedAddress, RegisterAdmin):
    form = SluggedForm
    list_display = ("name", "short_name", "kind", "parent", "province", "ceased_on")
    list_select_related = ("parent", "province")
    list_filter = ("kind", ("province", UsedRelationFilter))
    autocomplete_fields = ("parent", "province")
    inlines = (OrganizationOriginInline,)
    fields = (
        "name",
        ("name_en", "short_name"),
        ("kind", "slug"),
        ("parent", "province"),
        "ceased_on",
        "aliases",
        "note",
    )


@admin.register(OrganizationSuccession)
class OrganizationSuccessionAdmin(RegisterAdmin):
    list_display = ("predecessor", "successor", "field", "effective_on", "legal_act")
    list_select_related = ("predecessor", "successor")
    date_hierarchy = "effective_on"
    search_fields = ("predecessor__search", "successor__search")
    autocomplete_fields = ("predecessor", "successor")


# -- people


class PostInline(RowsInline):
    model = Post
    autocomplete_fields = ("organization",)


@admin.register(Official)
class OfficialAdmin(FixedAddress, RegisterAdmin):
    form = OfficialForm
    list_display = ("full_name", "slug", "posts_held", "note")
    inlines = (PostInline,)
    fields = ("full_name", "slug", "note")

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("posts__organization")

    @admin.display(description=_("posts"))
    def posts_held(self, official):
        return "; ".join(f"{post.title}, {post.organization}" for post in official.posts.all())


@admin.register(Post)
class PostAdmin(RegisterAdmin):
    list_display = ("official", "title", "organization", "starts_on", "ends_on", "proof")
    list_select_related = ("official", "organization")
    list_filter = (("organization", UsedRelationFilter),)
    search_fields = ("official__search", "organization__search")
    autocomplete_fields = ("official", "organization")


# -- accounts


def is_self(request, user):
    """Nobody gives themselves a role or a desk; a superuser has every one already."""
    return user is not None and user.pk == request.user.pk and not request.user.is_superuser


@admin.register(Officer)
class OfficerAdmin(ShortListAdmin, RegisterAdmin):
    """The desks of staff accounts: for which body each of them writes. Nobody chooses their own."""

    list_display = ("user", "organization")
    list_select_related = ("user", "organization")
    list_filter = (("organization", UsedRelationFilter),)
    search_fields = ("user__username", "user__first_name", "user__last_name", "organization__name")
    autocomplete_fields = ("user", "organization")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "user" and not request.user.is_superuser:
            kwargs["queryset"] = User.objects.exclude(pk=request.user.pk)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_change_permission(self, request, obj=None):
        mine = obj is not None and is_self(request, obj.user)
        return not mine and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        mine = obj is not None and is_self(request, obj.user)
        return not mine and super().has_delete_permission(request, obj)


class OfficerInline(RowsInline):
    model = Officer
    autocomplete_fields = ("organization",)

    def has_add_permission(self, request, obj):
        return not is_self(request, obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return not is_self(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return not is_self(request, obj) and super().has_delete_permission(request, obj)


admin.site.unregister([User, Group])


@admin.register(User)
class UserAdmin(ShortListAdmin, StockUserAdmin):
    """Accounts. An account is switched off, never deleted: its name stands in the history.

    Who is no superuser makes none, and does not touch one: roles are given by groups alone, and
    nobody gives one to themselves.
    """

    ROLE = ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")

    list_display = ("username", "first_name", "last_name", "desk", "is_active", "is_staff")
    list_select_related = ("officer__organization",)
    inlines = (OfficerInline,)

    def add_view(self, request, form_url="", extra_context=None):
        if is_shown_again(request):
            return self._add_view(request, form_url, extra_context)
        return super().add_view(request, form_url, extra_context)

    @admin.display(description=_("organization"), empty_value="")
    def desk(self, user):
        return user.officer.organization if hasattr(user, "officer") else None

    def get_inlines(self, request, obj):
        return super().get_inlines(request, obj) if obj else ()

    def get_readonly_fields(self, request, obj=None):
        if request.user.is_superuser:
            fixed = ()
        elif is_self(request, obj):
            fixed = self.ROLE
        else:
            fixed = ("is_superuser", "user_permissions")
        return (*super().get_readonly_fields(request, obj), *fixed)

    def has_change_permission(self, request, obj=None):
        allowed = obj is None or not obj.is_superuser or request.user.is_superuser
        return allowed and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Group)
class GroupAdmin(ShortListAdmin, StockGroupAdmin):
    """Roles. They are made by a migration; what each may do is a table in the documents."""
