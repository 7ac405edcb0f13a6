"""Files being sent are bounded: on a machine, in a worker, and by how long a reader may take."""

import gc
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from engagements import slots
from engagements.outages import AGAIN_AFTER
from engagements.slots import NoSlotLeft, in_slot, take_slot
from tests.databases import copied
from tools.bench import GROW
from tools.served import environment

ROOT = settings.BASE_DIR


@pytest.fixture
def bounds(settings, tmp_path):
    """Three files at once on the machine, two of them in a worker."""
    settings.FILES_AT_ONCE, settings.FILES_A_WORKER = 3, 2
    settings.RUN_ROOT = str(tmp_path / "run")
    return settings


# -- slots


def test_a_worker_has_its_own_bound(bounds):
    held = [take_slot(), take_slot()]
    with pytest.raises(NoSlotLeft):
        take_slot()
    held[0].close()
    take_slot().close()
    held[1].close()


def test_the_machine_has_one_for_all_its_workers(bounds):
    bounds.FILES_A_WORKER = 9
    with ExitStack() as stack:
        for _place in range(3):
            stack.enter_context(closing(take_slot()))
        with pytest.raises(NoSlotLeft):
            take_slot()
    take_slot().close()


HOLD = """
import sys
from django.conf import settings
settings.configure(RUN_ROOT=sys.argv[1], FILES_AT_ONCE=3, FILES_A_WORKER=3)
from engagements.slots import take_slot
held = [take_slot() for _place in range(3)]
print("held", flush=True)
sys.stdin.read()
"""


def test_the_slots_of_a_worker_that_was_killed_are_free(bounds):
    worker = subprocess.Popen(
        [sys.executable, "-c", HOLD, bounds.RUN_ROOT],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with worker:
        assert worker.stdout.readline() == b"held\n"
        with pytest.raises(NoSlotLeft):
            take_slot()
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        take_slot().close()


def test_an_answer_gives_its_slot_back_when_it_was_sent(db, bounds):
    bounds.FILES_AT_ONCE = 1
    answer = in_slot(HttpResponse)
    with pytest.raises(NoSlotLeft):
        in_slot(HttpResponse)
    answer.close()
    in_slot(HttpResponse).close()


def test_an_answer_that_failed_or_was_forgotten_keeps_no_slot(db, bounds):
    def fail():
        raise ValueError("no such file")

    bounds.FILES_AT_ONCE = 1
    with pytest.raises(ValueError, match="no such"):
        in_slot(fail)
    forgotten = in_slot(HttpResponse)
    del forgotten
    gc.collect()
    in_slot(HttpResponse).close()


def test_without_a_bound_no_slot_is_taken(bounds):
    bounds.FILES_AT_ONCE = 0
    answers = [in_slot(HttpResponse) for _place in range(9)]
    assert len(answers) == 9
    assert not Path(bounds.RUN_ROOT).exists()


# -- every file

FILES = [
    "/cam-ket/du-lieu.csv",
    "/en/kien-nghi/du-lieu.xlsx",
    "/tinh/hue/ho-so.xlsx",
    "/api/v1/commitments/?format=csv",
    "/api/v1/followups/?format=ndjson",
    "/api/v1/requests/?format=xlsx",
    "/admin/engagements/commitment/export/",
    "/admin/engagements/commitment/empty/",
]


@pytest.mark.parametrize("path", FILES)
def test_no_file_is_sent_beyond_the_bound(staff_client, register, bounds, path):
    bounds.FILES_AT_ONCE = 1
    with closing(take_slot()):
        answer = staff_client.get(path)
        assert (answer.status_code, answer["Retry-After"]) == (503, str(AGAIN_AFTER))
        assert answer["Cache-Control"] == "no-store"
        is_api = path.startswith("/api/")
        assert (answer["Content-Type"] == "application/problem+json") == is_api
        assert is_api or f'lang="{"en" if path.startswith("/en/") else "vi"}"' in str(
            answer.content
        )
        assert staff_client.get("/").status_code == 200
        assert staff_client.get("/api/v1/commitments/").status_code == 200
    answer = staff_client.get(path)
    assert answer.status_code == 200
    assert b"".join(answer)
    assert not any(slot.is_held for slot in slots._held)


def test_who_has_the_file_already_needs_no_slot(client, register, bounds):
    path = "/api/v1/commitments/?format=csv"
    answer = client.get(path)
    assert b"".join(answer)
    with closing(take_slot()), closing(take_slot()):
        assert client.get(path, headers={"If-None-Match": answer["ETag"]}).status_code == 304
        assert client.get(path).status_code == 503


# -- a server as documented, and readers that hardly read

DOCUMENTED = ["--workers", "2", "--worker-class", "gthread", "--threads", "4", "--timeout", "120"]
FILE = "/api/v1/commitments/?format=ndjson"


@pytest.fixture(scope="module")
def grown(django_db_setup, django_db_blocker, tmp_path_factory):
    """The environment of a server with a register whose files no socket holds whole."""
    with django_db_blocker.unblock():
        name = copied(django_db_setup.loaded_template, "grown").settings_dict["NAME"]
    url = os.environ.get("DATABASE_URL", "").rpartition("/")[0]
    environ = environment(
        tmp_path_factory.mktemp("grown"),
        DEBUG="1",  # static files are collected for production only
        DATABASE_URL=f"{url}/{name}" if url else f"sqlite:///{name}",
    )
    made = GROW.replace("{rows}", "4000")
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", made],
        cwd=ROOT, env=environ, check=True,
    )  # fmt: skip
    return environ


