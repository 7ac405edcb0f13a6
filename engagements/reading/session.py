"""What kind of paper a document is, and of a session: its ministry, provinces, day and place."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from .dates import DayReading, day_of
from .proposals import Why
from .text import UPPER
from .wordlists import either, lazily

SESSION, RESULTS, NEITHER = "session", "results", "neither"

_HEADS = lazily(
    lambda: (
        rf"(?:{either('session.before_heads')}\s+)*{either('session.province_heads')}(?!\w)"
        r"(?! (?:huyện|xã|phường|thị xã|quận))"
    )
)
_HEAD = lazily(lambda: re.compile(f"{_HEADS}", re.IGNORECASE))
_BEFORE_HEADS = lazily(
    lambda: re.compile(rf"(?:{either('session.before_heads')}\s+)*", re.IGNORECASE)
)
_WORK = re.compile(r"(?<!\w)(?:làm việc|họp|trao đổi công tác)(?!\w)(?! nhóm| báo)", re.IGNORECASE)
_WITH = re.compile(
    r"\s+(?:trực tuyến |trực tiếp |chính thức |riêng )?(?:và [^,.;]{0,30} )?(?:với|cùng|giữa)\s+",
    re.IGNORECASE,
)
_AT = re.compile(
    r"(?:,? [^,.;]{0,25})?\s+(?:tại|ở|của|trên địa bàn)\s+(?:tỉnh|thành phố)?\s*", re.IGNORECASE
)
_MINISTERS = re.compile(
    r"(?<!\w)(?:[Bb]ộ trưởng|[Tt]hứ trưởng|[Đđ]oàn công tác (?:số \d+ )?(?:của )?(?:Chính "
    r"phủ|Bộ)|[Ll]ãnh đạo Bộ|"
    r"BỘ TRƯỞNG|THỨ TRƯỞNG|Phó Thủ tướng|[Cc]ục trưởng|[Vv]ụ trưởng|[Tt]hống đốc)(?!\w)"
)
_PARTY_MINISTRY = re.compile(r"(?:với|[Đđ]oàn công tác|[Đđ]ại diện|[Ll]ãnh đạo)(?: của)? Bộ(?!\w)")
_LEADERS = re.compile(
    r"lãnh đạo (?:UBND |HĐND )?(?:tỉnh|thành phố|địa phương)|(?:chủ tịch|bí thư)[^.;,]{0,30}"
    r"(?:tỉnh|thành phố|UBND|tỉnh ủy|thành ủy|HĐND)|UBND tỉnh|tỉnh ủy|thành ủy",
    re.IGNORECASE,
)
_NOT_NOW = lazily(
    lambda: re.compile(
        rf"(?<!\w)(?:{either('session.another_day')}[^.;]{{0,80}}|(?:sẽ|dự kiến|sắp|chuẩn bị)(?: "
        rf"có)?(?: buổi| cuộc)?\s*)$",
        re.IGNORECASE,
    )
)
_MINUTES = re.compile(
    r"^(?:giữa|Giữa|GIỮA)\s+(?:Bộ|BỘ|UBND|Lãnh đạo|Tỉnh)[^.;]{3,120}\s+(?:và|với|VÀ|VỚI)\s+",
    re.MULTILINE,
)
_RESULTS = lazily(lambda: re.compile(either("session.results"), re.IGNORECASE))
_LETTER = re.compile(r"(?:kính gửi|v/v|về việc)\b", re.IGNORECASE)
_REPORT = re.compile(r"^(?:báo cáo|phụ lục|biểu|bảng|công văn)\b", re.IGNORECASE)
OPENING = 10  # paragraphs in which a report says what it reports on


@dataclass(frozen=True)
class Found:
    """A fact of the session with the place that proves it."""

    value: str
    paragraph: int
    start: int
    end: int
    why: Why


@dataclass
class SessionReading:
    """Verdict on a document, and what it tells of the session itself."""

    verdict: str
    why: Why
    paragraph: int | None = None
    start: int = 0
    end: int = 0
    ministry: Found | None = None  # slug
    provinces: list = field(default_factory=list)  # Found, names
    is_for_government: bool = False
    day: DayReading = field(default_factory=lambda: DayReading("day.none"))
    place: Found | None = None


def read_session(document, names, left_out=()):
    """SessionReading of a document; of a session alone it has more than the verdict."""
    if reading := _results(document, left_out):
        return reading
    evidence = _working_together(document, names, left_out)
    if evidence is None:
        return SessionReading(NEITHER, _why_neither(document, names, left_out))
    paragraph, start, end, rule = evidence
    reading = SessionReading(SESSION, Why(rule), paragraph, start, end)
    reading.day = day_of(document, left_out)
    reading.ministry = ministry_of(document, names, left_out, reading)
    reading.provinces = provinces_of(document, names, left_out, reading)
    reading.is_for_government = any(
        re.search(
            r"đoàn công tác (?:số \d+ )?(?:của )?chính phủ|phó thủ tướng", text, re.IGNORECASE
        )
        for text in document.toned
    )
    reading.place = place_of(document, reading.day, left_out)
    return reading


# -- which kind of paper


def _results(document, left_out):
    opening = [n for n in range(1, len(document.toned) + 1) if n not in left_out][:12]
    is_letter = any(_LETTER.match(document.toned[n - 1]) for n in opening)
    for number in opening:
        text = document.toned[number - 1]
        found = _RESULTS.search(text)
        if (
            found
            and len(text) < 220
            and (is_letter or _REPORT.match(text) or _is_heading(document, number))
        ):
            return SessionReading(RESULTS, Why("gate.results", found[0]), number, *found.span())
    return None


def _is_heading(document, number):
    """Whether the line stands under one that says “Báo cáo”, “Phụ lục”."""
    before = document.toned[number - 2] if number > 1 else ""
    return len(before) < 40 and bool(_REPORT.match(before))


def _working_together(document, names, left_out):
    """(paragraph, start, end, rule) of the words that say a ministry worked with a province."""
    whole = "\n".join(document.toned)
    if minutes := _MINUTES.search(whole):
        line = whole[minutes.start() : whole.find("\n", minutes.end())]
        if names.provinces_in(line) and names.ministries_in(line):
            number = whole.count("\n", 0, minutes.start()) + 1
            return number, 0, len(line), "gate.minutes"
    read = [n for n in range(1, len(document.toned) + 1) if n not in left_out][:OPENING]
    opening = " ".join(document.toned[n - 1] for n in read[:4])
    has_ministry = bool(names.ministries_in(opening) or _MINISTERS.search(opening))
    for number in read:
        sentences = document.sentences[number]
        for sentence in sentences:
            text = sentence.text
            for work in _WORK.finditer(text):
                if _NOT_NOW.search(text[: work.start()]):
                    continue
                rule = _rule_of(text, work, names, has_ministry, whole)
                if rule:
                    return number, sentence.start, sentence.end, rule
    return None


def _rule_of(text, work, names, has_ministry, whole):
    actors = names.ministries_in(text) or _MINISTERS.search(text)
    after = text[work.end() :]
    if joined := _WITH.match(after):
        partner = after[joined.end() : joined.end() + 140]
        is_province = _HEAD.match(partner) or _begins_with_province(partner, names)
        is_named = names.provinces_in(text) or names.provinces_in(whole)
        if is_province and is_named and (actors or has_ministry):
            return "gate.with_province"
        is_ministry = _ministry_at(partner, names)
        if is_ministry and (
            names.provinces_in(text[: work.start()]) or _HEAD.search(text[: work.start()])
        ):
            return "gate.with_ministry"
        if (
            re.match(r"(?:đoàn|đoàn công tác)(?!\w)", partner)
            and names.provinces_in(text)
            and actors
        ):
            return "gate.with_ministry"
        if (
            re.match(r"giữa", joined[0].strip(), re.IGNORECASE)
            and actors
            and names.provinces_in(text)
        ):
            return "gate.with_province"
        return None
    at = _AT.match(after)
    place = after[at.end() :] if at else ""
    is_there = _begins_with_province(place, names) and not place.startswith("Hà Nội")
    if is_there and actors and _LEADERS.search(whole):
        return "gate.in_province"
    if re.search(r"(?:buổi|cuộc) $", text[: work.start()]) and re.match(
        r"[,.]| (?:này|nói trên)", after
    ):
        party = _MINISTERS.search(text) or _PARTY_MINISTRY.search(text)
        if party and names.provinces_in(text):
            return "gate.with_province"
    is_held = re.search(
        r"(?:chủ trì|dự|tổ chức|diễn ra)[^.;]*(?:buổi|cuộc) $", text[: work.start()]
    )
    if is_held and actors and _names_leaders(text, names):
        return "gate.with_province"
    return None


def _names_leaders(text, names):
    return bool(names.provinces_in(text)) and bool(_LEADERS.search(text))


def _begins_with_province(text, names):
    text = text[_BEFORE_HEADS.match(text).end() :]
    mentions = names.provinces_in(text[:60])
    return bool(mentions) and mentions[0].start == 0


def _ministry_at(text, names):
    text = text[_BEFORE_HEADS.match(text).end() :]
    mentions = names.ministries_in(text[:90])
    return bool(mentions and mentions[0].start == 0) or bool(_MINISTERS.match(text))


def _why_neither(document, names, left_out):
    whole = "\n".join(t for n, t in enumerate(document.toned, start=1) if n not in left_out)
    if not names.provinces_in(whole):
        return Why("gate.no_province")
    if not names.ministries_in(whole) and not _MINISTERS.search(whole):
        return Why("gate.no_ministry")
    return Why("gate.not_together")


# -- the parties


def ministry_of(document, names, left_out, reading):
    """The ministry that is named most, by its own people first; Found with its slug, or None."""
    scores, first = Counter(), {}
    day = reading.day.held_on
    for number, text in enumerate(document.toned, start=1):
        if number in left_out:
            continue
        for start, end, slug in names.ministries_in(text):
            before = text[max(0, start - 40) : start]
            score = 1 + 2 * (number <= 4)
            if re.search(r"(?:[Bb]ộ trưởng|[Tt]hứ trưởng)(?: [Tt]hường trực)? $", before):
                score += 3
            if text[start:end].startswith(("Bộ trưởng", "Thứ trưởng")):
                score += 3
            if re.search(r"[Đđ]oàn công tác(?: của)? $", before):
                score += 2
            if re.search(
                r"(?:phối hợp với|cùng|với các bộ|gửi|kiến nghị|đề nghị|giao|yêu cầu|,) (?:các )?$",
                before,
            ):
                score -= 1.5
            if number == reading.paragraph and reading.start <= start < reading.end:
                score += 3
            body = names.body(slug)
            if day and body and not body.is_of(day):
                score *= 0.2
            scores[slug] += score
            first.setdefault(slug, (number, start, end))
    if not scores:
        return None
    slug, _score = scores.most_common(1)[0]
    return Found(slug, *first[slug], Why("session.ministry"))


def provinces_of(document, names, left_out, reading):
    """[Found] with the names of the provinces that take part."""
    scores, weights, first = defaultdict(float), defaultdict(float), {}
    for number, text in enumerate(document.toned, start=1):
        if number in left_out:
            continue
        last = None  # (end, score) of the name before: a list shares what is said of its first
        for start, end, name in names.provinces_in(text):
            between = text[last[0] : start] if last else ""
            if last and re.fullmatch(
                r"\s*(?:,|và|, và|-|–)\s*(?:UBND )?(?:tỉnh |thành phố |các tỉnh )?", between
            ):
                scores[name] += last[1]
                last = (end, last[1])
                first.setdefault(name, (number, start, end))
                continue
            score = _weight(text, start, end, number, reading)
            last = (end, score)
            scores[name] += score
            if score > weights[name]:
                weights[name], first[name] = score, (number, start, end)
    scores = _joined_by_lineage(scores, names)
    day = reading.day.held_on
    if day:
        living = {name: score for name, score in scores.items() if names.unit(name, day)}
        if max(living.values(), default=0) >= 1:
            scores = living
    if not scores:
        return []
    best = max(scores.values())
    text = "\n".join(t for n, t in enumerate(document.toned, start=1) if n not in left_out)
    kept = [
        name
        for name, score in scores.items()
        if name in first
        and (score >= max(1, best * 0.35) or (score >= 1 and _speaks_for(name, text)))
    ]
    kept.sort(key=lambda name: (-scores[name], first[name]))
    return [Found(name, *first[name], Why("session.province")) for name in kept[:4]]


_BELOW = lazily(lambda: re.compile(rf"(?<!\w){either('session.places_below')}\s+$", re.IGNORECASE))
_COMPARED = lazily(
    lambda: re.compile(
        rf"(?<!\w){either('session.comparisons')}\s+(?:tỉnh )?(?:[^.;]{{0,40}})?$", re.IGNORECASE
    )
)
_MET = re.compile(r"làm việc (?:trực tuyến )?(?:với|tại|giữa)[^.;]{0,45}$", re.IGNORECASE)
# somebody is to meet that province, about what is said here
_YET_TO_MEET = re.compile(r"(?<!\w)(?:nhờ|đề nghị|kiến nghị|yêu cầu|sẽ|cần|giao) [^.;,]{0,30}$")
_CARRIER = lazily(lambda: re.compile(rf"(?<!\w){either('session.carriers')}\s+$", re.IGNORECASE))
_CITY = re.compile(r"(?:TP\.?|[Tt]hành phố|[Tt]hị xã)\s*$")
_CITIES = {"Hà Nội", "Hồ Chí Minh", "Đà Nẵng", "Hải Phòng", "Cần Thơ", "Huế", "Bắc Ninh"}


def _weight(text, start, end, number, reading):
    """How much a mention says that this province takes part."""
    before = text[max(0, start - 60) : start]
    name = text[start:end]
    is_within_a_name = re.search(rf"(?<!\w)[{UPPER}]\w+ $", before) and re.match(
        rf" [{UPPER}]", text[end:]
    )
    if _CARRIER.search(before) or is_within_a_name:
        return 0
    if _BELOW.search(before) or _COMPARED.search(before):
        return 0.05
    if _CITY.search(before) and name not in _CITIES and not name.startswith(("TP", "thành phố")):
        return 0.1
    score = 0.3
    if re.search(
        r"(?:Tỉnh ủy|Thành ủy|UBND|HĐND|ĐBQH|TỈNH ỦY)(?: [Tt]ỉnh| TỈNH| thành phố| TP\.?)? $",
        before,
    ):
        score = 2
    elif re.search(r"(?:[Tt]ỉnh|TỈNH|lãnh đạo|địa phương) $", before):
        score = 1
    if (met := _MET.search(before)) and not _YET_TO_MEET.search(before[: met.start()]):
        score += 3
    elif re.search(r"(?:thăm|khảo sát|kiểm tra)[^.;,]{0,30}tại[^.;,]{0,25}$", before):
        score += 2
    if number <= 3:
        score += 0.5
    if name in ("Hà Nội", "Hồ Chí Minh") and re.search(r"tại (?:TP\.? |thành phố )?$", before):
        return 0.05
    if number == reading.paragraph and reading.start <= start < reading.end and score >= 1:
        score += 1
    return score


def _speaks_for(name, text):
    """Whether somebody asks, or takes part, for that province."""
    return bool(
        re.search(
            rf"(?:[Tt]hay mặt (?:lãnh đạo )?|[Ll]ãnh đạo )(?:tỉnh |thành phố ){re.escape(name)}"
            r"[^.;]{0,90}(?:kiến nghị|đề nghị|đề xuất)"
            rf"|[Tt]ỉnh {re.escape(name)}[^.;,]{{0,90}}(?:tham dự|cùng dự)",
            text,
        )
    )


def _joined_by_lineage(scores, names):
    """Scores with two names of one unit (Huế, Thừa Thiên Huế) put together under the fuller."""
    joined = dict(scores)
    for name in scores:
        for other in scores:
            if name != other and other in joined and name in joined and other.endswith(" " + name):
                joined[other] += joined.pop(name)
    return joined


# -- the place

_PLACE_LINE = re.compile(r"(?:Địa điểm|Nơi họp|Tại)\s*:\s*([^.;]{3,100})")
_PLACE = re.compile(r"[\s,)]*(?:tại|ở)\s+((?:[^\s,.;]+ ){0,6}?[^\s,.;]+)\s*,")


def place_of(document, day, left_out):
    """Where the session was held, in the words of the document; None if it does not say."""
    for number, paragraph in enumerate(document.toned[:16], start=1):
        if number not in left_out and (line := _PLACE_LINE.match(paragraph)):
            return Found(
                document.quote(number, *line.span(1)).strip(),
                number,
                *line.span(1),
                Why("session.place"),
            )
    if not day.paragraph:
        return None
    number = day.paragraph
    found = _PLACE.match(document.toned[number - 1], day.end)
    if not found:
        return None
    return Found(
        document.quote(number, *found.span(1)), number, *found.span(1), Why("session.place")
    )
