"""Decoding of bytes into text: what the text says of its encoding, UTF-8, legacy Vietnamese."""

import codecs
import re
import unicodedata

from provinces.encodings import WORD, decoded, is_syllable

from .raw import Refused

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LOST = 0.002  # of the characters: more of them, and the text was not UTF-8
VIETNAMESE = 0.85  # of the words that are not ASCII
SAMPLE = 200_000
CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def text_of(content, declared=""):
    """The text of these bytes. Raises Refused for what is none.

    A text in TCVN3 or VNI comes back as its bytes say (Latin-1): the cleaner converts it, and says
    so. Line ends stay as they are.
    """
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    for encoding in ("utf-8", declared):
        text = _decoded(content, encoding)
        if text is not None:
            return _checked(text)
    text = content.decode("utf-8", "replace")
    if text.count("\ufffd") <= LOST * len(text):
        return _checked(text)
    text = content.decode("latin-1")
    legacy = decoded(text[:SAMPLE])
    if legacy.encoding and legacy.is_certain:
        return _checked(text)
    windows = unicodedata.normalize("NFC", content.decode("cp1258", "replace"))
    if _is_vietnamese(windows):
        return _checked(windows)
    return _checked(_guessed(content))


def _decoded(content, encoding):
    """The text in that encoding; None if it is none, or an unknown one."""
    try:
        text = content.decode(encoding) if encoding else None
    except (UnicodeDecodeError, LookupError, ValueError):
        return None
    return unicodedata.normalize("NFC", text) if text and encoding != "utf-8" else text


def _is_vietnamese(text):
    words = {word for word in WORD.findall(text[:SAMPLE]) if not word.isascii()}
    return len(words) > 1 and sum(map(is_syllable, words)) >= VIETNAMESE * len(words)


def _guessed(content):
    from charset_normalizer import from_bytes

    best = from_bytes(content[:SAMPLE]).best()
    if best is None:
        raise Refused("unknown")
    return content.decode(best.encoding, "replace")


def _checked(text):
    """Raises Refused for bytes that are no text, whatever they decode to."""
    sample = text[:SAMPLE]
    if len(CONTROL.findall(sample)) * 100 > len(sample):
        raise Refused("unknown")
    return text
