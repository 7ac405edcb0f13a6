"""News of a followed page: what is new of each record since the last e-mail, in words."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from engagements.deadlines import COLUMNS
from engagements.edition.entries import headline_of
from engagements.edition.kinds import KINDS
from engagements.edition.models import Edition
from engagements.mail import absolute
from engagements.statuses import said_in
from engagements.words import Answer, Cause

NEWS_MOST = 50  # of one page in one e-mail; the page has the rest
EDITIONS_AT_ONCE = 200


@dataclass
class NewsItem:
    """One record of which there is something to tell."""

    edition: Edition
    lines: list[str] = field(default_factory=list)

    @property
    def title(self):
        return f"{self.edition.get_kind_display()}: {headline_of(self.edition)}"

    @property
    def url(self):
        """Its page, whole, as an e-mail needs it."""
        edition = self.edition
        return absolute(KINDS[edition.kind].href(edition.data, edition.province))


def lines_of_change(edition, before, corrected=None):
    """What to say of an edition beside the one that was read before; nothing if nothing is new.

    `corrected` is the number of an edit published between the two, if there is one. A re-issue that
    only follows a changed name or link is no news.
    """
    if before is None or before.is_tombstone:
        return [_("Newly published.")]
    lines = []
    known = {update["code"] for update in before.data.get("updates", ())}
    fresh = [update for update in edition.data.get("updates", ()) if update["code"] not in known]
    for update in fresh:
        day = date_format(date.fromisoformat(update["happened_on"]))
        said = ". ".join(map(str, [*said_in(update), " ".join(update["text"].split())]))
        lines.append(_("Update of %(day)s: %(said)s") % {"day": day, "said": said})
    if corrected:
        lines.append(_("Corrected: edition no. %(number)d.") % {"number": corrected})
    if edition.status != before.status and not fresh:
        lines.append(_("Status: %(status)s.") % {"status": edition.status_words()})
    if edition.answer != before.answer:
        answer = Answer(edition.answer).label if edition.answer else ""
        lines.append(_("Answer: %(answer)s.") % {"answer": answer})
    if any(getattr(edition, name) != getattr(before, name) for name in COLUMNS):
        if edition.due_on:
            lines.append(_("Due day: %(day)s.") % {"day": date_format(edition.due_on)})
        elif due := edition.deadline_words():
            lines.append(_("Deadline: %(words)s.") % {"words": due})
    return lines


def editions_at_mark(editions, mark):
    """What could be read of the same records at the mark, by kind and record."""
    records = {edition.record for edition in editions}
    kinds = {edition.kind for edition in editions}
    earlier = Edition.objects.filter(kind__in=kinds, record__in=records, sequence__lte=mark)
    rows = earlier.order_by("sequence").defer("search", "refs")
    return {(edition.kind, edition.record): edition for edition in rows}


def edits_since(editions, mark):
    """Numbers of the last edits of the same records since the mark, by kind and record."""
    records = {edition.record for edition in editions}
    kinds = {edition.kind for edition in editions}
    edits = Edition.objects.filter(cause=Cause.EDITED, sequence__gt=mark)
    edits = edits.filter(kind__in=kinds, record__in=records).order_by()
    last = edits.values_list("kind", "record").annotate(Max("number"))
    return {(kind, record): number for kind, record, number in last}


def news_of(target, mark, upto):
    """(news, whether there is more) at one address since the mark, in the order of publication."""
    rows = target.editions.filter(sequence__lte=upto).order_by("sequence").defer("search")
    items, last = [], mark
    while batch := list(rows.filter(sequence__gt=last)[:EDITIONS_AT_ONCE]):
        last = batch[-1].sequence
        at_mark, edits = editions_at_mark(batch, mark), edits_since(batch, mark)
        for edition in batch:
            key = (edition.kind, edition.record)
            lines = lines_of_change(edition, at_mark.get(key), edits.get(key))
            if lines:
                items.append(NewsItem(edition, lines))
        if len(items) > NEWS_MOST:
            break
    codes = {item.edition.code for item in items}
    # An update is told with its item, where both are on the page.
    items = [
        item for item in items if item.edition.data.get("follow_up", {}).get("code") not in codes
    ]
    return items[:NEWS_MOST], len(items) > NEWS_MOST
