"""Files for the intake's tests, made by hand: .docx with any XML, PDF with text at any place."""

import io
import zipfile
import zlib
from xml.sax.saxutils import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(body, **parts):
    """A Word document with that XML as its body, and other parts by name (`styles`)."""
    names = f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    document = f"<w:document {names}><w:body>{body}</w:body></w:document>"
    return packed({"word/document.xml": document} | {f"word/{k}.xml": v for k, v in parts.items()})


def packed(parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def paragraph(*runs):
    return f"<w:p>{''.join(run if run.startswith('<') else run_of(run) for run in runs)}</w:p>"


def run_of(text, properties=""):
    shape = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{shape}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def table(*rows):
    """A table of Word: each cell a text, or a list of its paragraphs."""
    xml = ""
    for row in rows:
        xml += "<w:tr>"
        for cell in row:
            lines = cell if isinstance(cell, list) else [cell]
            xml += f"<w:tc>{''.join(map(paragraph, lines))}</w:tc>"
        xml += "</w:tr>"
    return f"<w:tbl>{xml}</w:tbl>"


# -- PDF

FONT_SIZE, LETTER = 12, 0.5  # every letter is half as wide as the font is high
TO_UNICODE = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CMapName /Same def /CMapType 2 def
1 begincodespacerange <0000> <ffff> endcodespacerange
1 beginbfrange <0000> <ffff> <0000> endbfrange
endcmap end end"""


def text_at(x, y, text, size=FONT_SIZE):
    """Operators that write a text there."""
    return f"BT /F {size} Tf {x} {y} Td <{text.encode('utf-16-be').hex()}> Tj ET"


def rule(x, y, to_x, to_y):
    return f"{x} {y} m {to_x} {to_y} l S"


def lines_at(x, y, *texts, step=16):
    return [text_at(x, y - number * step, text) for number, text in enumerate(texts)]


def grid_of(columns, rows):
    """The lines of a table: at these x, and at these y."""
    across = [rule(columns[0], y, columns[-1], y) for y in rows]
    return across + [rule(x, rows[0], x, rows[-1]) for x in columns]


def pdf(*pages, rotate=0, extra=b"", trailer=b"", has_picture=False):
    """A PDF of A4 pages, each a list of operators or the bytes of a stream with its filters."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b""]
    objects += [
        b"<</Type/Font/Subtype/Type0/BaseFont/Same/Encoding/Identity-H"
        b"/DescendantFonts[4 0 R]/ToUnicode 5 0 R>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Same/DW 500"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>",
        stream(TO_UNICODE),
        stream(b"\x00", b"/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8"
               b"/ColorSpace/DeviceGray"),
    ]  # fmt: skip
    kids = []
    for page in pages:
        content = page if isinstance(page, bytes) else stream("\n".join(page).encode())
        objects.append(content)
        picture = b"/XObject<</I 6 0 R>>" if has_picture else b""
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Rotate %d/Contents %d 0 R"
            b"/Resources<</Font<</F 3 0 R>>%s>>>>" % (rotate, len(objects), picture)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(kids), len(kids))
    if extra:
        objects.append(extra)
    file, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return file + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R%s>>\n"
        b"startxref\n%d\n%%%%EOF" % (len(objects) + 1, table, len(objects) + 1, trailer, len(file))
    )


def stream(content, entries=b"", packs=1):
    """A stream object, deflated so many times."""
    for _time in range(packs):
        content = zlib.compress(content, 9)
    filters = b"/FlateDecode" * packs
    return b"<</Length %d/Filter[%s]%s>>stream\n%s\nendstream" % (
        len(content),
        filters,
        entries,
        content,
    )
