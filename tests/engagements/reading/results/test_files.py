"""Papers of results as they come in: pasted, as a Word file with a table, as a scan."""

import pytest

from engagements.reading.intake import read_file, read_paste
from engagements.reading.refusals import Unreadable
from tests.engagements.reading.files import docx, paragraph, table

from .conftest import FOLDER, read_text

ANNEX = FOLDER / "papers" / "p2-phu-luc-bang.txt"
TOLD = [
    ("KN-141", "in_progress"),
    ("KN-142", "not_taken_up"),
    ("KN-143", "done"),
    ("KN-144", "not_started"),
    ("KN-145", "done"),
    ("KN-146", "in_progress"),
    ("CK-241", "done"),
    ("CK-242", "holding"),
    ("KH-341", "in_progress"),
    (None, "not_ours"),
]


def told_in(paper):
    _document, results = read_text(paper.text)
    return [(row.item and row.item.code, str(row.news.kind)) for row in results.news]


def test_annex_that_was_pasted():
    assert told_in(read_paste(ANNEX.read_text(encoding="utf-8"))) == TOLD


def test_annex_in_a_word_file():
    lines = ANNEX.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if "\t" in line]
    width = max(map(len, rows))
    rows = [[*row, *[""] * (width - len(row))] for row in rows]
    head = "".join(paragraph(line) for line in lines if "\t" not in line and len(line) > 1)
    assert told_in(read_file(docx(head + table(*rows)), "phu-luc.docx")) == TOLD


def test_scan_is_told_to_be_one():
    with pytest.raises(Unreadable) as refusal:
        read_file((FOLDER / "scan" / "p8-ban-quet.pdf").read_bytes(), "p8-ban-quet.pdf")
    assert refusal.value.code == "scan"
