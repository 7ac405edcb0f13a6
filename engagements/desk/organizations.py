"""Screens of organizations and their successions.

A name of theirs stands in editions: a change of it issues again what the public reads.
"""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _

from provinces.models import Organization, OrganizationSuccession

from .filters import WorryFilter
from .historical import HistoricalAdmin
from .lists import UsedRelationFilter
from .merging import MergeableAdmin
from .rows import TableInline
from .slugs import SluggedForm


class OriginFormSet(BaseInlineFormSet):
    def clean(self):
        """One body alone takes over the rest; a row of this form may say so for one of them."""
        super().clean()
        rows = [form.cleaned_data for form in self.forms if hasattr(form, "cleaned_data")]
        kept = [row for row in rows if row.get("is_principal") and not row.get("DELETE")]
        named = [row.get("predecessor") for row in kept]
        if len(set(named)) < len(named):
            raise ValidationError(_("Another body took over the rest already."))


class OrganizationOriginInline(TableInline):
    """Whose work this organization took over."""

    formset = OriginFormSet
    model = OrganizationSuccession
    fk_name = "successor"
    autocomplete_fields = ("predecessor",)
    verbose_name = _("predecessor")
    verbose_name_plural = _("predecessors")


@admin.register(Organization)
class OrganizationAdmin(MergeableAdmin):
    form = SluggedForm
    fixed = ("slug",)
    borne = ("name",)
    list_display = ("name", "short_name", "kind", "parent", "province", "ceased_on")
    list_select_related = ("parent", "province")
    list_filter = ("kind", ("province", UsedRelationFilter), WorryFilter)
    autocomplete_fields = ("parent", "province")
    inlines = (OrganizationOriginInline,)
    compared = (
        "name",
        "short_name",
        "name_en",
        "slug",
        "kind",
        "parent",
        "province",
        "established_on",
        "ceased_on",
        "aliases",
        "note",
    )
    fields = (
        "name",
        ("name_en", "short_name"),
        ("kind", "slug"),
        ("parent", "province"),
        ("established_on", "ceased_on"),
        "aliases",
        "note",
    )


@admin.register(OrganizationSuccession)
class OrganizationSuccessionAdmin(HistoricalAdmin):
    list_display = (
        "predecessor",
        "successor",
        "field",
        "is_principal",
        "effective_on",
        "legal_act",
    )
    list_select_related = ("predecessor", "successor")
    date_hierarchy = "effective_on"
    search_fields = ("predecessor__search", "successor__search")
    autocomplete_fields = ("predecessor", "successor")
