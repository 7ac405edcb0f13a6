"""One act of publication: what it changes, and the rows of Edition that come of it.

However much an act changes (one record, a whole session, a file of the loader, a name), each record
gets one row at most: everything is composed as it stands when the act is over, then issued at once.
"""

import json

from engagements.deadlines import COLUMNS
from engagements.edition.models import Edition
from engagements.words import Cause, Kind
from provinces.models import Atlas

from . import compose
from .issuing import (
    Tombstone,
    differences,
    first_published_at,
    instant,
    issue,
    last_sequence,
    open_rows,
    stamp_of,
)
from .links import EditionsRead, Links, records_in, rows_named, rows_naming

NEVER_YET = float("inf")  # orders a record that has no row yet after all that have one
# Keys whose change is news; of the lists the codes alone, since a title in them is a link.
NEWS = ("status", *COLUMNS, "completed_on", "answer", "response", "status_proof")
CODES = ("updates", "answers", "answered_by", "asked_again")
# What fills its payload first: a speaker's title stands in the session's row, the codes in an entry
# of `updates` in the update's, what was taken back of an answer in the request's.
COMPOSED_FIRST = (Kind.MEETING, Kind.UPDATE, Kind.REQUEST)


def codes_in(payload, name):
    """Codes of a list of links, and of what took one of them back or corrected it."""
    codes = []
    for entry in payload.get(name) or ():
        ended = entry.get("taken_back") or {}
        codes.append((entry["code"], ended.get("code"), entry.get("corrected_by")))
    return codes


def cause_between(before, after):
    """Why the second payload is not the first, when nobody edited the record: news, or links."""
    is_news = any(before.get(name) != after.get(name) for name in NEWS)
    is_news |= any(codes_in(before, name) != codes_in(after, name) for name in CODES)
    return Cause.NEWS if is_news else Cause.LINKS


def _draft_of(edition, refs):
    """What a current row said, its links pointing to `refs` instead if there are any."""
    draft = compose.reread(edition)
    draft.refs = refs or draft.refs
    return draft


def _turn(row):
    return COMPOSED_FIRST.index(row.kind) if row.kind in COMPOSED_FIRST else len(COMPOSED_FIRST)


class Pending:
    """A row on its way: its draft, the row before it, and why it comes.

    Until it is composed its data are the record's own fields; links need no more of others.
    """

    def __init__(self, draft, before, cause, at, number=0):
        self.draft, self.before, self.cause = draft, before, cause
        self.kind, self.record, self.keys = draft.kind, draft.record, draft.refs
        self.order = before.order if before else (NEVER_YET, number)
        self.data = {"changed_at": at} | draft.own
        self.columns = {}
        self.is_issued = True

    code = property(lambda self: self.draft.own["code"])
    day = property(lambda self: self.columns["day"])
    ministry_id = property(lambda self: self.columns["ministry_id"])


class Read:
    """Editions from which an act is composed: those of its records and of all that is linked.

    Read before the register's lock, since it is most of the work: under the lock only what must be
    decided there is asked, and codes, instants and names are filled in.
    """

    def __init__(self, edited, gone=(), touched=()):
        self.sequence = last_sequence()
        self.edited = {key: draft.refs for key, draft in edited.items()}
        self.gone, self.touched = set(gone), set(touched)
        self.before = open_rows([*edited, *gone])
        self.named = {
            key
            for refs in (*self.edited.values(), *(row.keys for row in self.before.values()))
            for key in records_in(refs)
            if key[0] != Kind.SOURCE
        }
        self.linked = self._linked()
        touched = {(row.kind, row.record): (row, None) for row in self.linked} | dict(touched)
        drafts = [_draft_of(*touched[key]) for key in touched.keys() - {*edited, *gone}]
        self.editions = EditionsRead([*edited.values(), *drafts])

    def _linked(self):
        """Current rows that name what is edited or withdrawn, or are or were named by it."""
        wanted = rows_naming([*self.edited, *self.gone]) | rows_named(self.named)
        return list(Edition.objects.current().filter(wanted).distinct()) if wanted else []

    def holds_for(self, act):
        """Whether the act names what this was read for, and nothing of it was issued since."""
        same = self.edited == {key: draft.refs for key, draft in act.edited.items()}
        if not same or self.gone != set(act.gone) or self.touched != set(act.touched):
            return False
        records = {*self.edited, *self.gone, *((row.kind, row.record) for row in self.linked)}
        since = Edition.objects.filter(sequence__gt=self.sequence)
        concerns = rows_named(records | self.named | self.editions.keys()) | rows_naming(records)
        return not since.filter(concerns).exists()


