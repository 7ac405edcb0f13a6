"""Long and hostile texts: work that grows with the length, patterns that cannot run away."""

import pkgutil
import re
import sys
from importlib import import_module
from re import _constants as constants
from re import _parser as parser

import pytest

import engagements.reading
from engagements import deadline_words
from engagements.reading.reader import read_text
from engagements.reading.results.lists import LISTS, before, begun, said
from engagements.reading.results.numbers import _patterns

LEAD = (
    "Ngày 1/2/2024, Bộ trưởng Bộ Y tế Lê Văn Mẫu làm việc với UBND tỉnh Kon Tum. "
    "Cùng dự có ông Trần Văn Thử, Chủ tịch UBND tỉnh Kon Tum.\n"
)
PARAGRAPH = (
    "Ông Trần Văn Thử cho biết tỉnh còn 47 thôn chưa có sóng, 38 trạm xuống cấp. Tỉnh kiến nghị "
    "Bộ bố trí vốn xây 32 trạm; hướng dẫn cách tính giá thuê; cấp 500 máy cho hộ nghèo. Bộ trưởng "
    "cam kết Bộ sẽ bố trí vốn cho 20 trạm trong năm 2024, đề nghị tỉnh rà soát danh sách.\n"
)
HOSTILE = [
    "a" * 20_000,
    "1" * 20_000,
    "1.234,5 % " * 250,
    "Nguyễn Văn " * 250,
    "Bộ " * 750,
    "“a” " * 500,
    "; (1) " * 375,
    "đề nghị Bộ hỗ trợ, " * 150,
    "giai đoạn 2021 - 2025, " * 150,
    "Bộ sẽ hỗ trợ tỉnh.\n" * 150,
    "Chủ tịch UBND tỉnh, " * 150,
    "1/2, " * 500,
    ". " * 1_000,
    "Thừa Thiên - " * 187,
]


def calls_of_reading(text, names):
    """How many functions, ours and built in, a reading calls."""
    count = 0

    def counting(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counting)
    try:
        read_text(text, names)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("one_line", [False, True])
def test_work_grows_with_the_length(names, one_line):
    some_kilobytes = PARAGRAPH * 14
    if one_line:
        some_kilobytes = some_kilobytes.replace("\n", " ")
    read_text(LEAD, names)  # what is made once
    small, large = (calls_of_reading(LEAD + some_kilobytes * times, names) for times in (1, 3))
    assert large < 3.3 * small


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: text[:12])
def test_work_on_hostile_text_grows_with_the_length(names, hostile):
    read_text(LEAD, names)
    small, large = (calls_of_reading(LEAD + hostile * times, names) for times in (1, 3))
    assert large < 4 * small + 5_000


def test_a_reading_gives_no_more_than_a_session_can_hold(names):
    reading = read_text(LEAD + "Bộ sẽ hỗ trợ tỉnh.\n" * 1_000, names)
    assert sum(p.kind == "commitment" for p in reading.proposals) <= 400
    assert reading.refused == []


# -- patterns


def patterns():
    """(name, pattern) of every pattern that a module of the reader holds."""
    modules = [deadline_words] + [
        import_module(found.name)
        for found in pkgutil.walk_packages(engagements.reading.__path__, "engagements.reading.")
    ]
    for module in modules:
        for name, value in vars(module).items():
            for pattern in _every(value):
                if isinstance(pattern, re.Pattern):
                    yield f"{module.__name__}.{name}", pattern
    for name, made in (("begun", begun), ("before", before)):
        for phrases in PHRASES:
            yield f"results.lists.{name}({phrases!r})", made(phrases)
    for phrases in (*PHRASES, *(f"news.{kind}" for kind in LISTS.every["news"])):
        yield f"results.lists.said({phrases!r})", said(phrases)
    yield from (("results.numbers._patterns", pattern) for pattern in _patterns())


PHRASES = [name for name, words in LISTS.every.items() if isinstance(words, list)]


def _every(value):
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, (list, tuple)) else [value]


def nested_repeats(parsed, outer=1):
    """The largest number of ways in which repeats within repeats may take one text."""
    worst = outer
    for operation, argument in parsed:
        if operation in (constants.MAX_REPEAT, constants.MIN_REPEAT):
            _least, most, inner = argument
            times = 1_000_000 if most is constants.MAXREPEAT else most
            inside = nested_repeats(inner)
            worst = max(worst, times * inside if inside > 1 and not parts(inner) else times)
        elif operation is constants.SUBPATTERN:
            worst = max(worst, nested_repeats(argument[-1]))
        elif operation is constants.BRANCH:
            worst = max([worst, *(nested_repeats(branch) for branch in argument[1])])
        elif operation in (constants.ASSERT, constants.ASSERT_NOT):
            worst = max(worst, nested_repeats(argument[1]))
    return worst


def parts(inner):
    """Whether each turn of a repeat has a character of its own, so that turns cannot be shared."""
    return any(
        operation in (constants.LITERAL, constants.IN, constants.ANY) or fixed(operation, argument)
        for operation, argument in inner
    )


def fixed(operation, argument):
    """A group or a choice whose every way begins or ends with a plain character."""
    if operation is constants.SUBPATTERN:
        return parts(argument[-1])
    if operation is constants.BRANCH:
        return all(parts(branch) for branch in argument[1])
    return False


def test_no_repeat_within_a_repeat_can_share_its_text():
    offenders = [
        name
        for name, pattern in patterns()
        if nested_repeats(parser.parse(pattern.pattern, pattern.flags)) > 1_000_000
    ]
    assert offenders == []
    names = {name.rpartition(".")[0] for name, _pattern in patterns()}
    assert {"engagements.reading.formats.web", "engagements.reading.results.papers"} <= names
    assert len(list(patterns())) > 200


@pytest.mark.parametrize(("pattern", "is_bad"), [(r"(?:a*)*b", True), (r"(?:a+ )*b", False)])
def test_the_check_finds_what_runs_away(pattern, is_bad):
    assert (nested_repeats(parser.parse(pattern)) > 1_000_000) == is_bad
