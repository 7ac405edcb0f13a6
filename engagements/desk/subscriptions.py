"""Screen of subscriptions: how many follow which page, never who."""

from django.contrib import admin
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from engagements.models import Subscription

from .guarded import ReadOnlyAdmin
from .pages import Page, desk_page, urls_of

TARGETS_SHOWN = 500


def counts_view(screen, request):
    rows = Subscription.objects.order_by().values("target")
    rows = rows.annotate(
        confirmed=Count("pk", filter=Q(confirmed_at__isnull=False)),
        waiting=Count("pk", filter=Q(confirmed_at=None)),
    ).order_by("-confirmed", "-waiting", "target")
    return desk_page(
        screen,
        request,
        "admin/engagements/subscriptions.html",
        title=_("How many follow each page"),
        rows=rows[:TARGETS_SHOWN],
        total=Subscription.objects.confirmed().count(),
    )


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnlyAdmin):
    """A table of numbers and nothing else: no address is on any page of the desk."""

    pages = (Page("", counts_view, "changelist"),)

    def get_urls(self):
        return urls_of(self)
