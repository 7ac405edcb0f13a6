"""Guard against hostile workbooks: zip bombs, macros, links to other files, document types.

A small file can unpack to gigabytes or to millions of empty elements, and a workbook can carry
programs: both are refused while its parts stream by, before anything of them is kept.
"""

import zipfile
from collections import Counter
from contextlib import contextmanager
from xml.parsers import expat

from django.core.exceptions import ValidationError
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

BYTES = 5 * 1024 * 1024
MEMBERS = 200
UNPACKED = 50 * 1024 * 1024
# Parts that are read whole keep a limit of their own; a sheet is read row by row.
PART_BYTES = {"xl/sharedStrings.xml": 20 * 1024 * 1024, "xl/worksheets/": UNPACKED}
OTHER_PART_BYTES = 5 * 1024 * 1024
# Elements cost more than bytes. A full sheet of the widest table has 505,000, or 340,000 and as
# many shared strings; the sheet of choices 110,000.
ELEMENTS = 700_000  # of all parts
BRANCHES = {"worksheet": ("row", 600_000), "sst": ("si", 350_000)}  # read one by one, and let go
IN_A_BRANCH = 2_000
BESIDE_BRANCHES = 40_000  # and in parts that are kept whole
ATTRIBUTES = 100  # of one element
UNTAGGED_BYTES = 256 * 1024  # bytes without a tag: the longest text of a cell
CARRIED = {
    "vbaproject": gettext_lazy("The workbook holds macros. Save it as .xlsx without them."),
    "xl/externallinks/": gettext_lazy(
        "The workbook is linked to other files. Break the links and save it again."
    ),
    "xl/activex/": gettext_lazy("The workbook holds programs. Save it as .xlsx without them."),
    "xl/embeddings/": gettext_lazy("The workbook holds other documents. Remove them."),
}
PIECE_BYTES = 1 << 16
OLE = b"\xd0\xcf\x11\xe0"  # of Excel before 2007, and of what has a password


def megabytes(size):
    return localize(size // (1024 * 1024))


def kind_of(file):
    """xlsx, docx or csv, by what the bytes are; a file that is too large or neither is refused."""
    if file.size > BYTES:
        raise ValidationError(
            _("The file is larger than %(most)s MB. Export fewer rows at a time.")
            % {"most": megabytes(BYTES)}
        )
    begin = file.read(4)
    file.seek(0)
    if begin == OLE or not begin:
        raise _no_workbook()
    if begin[:2] != b"PK":
        return "csv"
    with _opened(file) as archive:
        return "docx" if "word/document.xml" in archive.namelist() else "xlsx"


def _no_workbook():
    return ValidationError(
        _("This is no Excel workbook (.xlsx). Open it in Excel and save it as .xlsx.")
    )


@contextmanager
def _opened(file):
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    # NotImplementedError is zipfile's word for a kind of archive that it cannot read.
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise _no_workbook() from error
    finally:
        file.seek(0)


def refuse_unfit(file):
    """Raises ValidationError unless the file is a plain .xlsx that can be read."""
    with _opened(file) as archive:
        _refuse_archive(archive)


def _refuse_archive(archive):
    members = archive.infolist()
    if len(members) > MEMBERS or sum(member.file_size for member in members) > UNPACKED:
        raise ValidationError(
            _("Unpacked, the workbook is larger than %(most)s MB or has more than %(parts)d parts.")
            % {"most": megabytes(UNPACKED), "parts": MEMBERS}
        )
    names = {member.filename.lower() for member in members}
    if not {"[content_types].xml", "xl/workbook.xml"} <= names:
        raise zipfile.BadZipFile
    for part, refusal in CARRIED.items():
        if any(part in name for name in names):
            raise ValidationError(refusal)
    tally = _Tally()
    for member in members:
        limits = (most for part, most in PART_BYTES.items() if member.filename.startswith(part))
        if member.file_size > next(limits, OTHER_PART_BYTES):
            raise ValidationError(
                _("A part of the workbook is too large: %(part)s") % {"part": member.filename[:80]}
            )
        _refuse_contents(archive, member, tally)


class _TooMuch(Exception):
    """A part holds more than a workbook of ours does."""


class _Tally:
    """Counts the elements of the parts, whatever these are named, and stops at what is too much."""

    def __init__(self):
        self.all = 0

    def begin(self):
        """A parser for the next part."""
        self.counts, self.depth, self.inside = Counter(), 0, None
        self.branch, self.most = None, BESIDE_BRANCHES
        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.StartDoctypeDeclHandler = _refuse_document_type
        return parser

    def start(self, name, attributes):
        name = name.rpartition(":")[2]
        if self.depth == 0:
            self.branch, self.most = BRANCHES.get(name, (None, BESIDE_BRANCHES))
        self.depth += 1
        self.all += 1
        self.counts["all"] += 1
        if self.inside is not None:
            self.counts["inside"] += 1
        elif name == self.branch:
            self.inside, self.counts["inside"] = self.depth, 0
        else:
            self.counts["beside"] += 1
        if (
            self.all > ELEMENTS
            or self.counts["all"] > self.most
            or self.counts["inside"] > IN_A_BRANCH
            or self.counts["beside"] > BESIDE_BRANCHES
            or len(attributes) > ATTRIBUTES
        ):
            raise _TooMuch

    def end(self, name):
        if self.inside == self.depth:
            self.inside = None
        self.depth -= 1


def _refuse_document_type(*given):
    """No workbook needs a document type; one that has it means a parser harm."""
    raise zipfile.BadZipFile


def _refuse_contents(archive, member, tally):
    """Pictures and the like are no XML, and are left at their first bytes."""
    parser, untagged, is_first = tally.begin(), 0, True
    try:
        with archive.open(member) as part:
            while piece := part.read(PIECE_BYTES):
                if is_first and 0 in piece[:4] and _is_named_xml(member):  # UTF-16
                    raise zipfile.BadZipFile
                is_first, untagged = False, 0 if b"<" in piece else untagged + len(piece)
                if untagged > UNTAGGED_BYTES:
                    raise _TooMuch
                parser.Parse(piece)
            parser.Parse(b"", True)
    except _TooMuch as error:
        raise ValidationError(
            _("A part of the workbook holds too much: %(part)s") % {"part": member.filename[:80]}
        ) from error
    except (expat.ExpatError, ValueError, LookupError) as error:  # also of an unknown encoding
        if _is_named_xml(member):
            raise zipfile.BadZipFile from error


def _is_named_xml(member):
    return member.filename.lower().endswith((".xml", ".rels"))
