"""Deadline phrases: the due day read from Vietnamese words, with the reason for it.

`read_deadline` turns "quý I/2024" or "trước 30/6" and the day of the session into the latest day
that the words allow. It reads whole phrases alone: what it does not know gets no day, and what it
knows to be wrong is told, so that a form can ask.
"""

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

YEARS = range(1945, 2101)
LONGEST = 120  # characters of a phrase, as of the column that keeps it


class Ground(TextChoices):
    """Why a phrase gives its day, or none."""

    DAY = "day", _("the day is stated")
    WEEK = "week", _("end of the week")
    MONTH = "month", _("end of the month")
    QUARTER = "quarter", _("end of the quarter")
    MONTHS = "months", _("end of those months")
    YEAR = "year", _("end of the year")
    PERIOD = "period", _("end of the period")
    PART = "part", _("last day of that part of the month, quarter or year")
    COUNTED = "counted", _("counted from the session's day")
    RELATIVE = "relative", _("this or the next, seen from the session's day")
    YEAR_INFERRED = "year_inferred", _("the year is inferred from the session's day")
    ONGOING = "ongoing", _("ongoing")
    NO_DAY = "no_day", _("words without a day")


class Problem(TextChoices):
    """What is wrong with a phrase, or missing, so that it gives no day."""

    IMPOSSIBLE_DAY = "impossible_day", _("there is no such day")
    YEAR_OUTSIDE = "year_outside", _("a year from 1945 to 2100 is expected, in four digits")
    BEFORE_SESSION = "before_session", _("that is before the session")
    NO_SESSION_DAY = "no_session_day", _("it depends on the session's day, which is not given")
    BEFORE_A_PERIOD = "before_a_period", _("before the period begins, or by its end?")
    START_UNKNOWN = "start_unknown", _("from which day it is counted is not said")
    WORKING_DAYS = "working_days", _("working days are not counted here")


@dataclass(frozen=True)
class DeadlineReading:
    """What was read of a phrase: its words as phrased, and a day only where they tell it."""

    words: str
    due_on: date | None = None  # the latest possible day
    is_ongoing: bool = False
    basis: tuple = ()  # of Ground
    problem: str = ""  # of Problem

    @property
    def is_understood(self):
        return bool(self.basis or self.problem)

    @property
    def is_stated(self):
        """Day, month and year stand in the words: nothing is left to confirm."""
        return self.basis == (Ground.DAY,)

    @property
    def why(self):
        """The problem or the basis, in the reader's language."""
        if self.problem:
            return str(Problem(self.problem).label)
        return "; ".join(str(ground.label) for ground in self.basis)


class NoDay(Exception):
    """The phrase is understood and gives no day."""

    def __init__(self, problem):
        self.problem = problem


def read_deadline(text, held_on=None):
    """The deadline that a whole phrase gives, said at a session on the day `held_on`.

    "trước 30/6" is that day itself, not its eve: so offices mean it, and nobody is called late a
    day too soon. "trước tháng 6" may mean the first or the last of June, and is asked about. Early,
    middle and late in a month or year are its thirds, in a quarter its months. Tết and terms of
    office have no day here.
    """
    words = " ".join(unicodedata.normalize("NFC", text).split())
    phrase = DASHES.sub("-", words.casefold()).strip(" .,;:").replace("sang năm", "năm sau")
    if len(words) > LONGEST:
        return DeadlineReading(words)
    grammar = UNMARKED if phrase == unmarked(phrase) else MARKED
    try:
        reading = PhraseReader(grammar, held_on).read(phrase)
        if reading is None:
            return DeadlineReading(words)
        due_on, *basis = reading
        if due_on and due_on.year not in YEARS:
            raise NoDay(Problem.YEAR_OUTSIDE)
        if due_on and held_on and due_on < held_on:
            raise NoDay(Problem.BEFORE_SESSION)
    except NoDay as refusal:
        return DeadlineReading(words, problem=refusal.problem)
    except (ValueError, OverflowError):  # 31/2, tháng 13
        return DeadlineReading(words, problem=Problem.IMPOSSIBLE_DAY)
    return DeadlineReading(words, due_on, Ground.ONGOING in basis, tuple(basis))


