"""Open items of the register, as the matching knows them: follow-ups with their units, ministries,
sessions and papers; and the rows that an update names."""

from collections import defaultdict
from functools import cached_property

from django.db.models import Prefetch, Q

from engagements.models.base import State
from engagements.models.followups import FOLLOW_UP_MODELS, TARGETS, target_of
from engagements.models.sources import Source
from engagements.models.updates import StatusUpdate
from engagements.words import CLOSED
from provinces.models import Atlas, Organization, OrganizationSuccession
from provinces.vietnamese import fold

from .items import OpenItem, codes_in, plain_number

JOINED = ("meeting__ministry__parent", "meeting__source", "source", "lead__parent", "province")
TEXTS = ("source__text", "meeting__source__text")  # a hundred items would bring each again


def open_items():
    """[OpenItem] of every published follow-up; a closed one is there for its code."""
    return _items(Q(state=State.PUBLISHED), Atlas())


def items_named_in(document, names):
    """The same, of those that a document could speak of: of the provinces that it names, of units
    before them, and of the codes that it has.
    """
    atlas = Atlas()
    named = {mention.key for text in document.toned for mention in names.provinces_in(text)}
    units = [unit for unit in atlas.units.values() if named & _names_of(unit, atlas)]
    codes = {code.code for text in document.toned for code in codes_in(text)}
    is_public = Q(state=State.PUBLISHED)
    named = Q(code__in=codes, state=State.WITHDRAWN) | is_public & Q(code__in=codes)
    return _items(is_public & Q(province__in=units) | named, atlas)


def items_with_codes(codes):
    """{code: OpenItem} of the published follow-ups that have these codes."""
    items = _items(Q(code__in=codes, state=State.PUBLISHED), Atlas()) if codes else ()
    return {item.code: item for item in items}


def _items(rule, atlas):
    successors, items = _successors(), []
    cited = Prefetch("meeting__cited", Source.objects.only("number", "issued_on"))
    for model in FOLLOW_UP_MODELS:
        rows = model.objects.filter(rule).defer(*TEXTS)
        rows = rows.select_related(*JOINED, "current_lead__parent")
        if any(field.name == "addressed_to" for field in model._meta.fields):
            rows = rows.select_related("addressed_to__parent")
        for row in rows.with_deadline_in_force().prefetch_related(cited):
            items.append(_item(row, atlas, successors))
    return items


def _item(row, atlas, successors):
    meeting = row.meeting
    bodies = [meeting.ministry, row.lead, row.current_lead, getattr(row, "addressed_to", None)]
    ministries = set()
    for body in filter(None, bodies):
        for above in (body, body.parent):
            ministries |= _carried_on(above.pk, successors) if above is not None else set()
    cited = [meeting.source, *meeting.cited.all()]
    papers = [(s.number, s.issued_on) for s in (row.source, *cited) if s is not None and s.number]
    own = (row.source, meeting.source)
    return OpenItem(
        code=row.code,
        kind=row.kind,
        title=row.title,
        detail=row.detail,
        quote=row.quote,
        units=frozenset(_names_of(row.province, atlas)),
        ministries=frozenset(ministries),
        lead=row.lead.name if row.lead else "",
        session=meeting.title,
        held_on=meeting.held_on,
        papers=tuple(dict.fromkeys(papers)),
        due_on=row.due["due_on"],
        own_papers=tuple({plain_number(s.number) for s in own if s is not None and s.number}),
        is_open=row.status not in CLOSED and row.state == State.PUBLISHED,
        is_withdrawn=row.state == State.WITHDRAWN,
        key=row.pk,
    )


def _names_of(unit, atlas):
    """Names of a unit and of all that carry it on."""
    names, waiting = set(), [unit]
    while waiting:
        nearest = waiting.pop()
        if nearest.name not in names or nearest == unit:
            names.add(nearest.name)
            waiting += [atlas.units[s.successor_id] for s in atlas.successions(nearest)]
    return names


def _successors():
    """{organization: [successor]} by their keys, and the slugs of all."""
    successors = defaultdict(list)
    for predecessor, successor in OrganizationSuccession.objects.values_list(
        "predecessor_id", "successor_id"
    ):
        successors[predecessor].append(successor)
    slugs = dict(Organization.objects.values_list("pk", "slug"))
    return successors, slugs


def _carried_on(key, successors):
    """Slugs of an organization and of all that took over of it."""
    following, slugs = successors
    found, waiting = set(), [key]
    while waiting:
        nearest = waiting.pop()
        if nearest not in found:
            found.add(nearest)
            waiting += following[nearest]
    return {slugs[key] for key in found}


# -- rows that an update names


class OrganizationNames:
    """Organizations by name, short name or alias, read once for all the names of a paper."""

    @cached_property
    def _rows(self):
        rows = defaultdict(dict)
        columns = ("name", "short_name", "aliases", "ceased_on")
        for row in Organization.objects.filter(merged_into=None).only(*columns):
            for spelled in (row.name, row.short_name, *row.aliases.splitlines()):
                if folded := fold(spelled):
                    rows[folded][row.pk] = row
        return rows

    def get(self, name):
        """The one organization of that name that is not merged; None if none is, or several."""
        if not name:
            return None
        exact = list(self._rows[fold(name)].values()) if fold(name) in self._rows else []
        living = [row for row in exact if row.ceased_on is None] or exact
        return living[0] if len(living) == 1 else None


class RestingUpdates:
    """Published updates of these items that no other corrects, by the number of their source."""

    def __init__(self, items):
        rule = Q()
        for item in items:
            rule |= Q(**{target_of(item.kind): item.key})
        self.rows = defaultdict(list)
        if not rule:
            return
        rows = StatusUpdate.objects.filter(
            rule, state=State.PUBLISHED, corrected_by=None, source__isnull=False
        )
        for row in rows.select_related("source", *TARGETS).defer("source__text").order_by("pk"):
            if row.source.number:
                key = (row.target.kind, row.target.pk, plain_number(row.source.number))
                self.rows[key].append(row)

    def of(self, item, number):
        """The update of an item whose source bears that number; None if none or several do."""
        rows = self.rows.get((item.kind, item.key, plain_number(number)), ())
        return rows[0] if len(rows) == 1 else None
