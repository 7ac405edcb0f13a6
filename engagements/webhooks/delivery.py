"""Telling the receivers of webhooks: the sequence of editions is the outbox, the mark the receipt.

Messages are signed as standardwebhooks.com says. What was not taken is sent again under the same
name before anything that came later, so a receiver reads everything in order, nothing twice.
"""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from rest_framework.utils.encoders import JSONEncoder

from engagements.edition.changes import ChangePage, page_after
from engagements.outgoing import Forbidden, HTTPClient, Unreachable

from .models import PREFIX, Webhook, is_secure

ROWS = 100  # in one message
LEASE = timedelta(minutes=1)  # a run that was cut off keeps others out no longer
WRITTEN = (
    "is_active", "mark", "upto", "failing_since", "attempts", "next_try_at", "taken_until",
    "last_answer", "answered_at",
)  # fmt: skip


def signature(secret, name, timestamp, body):
    """`v1,…` over the message's name, the second of sending and the body's very bytes."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{name}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def message(kind, at, data):
    head = json.dumps({"type": kind, "timestamp": at}, separators=(",", ":"), cls=JSONEncoder)
    return head[:-1].encode() + b',"data":' + data + b"}"


@dataclass
class Told:
    """What became of one hook in this run."""

    messages: int = 0
    failure: str = ""


class Courier:
    """Brings the hooks that are due their messages, one hook after the other."""

    def __init__(self, http=None, limit=None, tell=None, clock=timezone.now):
        self.http, self.left, self.clock = http or HTTPClient(), limit, clock
        self.tell = tell or (lambda line: None)

    def run(self):
        """How many messages were taken, and how many hooks failed."""
        sent = failed = 0
        due = Webhook.objects.due(self.clock()).order_by("pk")
        for key, name in list(due.values_list("pk", "name")):
            told = self._serve(key)
            sent += told.messages
            failed += bool(told.failure)
            failure = f", then failed: {told.failure}" if told.failure else ""
            self.tell(f"{name}: {told.messages} messages{failure}")
        return sent, failed

    def _serve(self, key):
        told = Told()
        while self.left is None or self.left > 0:
            hook = take(key, self.clock())
            if hook is None:
                break
            rows, more = page_after(hook.mark, ROWS, hook.upto)
            if not rows and hook.upto is not None:  # what it missed was withdrawn meanwhile
                rows, more = page_after(hook.mark, ROWS)
            if not rows:
                keep(hook, lambda row: None)
                break
            if self.left is not None:
                self.left -= 1
            status, answer = self._bring(hook, rows, more)
            if not self._is_settled(hook, rows[-1].sequence, status, answer):
                break
            if not is_taken(status):
                told.failure = answer
                break
            told.messages += 1
        return told

    def _bring(self, hook, rows, more):
        first, last = rows[0].sequence, rows[-1].sequence
        following = f"{reverse('api-changes')}?after={last}" if more else None
        data = ChangePage(rows, hook.mark, last, following).as_json()
        body = message("register.changed", rows[-1].published_at, data)
        return self.send(hook, f"hook_{hook.pk}_{first}_{last}", body)

    def _is_settled(self, hook, last, status, answer):
        at = self.clock()

        def write(row):
            if is_taken(status):
                row.took(last, answer, at)
            else:
                row.failed(last, answer, at, status)

        return keep(hook, write)

    def test(self, hook):
        """One message without news: whether the receiver took it, and what it answered."""
        body = message("register.test", self.clock(), b"{}")
        status, answer = self.send(hook, f"test_{hook.pk}_{secrets.token_hex(8)}", body)
        return is_taken(status), answer

    def send(self, hook, name, body):
        """(HTTP status or None, the answer in a few words)."""
        timestamp = int(self.clock().timestamp())
        headers = {
            "Content-Type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(hook.secret, name, timestamp, body),
        }
        try:
            if not is_secure(hook.address):
                raise Forbidden("not encrypted")
            status = self.http.post(hook.address, body, headers).status
        except (Forbidden, Unreachable) as error:
            return None, str(error)
        return status, f"HTTP {status}"


def is_taken(status):
    return status is not None and 200 <= status < 300


def take(key, at):
    """The hook, kept from other runs for a minute; None if it is not due or another run's."""
    with transaction.atomic():
        hook = Webhook.objects.due(at).select_for_update(skip_locked=True).filter(pk=key).first()
        if hook is not None:
            hook.taken_until = at + LEASE
            hook.save(update_fields=["taken_until"])
    return hook


def keep(hook, write):
    """Writes down what came of it and gives the hook back; False if it is no more ours."""
    with transaction.atomic():
        rows = Webhook.objects.select_for_update()
        row = rows.filter(pk=hook.pk, mark=hook.mark, taken_until=hook.taken_until).first()
        if row is None:
            return False
        write(row)
        row.taken_until = None
        row.save(update_fields=WRITTEN)
    return True
