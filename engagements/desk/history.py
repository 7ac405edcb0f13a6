"""History of a record in a person's words: each state it had, and the diff between two of them."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import SequenceMatcher

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format, localize
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from simple_history.utils import get_m2m_reverse_field_name

MOST_COMPARED = 400_000  # words of one text × words of the other: beyond it a text is shown as new
SHORT = 60  # characters
ONE_SAVE = timedelta(seconds=60)  # between two rows that one save of a long form left
CONTEXT_WORDS = 8  # words that stay before and after a change when a long text is cut


# -- states: what a row held, by field


def told_fields(model):
    """Fields that a person fills in, in the order of the model.

    A list that goes through a table of ours is told by the history of that table.
    """
    own = [field for field in model._meta.fields if field.editable and not field.primary_key]
    return [*own, *_plain_lists(model)]


def _plain_lists(model):
    lists = model._meta.many_to_many
    return [field for field in lists if field.remote_field.through._meta.auto_created]


def states(model, rows):
    """What rows of the history held, by field: keys for relations, sorted for lists of them.

    The history notes a row before its lists are saved, and once more for each of them. Nobody ever
    saved what stood there in between: every row of one save holds what the save ended with.
    """
    rows = list(rows)
    held = {row.pk: _values(row, _columns(model)) for row in rows}
    relations = model.history.model._history_m2m_fields
    ends = _ends_of_saves(model, rows) if relations else {}
    for relation in relations:
        through = getattr(model.history.model, relation.name).model
        chosen = get_m2m_reverse_field_name(relation)
        lists = {last: [] for last in ends.values()}
        links = through.objects.filter(history__in=lists).order_by(f"{chosen}_id")
        for row, key in links.values_list("history", f"{chosen}_id"):
            lists[row].append(key)
        for key, state in held.items():
            state[relation.name] = list(lists[ends[key]])
    return [held[row.pk] for row in rows]


def _ends_of_saves(model, rows):
    """For each row of the history the last one that the same save left.

    The lists of a save are noted with every column as it was, by the same person, at once.
    """
    ends = {row.pk: row.pk for row in rows}
    if not rows:
        return ends
    columns = [
        column.attname
        for column in model.history.model._meta.fields
        if column.name not in ("history_id", "history_date", "history_type")
    ]
    near = model.history.filter(
        id__in={row.id for row in rows},
        pk__gte=min(ends),
        history_date__lte=max(row.history_date for row in rows) + ONE_SAVE,
    )
    names = ("history_id", "history_type", "history_date", *columns)
    after = {}  # of each record the row that follows
    for key, kind, at, *held in near.order_by("-history_id").values_list(*names):
        record = held[columns.index("id")]
        end, is_edit, later, same = after.get(record, (key, False, at, None))
        if not (is_edit and held == same and later - at <= ONE_SAVE):
            end = key
        after[record] = end, kind == "~", at, held
        if key in ends:
            ends[key] = end
    return ends


def states_now(model, records):
    """The same of rows of the register."""
    held = {record.pk: _values(record, _columns(model)) for record in records}
    for relation in _plain_lists(model):
        own, other = f"{relation.m2m_field_name()}_id", f"{relation.m2m_reverse_field_name()}_id"
        for state in held.values():
            state[relation.name] = []
        links = relation.remote_field.through.objects.filter(**{f"{own}__in": list(held)})
        for row, key in links.order_by(other).values_list(own, other):
            held[row][relation.name].append(key)
    return [held[record.pk] for record in records]


def state_now(record):
    return states_now(type(record), [record])[0]


def _columns(model):
    return [field for field in told_fields(model) if not field.many_to_many]


def _values(row, columns):
    return {column.name: getattr(row, column.attname) for column in columns}


def differing(before, after):
    """Names of the fields in which two states differ."""
    return [name for name in after if _plain(before.get(name)) != _plain(after[name])]


def _plain(value):
    """A text that was never given is an empty one; a file is its name."""
    if isinstance(value, models.fields.files.FieldFile):
        return value.name or ""
    return "" if value is None else value


# -- words


class StateWords:
    """Puts states of one model into words; names of rows are read together, one query a table."""

    def __init__(self, model, held):
        self.model = model
        self.fields = {field.name: field for field in told_fields(model)}
        keys = {}
        for state in held:
            for name, value in state.items():
                related = self.fields[name].related_model if name in self.fields else None
                if related and value is not None:
                    keys.setdefault(related, set()).update(
                        value if isinstance(value, list) else [value]
                    )
        self.names = {
            related: {key: str(row) for key, row in related._base_manager.in_bulk(wanted).items()}
            for related, wanted in keys.items()
        }

    def label(self, name):
        return capfirst(self.fields[name].verbose_name)

    def say(self, name, value):
        """One value of a state as a person reads it; empty when there is none."""
        field = self.fields[name]
        if field.related_model:
            chosen = value if isinstance(value, list) else [value] if value is not None else []
            names = self.names.get(field.related_model, {})
            gone = _("a row that is gone")
            return "; ".join(names.get(key, gone) for key in chosen)
        if field.choices and value not in (None, ""):
            return str(dict(field.flatchoices).get(value, value))
        return say(value)


def say(value):
    """A value without a field: days as they are written, numbers without idle zeros."""
    value = _plain(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, int):
        return str(value)
    if hasattr(value, "normalize") and not isinstance(value, str):
        return localize(value.normalize() + 0)
    return str(value)


# -- two texts


@dataclass(frozen=True)
class Piece:
    """Some words of a text: in both, in the old one alone, or in the new one alone."""

    tag: str  # "same", "del", "ins", "cut"
    text: str


def pieces(before, after, cut=False):
    """The words of both texts in order; `cut` leaves out what is far from every change."""
    old, new = _words(before), _words(after)
    if len(old) * len(new) > MOST_COMPARED:
        steps = [("replace", 0, len(old), 0, len(new))]
    else:
        bare = [[word.strip() for word in words] for words in (old, new)]
        steps = SequenceMatcher(None, *bare, autojunk=False).get_opcodes()
    parts = []
    for step, i, j, k, m in steps:
        if step == "equal":
            parts += _kept(new[k:m], first=not k, last=m == len(new), cut=cut)
            continue
        parts += [Piece("del", "".join(old[i:j]))] if i < j else []
        parts += [Piece("ins", "".join(new[k:m]))] if k < m else []
    return parts


def _words(text):
    """The words of a text, each with the space after it."""
    return re.findall(r"\S+\s*|^\s+", text)


def _kept(words, *, first, last, cut):
    if not cut or len(words) <= 3 * CONTEXT_WORDS:
        return [Piece("same", "".join(words))]
    head = [] if first else [Piece("same", "".join(words[:CONTEXT_WORDS]))]
    tail = [] if last else [Piece("same", "".join(words[-CONTEXT_WORDS:]))]
    return [*head, Piece("cut", "… "), *tail]


@dataclass(frozen=True)
class Change:
    """One field of two states, in words."""

    name: str
    label: str
    was: str
    now: str
    is_changed: bool = True
    cut: bool = False

    @property
    def is_short(self):
        """Told as “old → new”; in longer texts the words that changed are marked."""
        return max(len(self.was), len(self.now)) <= SHORT

    @property
    def pieces(self):
        return pieces(self.was, self.now, self.cut)


def changes(model, before, after, words=None, cut=False):
    """Fields that differ between two states, in words."""
    words = words or StateWords(model, [before, after])
    return [
        Change(
            name,
            words.label(name),
            words.say(name, before.get(name)),
            words.say(name, after[name]),
            cut=cut,
        )
        for name in differing(before, after)
        if name in words.fields
    ]


class Restored:
    """A row of the history whose state a form is filled with: fields of the form, no files."""

    def __init__(self, record, row, shown):
        self.row = row
        model = type(record)
        now, (then,) = state_now(record), states(model, [row])
        fields = {field.name: field for field in told_fields(model)}
        self.then = {
            name: value
            for name, value in then.items()
            if name in shown
            and not isinstance(fields[name], models.FileField)
            and _still_there(fields[name], value)
        }
        self.changes = changes(model, {name: now[name] for name in self.then}, self.then)

    def fill(self, record):
        """Puts the state into the row that is in memory; nothing is saved."""
        lists = {}
        for name, value in self.then.items():
            field = record._meta.get_field(name)
            if field.many_to_many:
                lists[name] = field.related_model._base_manager.filter(pk__in=value)
            else:
                setattr(record, field.attname, value)
        cache = getattr(record, "_prefetched_objects_cache", {})
        record._prefetched_objects_cache = cache | lists


def _still_there(field, value):
    """Whether what a relation led to then is there to lead to now."""
    if not field.related_model or field.many_to_many or value is None:
        return True
    return field.related_model._base_manager.filter(pk=value).exists()
