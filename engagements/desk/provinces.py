"""Screens of provinces and their successions.

Their names stand in editions: a change of them issues again what the public reads.
"""

from django.contrib import admin
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from engagements.desk.sessions import next_session
from engagements.publication.reissuing import reissue_placed
from provinces.models import Province, Succession
from provinces.vietnamese import slugify_vi

from .filters import ChoiceFilter
from .guarded import tell_waiting
from .historical import HistoricalAdmin
from .rows import TableInline
from .slugs import SluggedForm


class ProvinceForm(SluggedForm):
    def slug_words(self, cleaned):
        """A past namesake of a living unit carries its last year."""
        name, ceased_on = super().slug_words(cleaned), cleaned.get("ceased_on")
        if ceased_on and Province.objects.filter(slug=slugify_vi(name)).exists():
            return f"{name} {ceased_on.year}"
        return name


class ProvinceOriginInline(TableInline):
    """What became part of this unit."""

    model = Succession
    fk_name = "successor"
    autocomplete_fields = ("predecessor",)
    verbose_name = _("predecessor")
    verbose_name_plural = _("predecessors")


class LivingFilter(ChoiceFilter):
    title = _("unit of today")
    parameter_name = "living"
    choices_offered = [("yes", _("Living")), ("no", _("Past"))]

    def rows(self, queryset, value):
        is_living = Q(pk__in=Province.objects.living().values("pk"))
        return queryset.filter(is_living if value == "yes" else ~is_living)


@admin.register(Province)
class ProvinceAdmin(HistoricalAdmin):
    form = ProvinceForm
    fixed = ("slug",)
    borne = ("name", "kind", "ceased_on", "established_on")
    list_display = ("__str__", "code", "kind", "established_on", "ceased_on", "legal_act")
    list_filter = (LivingFilter, "kind")
    inlines = (ProvinceOriginInline,)
    fields = (
        ("name", "name_en"),
        ("kind", "code", "slug"),
        ("established_on", "ceased_on"),
        "legal_act",
        "aliases",
        "note",
    )

    def ways_on(self, request, obj):
        return next_session.ways_from(self, request, obj)

    def save_formset(self, request, form, formset, change):
        super().save_formset(request, form, formset, change)
        if formset.model is Succession and formset.has_changed():
            before = [row.initial.get("predecessor") for row in formset.forms]
            units = [row.cleaned_data["predecessor"] for row in formset.forms if row.has_changed()]
            before = Province.objects.filter(pk__in=filter(None, before))
            tell_waiting(self, request, reissue_placed(*units, *before))


@admin.register(Succession)
class SuccessionAdmin(HistoricalAdmin):
    list_display = ("predecessor", "successor", "kind", "effective_on", "legal_act")
    list_select_related = ("predecessor", "successor")
    list_filter = ("kind",)
    date_hierarchy = "effective_on"
    search_fields = ("predecessor__search", "successor__search")
    autocomplete_fields = ("predecessor", "successor")

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        before = Province.objects.filter(pk=form.initial.get("predecessor"))
        tell_waiting(self, request, reissue_placed(obj.predecessor, *before))

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        tell_waiting(self, request, reissue_placed(obj.predecessor))

    @transaction.atomic
    def delete_queryset(self, request, queryset):
        before = [row.predecessor for row in queryset.select_related("predecessor")]
        super().delete_queryset(request, queryset)
        tell_waiting(self, request, reissue_placed(*before))
