"""Fast entry: what is typed one thing a line becomes rows of the session's form.

Parts of a line are parted by `|` or a tab, so that a table can be pasted (pasted.py). The first
says what it is; the others are known by their look, in any order: 25 is the paragraph, #1, 3 the
lines of the requests that it answers, "rõ ràng" the strength of a promise, "quý I/2024" the
deadline, a name that of one of the session's provinces or of the body that leads. A quotation is
what stands between quotation marks, or word for word in the source; 20% and 50 tỷ đồng stay with
the first part. What is left is asked about.
"""

import re
from dataclasses import dataclass, field
from typing import ClassVar

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.formats import localize, localize_input
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engagements.deadlines import Problem, read_deadline
from engagements.words import MadeBy, RemarkKind, Role, Side, Strength
from engagements.workbooks.numbers import readings_of
from provinces.vietnamese import NormalText, clean, fold, refuse_nothing

from .pasted import read_pasted
from .surroundings import Surroundings

LINES = 200  # in one box at once
MOST_CHARACTERS = 60_000
NUMBERS = re.compile(r"\s*#?\s*\d{1,4}(?:\s*[,;#]\s*#?\s*\d{1,4})*\s*")
QUOTED = re.compile(r"^[“”„\"«]\s*(?P<inner>[^“”„\"«»]*?)\s*[”“\"»]$")
PARAGRAPH_DIGITS = 4  # a longer number is an amount
UNIT = r"(?:%|‰|(?:phần trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ|đồng|vnđ|usd|km|ha|m2|m²)(?!\w))"
ABOUT = r"(?:(?:khoảng|gần|hơn|trên|dưới|đạt|tối thiểu|tối đa|ít nhất|từ|≥|≤|>|<|~) ?)*"
NUMBER = r"\d[\d.,]*"
AMOUNT = re.compile(
    rf"{ABOUT}{NUMBER}(?: ?(?:-|–|đến) ?{NUMBER})? ?{UNIT}(?P<rest>.*)", re.IGNORECASE
)
COUNTED_WORDS = 3  # 120 trạm phát sóng
COUNTED = re.compile(rf"{ABOUT}{NUMBER}(?: [^\W\d_]+){{0,{COUNTED_WORDS}}}", re.IGNORECASE)
QUANTITY = re.compile(r"(?P<qualifier>\D*?)(?P<number>[-+−]?\d(?:[\d.,]*\d)?)(?P<unit>.*)")
SQUARE = re.compile(r"(?<=m)[23](?!\w)")  # km2, m3
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
PERIOD_WORDS = {
    "nam", "giai", "doan", "thoi", "ky", "nhiem", "quy", "thang", "dau", "cuoi", "den", "het", "i",
    "ii", "iii", "iv", "ngay",
}  # fmt: skip
TARGETS = {"muc tieu", "chi tieu", "target"}
TITLE_BREAK = re.compile(r"\s*[,;]\s*|\s+[-–—]\s+")
NOT_NUMBERED = gettext_lazy(
    "it has no number as the rows around it have: join it to the row above, or take it out if it is"
    " a heading"
)
NEW = "+"  # begins the line of a person who is not in the register; twice, that of a namesake
WORDS_OF_A_CHOICE = 4


