"""Screens of editions, what the public reads: for looking at, never for changing."""

import json

from django.contrib import admin
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from engagements.models import CodeCounter, Edition, EditionLink

from .filters import ReadingFilter
from .guarded import ReadOnlyAdmin, TechnicalAdmin


@admin.register(Edition)
class EditionAdmin(ReadOnlyAdmin):
    list_display = (
        "place",
        "code",
        "kind",
        "number",
        "province",
        "published_at",
        "superseded",
        "withdrawn",
    )
    list_display_links = ("place", "code")
    list_select_related = ("province",)
    list_filter = ("kind", ReadingFilter)
    date_hierarchy = "published_at"
    search_fields = ("search",)
    fields = (
        ("place", "code", "kind", "number"),
        ("published_at", "superseded", "withdrawn"),
        ("province", "heir"),
        "written",
    )

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        if request.resolver_match.url_name.endswith("_changelist"):
            return rows.defer("payload", "refs", "search")
        return rows

    # The model has no words for these: nobody but staff reads them.

    @admin.display(description=_("sequence"), ordering="sequence")
    def place(self, edition):
        return edition.sequence

    @admin.display(description=_("replaced at"), ordering="superseded_at")
    def superseded(self, edition):
        return _instant(edition.superseded_at)

    @admin.display(description=_("withdrawn at"), ordering="withdrawn_at")
    def withdrawn(self, edition):
        return _instant(edition.withdrawn_at)

    def matching(self, queryset, words):
        """Also what was withdrawn: it has its code alone."""
        code = Q(code__iexact=words.replace(" ", "-"))
        return super().matching(queryset, words) | queryset.filter(code)

    @admin.display(description=_("as the public reads it"))
    def written(self, edition):
        payload = json.dumps(edition.data, ensure_ascii=False, indent=2)
        return format_html('<pre class="body">{}</pre>', payload)


def _instant(at):
    return date_format(timezone.localtime(at), "DATETIME_FORMAT") if at else ""


@admin.register(EditionLink)
class EditionLinkAdmin(TechnicalAdmin):
    list_display = ("edition", "kind", "record", "province", "organization", "official")
    list_select_related = ("edition", "province", "organization", "official")
    list_filter = ("kind",)
    ordering = ("-pk",)
    search_fields = ("edition__search",)

    def get_queryset(self, request):
        return super().get_queryset(request).defer("edition__payload", "edition__refs")


@admin.register(CodeCounter)
class CodeCounterAdmin(TechnicalAdmin):
    list_display = ("kind", "last")
    ordering = ("kind",)
