"""Cursor pagination of the API's lists, with Link headers (RFC 8288)."""

import re
from urllib.parse import parse_qs, urlsplit

from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination

from .base import PAGE_ROWS_MOST, WHOLE_NUMBER, page_size
from .renderers import PayloadPage

COUNT_LIMIT = 10_001  # a count is never read further than this
POSITION = re.compile("[1-9][0-9]{0,17}")


class NewestFirst(CursorPagination):
    """Pages by cursor over the order of first publication, which a re-issue does not move."""

    ordering = "-first_sequence"
    page_size = 50
    max_page_size = PAGE_ROWS_MOST
    page_size_query_param = "page_size"

    def get_page_size(self, request):
        return page_size(request, self.page_size)

    def decode_cursor(self, request):
        refusal = ValidationError({"cursor": [_("This is no cursor of ours.")]})
        try:
            cursor = super().decode_cursor(request)
        except NotFound as error:
            raise refusal from error
        if cursor is None:
            return None
        position = cursor.position or ""
        if not POSITION.fullmatch(position):
            raise refusal
        # What decodes to nothing, or only nearly to what we wrote, would give the first page again.
        ours = parse_qs(urlsplit(self.encode_cursor(cursor)).query)[self.cursor_query_param]
        if ours != request.query_params.getlist(self.cursor_query_param):
            raise refusal
        return cursor

    def paginate_queryset(self, queryset, request, view=None):
        self.count = queryset.count_up_to(COUNT_LIMIT)
        return super().paginate_queryset(queryset, request, view)

    def links(self):
        """The same links for programs that read headers (RFC 8288)."""
        pages = {"next": self.get_next_link(), "prev": self.get_previous_link()}
        links = [f'<{self._path(link)}>; rel="{name}"' for name, link in pages.items() if link]
        return {"Link": ", ".join([*links, f'<{reverse("api-schema")}>; rel="service-desc"'])}

    def _path(self, link):
        # Payloads hold no host, and neither do the links of a page.
        return link and "/" + link.split("://", 1)[-1].split("/", 1)[-1]

    def envelope(self, payloads):
        return PayloadPage(
            payloads,
            self._path(self.get_next_link()),
            self._path(self.get_previous_link()),
            self.count,
        )

    def get_schema_operation_parameters(self, view):
        parameters = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            if parameter["name"] == self.page_size_query_param:
                parameter["schema"] = WHOLE_NUMBER
        return parameters

    def get_paginated_response_schema(self, schema):
        link = {"type": ["string", "null"]}
        return {
            "type": "object",
            "required": ["next", "previous", "count", "results"],
            "properties": {
                "next": link,
                "previous": link,
                "count": {"type": "integer", "maximum": COUNT_LIMIT},
                "results": schema,
            },
        }
