"""Acceptance of proposed indicators by a second person, and their merging into known ones.

No edition names a proposed indicator, since no figure of it is published (kinds.FigureRegister):
neither step issues anything again.
"""

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from engagements.edition.triggers import lock_register
from engagements.models import Indicator
from engagements.models.base import MERGED


class AcceptanceRefused(ValidationError):
    """Why a proposed indicator is not accepted or merged; written for who asked for it."""


@transaction.atomic
def accept(indicator, *, by):
    """Makes a proposed indicator public as it is given, changed or not; raises AcceptanceRefused.

    `by` is never who proposed it.
    """
    _lock_proposed(indicator, by)
    indicator.accepted_by, indicator.accepted_at = by, timezone.now()
    indicator._history_user = by
    indicator.save()


@transaction.atomic
def merge_into(known, proposed, *, by):
    """Figures of a proposed indicator become values of one that is public, and it is deleted.

    As with other merges nothing that a figure says is edited: its version stays, and who may
    publish it still may. Returns how many moved; raises AcceptanceRefused.
    """
    proposed = _lock_proposed(proposed, by)
    known = Indicator.objects.select_for_update(of=("self",)).get(pk=known.pk)
    if known.is_proposed:
        raise AcceptanceRefused(_("“%(name)s” is no public indicator.") % {"name": known.name})
    moved = 0
    for figure in proposed.figures.select_for_update(of=("self",)).order_by("pk"):
        figure.indicator = known
        figure._history_user, figure._change_reason = by, MERGED
        figure.save(update_fields=["indicator"])
        moved += 1
    proposed._history_user, proposed._change_reason = by, MERGED
    proposed.delete()
    return moved


def _lock_proposed(indicator, by):
    """The row as it is now, if that person may decide on it; nothing is published meanwhile."""
    lock_register(connection)
    row = Indicator.objects.select_for_update(of=("self",)).filter(pk=indicator.pk).first()
    if row is None or not row.is_proposed:
        raise AcceptanceRefused(_("Somebody else has decided on it meanwhile."))
    if row.proposed_by_id == by.pk:
        raise AcceptanceRefused(_("You proposed this indicator: a second person accepts it."))
    return row
