"""Recommendations: advice by a modal verb, the best way named, orders of a conclusion."""

import re

from engagements.words import Side, Strength

from .clauses import clause_end, parts_of_list
from .proposals import ProposalKind
from .sentences import CONCLUDES, ITEM, SentenceBase, dated, unit_at
from .speakers import Mention
from .text import UPPER
from .wordlists import either, lazily

_MODAL = re.compile(
    r"(?<!\w)(?P<verb>[Cc]ần|[Nn]ên|[Pp]hải|[Hh]ãy|[Đđ]ừng|[Kk]hông được|[Kk]hông nên|"
    r"[Tt]uyệt đối không|có thể)(?!\w)"
    r"(?! thiết| kể| chăng| là(?!m)| có mặt(?! bằng)| cù| thơ| nói| mẫn| biết| hiểu| ghi "
    r"nhận| thừa nhận| (?:có )?(?:Quốc hội|Chính phủ|Trung ương|Bộ|Thủ tướng|ý kiến|cấp có "
    r"thẩm quyền))"
)
_VERY = re.compile(r"(?<!\w)rất $")
_NO_MODAL = re.compile(
    r"(?:không|chẳng|nhu|điều|trở|cho|bởi|vậy|thế|rất|xây|nỗi|chưa|làm|lên|gây|mà|nhất|khi|"
    r"sao|vì|luôn|vẫn|do đó|việc|gì|những|đang|bị)\s*$|(?:được|ưu|tất|lẽ ra|thấy|đang) $",
    re.IGNORECASE,
)
_KEY = re.compile(
    r"(?:quan trọng nhất|(?:giải pháp|biện pháp|cách làm|con đường)[^,.;:]{0,30}|một trong "
    r"(?:những|các) (?:cách|giải pháp|việc|yếu tố)[^.;:]{0,90}?)"
    r"\s(?:vẫn |chính |đó )?là (?=\w)(?!một)",
    re.IGNORECASE,
)
_BARE = lazily(
    lambda: re.compile(
        rf"^(?:“)?(?:Để [^,]{{3,80}}, |Thời gian tới, |Trước mắt, |Theo đó,? |Đồng thời,? |Bên "
        rf"cạnh đó, |Cùng với đó, |Trong thời gian tới, |Riêng [^,]{{3,40}}, )?"
        rf"(?P<subject>(?:UBND )?(?:[Tt]ỉnh|[Đđ]ịa phương|[Tt]hành phố)) (?:tiếp tục |chủ động |"
        rf"sớm |khẩn trương |tập trung )*{either('acts.doing')}(?!\w)"
    )
)
_ORDER_OWN = lazily(
    lambda: re.compile(
        rf"(?i:(?:{ITEM.pattern})?)(?:Về [^:.,]{{3,90}}[:,]\s+|Riêng [^:.,]{{3,90}}[:,]\s+|"
        rf"[^:.]{{3,60}}:\s+)?"
        rf"(?P<unit>(?:Các )?(?i:{either('acts.own_unit')})|Bộ(?= [{UPPER}]))(?! "
        rf"trưởng)(?!\w)(?! thông báo)[^.:]{{12,}}"
    )
)
_ORDER_PROVINCE = lazily(
    lambda: re.compile(
        rf"(?:{ITEM.pattern})?(?:[^:.]{{3,60}}:\s+)?(?P<body>(?:UBND )?(?:[Tt]ỉnh|Thành phố)|"
        rf"UBND|Sở|Các sở|Địa phương|Các huyện|Tỉnh ủy)(?!\w)[^:]{{12,}}"
    )
)
_IMPERATIVE = lazily(
    lambda: re.compile(
        rf"(?:{ITEM.pattern})?(?:Về [^:.]{{3,50}}:\s+)?(?P<verb>{either('acts.doing')}|lấy|coi|"
        rf"xác định|nghiêm túc|tuyệt đối|kịp thời)(?!\w)",
        re.IGNORECASE,
    )
)
_PASSIVE_MODAL = re.compile(r"(?:cần|phải|nên) được (?!\w+ (?:coi|hiểu))", re.IGNORECASE)
_TELLS_WHAT_IS = re.compile(
    r"^[^,]{0,60}(?:đã|đang|chưa|không có|đánh giá cao|ghi nhận|biểu dương|hoan nghênh) "
)
# who a general truth is about, and no task of the province
_PEOPLE = re.compile(
    r"(?:mỗi |các |những |đội ngũ )?(?:bác sĩ|người|giáo viên|thầy|nông dân|doanh nghiệp|"
    r"bà con|cán bộ|học sinh|trẻ|cháu|dân|chúng ta|ai|mọi|nhà)(?! (?:ở|máy|vùng|văn))(?!\w)",
    re.IGNORECASE,
)


