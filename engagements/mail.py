"""Mailer: plain e-mails of the program, sent alone or in a run over one connection.

Names no model. What is mailed, to whom, and when it counts as sent, stands with those whose e-mails
they are: readers/alerts.py, desk/digests.py.
"""

import logging
from dataclasses import dataclass
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.utils import translation

log = logging.getLogger("engagements.mail")
IN_A_ROW = 5  # failures after which the mail server itself is thought to be away
SUBJECT_CHARACTERS = 120


def absolute(path):
    """The address of a page of ours, as links in e-mails name it: whatever a request says."""
    return settings.SITE_URL.rstrip("/") + path


def one_line(text, characters=SUBJECT_CHARACTERS):
    text = " ".join(str(text).split())
    return text if len(text) <= characters else f"{text[: characters - 1]}…"


def plain_email(address, subject, template, context, headers=None):
    """A plain e-mail to one address; no header breaks its line, whatever the register holds."""
    text = render_to_string(f"engagements/{template}.txt", context)
    return EmailMessage(
        subject=one_line(subject),
        body=text.strip() + "\n",
        to=[address],
        headers={
            "Auto-Submitted": "auto-generated",
            "Content-Language": translation.get_language(),
            **(headers or {}),
        },
    )


def is_sent(compose, *about):
    """Composes and sends one e-mail while somebody waits; whether the mail server took it."""
    try:
        return compose(*about).send() == 1
    except Exception as error:  # a mail server has many ways to fail
        log.error("An e-mail to who asked was not accepted: %s", type(error).__name__)
        return False


@dataclass
class Count:
    """What a run did; addresses are never said."""

    sent: int = 0
    quiet: int = 0  # nothing to tell
    before: int = 0  # sent already, or in another run's hands
    failed: int = 0


class ServerAway(Exception):
    """The mail server took nothing several times in a row."""


class MailRun:
    """A run of e-mails, one recipient after the other; stopped and started again, it goes on.

    Who they are is said by `recipients`, what each of them gets by `serve`.
    """

    def __init__(self, dry_run=False, tell=None):
        self.dry_run = dry_run
        self.tell = tell or (lambda line: None)
        self.count = Count()
        self.failed_in_a_row = 0

    def recipients(self):
        """Who are served, in order."""
        raise NotImplementedError  # abstract: alerts and digests have theirs

    def serve(self, recipient, place):
        """One recipient; `place` names them in the output, which holds no address."""
        raise NotImplementedError  # abstract, as above

    def run(self):
        recipients = list(self.recipients())
        self.connection = get_connection()
        try:
            for number, recipient in enumerate(recipients, start=1):
                self.serve(recipient, f"{number}/{len(recipients)}")
                if self.failed_in_a_row >= IN_A_ROW:
                    raise ServerAway
        finally:
            self._close()
        return self.count

    def would_send(self, place, news):
        """What a dry run does instead of sending."""
        self.count.sent += 1
        self.tell(f"{place}: would tell {news}")

    def send(self, message, place, news):
        """Whether the server took it; a failure is counted and said, and the run goes on."""
        message.connection = self.connection
        error, server_spoke = "", True
        try:
            self.connection.open()  # once for the whole run
            if message.send() != 1:
                error, server_spoke = "not accepted", False
        except Exception as raised:  # whatever one e-mail does, the next is tried
            error = type(raised).__name__
            server_spoke = isinstance(raised, SMTPRecipientsRefused)
            self._close()
        self.failed_in_a_row = 0 if server_spoke else self.failed_in_a_row + 1
        if error:
            self.count.failed += 1
            self.tell(f"{place}: failed ({error})")
            return False
        self.count.sent += 1
        self.tell(f"{place}: told {news}")
        return True

    def _close(self):
        try:
            self.connection.close()
        except Exception as raised:
            log.warning("The mail server did not part in order: %s", type(raised).__name__)
