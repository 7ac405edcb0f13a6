"""The whole register as files, all of them from one moment: a folder a day.

First the mark is fixed, the sequence of the newest edition. Every row is what the public could
read at that mark, so the files agree with each other whatever is published while they are written.
A folder is written under another name and renamed when it is whole.
"""

import csv
import fcntl
import hashlib
import json
import re
import shutil
import sqlite3
import tempfile
from contextlib import ExitStack, closing, contextmanager
from decimal import Decimal
from functools import cached_property
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override
from drf_spectacular.generators import SchemaGenerator

from engagements.edition import licence
from engagements.edition.cells import neutral
from engagements.edition.exports import as_line, csv_lines
from engagements.edition.kinds import KINDS
from engagements.edition.models import Edition
from engagements.edition.reading import Reader
from engagements.edition.references import REFERENCES

from . import dictionary

NEW, OLD = ".sat-canh-new-", ".sat-canh-old-"  # folders on their way in and out
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)
MANIFEST, SUMS, BOOK = "manifest.json", "SHA256SUMS", "sat-canh.sqlite"
KEEP = 8  # dumps
ROWS = 1000  # read and written at once
AGAIN = 3  # times, when something is withdrawn while a dump is written
PIECE = 1 << 20  # bytes


# -- what there is


class File:
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
            described = [self._described(one) for one in self.manifest["files"]]
            own = [self._read(name) for name in (MANIFEST, SUMS)]
        except (OSError, TypeError, KeyError) as error:
            raise ValueError(f"No dump: {folder.name}") from error
        self.files = {one.name: one for one in (*described, *own)}

    def _described(self, one):
        path = self.folder / one["name"]
        if not NAME.fullmatch(one["name"]) or path.stat().st_size != one["bytes"]:
            raise ValueError(f"Not as the manifest says: {one['name']}")
        return File(path, one["bytes"], one["sha256"], one.get("rows"))

    def _read(self, name):
        path = self.folder / name
        return File(path, *measured(path))

    @cached_property
    def book(self):
        return self.files[BOOK]


def all_in(root):
    """Every whole dump of a folder, the newest first."""
    found = []
    for folder in folders_in(root):
        try:
            found.append(Dump(folder))
        except ValueError:
            continue
    return found


def still_true(found):
    """Those made of this register from which nothing was withdrawn since."""
    if not found:
        return []
    marks = {one.sequence for one in found}
    at = Edition.objects.filter(sequence__in=marks).values_list("sequence", "published_at")
    known = {sequence: instant.isoformat() for sequence, instant in at}
    last = Edition.objects.last_withdrawal(after=min(marks))
    return [
        one for one in found if one.sequence >= last and known.get(one.sequence) == one.published_at
    ]


def listed():
    """What readers may take."""
    return still_true(all_in(settings.DUMPS_ROOT))


def changed_at():
    """When a dump last came or went, in seconds; 0 where there is no place for any."""
    root = settings.DUMPS_ROOT
    return int(root.stat().st_mtime) if root.is_dir() else 0


# -- keeping the folder


@contextmanager
def locked(root, wait=False):
    """One writer at a time. Raises BlockingIOError where another is at work, unless it waits."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def remove(folder):
    """Takes a folder out of the list at once, and then off the disk."""
    hidden = folder.with_name(f"{OLD}{folder.name}")
    shutil.rmtree(hidden, ignore_errors=True)
    folder.rename(hidden)
    shutil.rmtree(hidden)


def clear(root):
    """Removes what a stopped run left; the caller holds the lock."""
    for prefix in (NEW, OLD):
        for left in root.glob(f"{prefix}*"):
            shutil.rmtree(left)


def folders_in(root):
    """Folders that a dump was written into, whole or not; the rest of a folder is not ours."""
    found = sorted(root.iterdir(), reverse=True) if root.is_dir() else ()
    return [one for one in found if DAY.fullmatch(one.name) and (one / BOOK).is_file()]


def remove_outdated(root):
    """Removes dumps from which something was withdrawn since, or that are not whole."""
    keep = {one.day for one in still_true(all_in(root))}
    outdated = [one for one in folders_in(root) if one.name not in keep]
    for folder in outdated:
        remove(folder)
    return sorted(one.name for one in outdated)


def remove_beyond(root, keep):
    """Removes the oldest dumps beyond a number."""
    beyond = all_in(root)[keep:]
    for one in beyond:
        remove(one.folder)
    return [one.day for one in beyond]


def remove_all(root):
    """After a person's data were erased: no dump of before may stay."""
    if not root.is_dir():
        return []
    with locked(root, wait=True):
        clear(root)
        folders = folders_in(root)
        for folder in folders:
            remove(folder)
    return sorted(one.name for one in folders)


