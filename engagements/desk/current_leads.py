"""Page that sets who follows items today (`current_lead`): many at once, as proposed.

Every open item of a kind that has none is listed with its proposal and the basis of it. What a
person ticks is set as any edit is: its version rises, and what is published waits for review.
"""

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engagements.models import State
from engagements.words import CLOSED

from .pages import Page, desk_page, form_of, page_of_table
from .proposals import Proposer

SHOWN = 200  # items on one page: what is set makes room for the next


class Row:
    """An item without `current_lead`, what is proposed for it, and whether it may be set here."""

    def __init__(self, item, proposal, may_set):
        self.item, self.proposal = item, proposal
        self.may_set = may_set and proposal.organization is not None
        self.key = f"{item.pk}:{item.version}:{proposal.organization and proposal.organization.pk}"
        self.address = form_of(item)


def open_rows(model):
    """Items that nobody follows today and of which something may yet be told."""
    joined = ["meeting__ministry__merged_into", "province", "lead__parent", "lead__merged_into"]
    if any(field.name == "addressed_to" for field in model._meta.fields):
        joined.append("addressed_to__merged_into")
    rows = model.objects.filter(current_lead=None).exclude(
        Q(state=State.WITHDRAWN) | Q(status__in=CLOSED)
    )
    return rows.select_related(*joined).prefetch_related("topics", "supporting").order_by("-pk")


def rows_of(screen, request, items):
    proposer = Proposer(timezone.localdate())
    return [
        Row(item, proposer.propose(item), screen.has_change_permission(request, item))
        for item in items
    ]


def current_leads_view(screen, request):
    if request.method == "POST":
        set_ticked(screen, request)
        return HttpResponseRedirect(page_of_table(screen.model, "current_leads"))
    items = list(open_rows(screen.model)[: SHOWN + 1])
    rows = rows_of(screen, request, items[:SHOWN])
    return desk_page(
        screen,
        request,
        "admin/engagements/current_leads.html",
        title=_("Who follows it today"),
        proposed=[row for row in rows if row.proposal.organization is not None],
        without=[row for row in rows if row.proposal.organization is None],
        may_set=any(row.may_set for row in rows),
        is_cut=len(items) > SHOWN,
    )


@transaction.atomic
def set_ticked(screen, request):
    """Sets those whose proposal is still the one that was shown; says how many were not."""
    ticked = set(request.POST.getlist("item"))
    keys = [key.partition(":")[0] for key in ticked]
    keys = [int(key) for key in keys if key.isdecimal() and len(key) < 18][:SHOWN]
    items = open_rows(screen.model).filter(pk__in=keys)
    done = 0
    for row in rows_of(screen, request, items.select_for_update(of=("self",), no_key=True)):
        if row.key in ticked and row.may_set:
            _set(screen, request, row)
            done += 1
    text = ngettext(
        "%(n)d item has who follows it; if it is published, the change waits for review.",
        "%(n)d items have who follows them; what is published of them waits for review.",
        done,
    )
    level = messages.SUCCESS if done else messages.WARNING
    screen.message_user(request, text % {"n": done}, level)
    if left := len(ticked) - done:
        text = ngettext(
            "%(n)d item was left as it is: changed meanwhile, or another desk's.",
            "%(n)d items were left as they are: changed meanwhile, or another desk's.",
            left,
        )
        screen.message_user(request, text % {"n": left}, messages.WARNING)


def _set(screen, request, row):
    item = row.item
    item.current_lead = row.proposal.organization
    item.updated_by = item._history_user = request.user
    item._change_reason = row.proposal.basis  # the reviewer reads it, and it stays in the history
    item.save()
    screen.log_change(request, item, [{"changed": {"fields": ["who follows it today"]}}])


CURRENT_LEADS_PAGE = Page("who-follows/", current_leads_view, "current_leads", "change")


def tool(screen, request):
    """The way from the list of items to their page, for who may change them."""
    if not screen.has_change_permission(request):
        return []
    return [(_("Who follows it today"), page_of_table(screen.model, "current_leads"))]
