"""Officials of a session: names with the titles, sides and roles that the text gives them."""

import re
from dataclasses import dataclass, field

from engagements.words import Role, Side

from .text import LOWER, UPPER, tone
from .wordlists import either, lazily, listed

_SYLLABLE = rf"[{UPPER}][{LOWER}]+|[{UPPER}](?=['’])['’][{UPPER}]?[{LOWER}]+|[YAKH](?= [{UPPER}])"
_RUN = re.compile(rf"(?<!\w)(?:{_SYLLABLE})(?: (?:{_SYLLABLE})){{1,6}}(?!\w)")
_FAMILY = lazily(lambda: frozenset(listed("people.family_names")))
_BODIES = lazily(lambda: frozenset(listed("people.bodies")))
_COMMON = lazily(lambda: frozenset(listed("people.common")))

RANK = lazily(
    lambda: (
        r"(?:(?:quyền|nguyên|q\.)\s+)?(?:phó\s+)?(?:tổng\s+(?=cục trưởng|giám đốc|thanh tra))?"
        rf"{either('people.ranks')}(?:\s+(?:thường trực|phụ trách))?"
    )
)
_RANKS = lazily(lambda: re.compile(rf"(?<!\w){RANK}(?!\w)", re.IGNORECASE))
_RANK = lazily(lambda: re.compile(f"{RANK}", re.IGNORECASE))
_HONORIFIC = lazily(
    lambda: re.compile(rf"(?<!\w){either('people.honorifics')}\s*:?\s*$", re.IGNORECASE)
)
_DEGREES = lazily(
    lambda: re.compile(rf"(?<!\w)(?:{either('people.degrees')}[.,]?\s*){{1,3}}$", re.IGNORECASE)
)
_NOT_IN_TITLE = lazily(lambda: re.compile(rf"[.;:]|(?<!\w){either('people.not_in_title')}(?!\w)"))
_PHOTOGRAPHER = lazily(
    lambda: re.compile(rf"(?<!\w){either('people.photographers')}\s*:?\s*$", re.IGNORECASE)
)
_NOT_PRESENT = lazily(lambda: re.compile(rf"{either('people.not_present')}\s+$", re.IGNORECASE))
_AFTER_NAME = lazily(lambda: re.compile(rf"\s*(?:,|-|–|\(|:)\s*(?={RANK}(?!\w))", re.IGNORECASE))
_TITLE_END = lazily(
    lambda: re.compile(
        rf"[;)\n“”]|\.(?=\s|$)|,\s+(?!(?i:(?:đồng thời là |kiêm )?{RANK}(?!\w)))"
        rf"|\s+{either('people.after_title')}(?!\w)|\s+[-–]\s+(?i:(?:đồng )?chủ trì)"
    )
)
_NEXT_TITLE = lazily(lambda: re.compile(rf",\s+(?={RANK}(?!\w))|\s+kiêm\s+", re.IGNORECASE))
_LIST = re.compile(r"\s*(?:,|và|,\s*và|cùng|,\s*cùng)\s*(?:các )?(?:ông|bà|đồng chí|đ/c)?\s*")
_BEHIND_A_PLACE = re.compile(
    r"(?:huyện|thị xã|thành phố|quận|phường|xã|Huyện ủy|Thị ủy|Thành ủy|Quận ủy|UBND|HĐND|Cục|Vụ|"
    r"Viện|Chi cục|Ban|Trung tâm|Trường|Tập đoàn|Công ty|Sở|Khu)\s+$",
    re.IGNORECASE,
)
_NAMES_OF_BODIES = re.compile(
    r"(?<!\w)(?:Trung ương Đảng|Trung ương|Chính phủ|Bộ Chính trị|Quốc hội|Đảng ủy|Đảng bộ|Tỉnh ủy|"
    r"Thành ủy|Nhà nước|Thường trực|Thường vụ|Ban Thường vụ|Ban Chấp hành|Mặt trận Tổ quốc|"
    r"Việt Nam|[Tt]rưởng Đoàn|Đoàn (?:Đại|đại) biểu|Đoàn ĐBQH|Đoàn công tác|Ban [Cc]án sự|"
    r"Hội đồng|Ủy ban|Văn phòng|Thanh tra|Tổng cục|Học viện|Phó (?:Chủ|Bí|Cục|Vụ|Giám|"
    r"Tổng|Trưởng|Thủ|Chánh|Viện|Hiệu|Thống)|(?:Chủ tịch|đường|Đường|TP\.?|[Tt]hành phố|Bác) "
    r"Hồ Chí Minh|Tây Nguyên|Đông Nam Bộ|Bắc Bộ|Nam Bộ|Trung Bộ|Cửu Long)(?!\w)"
)
# an office, with what it is of, right before a name
_OFFICE_BEFORE = lazily(
    lambda: re.compile(
        rf"(?:(?<!\w){RANK}|¤|UBND tỉnh|HĐND tỉnh|Tỉnh ủy|Thành ủy|tỉnh|thành phố|\))\s+$",
        re.IGNORECASE,
    )
)
AROUND = 1_000  # characters before a name in which a side is told
_PARTY = lazily(lambda: re.compile(rf"{either('people.party')}(?!\w)", re.IGNORECASE))


