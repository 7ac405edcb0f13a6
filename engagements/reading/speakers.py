"""Who says a sentence: mentions of persons, offices and sides, and which of them is its subject."""

import re
from dataclasses import dataclass

from engagements.words import Side

from .text import LOWER, UPPER, tone
from .wordlists import either, lazily

BOTH = "both"
MOST_MENTIONS = 60  # of one sentence

_NOT_OF_A_PROVINCE = r"(?! (?:của )?(?:UBND |HĐND )?(?:tỉnh|huyện|thành phố|xã)(?!\w))"
_OFFICE = lazily(
    lambda: re.compile(
        rf"(?<!\w)(?P<word>{either('acts.ministry', 'acts.government')})(?!\w){_NOT_OF_A_PROVINCE}",
        re.IGNORECASE,
    )
)
_PROVINCE = lazily(
    lambda: re.compile(rf"(?<!\w)(?P<word>{either('acts.province')})(?!\w)", re.IGNORECASE)
)
_BOTH = lazily(
    lambda: re.compile(
        rf"(?<!\w)(?:(?i:{either('acts.both')})|(?:[Ll]ãnh đạo )?Bộ"
        r"(?: (?!(?:cũng|đã|sẽ|sẵn|làm|cam|phối|cùng|có|ngỏ|thống|đồng|ủng|là|luôn|"
        r"đang)\s)[^\s,.;]+){0,8}?"
        r" (?:và|cùng) (?:lãnh đạo )?"
        rf"(?:UBND |Tỉnh ủy )?(?:tỉnh|thành phố)(?: [{UPPER}][{LOWER}]+){{0,3}})(?!\w)"
    )
)
_MINISTRY = re.compile(
    r"(?<!\w)(?:Bộ(?! (?:phận|máy|đội|Chính trị|luật|Luật|tiêu chí|trưởng))|Cục|Vụ|Tổng cục|"
    r"Ngân hàng Nhà nước|Đoàn công tác|đoàn công tác)(?!\w)(?! trưởng)"
)
_MINUTES = re.compile(
    r"[-–+• ]*(?:Ông|Bà|Đồng chí|Đ/c)? ?[^,.;:“”]{3,70}?(?:,[^,.;:“”]{3,70})?:(?= )"
)
_AT_END = lazily(
    lambda: re.compile(
        r"[”\"]\s*[,.]?\s*(?:–|-)?\s*(?P<who>[^“”\"]{2,130}?)\s"
        rf"(?:cũng |đã |nói|chia sẻ|nhấn mạnh|{either('acts.speech')})[^“”\"]{{0,140}}$"
    )
)
_ACCORDING = re.compile(r"(?:Cũng |Vẫn |cũng |vẫn )?(?:Theo|theo) (?=.)")
_ADVERBS = (
    r"(?:cũng |đã |tiếp tục |còn |cùng |chân thành |đồng thời |đều |sẽ |lần nữa |xin |"
    r"rất |chuyển |vừa |thẳng thắn |cơ bản |hoàn toàn |bày tỏ |thì |đặc biệt |luôn |lại )*"
)
_SPEAKS = lazily(
    lambda: re.compile(
        rf"(?P<gap>(?:[^.;:“”]|"
        rf"\.(?=\d)){{0,90}}?)(?<!\w){_ADVERBS}(?P<verb>{either('acts.speech')})(?!\w)"
    )
)
_OBJECT = re.compile(
    r"(?<!\w)(?:của|với|cho|tại|về|từ|giúp|hỗ trợ|đưa|để|đến|tới|nhờ|được|cùng|trước|gửi|"
    r"trình|thuộc|trong|giữa|vào|ở) (?:UBND )?(?:lãnh đạo )?(?:tỉnh )?$",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"(?<!\w)(?:đề nghị|kiến nghị|đề xuất|yêu cầu|mong|mong muốn|lưu ý|gợi ý|giao|khuyên|"
    r"nhắc|xin)(?: với)? $",
    re.IGNORECASE,
)
_ADDRESSED_AS = (
    r"(?<!\w)(?:[Ôô]ng|[Bb]à|[Đđ]ồng chí|Đ/c|[Bb]ộ trưởng|[Tt]hứ trưởng|[Cc]hủ tịch|[Bb]í thư)"
)
_PRONOUN = re.compile(
    r"(?<!\w)(?P<word>[Ôô]ng|[Bb]à)(?= (?:cũng |đã |còn |sẽ |nói |cho |giao |đề |lưu |nhấn |"
    r"khẳng |mong |yêu |tin |lo |đồng |thống |cam |hứa |không |kiến |gợi |khuyên |nhắc |chia |"
    r"xin|kể|và|nêu))"
)


@dataclass(frozen=True)
class Mention:
    """Somebody who may be a sentence's subject: bounds, side, and the person, where told."""

    start: int
    end: int
    side: str
    name: str = ""
    is_body: bool = False


def namings_of(people):
    """[(pattern, Person)]: the full name, and “ông Hùng” where one person alone has that name."""
    full = [(re.compile(rf"(?<!\w){re.escape(tone(p.name))}(?!\w)"), p) for p in people]
    by_given_name = {}
    for person in people:
        by_given_name.setdefault(tone(person.name).split()[-1], []).append(person)
    given = [
        (re.compile(rf"{_ADDRESSED_AS} {re.escape(name)}(?!\w)(?! [{UPPER}])"), persons[0])
        for name, persons in by_given_name.items()
        if len(persons) == 1
    ]
    return full + given


