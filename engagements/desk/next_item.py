"""Saving one item and going on with the next of its kind: what they share is not typed again."""

from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.http import HttpResponseRedirect
from django.utils.http import urlencode

from .pages import page_of_table

OF_A_SESSION = ("meeting", "province", "source")


def next_item(screen, request, obj):
    """The redirect that the second save button asks for; None if it was not pressed.

    It leads to an add form with what the screen has `carried` over.
    """
    asked = screen.carried and "_addanother" in request.POST
    if not asked or not screen.has_add_permission(request):
        return None
    keys = {name: getattr(obj, f"{name}_id") for name in screen.carried}
    filters = {"preserved_filters": screen.get_preserved_filters(request), "opts": screen.opts}
    query = urlencode({name: key for name, key in keys.items() if key})
    address = f"{page_of_table(screen.model, 'add')}?{query}"
    return HttpResponseRedirect(add_preserved_filters(filters, address))