# -- writing


def moment():
    """The newest act, and the lists that records refer to as they were then."""
    while True:
        act = Edition.objects.last_act()
        lists = {}
        for name, reference in REFERENCES.items():
            lists[name] = reference.shape(reference().rows(), many=True).data
        if Edition.objects.last_act() == act:
            return act, lists


def publish(root, tell):
    """Writes the dump of today into its place; None where nothing was published since it was made.

    The caller holds the lock.
    """
    clear(root)
    for _time in range(AGAIN):
        act, lists = moment()
        if act is None:
            tell("Nothing has been published yet: there is nothing to write.")
            return None
        today = timezone.localdate()
        folder = root / today.isoformat()
        there = next((one for one in still_true(all_in(root)) if one.folder == folder), None)
        if there and there.sequence == act["sequence"]:
            tell(f"Nothing was published since the dump of {today}: it stays as it is.")
            return None
        scratch = Path(tempfile.mkdtemp(prefix=NEW, dir=root))
        try:
            Writing(scratch, act, today, tell).carry_out(lists)
            mark = act["sequence"]
            if Edition.objects.last_withdrawal(after=mark) > mark:
                tell("Something was withdrawn meanwhile: all over again.")
                continue
            scratch.chmod(0o755)
            if folder in folders_in(root):
                remove(folder)
            scratch.rename(folder)
            return Dump(folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    raise RuntimeError("Something was withdrawn each time it was written.")


class Writing:
    """One dump on its way."""

    def __init__(self, folder, act, day, tell):
        self.folder, self.day, self.tell = folder, day, tell
        self.mark, self.published_at = act["sequence"], act["published_at"]
        self.rows = dict.fromkeys(dictionary.tables(), 0)

    def carry_out(self, lists):
        for name, rows in lists.items():
            self.lines(name, rows)
        self.editions()
        for table in dictionary.tables().values():
            self.csv(table)
        self.book()
        self.words()
        self.manifest()

    def path(self, name):
        return self.folder / name

    def lines(self, name, rows):
        """A list that records refer to."""
        with self.path(f"{name}.ndjson").open("w", encoding="utf-8", newline="\n") as file:
            for row in rows:
                file.write(f"{as_line(row)}\n")
        self.rows[name] = len(rows)
        self.tell(f"{name}: {len(rows)}")

    def editions(self):
        """Every kind in one walk along the sequence, a window at a time."""
        public = Edition.objects.public_at(self.mark).defer("search").order_by("sequence")
        reader, names = Reader(self.day), {kind: read.plural for kind, read in KINDS.items()}
        with ExitStack() as stack:
            files = {}
            for kind, name in names.items():
                path = self.path(f"{name}.ndjson")
                files[kind] = stack.enter_context(path.open("w", encoding="utf-8", newline="\n"))
            for start in range(0, self.mark, ROWS):
                for row in public.filter(sequence__gt=start, sequence__lte=start + ROWS):
                    files[row.kind].write(f"{reader.whole(row)}\n")
                    self.rows[names[row.kind]] += 1
                if start % (100 * ROWS) == 0 and start:
                    self.tell(f"… {start} of {self.mark}")
        for name in names.values():
            self.tell(f"{name}: {self.rows[name]}")

    def pages(self, table):
        """The lines just written, so many at once: every other file is made of them."""
        with self.path(f"{table.name}.ndjson").open(encoding="utf-8", newline="\n") as file:
            while page := list(islice(file, ROWS)):
                yield page

    def csv(self, table):
        with self.path(f"{table.name}.csv").open("wb") as file:
            for piece in csv_lines(self.pages(table), table.columns, None):
                file.write(piece)

    def book(self):
        """One SQLite file: a table for each, its columns and the JSON; `columns` explains them."""
        with closing(sqlite3.connect(self.path(BOOK), isolation_level=None)) as book:
            book.execute("PRAGMA journal_mode = OFF")  # what fails on the way is thrown away
            book.execute("PRAGMA synchronous = OFF")
            book.execute("BEGIN")
            book.execute("CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT)")
            about = (
                ("day", self.day.isoformat()),
                ("sequence", self.mark),
                ("licence", licence.URL),
            )
            book.executemany("INSERT INTO about VALUES (?, ?)", about)
            heading = ", ".join(f'"{name}" TEXT' for name in dictionary.HEADING)
            book.execute(f"CREATE TABLE columns ({heading})")
            _fill(book, "columns", dictionary.rows(), len(dictionary.HEADING))
            for table in dictionary.tables().values():
                book.execute(_created(table))
                _fill(book, table.name, self.values(table), len(table.columns) + 1)
            book.execute("COMMIT")
        self.tell(BOOK)

    def values(self, table):
        for page in self.pages(table):
            for line in page:
                read = json.loads(line)
                yield [*(_value(one, one.of(read)) for one in table.columns), line.rstrip("\n")]

    def words(self):
        """What explains the rest."""
        with override("en"):
            schema = SchemaGenerator().get_schema(request=None, public=True)
        self.write("schema.json", json.dumps(schema, ensure_ascii=False, indent=1) + "\n")
        said = {"day": self.day, "sequence": self.mark, "rows": self.rows}
        for name in ("README", "LICENSE"):
            texts = []
            for code in dictionary.LANGUAGES:
                with override(code):
                    texts.append(render_to_string(f"engagements/dump_{name.lower()}.txt", said))
            self.write(f"{name}.txt", f"\n{'-' * 60}\n\n".join(texts))
        self.write("dictionary.md", "".join(dictionary.markdown()))
        with self.path("dictionary.csv").open("w", encoding="utf-8", newline="") as file:
            write = csv.writer(file).writerow
            for row in (dictionary.HEADING, *dictionary.rows()):
                write([neutral(cell) for cell in row])

    def write(self, name, text):
        self.path(name).write_text(text, encoding="utf-8", newline="\n")

    def manifest(self):
        files = []
        for path in sorted(self.folder.iterdir()):
            size, sha256 = measured(path)
            one = {"name": path.name, "bytes": size, "sha256": sha256}
            if path.suffix in (".csv", ".ndjson") and path.stem in self.rows:
                one["rows"] = self.rows[path.stem]
            files.append(one)
        said = {
            "name": "Sát Cánh",
            "day": self.day.isoformat(),
            "sequence": self.mark,
            "published_at": self.published_at.isoformat(),
            "licence": licence.URL,
            "rows": self.rows,
            "files": files,
        }
        self.write(MANIFEST, json.dumps(said, ensure_ascii=False, indent=1) + "\n")
        named = [(one["sha256"], one["name"]) for one in files]
        named.append((measured(self.path(MANIFEST))[1], MANIFEST))
        self.write(SUMS, "".join(f"{sha256}  {name}\n" for sha256, name in named))


def measured(path):
    """(bytes, SHA-256) of a file."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
            size += len(piece)
    return size, digest.hexdigest()


# -- as SQLite holds it

AFFINITY = {"integer": "INTEGER", "number": "NUMERIC", "boolean": "INTEGER"}


def _created(table):
    columns = [
        f'"{one.sqlite_name}" {AFFINITY.get(one.column.type, "TEXT")}'
        + (" PRIMARY KEY" if one.name == table.key else "")
        for one in table.entries
    ]
    return f'CREATE TABLE "{table.name}" ({", ".join(columns)}, "record" TEXT)'


def _fill(book, name, rows, width):
    marks = ", ".join("?" * width)
    book.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)  # noqa: S608  names of ours


def _value(column, value):
    if column.type == "number" and value is not None:
        return str(Decimal(value))
    return int(value) if isinstance(value, bool) else value
