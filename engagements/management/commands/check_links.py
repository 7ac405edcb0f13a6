"""Link checker: asks whether the addresses of sources still open, politely, host by host."""

import time
from collections import defaultdict, deque
from datetime import timedelta
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand
from django.db import IntegrityError, transaction
from django.utils import timezone

from engagements.models import LinkCheck, LinkOutcome, Source, State
from engagements.models.link_checks import OPENING, WhichAddress
from engagements.outgoing import Forbidden, HTTPClient, Unreachable

RECHECK_AFTER = timedelta(days=7)
PAUSE = 3.0  # seconds between two questions to one host
# What a server answers that refuses the method, or us, and perhaps not a reader's browser.
ASK_WITH_GET = range(400, 600)
LASTING = (301, 308)


class Command(BaseCommand):
    help = (
        "Asks every address of a source whether it still opens, and keeps the answer. Each is "
        "asked once in 7 days, one host never faster than every 3 seconds. Run it from a timer; "
        "stopped, it goes on next time."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--all", action="store_true", dest="everything", help="also those asked lately"
        )
        parser.add_argument("--limit", type=int, help="ask at most so many addresses")

    def handle(self, *args, everything, limit, verbosity, **options):
        tell = self.stdout.write if verbosity else lambda line: None
        waiting = [] if everything else due(timezone.now())
        if everything:
            waiting = addresses()
        checker = Checker(tell=tell)
        count = checker.run(one_host_after_another(waiting)[:limit])
        outcomes = ", ".join(f"{number} {outcome}" for outcome, number in sorted(count.items()))
        tell(f"{sum(count.values())} addresses asked{': ' if outcomes else ''}{outcomes}.")


# -- which addresses


def addresses():
    """(source, which, address) of every source that is not withdrawn."""
    rows = Source.objects.with_address().exclude(state=State.WITHDRAWN).order_by("pk")
    return [
        (pk, which, address)
        for pk, *both in rows.values_list("pk", *WhichAddress.values)
        for which, address in zip(WhichAddress.values, both, strict=True)
        if address
    ]


def due(now):
    """Those that were not asked for 7 days, those never asked first, then the oldest answers."""
    checks = LinkCheck.objects.of_today().values_list("source", "which", "checked_at")
    checked_at = {(source, which): at for source, which, at in checks}
    never, long_ago = [], []
    for source, which, address in addresses():
        last = checked_at.get((source, which))
        if last is None:
            never.append((source, which, address))
        elif last < now - RECHECK_AFTER:
            long_ago.append((last, source, which, address))
    return sorted(never) + [tuple(row) for _last, *row in sorted(long_ago)]


def host_of(address):
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def one_host_after_another(waiting):
    """The same addresses in turns of the hosts, so that the pause of one is used for others."""
    hosts = defaultdict(deque)
    for row in waiting:
        _source, _which, address = row
        hosts[host_of(address)].append(row)
    turns, ordered = deque(hosts.values()), []
    while turns:
        rows = turns.popleft()
        ordered.append(rows.popleft())
        if rows:
            turns.append(rows)
    return ordered


# -- asking


class Checker:
    """Asks one address after the other and writes down each answer at once."""

    def __init__(self, http=None, pause=PAUSE, sleep=time.sleep, clock=time.monotonic, tell=None):
        self.http, self.pause = http or HTTPClient(), pause
        self.sleep, self.clock = sleep, clock
        self.tell = tell or (lambda line: None)
        self.asked_at = {}  # host → when it was last asked

    def run(self, waiting):
        count = defaultdict(int)
        for number, (source, which, address) in enumerate(waiting, start=1):
            outcome, answer, detail = self.look(address)
            record_outcome(source, which, address, outcome, answer, detail)
            count[outcome] += 1
            self.tell(f"{number}/{len(waiting)} {outcome} {answer or ''} {address}")
        return count

    def look(self, address):
        """(outcome, HTTP status, detail) of one address: first its head, then the page itself."""
        try:
            response = self._ask(address, "HEAD")
            if response.status in ASK_WITH_GET:
                response = self._ask(address, "GET")
        except Forbidden as error:
            return LinkOutcome.FORBIDDEN, None, str(error)
        except Unreachable as error:
            return self._once_more(address, error)
        return judge(address, response)

    def _once_more(self, address, error):
        """Some servers hang up on a HEAD."""
        try:
            return judge(address, self._ask(address, "GET"))
        except Forbidden as refusal:
            return LinkOutcome.FORBIDDEN, None, str(refusal)
        except Unreachable:
            return LinkOutcome.UNREACHABLE, None, str(error)

    def _ask(self, address, method):
        host = host_of(address)
        if host in self.asked_at:
            wait = self.asked_at[host] + self.pause - self.clock()
            if wait > 0:
                self.sleep(wait)
        try:
            return self.http.fetch(address, method)
        finally:
            self.asked_at[host] = self.clock()


def judge(address, response):
    """What an answer means to a reader who follows the link."""
    where = response.url if response.redirects else ""
    if response.status in (404, 410):
        return LinkOutcome.GONE, response.status, where
    if response.status >= 400:
        return LinkOutcome.REFUSED, response.status, where
    if where and is_front_page(where) and not is_front_page(address):
        # How many newspapers say that an article is no more.
        return LinkOutcome.GONE, response.status, where
    if where and comparable(where) != comparable(address):
        return LinkOutcome.MOVED, response.redirects[0][0], where
    return LinkOutcome.OPENS, response.status, ""


def is_front_page(url):
    return not urlsplit(url).path.strip("/") and not urlsplit(url).query


def comparable(url):
    """The address without what changes nothing for a reader: http or https, www, a last slash."""
    parts = urlsplit(url)
    return (parts.hostname or "").removeprefix("www."), parts.path.rstrip("/"), parts.query


def record_outcome(source, which, address, outcome, answer, detail):
    """Writes down an answer; the first failure in a row keeps its day."""
    now = timezone.now()
    try:
        with transaction.atomic():
            rows = LinkCheck.objects.select_for_update()
            row = rows.filter(source=source, which=which).first()
            row = row or LinkCheck(source_id=source, which=which)
            failing = row.failing_since if row.address == address else None
            row.address, row.checked_at = address, now
            row.outcome, row.answer, row.detail = outcome, answer, detail[:300]
            row.failing_since = None if outcome in OPENING else failing or now
            row.save()
    except IntegrityError:
        return  # deleted, or written down by another run, while it was asked