MOST_WORDS = 11  # of a phrase in running text


def find_deadline(text, held_on=None):
    """The DeadlineReading of the first phrase in running text that is a deadline; None if none.

    Only a phrase with a word that leads to it counts ("trước", "trong", "chậm nhất", "hết"), and
    the longest one that is understood: "trong quý III/2018 tại Hà Nội" is "trong quý III/2018".
    Periods that something else belongs to ("kế hoạch năm 2025", "so với tháng 6") are none.
    """
    text = " ".join(unicodedata.normalize("NFC", text).split())
    for lead in LEADS_TO_ONE.finditer(text):
        before = text[max(0, lead.start() - 40) : lead.start()]
        is_of_a_plan = lead[0].casefold().startswith(("đến", "giai")) and OF_A_PLAN.search(before)
        if is_of_a_plan or NO_DEADLINE_BEFORE.search(before):
            continue
        start = (
            lead.end() if lead[0].casefold().startswith(("kế hoạch", "mục tiêu")) else lead.start()
        )
        words = text[start : start + LONGEST].split(" ")[:MOST_WORDS]
        for count in range(len(words), 1, -1):
            phrase = " ".join(words[:count]).rstrip(' .,;:)”"')
            if YEARS_LONG.fullmatch(phrase):
                break
            reading = read_deadline(phrase, held_on)
            is_asked = reading.problem in ASKED_ABOUT
            if reading.due_on or ((reading.basis or is_asked) and PERIOD_WORD.search(phrase)):
                return reading
            if reading.problem:
                break  # understood, and no deadline: its beginning is none either
    return None


LEADS_TO_ONE = re.compile(
    r"(?<!\w)(?:(?:ngay |xong |hoàn thành |chậm nhất |muộn nhất )*"
    r"(?:trước|trong|đến|tới|chậm nhất|muộn nhất|không muộn hơn|hết|cuối|đầu|giữa|vào|hằng|hàng)"
    r"(?= (?:ngày|tháng|quý|năm|tuần|kỳ|vòng|khoảng|hết|cuối|đầu|giữa|giai đoạn|thời gian|[0-9]))"
    r"|(?:hằng|hàng) (?:năm|quý|tháng|tuần)|thường xuyên(?= báo cáo)|^quý (?=i)"
    r"|kế hoạch(?: (?:vốn|trung hạn|đầu tư|công)){0,4} (?=năm 20)"
    r"|mục tiêu là (?=quý|tháng|năm|ngày))",
    re.IGNORECASE,
)
NO_DEADLINE_BEFORE = re.compile(
    r"(?:tầm nhìn|so với|cùng kỳ|từ(?: năm| tháng| quý| ngày)?[^,.;]{0,14}|thời kỳ|kể từ|tính|"
    r"đợt[^,.;]{0,14})\s$",
    re.IGNORECASE,
)
OF_A_PLAN = re.compile(r"(?:quy hoạch|chiến lược)[^,.;]{0,30}\s$", re.IGNORECASE)
ASKED_ABOUT = (
    Problem.NO_SESSION_DAY,
    Problem.BEFORE_A_PERIOD,
    Problem.WORKING_DAYS,
    Problem.START_UNKNOWN,
)
YEARS_LONG = re.compile(r"trong (?:vòng )?\S+ năm", re.IGNORECASE)  # a term, and no day
PERIOD_WORD = re.compile(r"ngày|tháng|quý|năm|tuần|hằng|hàng", re.IGNORECASE)


# -- the vocabulary: whole phrases in lower case, spaces collapsed, every dash a hyphen


def unmarked(text):
    """A text in lower case, or a pattern, as it is typed without Vietnamese marks."""
    letters = unicodedata.normalize("NFD", text.replace("đ", "d"))
    return "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")


