"""Reading of one sentence: who says it, whose verb a verb is, what has been taken already."""

import re
from itertools import islice

from engagements.deadlines import find_deadline

from .wordlists import either, lazily

ADDRESSED_PROVINCE = re.compile(
    r"(?:,?\s+(?:với|tới|đến))?\s+(?:các |hai |những )?(?:đồng chí )?(?:lãnh đạo |cấp ủy, "
    r"chính quyền |chính quyền )?(?:UBND|HĐND|[Tt]ỉnh|[Đđ]ịa phương|[Tt]hành phố|TP|[Ss]ở|Tỉnh "
    r"ủy|Thành ủy|các (?:huyện|xã|trường|"
    r"cơ sở|phường|đơn vị của tỉnh)|huyện|xã|Hội đồng nhân dân|Ủy ban nhân dân)(?!\w)"
)
LEAD_UNIT = re.compile(
    r"\s+(?:cho )?(?P<unit>(?:Tổng cục|Cục|Vụ|Bộ|Văn phòng Bộ|Thanh tra Bộ|Viện|Học viện|Ban "
    r"[Qq]uản lý|Khu [Qq]uản lý|Trung tâm|Ngân hàng Nhà nước)"
    r"(?:\s+(?:[^\W\da-zđ][^\s,.;:]*|và(?= [^\W\da-zđ])|-|–|thông|vận|tải|lý|chính|tế|dựng|"
    r"sản|nghiệp|lâm|trọt|bộ|tin|dục|lịch|hóa|hội|đầu|tư|học|nghệ|trường|nguyên|động|vụ|pháp|"
    r"nuôi|thôn|nông|phát|triển|"
    r"đường|thủy|không|nội|địa|khám|chữa|bệnh|cấp|cao|tốc|môi|đất|đai))*)"
)
VERBS = lazily(
    lambda: re.compile(
        rf"(?<!\w)(?P<verb>{either('acts.ask', 'acts.tell', 'acts.assign')})(?!\w)", re.IGNORECASE
    )
)
PROMISE = lazily(
    lambda: re.compile(
        rf"(?<!\w)(?P<verb>cam kết|hứa|sẵn sàng|sẽ|có thể (?:hỗ trợ|giúp|bố trí|cân đối|"
        rf"cử|cấp|mở|tổ chức|xem xét)|nhận lời|{either('acts.agree')})(?!\w)",
        re.IGNORECASE,
    )
)
CONDITIONAL = lazily(
    lambda: re.compile(
        rf"(?<!\w)(?<!thông ){either('acts.conditional')}(?!\w)[^;]*$", re.IGNORECASE
    )
)
THEN = re.compile(
    r"(?<!\w)(?:nếu|(?<!ngay )(?<!sau )khi|hễ)(?!\w)[^.;]{3,120}(?:,| thì)\s[^,.;]{0,40}$",
    re.IGNORECASE,
)
CONCLUDES = re.compile(
    r"kết luận(?: như sau| các nội dung sau| một số nội dung(?: như)?(?: sau)?| cụ thể| "
    r"sau)?\s*:\s*$",
    re.IGNORECASE,
)
ITEM = lazily(
    lambda: re.compile(
        rf"(?:[-–+•*]\s*|\(?\d{{1,2}}[.)]\s*|\(?[a-hđ]\)\s*|{either('acts.ordinals')},?\s+)",
        re.IGNORECASE,
    )
)
NEXT_VERB = re.compile(
    r"(?:[;,]\s+(?:(?:đồng thời|và|song|nhưng|cũng),?\s+)*|\s+(?:và|đồng thời|song|"
    r"nhưng)\s+(?:cũng )?)"
    r"(?:(?:đề nghị|kiến nghị|yêu cầu|giao|phân công|cho biết|khẳng định|cam kết|nhấn mạnh|"
    r"lưu ý|hứa)(?!\w)(?! (?:của|này|cho tỉnh|chỉ tiêu|rừng|đất|khoán|quyền))|sẽ(?!\w))"
)
ANOTHER_ASK = re.compile(
    r"(?<!\w)(?:đề nghị|kiến nghị|đề xuất|yêu cầu)(?= (?:Bộ|Chính phủ|Trung ương|Thủ tướng|"
    r"tỉnh)(?!\w))"
)
JOINS = re.compile(
    r"(?:\s(?:và|đồng thời|song|nhưng)|[,;](?: (?:đồng thời|và|cũng|song|nhưng),?)*)\s(?:cũng )?$"
)


