"""Word lists of papers of results (words.yaml), and the patterns made of them."""

import re
from functools import cache
from pathlib import Path

from engagements.reading.wordlists import WordLists, any_of

GAP = r"(?:[^\s;.]+ ){0,6}?"  # up to six words of the same clause
LISTS = WordLists(Path(__file__).with_name("words.yaml"))
listed = LISTS.listed


@cache
def said(name):
    """A compiled pattern for any phrase of a list as whole words, in a text in lower case."""
    phrases = sorted(listed(name), key=lambda phrase: (-len(phrase), phrase))
    spelled = "|".join(_spelled(phrase) for phrase in phrases)
    return re.compile(rf"(?<!\w)(?:{spelled})(?!\w)")


@cache
def begun(name):
    """The same, at the beginning of a text, after its number or bullet."""
    return re.compile(rf"[\s\d.)+*•–-]*{any_of(*listed(name))}")


@cache
def before(name, words=0):
    """The same, at the end of a text that stands before something, up to so many words away."""
    return re.compile(rf"(?<!\w){any_of(*listed(name))}(?:\s[^\s]+){{0,{words}}}\s$")


def _spelled(phrase):
    parts = [re.escape(part.strip()) for part in phrase.split("…")]
    return f" {GAP}".join(parts)