class Advising(SentenceBase):
    """Rules of modal verbs and of bare imperatives."""

    def conclusion(self):
        if not self.acts.is_concluding or CONCLUDES.search(self.text):
            return
        if self.taken:
            end = max(end for _start, end in self.taken)
            if self.text[end : end + 2] == ": " and (own := _ORDER_OWN.match(self.text, end + 2)):
                self._order_own(own)
            return
        imperative = _IMPERATIVE.match(self.text)
        if not imperative and _TELLS_WHAT_IS.search(self.text):
            return
        own, province = _ORDER_OWN.match(self.text), _ORDER_PROVINCE.match(self.text)
        if own:
            self._order_own(own)
        elif province and not re.match(r"(?:\d+\.\s+)?Bộ(?!\w)", self.text):
            self._advise_list(province.start("body"), "recommendation.order")
        elif imperative and not re.match(
            r"(?:\d+\.\s+)?(?:giao|thống nhất|đồng ý|nhất trí)(?!\w)", self.text, re.IGNORECASE
        ):
            self._advise_list(imperative.start("verb"), "recommendation.order", is_strict=True)

    def _order_own(self, own):
        start = own.start("unit")
        end = clause_end(self.text, start)
        self.put(
            ProposalKind.COMMITMENT,
            start,
            end,
            "commitment.order",
            "",
            Mention(0, 0, Side.MINISTRY),
            strength=Strength.EXPLICIT,
            is_assigned=True,
            lead_text=unit_at(self.text, start),
        )
        self.take(0, len(self.text))

    def _advise_list(self, start, rule, is_strict=False):
        end = clause_end(self.text, start)
        for a, b in parts_of_list(self.text, start, end, is_strict=is_strict):
            self.put(ProposalKind.RECOMMENDATION, a, b, rule, "", Mention(0, 0, Side.MINISTRY))
        self.take(0, len(self.text))

    def advice(self):
        for match in self.found(_MODAL):
            if (
                self.is_free(match.start())
                and self.is_a_verb(match)
                and not self._is_no_modal(match)
            ):
                self.advise(match)

    def _is_no_modal(self, match):
        before = self.text[: match.start()]
        if match["verb"].casefold() == "nên":
            before = _VERY.sub("", before)
        return bool(_NO_MODAL.search(before))

    def advise(self, match):
        text, verb = self.text, match["verb"].casefold()
        before = text[: match.start()]
        if self.side != Side.MINISTRY and not self.acts.is_concluding:
            return
        clause = re.search(r"[^,.;:“”]*$", before)[0].strip()
        subject = self._advised(clause, match.start(), verb)
        if subject is None:
            return
        if re.search(r"(?:khó khăn|vấn đề|những gì|câu hỏi|băn khoăn)[^.;:]*$", before):
            return
        end = self.before_next_verb(match.end(), clause_end(text, match.end()))
        start = match.start() - len(before) + len(before) if subject is True else subject
        for a, b in parts_of_list(text, start, end, is_strict=True):
            self.put(ProposalKind.RECOMMENDATION, a, b, "recommendation.modal", verb)
        self.take(start, end)

    def _advised(self, clause, place, verb):
        """The index from which advice is quoted; None for a general truth about somebody else."""
        subject = self.subject_before(place, reach=45)
        if subject is not None and subject.side == Side.PROVINCE and not subject.name:
            gap = self.text[subject.end : place]
            if not re.search(rf"(?<!\w){either('acts.speech')}(?!\w)", gap):
                return subject.start
        if subject is not None and subject.side == Side.MINISTRY and not subject.name:
            return None
        end = clause_end(self.text, place)
        if verb == "phải" and clause and self.side == Side.MINISTRY and dated(self.text[place:end]):
            return self.text[:place].rfind(clause)
        if verb in ("có thể",):
            return None
        if not clause or re.fullmatch(
            r"(?:và|cũng|thì|đồng thời|nhưng|song|trước hết|trước mắt|thời gian tới|theo đó|"
            r"do đó|vì vậy|mà|(?:các )?(?:đồng chí|anh|chị|anh em))(?: (?:cũng|thì))?",
            clause,
            re.IGNORECASE,
        ):
            return place
        if _PASSIVE_MODAL.match(self.text, place) and not _PEOPLE.match(clause):
            return self.text[:place].rfind(clause)
        if re.search(
            rf"(?<!\w){either('acts.speech')}(?: rằng| thêm)?(?:$| )", clause
        ) and clause.split()[-1] not in ("tế",):
            tail = re.split(rf"(?<!\w){either('acts.speech')}(?!\w)(?: rằng| thêm)?", clause)[
                -1
            ].strip()
            if not tail:
                return place
        return None

    def called_best(self):
        if self.side != Side.MINISTRY:
            return
        for match in self.found(_KEY):
            if self.is_free(match.end()):
                end = clause_end(self.text, match.end())
                self.put(ProposalKind.RECOMMENDATION, match.end(), end, "recommendation.best")
                self.take(match.start(), end)
        bare = _BARE.match(self.text)
        if bare and self.is_free(bare.start("subject")) and not self.taken:
            start, end = bare.start("subject"), clause_end(self.text, bare.end())
            self.put(ProposalKind.RECOMMENDATION, start, end, "recommendation.bare")
            self.take(start, end)
