"""Quarterly report of follow-ups: what was promised, asked, advised, and what became of it.

From the register; a row that the public doesn't read as it stands here bears a mark. Status,
deadline and result are those of the published updates up to the day of the report. What nobody
recorded stays empty.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Prefetch, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from openpyxl.styles import Alignment, Font

from engagements.deadlines import (
    COLUMNS,
    FIRST_COLUMNS,
    deadline_in_force,
    deadline_of,
    deadline_words,
)
from engagements.edition.workbook import HEADING_FILL, THIN, WorkbookWriter
from engagements.models import (
    Answering,
    Commitment,
    ProvinceRequest,
    Recommendation,
    Source,
    State,
    StatusUpdate,
)
from engagements.models.answering import ANSWERS
from engagements.statuses import (
    answer_of,
    counted,
    owing_voices,
    proof_of,
    response_of,
    status_of,
    taken_back_by,
)
from engagements.words import (
    CLOSED,
    Answer,
    Deadline,
    FollowUpStatus,
    Kind,
    Response,
    UpdateAnswer,
)
from provinces.models import Atlas

REPORTED = {
    "commitment": Commitment,
    "request": ProvinceRequest,
    "recommendation": Recommendation,
}
REPORT_ROWS = 2000
ITEMS = ("commitment", "recommendation", "explanation")  # what answers, with a session of its own
BY_PROVINCE, BY_LEAD = "province", "lead"
LATE = (Deadline.OVERDUE, Deadline.PAST_UNKNOWN, Deadline.LATE)
MARK = "*"
NOBODY = "~"  # sorts after every name
FACE = "Times New Roman"
TITLES = (  # whose report, its name, its quarter
    Font(bold=True, size=12, name=FACE),
    Font(bold=True, size=14, name=FACE),
    Font(size=12, name=FACE),
)
HEADING_FONT, TEXT = Font(bold=True, name=FACE), Font(name=FACE)
NOTE = Font(italic=True, size=10, name=FACE)
MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)


def _entries(updates):
    """Updates of one item as the rules of statuses read them, oldest first."""
    corrections = {update.corrects_id: update.code for update in updates}
    return [
        {
            "code": update.code,
            "path": "",
            "happened_on": update.happened_on,
            "status": update.status,
            "completed_on": update.completed_on,
            "answer": update.answer,
            "response": update.response,
            "takes_back": update.takes_back and update.takes_back.answer.code,
            "voice": update.voice,
            "basis": update.basis,
            "due_on": update.new_due_on,
            "due_text": update.new_due_text,
            "is_ongoing": update.is_ongoing,
            "corrected_by": corrections.get(update.pk),
        }
        for update in updates
    ]


@dataclass(frozen=True, order=True)
class Quarter:
    year: int
    number: int

    @classmethod
    def of(cls, day):
        return cls(day.year, (day.month + 2) // 3)

    @property
    def first(self):
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self):
        after = (
            date(self.year + 1, 1, 1)
            if self.number == 4
            else date(self.year, 3 * self.number + 1, 1)
        )
        return after - timedelta(days=1)

    @property
    def before(self):
        return Quarter.of(self.first - timedelta(days=1))

    @property
    def key(self):
        return f"{self.year}-{self.number}"

    def __str__(self):
        roman = ("I", "II", "III", "IV")[self.number - 1]
        return _("Quarter %(number)s of %(year)s") % {"number": roman, "year": self.year}


@dataclass
class ReportLine:
    """One row of the report."""

    record: object
    content: str
    lead: str
    supporting: str
    due_on: date | None
    due: str  # in words and with its day
    result: str
    cause: str
    numbers: str
    is_marked: bool
    number: int = 0

    @property
    def page(self):
        """The name of its form's address."""
        return f"admin:engagements_{self.record._meta.model_name}_change"

    @property
    def values(self):
        return (
            self.number,
            self.content,
            self.lead,
            self.supporting,
            self.due_on or self.due,
            self.result,
            self.cause,
            self.numbers,
        )


