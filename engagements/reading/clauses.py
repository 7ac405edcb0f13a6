"""Clauses of a sentence: where one ends, where a list of things to do parts, what to quote."""

import re

from engagements.models.base import QUOTE_WORDS

from .wordlists import either, lazily

_END = re.compile(
    r"(?<![.\d])\.(?!\.)(?=\s|$|[”\"])|…\s*$|\.\.\.\s*$|[”\"]\s*,?\s*(?=(?:ông|bà|Ông|Bà|Bộ "
    r"trưởng|Thứ trưởng|đồng chí|"
    r"Chủ tịch|Bí thư|Phó|Cục trưởng|Vụ trưởng|Giám đốc|người)\b)|[”\"]\s*$|[!?]"
)
_NUMBERED = re.compile(r"\s*\(\d{1,2}\)\s*")
_DOING = lazily(lambda: either("acts.doing"))
_NUMBER = r"\(\d{1,2}\)\s*|\(?[a-h]\)\s+|\(?[ivx]{1,4}\)\s+"
_PARTS = lazily(
    lambda: re.compile(
        rf"[;,:]?\s+(?:{_NUMBER})|;\s+(?:và |đồng thời |cũng như )?"
        rf"|,\s+(?:(?:đồng thời|cũng như|và|cùng với đó|qua đó|ngoài ra|song song với "
        rf"đó),?\s+)?(?:sớm |tiếp tục |chủ động |khẩn trương )*(?={_DOING}(?!\w))"
        rf"|\s+(?:và|đồng thời|cũng như)\s+(?:sớm |tiếp tục )*(?={_DOING}(?!\w))"
        rf"|[.;]?\s+(?:{either('acts.ordinals')}),?\s+"
        rf"|,?\s+(?:đặc biệt|nhất) là\s+(?={_DOING}(?!\w))",
        re.IGNORECASE,
    )
)
_STRONG_PARTS = lazily(
    lambda: re.compile(
        rf",\s+(?=(?:cần|nên|phải|không được)\s)|,\s+đồng thời,?\s+(?={_DOING}(?!\w))|"
        rf"[;,:]?\s+(?:{_NUMBER})|;\s+(?:và |đồng thời |"
        rf"cũng như )?|"
        rf"[.;]?\s+(?:{either('acts.ordinals')}),?\s+",
        re.IGNORECASE,
    )
)
_PURPOSE = re.compile(
    r"(?:để|nhằm|qua đó|góp phần|giúp (?:thúc đẩy|nâng cao|phát triển|người|doanh nghiệp|bà "
    r"con|tăng|giảm|tiết kiệm|rút)|"
    r"tạo điều kiện để|từ đó|bảo đảm|đảm bảo|đáp ứng|tạo)(?!\w)",
    re.IGNORECASE,
)
# verbs that only open what is asked: “quan tâm, sớm cho …”
_SOFT = re.compile(
    r"(?<!\w)(?:quan tâm|chia sẻ|xem xét|ủng hộ|nghiên cứu|tạo điều kiện|hỗ trợ|giúp đỡ|chỉ đạo)$",
    re.IGNORECASE,
)
# what ends a task, rather than begins another
_SEQUEL = re.compile(
    r"(?:gửi|báo cáo|trình|bàn giao|tham mưu|hoàn thành|xong|hoàn tất|nêu)(?!\w)", re.IGNORECASE
)
_REPORT = re.compile(r"(?:gửi|báo cáo)(?!\w)", re.IGNORECASE)
_REASON = re.compile(
    r",?(?<!thay)(?<!Thay)\s+(?:vì|bởi|bởi vì|do đây|do đó|qua đó|nhờ đó|từ đó|trong "
    r"khi)(?!\w)(?! (?:sao|thế))",
    re.IGNORECASE,
)
_MARKED = re.compile(r";\s|\(\d\)\s")
_WORDS = re.compile(r"\S+")
LEAST = 3  # words of a part
AND_LEAST = 6  # words on both sides of an “và” that parts


def clause_end(text, start):
    """The index at which what is said from `start` on ends: a full stop, closing quotes."""
    end = _END.search(text, start)
    return end.start() if end else len(text)


