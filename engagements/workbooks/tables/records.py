"""Tables of sources, sessions, remarks and figures."""

from engagements.models import Figure, Meeting, Remark, Source

from .base import EVIDENCE, RecordTable


class SourceTable(RecordTable):
    model = Source
    fields = (
        "title",
        "type",
        "rank",
        "publisher",
        "number",
        "issued_on",
        "url",
        "archived_url",
        "accessed_on",
        "sha256",
        "note",
    )


class MeetingTable(RecordTable):
    model = Meeting
    fields = (
        "slug",
        "title",
        "ministry",
        "provinces",
        "on_behalf_of",
        "format",
        "state_of_it",
        "held_on",
        "planned_from",
        "planned_to",
        "planned_text",
        "place",
        "initiated_by",
        "follows",
        "summary",
        "topics",
        "cited",
        *EVIDENCE,
        "internal_note",
    )


class RemarkTable(RecordTable):
    model = Remark
    fields = (
        "meeting",
        "province",
        "type",
        "said_by",
        "said_by_text",
        "text",
        *EVIDENCE,
        "internal_note",
    )


class FigureTable(RecordTable):
    model = Figure
    fields = (
        "indicator",
        "meeting",
        "province",
        "period",
        "period_from",
        "period_to",
        "qualifier",
        "value",
        "unit",
        "is_target",
        *EVIDENCE,
        "internal_note",
    )
