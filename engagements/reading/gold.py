"""Gold of the reader: a YAML file that says what stands in the text beside it."""

import datetime
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from engagements.words import Side

from .proposals import ProposalKind
from .results.scoring import GoldUpdateError, gold_updates, register_beside
from .text import Document, paragraphs_of, parted_address

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


class GoldError(Exception):
    """A gold file that cannot be used, and why."""


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
    updates: list = field(default_factory=list)  # of a paper of results
    register: Path | None = None  # the items that those updates are about
    is_of_session: bool = True  # whether it says anything of a session


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
    document = Document(paragraphs_of(parted_address(text)[1]))
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
        **_updates(row, document, path),
    )


def _updates(row, document, path):
    """The updates of a paper of results, and the file of the items that they are about."""
    if "updates" not in row:
        return {}
    register = register_beside(path)
    if register is None:
        raise GoldError(f"{path.name}: no register.yaml beside it, of which its updates are.")
    try:
        gold_updates(row["updates"], document)
    except GoldUpdateError as error:
        raise GoldError(f"{path.name}: {error}") from error
    return {
        "updates": row["updates"],
        "register": register,
        "is_of_session": "provinces" in row,
    }


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