class Act:
    """Gathers what one act edits, withdraws and touches; `carry_out` writes the rows.

    The caller holds the register's lock and has a transaction open.
    """

    def __init__(self):
        self.at, self.atlas = instant(), Atlas()
        self.edited = {}  # (kind, record) → Draft, in the order of publication
        self.gone = {}  # (kind, record) → the row that was current
        self.touched = {}  # (kind, record) → (current row, refs to point to instead or None)
        self.repeated = set()  # touched ones that get a row though nothing in it moved

    def edit(self, record):
        """The record as the register has it; it bears its code."""
        self.edited[record.kind, record.pk] = compose.compose(record)

    def withdraw(self, edition):
        """The record of this current row is taken back."""
        self.gone[edition.kind, edition.record] = edition

    def touch(self, edition, refs=None, repeat=False):
        """Something that this current row names is called otherwise, or stands elsewhere."""
        key = (edition.kind, edition.record)
        self.touched.setdefault(key, (edition, refs))
        if repeat:
            self.repeated.add(key)

    def along(self):
        """What goes out before the next record in this act, as checks ask for it."""
        return frozenset(self.edited)

    # carrying out

    def carry_out(self, read=None):
        """Composes every row and issues those that changed; {(kind, record): Edition} of them.

        `read` is what was read ahead of the lock; it is read again unless that still holds.
        """
        if read is None or not read.holds_for(self):
            read = Read(self.edited, self.gone, self.touched)
        for edition in read.linked:
            self.touch(edition)
        rows = self._pending(read.before)
        links = Links([row.draft for row in rows], rows, self.gone, read.editions)
        for row in sorted(rows, key=_turn):
            self._compose(row, links)
        tombstones = [Tombstone(edition, self.at) for edition in self.gone.values()]
        return issue([row for row in rows if row.is_issued], tombstones, self.at)

    def _pending(self, before):
        """What was edited, in the order of publication; then what was touched, oldest first."""
        rows = [
            Pending(draft, before.get(key), Cause.EDITED, self.at, number)
            for number, (key, draft) in enumerate(self.edited.items())
        ]
        beside = {**self.edited, **self.gone}
        touched = [row for key, row in self.touched.items() if key not in beside]
        for edition, refs in sorted(touched, key=lambda row: row[0].first_sequence):
            rows.append(Pending(_draft_of(edition, refs), edition, Cause.LINKS, self.at))
        return rows

    def _compose(self, row, links):
        filled, before = compose.fill(row.draft, links), row.before
        if row.cause == Cause.EDITED:
            stamp = self._stamp(row)
            row.columns = compose.columns(row.draft, filled, stamp, links, self.atlas)
        else:
            row.columns = compose.columns(row.draft, filled, stamp_of(before), links, self.atlas)
            row.is_issued = (row.kind, row.record) in self.repeated or bool(
                differences(before, row.columns)
            )
            row.cause = cause_between(before.data, json.loads(row.columns["payload"]))
            stamp = self._stamp(row)
            if row.is_issued:
                row.columns |= compose.stamped(row.kind, filled, stamp)
        row.data = filled | {"changed_at": stamp["changed_at"]}

    def _stamp(self, row):
        """Number, cause and instants of the row that comes after another."""
        before = row.before
        is_news = row.cause != Cause.LINKS
        return {
            "edition": before.number + 1 if before else 1,
            "cause": row.cause,
            "first_published_at": first_published_at(before) if before else self.at,
            "published_at": self.at,
            "changed_at": self.at if is_news else before.data["changed_at"],
        }