@dataclass(frozen=True)
class LineKind:
    """What the lines of a box are turned into, and where each part of a line goes."""

    prefix: str  # of the rows
    first: str  # column of the first part
    fixed: dict = field(default_factory=dict)  # columns that all its rows have
    choices: dict = field(default_factory=dict)  # columns known by the words of a list
    answers: bool = False
    is_due: bool = False  # its rows may have a deadline
    body: str = ""  # column of the organization that a part names
    is_somewhere: ClassVar = True  # its rows are about one province

    def row(self, parts, around):
        """Columns of the row that the parts of a line become, as they are read within `around`.

        The deadline stands there as a reading. ValidationError names each part not understood.
        """
        first, *rest = parts
        row, wrong = self._begun(first), []
        for part in filter(None, rest):
            try:
                name, value = self._read(part, row, around)
                if name == self.first:
                    row[name] = f"{row[name]}, {value}"
                    continue
                if name in row:
                    raise ValidationError(_("it is not clear what “%(part)s” is") % {"part": part})
                row[name] = value
            except ValidationError as error:
                wrong += error.messages
        if wrong:
            raise ValidationError(wrong)
        if self.is_somewhere and around.places.is_to_be_named and "province" not in row:
            ways = " / ".join(f"| {province.name}" for province in around.places.provinces)
            raise ValidationError(_("it names no province; add one: %(ways)s") % {"ways": ways})
        return row

    def _begun(self, first):
        if not any(character.isalpha() for character in first):
            raise ValidationError(_("it does not begin with words"))
        return {**self.fixed, self.first: first}

    def _read(self, part, row, around):
        """(column, value) of a part."""
        if quoted := QUOTED.match(part):
            return "quote", quoted["inner"]
        if self.is_due and (deadline := _deadline(part, around.held_on)):
            return "deadline", deadline
        if part.isdecimal() and len(part) <= PARAGRAPH_DIGITS:
            return "paragraph", part
        if part.startswith("#"):
            if not (self.answers and NUMBERS.fullmatch(part)):
                raise ValidationError(_("“%(part)s” names no lines of requests") % {"part": part})
            return "answers_lines", part
        for name, choices in self.choices.items():
            if name not in row and (value := _chosen(choices, part)):
                return name, value
        if self.is_somewhere and (key := around.places.named(part)):
            return "province", str(key)
        if self.body and (key := around.bodies.named(part)):
            return self.body, str(key)
        return self._text(part, row, around)

    def _text(self, part, row, around):
        amount = AMOUNT.fullmatch(part)
        is_short = amount and len(amount["rest"].split()) <= COUNTED_WORDS
        if self.is_somewhere and (is_short or COUNTED.fullmatch(part)):
            return self.first, part
        if around.has_words(part):
            return "quote", part
        if self.is_somewhere and amount:
            return self.first, part
        raise _unclear(part)


class People(LineKind):
    """Who sat there: the name, then the title of that day after a comma or in a part."""

    is_somewhere: ClassVar = False

    def row(self, parts, around):
        return {"role": Role.ATTENDED.value} | super().row(parts, around)

    def _begun(self, first):
        row = super()._begun(first)
        if first.startswith(NEW):
            first, row["is_new"] = first.removeprefix(NEW).strip(), "on"
        name, title = (*TITLE_BREAK.split(first, maxsplit=1), "")[:2]
        row[self.first] = name.strip()
        return row | ({"title": title.strip()} if title.strip() else {})

    def _text(self, part, row, around):
        return super()._text(part, row, around) if "title" in row else ("title", part)


class Figures(LineKind):
    """Numbers quoted there: the indicator, the value with its unit, then what else there is.

    A name that no indicator bears goes into the row as it is: its form asks which one is meant.
    """

    def row(self, parts, around):
        name, *rest = parts
        value, *rest = [*filter(None, rest), ""]
        row = super().row((name, *rest), around)
        if indicator := around.indicators.named(name):
            row[self.first] = str(indicator.pk)
        else:
            row["indicator_name"] = row.pop(self.first)
        if years := YEAR.findall(row.get("period", "")):
            row |= {"period_from": min(years), "period_to": max(years)}
        return row | _quantity(value)

    def _read(self, part, row, around):
        words = fold(part)
        if words in TARGETS:
            return "is_target", "on"
        if YEAR.search(part) and all(
            word.isdecimal() or word in PERIOD_WORDS for word in words.split()
        ):
            return "period", part
        return super()._read(part, row, around)

    def _text(self, part, row, around):
        if around.has_words(part):
            return "quote", part
        raise _unclear(part)


def _quantity(text):
    """Columns of a value: one number, with what stands before and after it; else it is asked."""
    parts = QUANTITY.fullmatch(text)
    if not parts or re.search(r"\d", SQUARE.sub("", parts["unit"])):
        raise ValidationError(_("“%(part)s” is not one number with its unit") % {"part": text})
    readings = readings_of(parts["number"])
    if len(readings) != 1:
        told = " / ".join(localize(reading, use_l10n=True) for reading in readings)
        message = _("the number “%(part)s” can be read as %(told)s: write it without that mark")
        raise ValidationError(message % {"part": parts["number"], "told": told or "?"})
    return {
        "qualifier": parts["qualifier"].strip(),
        "value": localize_input(readings[0]),
        "unit": parts["unit"].strip(),
    }


def _unclear(part):
    text = _(
        "it is not clear what “%(part)s” is: a quotation stands between quotation marks or,"
        " word for word, in the text of the source"
    )
    return ValidationError(text % {"part": part})


