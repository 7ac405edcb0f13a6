"""Remarks of a session: difficulties and questions that are told, targets, own intentions."""

import re

from engagements.words import RemarkKind, Side

from .clauses import clause_end, count_words
from .proposals import Proposal, ProposalKind, Why
from .wordlists import either, lazily

_HEAD = lazily(
    lambda: re.compile(
        rf"(?<!\w)(?i:{either('difficulties.heads')})(?:, {either('difficulties.heads')})*"
        rf"(?:(?: {either('difficulties.most')}){{1,2}}(?= là ))?"
        r"(?= (?:như|mà|do|của tỉnh|cần|đang gặp|trong|của địa phương|là|của [^,;.]{2,40}? là)|:|"
        r", đặc biệt)"
        r"(?: (?:như|là|gồm)| của [^,;.]{2,40}? là(?= )| mà [^,;.]{0,40}| của [^,;.]{0,40}|"
        r" đang gặp[^,;.]{0,15}| do)?[:,]? "
        r"(?:việc )?"
    )
)
_SIGN = lazily(
    lambda: re.compile(
        rf"(?<!\w)(?:{either('difficulties.signs')}|chưa(?! (?:bao giờ|từng|kể|hề|biết|nói|đến|"
        rf"tới|đầy))(?= \w)|(?:đang |còn |vẫn )?thiếu(?= (?:\d|hơn|gần|"
        rf"khoảng|trên|[^\W\d]+))(?! niên| nhi)|chỉ (?:có|được|đạt|mới)|"
        rf"mất (?:hơn |gần |cả )?(?:\d+|"
        rf"một|hai|ba|nhiều)(?= (?:năm|tháng|ngày)))(?!\w)"
    )
)
_WEAK = re.compile(
    r"(?<!\w)(?:không (?:có|đủ|còn|được|thể|kịp)|khó|chậm|mất|bị|còn|ít|thấp|xa|cũ|"
    r"hẹp|yếu|mỏng|ngắn|thưa|lệch|tạm)(?!\w)"
)
_GOES_WELL = re.compile(
    r"(?<!\w)(?:đã (?:đạt|hoàn thành|có|được|xây|chi|khởi công)|tăng trưởng|đạt (?:trên|hơn|gần)?|"
    r"tăng \d|sẽ|nếu|không [^,.;]{2,20} nào|yêu cầu|đề nghị|kiến nghị|đề xuất|mong|"
    r"cảm ơn|phấn đấu|mục tiêu)(?!\w)",
    re.IGNORECASE,
)
_RESOLVED = re.compile(
    r"(?:vượt|tháo gỡ|giải quyết|chia sẻ|khắc phục|xử lý|gỡ|đối với|ưu tiên|hỗ trợ|giúp|"
    r"những|các|không còn|giảm|hạn chế|phòng|chống|phòng, chống|để|nhằm|tránh|không để)(?: "
    r"[^,.;]{0,25})?\s*$|không để xảy ra [^.;]{0,14}$"
)
_BORDERS = re.compile(
    r"[;:,“”]\s*(?:nhất là |đặc biệt là |trong khi |nhưng |song |tuy nhiên |trong đó |riêng |"
    r"và )?|^(?:Tuy nhiên|Song|Hiện nay|Bên cạnh đó|Nguyên nhân là|Theo đó|Ngoài ra)(?:,| )\s*|"
    r"\s+(?:nên|nhưng|song|do|vì|khiến|dẫn đến|trong khi|mà)\s+"
)
_OF_THE_MINISTRY = re.compile(r"\s*(?:nhưng |song )?(?:Bộ|Cục|Vụ|Tổng cục)(?!\w)")
_ADMITTED = re.compile(  # what goes less well, in a ministry's own account of a province
    r"(?:\d+\.\s+|[-–+•]\s+)?(?:Tuy nhiên|Tuy vậy|Song|Bên cạnh|Bên cạnh đó|Mặc dù|Dù vậy|"
    r"Thế nhưng|Tồn tại|Hạn chế|Khó khăn)(?!\w)"
)
_QUESTION = re.compile(r"[^.;:?“”]{12,260}\?")
_ASKS = re.compile(
    r"(?:câu hỏi|băn khoăn|đặt câu hỏi|thắc mắc|hỏi|trăn trở)(?: của [^:,.;]{2,60})?(?: như| "
    r"là| về(?: việc)?|:)\s*",
    re.IGNORECASE,
)
_TARGET = re.compile(
    r"(?<!\w)(?:(?:đặt )?mục tiêu|phấn đấu)(?= (?:đến|năm|đạt|có|hoàn|là|tăng|trở|GRDP|giữ|"
    r"đưa|[^\W\d]+))",
    re.IGNORECASE,
)
_INTENDS = re.compile(r"(?<!\w)(?:sẽ|cam kết|hứa|quyết tâm)(?!\w)(?= (?:[^\W\d]+))")


