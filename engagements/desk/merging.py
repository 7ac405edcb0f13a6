"""Making one of two rows for the same person or body: by who keeps the lists (Quản trị) alone."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Case, OuterRef, Subquery, When
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from engagements.models import Merge
from engagements.publication import merging
from provinces.models import Official, Organization, resolve_merge
from provinces.vietnamese import NormalText

from .boxes import Box, is_key
from .filters import ChoiceFilter
from .guarded import ReadOnlyAdmin
from .pages import desk_page


def form_address(record):
    """The desk's form of a record; None where it has none."""
    opts = record._meta
    try:
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[record.pk])
    except NoReverseMatch:
        return None


def _with_address(row):
    """Two rows of one name are told apart by their addresses."""
    return f"{row} ({row.slug})"


# -- the lists of people and bodies


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


@admin.action(permissions=["merge"], description=gettext_lazy("Merge the two chosen"))
def merge_chosen(desk, request, queryset):
    keys = list(queryset.order_by("pk").values_list("pk", flat=True)[:3])
    if len(keys) == 2:
        return HttpResponseRedirect(desk.merge_address(*keys))
    desk.message_user(request, _("Choose exactly two rows."), messages.ERROR)
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
        self.fields["kept"].choices = [(row.pk, _with_address(row)) for row in rows]

    @property
    def pair(self):
        """(kept, gone)"""
        kept = self.cleaned_data["kept"]
        return sorted(self.rows, key=lambda row: row.pk != kept)


class Mergeable:
    """A list in which the same person or body may stand twice."""

    actions = (merge_chosen,)

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_merge"
        view = self.admin_site.admin_view(
            require_http_methods(["GET", "HEAD", "POST"])(self.merge_view)
        )
        return [path("merge/", view, name=name), *super().get_urls()]

    def merge_address(self, *keys):
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_merge"
        return f"{reverse(name)}?{'&'.join(f'row={key}' for key in keys)}"

    # what a person may do

    def has_merge_permission(self, request):
        own = f"{self.opts.app_label}.delete_{self.opts.model_name}"
        return request.user.has_perms(["engagements.add_merge", own])

    def has_change_permission(self, request, obj=None):
        away = obj is not None and obj.merged_into_id is not None
        return not away and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        away = obj is not None and obj.merged_into_id is not None
        return not away and super().has_delete_permission(request, obj)

    # lists, boxes, forms

    def get_list_filter(self, request):
        return (*super().get_list_filter(request), MergedFilter)

    def get_search_results(self, request, queryset, search_term):
        if request.resolver_match and request.resolver_match.url_name == "autocomplete":
            queryset = queryset.filter(merged_into=None)
        return super().get_search_results(request, queryset, search_term)

    def ways_on(self, request, obj):
        found = list(super().ways_on(request, obj))
        if obj.merged_into_id is not None:
            kept = resolve_merge(obj)
            found.append((form_address(kept), _("Merged into: %(name)s") % {"name": kept}))
        elif self.has_merge_permission(request):
            found.append((self.merge_address(obj.pk), _("Merge with another row")))
        return found

    # the page

    def merge_view(self, request):
        if not self.has_merge_permission(request):
            raise PermissionDenied
        keys = list(dict.fromkeys(request.POST.getlist("row") or request.GET.getlist("row")))
        keys = [key for key in keys if key]
        if len(keys) > 2 or not all(is_key(self.opts.pk, key) for key in keys):
            raise BadRequest("No two rows of this list.")
        rows = [get_object_or_404(self.model, pk=key) for key in keys]
        if len({row.pk for row in rows}) < 2:
            return self._choose(request, rows)
        if made := self._made(rows):
            text = _("These two were merged already.")
            self.message_user(request, text, messages.WARNING)
            return HttpResponseRedirect(form_address(made))
        form = MergeForm(request.POST if request.method == "POST" else None, rows=rows)
        if form.is_valid():
            kept, gone = form.pair
            try:
                done = merging.merge(
                    kept, gone, by=request.user, reason=form.cleaned_data["reason"]
                )
            except merging.Refused as refusal:
                form.add_error(None, refusal)
            else:
                self.log_change(request, kept, _("Another row was merged into this one."))
                self.log_change(request, gone, _("Merged into another row."))
                text = _("One row now stands for both. What moved is listed here.")
                self.message_user(request, text, messages.SUCCESS)
                return HttpResponseRedirect(form_address(done))
        return self._page(request, "admin/engagements/merge.html", rows, form=form)

    def _made(self, rows):
        for gone, kept in (rows, rows[::-1]):
            if gone.merged_into_id == kept.pk:
                return gone.merges.filter(undone_at=None).first()
        return None

    def _choose(self, request, rows):
        """The page that asks for the other row, or for both."""
        target = Merge._meta.get_field(self.opts.model_name)
        labels = (_("One row"), _("The other row"))[len(rows) :]
        boxes = []
        for place, label in enumerate(labels):
            key = f"id_row_{place}"
            field = forms.ModelChoiceField(
                self.model.objects.not_merged(), widget=Box(target, self.admin_site)
            )
            boxes.append((label, key, field.widget.render("row", "", {"id": key})))
        media = field.widget.media
        return self._page(
            request, "admin/engagements/merge_choose.html", rows, boxes=boxes, asked=media
        )

    def _page(self, request, template, rows, asked=None, **context):
        if len(rows) == 2:
            one, other = rows
            context |= {
                "obstacles": [
                    (obstacle.text, obstacle.record and form_address(obstacle.record))
                    for obstacle in merging.obstacles(one, other)
                ],
                "facts": list(self.facts(one, other)),
                "held": zip(merging.held(one, other), merging.held(other, one), strict=True),
            }
        title = _("Make one of two rows")
        return desk_page(self, request, template, title=title, rows=rows, media=asked, **context)

    def facts(self, *rows):
        """What the two rows say, side by side."""
        for name in self.compared:
            field = self.opts.get_field(name)
            yield field.verbose_name, [_shown(row, field) for row in rows]