@dataclass
class Person:
    """Who is named with an office: where first, with which titles, on which side, in what role."""

    name: str
    paragraph: int
    start: int
    end: int
    titles: list = field(default_factory=list)
    side: str = ""
    side_basis: str = ""  # title | words around | minutes
    role: str = Role.ATTENDED

    @property
    def title(self):
        return ", ".join(self.titles)

    @property
    def key(self):
        return tone(self.name).casefold()

    def add(self, title):
        if title and title.casefold() not in {known.casefold() for known in self.titles}:
            self.titles.append(title)


def people_of(document, names, left_out=()):
    """[Person] in the order of the text."""
    found = {}
    party = PartyOfList()
    for number, paragraph in enumerate(document.toned, start=1):
        if number in left_out:
            continue
        party.pass_by(paragraph)
        for person in _people_in(document, number, paragraph, names, found):
            if not person.side:
                person.side, person.side_basis = _side_around(paragraph, person, party)
    for person in found.values():
        _drop_short_titles(person)
    persons = [person for person in found.values() if person.titles]
    _settle_sides(persons)
    return persons


# -- names


def masked(paragraph, names):
    """The paragraph with the names of places and bodies blotted out, character by character."""

    def blot(match):
        return "¤" * len(match[0])

    paragraph = _NAMES_OF_BODIES.sub(blot, paragraph)
    paragraph = re.sub(
        rf"(?<!\w)(?:Bộ|Sở|Bộ trưởng|Thứ trưởng|ngành|Ngành|Vụ|Cục)(?= )( "
        rf"{names.field_pattern})(?!\w)",
        lambda m: m[0][: m.start(1) - m.start()] + "¤" * len(m[1]),
        paragraph,
    )
    letters = list(paragraph)
    for start, end, _name in names.provinces_in(paragraph):
        before = ["", *paragraph[max(0, start - 40) : start].split()][-1]
        is_given = before in _FAMILY and not _RANKS.search(paragraph[max(0, start - 12) : start])
        is_given = is_given and paragraph[end : end + 2].strip()[:1] != "¤"
        if is_given and not re.match(rf" [{UPPER}]", paragraph[end:]):
            continue  # Nguyễn Hòa Bình
        letters[start:end] = "¤" * (end - start)
    return "".join(letters)


def names_in(mask):
    """[(start, end)] of what looks like a person's name."""
    found = []
    for run in _RUN.finditer(mask):
        syllables = run[0].split(" ")
        starts = [run.start()]
        for syllable in syllables[:-1]:
            starts.append(starts[-1] + len(syllable) + 1)
        place = _first_of_name(syllables, mask[max(0, run.start() - 60) : run.start()])
        if place is not None:
            found.append((starts[place], run.end()))
    return found


def _first_of_name(syllables, before):
    """The index of the syllable with which a name begins in a run of capitals; None if none.

    A family name that no list has is one too where an office or “ông” stands right before it.
    """
    skipped = 0
    while syllables and syllables[0] in _BODIES:
        skipped, syllables = skipped + 1, syllables[1:]
    if skipped:
        place = _first_of_name(syllables, "") if len(syllables) >= 2 else None
        if place is None and 3 <= len(syllables) <= 4:
            place = 0
        return None if place is None else place + skipped
    count = len(syllables)
    is_name_itself = count > 2 and syllables[1] in ("Thị", "Văn")
    if (
        count > 1
        and not is_name_itself
        and syllables[0] in ("Ông", "Bà", "Anh", "Chị")
        and not before.endswith("ông ")
    ):
        first = _first_of_name(syllables[1:], before + "ông ") if count > 2 else None
        if first is not None:
            return first + 1
    families = [
        i
        for i, word in enumerate(syllables)
        if (word in _FAMILY or "'" in word or "’" in word) and 2 <= count - i <= 5
    ]
    is_addressed = bool(_HONORIFIC.search(before) or _OFFICE_BEFORE.search(before))
    is_behind_a_place = bool(_BEHIND_A_PLACE.search(before))
    if is_addressed and not is_behind_a_place and 2 <= count <= 4 and families[:1] != [0]:
        return 0
    if not families:
        return 0 if 3 <= count <= 4 and syllables[1] in ("Văn", "Thị") else None
    first = families[0]
    common = [i for i in families if syllables[i] in _COMMON]
    is_behind = is_behind_a_place or first > 0 or count > 4
    if is_behind and common and common[-1] > first and count - common[-1] >= 2:
        return common[-1] if count - first > 3 or first > 0 else first
    return first


