"""Word lists: read when something is first read, and by nothing that only imports the reader."""

import subprocess
import sys

from django.conf import settings

from engagements.reading.wordlists import either, lazily, listed

IMPORTING = """
import django
django.setup()
import pkgutil
from importlib import import_module
import config.urls
import engagements.reading
from engagements.reading import wordlists
from engagements.reading.results import lists
for module in pkgutil.walk_packages(engagements.reading.__path__, "engagements.reading."):
    if ".formats" not in module.name:  # of the child
        import_module(module.name)
print(wordlists.LISTS.are_read, lists.LISTS.are_read)
wordlists.listed("acts.ask"), lists.listed("senders")
print(wordlists.LISTS.are_read, lists.LISTS.are_read)
"""


def test_no_import_reads_a_list():
    done = subprocess.run(
        [sys.executable, "-c", IMPORTING],
        cwd=settings.BASE_DIR,
        env={"DJANGO_SETTINGS_MODULE": "config.settings", "DEBUG": "1", "PATH": ""},
        capture_output=True,
        text=True,
    )
    assert done.stdout == "False False\nTrue True\n", done.stderr


def test_what_is_made_lazily_is_made_once():
    made = []
    words = lazily(lambda: made.append(1) or frozenset(listed("acts.both")))
    assert made == []
    assert "hai bên" in words
    assert "đôi bên" in words
    assert made == [1]


def test_longer_words_go_before_shorter_ones():
    words = either("acts.both").removeprefix("(?:").removesuffix(")").split("|")
    assert words == sorted(words, key=len, reverse=True)
    assert len(words) > 4