BOXES = {
    "lines_ministry": People(
        "attendances",
        "name",
        {"side": Side.MINISTRY.value},
        {"role": Role.choices},
        body="organization",
    ),
    "lines_province": People(
        "attendances",
        "name",
        {"side": Side.PROVINCE.value},
        {"role": Role.choices},
        body="organization",
    ),
    "lines_other": People(
        "attendances",
        "name",
        {"side": Side.OTHER.value},
        {"role": Role.choices},
        body="organization",
    ),
    "lines_requests": LineKind("provincerequests", "title", is_due=True, body="lead"),
    "lines_commitments": LineKind(
        "commitments",
        "title",
        choices={"strength": Strength.choices, "made_by": MadeBy.choices},
        answers=True,
        is_due=True,
        body="lead",
    ),
    "lines_recommendations": LineKind(
        "recommendations", "title", answers=True, is_due=True, body="lead"
    ),
    "lines_remarks": LineKind("remarks", "text", choices={"type": RemarkKind.choices}),
    "lines_figures": Figures("figures", "indicator"),
}


def _chosen(choices, part):
    """The value in a list that these words name, whole or in part; None unless exactly one."""
    words = fold(part)
    if not words or len(words.split()) > WORDS_OF_A_CHOICE:
        return None
    exact, holding = set(), set()
    for language in ("vi", "en"):
        with translation.override(language):
            for value, label in choices:
                names = (fold(value), fold(str(label)))
                if words in names:
                    exact.add(value)
                elif f" {words} " in f" {names[1]} ":
                    holding.add(value)
    values = exact or holding
    return values.pop() if len(values) == 1 else None


def _deadline(part, held_on):
    """The deadline that a part of a line is; None if it is none, as 25 and 1944, paragraphs."""
    reading = read_deadline(part, held_on)
    is_number = part.isdecimal() and reading.problem == Problem.YEAR_OUTSIDE
    return reading if reading.is_understood and not is_number else None


def rows_of(kind, text, around):
    """(rows that the lines of a box become, PassedOver); ValidationError names what is unclear."""
    text, notes = clean(text)
    refuse_nothing(notes)
    lines, passed = read_pasted(text, plus_is_bullet=kind.prefix != "attendances")
    if len(lines) > LINES or len(text) > MOST_CHARACTERS:
        raise ValidationError(_("At most %(n)d lines at once.") % {"n": LINES})
    if passed and not lines:
        raise ValidationError(_("Nothing is left to enter: %(passed)s") % {"passed": passed})
    rows, wrong = [], []
    for line in lines:
        try:
            if line.is_unclear:
                raise ValidationError(NOT_NUMBERED)
            rows.append(kind.row(line.parts, around))
        except ValidationError as error:
            given = {"n": line.number, "why": "; ".join(error.messages), "line": line.typed[:80]}
            wrong.append(_("Line %(n)d, %(why)s: “%(line)s”") % given)
    if wrong:
        raise ValidationError(wrong)
    return rows, passed


def cleaned_boxes(post, names):
    """(the form as sent with its lines cleaned, [(label of the box, Note)]).

    A box that holds nothing else is left as it is: its field refuses it.
    """
    told = []
    for name in names:
        sent = post.get(name, "")
        text, notes = clean(sent)
        if text != sent and text:
            post = post.copy()
            post[name] = text
            told += [(LineBoxes.base_fields[name].label, note) for note in notes]
    return post, told


def unfolded(post, names, held_on):
    """(the form as sent with rows in place of lines, [(label of the box, PassedOver)]).

    It is as it was if any line is not understood. Nothing is numbered anew then, and nothing is
    lost: each box tells what is wrong with it.
    """
    if not any(post.get(name, "").strip() for name in names):
        return post, []
    around = Surroundings.of(post, held_on)
    try:
        read = {name: rows_of(BOXES[name], post.get(name, ""), around) for name in names}
    except ValidationError:
        return post, []
    post = post.copy()
    told = [(LineBoxes.base_fields[name].label, passed) for name, (_rows, passed) in read.items()]
    for name, (of_box, _passed) in read.items():
        total = f"{BOXES[name].prefix}-TOTAL_FORMS"
        if not of_box or not post.get(total, "").isdecimal():
            continue
        start = int(post[total])
        for number, row in enumerate(of_box, start=start):
            if deadline := row.pop("deadline", None):
                row["due_text"] = deadline.words  # the row's form reads its day, and asks
                if deadline.is_ongoing:
                    row["is_ongoing"] = "on"
            for column, value in row.items():
                post[f"{BOXES[name].prefix}-{number}-{column}"] = value
        post[total] = str(start + len(of_box))
        post[name] = ""
    return post, [(label, passed) for label, passed in told if passed]