def _people_in(document, number, paragraph, names, found):
    """Enters the people of one paragraph into `found`; yields them."""
    mask = masked(paragraph, names)
    carried, last_end = None, None
    spans = names_in(mask)
    for place, (start, end) in enumerate(spans):
        if _PHOTOGRAPHER.search(paragraph[max(0, start - 16) : start]):
            continue
        head = max(spans[place - 1][1] if place else 0, start - 220)
        before = _title_before(paragraph, mask, start, head)
        if last_end is not None and start < last_end:
            continue  # within a title that was read
        following = spans[place + 1] if place + 1 < len(spans) else None
        if following and not before and _is_of_a_body(paragraph[slice(*following)]):
            following = spans[place + 2] if place + 2 < len(spans) else None
        limit = following[0] if following else len(paragraph)
        after = _title_after(document, number, end, limit)
        between = paragraph[last_end:start] if last_end is not None else ""
        name = document.quote(number, start, end)
        is_listed = carried and last_end is not None and _LIST.fullmatch(between) and not after
        if is_listed and (not before or before[0] < last_end):
            person = _enter(found, name, number, start, end)
            person.add(carried)
            last_end = end
            yield person
            continue
        carried = None
        if (
            before
            and _NOT_PRESENT.search(paragraph[max(0, before[0] - 60) : before[0]])
            and name not in found
        ):
            last_end = end
            continue
        if after:
            person = _enter(found, name, number, start, after[1])
            if before and not person.titles and before[1].casefold() != after[0][0].casefold():
                person.add(document.quote(number, before[0], before[2]))
            for title in after[0]:
                person.add(title)
            last_end = after[1]
            yield person
        elif before:
            person = _enter(found, name, number, before[0], end)
            titles = _split_titles(document.quote(number, before[0], before[2]))
            for title in titles:
                person.add(title)
            carried = titles[-1]
            last_end = end
            yield person
        elif tone(name).casefold() in found:
            last_end = end


def _enter(found, name, number, start, end):
    key = tone(name).casefold()
    if key not in found:
        found[key] = Person(name, number, start, end)
    return found[key]


# -- titles


def _title_before(paragraph, mask, start, floor):
    """(start, lower title, end) of the title right before a name; None if none stands there."""
    end = start
    for pattern in (_DEGREES, _HONORIFIC, _DEGREES):
        if match := pattern.search(paragraph, max(floor, end - 40), end):
            end = match.start()
    while end > floor and paragraph[end - 1] in " ,:-–":
        end -= 1
    segment = paragraph[floor:end]
    bracket = re.search(r"\s*\((?:thuộc )?Bộ [^()]{2,60}\)$", segment)
    if bracket:
        end = floor + bracket.start()
        segment = segment[: bracket.start()]
    for mark in (";", ". ", ": ", "“", ")", " cùng ", "(", "\n"):
        cut = segment.rfind(mark)
        if cut >= 0:
            floor += cut + len(mark)
            segment = segment[cut + len(mark) :]
    ranks = list(_RANKS.finditer(segment))
    if not ranks:
        return None
    last = ranks[-1]
    tail = segment[last.end() :]
    if len(tail) > 90 or _NOT_IN_TITLE.search(tail):
        return None
    if "," in mask[floor + last.end() : end] and not re.match(
        r"\s*(?:Tổng cục|Cục|Vụ|Ban|Viện|Sở|¤)", mask[floor + last.end() : end]
    ):
        return None
    first = last
    for rank in reversed(ranks[:-1]):
        between = segment[rank.end() : first.start()]
        if re.fullmatch(
            r"[^,;.]{0,60}(?:,|\s[-–])\s*|\s+(?:kiêm|và)\s+|[^,;.]{0,40} kiêm ", between
        ):
            if _NOT_IN_TITLE.search(between):
                break
            first = rank
        else:
            break
    return floor + first.start(), segment[first.start() :].casefold(), end


def _is_of_a_body(name):
    """Whether what looks like a name rather ends the name of a body: Hiệp hội Gỗ An Phú."""
    syllables = name.split()
    return len(syllables) == 2 and syllables[0] not in _COMMON


