"""Fetching of papers from web addresses, through the guarded HTTP client, into the intake."""

import threading

from django.utils import timezone
from django.utils.translation import gettext as _

from engagements.outgoing import REASONS, Forbidden, HTTPClient, Unreachable

from .intake import TYPES, read_answer
from .refusals import Unreadable

# Files are often sent as just bytes; what they are is told by the bytes themselves.
CONTENT_TYPES = (*TYPES, "application/octet-stream", "application/x-pdf", "application/msword")


AT_ONCE = threading.Semaphore(1)  # in a worker: a slow site holds one of its threads, no more


def read_address(url, http=None):
    """The Paper that this address answers. Raises Unreadable, which says why it answers none."""
    if not AT_ONCE.acquire(blocking=False):
        raise Unreadable("busy")
    try:
        response = (http or HTTPClient()).download(url.strip(), CONTENT_TYPES)
    except (Forbidden, Unreachable) as error:
        raise _not_read(REASONS.get(str(error), _("the connection broke off"))) from error
    finally:
        AT_ONCE.release()
    if response.status != 200:
        raise _not_read(_("the site answers with the error %(n)d") % {"n": response.status})
    return read_answer(
        response.content,
        response.content_type,
        response.charset,
        response.url,
        accessed_on=timezone.localdate(),
    )


def _not_read(why):
    text = _(
        "The address could not be read: %(why)s. Open it in a browser, copy the text and paste it."
    )
    return Unreadable("address", text % {"why": why})
