"""How the public's answers grow with the register: one worker, SQLite in a scratch folder.

python tools/bench.py [ROWS …]   10,000 and 100,000 commitments unless others are named

For each size: the first and the last of all cursor pages, and each file: its first byte, rows a
second, and the most memory that the worker ever took. Ratios of the sizes come last: only what one
run measured on one machine can be compared.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.served import environment, loaded, serving  # noqa: E402

FILES = ("csv", "ndjson", "xlsx")
PAGE = 200

# Copies of one commitment of the documents, each with a code of its own.
GROW = """
from django.db import connection
from engagements.edition.models import Edition
from engagements.edition.triggers import lifted

names = [field.column for field in Edition._meta.concrete_fields]
given = {
    "sequence": "last + n",
    "first_sequence": "last + n",
    "record": "1000000 + n",
    "code": "'CK-' || (1000000 + n)",
    "body": "replace(body, 'CK-1', 'CK-' || (1000000 + n))",
}
last = Edition.objects.last_act()["sequence"]
one = Edition.objects.public().get(code="CK-1").sequence
with lifted(connection), connection.cursor() as cursor:
    cursor.execute(
        f"INSERT INTO engagements_edition ({', '.join(names)}) "
        f"WITH RECURSIVE k(n, last) AS (SELECT 1, {last} UNION ALL SELECT n + 1, last FROM k "
        f"WHERE n < {rows}) SELECT {', '.join(given.get(name, name) for name in names)} "
        f"FROM k, (SELECT * FROM engagements_edition WHERE sequence = {one}) AS one"
    )
    cursor.execute("ANALYZE")
"""


def peak(server):
    """Most memory that a worker ever had, in MB."""
    workers = subprocess.run(  # noqa: S603
        ["/usr/bin/pgrep", "-P", str(server.pid)], capture_output=True, text=True, check=True
    ).stdout.split()
    status = [Path(f"/proc/{worker}/status").read_text().splitlines() for worker in workers]
    found = [int(line.split()[1]) for lines in status for line in lines if "VmHWM" in line]
    return max(found) / 1024


def pages(address):
    """Seconds of each page of a whole copy, and how many rows came."""
    took, rows, path = [], 0, f"/api/v1/commitments/?page_size={PAGE}"
    while path:
        start = time.perf_counter()
        with urllib.request.urlopen(address + path, timeout=60) as answer:  # noqa: S310
            page = json.load(answer)
        took.append(time.perf_counter() - start)
        rows, path = rows + len(page["results"]), page["next"]
    return took, rows


def file(address, wanted):
    """Seconds to the first byte and to the last, and lines."""
    start, lines = time.perf_counter(), 0
    where = f"{address}/api/v1/commitments/?format={wanted}"
    with urllib.request.urlopen(where, timeout=60) as answer:  # noqa: S310
        answer.read(1)
        first = time.perf_counter() - start
        while piece := answer.read(1 << 20):
            lines += piece.count(b"\n")
    return first, time.perf_counter() - start, lines


def measure(rows):
    """Figures of one size by name."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        environ = environment(folder)
        loaded(environ)
        made = GROW.replace("{rows}", str(rows))
        subprocess.run(  # noqa: S603
            [sys.executable, "manage.py", "shell", "-v0", "-c", made],
            cwd=ROOT, env=environ, check=True,
        )  # fmt: skip
        with serving(environ) as (address, server):
            took, copied = pages(address)
            assert copied >= rows, (copied, rows)
            ends = len(took) // 10 or 1
            found["pages: first tenth, ms each"] = 1000 * sum(took[:ends]) / ends
            found["pages: last tenth, ms each"] = 1000 * sum(took[-ends:]) / ends
            found["pages: worker's memory, MB"] = peak(server)
            for wanted in FILES:
                first, whole, lines = file(address, wanted)
                assert wanted == "xlsx" or lines >= rows, (wanted, lines)
                found[f"{wanted}: first byte, ms"] = 1000 * first
                found[f"{wanted}: µs a row"] = 1e6 * whole / rows
                found[f"{wanted}: worker's memory, MB"] = peak(server)
    return found


def main():
    sizes = [int(word.replace(",", "")) for word in sys.argv[1:]] or [10_000, 100_000]
    os.environ.pop("DATABASE_URL", None)
    results = []
    for rows in sizes:
        print(f"{rows:,} commitments …", file=sys.stderr, flush=True)
        results.append(measure(rows))
    heads = [f"{rows:,}" for rows in sizes]
    print(f"{'':32}" + "".join(f"{head:>12}" for head in heads) + f"{'ratio':>8}")
    for name in results[0]:
        values = [found[name] for found in results]
        cells = "".join(f"{value:12.1f}" for value in values)
        print(f"{name:32}{cells}{values[-1] / values[0]:8.2f}")


if __name__ == "__main__":
    main()