def _shown(row, field):
    if field.choices:
        return getattr(row, f"get_{field.name}_display")()
    value = getattr(row, field.name)
    return "" if value is None else value


class MergeableOfficial(Mergeable):
    compared = ("full_name", "slug", "note")


class MergeableOrganization(Mergeable):
    compared = (
        "name", "short_name", "name_en", "slug", "kind", "parent", "province", "ceased_on",
        "aliases", "note",
    )  # fmt: skip


# -- the merges


class TakenBackFilter(ChoiceFilter):
    title = gettext_lazy("standing")
    parameter_name = "standing"
    choices_offered = [
        ("stands", gettext_lazy("Stands")),
        ("taken-back", gettext_lazy("Taken back")),
    ]

    def rows(self, queryset, value):
        return queryset.filter(undone_at__isnull=value == "stands")


@admin.register(Merge)
class MergeAdmin(ReadOnlyAdmin):
    """What was made one, and the way back."""

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

    def get_urls(self):
        view = self.admin_site.admin_view(
            require_http_methods(["GET", "HEAD", "POST"])(self.take_back_view)
        )
        name = "engagements_merge_take_back"
        return [path("<path:object_id>/take-back/", view, name=name), *super().get_urls()]

    def get_queryset(self, request):
        """With the address of the row that was kept."""
        slugs = [
            Subquery(model.objects.filter(pk=OuterRef("kept")).values("slug"))
            for model in (Official, Organization)
        ]
        found = Case(When(organization=None, then=slugs[0]), default=slugs[1])
        return super().get_queryset(request).annotate(kept_slug=found)

    def has_take_back_permission(self, request, done):
        return done.undone_at is None and request.user.has_perm("engagements.add_merge")

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and self.has_take_back_permission(request, obj):
            address = reverse("admin:engagements_merge_take_back", args=[obj.pk])
            context["ways_on"] = [(address, _("Take this merge back"))]
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description=gettext_lazy("merged away"))
    def gone(self, done):
        return _with_address(done.official or done.organization)

    @admin.display(description=gettext_lazy("kept"), ordering="kept_name")
    def kept_as(self, done):
        return f"{done.kept_name} ({done.kept_slug})" if done.kept_slug else done.kept_name

    @admin.display(description=gettext_lazy("kept"))
    def kept_row(self, done):
        model = Official if done.official_id else Organization
        row = model.objects.filter(pk=done.kept).first()
        if row is None:
            return done.kept_name
        return format_html('<a href="{}">{}</a>', form_address(row), _with_address(row))

    @admin.display(description=gettext_lazy("what moved"))
    def what_moved(self, done):
        lines = format_html_join("", "<li>{}</li>", ((line,) for line in _moved(done)))
        return format_html("<ul>{}</ul>", lines) if lines else _("Nothing pointed to it.")

    def take_back_view(self, request, object_id):
        if not is_key(self.opts.pk, object_id):
            raise Http404
        done = get_object_or_404(Merge, pk=object_id)
        if not request.user.has_perm("engagements.add_merge"):
            raise PermissionDenied
        if request.method == "POST":
            try:
                left = merging.take_back(done, by=request.user)
            except merging.Refused as refusal:
                for line in refusal.messages:
                    self.message_user(request, line, messages.ERROR)
            else:
                self.log_change(request, done, _("Taken back."))
                text = _("The merge was taken back: there are two rows again.")
                self.message_user(request, text, messages.SUCCESS)
                for line in left:
                    text = _("Changed since, and left as it is: %(row)s") % {"row": line}
                    self.message_user(request, text, messages.WARNING)
            return HttpResponseRedirect(form_address(done))
        return desk_page(
            self,
            request,
            "admin/engagements/merge_take_back.html",
            title=_("Take the merge back?"),
            done=done,
            lines=_moved(done),
        )


def _moved(done):
    """What a merge moved, in words."""
    model = Official if done.official_id else Organization
    found = []
    for column in merging.columns(model):
        if keys := done.moved.get(column.name):
            found.append(f"{column.label}: {len(keys)}")
        if keys := done.moved.get(f"{column.name} {merging.DROPPED}"):
            text = _("%(what)s: %(number)d, the same twice, one of them dropped")
            found.append(text % {"what": column.label, "number": len(keys)})
        for key, _gone, names in done.moved.get(f"{column.name} {merging.FILLED}", ()):
            row = column.model.objects.filter(pk=key).first()
            labels = [column.model._meta.get_field(name).verbose_name for name in names]
            text = _("%(row)s took over what it lacked: %(what)s")
            told = merging.told(row) if row else _("a row that is gone")
            found.append(text % {"row": told, "what": ", ".join(map(str, labels))})
    if names := done.moved.get(merging.ALIASES):
        found.append(_("Other names added: %(names)s") % {"names": "; ".join(names)})
    if read := done.moved.get(merging.EDITIONS):
        number = len(read)
        text = ngettext("%(n)d edition issued again", "%(n)d editions issued again", number)
        found.append(text % {"n": number})
    return found