def remarks_of(document, acts, left_out=()):
    """[Proposal] of what is said and not followed up; `acts` is the ActReader that has read."""
    found = []
    for number, sentences in document.sentences.items():
        if number in left_out:
            continue
        told = 0  # difficulties of the paragraph so far
        for sentence in sentences:
            side = acts.sides.get((number, sentence.start))
            is_heading = len(sentence.text) < 90 and not sentence.text.endswith(
                (".", "…", "”", ";", "?", "!")
            )
            is_heading = is_heading or sentence.text.endswith("?")
            is_carried = side == Side.MINISTRY and number not in acts.told
            is_admitted = bool(_ADMITTED.match(sentence.text))
            if not is_heading and (side != Side.MINISTRY or is_carried or is_admitted):
                hard = _difficulties(sentence, document, acts)
                hard = hard or (_more_of_them(sentence, document, acts) if told else [])
                told += len(hard)
                found += hard
            if side != Side.MINISTRY and not is_heading:
                found += _targets(sentence, document, acts)
                if side == Side.PROVINCE:
                    found += _intentions(sentence, document, acts)
            found += _questions(sentence, document, acts)
    return found


def _proposal(sentence, document, start, end, kind, rule, word=""):
    bounds = document.quotation(sentence.paragraph, sentence.start + start, sentence.start + end)
    quote = document.quote(sentence.paragraph, *bounds)
    if count_words(quote) < 3:
        return None
    return Proposal(
        ProposalKind.REMARK, sentence.paragraph, *bounds, quote, Why(rule, word), {"kind": kind}
    )


def _is_taken(sentence, start, end, acts):
    """Whether an act has been read of these words."""
    a, b = sentence.start + start, sentence.start + end
    return any(
        min(act.end, b) - max(act.start, a) > 0.5 * min(act.end - act.start, b - a)
        for act in acts.of_sentence[sentence.paragraph, sentence.start]
    )


def _more_of_them(sentence, document, acts):
    """In a paragraph of difficulties, a sentence that weaker words make one more."""
    text = sentence.text
    if _GOES_WELL.search(text) or "“" in text:
        return []
    for start, end in _listed(text, 0, clause_end(text, 0)):
        sign = _WEAK.search(text, start, end)
        if sign and not _is_taken(sentence, start, end, acts):
            told = _proposal(
                sentence, document, start, end, RemarkKind.DIFFICULTY, "remark.difficulty", sign[0]
            )
            return [told] if told else []
    return []


