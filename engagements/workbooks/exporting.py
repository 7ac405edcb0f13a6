"""Excel export of a table of the register: its rows, or an empty sheet to be filled in.

Two further sheets explain the columns and list what may be chosen.
"""

from collections import defaultdict

from django.utils.formats import localize
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from engagements.edition.workbook import BOLD, HEADING_FILL, WorkbookWriter, sheet_title
from engagements.models import Indicator, Meeting, Topic
from provinces.models import Official, Organization, Province

from .columns import RecordColumn
from .keys import key_of
from .sheets import MOST_ROWS

PALE = Font(color="808080", size=9)
HEADING_LOOK = {"font": BOLD, "fill": HEADING_FILL}
NAMED = (Province, Organization, Official, Topic, Indicator, Meeting)
NAMED_MOST = 2000
ROWS_AT_ONCE = 2000


def table_book(table, queryset):
    """The rows of a table, with a sheet that explains its columns and one of what may be chosen."""
    book = WorkbookWriter()
    _data(book, table, queryset)
    _columns(book, table)
    _choices(book, table)
    return book.to_bytes()


def _data(book, table, queryset):
    columns = table.columns
    title = capfirst(str(table.model._meta.verbose_name_plural))
    sheet = book.sheet(title, [column.width for column in columns], freeze="C3")
    sheet.print_on_a4(heading_row=1)
    layout = sheet.layout
    layout.row_dimensions[2].height = 13
    for column, choices in _lists(table):
        letter = get_column_letter(columns.index(column) + 1)
        rule = DataValidation(type="list", formula1=choices, allow_blank=True)
        rule.add(f"{letter}3:{letter}{MOST_ROWS + 2}")
        layout.data_validations.append(rule)
    for number, column in enumerate(columns, start=1):
        layout.column_dimensions[get_column_letter(number)].number_format = column.number_format
    sheet.row([column.heading for column in columns], **HEADING_LOOK)
    sheet.row([column.name for column in columns], font=PALE, align=None)
    for record in table.related(queryset).iterator(chunk_size=ROWS_AT_ONCE):
        sheet.append([sheet.cell(one.value_of(record), one.number_format) for one in columns])


def _lists(table):
    """(column, cells of the sheet of choices) for each column that takes one of a closed list."""
    sheet, row = sheet_title(_("Choices")), 1
    for column in table.columns:
        first, row = row + 1, row + len(column.labels)
        if column.labels and column.is_written:
            yield column, f"'{sheet}'!$B${first}:$B${row}"


def _columns(book, table):
    sheet = book.sheet(_("Columns"), (28, 22, 40, 12, 70), freeze="A2")
    headings = (_("Column"), _("Machine name"), _("How it is filled in"), _("Needed"), _("Help"))
    sheet.row(headings, **HEADING_LOOK)
    for column in table.columns:
        if column.name == "version":
            how = _("Leave it as it is: it shows whether the row was changed since.")
        elif column.name in table.names_it:
            how = _("Names the row. Leave it empty for a new one.")
        elif not column.is_written:
            how = _("Only for reading: never taken from a file.")
        else:
            how = column.described()
        needed = _("yes") if column.is_written and column.is_needed else ""
        sheet.row((column.heading, column.name, how, needed, column.help))
    for note in (
        _("An empty cell clears what the register has in it."),
        _("The first sheet is read, at most %(rows)s rows of it.") % {"rows": localize(MOST_ROWS)},
        _("A text that begins with = + - @ | or %% bears an apostrophe; it goes when it is read.")
        % {},
    ):
        sheet.row((note,), align=None)


def _choices(book, table):
    sheet = book.sheet(_("Choices"), (32, 44, 60), freeze="A2")
    sheet.row((_("Column"), _("What to write"), _("What it means")), **HEADING_LOOK)
    for column in table.columns:
        for label in column.labels:
            sheet.row((column.heading, label))
    asked = defaultdict(list)
    for column in table.written:
        if isinstance(column, RecordColumn):
            asked[column.model].append(column.heading)
    for model in NAMED:
        if model in asked:
            for record in model.objects.all()[:NAMED_MOST]:
                sheet.row(("; ".join(asked[model]), key_of(record), str(record)))
