"""Reminder letter to an organization about what it owes, in the form of Decree 30/2020 (.docx).

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

from engagements.edition.text import plain_text
from engagements.models import Commitment, Edition, ProvinceRequest, Recommendation, Source

MODELS = (Commitment, ProvinceRequest, Recommendation)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ITEMS = 300
CENTRE, LEFT, BOTH = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)
BLANK = "……"


def clean(text):
    return plain_text(text).strip()


@dataclass
class ReminderItem:
    """Something that the organization owes, past its day; as the public reads it."""

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
    def due(self):
        """The day in force, and the first one where an update moved it."""
        first, due = self.edition.first_due_on, f"{self.due_on:%d/%m/%Y}"
        return f"{due} (hạn đầu {first:%d/%m/%Y})" if first and first != self.due_on else due

    @property
    def proof(self):
        source = self.record.source
        if source is None:
            return ""
        name = f"Văn bản số {source.number}" if source.number else source.title
        return f"{name} ngày {source.issued_on:%d/%m/%Y}" if source.issued_on else name

    @property
    def session(self):
        meeting = self.record.meeting
        return f"{meeting.title} ({meeting.held_on:%d/%m/%Y})" if meeting.held_on else meeting.title


@dataclass
class Reminder:
    """What an organization owes on a day: known to be late, and what nobody knows of."""

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
        """(what stands before it, items) of each list that has any."""
        both = (
            ("đã quá thời hạn mà chưa hoàn thành", self.overdue),
            ("đã qua thời hạn, chưa có thông tin về kết quả thực hiện", self.unknown),
        )
        return [(words, items) for words, items in both if items]

    def _items(self, asked):
        proofs = Prefetch("source", Source.objects.defer("text"))
        due = []
        for model in MODELS:
            rows = asked(model.objects.followed_today_by(self.lead))
            rows = rows.select_related("meeting").prefetch_related(proofs)
            records = {record.pk: record for record in rows}
            editions = Edition.objects.current().of_kind(model.kind).filter(record__in=records)
            due += [
                ReminderItem(records[edition.record], edition, (self.on - edition.due_on).days)
                for edition in editions
            ]
        due.sort(key=lambda item: (item.due_on, item.edition.first_sequence))
        return due[:ITEMS]

    # -- the document

    def document(self):
        document = Document()
        self._page(document)
        self._head(document)
        _paragraph(document, f"Kính gửi: {clean(self.lead)}.", CENTRE, before=18, after=12, size=14)
        number = len(self.overdue) + len(self.unknown)
        _paragraph(
            document,
            "Qua theo dõi việc thực hiện kết quả các buổi làm việc với các tỉnh, thành phố, "
            f"đến ngày {self.on:%d/%m/%Y} có {number} nội dung do {clean(self.lead)} chủ trì "
            "cần được báo cáo kết quả, cụ thể như sau:",
        )
        for number, (words, items) in enumerate(self.tables, start=1):
            heading = f"{number}. Các nội dung {words} ({len(items)} nội dung):"
            _paragraph(document, heading, before=6)
            self._table(document, items)
        _paragraph(
            document,
            f"Đề nghị {clean(self.lead)} khẩn trương thực hiện, báo cáo kết quả, nguyên nhân chậm "
            f"và thời gian hoàn thành của từng nội dung, gửi về {clean(self.sender or BLANK)} "
            f"trước ngày {BLANK}/{BLANK}/{BLANK} để tổng hợp.",
            before=8,
        )
        _paragraph(document, "Trân trọng./.", after=12)
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
            _cell_paragraph(left, text, CENTRE, size=13, bold=bold)
        _rule(left, Cm(2.2))
        _cell_paragraph(left, f"Số: {BLANK}/{BLANK}", CENTRE, size=13, before=6)
        _cell_paragraph(
            left, f"V/v đôn đốc thực hiện các nội dung do {clean(self.lead)} chủ trì", CENTRE, 12
        )
        _cell_paragraph(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", CENTRE, size=13, bold=True)
        _cell_paragraph(right, "Độc lập - Tự do - Hạnh phúc", CENTRE, size=14, bold=True)
        _rule(right, Cm(2.1))
        _cell_paragraph(
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
            _cell_paragraph(cell, text, CENTRE, size=11, bold=True)
        _repeat(table.rows[0])
        for number, item in enumerate(items, start=1):
            values = (number, item.name, item.session, item.due, item.days, item.proof)
            for column, (cell, value) in enumerate(zip(table.add_row().cells, values, strict=True)):
                _cell_paragraph(
                    cell, clean(value), LEFT if column in (1, 2, 5) else CENTRE, size=11
                )
        _widths(table, widths)

    def _foot(self, document):
        table = document.add_table(rows=1, cols=2)
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        _widths(table, (Cm(8), Cm(8.5)))
        left, right = table.rows[0].cells
        _cell_paragraph(left, "Nơi nhận:", LEFT, size=12, bold=True, italic=True)
        for text in ("- Như trên;", f"- {BLANK};", "- Lưu: VT."):
            _cell_paragraph(left, text, LEFT, size=11)
        _cell_paragraph(right, "QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ", CENTRE, size=13, bold=True)
        for _line in range(4):
            _cell_paragraph(right, "", CENTRE, size=13)
        _cell_paragraph(right, "Họ và tên", CENTRE, size=14, bold=True)


# -- paragraphs and tables of python-docx


def _paragraph(document, text, align=BOTH, size=14, before=0, after=6):
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    shape = paragraph.paragraph_format
    shape.space_before, shape.space_after = Pt(before), Pt(after)
    if align == BOTH:
        shape.first_line_indent = Cm(1.27)
    paragraph.add_run(text).font.size = Pt(size)


def _cell_paragraph(cell, text, align, size=13, bold=False, italic=False, before=0):
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
    """The line under the name of the organization and under the motto, shorter than both."""
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
