"""Day of a session, with the ground of its year: a year that nothing in the document tells is
never given."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from .wordlists import either, lazily

_MONTH = r"(?P<month>1[0-2]|0?[1-9])"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = re.compile(
    r"(?<![\d/.,-])(?:(?P<first>[0-3]?\d)\s?(?:-|–|và|,)\s?)?(?P<day>[0-3]?\d)"
    rf"(?:\s?[/.\-]\s?|\s+tháng\s+){_MONTH}(?:(?:\s?[/.\-]\s?|\s+năm\s+|,\s+năm\s+){_YEAR})?"
    r"(?![\d%]|[/,.-]\d)"
)
_NEAR_DAY = lazily(
    lambda: re.compile(
        rf"(?<!\w){either('dates.days')}(?:\s*\(|\s+)?(?:hai ngày |các ngày )?\s*$", re.IGNORECASE
    )
)
_OF_AN_ACT = lazily(
    lambda: re.compile(rf"(?<!\w){either('dates.of_acts')}[^,;.:()]{{0,28}}$", re.IGNORECASE)
)
_STAMP = lazily(
    lambda: re.compile(
        rf"(?<!\w){either('dates.stamps')}(?!\w)|\d{{1,2}}:\d\d|\||\d{{1,2}}h\d\d", re.IGNORECASE
    )
)
_WORK = re.compile(
    r"làm việc|đoàn công tác|buổi|chủ trì|thăm|khảo sát|kiểm tra|cuộc họp", re.IGNORECASE
)
_ISSUED = re.compile(r"^[^.;]{2,40},\s+ngày\s+\d")
_TODAY = re.compile(
    r"(?<!\w)(sáng nay|chiều nay|tối nay|hôm nay|hôm qua|chiều qua|sáng qua)(?!\w)", re.I
)
_ISO_STAMP = re.compile(
    r"(?<![\d/-])(?P<year>20[0-2]\d)-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>[0-3]\d))?(?![\d/-])"
)
_MONTH_STAMP = re.compile(
    rf"(?<![\d/]){_MONTH}\s?[/-]\s?{_YEAR}(?![\d/])|tháng {_MONTH.replace('month', 'm2')}(?: "
    rf"năm |/){_YEAR.replace('year', 'y2')}"
)
_IN_ADDRESS = (
    re.compile(
        r"(?<!\d)(?P<year>20[0-2]\d)[/-]?(?P<month>0[1-9]|"
        r"1[0-2])[/-]?(?P<day>[0-3]\d)(?=\d{0,8}(?!\d))"
    ),
    re.compile(r"(?<!\d)(?P<year>20[0-2]\d)[/-](?P<month>0?[1-9]|1[0-2])(?!\d)"),
    re.compile(r"/(?P<year>20[0-2]\d)/"),
)
_MONTHS_OF = re.compile(
    r"(?P<count>\d{1,2}|ba|bốn|năm|sáu|bảy|tám|chín|mười)\s+tháng(?: đầu)? năm (?P<year>20\d\d)"
    r"|quý (?P<quarter>IV|I{1,3}|[1-4])(?:\s?/\s?| năm )(?P<year2>20\d\d)"
    r"|từ đầu năm (?P<year3>20\d\d)"
)
_LAST_OF_THEM = re.compile(
    r"làm việc[^.;]{0,80}ngày (?:thứ hai|cuối|sau)|ngày (?:thứ hai|cuối|sau)[^.;]{0,80}làm việc",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"(?<!\w)(?P<weekday>thứ hai|thứ ba|thứ tư|thứ năm|thứ sáu|thứ bảy|chủ nhật) "
    r"(?P<which>tuần trước|tuần qua|vừa qua|tuần này|vừa rồi)",
    re.IGNORECASE,
)
_WEEKDAYS = ("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật")
_PLANNED = re.compile(
    r"(?:sẽ|trước|dự kiến|trong|đến|chậm nhất|hoàn thành|phấn đấu|kế hoạch|vào|hết|"
    r"cuối)\s+[^.;]{0,60}$",
    re.IGNORECASE,
)
_NUMBERS = {"ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10}
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4}
PUBLISHED_WITHIN = timedelta(days=92)  # after a session, by the stamp of a page


@dataclass(frozen=True)
class DayReading:
    """Day of a session: `held_on` only with a year that the document tells; else day and month."""

    basis: str  # a key of reasons.REASONS
    held_on: date | None = None
    held_until: date | None = None
    day: int | None = None
    month: int | None = None
    paragraph: int | None = None
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class _Candidate:
    score: float
    day: int
    month: int
    year: int | None
    first: int | None
    paragraph: int
    start: int
    end: int
    is_stamp: bool


def day_of(document, left_out=()):
    """DayReading of the session that a document tells of."""
    candidates = _candidates(document, left_out)
    stamps = _stamps(document, candidates)
    days = [c for c in candidates if not c.is_stamp and c.score > 0]
    if not days:
        return _from_today(document, stamps, left_out) or DayReading("day.none")
    best = max(days, key=lambda c: (c.score, -c.paragraph))
    where = {"paragraph": best.paragraph, "start": best.start, "end": best.end}
    year, basis = best.year, "day.written"
    if year is None:
        year, basis = _year_of(document, best, candidates, stamps)
    if year is None:
        return DayReading("day.no_year", day=best.first or best.day, month=best.month, **where)
    try:
        last = date(year, best.month, best.day)
        first = date(year, best.month, best.first) if best.first else last
        if first != last and _LAST_OF_THEM.search(document.toned[best.paragraph - 1], best.end):
            first = last
    except ValueError:
        return DayReading("day.impossible", **where)
    until = last if last != first else None
    return DayReading(basis, first, until, first.day, first.month, **where)


def _candidates(document, left_out):
    found = []
    for number, paragraph in enumerate(document.toned, start=1):
        for match in _DAY.finditer(paragraph):
            day, month = int(match["day"]), int(match["month"])
            if not 1 <= day <= 31:
                continue
            before = paragraph[max(0, match.start() - 48) : match.start()]
            near = _NEAR_DAY.search(before)
            cleared = before[: near.start()] if near else before
            year = int(match["year"]) if match["year"] else None
            around = paragraph[max(0, match.start() - 40) : match.end() + 20]
            is_dated_line = len(paragraph) < 90 and (_STAMP.search(around) or len(paragraph) < 30)
            is_issue = len(paragraph) < 70 and _ISSUED.match(paragraph)
            is_stamp = bool(year and (is_dated_line or is_issue))
            if _OF_AN_ACT.search(cleared) and not is_stamp:
                continue
            if not near and year is None and not _written_in_brackets(paragraph, match):
                continue
            score = 2 if near else 0
            if _WORK.search(paragraph[match.start() : match.start() + 260]):
                score += 3
            if "làm việc" in paragraph[max(0, match.start() - 120) : match.start()].casefold():
                score += 1
            score += 1 if number not in left_out else -3
            score -= number * 0.1
            first = int(match["first"]) if match["first"] else None
            if first is not None and not 0 < first < day:
                first = None
            if year is not None and score > 0 and not near:
                score *= 0.5
            found.append(
                _Candidate(score, day, month, year, first, number, *match.span(), is_stamp)
            )
    return found


def _written_in_brackets(paragraph, match):
    """“sáng nay (12/5)”, “Thứ sáu (12/5)”."""
    return (
        paragraph[match.start() - 1 : match.start()] == "("
        and paragraph[match.end() : match.end() + 1] == ")"
    )


def _stamps(document, candidates):
    """[(day of publication, basis)], the surest first."""
    stamps = []
    for candidate in candidates:
        if candidate.is_stamp:
            try:
                day = date(candidate.year, candidate.month, candidate.day)
            except (ValueError, TypeError):
                continue
            stamps.append((day, "day.year_of_stamp"))
    for paragraph in document.toned[:6]:
        match = _ISO_STAMP.search(paragraph, 0, 60)
        if match and match["day"]:
            try:
                stamps.append((date(*map(int, match.groups())), "day.year_of_stamp"))
            except ValueError:
                continue
    for pattern in _IN_ADDRESS[:1]:
        if match := pattern.search(document.address):
            try:
                day = date(*(int(match[name]) for name in ("year", "month", "day")))
            except ValueError:
                continue
            stamps.append((day, "day.year_of_address"))
    return stamps


def _year_of(document, best, candidates, stamps):
    """(year, basis) of a day that is written without one; (None, "") where nothing tells it."""
    for other in candidates:
        if other.year and (other.day, other.month) == (best.day, best.month):
            return other.year, "day.year_of_same_day"
    for published, basis in stamps:
        for year in (published.year, published.year - 1):
            try:
                day = date(year, best.month, best.day)
            except ValueError:
                continue
            if timedelta(0) <= published - day <= PUBLISHED_WITHIN:
                return year, basis
    if match := _IN_ADDRESS[1].search(document.address):
        year, month = int(match["year"]), int(match["month"])
        if (gap := month - best.month) in (0, 1, 2):
            return year, "day.year_of_address"
        if gap <= -10:
            return year - 1, "day.year_of_address"
    if year := _year_of_month_stamp(document, best):
        return year, "day.year_of_stamp"
    if (match := _IN_ADDRESS[2].search(document.address)) and best.month < 12:
        return int(match["year"]), "day.year_of_address"
    return _year_of_text(document, best)


def _year_of_month_stamp(document, best):
    """A carrier's stamp that tells month and year alone, in a short line of its own."""
    for paragraph in document.toned[:6]:
        match = _ISO_STAMP.search(paragraph, 0, 60)
        if not match or match["day"]:
            continue
        if year := _year_near(int(match["month"]), int(match["year"]), best.month):
            return year
    for paragraph in document.toned:
        if len(paragraph) > 60 or paragraph.endswith((".", ";")):
            continue
        for match in _MONTH_STAMP.finditer(paragraph):
            month, year = int(match["month"] or match["m2"]), int(match["year"] or match["y2"])
            if told := _year_near(month, year, best.month):
                return told
    return None


