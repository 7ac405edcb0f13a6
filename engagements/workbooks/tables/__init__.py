"""Tables that go out to a workbook and come back, by their models."""

from .bodies import OfficialTable, OrganizationTable, PostTable
from .due import CommitmentTable, RecommendationTable, RequestTable, UpdateTable
from .records import FigureTable, MeetingTable, RemarkTable, SourceTable

TABLES = {
    table.model: table()
    for table in (
        SourceTable,
        MeetingTable,
        RequestTable,
        CommitmentTable,
        RecommendationTable,
        UpdateTable,
        RemarkTable,
        FigureTable,
        OfficialTable,
        OrganizationTable,
        PostTable,
    )
}