DASHES = re.compile("[\u2010-\u2015\u2212]")
NUMBERS = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9,
    "mười": 10, "mười một": 11, "mười hai": 12, "mười lăm": 15, "hai mươi": 20, "ba mươi": 30,
    "sáu mươi": 60, "chín mươi": 90,
}  # fmt: skip
ORDINALS = {"tư": 4, "i": 1, "ii": 2, "iii": 3, "iv": 4}  # of months and quarters
VALUES = {unmarked(word): number for word, number in (NUMBERS | ORDINALS).items()}

NUMBER = f"(?:[0-9]{{1,3}}|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})"
ORDINAL = f"(?:{'|'.join(ORDINALS)}|{NUMBER})"
PART = "(?:(?P<part>đầu|giữa|cuối) )?"
HALF = "(?:(?P<part>đầu|giữa|cuối|nửa đầu|nửa cuối) )?"
TEN_DAYS = "(?:(?P<part>đầu|giữa|cuối|nửa đầu|nửa cuối|(?:thượng|trung|hạ) tuần) )?"
IN_YEAR = "(?:(?: ?[/.-] ?|,? (?:năm )?)(?P<year>[0-9]{1,9})|,? năm (?P<which>nay|sau|tới))?"
OF_YEAR = "(?: (?P<year>[0-9]{1,9})| (?P<which>nay|sau|tới))?"
WHICH = "(?: (?P<which>này|sau|tới))?"
AND = "(?: ?[-,] ?| (?:và|đến|tới|hoặc) )"
UNIT = "(?:ngày|tuần|tháng|quý|năm)"
REPEATED = (
    f"(?:thường xuyên|liên tục|định kỳ|định kì|{NUMBER} {UNIT} (?:một|1) lần|"
    f"(?:[0-9]{{1,2}}(?: ?/ ?[0-9]{{1,2}})? )?(?:hằng|hàng|mỗi) {UNIT}(?: (?:một|1) lần)?)"
)
PATTERNS = {
    "lead": (
        "(?:(?:chậm nhất|muộn nhất|không muộn hơn|không quá|trước|trong|vòng|vào|cho đến|đến|tới|"
        "hết|kết thúc|khi|là|ngay|sớm|hoàn thành|xong|kể từ nay|từ nay|dự kiến|phấn đấu|thời hạn|"
        "thời gian|hạn|ngày):? )*"
    ),
    # without a day
    "vague": (
        "từng bước|kịp thời|khẩn trương|lâu dài|trước mắt|ngay|ngay lập tức|sớm|"
        "sớm nhất|sớm nhất có thể|càng sớm càng tốt|"
        "(?:ngay )?khi (?:cần|cần thiết|(?:có )?đủ (?:điều kiện|nguồn lực|kinh phí|vốn))|"
        "(?:trong )?(?:thời gian|giai đoạn) (?:sớm nhất|ngắn nhất|gần nhất|tới|này)|"
        "(?:theo|đúng) (?:lộ trình|kế hoạch|tiến độ|quy định)(?: đề ra)?|"
        f"(?:trong )?(?:vài|một vài|mấy|những|các) {UNIT} (?:tới|sau|nữa)|"
        "(?:(?:trước|trong|sau|đến|hết|cuối|đầu|giữa|dịp) )*"
        "(?:tết(?: nguyên đán| âm lịch| dương lịch)?|nhiệm kỳ|nhiệm kì|năm học|"
        "mùa (?:mưa|khô|lũ|bão))(?: năm)?(?: [0-9]{4}(?: ?- ?[0-9]{4})?| này| nay| mới| tới| sau)?"
    ),
    "ongoing": f"{REPEATED}(?:(?:, | và | ){REPEATED})*",
    # days
    "iso": "(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})",
    "day": (
        "(?P<day>[0-9]{1,2})(?! ?- ?[0-9]{1,2} ?/)"  # 15-20/6 are days, 5-6/2024 months
        f"(?: ?(?P<separator>[/.-]) ?| tháng )(?P<month>{ORDINAL}){IN_YEAR}"
    ),
    # periods
    "month_of_year": "(?P<month>[0-9]{1,2}) ?[/-] ?(?P<year>[0-9]{4})",
    "month": f"{TEN_DAYS}tháng (?:{ORDINAL}{AND}(?:tháng )?)?(?P<month>{ORDINAL}){IN_YEAR}",
    "quarter": f"{PART}quý (?:{ORDINAL}{AND}(?:quý )?)?(?P<quarter>{ORDINAL}){IN_YEAR}",
    "months": (
        f"(?:(?P<number>{NUMBER})|những|các) tháng (?P<end>đầu|cuối)(?= năm| [0-9])"
        f"(?: năm)?{OF_YEAR}"
    ),
    "year": f"{HALF}(?:năm{OF_YEAR}|(?P<bare>[0-9]{{4}}))",
    "years": (
        "(?:(?:giai đoạn|thời kỳ|thời kì|các năm|năm|từ|[0-9]{1,2} năm) )*"
        f"(?P<first>[0-9]{{4}}){AND}(?:năm )?(?P<year>[0-9]{{4}})"
    ),
    "this_month": f"{TEN_DAYS}tháng{WHICH}",
    "this_quarter": f"{PART}quý{WHICH}",
    "this_week": f"(?:(?P<part>cuối) )?tuần{WHICH}",
    "count": (
        f"(?P<number>{NUMBER}) (?P<unit>{UNIT})(?P<working> làm việc)?(?P<ahead> tới| nữa)?"
        "(?:,? (?:kể |tính )?từ (?P<start>.{1,60}))?"
    ),
    # of two phrases
    "until": " ?- ?| (?:đến|tới) ",
    "since": "(?:(?:bắt đầu |kể |tính )?từ )?",
    "open": "(?:(?:bắt đầu |kể |tính )?từ|sau|khoảng) (?P<rest>.+)",
    "beside": "[,;] ?|(?<=thường xuyên) |(?<=liên tục) | (?=thường xuyên|liên tục)",
    "vision": ",? tầm nhìn (?:đến |tới )?(?:năm )?[0-9]{4}$",
}
MARKED = {name: re.compile(text) for name, text in PATTERNS.items()}
UNMARKED = {name: re.compile(unmarked(text)) for name, text in PATTERNS.items()}

