"""Parent's side of the child process that parses a file: starts it, waits, reads its answer.

A reading that takes too long, too much memory, or dies is a refusal, and nothing else happens.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from .refusals import Unreadable

ROOT = Path(__file__).resolve().parents[2]
WALL_SECONDS = 15
MOST_BYTES = 8 * 1024 * 1024  # of an answer: 120,000 characters, each of them escaped, have 1.5 MB
AT_ONCE = threading.BoundedSemaphore(2)  # in a worker: they take up to 512 MB each
PATIENCE = 3  # seconds for one of them to end
# The parser gets none of our settings, secrets least of all.
PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT")


def parsed(kind, content, declared="", address="", seconds=WALL_SECONDS):
    """The Raw of these bytes as a dict. Raises Unreadable."""
    if not AT_ONCE.acquire(timeout=PATIENCE):
        raise Unreadable("busy")
    try:
        told = _told([kind, declared, address], content, seconds)
    finally:
        AT_ONCE.release()
    if "refused" in told:
        raise Unreadable(told["refused"])
    return told["raw"]


def _told(arguments, content, seconds):
    command = [sys.executable, "-B", "-m", "engagements.reading.child"]
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    with tempfile.TemporaryFile() as file:
        file.write(json.dumps(arguments).encode() + b"\n" + content)
        file.seek(0)
        try:
            child = subprocess.Popen(  # noqa: S603
                command,
                stdin=file,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=ROOT,
                env=environment,
                close_fds=True,
            )
        except OSError as error:  # no memory or no process left on this machine
            raise Unreadable("busy") from error
    with child:
        clock = threading.Timer(seconds, child.kill)
        clock.start()
        try:
            answer = child.stdout.read(MOST_BYTES + 1)
            if len(answer) <= MOST_BYTES:
                child.wait()
        finally:
            clock.cancel()
            child.kill()
    try:
        return json.loads(answer if len(answer) <= MOST_BYTES else b"")
    except ValueError:
        # A limit or the clock killed it; or the parser broke on what the file holds.
        return {"refused": "too_long" if child.returncode < 0 else "broken"}