def _title_after(document, number, end, limit):
    """([titles], end) of what follows a name after a comma, a dash or in brackets; None if none."""
    paragraph = document.toned[number - 1]
    opening = _AFTER_NAME.match(paragraph, end)
    if not opening or opening.end() > limit:
        return None
    start = opening.end()
    stop = _TITLE_END.search(paragraph, start)
    finish = stop.start() if stop else len(paragraph)
    if finish > limit:
        # What follows is the title of the next person, from the last comma on.
        comma = max(paragraph.rfind(mark, start, limit) for mark in (",", ";", " và "))
        if comma < 0:
            return None
        finish = comma
    text = document.quote(number, start, finish).strip(" ,–-")
    if text.count("(") > text.count(")"):
        text += ")"
    return (_split_titles(text), start + len(text)) if text else None


def _split_titles(text):
    return [part.strip(" ,-–") for part in _NEXT_TITLE.split(text) if part.strip(" ,-–")]


def _drop_short_titles(person):
    """A title that only begins another one is its short form."""
    lowered = [tone(title).casefold() for title in person.titles]
    person.titles = [
        title
        for title, low in zip(person.titles, lowered, strict=True)
        if not any(other.startswith(low) and len(other) > len(low) for other in lowered)
    ]


# -- sides

_OTHER = lazily(lambda: re.compile(rf"(?<!\w){either('people.other')}(?!\w)", re.IGNORECASE))
_PROVINCE = lazily(lambda: re.compile(rf"(?<!\w){either('people.province')}(?!\w)", re.IGNORECASE))
_MINISTRY = lazily(lambda: re.compile(rf"(?<!\w){either('people.ministry')}(?!\w)", re.IGNORECASE))
_MINISTER = re.compile(r"(?:quyền |nguyên )?(?:bộ trưởng|thứ trưởng)", re.IGNORECASE)
_DEPUTY = re.compile(r"đoàn (?:đại biểu quốc hội|đbqh|đb)|đại biểu quốc hội|đbqh", re.IGNORECASE)
_PROVINCIAL_OFFICE = re.compile(r"bí thư|chủ tịch|giám đốc", re.IGNORECASE)
_PHIA = re.compile(
    r"(?:về phía|phía|đại diện|lãnh đạo)\s+(?P<who>(?:đoàn công tác|bộ|trung ương)|"
    r"(?:tỉnh|địa phương|thành phố|ubnd))",
    re.IGNORECASE,
)


def side_of(title):
    """The side that an office tells of; empty where it tells none."""
    title = tone(title)
    if _MINISTER.match(title):
        return Side.MINISTRY
    if _DEPUTY.search(title) and not _PROVINCIAL_OFFICE.search(title):
        return Side.OTHER
    if _OTHER.search(title):
        return Side.MINISTRY if re.search(r"(?:thuộc|\() ?bộ", title, re.IGNORECASE) else Side.OTHER
    if _PROVINCE.search(title):
        return Side.PROVINCE
    if _MINISTRY.search(title):
        return Side.MINISTRY
    return ""


def _side_of_titles(titles):
    """The side that the titles tell; a seat in the National Assembly counts if none else does."""
    told = [side_of(title) for title in titles if not _PARTY.match(tone(title))]
    told = [side for side in told if side]
    sided = [side for side in told if side != Side.OTHER]
    return (sided or told or [""])[0]


class PartyOfList:
    """The side whose people a list in minutes names: a short line “1. Bộ …”, “2. UBND tỉnh …”."""

    _HEADING = re.compile(
        r"(?:[0-9IVX]+[.)]|[-–+*•])?\s*(?:(?:về )?phía |đại diện |thành phần )?(?:của )?"
        r"(?P<who>bộ|ubnd|tỉnh|sở|tỉnh ủy|ủy ban nhân dân|địa phương|thành phố)(?!\w)[^.;]{0,80}$",
        re.IGNORECASE,
    )

    def __init__(self):
        self.side = ""

    def pass_by(self, paragraph):
        if len(paragraph) < 100 and (heading := self._HEADING.match(paragraph)):
            is_ministry = heading["who"].casefold() == "bộ"
            self.side = Side.MINISTRY if is_ministry else Side.PROVINCE
        elif len(paragraph) > 250 or re.match(r"[IVX]+\.", paragraph):
            self.side = ""


def _side_around(paragraph, person, party):
    """(side, basis) from the titles, else from the words before the name."""
    if side := _side_of_titles(person.titles):
        return side, "title"
    before = list(_PHIA.finditer(paragraph, max(0, person.start - AROUND), person.start))
    if before:
        is_ministry = before[-1]["who"].casefold() in ("đoàn công tác", "bộ", "trung ương")
        return (Side.MINISTRY if is_ministry else Side.PROVINCE), "words around"
    if party.side:
        return party.side, "minutes"
    return "", ""


def _settle_sides(persons):
    """A title told later may tell the side; whoever has none is of neither."""
    for person in persons:
        if side := _side_of_titles(person.titles):
            person.side, person.side_basis = side, "title"
        if not person.side:
            person.side = Side.OTHER
