"""Dumps: the whole register as files, a folder a day; which there are, and which are removed.

A folder is written by dump_writer under another name and renamed when it is whole. Once something
is withdrawn, no dump of before is listed.
"""

import fcntl
import hashlib
import json
import re
import shutil
from contextlib import contextmanager
from functools import cached_property

from django.conf import settings

from engagements.edition.models import Edition

NEW, OLD = ".sat-canh-new-", ".sat-canh-old-"  # folders on their way in and out
DAY_NAME = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)
MANIFEST, SUMS, DATABASE = "manifest.json", "SHA256SUMS", "sat-canh.sqlite"
DUMPS_KEPT = 8
READ_BYTES = 1 << 20  # at once


# -- what there is


class DumpFile:
    """One file of a dump."""

    def __init__(self, path, size, sha256, rows=None):
        self.path, self.name = path, path.name
        self.size, self.sha256, self.rows = size, sha256, rows
        self.modified = int(path.stat().st_mtime)


class Dump:
    """A folder that is whole. Raises ValueError for any other."""

    def __init__(self, folder):
        self.folder, self.day = folder, folder.name
        try:
            self.manifest = json.loads((folder / MANIFEST).read_bytes())
            self.sequence = int(self.manifest["sequence"])
            self.published_at = self.manifest["published_at"]
            described = [self._described(entry) for entry in self.manifest["files"]]
            own = [self._read(name) for name in (MANIFEST, SUMS)]
        except (OSError, TypeError, KeyError) as error:
            raise ValueError(f"No dump: {folder.name}") from error
        self.files = {file.name: file for file in (*described, *own)}

    def _described(self, entry):
        path = self.folder / entry["name"]
        if not FILE_NAME.fullmatch(entry["name"]) or path.stat().st_size != entry["bytes"]:
            raise ValueError(f"Not as the manifest says: {entry['name']}")
        return DumpFile(path, entry["bytes"], entry["sha256"], entry.get("rows"))

    def _read(self, name):
        path = self.folder / name
        return DumpFile(path, *size_and_sha256(path))

    @cached_property
    def database(self):
        return self.files[DATABASE]


def all_in(root):
    """Every whole dump of a folder, the newest first."""
    dumps = []
    for folder in folders_in(root):
        try:
            dumps.append(Dump(folder))
        except ValueError:
            continue
    return dumps


def still_valid(dumps):
    """Those made of this register from which nothing was withdrawn since."""
    if not dumps:
        return []
    marks = {dump.sequence for dump in dumps}
    at = Edition.objects.filter(sequence__in=marks).values_list("sequence", "published_at")
    known = {sequence: instant.isoformat() for sequence, instant in at}
    last = Edition.objects.last_withdrawal(after=min(marks))
    return [
        dump
        for dump in dumps
        if dump.sequence >= last and known.get(dump.sequence) == dump.published_at
    ]


def listed():
    """The dumps that readers may take."""
    return still_valid(all_in(settings.DUMPS_ROOT))


def changed_at():
    """When a dump last came or went, in seconds; 0 where there is no folder for any."""
    root = settings.DUMPS_ROOT
    return int(root.stat().st_mtime) if root.is_dir() else 0


# -- keeping the folder


@contextmanager
def locked(root, wait=False):
    """A lock on the folder (flock), so that one writer works at a time.

    Raises BlockingIOError where another is at work, unless it waits.
    """
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def remove_folder(folder):
    """Takes a folder out of the list at once, and then off the disk."""
    hidden = folder.with_name(f"{OLD}{folder.name}")
    shutil.rmtree(hidden, ignore_errors=True)
    folder.rename(hidden)
    shutil.rmtree(hidden)


def remove_leftovers(root):
    """Removes what a stopped run left; the caller holds the lock."""
    for prefix in (NEW, OLD):
        for leftover in root.glob(f"{prefix}*"):
            shutil.rmtree(leftover)


def folders_in(root):
    """Folders that a dump was written into, whole or not; the rest of a folder is not ours."""
    folders = sorted(root.iterdir(), reverse=True) if root.is_dir() else ()
    return [
        folder
        for folder in folders
        if DAY_NAME.fullmatch(folder.name) and (folder / DATABASE).is_file()
    ]


def remove_outdated(root):
    """Removes dumps from which something was withdrawn since, or that are not whole."""
    keep = {dump.day for dump in still_valid(all_in(root))}
    outdated = [folder for folder in folders_in(root) if folder.name not in keep]
    for folder in outdated:
        remove_folder(folder)
    return sorted(folder.name for folder in outdated)


def remove_beyond(root, keep):
    """Removes the oldest dumps beyond a number."""
    beyond = all_in(root)[keep:]
    for dump in beyond:
        remove_folder(dump.folder)
    return [dump.day for dump in beyond]


def remove_all(root):
    """After a person's data were erased: no dump of before may stay."""
    if not root.is_dir():
        return []
    with locked(root, wait=True):
        remove_leftovers(root)
        folders = folders_in(root)
        for folder in folders:
            remove_folder(folder)
    return sorted(folder.name for folder in folders)


def size_and_sha256(path):
    """(bytes, SHA-256) of a file."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(READ_BYTES):
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()
