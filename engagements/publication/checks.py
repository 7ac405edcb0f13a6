"""Checks before publication: what no single row decides, each reason in the editor's language."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from engagements.days import impossible_days
from engagements.models import State
from engagements.models.quotations import quotation_problems
from provinces.vietnamese import nfc

from .kinds import REGISTER, parts_of
from .links import is_public


class Refused(ValidationError):
    """Why a record cannot be published or withdrawn; each message is written for the editor."""


def problems(record, by=None, along=frozenset(), texts=None):
    """Every reason not to publish the record as it stands.

    `along` names records (kind, key) that go out before it in the same act; `texts` are those of
    sources that were read already.
    """
    register, reasons = REGISTER[record.kind], []
    if record.state == State.WITHDRAWN and not record.has_waiting_edit:
        reasons.append(_("It was withdrawn; edit it before it is published again."))
    if by is not None and by.pk in record.editors():
        reasons.append(_("You changed this record: a second person publishes it."))
    reasons += _proof_problems(register, record, along)
    reasons += quotation_problems(_quotations(record), texts)
    for name in register.checked_for_nfc:
        value = getattr(record, name, "")
        if value and value != nfc(value):
            reasons.append(
                _("The text is not in Unicode's composed form (NFC): %(field)s") % {"field": name}
            )
    reasons += [
        _("%(field)s: %(why)s") % {"field": label_of(record, name), "why": rule.label}
        for name, rule in impossible_days(record, timezone.localdate()).items()
    ]
    return reasons + register.problems(record, along)


def label_of(record, name):
    return capfirst(record._meta.get_field(name).verbose_name)


def _proof_problems(register, record, along):
    """It names a source, and the public reads that and those of its parts."""
    sources = {part.source for part in parts_of(record) if getattr(part, "source_id", None)}
    if register.is_proven and not record.source_id:
        return [_("A published record names its source.")]
    drafts = [source for source in sources if not is_public(source, along)]
    return [_("Publish the source first: %(title)s") % {"title": draft.title} for draft in drafts]


def _quotations(record):
    parts = parts_of(record)
    return [
        part for part in parts if getattr(part, "quote", "") or getattr(part, "paragraph", None)
    ]


def what_goes_first(record):
    """Records that the public must read before this one and does not yet, in order."""
    parts = parts_of(record)[1:]
    before = [part.source for part in parts]
    before = [getattr(record, "source", None), *before, getattr(record, "meeting", None)]
    before += REGISTER[record.kind].goes_first(record)
    waiting = {}
    for needed in before:
        if needed is not None and not is_public(needed):
            for earlier in (*what_goes_first(needed), needed):
                waiting.setdefault((earlier.kind, earlier.pk), earlier)
    return list(waiting.values())
