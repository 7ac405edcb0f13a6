"""Checks before publication: what no single row decides, each reason in the editor's language."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from engagements.days import impossible_days
from engagements.models import State
from engagements.models.base import editors_of
from engagements.models.quotations import Texts, quotation_problems
from provinces.vietnamese import nfc

from .kinds import REGISTER, Reason, parts_of
from .links import by_kind, is_public, key_of, public_among


class Refused(ValidationError):
    """Why a record cannot be published or withdrawn; each message is written for the editor."""

    def __init__(self, message, record=None):
        super().__init__(message)
        self.record = record

    def naming_its_record(self):
        """The same for who published several at once."""
        if self.record is None:
            return self
        return Refused([f"{self.record}: {message}" for message in self.messages])


class Surroundings:
    """What checks ask about several records, read together.

    `public`: keys (kind, key) that the public reads now, or will once what goes before them is out;
    `own`: keys of records that their publisher changed; `texts`: those of sources, each read once.
    """

    def __init__(self, records, by=None):
        self.texts, self.own = Texts(), set()
        needed = [needed for record in records for needed in _needed_by(record)]
        self.public = public_among(map(key_of, needed))
        for kind in by_kind(map(key_of, records)) if by is not None else ():
            editors = editors_of([record for record in records if record.kind == kind])
            self.own |= {(kind, key) for key, accounts in editors.items() if by.pk in accounts}


def problems(record, by=None, around=None):
    """Every reason why that account may not publish the record as it stands.

    `around` are the Surroundings of all that are checked with it, for the same publisher.
    """
    around = around or Surroundings([record], by)
    register, reasons = REGISTER[record.kind], []
    if record.state == State.WITHDRAWN and not record.has_waiting_edit:
        reasons.append(_("It was withdrawn; edit it before it is published again."))
    if key_of(record) in around.own:
        reasons.append(_("You changed this record: a second person publishes it."))
    reasons += _proof_problems(register, record, around.public)
    reasons += quotation_problems(_quotations(record), around.texts)
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
    return reasons + register.problems(record, around.public)


def label_of(record, name):
    return capfirst(record._meta.get_field(name).verbose_name)


def _proof_problems(register, record, along):
    """It names a source, and the public reads that and those of its parts."""
    sources = {part.source for part in parts_of(record) if getattr(part, "source_id", None)}
    if register.is_proven and not record.source_id:
        return [_("A published record names its source.")]
    drafts = [source for source in sources if not is_public(source, along)]
    text = _("Publish the source first: %(title)s")
    return [Reason(text % {"title": draft.title}, draft) for draft in drafts]


def _quotations(record):
    parts = parts_of(record)
    return [
        part for part in parts if getattr(part, "quote", "") or getattr(part, "paragraph", None)
    ]


def _needed_by(record):
    """Records that the public must read before this one, in order."""
    sources = [getattr(part, "source", None) for part in parts_of(record)]
    needed = [*sources, getattr(record, "meeting", None), *REGISTER[record.kind].goes_first(record)]
    return [row for row in needed if row is not None]


def what_goes_first(record):
    """What the public must read before this one and does not yet, in order."""
    waiting = {}
    for needed in _needed_by(record):
        if not is_public(needed):
            for earlier in (*what_goes_first(needed), needed):
                waiting.setdefault(key_of(earlier), earlier)
    return list(waiting.values())
