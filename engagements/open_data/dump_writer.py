"""Writer of dumps: NDJSON, CSV, SQLite, data dictionary and manifest, all from one moment.

First the mark is fixed, the sequence of the newest edition. Every row is what the public could
read at that mark, so the files agree with each other whatever is published while they are written.
"""

import csv
import json
import shutil
import sqlite3
import tempfile
from contextlib import ExitStack, closing
from decimal import Decimal
from itertools import islice
from pathlib import Path

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
from .dumps import (
    DATABASE,
    MANIFEST,
    NEW,
    SUMS,
    Dump,
    all_in,
    folders_in,
    remove_folder,
    remove_leftovers,
    size_and_sha256,
    still_valid,
)

ROWS_AT_ONCE = 1000  # read and written
ATTEMPTS = 3  # where something is withdrawn while a dump is written


def snapshot():
    """The newest act, and the lists that records refer to as they were then."""
    while True:
        act = Edition.objects.last_act()
        lists = {}
        for name, reference in REFERENCES.items():
            lists[name] = reference.shape(reference().rows(), many=True).data
        if Edition.objects.last_act() == act:
            return act, lists


def write_dump(root, tell):
    """Writes the dump of today into its folder; None where nothing was published since it was made.

    The caller holds the lock.
    """
    remove_leftovers(root)
    for _attempt in range(ATTEMPTS):
        act, lists = snapshot()
        if act is None:
            tell("Nothing has been published yet: there is nothing to write.")
            return None
        today = timezone.localdate()
        folder = root / today.isoformat()
        of_today = [dump for dump in still_valid(all_in(root)) if dump.folder == folder]
        if of_today and of_today[0].sequence == act["sequence"]:
            tell(f"Nothing was published since the dump of {today}: it stays as it is.")
            return None
        scratch = Path(tempfile.mkdtemp(prefix=NEW, dir=root))
        try:
            DumpWriter(scratch, act, today, tell).write_all(lists)
            mark = act["sequence"]
            if Edition.objects.last_withdrawal(after=mark) > mark:
                tell("Something was withdrawn meanwhile: all over again.")
                continue
            scratch.chmod(0o755)
            if folder in folders_in(root):
                remove_folder(folder)
            scratch.rename(folder)
            return Dump(folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    raise RuntimeError("Something was withdrawn each time it was written.")


class DumpWriter:
    """Writes the files of one dump into a folder."""

    def __init__(self, folder, act, day, tell):
        self.folder, self.day, self.tell = folder, day, tell
        self.mark, self.published_at = act["sequence"], act["published_at"]
        self.rows = dict.fromkeys(dictionary.tables(), 0)

    def write_all(self, lists):
        for name, rows in lists.items():
            self.write_list(name, rows)
        self.write_editions()
        for table in dictionary.tables().values():
            self.write_csv(table)
        self.write_database()
        self.write_documents()
        self.write_manifest()

    def path(self, name):
        return self.folder / name

    def write_list(self, name, rows):
        """A list that records refer to, as NDJSON."""
        with self.path(f"{name}.ndjson").open("w", encoding="utf-8", newline="\n") as file:
            for row in rows:
                file.write(f"{as_line(row)}\n")
        self.rows[name] = len(rows)
        self.tell(f"{name}: {len(rows)}")

    def write_editions(self):
        """NDJSON of every kind in one walk along the sequence, a window at a time."""
        public = Edition.objects.public_at(self.mark).defer("search").order_by("sequence")
        reader, names = Reader(self.day), {kind: read.plural for kind, read in KINDS.items()}
        with ExitStack() as stack:
            files = {}
            for kind, name in names.items():
                path = self.path(f"{name}.ndjson")
                files[kind] = stack.enter_context(path.open("w", encoding="utf-8", newline="\n"))
            for start in range(0, self.mark, ROWS_AT_ONCE):
                for row in public.filter(sequence__gt=start, sequence__lte=start + ROWS_AT_ONCE):
                    files[row.kind].write(f"{reader.whole(row)}\n")
                    self.rows[names[row.kind]] += 1
                if start % (100 * ROWS_AT_ONCE) == 0 and start:
                    self.tell(f"… {start} of {self.mark}")
        for name in names.values():
            self.tell(f"{name}: {self.rows[name]}")

    def pages(self, table):
        """The lines just written, so many at once: every other file is made of them."""
        with self.path(f"{table.name}.ndjson").open(encoding="utf-8", newline="\n") as file:
            while page := list(islice(file, ROWS_AT_ONCE)):
                yield page

    def write_csv(self, table):
        with self.path(f"{table.name}.csv").open("wb") as file:
            for lines in csv_lines(self.pages(table), table.columns, None):
                file.write(lines)

    def write_database(self):
        """One SQLite file: a table for each, its columns and the JSON; `columns` explains them."""
        with closing(sqlite3.connect(self.path(DATABASE), isolation_level=None)) as database:
            database.execute("PRAGMA journal_mode = OFF")  # what fails on the way is thrown away
            database.execute("PRAGMA synchronous = OFF")
            database.execute("BEGIN")
            database.execute("CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT)")
            about = (
                ("day", self.day.isoformat()),
                ("sequence", self.mark),
                ("licence", licence.URL),
            )
            database.executemany("INSERT INTO about VALUES (?, ?)", about)
            heading = dictionary.DICTIONARY_HEADING
            names = ", ".join(f'"{name}" TEXT' for name in heading)
            database.execute(f"CREATE TABLE columns ({names})")
            _insert(database, "columns", dictionary.rows(), len(heading))
            for table in dictionary.tables().values():
                database.execute(_create_table(table))
                _insert(database, table.name, self.values(table), len(table.columns) + 1)
            database.execute("COMMIT")
        self.tell(DATABASE)

    def values(self, table):
        for page in self.pages(table):
            for line in page:
                row = json.loads(line)
                values = [_sqlite_value(column, column.of(row)) for column in table.columns]
                yield [*values, line.rstrip("\n")]

    def write_documents(self):
        """What explains the rest: OpenAPI schema, README, licence, data dictionary."""
        with override("en"):
            schema = SchemaGenerator().get_schema(request=None, public=True)
        self.write("schema.json", json.dumps(schema, ensure_ascii=False, indent=1) + "\n")
        context = {"day": self.day, "sequence": self.mark, "rows": self.rows}
        for name in ("README", "LICENSE"):
            texts = []
            for code in dictionary.BOTH_LANGUAGES:
                with override(code):
                    texts.append(render_to_string(f"engagements/dump_{name.lower()}.txt", context))
            self.write(f"{name}.txt", f"\n{'-' * 60}\n\n".join(texts))
        self.write("dictionary.md", "".join(dictionary.markdown()))
        with self.path("dictionary.csv").open("w", encoding="utf-8", newline="") as file:
            write = csv.writer(file).writerow
            for row in (dictionary.DICTIONARY_HEADING, *dictionary.rows()):
                write([neutral(cell) for cell in row])

    def write(self, name, text):
        self.path(name).write_text(text, encoding="utf-8", newline="\n")

    def write_manifest(self):
        files = []
        for path in sorted(self.folder.iterdir()):
            size, sha256 = size_and_sha256(path)
            entry = {"name": path.name, "bytes": size, "sha256": sha256}
            if path.suffix in (".csv", ".ndjson") and path.stem in self.rows:
                entry["rows"] = self.rows[path.stem]
            files.append(entry)
        manifest = {
            "name": "Sát Cánh",
            "day": self.day.isoformat(),
            "sequence": self.mark,
            "published_at": self.published_at.isoformat(),
            "licence": licence.URL,
            "rows": self.rows,
            "files": files,
        }
        self.write(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")
        sums = [(entry["sha256"], entry["name"]) for entry in files]
        sums.append((size_and_sha256(self.path(MANIFEST))[1], MANIFEST))
        self.write(SUMS, "".join(f"{sha256}  {name}\n" for sha256, name in sums))


# -- as SQLite holds it

AFFINITY = {"integer": "INTEGER", "number": "NUMERIC", "boolean": "INTEGER"}


def _create_table(table):
    columns = [
        f'"{entry.sqlite_name}" {AFFINITY.get(entry.column.type, "TEXT")}'
        + (" PRIMARY KEY" if entry.name == table.key else "")
        for entry in table.entries
    ]
    return f'CREATE TABLE "{table.name}" ({", ".join(columns)}, "record" TEXT)'


def _insert(database, name, rows, width):
    marks = ", ".join("?" * width)
    database.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)  # noqa: S608  names of ours


def _sqlite_value(column, value):
    if column.type == "number" and value is not None:
        return str(Decimal(value))
    return int(value) if isinstance(value, bool) else value
