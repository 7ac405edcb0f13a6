"""Names in the cells of a file: what a cell calls a record by becomes the record's key.

Keys stay as they are. A name, old name or abbreviation that means one record is its key from here
on; one that means several is asked about, unless the session of its row leaves one, which is told.
"""

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from engagements.lookups import Beside, lookup_of
from engagements.models import Meeting
from provinces.models import Organization, Province

from . import cells
from .columns import RecordColumn
from .keys import LIST_SEPARATOR, SEPARATOR, key_in, key_of, keys_of_list

PART_CHARACTERS = 300
MOST_PIECES = 6  # between commas, of one name


class Naming:
    """Gives the rows of a file the keys of what they name, and `known` the records of these."""

    def __init__(self, table, rows, known, questions):
        self.table, self.rows, self.known, self.questions = table, rows, known, questions
        self.lookups, self.keys = {}, {}
        columns = [column for column in table.written if isinstance(column, RecordColumn)]
        # The session tells which province is meant, both together which organization.
        self.order = sorted(columns, key=lambda column: RANKS.get(column.model, 2))
        self.besides, self.remembered = {}, {}
        for model in dict.fromkeys(column.model for column in self.order):
            self._name([column for column in self.order if column.model is model], model)

    def _name(self, columns, model):
        """Names the cells of all columns of a table; one query more for their records."""
        known, named = self.known[model], []
        for row in self.rows:
            for column in columns:
                value = row.values.get(column.name)
                if not isinstance(value, str) or cells.is_cut(value):
                    continue
                if not all(key in known for key in _keys(value)):
                    named.append((row, column, value))
        if not named:
            return
        besides = self._besides(model)
        lookup = self.lookups[model] = lookup_of(model)
        taken, wanted = [], set()
        for row, column, value in named:
            parts = self._parts(row, column, cells.text_of(value), lookup, besides)
            taken.append((row, column, parts))
            wanted |= {part.pk for part in parts if not isinstance(part, str)}
        records = model.objects.in_bulk(wanted)
        for row, column, parts in taken:
            keys, labels = [], []
            for part in parts:
                if isinstance(part, str):
                    keys.append(part)
                    continue
                record = records[part.pk]
                key = key_of(record)
                known[key] = record
                keys.append(key)
                labels.append(part.label)
            row.values[column.name] = "; ".join(keys)
            row.named[column.name] = "; ".join(labels)

    # -- one cell

    def _parts(self, row, column, text, lookup, besides):
        """The candidates that a cell names, and as text what is a key or names none."""
        known, parts = self.known[column.model], []
        beside = besides.get(row.number, Beside())
        for text_ in filter(None, map(str.strip, LIST_SEPARATOR.split(text))):
            pieces = SEPARATOR.split(text_)
            while pieces:
                for end in range(min(len(pieces), MOST_PIECES), 0, -1):
                    part = " ".join(",".join(pieces[:end]).split())[:PART_CHARACTERS]
                    meant = (
                        part if part in known else self._named(row, column, part, lookup, beside)
                    )
                    if meant is not None:
                        break
                parts.append(part if meant is None else meant)
                pieces = pieces[end:]
        return [part for part in parts if part != ""]

    def _named(self, row, column, part, lookup, beside):
        """The candidate that a part of a cell names; the part itself where that is asked about."""
        key = (column.model, part, beside)
        if key not in self.remembered:
            candidates = lookup.candidates(part)
            near = lookup.near(part, candidates, beside)
            self.remembered[key] = candidates, near
        candidates, near = self.remembered[key]
        if not near:
            return None
        if len(near) == 1:
            if candidates != near:
                text = _("%(column)s: “%(text)s” is read as %(name)s, by the session of the row.")
                given = {"column": column.heading, "text": part, "name": near[0].label}
                row.warnings.append(text % given)
            return near[0]
        options = [(str(candidate.pk), candidate.label) for candidate in near]
        question = self.questions.ask(column.name, part, options, row.number)
        if question.answer:
            return next(option for option in near if str(option.pk) == question.answer)
        row.questions[column.name] = question
        return part

    # -- what the session of a row says

    def _besides(self, model):
        """{number of a row: Beside} for the tables whose names a session tells apart."""
        if model not in (Province, Organization):
            return {}
        if "held_on" in self.table.by_name:
            return {row.number: self._of_itself(row) for row in self.rows}
        if "meeting" not in self.table.by_name:
            return {}
        meetings = {row.number: self._meeting_of(row) for row in self.rows}
        keys = {meeting.pk for meeting in meetings.values() if meeting}
        provinces = defaultdict(set)
        seats = Meeting.provinces.through.objects.filter(meeting__in=keys)
        for meeting, province in seats.values_list("meeting_id", "province_id") if keys else ():
            provinces[meeting].add(province)
        return {
            number: Beside(frozenset(provinces[meeting.pk]), meeting.ministry_id, meeting.day)
            for number, meeting in meetings.items()
            if meeting
        }

    def _meeting_of(self, row):
        return self.known[Meeting].get(key_in(row.values.get("meeting")))

    def _of_itself(self, row):
        """What a row that is a session says of itself."""
        day = cells.plain_value(row.values.get("held_on"))
        ministry = self.known[Organization].get(key_in(row.values.get("ministry")))
        keys = _keys(row.values.get("provinces") or "")
        provinces = {self.known[Province][key].pk for key in keys if key in self.known[Province]}
        return Beside(
            frozenset(provinces), ministry and ministry.pk, day if hasattr(day, "year") else None
        )


RANKS = {Meeting: 0, Province: 1}


def _keys(value):
    try:
        return keys_of_list(value)
    except ValidationError:
        return []