class LinesField(NormalText):
    """A box of lines. What arrives here could not be turned into rows, and is told why."""

    around = Surroundings()  # told by the form

    def __init__(self, kind, **options):
        self.kind = kind
        widget = AdminTextareaWidget(attrs={"rows": 3, "class": "vLargeTextField lines"})
        super().__init__(required=False, strip=False, widget=widget, **options)

    def clean(self, value):
        value = super().clean(value)
        rows_of(self.kind, value, self.around)
        return value


class LineBoxes(forms.Form):
    """The boxes, for the form of a session."""

    lines_ministry = LinesField(
        BOXES["lines_ministry"],
        label=gettext_lazy("Who sat there for the ministry"),
        help_text=gettext_lazy(
            "One person a line: name, title of that day. Without a title, that of the office held"
            " on that day is taken. + before the name of somebody new, ++ if the register knows"
            " another of that name. Published."
        ),
    )
    lines_province = LinesField(
        BOXES["lines_province"],
        label=gettext_lazy("Who sat there for the province"),
        help_text=gettext_lazy("One person a line, as above. Published."),
    )
    lines_other = LinesField(
        BOXES["lines_other"],
        label=gettext_lazy("Who sat there for others"),
        help_text=gettext_lazy(
            "Of the Government, of other ministries: one person a line, as above. Published."
        ),
    )
    lines_requests = LinesField(
        BOXES["lines_requests"],
        label=gettext_lazy("Requests of the province"),
        help_text=gettext_lazy(
            "One a line: what is asked | deadline | who leads | paragraph | “quotation”. Of several"
            " provinces, here and below: | the name of the one. Published."
        ),
    )
    lines_commitments = LinesField(
        BOXES["lines_commitments"],
        label=gettext_lazy("Commitments of the ministry"),
        help_text=gettext_lazy(
            "One a line: what is promised | strength | deadline | who leads | #1, 2 for the"
            " requests that it answers | paragraph | “quotation”. Published."
        ),
    )
    lines_recommendations = LinesField(
        BOXES["lines_recommendations"],
        label=gettext_lazy("Recommendations to the province"),
        help_text=gettext_lazy(
            "One a line: what is advised | deadline | who leads | #3 | paragraph | “quotation”."
            " Published."
        ),
    )
    lines_remarks = LinesField(
        BOXES["lines_remarks"],
        label=gettext_lazy("Remarks, not followed up"),
        help_text=gettext_lazy(
            "One a line: what was said | kind | paragraph | “quotation”. Published."
        ),
    )
    lines_figures = LinesField(
        BOXES["lines_figures"],
        label=gettext_lazy("Figures"),
        help_text=gettext_lazy(
            "One a line: indicator | value with its unit | period | “target” if it is one |"
            " paragraph | “quotation”. An indicator that the register lacks is asked about, and can"
            " be proposed. Published."
        ),
    )

    def full_clean(self):
        if self.is_bound and any(self[name].data for name in BOXES if name in self.fields):
            around = Surroundings.of(self.data)
            for name in BOXES:
                if name in self.fields:
                    self.fields[name].around = around
        super().full_clean()


# -- which requests a line answers


class LineNumbers(forms.CharField):
    """Numbers of rows on the same form: “1, 3”."""

    default_error_messages = {
        "numbers": gettext_lazy("Numbers of the requests on this form, like 1, 3.")
    }

    def prepare_value(self, value):
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value

    def to_python(self, value):
        if isinstance(value, list | tuple):
            return tuple(value)
        value = super().to_python(value)
        if not value:
            return ()
        if not NUMBERS.fullmatch(value):
            raise ValidationError(self.error_messages["numbers"], code="numbers")
        return tuple(sorted({int(number) for number in re.findall(r"\d+", value)}))

    def validate(self, value):
        super().validate(", ".join(map(str, value)))

    def run_validators(self, value):
        """They are for text, and to_python has left none."""

    def has_changed(self, initial, data):
        try:
            return self.to_python(initial or "") != self.to_python(data or "")
        except ValidationError:
            return True
