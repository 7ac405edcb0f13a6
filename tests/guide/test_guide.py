"""Agreement of readers (Cohen's kappa) on the editors' guide, and the form of its sixty sentences.

docs/guide.md is plain enough when two readers who never saw the answers rule the sentences alike.
"""

import itertools
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
import yaml
from django.utils.translation import override

from engagements import words

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
GUIDE = ROOT / "docs" / "guide.md"
SENTENCES = HERE / "sentences.yaml"
RULED = (HERE / "ruled-1.yaml", HERE / "ruled-2.yaml")

QUESTIONS = ("kind", "strength", "general", "stated_or_inferred")
KINDS = (*words.FOLLOW_UPS, words.Kind.REMARK, words.Kind.FIGURE)
STRENGTHS = (words.Strength.EXPLICIT, words.Strength.OFFER, words.Strength.IMPLIED)
ENOUGH = 0.7
NOT_ASKED = "-"


def kappa(first, second):
    """Cohen's kappa of two rulings of the same items: agreement beyond that of chance.

    1 where both give one and the same answer throughout, which would be 0 / 0.
    """
    first, second = list(first), list(second)
    if not first or len(first) != len(second):
        raise ValueError("Two rulings of the same items are compared.")
    total = len(first)
    counts, other_counts = Counter(first), Counter(second)
    observed = sum(a == b for a, b in zip(first, second, strict=True)) / total
    expected = sum(counts[answer] * other_counts[answer] for answer in counts) / total**2
    return 1.0 if expected == 1 else (observed - expected) / (1 - expected)


def answer_of(line):
    """The four answers of one line, such as `request - no stated`, by question."""
    return dict(zip(QUESTIONS, line.split(), strict=True))


def form_problems(answer):
    """What in one answer is no choice of the register, or does not fit its kind."""
    followed_up = answer["kind"] in words.FOLLOW_UPS
    is_commitment = answer["kind"] == words.Kind.COMMITMENT
    allowed = {
        "kind": KINDS,
        "strength": STRENGTHS if is_commitment else (NOT_ASKED,),
        "general": ("yes", "no") if followed_up else (NOT_ASKED,),
        "stated_or_inferred": ("stated", "inferred"),
    }
    return [question for question in QUESTIONS if answer[question] not in allowed[question]]


@pytest.fixture(scope="module")
def sentences():
    return yaml.safe_load(SENTENCES.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def guide():
    return GUIDE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param("aabb", "aabb", 1, id="alike"),
        pytest.param("aabb", "bbaa", -1, id="opposite"),
        pytest.param("aabb", "abab", 0, id="as-chance-would"),
        pytest.param("aaaa", "aaaa", 1, id="one-answer-throughout"),
        pytest.param("aaaa", "aaab", 0, id="one-of-them-always-the-same"),
        # 20 of both yes, 5 and 10 apart, 15 of both no: observed 0.7, expected 0.5.
        pytest.param(
            "y" * 25 + "n" * 25, "y" * 20 + "n" * 5 + "y" * 10 + "n" * 15, 0.4, id="textbook"
        ),
    ],
)
def test_kappa(first, second, expected):
    assert kappa(first, second) == pytest.approx(expected)
    assert kappa(second, first) == pytest.approx(expected)


@pytest.mark.parametrize(("first", "second"), [("", ""), ("ab", "a")])
def test_kappa_of_different_items(first, second):
    with pytest.raises(ValueError, match="same items"):
        kappa(first, second)


def test_sixty_sentences(sentences):
    assert [sentence["number"] for sentence in sentences] == list(range(1, 61))
    assert len({sentence["text"] for sentence in sentences}) == 60
    for sentence in sentences:
        assert list(sentence) == ["number", "text", "context", "answer"]
        assert "\n" not in sentence["text"] + sentence["context"]
        assert sentence["context"].count("Điều xét: ") == 1
        assert unicodedata.is_normalized("NFC", sentence["text"] + sentence["context"])


def test_answers_are_choices_of_the_register(sentences):
    answers = {sentence["number"]: answer_of(sentence["answer"]) for sentence in sentences}
    assert {number: form_problems(answer) for number, answer in answers.items()} == {
        number: [] for number in answers
    }
    implied = [
        answer for answer in answers.values() if answer["strength"] == words.Strength.IMPLIED
    ]
    assert {answer["stated_or_inferred"] for answer in implied} == {"inferred"}


def test_each_kind_stands_often_enough(sentences):
    counts = Counter(answer_of(sentence["answer"])["kind"] for sentence in sentences)
    assert all(counts[kind] >= 6 for kind in KINDS)


def test_no_sentence_is_an_example_of_the_guide(sentences, guide):
    """Readers rule by the guide; a sentence that stands in it would measure copying."""
    assert [sentence["number"] for sentence in sentences if sentence["text"] in guide] == []


def test_no_living_or_former_province_is_named(sentences, guide):
    provinces = yaml.safe_load((ROOT / "fixtures" / "provinces.yaml").read_text(encoding="utf-8"))
    text = guide + "".join(sentence["text"] + sentence["context"] for sentence in sentences)
    assert [name for name in names_in(provinces) if name in text] == []


def names_in(value):
    """Every `name` of a nested list or mapping."""
    if isinstance(value, dict):
        if "name" in value:
            yield value["name"]
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from names_in(item)


@pytest.mark.parametrize(
    "choice", [*KINDS, *words.Strength, *words.RemarkKind], ids=lambda choice: choice.name
)
def test_guide_names_every_choice_as_screens_do(choice, guide):
    with override("vi"):
        assert str(choice.label).casefold() in guide.casefold()


def test_guide_has_twenty_examples(guide):
    rows = guide.split("## 10. Hai mươi ví dụ")[1].split("\n## ")[0].splitlines()
    numbers = [row.split("|")[1].strip() for row in rows if row.startswith("|")][2:]
    assert numbers == [str(number) for number in range(1, 21)]


def test_rulings_are_whole(sentences):
    for path in filter(Path.exists, RULED):
        lines = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert list(lines) == [sentence["number"] for sentence in sentences], path.name
        answers = {number: answer_of(line) for number, line in lines.items()}
        problems = {number: form_problems(answer) for number, answer in answers.items()}
        assert not any(problems.values()), (path.name, problems)


def test_readers_agree(sentences):
    """Two blind readers rule alike, and as the answers do: both may misread a guide in one way."""
    rulings = {"answers": [answer_of(sentence["answer"]) for sentence in sentences]}
    for path in filter(Path.exists, RULED):
        lines = yaml.safe_load(path.read_text(encoding="utf-8"))
        rulings[path.name] = [answer_of(line) for line in lines.values()]
    agreement = {
        (one, other, question): kappa(
            [answer[question] for answer in rulings[one]],
            [answer[question] for answer in rulings[other]],
        )
        for one, other in itertools.combinations(rulings, 2)
        for question in QUESTIONS
    }
    assert {compared: value for compared, value in agreement.items() if value < ENOUGH} == {}
