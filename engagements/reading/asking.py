"""Requests of a province, and what a ministry tells it or its own units to do."""

import re

from engagements.words import Side, Strength

from .answers import clause_of, content_words
from .clauses import clause_end, count_words, parts_of_list
from .proposals import ProposalKind
from .sentences import ADDRESSED_PROVINCE, ITEM, LEAD_UNIT, VERBS, SentenceBase
from .speakers import Mention
from .text import UPPER
from .wordlists import either, lazily, listed

_ADDRESSED_MINISTRY = re.compile(
    r"(?:,?\s+(?:với|tới|đến))?\s+(?:được )?(?:(?:các |những )?(?:đồng chí |lãnh đạo "
    r")?)?(?:Bộ(?! (?:máy|phận|tiêu chí))|Chính phủ|Thủ tướng|Phó Thủ tướng|Quốc hội|Trung ương|"
    r"trung ương|[Cc]ác [Bb]ộ|"
    r"[Bb]ộ,? ngành|Bộ trưởng|[Đđ]oàn công tác|Nhà nước|Ngân hàng Nhà nước|Tổng cục|Cục|Vụ|"
    r"hai [Bb]ộ|liên bộ)(?!\w)"
)
_OWN_UNIT = lazily(
    lambda: re.compile(
        rf"\s+(?:cho )?(?:các |những |hai )?(?:Bộ (?=[{UPPER}])|"
        rf"(?i:{either('acts.own_unit')})(?!\w)|đơn vị|cơ quan (?:chuyên môn|liên quan|chức năng|"
        rf"tham mưu)|Thứ trưởng|cục, vụ|vụ, cục|"
        r"các đơn vị)"
    )
)
_NOMINAL = lazily(
    lambda: re.compile(
        rf"(?<!\w){either('acts.nominal_before', 'acts.agree')}\s+(?:kiến nghị, |đề xuất, |đề "
        rf"nghị, )?$",
        re.IGNORECASE,
    )
)
_NOT_AN_ACT = re.compile(
    r"(?:\s+(?:của|trên|này|nêu|đó|nói trên|chính đáng|cụ thể|trả lời)(?!\w)|[”\"])"
)
_AGAIN = re.compile(r",?\s+(?:đề xuất|đề nghị|kiến nghị)(?!\w)")
_NAMED_ASK = re.compile(
    r"(?:đề xuất|kiến nghị|đề nghị|mong muốn|nguyện vọng) của (?:tỉnh|địa phương|thành phố|"
    r"lãnh đạo tỉnh|UBND tỉnh|hai tỉnh)"
    r"[^,.;:]{0,25}? (?:về(?: việc)?|liên quan (?:tới|đến)) |(?:(?<=^Về )|(?<=^Đối với )|"
    r"(?<=^\d\. Về )|(?<=^\d\. Đối với )|(?<=^Với ))(?:đề nghị|kiến nghị|đề xuất) (?!của|trên|này)|"
    r"(?:(?<=^Về việc )|(?<=^\d\. Về việc ))(?:UBND )?tỉnh (?:xin|đề nghị|kiến nghị|đề xuất) "
)
_NAMED_END = re.compile(
    r",\s+(?:Bộ trưởng|Thứ trưởng|Phó Thủ tướng|Cục trưởng|Vụ trưởng|ông|bà|đại diện|lãnh "
    r"đạo|đặc biệt|Bộ|đồng chí|hiện|đến nay|nguồn)|[;:]|\.(?!\d)"
)
_AGREED_LIST = re.compile(
    r"(?:thống nhất|đồng ý|nhất trí|ghi nhận|đồng tình|ủng hộ)[^.;:]{0,80}(?:đề xuất|kiến "
    r"nghị|đề nghị)[^.;:]{0,40}?(?:\s(?:như|gồm|là|cụ thể))?(?::|\s(?=như\s))\s?(?:như\s)?",
    re.IGNORECASE,
)
_ORDERED = lazily(
    lambda: re.compile(
        rf"(?:{either('acts.ordinals')}),?\s+|[-–+•]\s+|\(?\d{{1,2}}[.)]\s+|Ngoài ra,\s+|Bên "
        rf"cạnh đó,\s+|Trước hết,?\s+|Trước tiên,?\s+|Tiếp theo,\s+|Cuối cùng,\s+",
        re.IGNORECASE,
    )
)
_INTERNAL = re.compile(
    r"\s+(?:với |tới |cho )?(?:UBND|HĐND|Hội đồng nhân dân|Ủy ban nhân dân|Tỉnh ủy|lãnh đạo "
    r"tỉnh|tỉnh(?!\w)|Thường trực|các huyện|các xã|các phường|các sở|sở|huyện|xã)"
)
_PASSIVE = re.compile(
    r"(?<!\w)(?:rất cần|cần|mong|rất mong|mong muốn|tha thiết|thiết tha|ao ước)(?: sớm)? được "
    r"(?!học|hiểu|coi|xem)|"
    r"(?<!\w)rất cần (?=Bộ|Trung ương|sự|trung ương)"
)


