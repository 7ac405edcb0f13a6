"""Commitments: promises, offers, agreements and what a unit does by a day."""

import re
from itertools import chain

from engagements.words import MadeBy, Side, Strength

from .clauses import clause_end, count_words, parts_of_list
from .proposals import ProposalKind
from .sentences import CONDITIONAL, PROMISE, THEN, SentenceBase, dated, unit_at
from .speakers import BOTH
from .wordlists import either, lazily

_PROMISED = lazily(
    lambda: re.compile(
        rf"\s+(?:cùng |tiếp tục |luôn |sớm |xem xét |chỉ đạo |quan tâm |trực tiếp |chủ động |"
        rf"khẩn trương |cũng |ngay |nhanh chóng |tích cực |phối hợp |chủ trì,? |đẩy nhanh |"
        rf"ưu tiên |"
        rf"xem xét,? |nghiên cứu,? |không |hết sức |chủ trì |kịp thời |đồng thời "
        rf")*{either('acts.promised')}(?!\w)"
    )
)
_IF = re.compile(r"(?<!\w)(?:nếu|khi nào|với điều kiện)(?!\w)")
_IS_GIVEN = re.compile(
    r"(?:^|(?<=, )|(?<=; ))(?P<unit>(?:Bộ|Cục|Tổng cục|Vụ)(?! trưởng)(?: "
    r"(?!được\s)[^\s,.;:]+){0,8}?)"
    r"\s+được (?P<verb>giao|phân công|yêu cầu)(?!\w)"
)
_NO_DEED = lazily(lambda: re.compile(rf"\s+{either('acts.no_deed')}(?!\w)"))
_WILL_BE = re.compile(
    r"(?<!\w)sẽ được (?:Bộ|Cục|Tổng cục|Vụ|Trung ương|Chính phủ|đoàn công tác)(?!\w)[^.;,]{6,}"
)
_BARE_UNIT = re.compile(
    r"(?:^|(?<=, )|(?<=; )|(?<=: )|(?<=“))(?:[Nn]ăm nay |[Tt]rước mắt |[Nn]gay [^\s,]+ [^\s,]+ )?"
    r"(?P<unit>(?:Bộ|Cục|Tổng cục|Vụ)(?! trưởng)"
    r"(?: (?!(?:đã|đang|sẽ|chưa|không|cũng|luôn|có|thì|được|cần|nên|vừa|vẫn|còn|"
    r"mới)\s)[^\s,.;:]+){0,7}?)\s+"
    r"(?:chủ trì,? |phối hợp (?:với|cùng) [^,.;]{3,60} |sớm |khẩn trương )*(?P<verb>nghiên "
    r"cứu|trình|rà soát|bố trí|hướng dẫn|ban hành|báo cáo|đưa|mở|tổ chức|gửi|cấp|lập|công bố|"
    r"tham mưu|cử|có văn bản|có báo cáo|trả lời|làm việc với|khởi công|bàn giao|đánh giá|"
    r"chủ trì|xây dựng|hoàn thiện|hoàn thành|thẩm định|cân đối|phối "
    r"hợp|đề xuất)(?!\w)"
)
_BY_A_DAY = re.compile(r"(?:trong|trước|đến|hết) (?:\d+ )?(?:ngày|tháng|quý|năm|tuần)")
_AMOUNT = re.compile(r"\d[\d.,]* (?:tỷ|tỉ|triệu|nghìn)(?!\w)")
_IS_GRANTED = re.compile(
    r"(?<!chưa )(?<!không )(?<!đã )được (?:chấp thuận|đồng ý|thống nhất)(?= [^\W\d])"
)
_PLANNED = lazily(
    lambda: re.compile(
        rf"(?<!\w)(?:dự kiến|phấn đấu|cố gắng)(?: sẽ)? {either('acts.promised')}(?!\w)"
    )
)
_AND_IT_WILL = re.compile(r",\s+(?:[^\W\d][^,;.]{2,60}\s)sẽ(?!\w)")
_NEVER_DEED = re.compile(
    r"\s+(?:là|bị|có thể|không thể|rất|phải|thấy|gặp|mất|khó|dễ|trở thành|chịu|thiếu)(?!\w)"
)


