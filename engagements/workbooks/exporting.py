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

from . import cells
from .guard import ROWS

PALE = Font(color="808080", size=9)
HEADING = {"font": BOLD, "fill": HEADING_FILL}
NAMED = (Province, Organization, Official, Topic, Indicator, Meeting)
NAMED_MOST = 2000


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
    sheet = book.sheet(title, [one.widget.width for one in columns], freeze="C3")
    sheet.print_on_a4(heading_row=1)
    layout = sheet.layout
    layout.row_dimensions[2].height = 13
    for place, choices in _lists(table):
        letter = get_column_letter(columns.index(choices) + 1)
        rule = DataValidation(type="list", formula1=place, allow_blank=True)
        rule.add(f"{letter}3:{letter}{ROWS + 2}")
        layout.data_validations.append(rule)
    for place, one in enumerate(columns, start=1):
        layout.column_dimensions[get_column_letter(place)].number_format = one.widget.format
    sheet.row([one.heading for one in columns], **HEADING)
    sheet.row([one.column_name for one in columns], font=PALE, align=None)
    formats = [(one.column_name, one.widget.format) for one in columns]
    for record in table.iter_queryset(queryset):
        given = table.cells_of(record)
        sheet.append([sheet.cell(given[name], number_format) for name, number_format in formats])


def _lists(table):
    """(cells of the sheet of choices, column) for each column that takes one of a closed list."""
    place = 1
    for one in table.columns:
        labels = getattr(one.widget, "labels", None)
        if labels:
            if not one.readonly:
                yield f"'{sheet_title(_('Choices'))}'!$B${place + 1}:$B${place + len(labels)}", one
            place += len(labels)


def _columns(book, table):
    sheet = book.sheet(_("Columns"), (28, 22, 40, 12, 70), freeze="A2")
    said = (_("Column"), _("Machine name"), _("How it is filled in"), _("Needed"), _("Help"))
    sheet.row(said, **HEADING)
    for one in table.columns:
        if one.column_name == "version":
            how = _("Leave it as it is: it shows whether the row was changed since.")
        elif one.column_name in table.names_it:
            how = _("Names the row. Leave it empty for a new one.")
        elif one.readonly:
            how = _("Only for reading: never taken from a file.")
        else:
            how = one.widget.described()
        needed = _("yes") if not one.readonly and one.widget.is_needed else ""
        sheet.row((one.heading, one.column_name, how, needed, one.help))
    for said in (
        _("An empty cell clears what the register has in it."),
        _("The first sheet is read, at most %(rows)s rows of it.") % {"rows": localize(ROWS)},
        _("A text that begins with = + - @ | or %% bears an apostrophe; it goes when it is read.")
        % {},
    ):
        sheet.row((said,), align=None)


def _choices(book, table):
    sheet = book.sheet(_("Choices"), (32, 44, 60), freeze="A2")
    sheet.row((_("Column"), _("What to write"), _("What it means")), **HEADING)
    for one in table.columns:
        for label in getattr(one.widget, "labels", ()):
            sheet.row((one.heading, label))
    asked = defaultdict(list)
    for one in table.written:
        if isinstance(one.widget, cells.RowCell):
            asked[one.widget.column.remote_field.model].append(one.heading)
    for model in NAMED:
        if model in asked:
            for record in model.objects.all()[:NAMED_MOST]:
                sheet.row(("; ".join(asked[model]), cells.key_of(record), str(record)))