def _year_near(month, year, month_of_session):
    """The year of a session that a month of publication tells: of that month or the one before."""
    if (gap := month - month_of_session) in (0, 1):
        return year
    return year - 1 if gap == -11 else None


def _year_of_text(document, best):
    """A year whose running months or quarter the document reports on, if it is the latest told."""
    text = "\n".join(document.toned)
    told = [int(year) for year in re.findall(r"(?<![\d/-])20[0-4]\d(?![\d/])", text)]
    running, planned = set(), set()
    for match in _MONTHS_OF.finditer(text):
        year = int(match["year"] or match["year2"] or match["year3"])
        before = text[max(0, match.start() - 80) : match.start()].rpartition("\n")[2]
        last = 0
        if match["count"]:
            count = match["count"]
            last = int(count) if count.isdecimal() else _NUMBERS[count]
        elif match["quarter"]:
            last = 3 * (_ROMAN.get(match["quarter"]) or int(match["quarter"]))
        if _PLANNED.search(before):
            if match["quarter"]:
                planned.add((year, last))
            continue
        if last <= best.month + 1 and re.search(r"cùng kỳ[^.;]{0,12}$", before) is None:
            running.add(year)
    if (best.day, best.month) == (29, 2):
        leap = {year for year, _m in planned if year % 4 == 0} | {y for y in told if y % 4 == 0}
        if len(leap) == 1:
            return leap.pop(), "day.year_is_leap"
    past = [year for year in told if year <= max(running, default=0)]
    if len(running) == 1 and past and max(past) == max(running):
        return running.pop(), "day.year_of_running_months"
    return None, ""


