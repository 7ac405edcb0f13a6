"""Numbers reached: what of an item is there by now, with its unit, and out of how many."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from engagements.reading.text import decimal_of
from engagements.reading.wordlists import any_of
from provinces.vietnamese import fold

from .lists import before, listed

DIGITS = r"(?:\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?)"
VALUE = rf"(?<![\w/.,-])(?P<value>{DIGITS})"
LEFT = re.compile(r"(?<!\w)(?<!xuống )(?:còn|thiếu|chỉ còn)$")
OF_THE_REST = re.compile(r"[^,;.]{0,8}\s?(?:còn lại|khác)")
OF_THESE = re.compile(r"(?:trong đó|trong số đó)[\s:,]*(?:đã |có )?$")


@dataclass(frozen=True)
class Reached:
    """A number as it was read: its value, unit, total where one is given, and its words."""

    value: Decimal
    unit: str
    total: Decimal | None
    words: str
    start: int
    is_of_these: bool = False  # “trong đó 5 khu đã mở”: the part, after the whole

    @property
    def is_whole(self):
        if self.total is not None:
            return self.value >= self.total
        return self.unit == "%" and self.value >= 100

    @property
    def is_part(self):
        return (self.total is not None or self.unit == "%") and not self.is_whole

    def __str__(self):
        return self.words


@cache
def _patterns():
    """4/6 điểm; 312 hộ trên tổng số 318 hộ; 81,4% or 12 km."""
    unit = rf"(?P<unit>{any_of(*(name for name in listed('units') if name != '%'))})(?!\w)"
    total = rf"(?P<total>{DIGITS})"
    return (
        re.compile(rf"{VALUE}\s?/\s?{total}(?![\d/]|\.\d)\s+{unit}"),
        re.compile(
            rf"{VALUE}\s+{unit}[^.;:]{{0,30}}?\s(?:trên|trong)\s(?:tổng(?: số)?|số)\s{total}"
        ),
        re.compile(rf"{VALUE}(?:\s?(?P<percent>%)|\s+{unit})"),
    )


def reached_in(text, wanted=""):
    """The number that a text (lower case) says is reached; None if it tells none.

    A number of what is left is none. `wanted` is the item's title: its unit goes before others.
    """
    numbers, taken = [], []
    for pattern in _patterns():
        for found in pattern.finditer(text):
            if any(start < found.end() and found.start() < end for start, end in taken):
                continue
            taken.append(found.span())
            if _is_left(text, found) or _is_reference(text, found) or _is_of_a_range(text, found):
                continue
            numbers.append(_number(text, found))
    return min(numbers, key=lambda n: (-_fitness(n, wanted), n.start), default=None)


def _number(text, found):
    groups = found.groupdict()
    value, unit = decimal_of(groups["value"]), groups.get("percent") or groups.get("unit")
    is_of_these = bool(OF_THESE.search(text[: found.start()]))
    total = decimal_of(groups["total"]) if "total" in groups else None
    return Reached(value, unit, total, found[0], found.start(), is_of_these)


def _fitness(number, wanted):
    """How well a number answers: out of a total, in the item's unit, of those just named."""
    if number.unit == "%":
        has_unit = "%" in wanted
    else:
        has_unit = f" {fold(number.unit)} " in f" {fold(wanted)} "
    return 2 * (number.total is not None) + 1.5 * has_unit + number.is_of_these


def goal_in(title, unit):
    """The number that an item's title sets in that unit: 4.200 căn; None if none."""
    for found in _patterns()[2].finditer(title.lower()):
        if (found["percent"] or found["unit"]) == unit:
            return decimal_of(found["value"])
    return None


def _is_left(text, found):
    earlier, later = text[: found.start()].rstrip()[-12:], text[found.end() :][:20]
    return bool(LEFT.search(earlier) or OF_THE_REST.match(later))


def _is_of_a_range(text, found):
    """Whether it is the first of two numbers, or one of a range: “từ 3 đến 5 xã” says of neither
    that it is reached; “tăng từ 3 đến 5 xã” and “từ 3 lên 5 xã” say it of the second.
    """
    groups = found.groupdict()
    unit = re.escape(groups.get("percent") or groups["unit"])
    if re.match(rf"\s{_between()}\s(?:còn\s)?{DIGITS}\s?{unit}(?!\w)", text[found.end() :]):
        return True
    first = re.search(
        rf"(?P<led>[^.;,]{{0,40}})(?<![\w/.,-])(?P<low>{DIGITS})(?:\s?{unit})?"
        rf"\s?(?P<between>{_between()})\s$",
        text[: found.start()],
    )
    if first is None or first["between"] in listed("reaching"):
        return False
    is_change = any(re.search(rf"(?<!\w){word}(?!\w)", first["led"]) for word in listed("changing"))
    return not is_change and decimal_of(first["low"]) <= decimal_of(groups["value"])


@cache
def _between():
    return any_of(*listed("reaching"), *listed("ranging"))


def _is_reference(text, found):
    """Numbers of roads, years, papers, classes; not “tổng số 12 xã”."""
    earlier = text[: found.start()][-20:]
    return bool(before("references").search(earlier)) and not re.search(
        r"(?:tổng|con|hết) số $", earlier
    )
