"""Measuring of the reader: precision, recall and F1 of its proposals against gold YAML.

A text stands beside a YAML file that says what is in it (docs/reading.md has the format). A
proposal is right when its kind is and its quotation shares half or more of the shorter one with the
gold phrase, one to one; a second proposal of the same thing counts as false; what is optional in
the gold counts neither way.
"""

import datetime
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from engagements.words import Side
from provinces.vietnamese import fold

from .proposals import ProposalKind
from .reader import read_text
from .session import SESSION
from .text import Document, paragraphs_of, tone
from .verify import problem_of

KEYS = (
    "officials", "province", "ministry", "day", "request", "commitment", "recommendation", "items",
    "items_by_sentence", "figures", "difficulties", "sides", "deadlines", "updates",
)  # fmt: skip
SIDES = {
    "bo": Side.MINISTRY, "ministry": Side.MINISTRY, "tinh": Side.PROVINCE,
    "province": Side.PROVINCE, "khac": Side.OTHER, "other": Side.OTHER,
}  # fmt: skip
ITEMS = {
    "requests": ProposalKind.REQUEST,
    "commitments": ProposalKind.COMMITMENT,
    "recommendations": ProposalKind.RECOMMENDATION,
}
OTHERS = ("figures", "difficulties")
NOT_TOLD = object()


class GoldError(Exception):
    """A gold file that cannot be used, and why."""


# -- counting


