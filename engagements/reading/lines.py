"""Joining of hard line breaks: paragraphs again from lines that a PDF or an e-mail has broken.

Only a text that is broken throughout is joined; a line that ends a sentence ends its paragraph,
unless its place on the page tells more. Knows no Django.
"""

import re
from itertools import pairwise

from provinces.encodings import is_syllable

LONGEST_BROKEN = 140  # characters; a longer line was broken by nobody
FULL = 0.9  # of the width, that a line with the next word would have had
PAGE_NUMBER = re.compile(
    r"(?:(?:trang|page)\s*)?[-–—]?\s*(\d{1,4})\s*[-–—]?(?:\s*(?:/|trên|of)\s*\d{1,4})?",
    re.IGNORECASE,
)
ENDS = re.compile(r"[.!?…:;][”\"’')\]]*$|[”\"]$")
ENDS_SENTENCE = re.compile(r"[.!?…][”\"’')\]]*$")
BULLET = r"[-–—•+*▪■●○]\s|\(?(?:\d{1,3}(?:\.\d{1,2})*|[a-zđ]|[ivxIVX]{1,5})[.)/]\s"
NUMBERED = r"(?:Điều|Chương|Mục|Phần|Phụ lục)\s+(?:\d|[IVX]+\b)|(?:Một|Hai|Ba|Bốn|Năm|Thứ \w+) là"
BEGINS = re.compile(f"(?:{BULLET}|{NUMBERED})")
BROKEN_WORD = re.compile(r"(\w+)([-\u00ad])$")
FIRST_WORD = re.compile(r"\w+")


def joined(text):
    """(paragraphs, number of line breaks undone, number of lines of pages left out) of a text."""
    lines, edges = without_page_numbers([line.strip() for line in text.splitlines()])
    width = _width(lines)
    if not width:
        return [line for line in lines if line], 0, edges
    spaced = sum(not line for line in lines) * 4 > len([line for line in lines if line])
    paragraphs, undone, previous = [], 0, ""
    for line in lines:
        if line and previous and goes_on(previous, line, width, is_spaced=spaced):
            paragraphs[-1] = together(paragraphs[-1], line)
            undone += 1
        elif line:
            paragraphs.append(line)
        if line or spaced or ENDS.search(previous):
            previous = line  # an empty line between pages parts no sentence
    return paragraphs, undone, edges


def _width(lines):
    """How many characters a full line has; 0 of a text that nobody has broken."""
    lengths = sorted(len(line) for line in lines if line)
    if len(lengths) < 2 or lengths[int(len(lengths) * 0.95)] > LONGEST_BROKEN:
        return 0
    if any("\t" in line for line in lines):
        return 0
    width = max(length for length in lengths if length <= LONGEST_BROKEN)
    pairs = [(line, after) for line, after in pairwise(lines) if line and after]
    broken = sum(_is_surely_broken(line, after) for line, after in pairs)
    return width if broken and broken * 12 >= len(lengths) else 0


def _is_surely_broken(line, after):
    return after[0].islower() and not ENDS.search(line) and not BEGINS.match(after)


def goes_on(line, after, width, is_spaced=False):
    """Whether a line is broken off, so that the next one carries it on.

    `is_spaced`: empty lines part the paragraphs of the text, so that an ended sentence ends none.
    """
    if BEGINS.match(after):
        return False
    if after[0].islower() or BROKEN_WORD.search(line[-LONGEST_BROKEN:]):
        return not ENDS_SENTENCE.search(line) and not line.endswith((":", ";"))
    is_full = len(line) + 1 + len(after.partition(" ")[0]) >= FULL * width
    return is_full and (is_spaced or not (ENDS.search(line) or _is_heading(line, after)))


def _is_heading(line, after):
    """Capitals, or a line that is meant as one: the text begins under it."""
    return line.isupper() and not after.isupper()


def together(line, after):
    """Two lines as one; a word that was broken between them is whole again."""
    broken = BROKEN_WORD.search(line[-LONGEST_BROKEN:])
    following = FIRST_WORD.match(after)
    if not broken or not following or not following[0][0].islower():
        return f"{line} {after}"
    begun, mark = broken.groups()
    if mark == "\u00ad" or _is_one_word(begun, following[0]):
        return line[:-1] + after
    return line + after


def _is_one_word(begun, rest):
    """Whether the hyphen is the printer's: Vietnamese breaks no word, so it is a foreign one."""
    foreign = (begun + rest).isascii() and not (is_syllable(begun) and is_syllable(rest))
    return foreign and len(begun) > 2 and len(rest) > 2


def without_page_numbers(lines):
    """(the lines, how many were left out): those that hold nothing but a rising page number."""
    numbered = [
        (place, int(found[1]))
        for place, line in enumerate(lines)
        if line and (found := PAGE_NUMBER.fullmatch(line))
    ]
    run = []
    for place, number in numbered:
        if not run or number == run[-1][1] + 1:
            run.append((place, number))
    if len(run) < 2 or run[0][1] > 2 or len(run) != len(numbered):
        return lines, 0
    gone = {place for place, _number in run}
    if any(after - before < 6 for before, after in pairwise(sorted(gone))):
        return lines, 0  # so close together they number something else
    return [line for place, line in enumerate(lines) if place not in gone], len(gone)