@contextmanager
def gunicorn(environ, *arguments):
    """(host, port) of a server that answers, and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        place = probe.getsockname()
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--no-control-socket"]
    server = subprocess.Popen(
        [*command, "--bind", f"127.0.0.1:{place[1]}", *arguments],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: is_open(place))
        yield place, server
    finally:
        server.kill()
        for worker in workers_of(server):
            os.kill(worker, signal.SIGKILL)
        server.wait()


def until(holds):
    """Waits until it does; a test that would wait for ever fails."""
    give_up = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < give_up
    return True


def is_open(place):
    with socket.socket() as probe:
        return probe.connect_ex(place) == 0


def workers_of(server):
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
    return [int(pid) for pid in children.read_text().split()] if children.exists() else []


class SlowReader:
    """Asks for a file, reads what is said about it, then no more than a byte when told to."""

    def __init__(self, place):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(120)
        self.socket.connect(place)
        self.socket.sendall(f"GET {FILE} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        said = b""
        while not said.endswith(b"\r\n\r\n"):
            said += self.socket.recv(1)
        self.status = int(said.split()[1])
        if self.status != 200:
            self.socket.close()

    def read_a_byte(self):
        return self.socket.recv(1)

    def rest(self):
        """What comes until the server ends it."""
        read = b""
        try:
            while piece := self.socket.recv(1 << 20):
                read += piece
        except ConnectionError:
            pass
        return read


def get(place, path):
    address = f"http://{place[0]}:{place[1]}{path}"
    try:
        with urllib.request.urlopen(address, timeout=120) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.headers, refusal.read()


def test_sixteen_slow_readers_do_not_stop_the_site(grown):
    with gunicorn(grown, *DOCUMENTED) as (place, server):
        readers = [SlowReader(place) for _place in range(16)]
        # A worker takes two at most, and which worker accepts is chance.
        while sum(reader.status == 200 for reader in readers) < 4:
            readers.append(SlowReader(place))
            assert len(readers) < 500
        reading = [reader for reader in readers if reader.status == 200]
        assert len(reading) == 4
        assert {reader.status for reader in readers} == {200, 503}
        for reader in 5 * reading:
            assert reader.read_a_byte()
            assert get(place, "/")[0] == 200
            assert get(place, "/api/v1/requests/")[0] == 200
        status, headers, _problem = get(place, FILE)
        assert (status, headers["Retry-After"]) == (503, str(AGAIN_AFTER))
        assert headers["Content-Type"] == "application/problem+json"
        status, headers, page = get(place, "/cam-ket/du-lieu.csv")
        assert (status, headers["Retry-After"]) == (503, str(AGAIN_AFTER))
        assert b'<html lang="vi">' in page
        for worker in workers_of(server):
            os.kill(worker, signal.SIGKILL)
        assert until(lambda: _is_whole(place))


def _is_whole(place):
    """Whether a file comes; while the workers are made anew nobody may answer."""
    try:
        status, _headers, lines = get(place, FILE)
    except OSError:
        return False
    return status == 200 and lines.count(b"\n") > 4000


def test_a_reader_who_stops_reading_is_let_go(grown):
    bounds = {"FILES_AT_ONCE": "1", "SEND_TIMEOUT": "1"}
    with gunicorn(grown | bounds, *DOCUMENTED) as (place, _server):
        reader = SlowReader(place)
        assert reader.status == 200
        assert until(lambda: _is_whole(place))  # its slot is free
        assert not reader.rest().endswith(b"0\r\n\r\n")  # and it knows that this was not all


@pytest.mark.parametrize("path", ["/", "/api/v1/requests/"])
def test_a_server_that_shows_no_socket_is_served_too(register, path):
    assert Client().get(path).status_code == 200
