"""Plain text: its lines, joined where a PDF or an e-mail has broken them; rows of pasted tables."""

import re

from ..lines import joined
from .encoded import text_of
from .raw import MOST_CHARACTERS, Full, Raw, Refused

LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
LONGEST_READ = 4 * MOST_CHARACTERS


def read(content, declared=""):
    """A Raw of these bytes. Raises Refused."""
    if not content.strip():
        raise Refused("empty")
    return read_text(text_of(content, declared))


def read_text(text):
    """A Raw of a text that was pasted, say."""
    raw = Raw()
    raw.is_cut = len(text) > LONGEST_READ
    text = LINE_ENDS.sub("\n", text[:LONGEST_READ])
    try:
        for is_table, lines in _parts(text.split("\n")):
            if is_table:
                raw.table([line.split("\t") for line in lines])
                continue
            paragraphs, undone, edges = joined("\n".join(lines))
            raw.count("joined", undone)
            raw.count("edges", edges)
            for paragraph in paragraphs:
                raw.text(paragraph)
    except Full:
        pass
    return raw


def _parts(lines):
    """[(whether it is a table, lines)]: two lines and more with as many tabs between words."""
    parts, start = [], 0
    while start < len(lines):
        tabs, end = _tabs(lines[start]), start + 1
        while tabs and end < len(lines) and _tabs(lines[end]) == tabs:
            end += 1
        is_table = tabs > 0 and end - start > 1
        if is_table or not parts or parts[-1][0]:
            parts.append((is_table, lines[start:end]))
        else:
            parts[-1][1].extend(lines[start:end])
        start = end
    return parts


def _tabs(line):
    return line.rstrip("\r\n ").count("\t") if line.strip("\t ").find("\t") >= 0 else 0
