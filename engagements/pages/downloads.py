"""CSV and Excel downloads of the lists: a link under each list, with its filters, for people."""

from engagements.edition import exports
from engagements.edition.filters import AS_OF
from engagements.edition.http import CACHE_CONTROL
from engagements.edition.selections import InvalidQuery
from engagements.limits import FileThrottle, too_many_files

from .feeds import PageExport

DOWNLOAD_FORMATS = ("csv", "xlsx")


class Download(PageExport):
    """What a list shows, whole; the CSV begins as Excel wants it."""

    kind = wanted = ""

    def get(self, request, **kwargs):
        if refusal := too_many_files(request, FileThrottle()):
            return refusal
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