class Promising(SentenceBase):
    """Rules of verbs that promise, offer and agree."""

    def promises(self):
        for match in self.found(PROMISE):
            if self.is_free(match.start()) and self.is_a_verb(match):
                self.promise(match)

    def promise(self, match):
        text, verb = self.text, match["verb"].casefold()
        before, after = text[: match.start()], text[match.end() :]
        subject = self.subject_before(match.start(), reach=60)
        end = clause_end(text, match.end())
        semicolon = text.find(";", match.end())
        end = min(end, semicolon) if semicolon > 0 else end
        end = self.before_next_verb(match.end(), end)
        side = subject.side if subject else self.side
        start = (
            subject.start
            if subject and not subject.name and match.start() - subject.start < 60
            else match.start()
        )
        if subject and match.start() - subject.start < 60:
            start = subject.start
        if verb.startswith("có thể"):
            if side == Side.MINISTRY:
                self._promise(
                    match.start(), end, "commitment.offers", verb, Strength.OFFER, subject
                )
            return
        if verb == "sẵn sàng":
            if re.search(r"(?<!\w)nếu(?!\w)", before, re.IGNORECASE):
                return
            if (
                side == Side.MINISTRY
                and re.match(
                    r" (?:hỗ trợ|đồng hành|phối hợp|giúp|cùng|chia sẻ|tạo|góp|đóng góp|tài trợ|"
                    r"đầu tư|cử|bố trí|cấp|tiếp nhận|làm việc)",
                    after,
                )
                and not re.search(r"tinh thần $", before)
            ):
                self._promise(start, end, "commitment.offers", verb, Strength.OFFER, subject)
            return
        if verb in ("cam kết", "hứa"):
            if re.search(
                r"(?:bản|ký|các|những|thỏa thuận|thể|chưa|không|chưa thể) $", before
            ) or re.match(r" (?:của|này)", after):
                return
            if side in (Side.MINISTRY, BOTH):
                self._promise(start, end, "commitment.promises", verb, Strength.EXPLICIT, subject)
            return
        if verb == "sẽ":
            self.will(match, subject, end)
            return
        if another := _AND_IT_WILL.search(text, match.end(), end):
            end = another.start()
        if count_words(text[match.end() : end]) < 2:
            return  # agrees with what was named before
        if side in (Side.MINISTRY, BOTH) and not self._is_no_agreement(before, after):
            self._promise(
                start if verb != "nhận lời" else match.start(),
                end,
                "commitment.agrees",
                verb,
                Strength.EXPLICIT,
                subject,
                is_agreement=True,
            )

    def _is_no_agreement(self, before, after):
        return bool(
            re.search(
                r"(?:hệ thống|sự|được|tính|quản lý|để|cần|chưa|không|phải|tạo|sớm|nên|mong|"
                r"xin|đều) $",
                before,
            )
            or re.match(
                r" (?:đánh giá|quản lý|nhận thức|một hệ|cao|với nhau|của|về nhận thức|rằng, "
                r"buổi|trong)",
                after,
            )
        )

    def will(self, match, subject, end):
        """“sẽ” promises with the ministry or both as subject, or none after a verb of saying."""
        text = self.text
        before, after = text[: match.start()], text[match.end() :]
        clause = re.split(r"[.;“]", before)[-1]
        if (
            CONDITIONAL.search(clause)
            or THEN.search(before)
            or _IF.search(self.text, match.end(), end)
        ):
            return
        is_owed = subject is not None and subject.side in (Side.MINISTRY, BOTH)
        if not (_PROMISED.match(after) or (is_owed and not _NO_DEED.match(after))):
            self.will_by_a_day(match, subject, end)
            return
        side = subject.side if subject else None
        start = subject.start if subject else match.start()
        if subject is None or re.search(
            rf"(?<!\w){either('acts.speech')}(?:,| rằng| thêm)? $", before
        ):
            told = re.search(
                rf"(?<!\w){either('acts.speech')}(?:,| rằng| thêm)? (?:cũng |và |đồng thời "
                rf")?$|(?:,|và) (?:đồng thời )?$",
                before,
            )
            is_carried = subject is None and not self.is_told and self.side != Side.MINISTRY
            if not told or is_carried:
                self.will_by_a_day(match, subject, end)
                return
            side, start = self.side, match.start()
            if subject is not None and subject.side != side:
                side = subject.side
        if side not in (Side.MINISTRY, BOTH):
            return
        if subject is not None:
            time = re.search(
                r"(?:trong |trước |đến |từ )?(?:quý|tháng|năm)[^,.;]{1,14},?\s*[^,.;]{0,14}$",
                before[: subject.start],
                re.IGNORECASE,
            )
            start = time.start() if time and start == subject.start else start
        if any(start <= a < match.start() for a, _b in self.taken):
            start = match.start()  # what is promised stands behind something else said
        self._promise(start, end, "commitment.will", "sẽ", Strength.EXPLICIT, subject)

    def will_by_a_day(self, match, subject, end):
        """“Vắc xin sẽ về tới kho trước ngày 15/9”, said by the ministry: it answers for the day."""
        before, after = self.text[: match.start()], self.text[match.end() : end]
        is_its_own = self.side == Side.MINISTRY and (
            subject is None or subject.side != Side.PROVINCE
        )
        clause = re.search(r"[^,;:“]*$", before)
        if _WILL_BE.match(self.text, match.start()):
            return
        if not is_its_own or _NEVER_DEED.match(after) or not (dated(after) or dated(clause[0])):
            return
        start = clause.start()
        start += len(self.text[start:]) - len(self.text[start:].lstrip())
        self._promise(start, end, "commitment.will", "sẽ", Strength.EXPLICIT, None)

    def planned(self):
        """“Dự kiến ban hành trong tháng 10”, said by the ministry of itself."""
        if self.side != Side.MINISTRY:
            return
        for match in self.found(_PLANNED):
            end = self.before_next_verb(match.end(), clause_end(self.text, match.end()))
            subject = self.subject_before(match.start())
            is_its_own = subject is None or subject.side != Side.PROVINCE
            if self.is_free(match.start()) and is_its_own and dated(self.text[match.end() : end]):
                self._promise(
                    match.start(), end, "commitment.will", match[0], Strength.EXPLICIT, None
                )

    def passive_promises(self):
        """“… sẽ được Bộ ban hành trong tháng 11”, said by the ministry."""
        if self.side != Side.MINISTRY:
            return
        for match in chain(self.found(_WILL_BE), self.found(_IS_GRANTED)):
            clause = re.search(r"[^,;:“]*$", self.text[: match.start()])
            if (
                not self.is_free(match.start())
                or CONDITIONAL.search(clause[0])
                or THEN.search(self.text[: match.start()])
            ):
                continue
            start = clause.start() + len(clause[0]) - len(clause[0].lstrip())
            self._promise(start, match.end(), "commitment.will", "sẽ được", Strength.EXPLICIT, None)

    def given_units(self):
        """“Cục Viễn thông được giao theo dõi”, told after the ministry has spoken."""
        if self.side != Side.MINISTRY:
            return
        for match in self.found(_IS_GIVEN):
            if self.is_free(match.start()):
                end = clause_end(self.text, match.end())
                self._promise(
                    match.start(),
                    end,
                    "commitment.unit",
                    match["verb"],
                    Strength.EXPLICIT,
                    None,
                    is_assigned=True,
                    lead_text=unit_at(self.text, match.start()),
                )

    def bare_units(self):
        """“Cục trình lãnh đạo Bộ trong tháng 6”: what a unit does by a day, or is told to do."""
        if self.side != Side.MINISTRY:
            return
        for match in self.found(_BARE_UNIT):
            if not self.is_free(match.start()):
                continue
            end = self.before_next_verb(match.end(), clause_end(self.text, match.end()))
            clause = self.text[match.start() : end]
            is_told = self.acts.is_from_above(self.speaker) and match["unit"] != "Bộ"
            if is_told or dated(clause) or _BY_A_DAY.search(clause) or _AMOUNT.search(clause):
                self._promise(
                    match.start(),
                    end,
                    "commitment.unit",
                    match["verb"],
                    Strength.EXPLICIT,
                    None,
                    is_assigned=bool(is_told),
                    lead_text=unit_at(self.text, match.start()),
                )

    def _promise(self, start, end, rule, word, strength, subject, **payload):
        made_by = MadeBy.JOINTLY if subject and subject.side == BOTH else MadeBy.MINISTRY
        for a, b in parts_of_list(self.text, start, end, is_strict=True):
            self.put(
                ProposalKind.COMMITMENT,
                a,
                b,
                rule,
                word,
                subject if subject and subject.name else None,
                strength=strength,
                made_by=made_by,
                **payload,
            )
        self.take(start, end)