def count_words(text):
    return len(_WORDS.findall(text))


def parts_of_list(text, start, end, is_strict=False, is_joined=False, most=10):
    """[(start, end)] of the things to do that `text[start:end]` lists.

    A new verb of doing after a comma begins one, and after “và” where `is_joined` says so;
    strictly, or where the list itself has numbers or semicolons, these alone do.
    """
    if number := _NUMBERED.match(text, start, end):
        start = number.end()
    found, at = [], start
    if reason := _REASON.search(text, start, end):
        end = reason.start()
    is_strict = is_strict or bool(_MARKED.search(text, start, end))
    pattern = _STRONG_PARTS if is_strict else _PARTS
    for mark in pattern.finditer(text, start, end):
        if mark.start() < at:
            continue
        before, after = text[at : mark.start()], text[mark.end() : end]
        if count_words(before) < LEAST and ";" not in mark[0] and "(" not in mark[0]:
            if not (found or before.strip()):
                at = mark.end()
            continue
        joined = mark[0].strip().casefold()
        if joined in ("và", "cũng như", "đồng thời") or joined.startswith("và "):
            rest = _PARTS.split(after, maxsplit=1)[0]
            if not is_joined or count_words(before) < AND_LEAST or count_words(rest) < AND_LEAST:
                continue
        elif joined.startswith(",") and (
            _PURPOSE.match(after)
            or _SOFT.search(before)
            or (_REPORT if is_joined else _SEQUEL).match(after)
            or _is_short(before, after)
        ):
            continue
        if count_words(before) >= LEAST:
            found.append((at, mark.start()))
            at = mark.end()
        elif not found and not before.strip():
            at = mark.end()
    if count_words(text[at:end]) >= LEAST:
        found.append((at, end))
    if is_joined and is_strict:
        found = [half for a, b in found for half in _halves(text, a, b)]
    return found[:most]


_AND = lazily(lambda: re.compile(rf"\s+và\s+(?:sớm |tiếp tục )*(?={_DOING}(?!\w))", re.IGNORECASE))


def _halves(text, start, end):
    """A part of a marked list, in two where “và” joins two things to do."""
    for mark in _AND.finditer(text, start, end):
        if (
            count_words(text[start : mark.start()]) >= AND_LEAST
            and count_words(text[mark.end() : end]) >= AND_LEAST
        ):
            return [(start, mark.start()), (mark.end(), end)]
    return [(start, end)]


def _is_short(before, after):
    """Verbs in a row that share one object: “quan tâm, xem xét, hỗ trợ …”."""
    first = re.split(r"[,;]", after, maxsplit=1)[0]
    return count_words(re.split(r"[,;]", before)[-1]) <= 2 or count_words(first) <= 2


_LEAD = re.compile(
    r"(?:(?:kiến nghị|đề nghị|đề xuất|mong muốn|mong|yêu cầu|xin)\s+)?"
    r"(?:với |tới )?(?:Bộ|Chính phủ|Thủ tướng|Trung ương|Quốc hội|UBND|tỉnh)[^,;:.]{0,90}?"
    r"\s(?:sớm |tiếp tục )*(?:quan tâm|xem xét|nghiên cứu|tạo điều kiện)(?:,? (?:quan tâm|"
    r"xem xét|nghiên cứu|tạo điều kiện))*,?\s+"
)


_TASK = lazily(
    lambda: re.compile(
        rf"chủ trì,? phối hợp (?:với|cùng) [^.;]{{3,120}}? (?P<verb>{_DOING}|lựa chọn|đề xuất|"
        rf"tham mưu)(?= )(?! (?:Nông|và))"
    )
)


def core(text, start, end, most=QUOTE_WORDS):
    """The start from which a clause of more than 20 words is quoted: past the greeting it has."""
    if count_words(text[start:end]) <= most:
        return start
    for task in _TASK.finditer(text, start, end):
        if count_words(text[start : task.start("verb")]) >= 16:
            return task.start("verb")
        return start
    lead = _LEAD.match(text, start, end)
    if lead and count_words(lead[0]) >= 5 and count_words(text[lead.end() : end]) >= 5:
        return lead.end()
    return start
