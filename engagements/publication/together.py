"""Prefetching and row locks for the records of one act: a few queries a kind, however many."""

from django.db.models import prefetch_related_objects

from engagements.models import (
    Commitment,
    Meeting,
    ProvinceRequest,
    Recommendation,
    Remark,
    Source,
)

from .kinds import REGISTER, parts_of
from .links import by_kind, key_of


def read_together(records, lock=False):
    """These records as the register has them now, in this order, with what is read of each.

    With `lock` their rows are locked until the transaction ends. Raises DoesNotExist where one is
    gone.
    """
    rows = {}
    for kind, keys in by_kind(map(key_of, records)).items():
        register = REGISTER[kind]
        wanted = register.model.objects.filter(pk__in=keys).prefetch_related(*register.reads)
        # In one order for all, so that no two acts wait for each other.
        wanted = wanted.order_by("pk")
        if lock:
            wanted = wanted.select_for_update(of=("self",))
        rows |= {key_of(row): row for row in wanted}
        if gone := keys - {key for of_kind, key in rows if of_kind == kind}:
            raise register.model.DoesNotExist(f"{kind}: {sorted(gone)}")
    _share_pointed_to(rows)
    return [rows[key_of(record)] for record in records]


def prefetch_for_checks(records):
    """Reads what checks ask of each of these records, for all of a kind at once."""
    for kind in by_kind(map(key_of, records)):
        rows = [record for record in records if record.kind == kind]
        source = ["source"] if hasattr(REGISTER[kind].model, "source_id") else []
        prefetch_related_objects(rows, *source, *REGISTER[kind].reads)


# What records and their parts point to by foreign keys of these names, and what is read of it.
SHARED = {
    "source": (Source, ()),
    "meeting": (Meeting, ("provinces",)),
    "request": (ProvinceRequest, ()),
    "question": (Remark, ()),
    "commitment": (Commitment, ()),
    "recommendation": (Recommendation, ()),
}


def _share_pointed_to(rows):
    """Lets all point to one row of each: the one that is published with them, if it is."""
    parts = [part for row in rows.values() for part in parts_of(row)]
    for name, (model, lists) in SHARED.items():
        pointing = [part for part in parts if getattr(part, f"{name}_id", None)]
        shared = {row.pk: row for row in rows.values() if row.kind == model.kind}
        wanted = {getattr(part, f"{name}_id") for part in pointing} - set(shared)
        if wanted:
            shared |= model.objects.prefetch_related(*lists).in_bulk(wanted)
        for part in pointing:
            setattr(part, name, shared[getattr(part, f"{name}_id")])
