"""WSGI entry point, for gunicorn or another server; a reader who stops reading is let go.

Without a timeout on the socket a thread of gunicorn waits for such a reader for ever: its own
`--timeout` asks whether the worker lives, not its threads.
"""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
site = get_wsgi_application()


def application(environ, start_response):
    """Django's, with a timeout on the socket where the server shows it; it asks anew each time."""
    connection = environ.get("gunicorn.socket")
    if connection is not None and settings.SEND_TIMEOUT:
        connection.settimeout(settings.SEND_TIMEOUT)
    return site(environ, start_response)
