"""Merging two rows for the same person or organization: the action, the page, the filter.

By who keeps the lists (Quản trị) alone. The list of merges, and the way back, are in merges.py.
"""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import BadRequest
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engagements.models import Merge
from engagements.publication import merging
from provinces.models import resolve_merge
from provinces.vietnamese import NormalText

from .boxes import Box, is_key
from .filters import ChoiceFilter
from .pages import Page, desk_page, form_of, page_of_table
from .ruled import RuledAdmin


def with_slug(row):
    """Two rows of one name are told apart by their slugs."""
    return f"{row} ({row.slug})"


class MergedFilter(ChoiceFilter):
    """Rows that were merged away are out of sight until they are asked for."""

    title = gettext_lazy("merged away")
    parameter_name = "merged"
    choices_offered = [("yes", gettext_lazy("Merged into another"))]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset.filter(merged_into=None)
        return super().queryset(request, queryset)

    def rows(self, queryset, value):
        return queryset.exclude(merged_into=None)

    def choices(self, changelist):
        first, *rest = super().choices(changelist)
        return [{**first, "display": _("Rows in use")}, *rest]


def merge_address(model, *keys):
    """URL of the page that merges these two rows, or the one with another."""
    return f"{page_of_table(model, 'merge')}?{'&'.join(f'row={key}' for key in keys)}"


@admin.action(permissions=["merge"], description=gettext_lazy("Merge the two chosen"))
def merge_chosen(screen, request, queryset):
    keys = list(queryset.order_by("pk").values_list("pk", flat=True)[:3])
    if len(keys) == 2:
        return HttpResponseRedirect(merge_address(screen.model, *keys))
    screen.message_user(request, _("Choose exactly two rows."), messages.ERROR)
    return None


class MergeForm(forms.Form):
    """Which of the two stays, and why they are one."""

    kept = forms.TypedChoiceField(
        label=gettext_lazy("Which row is kept"), coerce=int, widget=forms.RadioSelect
    )
    reason = NormalText(
        label=gettext_lazy("Why they are one"),
        max_length=300,
        widget=forms.TextInput(attrs={"class": "vTextField", "size": 80}),
        help_text=gettext_lazy("What shows it. It stays with the merge. Never published."),
    )

    def __init__(self, *args, rows, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = rows
        self.fields["kept"].choices = [(row.pk, with_slug(row)) for row in rows]

    @property
    def pair(self):
        """(kept, gone)"""
        kept = self.cleaned_data["kept"]
        return sorted(self.rows, key=lambda row: row.pk != kept)


# -- the page


def merge_view(screen, request):
    """Two rows side by side, and the form that makes them one; first they are chosen."""
    keys = list(dict.fromkeys(request.POST.getlist("row") or request.GET.getlist("row")))
    keys = [key for key in keys if key]
    if len(keys) > 2 or not all(is_key(screen.opts.pk, key) for key in keys):
        raise BadRequest("No two rows of this list.")
    rows = {row.pk: row for row in (get_object_or_404(screen.model, pk=key) for key in keys)}
    rows = list(rows.values())
    if len(rows) < 2:
        return _choose(screen, request, rows)
    if merged := _merge_of(rows):
        text = _("These two were merged already.")
        screen.message_user(request, text, messages.WARNING)
        return HttpResponseRedirect(form_of(merged))
    form = MergeForm(request.POST if request.method == "POST" else None, rows=rows)
    if form.is_valid() and (merged := _merge_two(screen, request, form)):
        return HttpResponseRedirect(form_of(merged))
    one, other = rows
    obstacles = [
        (obstacle.text, obstacle.record and form_of(obstacle.record))
        for obstacle in merging.obstacles(one, other)
    ]
    return _merge_page(
        screen,
        request,
        "admin/engagements/merge.html",
        rows,
        form=form,
        obstacles=obstacles,
        facts=list(facts(screen, rows)),
        references=zip(
            merging.references_to(one, other), merging.references_to(other, one), strict=True
        ),
    )


def _merge_of(rows):
    """The merge by which one of the two became the other; None if they are two."""
    for gone, kept in (rows, rows[::-1]):
        if gone.merged_into_id == kept.pk:
            return gone.merges.filter(undone_at=None).first()
    return None


def _merge_two(screen, request, form):
    """The merge that the form asked for; None with the reason in the form."""
    kept, gone = form.pair
    try:
        merged = merging.merge(kept, gone, by=request.user, reason=form.cleaned_data["reason"])
    except merging.MergeRefused as refusal:
        form.add_error(None, refusal)
        return None
    screen.log_change(request, kept, _("Another row was merged into this one."))
    screen.log_change(request, gone, _("Merged into another row."))
    text = _("One row now stands for both. What moved is listed here.")
    screen.message_user(request, text, messages.SUCCESS)
    return merged


def _choose(screen, request, rows):
    """The page that asks for the other row, or for both."""
    target = Merge._meta.get_field(screen.opts.model_name)
    labels = (_("One row"), _("The other row"))[len(rows) :]
    boxes = []
    for index, label in enumerate(labels):
        key = f"id_row_{index}"
        field = forms.ModelChoiceField(
            screen.model.objects.not_merged(), widget=Box(target, screen.admin_site)
        )
        boxes.append((label, key, field.widget.render("row", "", {"id": key})))
    template = "admin/engagements/merge_choose.html"
    return _merge_page(screen, request, template, rows, boxes=boxes, media=field.widget.media)


def _merge_page(screen, request, template, rows, **context):
    title = _("Make one of two rows")
    return desk_page(screen, request, template, title=title, rows=rows, **context)


def facts(screen, rows):
    """What the two rows say, side by side."""
    for name in screen.compared:
        field = screen.opts.get_field(name)
        yield field.verbose_name, [_shown(row, field) for row in rows]


def _shown(row, field):
    if field.choices:
        return getattr(row, f"get_{field.name}_display")()
    value = getattr(row, field.name)
    return "" if value is None else value


# -- the lists of officials and organizations


class MergeableAdmin(RuledAdmin):
    """A list in which the same person or organization may stand twice."""

    pages = (*RuledAdmin.pages, Page("merge/", merge_view, "merge", "merge"))
    actions = (merge_chosen,)
    compared = ()  # columns that the page shows side by side

    def has_merge_permission(self, request):
        own = f"{self.opts.app_label}.delete_{self.opts.model_name}"
        return request.user.has_perms(["engagements.add_merge", own])

    def may_write(self, request, obj=None):
        return obj is None or obj.merged_into_id is None

    def get_list_filter(self, request):
        return (*super().get_list_filter(request), MergedFilter)

    def get_search_results(self, request, queryset, search_term):
        if request.resolver_match and request.resolver_match.url_name == "autocomplete":
            queryset = queryset.filter(merged_into=None)
        return super().get_search_results(request, queryset, search_term)

    def ways_on(self, request, obj):
        if obj.merged_into_id is not None:
            kept = resolve_merge(obj)
            return [(form_of(kept), _("Merged into: %(name)s") % {"name": kept})]
        if self.has_merge_permission(request):
            return [(merge_address(self.model, obj.pk), _("Merge with another row"))]
        return []