def unit_at(text, start):
    unit = LEAD_UNIT.match(" " + text[start:])
    return unit["unit"] if unit else ""


# what a title or a season says of time is no day by which somebody must have done it
_NO_DAY = re.compile(
    r"(?:định hướng|tầm nhìn)(?: đến)?(?: năm)? \d{4}|(?:trong |vào )?(?:những )?dịp [^,.;]{3,20}"
)


def dated(text, held_on=None):
    """The deadline that a clause tells, if any."""
    return find_deadline(_NO_DAY.sub(lambda match: " " * len(match[0]), text), held_on)


_BREAK = re.compile(r"[;:“”]|\.(?!\d)")
MOST_IN_A_SENTENCE = 40


class SentenceBase:
    """What all rules of a sentence need; `acts` is the ActReader that carries what goes on."""

    def __init__(self, acts, sentence, closing, is_item):
        self.acts, self.sentence, self.text = acts, sentence, sentence.text
        self.is_item = is_item
        self.taken = []
        self.mentions = acts.speakers.mentions(self.text, acts.last_named)
        speaker = acts.speakers.speaker(self.text, self.mentions, acts.last) or closing
        self.is_told = speaker is not None  # the sentence itself tells who speaks
        self.speaker = speaker or acts.last
        acts.last = self.speaker
        if self.speaker and self.speaker.name:
            acts.last_named = self.speaker
        self.side = self.speaker.side if self.speaker else None
        acts.sides[sentence.paragraph, sentence.start] = self.side
        if self.is_told:
            acts.told.add(sentence.paragraph)

    def found(self, pattern):
        """The matches of a pattern in the sentence, as many as a sentence of people's has."""
        return islice(pattern.finditer(self.text), MOST_IN_A_SENTENCE)

    def is_free(self, place):
        return not any(start <= place < end for start, end in self.taken)

    def take(self, start, end):
        self.taken.append((start, end))

    def put(self, kind, start, end, rule, word="", speaker=None, **payload):
        return self.acts.put(
            kind, self.sentence, start, end, rule, word, speaker or self.speaker, **payload
        )

    def is_a_verb(self, match):
        """Whether a word in capitals begins a sentence, and is no part of a name."""
        start = match.start()
        if any(m.name and m.start <= start < m.end for m in self.mentions):
            return False
        before = self.text[:start].rstrip()
        return match[0][0].islower() or not before or before[-1] in '.:;“")-–+•'

    def subject_before(self, place, reach=70):
        """The mention that is the subject of a verb at `place`; None where none is told.

        A verb that “và” or a comma joins to one of the speaker's is the speaker's too.
        """
        if self.is_told and self.speaker and JOINS.search(self.text[:place]):
            near = [m for m in self.mentions if place - 2 <= m.end <= place]
            if not near:
                return self.speaker if self.speaker.end <= place else None
        for mention in reversed(self.mentions):
            if mention.end > place + 1:
                continue
            gap = self.text[mention.end : place]
            if _BREAK.search(gap):
                return None
            if len(gap) > reach:
                return None
            before = self.text[: mention.start]
            if not mention.name and re.search(
                r"(?<!\w)(?:của|với|cho|tại|trong|từ|về|ở|trên địa bàn|để|thuộc|vào|từng) "
                r"(?:UBND )?(?:các )?(?:tỉnh |lãnh đạo )?$",
                before,
                re.IGNORECASE,
            ):
                continue
            return mention
        return None

    def before_next_verb(self, start, end):
        nxt = NEXT_VERB.search(self.text, start, end)
        another = ANOTHER_ASK.search(self.text, start + 8, nxt.start() if nxt else end)
        if another:
            comma = self.text.rfind(", ", start, another.start())
            return comma if comma > start + 8 else end
        return nxt.start() if nxt and nxt.start() > start + 8 else end
