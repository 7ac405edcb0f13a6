"""Word lists of the reader (words.yaml), loaded once, and the patterns made of them.

A list holds plain words in lower case, in the older placement of tone marks (ủy, hòa); a word that
is missing or wrong is one line there.
"""

import re
from functools import cache
from pathlib import Path

import yaml

PATH = Path(__file__).with_name("words.yaml")


@cache
def words():
    """{name of a list: its words, or a mapping of lists}."""
    return yaml.safe_load(PATH.read_text(encoding="utf-8"))


def listed(name):
    """The words of a list; `people.ranks` is the list `ranks` of the mapping `people`."""
    value = words()
    for part in name.split("."):
        value = value[part]
    return value


def any_of(*texts):
    """A pattern for any of these texts, the longest first, spaces as they stand."""
    return "(?:" + "|".join(map(re.escape, sorted(set(texts), key=lambda t: (-len(t), t)))) + ")"


@cache
def either(*names):
    """A pattern for any word of these lists."""
    return any_of(*(word for name in names for word in listed(name)))


@cache
def whole(*names):
    """A compiled pattern for any word of these lists as whole words, whatever their case."""
    return re.compile(rf"(?<!\w){either(*names)}(?!\w)", re.IGNORECASE)
