"""Webhook delivery: signed POSTs (HMAC-SHA256), retried; the sequence of editions is the outbox.

Messages are signed as standardwebhooks.com says; the mark of a hook is its receipt. What was not
taken is sent again under the same name before anything that came later, so a receiver reads
everything in order, nothing twice.
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

EDITIONS_MOST = 100  # in one message
LEASE = timedelta(minutes=1)  # a run that was cut off keeps others out no longer
DELIVERY_FIELDS = (
    "is_active", "mark", "upto", "failing_since", "attempts", "next_try_at", "taken_until",
    "last_answer", "answered_at",
)  # fmt: skip


def signature(secret, name, timestamp, payload):
    """`v1,…`: HMAC-SHA256 over the message's name, the second of sending and the payload."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{name}.{timestamp}.".encode() + payload
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def message_payload(kind, at, data):
    head = json.dumps({"type": kind, "timestamp": at}, separators=(",", ":"), cls=JSONEncoder)
    return head[:-1].encode() + b',"data":' + data + b"}"


@dataclass
class HookResult:
    """What became of one hook in this run."""

    messages: int = 0
    failure: str = ""


class WebhookSender:
    """Sends the hooks that are due their messages, one hook after the other."""

    def __init__(self, http=None, limit=None, tell=None, clock=timezone.now):
        self.http, self.left, self.clock = http or HTTPClient(), limit, clock
        self.tell = tell or (lambda line: None)

    def run(self):
        """How many messages were taken, and how many hooks failed."""
        sent = failed = 0
        due = Webhook.objects.due(self.clock()).order_by("pk")
        for key, name in list(due.values_list("pk", "name")):
            result = self._deliver(key)
            sent += result.messages
            failed += bool(result.failure)
            failure = f", then failed: {result.failure}" if result.failure else ""
            self.tell(f"{name}: {result.messages} messages{failure}")
        return sent, failed

    def _deliver(self, key):
        result = HookResult()
        while self.left is None or self.left > 0:
            hook = lease(key, self.clock())
            if hook is None:
                break
            editions, has_more = page_after(hook.mark, EDITIONS_MOST, hook.upto)
            if not editions and hook.upto is not None:  # what it missed was withdrawn meanwhile
                editions, has_more = page_after(hook.mark, EDITIONS_MOST)
            if not editions:
                release(hook, lambda row: None)
                break
            if self.left is not None:
                self.left -= 1
            status, answer = self._send_editions(hook, editions, has_more)
            if not self._is_recorded(hook, editions[-1].sequence, status, answer):
                break
            if not is_taken(status):
                result.failure = answer
                break
            result.messages += 1
        return result

    def _send_editions(self, hook, editions, has_more):
        first, last = editions[0].sequence, editions[-1].sequence
        following = f"{reverse('api-changes')}?after={last}" if has_more else None
        data = ChangePage(editions, hook.mark, last, following).as_json()
        payload = message_payload("register.changed", editions[-1].published_at, data)
        return self.send(hook, f"hook_{hook.pk}_{first}_{last}", payload)

    def _is_recorded(self, hook, last, status, answer):
        at = self.clock()

        def write(row):
            if is_taken(status):
                row.took(last, answer, at)
            else:
                row.failed(last, answer, at, status)

        return release(hook, write)

    def test(self, hook):
        """One message without news: whether the receiver took it, and what it answered."""
        payload = message_payload("register.test", self.clock(), b"{}")
        status, answer = self.send(hook, f"test_{hook.pk}_{secrets.token_hex(8)}", payload)
        return is_taken(status), answer

    def send(self, hook, name, payload):
        """(HTTP status or None, the answer in a few words)."""
        timestamp = int(self.clock().timestamp())
        headers = {
            "Content-Type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(hook.secret, name, timestamp, payload),
        }
        try:
            if not is_secure(hook.address):
                raise Forbidden("not encrypted")
            status = self.http.post(hook.address, payload, headers).status
        except (Forbidden, Unreachable) as error:
            return None, str(error)
        return status, f"HTTP {status}"


def is_taken(status):
    return status is not None and 200 <= status < 300


def lease(key, at):
    """The hook, kept from other runs for a minute; None if it is not due or another run's."""
    with transaction.atomic():
        hook = Webhook.objects.due(at).select_for_update(skip_locked=True).filter(pk=key).first()
        if hook is not None:
            hook.taken_until = at + LEASE
            hook.save(update_fields=["taken_until"])
    return hook


def release(hook, write):
    """Writes down what came of it and ends the lease of the hook; False if it had run out."""
    with transaction.atomic():
        rows = Webhook.objects.select_for_update()
        row = rows.filter(pk=hook.pk, mark=hook.mark, taken_until=hook.taken_until).first()
        if row is None:
            return False
        write(row)
        row.taken_until = None
        row.save(update_fields=DELIVERY_FIELDS)
    return True