def _from_today(document, stamps, left_out):
    """“Sáng nay”, “hôm qua” beside the day on which the page was published."""
    for number, paragraph in enumerate(document.toned, start=1):
        if number in left_out:
            continue
        match = stamps and _WEEKDAY.search(paragraph)
        if match and _WORK.search(paragraph[match.start() : match.start() + 300]):
            day = _day_of_week(match, stamps[0][0])
            where = {"paragraph": number, "start": match.start(), "end": match.end()}
            return DayReading("day.of_stamp", day, None, day.day, day.month, **where)
        if not (match := _TODAY.search(paragraph)):
            continue
        if not _WORK.search(paragraph[match.start() : match.start() + 260]):
            continue
        for published, _basis in stamps:
            back = 1 if "qua" in match[1].casefold() else 0
            day = published - timedelta(days=back)
            where = {"paragraph": number, "start": match.start(), "end": match.end()}
            return DayReading("day.of_stamp", day, None, day.day, day.month, **where)
        return None
    return None


def _day_of_week(match, published):
    """The weekday of this week or of the one before, seen from the day of publication."""
    weekday = _WEEKDAYS.index(match["weekday"].casefold())
    monday = published - timedelta(days=published.weekday())
    which = match["which"].casefold()
    if which in ("tuần trước", "tuần qua"):
        monday -= timedelta(days=7)
    day = monday + timedelta(days=weekday)
    return day if day <= published else day - timedelta(days=7)
