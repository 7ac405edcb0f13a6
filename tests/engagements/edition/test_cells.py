"""The formula guard of cells, and that no module writes cells past it."""

import pytest
from django.conf import settings

from engagements.edition.cells import CELL_CHARACTERS, cell_text, neutral, original
from tests.formulas import EITHER, HOSTILE, PLAIN

# Modules that write CSV or workbooks themselves: each has a test with tests.formulas.
WRITERS = {
    "engagements/edition/exports.py",
    "engagements/edition/workbook.py",
    "engagements/open_data/dump_writer.py",
}
LIBRARIES = (
    "csv.writer", "csv.DictWriter", "from csv", "import openpyxl", "from openpyxl import Workbook",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_that_would_be_run_has_an_apostrophe_before_it(text):
    assert neutral(text) == cell_text(text).replace("\n", "\r") == f"'{text}"


@pytest.mark.parametrize("text", PLAIN)
def test_other_text_stays_as_it_is(text):
    assert neutral(text) == cell_text(text) == text


@pytest.mark.parametrize("text", [*EITHER, "", "=", "'", "''=a", "-"])
def test_a_neutral_cell_gives_back_what_it_held(text):
    assert original(neutral(text)) == text


@pytest.mark.parametrize(
    ("value", "held"),
    [
        pytest.param("a\x00\x1fb", "ab", id="what-xml-cannot-hold"),
        pytest.param("\x00=1", "'=1", id="a-formula-behind-it"),
        pytest.param("\x01=1", "'=1", id="behind-another"),
        pytest.param("a\r\nb", "a\nb", id="line-ends"),
        pytest.param("ả" * CELL_CHARACTERS, "ả" * CELL_CHARACTERS, id="just-fits"),
        pytest.param(
            "ả" * (CELL_CHARACTERS + 1), "ả" * (CELL_CHARACTERS - 4) + " […]", id="too-long"
        ),
        pytest.param(
            "=" * 40_000, "'" + "=" * (CELL_CHARACTERS - 5) + " […]", id="with-apostrophe"
        ),
        pytest.param("𝄞" * 16_384, "𝄞" * 16_381 + " […]", id="two-units-a-character"),
        pytest.param(12, "12", id="no-text"),
    ],
)
def test_text_is_made_to_fit_a_cell(value, held):
    assert cell_text(value) == held


def test_no_other_module_writes_cells():
    files = [
        path
        for folder in ("config", "engagements", "provinces")
        for path in (settings.BASE_DIR / folder).rglob("*.py")
    ]
    writing = {
        path.relative_to(settings.BASE_DIR).as_posix()
        for path in files
        if any(name in path.read_text(encoding="utf-8") for name in LIBRARIES)
    }
    assert writing == WRITERS
