"""Change log (/changes/): every edition in the order in which it became public, and tombstones.

A sequence is given under a lock that is held until the transaction ends, so whoever has read up to
a number has read everything below it: nothing appears behind a reader's mark.
"""

from operator import itemgetter

from django.db.models import OuterRef, Q, Subquery

from provinces.models import Official, Organization

from .exports import as_line
from .models import Edition
from .reading import Reader

WITHDRAWN = Q(withdrawn_at__isnull=False) & ~Q(payload="")  # past editions of what was withdrawn


MERGEABLE = {"official": Official, "organization": Organization}


class ChangePage:
    """A page of changes after the mark `since` up to `after`: the payloads as they stand."""

    def __init__(self, rows, since, after, following):
        self.rows, self.since, self.after, self.next = rows, since, after, following

    def as_json(self):
        reader, results, merged = Reader(), [], merged_between(self.since, self.after)
        for row in self.rows:
            while merged and merged[0]["sequence"] < row.sequence:
                results.append(as_line(merged.pop(0)))
            head = {
                "sequence": row.sequence,
                "kind": row.kind,
                "code": row.code,
                "state": state_of(row),
                "cause": row.cause,
                "at": row.published_at,
            }
            record = reader.whole(row) if row.payload else "null"
            results.append(f'{as_line(head)[:-1]},"record":{record},"into":null}}')
        results += map(as_line, merged)
        head = as_line({"after": self.after, "next": self.next})
        return f'{head[:-1]},"results":[{",".join(results)}]}}'.encode()


def page_after(after, size, upto=None):
    """(rows, whether more come): every edition after a mark that has something to say, rising."""
    rows = Edition.objects.filter(sequence__gt=after).exclude(WITHDRAWN).order_by("sequence")
    if upto is not None:
        rows = rows.filter(sequence__lte=upto)
    rows = list(rows.defer("search")[: size + 1])
    return rows[:size], len(rows) > size


def merged_between(since, after):
    """Tombstones of officials and organizations that the public knew, rising.

    Each bears the sequence of the last edition that its merge issued again.
    """
    at = Edition.objects.filter(sequence=OuterRef("merged_sequence")).values("published_at")
    tombstones = []
    for kind, model in MERGEABLE.items():
        gone = model.objects.known_before_their_merge()
        gone = gone.filter(merged_sequence__gt=since, merged_sequence__lte=after)
        tombstones += [
            {
                "sequence": row.merged_sequence, "kind": kind, "code": row.slug, "state": "merged",
                "cause": None, "at": row.at, "record": None, "into": row.merged_into.slug,
            }
            for row in gone.select_related("merged_into").annotate(at=Subquery(at))
        ]  # fmt: skip
    return sorted(tombstones, key=itemgetter("sequence"))


def state_of(row):
    if row.superseded_at is not None:
        return "superseded"
    return "withdrawn" if row.is_tombstone else "current"
