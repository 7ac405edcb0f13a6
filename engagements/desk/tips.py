"""Screen of tips that readers sent, and what is done with them."""

from django.contrib import admin, messages
from django.db import transaction
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from engagements.edition.models import Edition
from engagements.models import Tip
from engagements.publication.kinds import REGISTER
from engagements.readers.models import TipState
from provinces.vietnamese import fold

from .guarded import GuardedAdmin
from .pages import page_of_table


def _handle(screen, request, queryset, state):
    with transaction.atomic():
        number = 0
        for tip in queryset.select_for_update(of=("self",)).exclude(state=state).order_by("pk"):
            tip.handle(state, request.user)
            tip.save(update_fields=["state", "handled_by", "handled_at"])
            changed = {"fields": [gettext_noop("state of handling")]}  # told in any language
            screen.log_change(request, tip, [{"changed": changed}])
            number += 1
    text = ngettext("%(n)d tip: %(state)s", "%(n)d tips: %(state)s", number)
    screen.message_user(
        request, text % {"n": number, "state": TipState(state).label}, messages.SUCCESS
    )


@admin.action(permissions=["change"], description=gettext_lazy("Accept the chosen"))
def accept_chosen(screen, request, queryset):
    _handle(screen, request, queryset, TipState.ACCEPTED)


@admin.action(permissions=["change"], description=gettext_lazy("Decline the chosen"))
def decline_chosen(screen, request, queryset):
    _handle(screen, request, queryset, TipState.DECLINED)


@admin.action(permissions=["change"], description=gettext_lazy("Let the chosen wait again"))
def reopen_chosen(screen, request, queryset):
    _handle(screen, request, queryset, TipState.NEW)


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
        keys = [pk for pk, *texts in rows.iterator() if words in fold(" ".join(texts))]
        return queryset.filter(pk__in=keys)

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
        form = page_of_table(REGISTER[edition.kind].model, "change", edition.record)
        path = edition.data.get("path")
        page = format_html('<a href="{}">{}</a>', path, tip.about) if path else tip.about
        return format_html('{} · <a href="{}">{}</a>', page, form, _("its form at the desk"))