NEAR = 60  # acts before, among which a request that is named again is looked for


_ASKED_FOR = lazily(
    lambda: re.compile(
        rf"\s+(?:được |cho |thêm |rút |kéo |giữ |{either('acts.doing')}(?!\w))(?! phép)"
    )
)
_FROM_ONES_OWN = re.compile(r"(?:UBND|HĐND|Hội đồng|[Tt]ỉnh)[^,.;]{0,24} $")
_COUNT = r"(?:hai|ba|bốn|năm|sáu|bảy|\d{1,2}|một số|nhiều|mấy) (?:nhóm )?"
_MATTERS = r"(?:việc|nội dung|vấn đề|kiến nghị|đề xuất|điều|điểm)"
_COUNTED_LIST = re.compile(
    rf"(?<!\w)(?:trình|gửi|nêu|gửi gắm|đề đạt|đưa ra|có|xin|kiến nghị|đề nghị|"
    rf"đề xuất) [^.:;]{{0,40}}?{_COUNT}"
    rf"{_MATTERS}[^.:;]{{0,25}}:\s+"
)
_ASK_BEFORE_COLON = re.compile(
    r"(?:\(?[a-hđ\d]{1,2}[.)]\s+|[-–+•]\s+)(?:(?:Về|Đối với|Với) )?(?:việc )?(?:tỉnh )?"
    r"(?i:kiến nghị|đề nghị|đề xuất)(?: của tỉnh| của địa phương)?(?: về(?: việc)?)? "
    r"(?!(?:UBND|tỉnh|Sở|các|Tỉnh))(?P<ask>[^:]{12,200})(?=: )"
)
_COUNTED = re.compile(rf"[^,;:.]{{0,60}}\s{_COUNT}{_MATTERS}[^,;:]{{0,12}}$")
_ANOTHER_MATTER = re.compile(r";\s+(?=(?:về|riêng|đối với|còn|với) )")