LAST_PARTS = ("cuoi", "nua cuoi", "ha tuan")
MONTHS_OF_A_YEAR = {"dau": 4, "nua dau": 6, "giua": 8}  # the last of that part
MONTHS_OF_A_QUARTER = {"dau": 1, "giua": 2}
DAYS_OF_A_MONTH = {"dau": 10, "thuong tuan": 10, "nua dau": 15, "giua": 20, "trung tuan": 20}
DAYS_OF = {"ngay": 1, "tuan": 7}
MONTHS_OF = {"thang": 1, "quy": 3, "nam": 12}
FROM_THE_SESSION = (
    "nay", "hom nay", "ngay hop", "ngay lam viec", "buoi lam viec", "ngay lam viec nay",
    "ngay ket thuc buoi lam viec",
)  # fmt: skip


def end_of_year(year, part=""):
    return end_of_month(year, MONTHS_OF_A_YEAR.get(part, 12))


def end_of_quarter(year, quarter, part=""):
    return end_of_month(year, 3 * quarter - 3 + MONTHS_OF_A_QUARTER.get(part, 3))


def end_of_month(year, month, part=""):
    return date(year, month, DAYS_OF_A_MONTH.get(part) or monthrange(year, month)[1])


def month_after(day, months):
    """(year, month) so many months after the month of a day."""
    years, month = divmod(day.month - 1 + months, 12)
    return day.year + years, month + 1


def part_of(match):
    return unmarked(match.groupdict().get("part") or "")


def value(number):
    return int(number) if number.isdecimal() else VALUES[unmarked(number)]


