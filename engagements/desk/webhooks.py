"""Screen of webhooks: who is told, how far they are. A secret is shown on one page, once."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engagements.models import Webhook
from engagements.webhooks.delivery import WebhookSender
from engagements.webhooks.models import new_secret

from .guarded import GuardedAdmin
from .pages import desk_page

TESTED_AT_ONCE = 5  # each may take ten seconds


@admin.action(permissions=["change"], description=gettext_lazy("Send a test message"))
def send_test(screen, request, queryset):
    if queryset.count() > TESTED_AT_ONCE:
        text = _("Choose at most %(n)d at once.") % {"n": TESTED_AT_ONCE}
        screen.message_user(request, text, messages.ERROR)
        return
    sender = WebhookSender()
    for hook in queryset:
        is_taken, answer = sender.test(hook)
        text = _("%(hook)s took the test message: %(answer)s.")
        if not is_taken:
            text = _("%(hook)s did not take the test message: %(answer)s.")
        level = messages.SUCCESS if is_taken else messages.ERROR
        screen.message_user(request, text % {"hook": hook, "answer": answer}, level)


@admin.action(
    permissions=["change"],
    description=gettext_lazy("Make a new secret (the old one stops working at once)"),
)
def renew_secret(screen, request, queryset):
    if queryset.count() != 1:
        screen.message_user(request, _("Choose one webhook."), messages.ERROR)
        return None
    hook = queryset.get()
    if not screen.has_change_permission(request, hook):
        raise PermissionDenied
    hook.secret = new_secret()
    hook.save(update_fields=["secret"])
    screen.log_change(request, hook, _("A new secret was made."))
    return secret_page(screen, request, hook)


def secret_page(screen, request, hook):
    """The page itself answers what was sent: the secret is in no message and no session."""
    title = _("The secret of %(hook)s") % {"hook": hook}
    return desk_page(
        screen, request, "admin/engagements/webhook_secret.html", title=title, hook=hook
    )


@admin.register(Webhook)
class WebhookAdmin(GuardedAdmin):
    is_short = True
    list_display = ("name", "address", "standing", "mark", "last_answer", "answered_at")
    list_filter = ("is_active",)
    search_fields = ("name", "address")
    actions = (send_test, renew_secret)
    fields = (
        "name",
        "address",
        "is_active",
        ("standing", "mark"),
        ("last_answer", "answered_at"),
        ("failing_since", "attempts", "next_try_at"),
    )
    readonly_fields = (
        "standing",
        "mark",
        "last_answer",
        "answered_at",
        "failing_since",
        "attempts",
        "next_try_at",
    )

    def get_fields(self, request, obj=None):
        return super().get_fields(request, obj) if obj else ("name", "address", "is_active")

    def get_readonly_fields(self, request, obj=None):
        return super().get_readonly_fields(request, obj) if obj else ()

    def save_model(self, request, obj, form, change):
        """A run may be telling it this moment: what the form does not hold is not written."""
        if not change:
            obj.save()
            return
        written = set(form.changed_data)
        if "address" in written or ("is_active" in written and obj.is_active):
            obj.start_anew()
            written |= {"attempts", "failing_since", "next_try_at"}
        if written:
            obj.save(update_fields=written)

    def response_add(self, request, obj, post_url_continue=None):
        return secret_page(self, request, obj)

    @admin.display(description=gettext_lazy("how it fares"))
    def standing(self, hook):
        if hook.is_given_up:
            return _("Switched off after failures")
        if not hook.is_active:
            return _("Switched off")
        return _("Messages are not taken") if hook.failing_since else _("Messages are taken")
