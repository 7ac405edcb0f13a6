"""Scoring of papers of results against gold: right item, right kind, nothing silently wrong.

Gold is YAML beside the text (docs/reading.md): `updates`, each with its item (a code, `none`, or a
list of codes among which a person chooses), kind, paragraph and evidence. `register.yaml` in the
folder, or in the one above it, holds the items that it speaks of.
"""

from dataclasses import dataclass, field

import yaml

from engagements.reading.tally import Tally
from engagements.reading.text import Document, paragraphs_of
from engagements.words import Kind

from .items import OpenItem, plain_number
from .kinds import NewsKind
from .reader import read_results

KINDS = {"KN": Kind.REQUEST, "CK": Kind.COMMITMENT, "KH": Kind.RECOMMENDATION}
REGISTER = "register.yaml"
OVERLAP = 0.5  # of the shorter of two quotations


@dataclass
class UpdateScore:
    """Tallies of one paper, or of several. `updates`: item and kind right; `details` by name."""

    updates: Tally = field(default_factory=Tally)
    items: Tally = field(default_factory=Tally)
    kinds: Tally = field(default_factory=Tally)
    details: dict = field(default_factory=dict)  # {day, moved_to, until, reached, …: Tally}
    silently_wrong: int = 0
    asked: int = 0
    faults: list = field(default_factory=list)

    def add(self, other):
        for name in ("updates", "items", "kinds"):
            getattr(self, name).add(getattr(other, name))
        for name, count in other.details.items():
            self.details.setdefault(name, Tally()).add(count)
        self.silently_wrong += other.silently_wrong
        self.asked += other.asked
        self.faults += other.faults


# -- the register of the gold


def register_beside(path):
    """The register of a text's folder, or of the one above; None if neither has one."""
    for folder in (path.parent, path.parent.parent):
        if (folder / REGISTER).is_file():
            return folder / REGISTER
    return None


def items_of(path, names):
    """[OpenItem] of a register's file; ministries by the slugs that `names` knows."""
    held = yaml.safe_load(path.read_text(encoding="utf-8"))
    slugs = {body.name: body.slug for body in names.bodies}
    items = []
    for row in held["items"]:
        session = held["sessions"][row["session"]]
        papers = tuple((paper["number"], paper["issued_on"]) for paper in session["papers"])
        items.append(
            OpenItem(
                code=row["code"],
                kind=KINDS[row["code"][:2]],
                title=row["title"],
                detail=row.get("detail", ""),
                quote=row.get("quote", ""),
                units=_carried(session["province"], held["provinces"]),
                ministries=frozenset(
                    slugs[name] for name in _carried(session["ministry"], held["ministries"])
                ),
                lead=row.get("lead", ""),
                session=session["title"],
                held_on=session["held_on"],
                papers=papers,
                due_on=row.get("due_on"),
                own_papers=tuple(plain_number(number) for number, _day in papers),
                is_open=row.get("is_open", True),
            )
        )
    return items


def _carried(name, lineages):
    """A name, and those of today that carry it on."""
    return frozenset({name, *(heir for heir, names in lineages.items() if name in names)})


# -- gold


class GoldUpdateError(Exception):
    """An entry of `updates` that cannot be used, and why."""


def gold_updates(rows, document):
    """Entries of a YAML's `updates`, each with its paragraph and kinds. Raises GoldUpdateError.

    Kinds may be spelled with spaces; the paragraph may be left out where the evidence tells it.
    """
    if not isinstance(rows, list):
        raise GoldUpdateError("updates is a list.")
    return [_gold_update(row, document) for row in rows]


def _gold_update(row, document):
    if not isinstance(row, dict) or not isinstance(row.get("evidence"), str):
        raise GoldUpdateError("each of updates has its evidence.")
    evidence = " ".join(row["evidence"].split())
    bearing = [n for n, text in enumerate(document.paragraphs, start=1) if evidence in text]
    if not bearing:
        raise GoldUpdateError(f"“{evidence}” does not stand in the text.")
    kinds = [str(kind).replace(" ", "_") for kind in _listed(row.get("kind"))]
    if unknown := set(kinds) - set(NewsKind.values):
        raise GoldUpdateError(f"no kind of news: {', '.join(sorted(unknown))}.")
    para = row.get("para") if row.get("para") in bearing else bearing[0]
    return row | {"item": row.get("item") or "none", "kind": kinds, "para": para}


