"""What readers ask: tips to be handled, and how many follow which page; never who."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from engagements.edition.models import Edition
from engagements.models import Subscription, Tip
from engagements.publication.kinds import REGISTER
from engagements.readers.models import TipState
from provinces.vietnamese import fold

from .guarded import GuardedAdmin, ReadOnlyAdmin

TARGETS_SHOWN = 500


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnlyAdmin):
    """A table of numbers and nothing else: no address is on any page of the desk."""

    def get_urls(self):
        page = self.admin_site.admin_view(self.changelist_view)
        return [path("", page, name="engagements_subscription_changelist")]

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = Subscription.objects.order_by().values("target")
        rows = rows.annotate(
            confirmed=Count("pk", filter=Q(confirmed_at__isnull=False)),
            waiting=Count("pk", filter=Q(confirmed_at=None)),
        ).order_by("-confirmed", "-waiting", "target")
        context = {
            **self.admin_site.each_context(request),
            "title": _("How many follow each page"),
            "opts": self.opts,
            "rows": rows[:TARGETS_SHOWN],
            "total": Subscription.objects.confirmed().count(),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/engagements/subscriptions.html", context)


def _handle(desk, request, queryset, state):
    with transaction.atomic():
        number = 0
        for tip in queryset.select_for_update(of=("self",)).exclude(state=state).order_by("pk"):
            tip.handle(state, request.user)
            tip.save(update_fields=["state", "handled_by", "handled_at"])
            changed = {"fields": [gettext_noop("state of handling")]}  # told in any language
            desk.log_change(request, tip, [{"changed": changed}])
            number += 1
    said = ngettext("%(n)d tip: %(state)s", "%(n)d tips: %(state)s", number)
    desk.message_user(
        request, said % {"n": number, "state": TipState(state).label}, messages.SUCCESS
    )


@admin.action(permissions=["change"], description=gettext_lazy("Accept the chosen"))
def accept_chosen(desk, request, queryset):
    _handle(desk, request, queryset, TipState.ACCEPTED)


@admin.action(permissions=["change"], description=gettext_lazy("Decline the chosen"))
def decline_chosen(desk, request, queryset):
    _handle(desk, request, queryset, TipState.DECLINED)


@admin.action(permissions=["change"], description=gettext_lazy("Let the chosen wait again"))
def reopen_chosen(desk, request, queryset):
    _handle(desk, request, queryset, TipState.NEW)


@admin.register(Tip)
class TipAdmin(GuardedAdmin):
    list_display = ("created_at", "kind", "about", "beginning", "state", "handled_by")
    list_display_links = ("created_at", "beginning")
    list_select_related = ("handled_by",)
    list_filter = ("state", "kind", "language")
    date_hierarchy = "created_at"
    search_fields = ("text", "about")
    actions = (accept_chosen, decline_chosen, reopen_chosen)
    readonly_fields = (
        "about_page",
        "kind",
        "text",
        "url",
        "contact",
        "language",
        "created_at",
        "handled_by",
        "handled_at",
    )
    fields = (
        "about_page",
        ("kind", "language", "created_at"),
        "text",
        "url",
        "contact",
        ("state", "note"),
        ("handled_by", "handled_at"),
    )

    def has_add_permission(self, request):
        return False

    def matching(self, queryset, words):
        """Tips are few and are searched as they were written: nobody keeps them folded."""
        rows = queryset.values_list("pk", "text", "about", "note")
        found = [pk for pk, *texts in rows.iterator() if words in fold(" ".join(texts))]
        return queryset.filter(pk__in=found)

    def save_model(self, request, obj, form, change):
        if "state" in form.changed_data:
            obj.handle(obj.state, request.user)
        super().save_model(request, obj, form, change)

    @admin.display(description=gettext_lazy("text"))
    def beginning(self, tip):
        return tip.text[:120]

    @admin.display(description=gettext_lazy("about"))
    def about_page(self, tip):
        """The page spoken of, if it is still there under its code or address, and its form."""
        if tip.about.startswith("/"):
            return format_html('<a href="{}">{}</a>', tip.about, tip.about)
        edition = Edition.objects.public().filter(code=tip.about).first()
        if edition is None:
            return tip.about
        model = REGISTER[edition.kind].model._meta.model_name
        desk = reverse(f"admin:engagements_{model}_change", args=[edition.record])
        path = edition.data.get("path")
        page = format_html('<a href="{}">{}</a>', path, tip.about) if path else tip.about
        return format_html('{} · <a href="{}">{}</a>', page, desk, _("its form at the desk"))