@dataclass
class Tally:
    """What was found rightly, wrongly and not."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def add(self, other):
        self.tp, self.fp, self.fn = self.tp + other.tp, self.fp + other.fp, self.fn + other.fn

    @property
    def precision(self):
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else 0.0

    @property
    def recall(self):
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else 0.0

    @property
    def f1(self):
        total = 2 * self.tp + self.fp + self.fn
        return 2 * self.tp / total if total else 0.0

    def as_json(self):
        told = {"p": self.precision, "r": self.recall, "f1": self.f1}
        return {key: round(value, 4) for key, value in told.items()} | {
            "tp": self.tp, "fp": self.fp, "fn": self.fn,
        }  # fmt: skip


@dataclass
class Measure:
    """Tallies of one text or of many, with what went wrong in words."""

    tallies: dict = field(default_factory=lambda: {key: Tally() for key in KEYS})
    not_verbatim: int = 0
    drafted_near_misses: int = 0
    invented_years: int = 0
    texts: int = 0
    failed: list = field(default_factory=list)  # names of texts
    notes: list = field(default_factory=list)

    def add(self, other):
        for key in KEYS:
            self.tallies[key].add(other.tallies[key])
        for name in ("not_verbatim", "drafted_near_misses", "invented_years", "texts"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.failed += other.failed
        self.notes += other.notes

    def as_json(self):
        return {key: self.tallies[key].as_json() for key in KEYS} | {
            "not_verbatim": self.not_verbatim,
            "drafted_near_misses": self.drafted_near_misses,
            "invented_years": self.invented_years,
            "texts": self.texts,
            "failed_texts": len(self.failed),
        }


# -- gold


@dataclass
class GoldItem:
    """A thing that stands in a text: its phrase, where that is, and what is told of it."""

    evidence: str
    paragraph: int
    start: int
    end: int
    row: dict

    @property
    def is_optional(self):
        return bool(self.row.get("optional"))

    @property
    def id(self):
        return self.row.get("id")

    @property
    def merge(self):
        return self.row.get("merge") or ()


@dataclass
class Gold:
    """What a person says stands in a text."""

    name: str
    text: str
    is_negative: bool
    provinces: list
    ministry: str | None
    day: datetime.date | None
    officials: list
    items: dict  # name of a list → [GoldItem]


def load_gold(path):
    """The Gold of a YAML file with its text beside it. Raises GoldError."""
    try:
        row = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise GoldError(f"{path.name}: {error}") from error
    if not isinstance(row, dict):
        raise GoldError(f"{path.name}: a mapping is expected.")
    article = row.get("article") or f"{path.stem}.txt"
    if not isinstance(article, str) or "/" in article or not (path.parent / article).is_file():
        raise GoldError(f"{path.name}: its text {article!r} does not stand beside it.")
    try:
        text = (path.parent / article).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise GoldError(f"{article}: {error}") from error
    document = Document(paragraphs_of(re.sub(r"\A\s*URL:[^\n]*(\n|\Z)", "", text)))
    return Gold(
        name=path.stem,
        text=text,
        is_negative=bool(row.get("negative")),
        provinces=[str(name) for name in _list_of(row, "provinces", path)],
        ministry=row.get("ministry"),
        day=_day_of(row.get("date"), path),
        officials=[_official(official, path) for official in _list_of(row, "officials", path)],
        items={
            key: [_item(item, key, document, path) for item in _list_of(row, key, path)]
            for key in (*ITEMS, *OTHERS)
        },
    )


def _list_of(row, key, path):
    value = row.get(key) or []
    if not isinstance(value, list):
        raise GoldError(f"{path.name}: {key} is a list.")
    return value


def _day_of(value, path):
    if value is None or (
        isinstance(value, datetime.date) and not isinstance(value, datetime.datetime)
    ):
        return value
    if isinstance(value, str):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            pass
    raise GoldError(f"{path.name}: {value!r} is no day (2024-02-29, or null).")


def _official(row, path):
    if not isinstance(row, dict) or not row.get("name"):
        raise GoldError(f"{path.name}: an official has a name.")
    if row.get("side") not in SIDES:
        raise GoldError(f"{path.name}: side of {row['name']} is one of {', '.join(SIDES)}.")
    return row


def _item(row, key, document, path):
    if not isinstance(row, dict) or not isinstance(row.get("evidence"), str):
        raise GoldError(f"{path.name}: each of {key} has its evidence.")
    if "deadline" in row:
        _day_of(row["deadline"], path)
    place = _find(document, row["evidence"], row.get("para"))
    if place is None:
        raise GoldError(f"{path.name}: “{row['evidence']}” does not stand in the text.")
    return GoldItem(row["evidence"], *place, row)


def _find(document, phrase, paragraph):
    phrase = " ".join(paragraphs_of(phrase))
    numbers = list(range(1, len(document.paragraphs) + 1))
    if isinstance(paragraph, int) and paragraph in numbers:
        numbers.insert(0, paragraph)
    for number in numbers:
        start = document.paragraphs[number - 1].find(phrase) if phrase else -1
        if start >= 0:
            return number, start, start + len(phrase)
    return None


# -- scoring


def measure_folder(folder, names):
    """[(Gold, Measure)] of every YAML file of a folder. Raises GoldError."""
    paths = sorted(Path(folder).glob("*.yaml"))
    if not paths:
        raise GoldError(f"{folder}: no YAML file stands there.")
    return [(gold, measure(gold, names)) for gold in map(load_gold, paths)]


def measure(gold, names):
    """The Measure of the reader on one text."""
    reading = read_text(gold.text, names)
    result = Measure(texts=1)
    for proposal in (*reading.proposals, *(p for _problem, p in reading.refused)):
        if problem_of(proposal, reading.document.paragraphs) in (
            "not_verbatim",
            "too_long",
            "cut_word",
        ):
            result.not_verbatim += 1
            result.notes.append(f"not verbatim: {proposal.quote[:90]}")
    if result.not_verbatim:
        result.failed.append(gold.name)
    if gold.is_negative and reading.session.verdict == SESSION:
        result.drafted_near_misses += 1
        result.notes.append(f"drafted though no session: {reading.session.why}")
    if not gold.is_negative and reading.session.verdict != SESSION:
        result.notes.append(f"not taken for a session: {reading.session.why}")
    _measure_session(gold, reading, names, result)
    _measure_officials(gold, reading, result)
    _measure_items(gold, reading, result)
    _measure_figures(gold, reading, result)
    difficulties = [
        p for p in reading.of_kind(ProposalKind.REMARK) if p.payload["kind"] == "difficulty"
    ]
    pairs = _matched(gold.items["difficulties"], difficulties, result, "difficulties")
    result.tallies["difficulties"] = pairs.tally
    return result


def _measure_session(gold, reading, names, result):
    told = {fold(found.value) for found in reading.session.provinces}
    wanted = {fold(_province_name(name, names)) for name in gold.provinces}
    result.tallies["province"] = Tally(len(told & wanted), len(told - wanted), len(wanted - told))
    if told != wanted:
        result.notes.append(f"province: {sorted(told)}, gold {sorted(wanted)}")
    found = reading.session.ministry
    ministry = names.body(found.value).name if found else None
    wanted = _ministry_name(gold.ministry, names)
    right = ministry is not None and wanted is not None and fold(ministry) == fold(wanted)
    result.tallies["ministry"] = Tally(
        int(right), int(ministry is not None and not right), int(wanted is not None and not right)
    )
    if ministry != wanted and not right:
        result.notes.append(f"ministry: {ministry}, gold {wanted}")
    day = reading.session.day.held_on
    right = day is not None and day == gold.day
    result.tallies["day"] = Tally(
        int(right), int(day is not None and not right), int(gold.day is not None and not right)
    )
    if day and (gold.day is None or day.year != gold.day.year):
        result.invented_years += 1
    if not right and (day or gold.day):
        result.notes.append(f"day: {day} ({reading.session.day.basis}), gold {gold.day}")


def _province_name(name, names):
    mentions = names.provinces_in(tone(name))
    return mentions[0].key if mentions else name


def _ministry_name(name, names):
    if not name:
        return None
    mentions = names.ministries_in(tone(name))
    return names.body(mentions[0].key).name if mentions else name


def _measure_officials(gold, reading, result):
    wanted = {tone(row["name"]).casefold().replace("’", "'"): row for row in gold.officials}
    told = {
        tone(p.payload["name"]).casefold().replace("’", "'"): p.payload["side"]
        for p in reading.of_kind(ProposalKind.ATTENDANCE)
    }
    people, sides = result.tallies["officials"], result.tallies["sides"]
    for name, side in told.items():
        if name not in wanted:
            people.fp += 1
            result.notes.append(f"official, false: {name}")
            continue
        people.tp += 1
        if SIDES[wanted[name]["side"]] == side:
            sides.tp += 1
        else:
            sides.fp, sides.fn = sides.fp + 1, sides.fn + 1
            result.notes.append(f"side of {name}: {side}")
    missed = [name for name, row in wanted.items() if name not in told and not row.get("optional")]
    people.fn += len(missed)
    result.notes += [f"official, missed: {name}" for name in missed]


@dataclass
class Matched:
    """Pairs of gold and proposal, and the tally of a kind."""

    tally: Tally
    pairs: list


def overlap(proposal, item):
    """Share of the shorter of two phrases that both hold."""
    if proposal.paragraph != item.paragraph:
        return 0
    shared = min(proposal.end, item.end) - max(proposal.start, item.start)
    return max(0, shared) / max(1, min(proposal.end - proposal.start, item.end - item.start))


def _matched(golds, proposals, result, kind):
    candidates = sorted(
        (
            (overlap(proposal, item), not item.is_optional, j, i)
            for i, proposal in enumerate(proposals)
            for j, item in enumerate(golds)
            if overlap(proposal, item) >= 0.5
        ),
        reverse=True,
    )
    used, hit = {}, {}
    for _share, _is_wanted, j, i in candidates:
        if i not in used and j not in hit:
            used[i], hit[j] = j, i
    tally = Tally()
    ids = {golds[j].id for j in hit if golds[j].id is not None}
    ids |= {id for j in hit for id in golds[j].merge}  # one proposal for what may be one
    for j, item in enumerate(golds):
        if j in hit:
            tally.tp += not item.is_optional
        elif not item.is_optional and not ids & {item.id, *item.merge} - {None}:
            tally.fn += 1
            result.notes.append(f"{kind}, missed: {item.paragraph} {item.evidence}")
    for i, proposal in enumerate(proposals):
        if i not in used:
            tally.fp += 1
            double = any(overlap(proposal, item) >= 0.5 for item in golds)
            word = "twice" if double else "false"
            result.notes.append(
                f"{kind}, {word}: {proposal.paragraph} {proposal.quote} [{proposal.why.rule} "
                f"{proposal.why.words}; {proposal.payload.get('said_by', '')}]"
            )
    return Matched(tally, [(golds[j], proposals[i]) for j, i in hit.items()])


def _measure_items(gold, reading, result):
    by_sentence = defaultdict(lambda: [set(), set(), set()])
    for key, kind in ITEMS.items():
        proposals = reading.of_kind(kind)
        matched = _matched(gold.items[key], proposals, result, kind.value)
        result.tallies[kind.value] = matched.tally
        result.tallies["items"].add(matched.tally)
        _measure_deadlines(matched.pairs, kind, result)
        wanted, optional, told = by_sentence[kind]
        for item in gold.items[key]:
            place = _sentence_of(reading.document, item)
            (optional if item.is_optional else wanted).add(place)
        told |= {_sentence_of(reading.document, proposal) for proposal in proposals}
    for wanted, optional, told in by_sentence.values():
        result.tallies["items_by_sentence"].add(
            Tally(len(wanted & told), len(told - wanted - optional), len(wanted - told))
        )


def _sentence_of(document, place):
    for index, sentence in enumerate(document.sentences[place.paragraph]):
        if place.start < sentence.end:
            return place.paragraph, index
    return place.paragraph, -1


def _measure_deadlines(pairs, kind, result):
    """Days of items that were found; a gold item that says nothing of one has none.

    Of requests nothing is counted where the gold does not speak of a deadline.
    """
    tally = result.tallies["deadlines"]
    for item, proposal in pairs:
        wanted = item.row.get("deadline", NOT_TOLD)
        if wanted is NOT_TOLD and (kind == ProposalKind.REQUEST or item.is_optional):
            continue
        wanted = None if wanted is NOT_TOLD or wanted is None else str(wanted)
        told = proposal.payload.get("due_on")
        tally.tp += bool(wanted) and told == wanted
        tally.fp += bool(told) and told != wanted
        tally.fn += bool(wanted) and told != wanted
        if told != wanted:
            result.notes.append(f"deadline: {told}, gold {wanted}: {proposal.quote[:80]}")


def _measure_figures(gold, reading, result):
    tally = result.tallies["figures"]
    figures = reading.of_kind(ProposalKind.FIGURE)
    used = set()
    for item in gold.items["figures"]:
        best = None
        for i, proposal in enumerate(figures):
            if i in used or not _same_value(proposal.payload["value"], item.row.get("value")):
                continue
            share = overlap(proposal, item)
            if share <= 0.3:
                continue
            unit = fold(proposal.payload["unit"]) == fold(str(item.row.get("unit") or ""))
            if best is None or (unit, share) > best[:2]:
                best = unit, share, i
        if best:
            used.add(best[2])
            tally.tp += not item.is_optional
        elif not item.is_optional:
            tally.fn += 1
            result.notes.append(f"figure, missed: {item.row.get('value')} {item.evidence}")
    for i, proposal in enumerate(figures):
        if i not in used:
            tally.fp += 1
            result.notes.append(
                f"figure, false: {proposal.payload['value']} {proposal.payload['unit']} | "
                f"{proposal.quote}"
            )


def _same_value(told, wanted):
    text = str(wanted)
    if "/" in text:
        text = text.partition("/")[0]
    try:
        return float(told) == float(text)
    except ValueError:
        return str(told) == text
