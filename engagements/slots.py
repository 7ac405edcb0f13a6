"""Slots for files being sent: how many at once on a machine and in a worker; no slot left is a 503.

A reader who takes his time over a file keeps a thread for himself, so without a bound as many slow
readers as there are threads stop the site. A slot is a lock (flock) on a file in RUN_ROOT: the
kernel frees it when the process that holds it ends, however it ends. A worker has a bound of its
own, since all the slots of a machine in one worker would leave it no thread for pages.
Names no model.
"""

import fcntl
import os
import weakref
from pathlib import Path
from threading import Lock

from django.conf import settings


class NoSlotLeft(Exception):
    """As many files are being sent as may be: config/errors.py answers 503."""


class Slot:
    """A place among the files being sent; given back when it is closed or forgotten."""

    def __init__(self, lock):
        self._free = weakref.finalize(self, os.close, lock)

    is_held = property(lambda self: self._free.alive)

    def close(self):
        self._free()


_guard = Lock()
_held = weakref.WeakSet()  # by this process


def take_slot():
    """A free slot. Raises NoSlotLeft."""
    folder = Path(settings.RUN_ROOT)
    with _guard:
        if sum(slot.is_held for slot in _held) < settings.FILES_A_WORKER:
            folder.mkdir(parents=True, exist_ok=True)
            for number in range(settings.FILES_AT_ONCE):
                lock = os.open(folder / f"file-{number}.lock", os.O_RDWR | os.O_CREAT, 0o600)
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:  # the file of another worker, or of this one
                    os.close(lock)
                else:
                    slot = Slot(lock)
                    _held.add(slot)
                    return slot
    raise NoSlotLeft


def in_slot(make):
    """The answer that `make` gives, in a slot from before it is made until it is sent."""
    if not settings.FILES_AT_ONCE:
        return make()
    slot = take_slot()
    try:
        response = make()
    except BaseException:
        slot.close()
        raise
    response._resource_closers.append(slot.close)  # the server closes what it has sent
    return response
