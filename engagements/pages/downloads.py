"""CSV and Excel downloads of the lists: a link under each list, with its filters, for people."""

from django.shortcuts import render
from django.utils.translation import gettext as _

from engagements.edition import exports
from engagements.edition.filters import AS_OF
from engagements.edition.http import CACHE_CONTROL, FileThrottle
from engagements.edition.selections import InvalidQuery

from .feeds import PageExport

DOWNLOAD_FORMATS = ("csv", "xlsx")


class Download(PageExport):
    """What a list shows, whole; the CSV begins as Excel wants it."""

    kind = wanted = ""

    def get(self, request, **kwargs):
        limit = FileThrottle()
        if not limit.allow_request(request, self):
            reason = _("Too many files in a short time. Wait a minute and try again.")
            response = render(request, "400.html", {"reason": reason}, status=429)
            response["Retry-After"] = str(int(limit.wait() or 60))
            return response
        try:
            _titles, editions = self.shown(request, **kwargs)
        except InvalidQuery as refused:
            return self.refuse(refused.args[0])
        options = {"for_excel": True} if self.wanted == "csv" else {}
        on = AS_OF.field.clean(request.GET.get("as_of"))
        name = request.path.strip("/").split("/")[-2]
        response = exports.export_response(
            request, editions, (self.kind,), name, self.wanted, on=on, **options
        )
        response["Cache-Control"] = CACHE_CONTROL
        return response
