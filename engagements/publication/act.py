"""One act of publication: what it changes, and the rows of Edition that come of it.

However much an act changes (one record, a whole session, a file of the loader, a name), each record
gets one row at most: everything is composed as it stands when the act is over, then issued at once.
"""

import json

from django.db.models import Q

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
    open_rows,
    stamp_of,
)
from .links import Links, records_in

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

    def carry_out(self):
        """Composes every row and issues those that changed; {(kind, record): Edition} of them."""
        before = open_rows([*self.edited, *self.gone])
        for edition in self._linked(before.values()):
            self.touch(edition)
        rows = self._pending(before)
        links = Links([row.draft for row in rows], pending=rows, gone=self.gone)
        for row in sorted(rows, key=_turn):
            self._compose(row, links)
        tombstones = [Tombstone(edition, self.at) for edition in self.gone.values()]
        return issue([row for row in rows if row.is_issued], tombstones, self.at)

    def _linked(self, before):
        """Current rows that name what is edited or withdrawn, or are or were named by it."""
        naming, named = Q(), set()
        for kind in Kind:
            keys = [key for of_kind, key in (*self.edited, *self.gone) if of_kind == kind]
            if keys:
                naming |= Q(links__kind=kind, links__record__in=keys)
        for refs in (
            *(draft.refs for draft in self.edited.values()),
            *(row.keys for row in before),
        ):
            named.update(records_in(refs))
        for kind in Kind:
            keys = [key for of_kind, key in named if of_kind == kind != Kind.SOURCE]
            if keys:
                naming |= Q(kind=kind, record__in=keys)
        return Edition.objects.current().filter(naming).distinct() if naming else []

    def _pending(self, before):
        """What was edited, in the order of publication; then what was touched, oldest first."""
        rows = [
            Pending(draft, before.get(key), Cause.EDITED, self.at, number)
            for number, (key, draft) in enumerate(self.edited.items())
        ]
        beside = {**self.edited, **self.gone}
        touched = [row for key, row in self.touched.items() if key not in beside]
        for edition, refs in sorted(touched, key=lambda row: row[0].first_sequence):
            draft = compose.reread(edition)
            draft.refs = refs or draft.refs
            rows.append(Pending(draft, edition, Cause.LINKS, self.at))
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
