"""Head of an official document: its number, its day, who issued it, what it is about.

Only what stands at its usual place in its usual form is taken; nothing is guessed.
"""

import re
from datetime import date

from .paper import Says

HEAD = 25  # paragraphs in which the head of a document stands
NUMBER = re.compile(r"(?:^|\s)Số\s*:\s*(\d{1,5}\s?/\s?[0-9A-ZĐÀ-Ỹa-zđà-ỹ.&/-]{2,60})")
NUMBERED = re.compile(r"số\s*[:.]?\s*\d", re.IGNORECASE)
DAY = re.compile(
    r",?\s*ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})\s*(?:\||$)", re.IGNORECASE
)
ISSUER = re.compile(
    r"(?:BỘ|ỦY BAN|UỶ BAN|UBND|SỞ|VĂN PHÒNG|TỔNG CỤC|CỤC|HỘI ĐỒNG|CHÍNH PHỦ|THỦ TƯỚNG|BAN|VIỆN"
    r"|HỌC VIỆN|THANH TRA|VỤ|TRUNG TÂM|TRƯỜNG|QUỐC HỘI|ĐOÀN"
    r"|TẬP ĐOÀN|TỔNG CÔNG TY|ĐẢNG ỦY|ĐẢNG UỶ|TỈNH ỦY|TỈNH UỶ|THÀNH ỦY|THÀNH UỶ)\b"
)
COMMITTEE = re.compile(r"(?:ỦY BAN NHÂN DÂN|UỶ BAN NHÂN DÂN|UBND)\b", re.IGNORECASE)
OF_A_UNIT = re.compile(r"\b(?:TỈNH|THÀNH PHỐ)\s+.+$")
UNFINISHED = re.compile(r"(?:\bVÀ|\bBỘ|\bVĂN PHÒNG|[,–-])$")  # the name goes on in the next line
LETTERHEAD = 6  # paragraphs in which the names stand above number and motto
MOTTO = re.compile(r"CỘNG H(?:ÒA|OÀ) XÃ HỘI|ĐỘC LẬP\s*[-–]", re.IGNORECASE)
TYPE = re.compile(
    r"(?:THÔNG BÁO|BÁO CÁO|BIÊN BẢN|NGHỊ QUYẾT|QUYẾT ĐỊNH|KẾ HOẠCH|CHỈ THỊ|KẾT LUẬN|CÔNG ĐIỆN"
    r"|TỜ TRÌNH|PHỤ LỤC)\b"
)
# What may stand in capitals above the number and is no organization's name.
NO_NAME = re.compile(rf"(?:{TYPE.pattern}|CÔNG VĂN\b|BIỂU\b|KÍNH GỬI)", re.IGNORECASE)
ABOUT = re.compile(r"(?:^|\s|\|)\s*V/v:?\s+(.{8,240})")
LONGEST_TITLE = 300


def said_in_head(paragraphs):
    """What the head of these paragraphs says of the document: a Says."""
    head = list(paragraphs[:HEAD])
    number = next((found[1] for line in head if (found := NUMBER.search(line))), "")
    issued_on = next((day for line in head if (day := _day(line))), None)
    is_official = bool(number) or any(MOTTO.search(line) for line in head)
    return Says(
        title=_title(head),
        publisher=_publisher(head) if is_official else "",
        number="".join(number.split()).rstrip(".-/&"),
        issued_on=issued_on,
    )


def _day(line):
    found = DAY.search(line)
    if found is None or len(line) > 200:
        return None
    try:
        return date(*(int(part) for part in reversed(found.groups())))
    except ValueError:
        return None


def letterhead_of(paragraphs):
    """Names of the organizations above number and motto, the one that issues it last.

    “BỘ KHOA HỌC / VÀ CÔNG NGHỆ” is one name in two lines, “UBND TỈNH A / SỞ B” are two names: a
    line goes on with the name before it unless it begins like an organization's.
    """
    names = []
    for line in paragraphs[:LETTERHEAD]:
        parts = [part for text in line.split("|") if (part := text.strip())]
        for part in parts:
            if MOTTO.match(part) or NUMBERED.match(part) or DAY.search(part):
                if names:
                    return names
                continue
            is_name = part.isupper() or COMMITTEE.match(part)
            if not is_name or NO_NAME.match(part) or len(part) > 200:
                return names
            if names and (UNFINISHED.search(names[-1]) or not ISSUER.match(part)):
                names[-1] = f"{names[-1]} {part}"
            else:
                names.append(part)
    return names


def _publisher(head):
    """The organization that issues the paper; a department with the unit that stands above it."""
    names = letterhead_of(head)
    if not names or not ISSUER.match(names[0]):
        return ""
    name = names[-1]
    unit = OF_A_UNIT.search(names[-2]) if len(names) > 1 else None
    return f"{name} {unit[0]}" if unit and unit[0] not in name else name


def _title(head):
    """The type in capitals with the line under it, or what a letter says that it is about."""
    for place, line in enumerate(head):
        if found := ABOUT.search(line):
            return f"V/v {found[1].partition('|')[0].strip()}"[:LONGEST_TITLE]
        if TYPE.match(line) and line.isupper() and len(line) < 150:
            under = head[place + 1] if place + 1 < len(head) else ""
            kind = line.capitalize()
            is_about = under and len(under) < 250 and not under.endswith((".", ":", ";"))
            return f"{kind} {under[0].lower()}{under[1:]}"[:LONGEST_TITLE] if is_about else kind
    return ""
