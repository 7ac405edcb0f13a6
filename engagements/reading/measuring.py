"""Measuring of the reader: precision, recall and F1 of its proposals against gold YAML.

A text stands beside a YAML file that says what is in it (docs/reading.md has the format). A
proposal is right when its kind is and its quotation shares half or more of the shorter one with the
gold phrase, one to one; a second proposal of the same thing counts as false; what is optional in
the gold counts neither way.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from provinces.vietnamese import fold

from .gold import ITEMS, SIDES, GoldError, load_gold
from .proposals import ProposalKind
from .reader import read_text
from .results.scoring import REGISTER, items_of, measured_updates
from .session import SESSION
from .tally import Tally
from .text import parted_address, tone
from .verify import problem_of

KEYS = (
    "officials", "province", "ministry", "day", "request", "commitment", "recommendation", "items",
    "items_by_sentence", "figures", "difficulties", "sides", "deadlines", "updates",
)  # fmt: skip


NOT_TOLD = object()


# -- counting


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


# -- scoring


def measure_folder(folder, names):
    """[(Gold, Measure)] of every YAML file of a folder. Raises GoldError."""
    paths = sorted(path for path in Path(folder).glob("*.yaml") if path.name != REGISTER)
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
    if gold.is_of_session and not gold.is_negative and reading.session.verdict != SESSION:
        result.notes.append(f"not taken for a session: {reading.session.why}")
    if gold.register:
        _measure_updates(gold, names, result)
    if not gold.is_of_session:
        return result
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


def _measure_updates(gold, names, result):
    """Item and kind of each update that a paper of results tells."""
    _address, text = parted_address(gold.text)
    score = measured_updates(gold.updates, text, items_of(gold.register, names), names)
    result.tallies["updates"] = score.updates
    result.notes += [f"update, {fault}" for fault in score.faults]


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