@dataclass
class Report:
    """Items that were open at the end of the quarter, and those that were closed in it."""

    quarter: Quarter
    ministry: object = None
    lead: object = None
    provinces: list = field(default_factory=list)
    kinds: tuple = tuple(REPORTED)
    grouped: str = BY_PROVINCE

    @cached_property
    def on(self):
        """The day as of which it is drawn up: the last of the quarter, or today."""
        return min(self.quarter.last, timezone.localdate())

    @property
    def title(self):
        return _("Report on commitments, requests and recommendations")

    @property
    def period(self):
        return _("%(quarter)s (%(first)s to %(last)s), as of %(on)s") % {
            "quarter": self.quarter,
            "first": date_format(self.quarter.first, "SHORT_DATE_FORMAT"),
            "last": date_format(self.quarter.last, "SHORT_DATE_FORMAT"),
            "on": date_format(self.on, "SHORT_DATE_FORMAT"),
        }

    @property
    def unit(self):
        """Whose report it is."""
        return ", ".join(
            str(organization) for organization in (self.ministry, self.lead) if organization
        )

    @property
    def headings(self):
        return (
            _("No."),
            _("Content"),
            _("Lead organization"),
            _("Supporting"),
            _("Deadline"),
            _("Result"),
            _("Cause of delay"),
            _("Document numbers"),
        )

    @property
    def footnotes(self):
        notes = [
            _(
                "Cause of delay: the latest published update that put the deadline off or "
                "explained; empty where there is none."
            )
        ]
        if any(line.is_marked for _title, lines in self.groups for line in lines):
            notes.insert(
                0,
                _("* Not published yet, or with an edit that waits for review: for the desk only."),
            )
        if self.is_cut:
            notes.append(_("Only the first %(n)d rows are shown.") % {"n": REPORT_ROWS})
        return notes

    # -- rows

    @cached_property
    def _atlas(self):
        return Atlas()

    @cached_property
    def groups(self):
        """(heading, lines), numbered through, in the order of the alphabet."""
        by_group = defaultdict(list)
        for model in (REPORTED[kind] for kind in REPORTED if kind in self.kinds):
            for record in self._records(model):
                if line := self._line(record):
                    by_group[self._group(record)].append(line)
        groups, number = [], 0
        for (_order, heading), lines in sorted(by_group.items(), key=lambda group: group[0]):
            lines.sort(key=lambda line: (line.due_on or date.max, line.record.pk))
            lines = lines[: max(REPORT_ROWS - number, 0)]
            for line in lines:
                number += 1
                line.number = number
            if lines:
                groups.append((heading, lines))
        self.is_cut = number >= REPORT_ROWS
        return groups

    @property
    def total(self):
        return sum(len(lines) for _heading, lines in self.groups)

    def _records(self, model):
        rows = model.objects.exclude(state=State.WITHDRAWN).filter(
            Q(meeting__held_on=None) | Q(meeting__held_on__lte=self.on)
        )
        if self.ministry:
            rows = rows.filter(meeting__ministry=self.ministry)
        if self.lead:
            rows = rows.followed_today_by(self.lead)
        if self.provinces:
            units = [past for unit in self.provinces for past in self._atlas.lineage(unit)]
            rows = rows.filter(province__in=units)
        proofs = Source.objects.only("pk", "number", "code")
        news = StatusUpdate.objects.filter(state=State.PUBLISHED, happened_on__lte=self.on)
        news = news.order_by("happened_on", "published_at", "pk")
        return rows.select_related("meeting", "lead", "current_lead").prefetch_related(
            "supporting",
            Prefetch("source", proofs),
            Prefetch(
                "updates",
                news.prefetch_related(
                    Prefetch("source", proofs), *(f"takes_back__{name}" for name in ANSWERS)
                ),
            ),
            *self._answering(model),
        )

    def _answering(self, model):
        """What may answer the requests."""
        if model is ProvinceRequest:
            rows = Answering.objects.select_related(*(f"{name}__meeting" for name in ITEMS))
            yield Prefetch("answered", rows.select_related("session").order_by("pk"))
            yield Prefetch("asked_again", ProvinceRequest.objects.select_related("meeting"))

    def _group(self, record):
        if self.grouped == BY_LEAD:
            lead = record.current_lead or record.lead
            return (lead.sort_key, str(lead)) if lead else (NOBODY, _("Nobody named"))
        unit = self._atlas.units[record.province_id]
        unit = self._atlas.counted_under(unit, self.on)
        return unit.sort_key, unit.full_name

    def _line(self, record):
        updates = list(record.updates.all())
        news = _entries(updates)
        first = {name: getattr(record, name) for name in COLUMNS}
        own = {FIRST_COLUMNS[name]: value for name, value in first.items()}
        owing = owing_voices({"kind": record.kind, "made_by": getattr(record, "made_by", "")})
        stands = status_of(news) | deadline_in_force(own, counted(news))
        stands["status_proof"] = proof_of(news, owing)
        if not self._concerns(stands):
            return None
        is_asked = record.kind == Kind.REQUEST
        answering = self._answers(record, news) if is_asked else []
        again = self._asked_again(record) if is_asked else []
        answer = answer_of(answering, news, again) if is_asked else ""
        in_force = {name: stands[name] for name in COLUMNS}
        said = {"answer": answer, "response": response_of(news)}
        deadline = self._deadline(record, stands, in_force, said)
        first_deadline = self._deadline(record, stands, first, said)
        is_late = deadline in LATE or first_deadline in LATE
        wrong = {update.corrects_id for update in updates}
        told = [update.text for update in updates if update.pk not in wrong]
        text = told[-1] if told else ""
        if is_asked:
            answered = self._answered(answering, news, answer)
        else:
            answered = self._response(said["response"], stands)
        result = [answered]
        is_known = stands["status"] != FollowUpStatus.UNKNOWN
        if is_known or deadline == Deadline.PAST_UNKNOWN or not answered:
            result.append(self._status(stands, deadline))
        if in_force != first:
            moved = _("deadline moved from %(day)s") % {"day": deadline_words(**first) or "–"}
            is_other = first_deadline != deadline and first_deadline.is_shown
            result.append(f"{moved} ({first_deadline.label})" if is_other else moved)
        result.append(text)
        proofs = [record.source, *(update.source for update in reversed(updates))]
        numbers = dict.fromkeys(source.number for source in proofs if source and source.number)
        is_marked = record.code is None or record.has_waiting_edit
        name = f"{record.code}. {record.title}" if record.code else record.title
        return ReportLine(
            record=record,
            content=f"{name} {MARK}" if is_marked else name,
            lead=str(record.current_lead or record.lead or ""),
            supporting="; ".join(map(str, record.supporting.all())),
            due_on=stands["due_on"],
            due=deadline_words(**in_force),
            result=". ".join(part.rstrip(".") for part in result if part),
            cause=self._cause(record, updates) if is_late else "",
            numbers="; ".join(numbers),
            is_marked=is_marked,
        )

    def _deadline(self, record, stands, due, said):
        return deadline_of(
            stands["status"],
            due["due_on"],
            stands["completed_on"],
            self.on,
            due_text=due["due_text"],
            is_ongoing=due["is_ongoing"],
            is_general=record.is_general,
            **said,
        )

    def _answers(self, request, news):
        """What was published and answered a request by the day of the report."""
        answering = []
        for row in request.answered.all():
            item = row.answer
            day = item.held_on if row.session_id else item.meeting.held_on
            if item.state != State.PUBLISHED or (day and day > self.on):
                continue
            entry = {
                "kind": item.kind,
                "code": item.code,
                "strength": getattr(item, "strength", ""),
                "is_general": getattr(item, "is_general", False),
                "is_inferred": row.is_inferred,
                "said_on": day,
            }
            entry["taken_back"] = taken_back_by(entry, day or date.min, news)
            answering.append(entry)
        return answering

    def _asked_again(self, request):
        """The days on which the same was asked again, by the day of the report."""
        again = [row for row in request.asked_again.all() if row.state == State.PUBLISHED]
        days = [row.meeting.held_on for row in again]
        return [{"asked_on": day} for day in days if day is None or day <= self.on]

    def _answered(self, answering, news, answer):
        """By what a request was answered, and how; empty if nothing published answers it."""
        if answer == Answer.UNANSWERED:
            return ""
        codes = [entry["code"] for entry in answering if not entry["taken_back"]]
        codes += [update["code"] for update in counted(news) if update["answer"]]
        words = {"answer": answer.label, "codes": ", ".join(codes)}
        return _("Answered: %(codes)s (%(answer)s)") % words

    def _cause(self, record, updates):
        """The text of the latest update that put the deadline off or explained; else empty."""
        cause, due_on = "", record.due_on
        wrong = {update.corrects_id for update in updates}
        for update in updates:
            if update.pk in wrong:
                continue
            day = update.new_due_on
            is_moved = bool(day or update.new_due_text or update.is_ongoing)
            is_put_off = is_moved and due_on and (day is None or day > due_on)
            if is_put_off or update.answer == UpdateAnswer.EXPLAINED:
                cause = update.text
            due_on = day if is_moved else due_on
        return cause

    def _status(self, stands, deadline):
        if deadline == Deadline.PAST_UNKNOWN:
            return str(deadline.label)
        words = str(FollowUpStatus(stands["status"]).label)
        if stands["completed_on"]:
            words += f", {date_format(stands['completed_on'], 'SHORT_DATE_FORMAT')}"
        if stands["status"] != FollowUpStatus.UNKNOWN:
            words += f", {stands['status_proof'].label.lower()}"
        if deadline in (Deadline.OVERDUE, Deadline.LATE, Deadline.ON_TIME):
            words += f" ({deadline.label})"
        return words

    def _response(self, response, stands):
        """What became of advice, and by whose word; empty of anything else."""
        if response == Response.NONE_YET:
            return ""
        return f"{Response(response).label}, {stands['status_proof'].label.lower()}"

    def _concerns(self, stands):
        """Open at the end of the quarter, or closed in it."""
        if stands["status"] not in CLOSED:
            return True
        at = stands["completed_on"] or stands["status_since"]
        return self.quarter.first <= at <= self.quarter.last

    # -- as a workbook that is printed

    def book(self):
        book = WorkbookWriter()
        widths = (6, 48, 24, 24, 13, 34, 34, 20)
        row = len(TITLES) + 2  # of the headings
        sheet = book.sheet(_("Report"), widths, freeze=f"A{row + 1}")
        sheet.print_on_a4(heading_row=row, is_fitted=True)
        layout = sheet.layout
        layout.page_margins.left = layout.page_margins.right = 0.4
        layout.HeaderFooter.oddFooter.center.text = "&P/&N"
        rest = [None] * (len(widths) - 1)
        texts = (self.unit.upper(), self.title.upper(), self.period)
        for number, (text, font) in enumerate(zip(texts, TITLES, strict=True), start=1):
            layout.row_dimensions[number].height = 22
            sheet.merged_row([text, *rest], font=font, align=MIDDLE)
        sheet.row([])
        sheet.row(self.headings, font=HEADING_FONT, fill=HEADING_FILL, border=THIN, align=MIDDLE)
        for heading, lines in self.groups:
            sheet.merged_row([heading, *rest], font=HEADING_FONT, border=THIN, align=None)
            for line in lines:
                sheet.row(line.values, font=TEXT, border=THIN)
        for note in self.footnotes:
            sheet.row([note], font=NOTE, align=None)
        return book.to_bytes()
