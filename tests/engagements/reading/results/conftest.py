"""Papers of results with their gold, and the invented register that they speak of."""

from functools import cache
from pathlib import Path

import pytest
import yaml

from engagements.reading.results.items import OpenItems
from engagements.reading.results.reader import read_results
from engagements.reading.results.scoring import items_of
from engagements.reading.text import Document, paragraphs_of
from tests.engagements.reading.conftest import reference_names

FOLDER = Path(__file__).parent
TEXTS = sorted([*(FOLDER / "papers").glob("*.yaml"), *(FOLDER / "unseen").glob("*.yaml")])


@cache
def register():
    return items_of(FOLDER / "register.yaml", reference_names())


@cache
def gold_of(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@cache
def read(path):
    """(document, results) of the paper whose gold this is."""
    text = path.with_suffix(".txt").read_text(encoding="utf-8")
    return read_text(text)


def read_text(text, items=None):
    document = Document(paragraphs_of(text))
    items = register() if items is None else items
    return document, read_results(document, items, reference_names(), lines=text.splitlines())


@pytest.fixture
def item():
    """An item of the invented register, by its code."""
    return {one.code: one for one in register()}.__getitem__


@pytest.fixture
def open_in():
    """The open items of a province."""
    return lambda name: OpenItems([one for one in register() if name in one.units])
