"""Names that editions bear: when one changes, what the public reads is issued again with it.

The admins of places and people stand in `provinces`, which knows nothing of editions; here they
are registered again with what a changed name brings about.
"""

from django import forms
from django.contrib import admin
from django.db import transaction

from engagements import roles
from engagements.desk.sessions.next_session import FromProvince
from engagements.publication.publishing import reissue_naming, reissue_placed
from provinces.models import Official, Organization, Post, Province, Succession

from . import guarded as desk
from .filters import WorryFilter
from .forms import PlacedForm
from .merging import MergeableOfficial, MergeableOrganization
from .records import PlacingAdmin, RuledAdmin
from .workbooks import WorkbookDesk


class ReissuingAdmin:
    """Saves a name and issues again, in the same transaction, every edition that bears it."""

    borne = ()  # columns that editions repeat

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if change and set(self.borne) & set(form.changed_data):
            reissue_naming(**{self.opts.model_name: obj})


class PostInline(desk.PostInline):
    """The posts of a person: read with the name, and changed by those who may change that."""

    def has_add_permission(self, request, obj):
        return super().has_add_permission(request, obj) and self._may(request, obj)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self._may(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self._may(request, obj)

    def _may(self, request, official):
        return official is None or roles.may_change(request.user, official)


class PostForm(PlacedForm, forms.ModelForm):
    pass


admin.site.unregister([Official, Organization, Post, Province, Succession])


@admin.register(Official)
class OfficialAdmin(
    MergeableOfficial, WorkbookDesk, RuledAdmin, ReissuingAdmin, desk.OfficialAdmin
):
    borne = ("full_name",)
    inlines = (PostInline,)
    list_filter = (WorryFilter,)


@admin.register(Organization)
class OrganizationAdmin(
    MergeableOrganization, WorkbookDesk, RuledAdmin, ReissuingAdmin, desk.OrganizationAdmin
):
    borne = ("name",)
    list_filter = (*desk.OrganizationAdmin.list_filter, WorryFilter)


@admin.register(Post)
class PostAdmin(WorkbookDesk, RuledAdmin, PlacingAdmin, desk.PostAdmin):
    form = PostForm


@admin.register(Province)
class ProvinceAdmin(FromProvince, ReissuingAdmin, desk.ProvinceAdmin):
    borne = ("name", "kind", "ceased_on", "established_on")

    def save_formset(self, request, form, formset, change):
        super().save_formset(request, form, formset, change)
        if formset.model is Succession and formset.has_changed():
            before = [row.initial.get("predecessor") for row in formset.forms]
            units = [row.cleaned_data["predecessor"] for row in formset.forms if row.has_changed()]
            reissue_placed(*units, *Province.objects.filter(pk__in=filter(None, before)))


@admin.register(Succession)
class SuccessionAdmin(desk.SuccessionAdmin):
    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        before = Province.objects.filter(pk=form.initial.get("predecessor"))
        reissue_placed(obj.predecessor, *before)

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        reissue_placed(obj.predecessor)

    @transaction.atomic
    def delete_queryset(self, request, queryset):
        before = [one.predecessor for one in queryset.select_related("predecessor")]
        super().delete_queryset(request, queryset)
        reissue_placed(*before)
