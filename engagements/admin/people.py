"""Names that editions bear: when one changes, what the public reads is issued again with it.

The admins of places and people stand in `provinces`, which knows nothing of editions; here they
are registered again with what a changed name brings about.
"""

from django.contrib import admin
from django.db import transaction

from engagements.edition.publishing import reissue_naming
from provinces import admin as desk
from provinces.models import Atlas, Official, Organization, Province, Succession


class ReissuingAdmin:
    """Saves a name and issues again, in the same transaction, every edition that bears it."""

    borne = ()  # columns that editions repeat

    def get_readonly_fields(self, request, obj=None):
        """A name that the public reads changes at once: by who keeps the lists (Quản trị) alone."""
        fields = super().get_readonly_fields(request, obj)
        kept = obj and obj.edition_links.exists() and not self.has_delete_right(request)
        return [*fields, *self.borne] if kept else fields

    def has_delete_right(self, request):
        return request.user.has_perm(f"provinces.delete_{self.opts.model_name}")

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if change and set(self.borne) & set(form.changed_data):
            reissue_naming(**{self.opts.model_name: obj})


def reissue_lineage(*units):
    """Which unit carries an edition today has changed: for these units and those before them."""
    atlas = Atlas()
    lineages = [one for unit in units for one in atlas.lineage(atlas.units[unit.pk])]
    for unit in {one.pk: one for one in lineages}.values():
        reissue_naming(province=unit)


admin.site.unregister([Official, Organization, Province, Succession])


@admin.register(Official)
class OfficialAdmin(ReissuingAdmin, desk.OfficialAdmin):
    borne = ("full_name",)


@admin.register(Organization)
class OrganizationAdmin(ReissuingAdmin, desk.OrganizationAdmin):
    borne = ("name",)


@admin.register(Province)
class ProvinceAdmin(ReissuingAdmin, desk.ProvinceAdmin):
    borne = ("name", "kind", "ceased_on", "established_on")

    def save_formset(self, request, form, formset, change):
        super().save_formset(request, form, formset, change)
        if formset.model is Succession and formset.has_changed():
            before = [row.initial.get("predecessor") for row in formset.forms]
            units = [row.cleaned_data["predecessor"] for row in formset.forms if row.has_changed()]
            reissue_lineage(*units, *Province.objects.filter(pk__in=filter(None, before)))


@admin.register(Succession)
class SuccessionAdmin(desk.SuccessionAdmin):
    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        before = Province.objects.filter(pk=form.initial.get("predecessor"))
        reissue_lineage(obj.predecessor, *before)

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        reissue_lineage(obj.predecessor)

    @transaction.atomic
    def delete_queryset(self, request, queryset):
        before = [one.predecessor for one in queryset.select_related("predecessor")]
        super().delete_queryset(request, queryset)
        reissue_lineage(*before)