class PhraseReader:
    """Reads phrases said on a session's day, all spelled alike.

    A reading is a tuple, the day or None and then the grounds; no reading: not understood.
    """

    def __init__(self, grammar, held_on):
        self.grammar, self.held_on = grammar, held_on

    def read(self, phrase):
        if vision := self.grammar["vision"].search(phrase):
            phrase = phrase[: vision.start()]  # a year to look towards, after that of the promise
        return (
            self.single(phrase) or self.span(phrase) or self.open_end(phrase) or self.pair(phrase)
        )

    def single(self, phrase):
        """A day, a period or words without one, after words that lead to it."""
        if reading := self.without_day(phrase):
            return reading
        lead = self.grammar["lead"].match(phrase)[0]
        phrase, lead = phrase[len(lead) :], unmarked(lead)
        for name, read in self.forms.items():
            match = self.grammar[name].fullmatch(phrase)
            if match and (reading := read(self, match, lead)):
                return reading
        return None

    def without_day(self, phrase):
        rest = phrase[self.grammar["lead"].match(phrase).end() :]
        for name, ground in (("vague", Ground.NO_DAY), ("ongoing", Ground.ONGOING)):
            if self.grammar[name].fullmatch(phrase) or self.grammar[name].fullmatch(rest):
                return None, ground
        return None

    def span(self, phrase):
        """Two in a row, "từ tháng 3 đến tháng 6/2024": the second tells the day."""
        phrase = phrase[self.grammar["since"].match(phrase).end() :]
        for between in self.grammar["until"].finditer(phrase):
            first, last = phrase[: between.start()], phrase[between.end() :]
            is_start = first.isdecimal() or self.is_readable(first)
            if is_start and (reading := self.single(last)):
                return reading
        return None

    def open_end(self, phrase):
        """From when, after when or about when: no last day."""
        match = self.grammar["open"].fullmatch(phrase)
        return (None, Ground.NO_DAY) if match and self.is_readable(match["rest"]) else None

    def pair(self, phrase):
        """A day beside words without one, "thường xuyên, đến hết năm 2025"."""
        for between in self.grammar["beside"].finditer(phrase):
            halves = phrase[: between.start()], phrase[between.end() :]
            for words, dated in (halves, halves[::-1]):
                beside = self.without_day(words)
                if beside and (reading := self.single(dated)) and reading[0]:
                    return (*reading, Ground.ONGOING) if Ground.ONGOING in beside else reading
        return None

    def is_readable(self, phrase):
        try:
            return self.single(phrase) is not None
        except (NoDay, ValueError, OverflowError):
            return True

    # -- in which year, month or week

    def session_day(self):
        if self.held_on is None:
            raise NoDay(Problem.NO_SESSION_DAY)
        return self.held_on

    def in_year(self, match, last_day, ground):
        """In the year that is named; if none is, in the first in which that day is not over."""
        named = match.groupdict()
        year, which = named.get("year") or named.get("bare"), named.get("which")
        if year and int(year) not in YEARS:
            raise NoDay(Problem.YEAR_OUTSIDE)
        if year:
            return last_day(int(year)), ground
        years = self.session_day().year, self.held_on.year + 1
        if which:
            return last_day(years[which != "nay"]), ground, Ground.RELATIVE
        for year in years:
            try:
                day = last_day(year)
            except ValueError:  # 29 February
                continue
            if day >= self.held_on:
                return day, ground, Ground.YEAR_INFERRED
        raise NoDay(Problem.IMPOSSIBLE_DAY)

    def this_or_next(self, match, last_day, ground):
        """This one or the next; if neither is said, the first that is not over."""
        held_on, which = self.session_day(), unmarked(match["which"] or "")
        is_next = which != "nay" if which else last_day(0) < held_on
        return last_day(is_next), ground, Ground.RELATIVE

    def ground(self, match, lead, end):
        """Why a period gives its day; "trước" asks for its begin or its end, and is not clear."""
        part = part_of(match)
        is_before = "truoc" in lead and "het" not in lead and "ket thuc" not in lead
        if is_before and part not in LAST_PARTS:
            raise NoDay(Problem.BEFORE_A_PERIOD)
        return Ground.PART if part and part not in LAST_PARTS else end

    # -- the forms of days and periods

    def day(self, match, lead):
        if match.groupdict().get("separator") in ("-", ".") and not (lead or match["year"]):
            return None  # 2-3, 25.6: other numbers
        day, month = int(match["day"]), value(match["month"])
        return self.in_year(match, lambda year: date(year, month, day), Ground.DAY)

    def month(self, match, lead):
        month, part = value(match["month"]), part_of(match)
        ground = self.ground(match, lead, Ground.MONTH)
        return self.in_year(match, lambda year: end_of_month(year, month, part), ground)

    def quarter(self, match, lead):
        quarter, part = value(match["quarter"]), part_of(match)
        ground = self.ground(match, lead, Ground.QUARTER)
        return self.in_year(match, lambda year: end_of_quarter(year, quarter, part), ground)

    def months(self, match, lead):
        """The first or last months of a year, "6 tháng đầu năm 2025"."""
        is_last = unmarked(match["end"]) == "cuoi"
        if not (is_last or match["number"]):
            return None, Ground.NO_DAY
        number = value(match["number"]) if match["number"] else 1
        if not 1 <= number <= 12:
            raise NoDay(Problem.IMPOSSIBLE_DAY)
        month = 12 if is_last else number
        ground = self.ground(match, lead, Ground.MONTHS)
        return self.in_year(match, lambda year: end_of_month(year, month), ground)

    def year(self, match, lead):
        part = part_of(match)
        is_named = part or match["year"] or match["bare"] or match["which"]
        if not (is_named or lead):
            return None
        ground = self.ground(match, lead, Ground.YEAR)
        return self.in_year(match, lambda year: end_of_year(year, part), ground)

    def years(self, match, lead):
        if int(match["first"]) >= int(match["year"]):
            raise NoDay(Problem.IMPOSSIBLE_DAY)
        ground = self.ground(match, lead, Ground.PERIOD)
        return self.in_year(match, end_of_year, ground)

    def this_month(self, match, lead):
        return self.this(match, lead, 1, Ground.MONTH)

    def this_quarter(self, match, lead):
        return self.this(match, lead, 3, Ground.QUARTER)

    def this(self, match, lead, months, ground):
        part = part_of(match)
        if not (part or match["which"] or lead):
            return None
        ground = self.ground(match, lead, ground)

        def last_day(step):
            year, month = month_after(self.held_on, months * step)
            if months == 3:
                return end_of_quarter(year, (month + 2) // 3, part)
            return end_of_month(year, month, part)

        return self.this_or_next(match, last_day, ground)

    def this_week(self, match, lead):
        if not (match["part"] or match["which"] or lead):
            return None
        ground = self.ground(match, lead, Ground.WEEK)

        def last_day(step):  # weeks begin on Monday
            return self.held_on + timedelta(days=6 - self.held_on.weekday() + 7 * step)

        return self.this_or_next(match, last_day, ground)

    def count(self, match, lead):
        """So much time, "trong vòng 30 ngày", from the session if nothing else is said."""
        is_within = "trong" in lead or "vong" in lead
        if match["number"] == "sau" and not is_within:
            return None  # "sau thang toi", typed without marks: six months, or after the next
        start = unmarked(match["start"] or "")
        if start not in FROM_THE_SESSION and (start or not (is_within or match["ahead"])):
            raise NoDay(Problem.START_UNKNOWN)
        if match["working"]:
            raise NoDay(Problem.WORKING_DAYS)
        held_on, number = self.session_day(), value(match["number"])
        if days := DAYS_OF.get(unmarked(match["unit"])):
            return held_on + timedelta(days=days * number), Ground.COUNTED
        months = MONTHS_OF[unmarked(match["unit"])] * number
        year, month = month_after(held_on, months)
        day = min(held_on.day, end_of_month(year, month).day)
        return date(year, month, day), Ground.COUNTED

    forms = {
        "iso": day,
        "day": day,
        "month_of_year": month,
        "month": month,
        "quarter": quarter,
        "months": months,
        "year": year,
        "years": years,
        "this_month": this_month,
        "this_quarter": this_quarter,
        "this_week": this_week,
        "count": count,
    }
