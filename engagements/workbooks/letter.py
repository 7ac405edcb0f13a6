"""The reminder to a body of what it owes: an official letter in the form of Decree 30/2020.

A draft that a person reads, numbers and signs. It is Vietnamese whatever language the desk is read
in. Number, place, day and signature stay open; what nobody recorded is not said.
"""

from dataclasses import dataclass
from io import BytesIO

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.functional import cached_property
from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from engagements.edition.cells import UNFIT
from engagements.models import Commitment, Edition, ProvinceRequest, Recommendation, Source
from provinces.vietnamese import INVISIBLE

MODELS = (Commitment, ProvinceRequest, Recommendation)
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ITEMS = 300
CENTRE, LEFT, BOTH = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)
BLANK = "……"


def clean(text):
    """The text without signs that hide, reorder or break what carries it."""
    return INVISIBLE.sub("", UNFIT.sub("", str(text))).strip()


@dataclass
class Item:
    """Something that the body owes, past its day; as the public reads it."""

    record: object
    edition: object
    days: int

    @property
    def name(self):
        return f"{self.edition.code}. {self.edition.data['title']}"

    @property
    def due_on(self):
        return self.edition.due_on

    @property
    def proof(self):
        source = self.record.source
        if source is None:
            return ""
        said = f"Văn bản số {source.number}" if source.number else source.title
        if source.issued_on:
            said += f" ngày {source.issued_on:%d/%m/%Y}"
        return said

    @property
    def session(self):
        meeting = self.record.meeting
        return f"{meeting.title} ({meeting.held_on:%d/%m/%Y})" if meeting.held_on else meeting.title


