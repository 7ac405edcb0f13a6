"""Working with Excel as an officer does: export a list, change cells, send the workbook back."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from engagements.edition.workbook import XLSX

from .desk import address

NAMES = 2  # the row that bears the machine names


def opened_book(response):
    assert response["Content-Type"] == XLSX
    return load_workbook(BytesIO(response.content))


def exported(client, model, **asked):
    return opened_book(client.get(address(model, "export"), asked))


def empty(client, model):
    return opened_book(client.get(address(model, "empty")))


def columns(book):
    """{machine name: place}"""
    return {cell.value: cell.column for cell in book.worksheets[0][NAMES] if cell.value}


def rows(book):
    """The rows of the first sheet, by machine name."""
    names = columns(book)
    return [
        {name: row[place - 1].value for name, place in names.items()}
        for row in book.worksheets[0].iter_rows(min_row=NAMES + 1)
    ]


def put(book, row, **cells):
    """Types into cells of a row; the first row under the headings is 1."""
    names = columns(book)
    for name, value in cells.items():
        book.worksheets[0].cell(NAMES + row, names[name]).value = value
    return book


def saved(book):
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def send(client, model, book, name="tep.xlsx"):
    """Sends a workbook (or raw bytes) and shows what it would do, or why it is refused."""
    body = book if isinstance(book, bytes) else saved(book)
    file = SimpleUploadedFile(name, body, XLSX)
    return client.post(address(model, "import"), {"file": file}, follow=True)


def plan(response):
    return response.context["plan"]


def counts(response):
    told = plan(response)["counts"]
    return told["new"], told["changed"], told["unchanged"], told["wrong"]


def reasons(response):
    """{(row in Excel, column): message} of every wrong row."""
    return {
        (row["number"], column): message
        for row in plan(response)["rows"]
        for column, message in row["errors"]
    }


def confirm(client, response, **changed):
    here = response.redirect_chain[-1][0]
    told = plan(response)
    sent = {"sha256": told["sha256"], "seen": told["seen"]} | changed
    return client.post(here, sent, follow=True)


def refusal(response):
    """What is said of a file that is not looked at row by row."""
    form = response.context["form"]
    return " ".join(form.errors.get("file", ())) or getattr(form, "refusal", "")
