"""Saving one item and going on with the next of its kind: what they share is not typed again."""

from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode


class NextItem:
    """The second save button opens an add form that has what this item has."""

    carried = ("meeting", "province", "source")

    def response_add(self, request, obj, post_url_continue=None):
        stock = super().response_add(request, obj, post_url_continue)
        return self._carry_on(request, obj) or stock

    def response_change(self, request, obj):
        stock = super().response_change(request, obj)
        return self._carry_on(request, obj) or stock

    def _carry_on(self, request, obj):
        if "_addanother" not in request.POST or not self.has_add_permission(request):
            return None
        keys = {name: getattr(obj, f"{name}_id") for name in self.carried}
        address = reverse(
            f"admin:{self.opts.app_label}_{self.opts.model_name}_add",
            current_app=self.admin_site.name,
        )
        filters = {"preserved_filters": self.get_preserved_filters(request), "opts": self.opts}
        query = urlencode({name: key for name, key in keys.items() if key})
        return HttpResponseRedirect(add_preserved_filters(filters, f"{address}?{query}"))