@dataclass
class Reminder:
    """What one body owes on a day: what is known to be late, and what nobody knows of."""

    lead: object
    sender: object = None
    with_unknown: bool = True

    @cached_property
    def on(self):
        return timezone.localdate()

    @cached_property
    def overdue(self):
        return self._items(lambda rows: rows.overdue(self.on))

    @cached_property
    def unknown(self):
        return self._items(lambda rows: rows.past_unknown(self.on)) if self.with_unknown else []

    @property
    def tables(self):
        """(what is said before it, items) of each list that has any."""
        both = (
            ("đã quá thời hạn mà chưa hoàn thành", self.overdue),
            ("đã qua thời hạn, chưa có thông tin về kết quả thực hiện", self.unknown),
        )
        return [(said, items) for said, items in both if items]

    def _items(self, asked):
        proofs = Prefetch("source", Source.objects.defer("text"))
        found = []
        for model in MODELS:
            rows = asked(model.objects.followed_today_by(self.lead))
            rows = rows.select_related("meeting").prefetch_related(proofs)
            records = {record.pk: record for record in rows}
            editions = Edition.objects.current().of_kind(model.kind).filter(record__in=records)
            found += [
                Item(records[one.record], one, (self.on - one.due_on).days) for one in editions
            ]
        found.sort(key=lambda item: (item.due_on, item.edition.first_sequence))
        return found[:ITEMS]

    # -- the document

    def document(self):
        document = Document()
        self._page(document)
        self._head(document)
        _say(document, f"Kính gửi: {clean(self.lead)}.", CENTRE, before=18, after=12, size=14)
        number = len(self.overdue) + len(self.unknown)
        _say(
            document,
            "Qua theo dõi việc thực hiện kết quả các buổi làm việc với các tỉnh, thành phố, "
            f"đến ngày {self.on:%d/%m/%Y} có {number} nội dung do {clean(self.lead)} chủ trì "
            "cần được báo cáo kết quả, cụ thể như sau:",
        )
        for place, (said, items) in enumerate(self.tables, start=1):
            _say(document, f"{place}. Các nội dung {said} ({len(items)} nội dung):", before=6)
            self._table(document, items)
        _say(
            document,
            f"Đề nghị {clean(self.lead)} khẩn trương thực hiện, báo cáo kết quả, nguyên nhân chậm "
            f"và thời gian hoàn thành của từng nội dung, gửi về {clean(self.sender or BLANK)} "
            f"trước ngày {BLANK}/{BLANK}/{BLANK} để tổng hợp.",
            before=8,
        )
        _say(document, "Trân trọng./.", after=12)
        self._foot(document)
        out = BytesIO()
        document.save(out)
        return out.getvalue()

    def _page(self, document):
        section = document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.top_margin = section.bottom_margin = Cm(2)
        section.left_margin, section.right_margin = Cm(3), Cm(1.5)
        section.different_first_page_header_footer = True
        header = section.header.paragraphs[0]
        header.alignment = CENTRE
        _page_number(header)
        style = document.styles["Normal"]
        style.font.name, style.font.size = "Times New Roman", Pt(14)
        style.element.rPr.rFonts.set(qn("w:eastAsia"), "Times New Roman")
        properties = document.core_properties
        properties.title = "Công văn đôn đốc"
        properties.author = clean(self.sender or "")
        properties.language = "vi-VN"
        properties.comments = ""

    def _head(self, document):
        table = document.add_table(rows=1, cols=2)
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        left, right = table.rows[0].cells
        _widths(table, (Cm(6.5), Cm(10)))
        parent = getattr(self.sender, "parent", None)
        lines = [(clean(parent).upper(), False)] if parent else []
        lines.append((clean(self.sender or BLANK).upper(), True))
        for text, bold in lines:
            _write(left, text, CENTRE, size=13, bold=bold)
        _rule(left, Cm(2.2))
        _write(left, f"Số: {BLANK}/{BLANK}", CENTRE, size=13, before=6)
        _write(
            left, f"V/v đôn đốc thực hiện các nội dung do {clean(self.lead)} chủ trì", CENTRE, 12
        )
        _write(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", CENTRE, size=13, bold=True)
        _write(right, "Độc lập - Tự do - Hạnh phúc", CENTRE, size=14, bold=True)
        _rule(right, Cm(2.1))
        _write(
            right,
            f"{BLANK}{BLANK}, ngày {BLANK} tháng {BLANK} năm {BLANK}",
            CENTRE,
            size=14,
            italic=True,
            before=6,
        )

    def _table(self, document, items):
        columns = ("STT", "Nội dung", "Tại buổi làm việc", "Thời hạn", "Số ngày đã qua", "Căn cứ")
        table = document.add_table(rows=1, cols=len(columns))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        widths = (Cm(1.1), Cm(5.2), Cm(3.6), Cm(2.3), Cm(1.6), Cm(2.7))
        for cell, text in zip(table.rows[0].cells, columns, strict=True):
            _write(cell, text, CENTRE, size=11, bold=True)
        _repeat(table.rows[0])
        for place, item in enumerate(items, start=1):
            due = f"{item.due_on:%d/%m/%Y}"
            values = (place, item.name, item.session, due, item.days, item.proof)
            for column, (cell, value) in enumerate(zip(table.add_row().cells, values, strict=True)):
                _write(cell, clean(value), LEFT if column in (1, 2, 5) else CENTRE, size=11)
        _widths(table, widths)

    def _foot(self, document):
        table = document.add_table(rows=1, cols=2)
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        _widths(table, (Cm(8), Cm(8.5)))
        left, right = table.rows[0].cells
        _write(left, "Nơi nhận:", LEFT, size=12, bold=True, italic=True)
        for text in ("- Như trên;", f"- {BLANK};", "- Lưu: VT."):
            _write(left, text, LEFT, size=11)
        _write(right, "QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ", CENTRE, size=13, bold=True)
        for _line in range(4):
            _write(right, "", CENTRE, size=13)
        _write(right, "Họ và tên", CENTRE, size=14, bold=True)


# -- the hand of python-docx


def _say(document, text, align=BOTH, size=14, before=0, after=6):
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    shape = paragraph.paragraph_format
    shape.space_before, shape.space_after = Pt(before), Pt(after)
    if align == BOTH:
        shape.first_line_indent = Cm(1.27)
    paragraph.add_run(text).font.size = Pt(size)


def _write(cell, text, align, size=13, bold=False, italic=False, before=0):
    """A paragraph in a cell of a table; the empty one that it was made with is taken first."""
    first = cell.paragraphs[0]
    is_free = len(cell.paragraphs) == 1 and not first.text and not first.runs
    paragraph = first if is_free else cell.add_paragraph()
    paragraph.alignment = align
    paragraph.paragraph_format.space_before = Pt(before)
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.italic = Pt(size), bold, italic


def _widths(table, widths):
    table.autofit = False
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width


def _rule(cell, indent):
    """The line under the name of the body and under the motto: in the middle, shorter than both."""
    paragraph = cell.add_paragraph()
    shape = paragraph.paragraph_format
    shape.left_indent = shape.right_indent = indent
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing = Pt(3)
    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    paragraph._p.get_or_add_pPr().insert_element_before(borders, "w:spacing", "w:ind", "w:jc")


def _repeat(row):
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _page_number(paragraph):
    """The number of the page, above, from the second on."""
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run = paragraph.add_run()
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)