class Asking(SentenceBase):
    """Rules of verbs that ask, tell and assign."""

    def named_requests(self):
        for match in self.found(_NAMED_ASK):
            if re.search(r"như:?\s*$|như: ", self.text[match.start() : match.end() + 20]):
                continue
            stop = _NAMED_END.search(self.text, match.end())
            end = stop.start() if stop else len(self.text)
            if end - match.end() < 8 or re.match(
                r"(?:các )?(?:nội dung|vấn đề) (?:trên|này)", self.text[match.end() :]
            ):
                continue
            speaker = Mention(0, 0, Side.PROVINCE)
            if not self.was_asked(match.end(), end):
                self.put(ProposalKind.REQUEST, match.start(), end, "request.named", "", speaker)
            self.take(match.start(), end)

    def was_asked(self, start, end):
        """Whether a request before holds most words of these: then they only name it again."""
        named = content_words(self.text[start:end])
        for act in self.acts.acts[-NEAR:]:
            if act.kind == ProposalKind.REQUEST and named:
                asked = content_words(clause_of(act, self.acts.document))
                if len(named & asked) >= 0.5 * len(named):
                    return True
        return False

    def counted_list(self):
        """“Tỉnh gửi tới Bộ bốn nội dung: …”: what is asked stands behind the colon."""
        match = _COUNTED_LIST.search(self.text)
        if match and (
            self.side == Side.PROVINCE or _FROM_ONES_OWN.search(self.text[: match.start()])
        ):
            end = clause_end(self.text, match.end())
            for a, b in parts_of_list(self.text, match.end(), end, is_joined=True):
                self.put(
                    ProposalKind.REQUEST, a, b, "request.list", "", Mention(0, 0, Side.PROVINCE)
                )
            self.take(match.start(), end)

    def asks_before_colon(self):
        """“c) Kiến nghị bổ sung biên chế: giao Vụ …”, in a paper that answers one by one."""
        match = _ASK_BEFORE_COLON.match(self.text)
        if match and (self.acts.is_concluding or self.side == Side.MINISTRY):
            speaker = Mention(0, 0, Side.PROVINCE)
            start, end = match.start("ask"), match.end("ask")
            if not self.was_asked(start, end):
                self.put(ProposalKind.REQUEST, start, end, "request.named", "", speaker)
            self.take(match.start(), match.end())

    def agreed_list(self):
        match = _AGREED_LIST.search(self.text)
        if not match or (self.side != Side.MINISTRY and not self.acts.is_concluding):
            return
        subject = self.subject_before(match.start())
        start = subject.start if subject and subject.side == Side.MINISTRY else match.start()
        end = clause_end(self.text, match.end())
        if another := _ANOTHER_MATTER.search(self.text, match.end(), end):
            end = another.start()
        parts = parts_of_list(self.text, match.end(), end)
        if len(parts) == 1:
            parts = _parts_at_commas(self.text, *parts[0])
        self.put(
            ProposalKind.COMMITMENT,
            start,
            end,
            "commitment.agrees",
            "",
            strength=Strength.EXPLICIT,
            is_agreement=True,
        )
        speaker = Mention(0, 0, Side.PROVINCE)
        for a, b in parts:
            if not self.was_asked(a, b):
                self.put(ProposalKind.REQUEST, a, b, "request.in_agreed_list", "", speaker)
        self.take(match.start(), end)

    def list_item(self):
        """A paragraph of a list that “kiến nghị:” or “đề nghị tỉnh:” began."""
        if not self.acts.open_list or not (self.is_item or self.text[:1].islower()):
            return
        kind, speaker = self.acts.open_list
        opening = ITEM.match(self.text)
        if not opening and self.sentence.start > 0:
            return
        start = opening.end() if opening else 0
        end = clause_end(self.text, start)
        payload = (
            {"is_assigned": True, "strength": Strength.EXPLICIT}
            if kind == ProposalKind.COMMITMENT
            else {}
        )
        self.put(kind, start, end, f"{kind}.list", "", speaker, **payload)
        self.take(0, len(self.text))

    def asks_and_orders(self):
        for match in self.found(VERBS):
            if self.is_free(match.start()) and self.is_a_verb(match):
                self.ask_or_order(match)

    def ask_or_order(self, match):
        text, verb = self.text, match["verb"].casefold()
        before, after = text[: match.start()], text[match.end() :]
        if verb in ("yêu cầu", "đề xuất", "đề nghị", "kiến nghị", "xin") and re.search(
            r"(?<!\w)(?:cần|nên|phải|để|khi|muốn|không|chưa|trước khi|sau khi|đáp ứng|theo|"
            r"quá trình) $",
            before,
        ):
            return
        to_ministry = _ADDRESSED_MINISTRY.match(after)
        to_province = ADDRESSED_PROVINCE.match(after) or self._names_province(match.end())
        if _NOMINAL.search(before) and not (to_ministry or to_province):
            return
        if (
            _NOMINAL.search(before)
            and re.search(
                r"(?<!\w)(?:các|những|về|đối với|trước|ý kiến|nội dung|theo|ghi nhận|nhóm|với) $",
                before,
                re.IGNORECASE,
            )
            and not re.match(r" (?:được )?(?:Bộ|tỉnh|UBND)", after)
        ):
            return
        if _NOT_AN_ACT.match(after) or re.search(r"(?<!\w)sẽ $", before):
            return
        end_of_verb = match.end()
        if again := _AGAIN.match(after):
            rest = after[again.end() :]
            if not re.match(r" (?:với |tới |Bộ|cho|được)", rest):
                return
            end_of_verb += again.end()
            after = rest
            to_ministry, to_province = (
                _ADDRESSED_MINISTRY.match(after),
                ADDRESSED_PROVINCE.match(after),
            )
        subject = self.subject_before(match.start())
        told = (
            subject
            if subject and (subject.name or not self.is_told or subject.side != self.side)
            else self.speaker
        )
        if subject is not None and not subject.name and self.is_told and subject.side != self.side:
            told = subject if match.start() - subject.end < 40 else self.speaker
        side = told.side if told else None
        if side is None and self.acts.is_concluding:
            side = Side.MINISTRY
        kind = self._kind_of(verb, side, to_ministry, to_province, before, after)
        if kind is None:
            return
        end = clause_end(text, end_of_verb)
        end = self.before_next_verb(end_of_verb, end)
        if kind == ProposalKind.COMMITMENT:
            self._assign(match, end, told)
            return
        if _COUNTED.match(text, end_of_verb, end):
            return  # “ba nhóm việc”: they stand in the next sentences
        body = end_of_verb
        opening = re.match(
            r"[^:;.]{0,110}?(?:như sau|như|gồm|sau|cụ thể|nội dung|việc|vấn đề)?:\s*",
            text[end_of_verb:end],
        )
        if opening and ":" in opening[0]:
            if opening.end() + end_of_verb >= len(text.rstrip()):
                return  # the list stands in the next paragraphs
            body = end_of_verb + opening.end()
        is_request = kind == ProposalKind.REQUEST
        parts = parts_of_list(text, body, end, is_joined=is_request)
        word = match["verb"].casefold()
        rule = "request.asks" if kind == ProposalKind.REQUEST else "recommendation.tells"
        for place, (a, b) in enumerate(parts):
            start = match.start() if place == 0 and body == end_of_verb else a
            self.put(kind, start, b, rule, word, told)
        self.take(match.start(), end)

    def _names_province(self, place):
        return any(
            m.side == Side.PROVINCE and m.is_body and place <= m.start <= place + 1
            for m in self.mentions
        )

    def _kind_of(self, verb, side, to_ministry, to_province, before, after):
        own = _OWN_UNIT.match(after)
        if verb in ("giao", "phân công", "chỉ đạo", "cử"):
            is_ministrys = side == Side.MINISTRY or (own and not before.strip())
            if is_ministrys and (own or to_ministry) and not to_province:
                return ProposalKind.COMMITMENT
            if (
                verb == "giao"
                and side == Side.MINISTRY
                and to_province
                and not before.endswith("đã ")
            ):
                return ProposalKind.RECOMMENDATION
            return None
        if (
            verb in ("yêu cầu", "đề nghị", "lưu ý")
            and side == Side.MINISTRY
            and own
            and not to_province
        ):
            return ProposalKind.COMMITMENT
        asks = verb in listed("acts.ask")
        if side == Side.PROVINCE:
            if not asks or (to_province and not to_ministry):
                return None
            if _INTERNAL.match(after) and not to_ministry:
                return None
            if verb == "nhờ" and not (to_ministry and _FROM_ONES_OWN.search(before)):
                return None
            if verb in ("mong", "mong muốn", "hy vọng", "xin") and not (
                to_ministry
                or verb == "xin"
                or re.match(
                    r"\s+(?:được|sớm|có|nhận được|sự|[^,.;]{3,40}(?:trung ương|(?:của|thuộc) Bộ))",
                    after,
                )
            ):
                return None
            is_begged = to_ministry or _ASKED_FOR.match(after)
            is_from_ones_own = _FROM_ONES_OWN.search(before) and not after.startswith(" được")
            if verb == "xin" and (is_from_ones_own or not is_begged):
                return None
            return ProposalKind.REQUEST
        if side == Side.MINISTRY:
            if verb in ("xin", "rất cần", "hy vọng", "nhờ"):
                return None
            if to_ministry and not to_province and asks:
                return None
            if verb in ("mong", "mong muốn") and not to_province:
                return None
            return ProposalKind.RECOMMENDATION
        if side is None:
            if to_ministry and not to_province and asks and verb != "nhờ":
                return ProposalKind.REQUEST
            if to_province and verb in listed("acts.tell"):
                return ProposalKind.RECOMMENDATION
        return None

    def _assign(self, match, end, told):
        unit = LEAD_UNIT.match(self.text, match.end())
        lead = (
            self.acts.document.quote(
                self.sentence.paragraph,
                self.sentence.start + unit.start("unit"),
                self.sentence.start + unit.end("unit"),
            )
            if unit
            else ""
        )
        for place, (a, b) in enumerate(parts_of_list(self.text, match.end(), end, is_strict=True)):
            self.put(
                ProposalKind.COMMITMENT,
                match.start() if place == 0 else a,
                b,
                "commitment.assigns",
                match["verb"].casefold(),
                told,
                strength=Strength.EXPLICIT,
                is_assigned=True,
                lead_text=lead,
            )
        self.take(match.start(), end)

    def wanted_passively(self):
        """A want without an addressee, said by the province: “rất cần được bố trí thêm …”."""
        if self.side != Side.PROVINCE:
            return
        for match in self.found(_PASSIVE):
            if not self.is_free(match.start()):
                continue
            end = clause_end(self.text, match.end())
            clause = re.search(r"[^,.;:“]*$", self.text[: match.start()])
            start = clause.start() if clause and count_words(clause[0]) <= 8 else match.start()
            start += len(self.text[start:]) - len(self.text[start:].lstrip())
            for place, (a, b) in enumerate(parts_of_list(self.text, match.start(), end)):
                self.put(
                    ProposalKind.REQUEST,
                    start if place == 0 else a,
                    b,
                    "request.wanted",
                    match[0].strip(),
                )
            self.take(match.start(), end)

    def listed_requests(self):
        """“Một là, … Hai là, …” after the province's “kiến nghị”, over several sentences."""
        order = _ORDERED.match(self.text)
        is_said_anew = self.is_told and (self.speaker.name or self.speaker.side == Side.PROVINCE)
        if order and self.acts.asked and not self.taken and not is_said_anew:
            self.acts.last = Mention(0, 0, Side.PROVINCE)
            end = clause_end(self.text, order.end())
            for a, b in parts_of_list(self.text, order.end(), end):
                self.put(
                    ProposalKind.REQUEST, a, b, "request.list", "", Mention(0, 0, Side.PROVINCE)
                )
            self.take(0, len(self.text))
        elif self.is_told or not order:
            self.acts.asked = self.side == Side.PROVINCE and bool(
                re.search(r"(?:kiến nghị|đề xuất|đề nghị)(?:[^.:;,]{0,40})?\s*[.:]?$", self.text)
            )


def _parts_at_commas(text, start, end):
    """A list of things, not of doings, parted at its commas."""
    parts, at = [], start
    for comma in re.finditer(r",\s+|\s+và\s+", text[start:end]):
        if count_words(text[at : start + comma.start()]) >= 3:
            parts.append((at, start + comma.start()))
            at = start + comma.end()
    if count_words(text[at:end]) >= 3:
        parts.append((at, end))
    return parts or [(start, end)]
