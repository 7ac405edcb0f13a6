"""Word lists of the reader (words.yaml), read at first use, and the patterns made of them.

A list holds plain words in lower case, in the older placement of tone marks (ủy, hòa); a word that
is missing or wrong is one line there. Patterns of lists are made when something is first read
(`lazily`): a page that reads nothing pays for neither.
"""

import re
from functools import cache, cached_property
from pathlib import Path

import yaml
from django.utils.functional import SimpleLazyObject

try:  # the parser in C, where libyaml is there: ten times as fast
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # pragma: no cover (PyYAML's wheels have it; one built without libyaml not)
    from yaml import SafeLoader


class WordLists:
    """The lists of one YAML file: {name: its words, or a mapping of lists}."""

    def __init__(self, path):
        self.path = Path(path)

    @cached_property
    def every(self):
        return yaml.load(self.path.read_text(encoding="utf-8"), Loader=SafeLoader)

    @property
    def are_read(self):
        """Whether the file has been read."""
        return "every" in vars(self)

    def listed(self, name):
        """The words of a list; `people.ranks` is the list `ranks` of the mapping `people`."""
        value = self.every
        for part in name.split("."):
            value = value[part]
        return value


LISTS = WordLists(Path(__file__).with_name("words.yaml"))
listed = LISTS.listed


def lazily(make):
    """What `make()` gives (a pattern, a set of words), made when it is first used."""
    return SimpleLazyObject(make)


def any_of(*texts):
    """A pattern for any of these texts, the longest first, spaces as they stand."""
    return "(?:" + "|".join(map(re.escape, sorted(set(texts), key=lambda t: (-len(t), t)))) + ")"


@cache
def either(*names):
    """A pattern for any word of these lists."""
    return any_of(*(word for name in names for word in listed(name)))
