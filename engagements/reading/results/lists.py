"""Word lists of papers of results (words.yaml), loaded once, and the patterns made of them."""

import re
from functools import cache
from pathlib import Path

import yaml

from engagements.reading.wordlists import any_of

PATH = Path(__file__).with_name("words.yaml")
GAP = r"(?:[^\s;.]+ ){0,6}?"  # up to six words of the same clause


@cache
def _lists():
    return yaml.safe_load(PATH.read_text(encoding="utf-8"))


def listed(name):
    """The words of a list; `news.done` is the list `done` of the mapping `news`."""
    value = _lists()
    for part in name.split("."):
        value = value[part]
    return value


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
