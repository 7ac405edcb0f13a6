"""Screen of merges: which two rows were made one, what moved, and the way back."""

from django.contrib import admin, messages
from django.db.models import Case, OuterRef, Subquery, When
from django.http import HttpResponseRedirect
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from engagements.models import Merge
from engagements.publication import merging
from provinces.models import Official, Organization

from .filters import ChoiceFilter
from .guarded import ReadOnlyAdmin
from .merging import with_slug
from .pages import Page, asks_first, form_of, page_of


class TakenBackFilter(ChoiceFilter):
    title = gettext_lazy("standing")
    parameter_name = "standing"
    choices_offered = [
        ("stands", gettext_lazy("Stands")),
        ("taken-back", gettext_lazy("Taken back")),
    ]

    def rows(self, queryset, value):
        return queryset.filter(undone_at__isnull=value == "stands")


@asks_first(
    "admin/engagements/merge_take_back.html",
    title=gettext_lazy("Take the merge back?"),
    context=lambda merge: {"done": merge, "lines": moved(merge)},
)
def take_back_view(screen, request, merge):
    try:
        left = merging.take_back(merge, by=request.user)
    except merging.MergeRefused as refusal:
        for line in refusal.messages:
            screen.message_user(request, line, messages.ERROR)
    else:
        screen.log_change(request, merge, _("Taken back."))
        text = _("The merge was taken back: there are two rows again.")
        screen.message_user(request, text, messages.SUCCESS)
        for line in left:
            text = _("Changed since, and left as it is: %(row)s") % {"row": line}
            screen.message_user(request, text, messages.WARNING)
    return HttpResponseRedirect(page_of(merge))


def moved(merge):
    """What a merge moved, in words."""
    model = Official if merge.official_id else Organization
    lines = []
    for column in merging.referencing_columns(model):
        if keys := merge.moved.get(column.name):
            lines.append(f"{column.label}: {len(keys)}")
        if keys := merge.moved.get(f"{column.name} {merging.DROPPED}"):
            text = _("%(what)s: %(number)d, the same twice, one of them dropped")
            lines.append(text % {"what": column.label, "number": len(keys)})
        for key, _gone, names in merge.moved.get(f"{column.name} {merging.FILLED}", ()):
            row = column.model.objects.filter(pk=key).first()
            labels = [column.model._meta.get_field(name).verbose_name for name in names]
            text = _("%(row)s took over what it lacked: %(what)s")
            told = merging.description(row) if row else _("a row that is gone")
            lines.append(text % {"row": told, "what": ", ".join(map(str, labels))})
    if names := merge.moved.get(merging.ALIASES):
        lines.append(_("Other names added: %(names)s") % {"names": "; ".join(names)})
    if editions := merge.moved.get(merging.EDITIONS):
        number = len(editions)
        text = ngettext("%(n)d edition issued again", "%(n)d editions issued again", number)
        lines.append(text % {"n": number})
    return lines


@admin.register(Merge)
class MergeAdmin(ReadOnlyAdmin):
    """What was made one, and the way back."""

    pages = (Page("<path:object_id>/take-back/", take_back_view, "take_back", "take_back"),)
    list_display = ("merged_at", "gone", "kept_as", "reason", "merged_by", "undone_at")
    list_display_links = ("merged_at", "gone")
    list_select_related = ("official", "organization", "merged_by")
    list_filter = (TakenBackFilter,)
    date_hierarchy = "merged_at"
    search_fields = ("official__search", "organization__search")
    fields = (
        ("gone", "kept_row"),
        "reason",
        ("merged_by", "merged_at"),
        "what_moved",
        ("undone_by", "undone_at"),
    )
    readonly_fields = ("gone", "kept_row", "what_moved")

    def get_queryset(self, request):
        """With the slug of the row that was kept."""
        slugs = [
            Subquery(model.objects.filter(pk=OuterRef("kept")).values("slug"))
            for model in (Official, Organization)
        ]
        kept_slug = Case(When(organization=None, then=slugs[0]), default=slugs[1])
        return super().get_queryset(request).annotate(kept_slug=kept_slug)

    def has_take_back_permission(self, request, merge):
        return request.user.has_perm("engagements.add_merge")

    def ways_on(self, request, obj):
        if obj.undone_at is None and self.has_take_back_permission(request, obj):
            return [(page_of(obj, "take_back"), _("Take this merge back"))]
        return []

    @admin.display(description=gettext_lazy("merged away"))
    def gone(self, merge):
        return with_slug(merge.official or merge.organization)

    @admin.display(description=gettext_lazy("kept"), ordering="kept_name")
    def kept_as(self, merge):
        return f"{merge.kept_name} ({merge.kept_slug})" if merge.kept_slug else merge.kept_name

    @admin.display(description=gettext_lazy("kept"))
    def kept_row(self, merge):
        model = Official if merge.official_id else Organization
        row = model.objects.filter(pk=merge.kept).first()
        if row is None:
            return merge.kept_name
        return format_html('<a href="{}">{}</a>', form_of(row), with_slug(row))

    @admin.display(description=gettext_lazy("what moved"))
    def what_moved(self, merge):
        lines = format_html_join("", "<li>{}</li>", ((line,) for line in moved(merge)))
        return format_html("<ul>{}</ul>", lines) if lines else _("Nothing pointed to it.")