# -- the score


def measured_updates(rows, text, items, names):
    """The UpdateScore of a text against the `updates` of its gold. Raises GoldUpdateError."""
    document = Document(paragraphs_of(text))
    results = read_results(document, items, names, lines=text.splitlines())
    return score_updates(gold_updates(rows, document), results, document)


def score_updates(gold, results, document):
    """The UpdateScore of one paper: `gold` is what `gold_updates` gives."""
    score, used = UpdateScore(), set()
    for wanted in gold:
        row = _row_for(wanted, results, used)
        right_item = row is not None and _has_item(wanted, row)
        right_kind = row is not None and str(row.news.kind) in wanted["kind"]
        for count, is_right in (
            (score.items, right_item),
            (score.kinds, right_kind),
            (score.updates, right_item and right_kind),
        ):
            count.tp += is_right
            count.fn += not is_right
            count.fp += row is not None and not is_right
        if row is None:
            score.faults.append(f"missed: {wanted['item']} in {wanted['para']}")
            continue
        used.add(id(row))
        score.asked += row.is_asked
        if row.item is not None and not right_item:
            score.silently_wrong += 1
        if not (right_item and right_kind):
            score.faults.append(
                f"{wanted['item']} {'/'.join(wanted['kind'])} in {wanted['para']}: "
                f"{_told(row)} {row.news.kind}, {row.match.how}"
            )
        _details(score, wanted, row, document)
    for row in results.news:
        if id(row) not in used:
            score.updates.fp += 1
            score.items.fp += 1
            score.silently_wrong += row.item is not None
            score.faults.append(f"false: {_told(row)} in {row.passage.paragraph}: {row.quote}")
    return score


def _row_for(wanted, results, used):
    rows = [
        row
        for row in results.news
        if row.passage.paragraph == wanted["para"] and id(row) not in used
    ]
    return next((row for row in rows if _has_item(wanted, row)), rows[0] if rows else None)


def _has_item(wanted, row):
    """Whether the row names that item; where several fit, whether it asks, with one of them."""
    item = wanted["item"]
    if isinstance(item, list):
        choice = {one.code for one in row.match.items}
        is_asked = row.is_asked and bool(choice & set(item))
        return is_asked or (row.item is not None and row.item.code in wanted.get("accept", ()))
    if item == "none":
        return row.item is None and not (row.is_asked and row.match.how == "several")
    return row.item is not None and row.item.code == item


def _told(row):
    if row.item is not None:
        return row.item.code
    return "/".join(item.code for item in row.match.items) or "none"


def _listed(value):
    return value if isinstance(value, list) else [value]


def _details(score, wanted, row, document):
    news = row.news
    reached = news.reached
    got = {
        "day": news.happened_on,
        "moved_to": news.due_on,
        "until": news.until,
        "passed_to": news.passed_to,
        "reached": (float(reached.value), reached.unit) if reached else None,
        "evidence": _shares(wanted["evidence"], row, document),
    }
    hoped = wanted | {"evidence": True}
    if "reached" in wanted:
        hoped["reached"] = (float(wanted["reached"]), wanted["unit"])
    for name, value in got.items():
        if name in hoped:
            count = score.details.setdefault(name, Tally())
            count.tp += value == hoped[name]
            count.fn += value != hoped[name]
            count.fp += value != hoped[name] and bool(value)


def _shares(evidence, row, document):
    """Whether the quotation overlaps the gold phrase by half of the shorter one."""
    text = document.paragraphs[row.passage.paragraph - 1]
    start = text.find(" ".join(evidence.split()))
    end = start + len(evidence)
    shared = min(end, row.news.end) - max(start, row.news.start)
    return start >= 0 and shared >= OVERLAP * min(len(evidence), row.news.end - row.news.start)