class Speakers:
    """Mentions and speakers in the sentences of one document."""

    def __init__(self, people, names, provinces):
        self.people, self.names, self.provinces = people, names, set(provinces)
        self._namings = namings_of(people)

    def mentions(self, text, last=None):
        """[Mention] of a sentence, by place; a pronoun is the last person who spoke."""
        found = []
        for pattern, person in self._namings:
            for match in pattern.finditer(text):
                found.append(Mention(*match.span(), _side(person), person.name))
        for match in _BOTH.finditer(text):
            found.append(Mention(*match.span(), BOTH, is_body=True))
        for match in _OFFICE.finditer(text):
            found.append(self._office(text, match, Side.MINISTRY))
        for match in _MINISTRY.finditer(text):
            found.append(Mention(*self._whole_body(text, match), Side.MINISTRY, is_body=True))
        for match in _PROVINCE.finditer(text):
            found.append(self._office(text, match, Side.PROVINCE))
        for start, end, name in self.names.provinces_in(text):
            if name in self.provinces:
                found.append(Mention(start, end, Side.PROVINCE, is_body=True))
        for match in _PRONOUN.finditer(text):
            named = [m for m in found if m.name and m.end <= match.start()]
            who = max(named, key=lambda m: m.end, default=last)
            if who is not None and who.name:
                found.append(Mention(*match.span(), who.side, who.name))
        return _without_overlaps(found)

    def _whole_body(self, text, match):
        """The bounds of a body's name: with its field, up to the first word in small letters."""
        if named := self.names.ministry_at(text, match.start()):
            return named.start, named.end
        more = re.compile(
            rf"(?: (?:(?:và|-|,) )?[{UPPER}][^\s,.;:]*(?: [{LOWER}]+(?= (?:và|-) [{UPPER}]))?)*"
        ).match(text, match.end())
        return match.start(), more.end()

    def _office(self, text, match, side):
        """An office names the one person present who holds it."""
        word = tone(match["word"]).casefold()
        if word.startswith(("người đứng đầu ngành", "tư lệnh", "người đứng đầu bộ")):
            word = "bộ trưởng"
        holders = [
            person
            for person in self.people
            if any(
                re.match(rf"(?:quyền )?{re.escape(word)}(?!\w)", tone(title).casefold())
                for title in person.titles
            )
        ]
        is_body = word in (
            "tỉnh",
            "ubnd",
            "sở",
            "địa phương",
            "thành phố",
            "các sở",
            "chúng tôi",
            "đoàn công tác",
        )
        if len(holders) == 1 and not is_body:
            return Mention(*match.span(), _side(holders[0]), holders[0].name)
        return Mention(*match.span(), side, is_body=is_body)

    def speaker(self, text, mentions, last=None):
        """The Mention that says this sentence; None where it does not tell."""
        if opening := _MINUTES.match(text):
            inside = [m for m in mentions if m.end <= opening.end() and m.name]
            if inside and (len(opening[0].split()) < 12):
                return inside[0]
        if closing := _AT_END.search(text):
            inside = [
                m for m in mentions if closing.start("who") <= m.start < closing.end("who") + 3
            ]
            named = [m for m in inside if m.name]
            if inside:
                return (named or inside)[0]
        if according := _ACCORDING.match(text):
            near = [m for m in mentions if according.end() <= m.start <= according.end() + 3]
            if near:
                named = [
                    m
                    for m in mentions
                    if m.name and m.start <= near[0].end + 45 and m.side == near[0].side
                ]
                return (named or near)[0]
        for mention in mentions:
            if speaks := self._speaks(text, mention, mentions):
                return speaks
        return None

    def _speaks(self, text, mention, mentions):
        match = _SPEAKS.match(text, mention.end)
        if not match:
            return None
        gap = match["gap"]
        before = text[: mention.start]
        if not mention.name and re.search(r"(?<!\w)(?:cần|nên|phải)(?!\w)", gap):
            return None
        for other in mentions:
            if other is mention or not mention.end <= other.start < mention.end + len(gap):
                continue
            if other.side == mention.side:
                continue
            if other.name or not re.search(
                r"(?<!\w)(?:của|với|cho|tại|giữa|từ) (?:[^,;]{0,25} )?$", text[: other.start]
            ):
                return None
        if re.search(
            r"(?<!\w)(?:của|với|cho|về|tại|để|là|được|trong|khi|mà)(?!\w)[^,]*$", gap
        ) and not re.search(r"(?:[Tt]ỉnh|UBND|Bộ|Cục|Sở|ủy)[^,]*$", gap):
            return None
        if re.search(r"(?<!\w)(?:được|bởi|do)\s(?:[^,.;]{0,25}\s)?$", before):
            return None
        if not mention.name and (_OBJECT.search(before) or _ASKED.search(before)):
            return None
        named = [
            m
            for m in mentions
            if m.name
            and mention.start <= m.start <= mention.end + len(gap)
            and m.side == mention.side
        ]
        return named[0] if named else mention


def _side(person):
    """The side that somebody speaks for: who stands above both speaks as a ministry does."""
    is_above = re.search(
        r"thủ tướng|tổng bí thư|chủ tịch nước|chủ tịch quốc hội", person.title, re.IGNORECASE
    )
    return Side.MINISTRY if person.side == Side.OTHER and is_above else person.side


def _without_overlaps(found):
    """Of mentions that overlap, a person before a body, then the one of both, then the longest."""
    found = sorted(found, key=lambda m: m.start)[:MOST_MENTIONS]
    found.sort(key=lambda m: (not m.name, m.side != BOTH, m.start - m.end))
    kept = []
    for mention in found:
        if not any(mention.start < other.end and other.start < mention.end for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda m: m.start)
