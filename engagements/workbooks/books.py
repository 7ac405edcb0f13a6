"""Writing workbooks: an export, an empty one to be filled in, sheets that are printed."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from io import BytesIO

from django.http import HttpResponse
from django.utils.formats import localize
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from engagements.edition.cells import cell_text
from engagements.models import Indicator, Meeting, Topic
from provinces.models import Official, Organization, Province

from . import cells
from .guard import ROWS

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TOP = Alignment(vertical="top", wrap_text=True)
BOLD, PALE = Font(bold=True), Font(color="808080", size=9)
HEAD = PatternFill("solid", fgColor="DDEDEB")
THIN = Border(*[Side(style="thin", color="808080")] * 4)
NAMED = (Province, Organization, Official, Topic, Indicator, Meeting)
NAMED_MOST = 2000


def as_file(body, name, content_type=TYPE):
    """A file to be saved, kept by nobody on the way."""
    response = HttpResponse(body, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


class Book:
    """A workbook written row by row, so that a long one needs no more memory than a short one."""

    def __init__(self):
        self.book = Workbook(write_only=True)

    def sheet(self, title, widths=(), freeze=None):
        sheet = self.book.create_sheet(sheet_name(title))
        sheet.freeze_panes = freeze
        for place, width in enumerate(widths, start=1):
            sheet.column_dimensions[get_column_letter(place)].width = width
        return sheet

    def cell(self, sheet, value, style="General", font=None, fill=None, border=None, align=TOP):
        """Text is text, whatever it begins with; numbers and days stay what they are."""
        is_plain = isinstance(value, int | float | Decimal | date)
        cell = WriteOnlyCell(sheet, value if is_plain else cell_text(value or ""))
        if not is_plain:
            cell.data_type = "s"
        cell.number_format = style
        cell.alignment = align
        for name, given in (("font", font), ("fill", fill), ("border", border)):
            if given:
                setattr(cell, name, given)
        return cell

    def line(self, sheet, values, **style):
        sheet.append([self.cell(sheet, value, **style) for value in values])

    def saved(self):
        return to_bytes(self.book)


def to_bytes(book):
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def sheet_name(title):
    """A name that a sheet may bear."""
    return "".join(" " if sign in "[]:*?/\\'" else sign for sign in str(title))[:31]


# -- a table of the register


def table_book(table, queryset):
    """The rows of a table, with a sheet that explains its columns and one of what may be chosen."""
    book = Book()
    _data(book, table, queryset)
    _columns(book, table)
    _choices(book, table)
    return book.saved()


def _data(book, table, queryset):
    columns = table.columns
    title = capfirst(str(table.model._meta.verbose_name_plural))
    sheet = book.sheet(title, [one.widget.width for one in columns], freeze="C3")
    sheet.row_dimensions[2].height = 13
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.print_title_rows = "1:1"
    for place, choices in _lists(table):
        letter = get_column_letter(columns.index(choices) + 1)
        rule = DataValidation(type="list", formula1=place, allow_blank=True)
        rule.add(f"{letter}3:{letter}{ROWS + 2}")
        sheet.data_validations.append(rule)
    for place, one in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].number_format = one.widget.format
    book.line(sheet, [one.heading for one in columns], font=BOLD, fill=HEAD)
    book.line(sheet, [one.column_name for one in columns], font=PALE, align=Alignment())
    styles = {one.format: {"style": one.format} for one in (column.widget for column in columns)}
    for record in table.iter_queryset(queryset):
        given = table.cells_of(record)
        sheet.append(
            [
                _written(book, sheet, given[one.column_name], styles[one.widget.format])
                for one in columns
            ]
        )


def _written(book, sheet, value, style):
    if value in (None, ""):
        return None
    if isinstance(value, str):  # it has been made harmless already
        cell = WriteOnlyCell(sheet, value)
        cell.data_type = "s"
    else:
        cell = WriteOnlyCell(sheet, value)
    cell.number_format, cell.alignment = style["style"], TOP
    return cell


def _lists(table):
    """(cells of the sheet of choices, column) for each column that takes one of a closed list."""
    place = 1
    for one in table.columns:
        labels = getattr(one.widget, "labels", None)
        if labels:
            if not one.readonly:
                yield f"'{sheet_name(_('Choices'))}'!$B${place + 1}:$B${place + len(labels)}", one
            place += len(labels)


def _columns(book, table):
    sheet = book.sheet(_("Columns"), (28, 22, 40, 12, 70), freeze="A2")
    said = (_("Column"), _("Machine name"), _("How it is filled in"), _("Needed"), _("Help"))
    book.line(sheet, said, font=BOLD, fill=HEAD)
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
        book.line(sheet, (one.heading, one.column_name, how, needed, one.help))
    for said in (
        _("An empty cell clears what the register has in it."),
        _("The first sheet is read, at most %(rows)s rows of it.") % {"rows": localize(ROWS)},
        _("A text that begins with = + - @ | or %% bears an apostrophe; it goes when it is read.")
        % {},
    ):
        book.line(sheet, (said,), align=Alignment())


def _choices(book, table):
    sheet = book.sheet(_("Choices"), (32, 44, 60), freeze="A2")
    book.line(sheet, (_("Column"), _("What to write"), _("What it means")), font=BOLD, fill=HEAD)
    for one in table.columns:
        for label in getattr(one.widget, "labels", ()):
            book.line(sheet, (one.heading, label))
    asked = defaultdict(list)
    for one in table.written:
        if isinstance(one.widget, cells.RowCell):
            asked[one.widget.column.remote_field.model].append(one.heading)
    for model in NAMED:
        if model in asked:
            for record in model.objects.all()[:NAMED_MOST]:
                book.line(sheet, ("; ".join(asked[model]), cells.key_of(record), str(record)))