def _difficulties(sentence, document, acts):
    text = sentence.text
    found = []
    head = _HEAD.search(text)
    if head and not _RESOLVED.search(text[max(0, head.start() - 30) : head.start()]):
        end = clause_end(text, head.end())
        for start, at in _listed(text, head.end(), end):
            piece = text[start:at]
            lead = re.match(r"(?:đặc biệt|nhất) là (?:vấn đề |vướng mắc về )?|và ", piece)
            first = start + (lead.end() if lead else 0)
            if count_words(piece) >= 3 and not _is_taken(sentence, first, at, acts):
                found.append(
                    _proposal(
                        sentence,
                        document,
                        first,
                        at,
                        RemarkKind.DIFFICULTY,
                        "remark.listed",
                        head[0].strip(),
                    )
                )
        return [proposal for proposal in found if proposal]
    cuts = [0, *(m.end() for m in _BORDERS.finditer(text)), len(text)]
    starts = [0, *(m.start() for m in _BORDERS.finditer(text)), len(text)]
    last = -1
    for sign in _SIGN.finditer(text):
        if sign.start() < last or _RESOLVED.search(text[max(0, sign.start() - 30) : sign.start()]):
            continue
        start = max(cut for cut in cuts if cut <= sign.start())
        if count_words(text[start : sign.end()]) < 3:
            wider = [cut for cut in cuts if cut < start]
            if count_words(text[start : sign.end() + 25]) < 4 and wider:
                start = max(wider)
        if re.search(
            r"(?<!\w)(?:sẽ|cam kết|đề nghị|kiến nghị|đề xuất|mong)(?!\w)",
            text[start : sign.start()],
        ) or _OF_THE_MINISTRY.match(text, start):
            continue
        end = min([cut for cut in starts if cut >= sign.end()] or [len(text)])
        end = min(end, clause_end(text, sign.end()))
        if any(
            p and p.start < sentence.start + end and sentence.start + start < p.end for p in found
        ):
            continue
        last = end
        if not _is_taken(sentence, start, end, acts):
            found.append(
                _proposal(
                    sentence,
                    document,
                    start,
                    end,
                    RemarkKind.DIFFICULTY,
                    "remark.difficulty",
                    sign[0],
                )
            )
    return [proposal for proposal in found if proposal]


_LIST_MARKS = re.compile(r";\s+|,\s+(?:và )?|\s+và\s+(?=[^\W\d_A-ZĐ])")


def _listed(text, start, end):
    """[(start, end)] of a list of what is hard; a part that tells no trouble goes with the next."""
    parts, at = [], start
    for mark in _LIST_MARKS.finditer(text, start, end):
        if ";" in mark[0] or (
            _SIGN.search(text, at, mark.start()) and _SIGN.search(text, mark.end(), end)
        ):
            parts.append((at, mark.start()))
            at = mark.end()
    parts.append((at, end))
    return parts


def _targets(sentence, document, acts):
    found = []
    for match in list(_TARGET.finditer(sentence.text))[:1]:
        end = clause_end(sentence.text, match.end())
        start = re.search(r"[^,;:.]*$", sentence.text[: match.start()]).start()
        if not _is_taken(sentence, start, end, acts):
            found.append(
                _proposal(
                    sentence, document, start, end, RemarkKind.TARGET, "remark.target", match[0]
                )
            )
    return [proposal for proposal in found if proposal]


def _intentions(sentence, document, acts):
    found = []
    for match in list(_INTENDS.finditer(sentence.text))[:1]:
        end = clause_end(sentence.text, match.end())
        start = re.search(r"[^,;:.“]*$", sentence.text[: match.start()]).start()
        if re.search(
            r"(?:nếu|tin|mục tiêu|để|hy vọng|khi)(?!\w)",
            sentence.text[start : match.start()],
            re.IGNORECASE,
        ):
            continue
        if re.search(
            r"(?<!\w)(?:Bộ|Chính phủ|doanh nghiệp|người dân)(?!\w)",
            sentence.text[start : match.start()],
        ):
            continue
        if not _is_taken(sentence, start, end, acts):
            found.append(
                _proposal(
                    sentence,
                    document,
                    start,
                    end,
                    RemarkKind.INTENTION,
                    "remark.intention",
                    match[0],
                )
            )
    return [proposal for proposal in found if proposal]


def _questions(sentence, document, acts):
    found = []
    asked = _QUESTION.finditer(sentence.text) if "?" in sentence.text else ()
    for match in asked:
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        found.append(
            _proposal(
                sentence, document, start, match.end(), RemarkKind.QUESTION, "remark.question"
            )
        )
    if not found and (match := _ASKS.search(sentence.text)):
        end = clause_end(sentence.text, match.end())
        for part in re.split(r"(?<=;) ", sentence.text[match.end() : end]):
            start = sentence.text.index(part, match.end())
            found.append(
                _proposal(
                    sentence,
                    document,
                    start,
                    start + len(part),
                    RemarkKind.QUESTION,
                    "remark.question",
                )
            )
    return [proposal for proposal in found if proposal]
