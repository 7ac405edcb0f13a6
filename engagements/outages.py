"""Database outages: which errors say that it is busy or away, and what is sent once more.

A request that meets one is answered 503 with Retry-After (config/errors.py, desk/site.py): nothing
came of it, and the same request is served a moment later. Whatever else the database refuses is a
fault of ours, a 500. Names no model.
"""

import sqlite3

from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import UnreadablePostError
from django.http.multipartparser import MultiPartParserError

AGAIN_AFTER = 10  # seconds
# PostgreSQL, by class: no connection; too little memory or too many connections; cancelled by a
# timeout or shut down. By code: a lock not had in time, a deadlock, writes that cannot be ordered,
# a transaction left idle.
BUSY_CLASSES = ("08", "53", "57")
BUSY_CODES = ("55P03", "40P01", "40001", "25P03")
SQLITE_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN)


def is_unavailable(error):
    """Whether this error says that the database is busy or away, not that the request is wrong."""
    cause = error.__cause__
    if code := getattr(cause, "pgcode", None):
        return code.startswith(BUSY_CLASSES) or code in BUSY_CODES
    if isinstance(cause, sqlite3.Error):
        # The lower byte is the error, the rest says more about it; a misuse has none.
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in SQLITE_BUSY
    if isinstance(error, InterfaceError):
        return "already closed" in str(error)
    # Without a code psycopg had no connection, or lost it.
    return isinstance(error, OperationalError)


def sent_fields(request):
    """What a form sent, to be sent once more: [(name, values)]; nothing of one with a password.

    Nor of one whose token was not checked before the database failed: the page that gives it back
    has a token, and the form may be another site's.
    """
    if not getattr(request, "csrf_processing_done", False):
        return []
    try:
        fields = request.POST.lists() if request.method == "POST" else ()
        kept = [(name, values) for name, values in fields if name != "csrfmiddlewaretoken"]
    except (SuspiciousOperation, MultiPartParserError, UnreadablePostError):
        return []
    return [] if any("password" in name for name, _values in kept) else kept


def ask_again(response):
    """That answer as a 503 which no cache keeps."""
    response.status_code = 503
    response["Retry-After"] = str(AGAIN_AFTER)
    response["Cache-Control"] = "no-store"
    return response
