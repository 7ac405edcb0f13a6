"""Intake of papers: a pasted text, a file or the answer of an address, as cleaned paragraphs.

Files are parsed in a child process with limits (`process.py`); what comes back is cleaned here,
like every text on its way into the register.
"""

import re
from dataclasses import replace
from datetime import date

from provinces.encodings import is_syllable
from provinces.vietnamese import clean

from .formats.plain import read_text
from .formats.raw import CELLS_BETWEEN, lined, spaced
from .letterhead import said_in_head
from .paper import Paper, PaperNote, PaperNoteKind, Row, Says, Table
from .process import parsed
from .refusals import Unreadable
from .text import noise

MOST_BYTES = 20 * 1024 * 1024
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # of Office before 2007, and of what has a password
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"GIF8", b"RIFF", b"BM")
PAGE = re.compile(
    rb"\s*(?:<!doctype\s+html|<html|<\?xml[^>]{0,200}>\s*<(?:!doctype\s+html|html))", re.I
)
TYPES = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/pdf": "pdf",
    "text/plain": "txt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}
BETWEEN_BLOCKS, BETWEEN_CELLS = "\u241e", "\u241f"  # what the cleaner leaves as it is
SEPARATORS = {ord(BETWEEN_BLOCKS): " ", ord(BETWEEN_CELLS): " "}
WORD = re.compile(r"[^\W\d_]+")
VIETNAMESE = 0.15  # of its words have a mark and are syllables; of a real text it is a half
FEWEST_WORDS = 8
COUNTED = {
    "joined": PaperNoteKind.JOINED,
    "edges": PaperNoteKind.EDGES,
    "hidden": PaperNoteKind.HIDDEN_TEXT,
    "noise": PaperNoteKind.NOISE,
}


def read_paste(text):
    """The Paper of a text that somebody pasted. Raises Unreadable for one that holds nothing."""
    return _paper("paste", read_text(text).as_dict())


def read_file(content, name="", content_type="", charset="", address=""):
    """The Paper of these bytes.

    Raises Unreadable, whose message says why they cannot be read and what to do. The kind is told
    by what the bytes are; name and type only tell a page from a text.
    """
    if not content:
        raise Unreadable("empty")
    if len(content) > MOST_BYTES:
        raise Unreadable("too_large")
    kind = kind_of(content, name, content_type)
    return _paper(kind, parsed(kind, content, charset, address))


def read_answer(content, content_type, charset, address, accessed_on):
    """The Paper of what an address answered on that day; its own address, if it names one."""
    paper = read_file(content, address, content_type, charset, address)
    says = replace(paper.says, url=paper.says.url or address, accessed_on=accessed_on)
    return replace(paper, says=says)


def kind_of(content, name="", content_type=""):
    """docx, pdf, html or txt. Raises Unreadable for anything else."""
    if content.lstrip(b"\x00\t\n\r \xef\xbb\xbf")[:5] == b"%PDF-" or b"%PDF-" in content[:1024]:
        return "pdf"
    if content.startswith(b"PK\x03\x04"):
        return "docx"
    if content.startswith(OLE):
        is_protected = "EncryptedPackage".encode("utf-16-le") in content
        raise Unreadable("password" if is_protected else "old_word")
    if content.startswith(b"{\\rtf"):
        raise Unreadable("rich_text")
    if content.startswith(PICTURES[:-1]) or (content.startswith(b"BM") and b"\x00" in content[:64]):
        raise Unreadable("picture")
    is_page = TYPES.get(content_type.partition(";")[0].strip().lower()) == "html"
    is_named_page = name.lower().endswith((".html", ".htm", ".xhtml"))
    if PAGE.match(content.lstrip(b"\xef\xbb\xbf")) or is_page or is_named_page:
        return "html"
    return "txt"


# -- from blocks to a paper


def _paper(kind, raw):
    blocks, notes = _cleaned(raw["blocks"])
    if kind == "html":
        blocks, raw["counts"]["noise"] = _without_noise(blocks)
    paragraphs, tables = [], {}
    for block in blocks:
        if block[0] == "text":
            paragraphs.append(block[1])
            continue
        _kind, table, cells = block
        paragraphs.append(CELLS_BETWEEN.join(cell.replace("\n", " ") for cell in cells))
        tables.setdefault(table, []).append(Row(len(paragraphs), tuple(cells)))
    if not paragraphs:
        raise Unreadable("empty")
    counts = raw["counts"]
    notes += [PaperNote(told, counts[name]) for name, told in COUNTED.items() if counts.get(name)]
    if raw["is_cut"]:
        notes.append(PaperNote(PaperNoteKind.CUT, len(paragraphs)))
    if not is_vietnamese(paragraphs):
        notes.append(PaperNote(PaperNoteKind.NOT_VIETNAMESE))
    return Paper(
        paragraphs=tuple(paragraphs),
        tables=tuple(Table(tuple(rows)) for rows in tables.values()),
        says=_says(kind, raw["says"], paragraphs),
        notes=tuple(notes),
        kind=kind,
    )


def _cleaned(blocks):
    """(the blocks with cleaned texts, notes): an encoding is known by the whole alone."""
    parts = [
        BETWEEN_CELLS.join(cell.translate(SEPARATORS) for cell in block[2])
        if block[0] == "row"
        else block[1].translate(SEPARATORS)
        for block in blocks
    ]
    text, notes = clean(f"\n{BETWEEN_BLOCKS}\n".join(parts))
    cleaned = []
    for block, part in zip(blocks, text.split(BETWEEN_BLOCKS), strict=False):
        if block[0] == "row":
            cells = [lined(cell) for cell in part.split(BETWEEN_CELLS)]
            if any(cells):
                cleaned.append(["row", block[1], cells])
        elif part := spaced(part):
            cleaned.append(["text", part])
    return cleaned, list(notes)


def _without_noise(blocks):
    """(the blocks without menus, cookie texts and related news, how many of them there were)."""
    texts = [(place, block[1]) for place, block in enumerate(blocks) if block[0] == "text"]
    marked = noise([text for _place, text in texts])
    gone = {texts[number - 1][0] for number in marked}
    if len(gone) == len(blocks):
        return blocks, 0
    return [block for place, block in enumerate(blocks) if place not in gone], len(gone)


def is_vietnamese(paragraphs):
    """Whether a text is Vietnamese, with its marks; of a few words it cannot be told, so it is."""
    words = [word for paragraph in paragraphs[:400] for word in WORD.findall(paragraph)]
    marked = [word for word in words if not word.isascii() and is_syllable(word)]
    return len(words) < FEWEST_WORDS or len(marked) >= VIETNAMESE * len(words)


def _says(kind, said, paragraphs):
    """What the page says, or what the head of the document does."""
    if kind != "html":
        return said_in_head(paragraphs)
    return Says(
        title=spaced(clean(said.get("title", ""))[0])[:300],
        publisher=spaced(clean(said.get("publisher", ""))[0])[:200],
        issued_on=_day(said.get("day", "")),
        url=said.get("url", ""),
    )


def _day(text):
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
