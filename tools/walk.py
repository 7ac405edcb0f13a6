"""The full walk (`make walk`): matrices of which `make test` takes a part, told in docs/walk.md.

The whole suite on PostgreSQL with nothing left out (`--walk`) and on SQLite as it is, every page as
each role, the contract deeply, the pages before the HTML validator, and the branches that no test
takes.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools import browser  # noqa: E402

REPORT = ROOT / "docs" / "walk.md"
EVERY_PAGE = "python_files=test_*.py walk_*.py"  # whose name no other run collects
VALIDATOR = "vnu-jar@26.9.27"  # fetched by npm into var/, run by Java
EXAMPLES = os.environ.get("EXAMPLES", "100")
WORKERS = os.environ.get("TEST_WORKERS", str(os.cpu_count()))
PYTEST = [sys.executable, "-m", "pytest", "-n", WORKERS]


class Part:
    """What was walked in one part, and what failed there."""

    def __init__(self, name, walked, failures=(), seconds=0):
        self.name, self.walked, self.failures, self.seconds = name, walked, list(failures), seconds

    @classmethod
    def missing(cls, name, program):
        """A part for which this machine lacks a program: a failure where all is required."""
        failures = [f"{program} is missing"] if os.environ.get("REQUIRE_ALL") == "1" else []
        return cls(name, f"not run: {program} was not found", failures)


def run(*command, **environ):
    """(exit status, what was written, seconds) of a command, which is shown as it runs."""
    begun, lines = time.monotonic(), []
    process = subprocess.Popen(  # noqa: S603
        command,
        cwd=ROOT,
        env=os.environ | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    for line in process.stdout:
        print(line, end="", flush=True)
        lines.append(line)
    return process.wait(), "".join(lines), round(time.monotonic() - begun)


def suite(name, folder, *command, walks=True):
    """Runs tests, if so with `--walk`: they leave nothing out and keep pages in the folder."""
    results = folder / "results.xml"
    results.unlink(missing_ok=True)
    matrices = [f"--walk={folder / 'pages'}"] if walks else []  # one word: it is no path to collect
    status, _text, seconds = run(*command, *matrices, "--junitxml", results)
    cases = list(ElementTree.parse(results).iter("testcase")) if results.exists() else []  # noqa: S314
    failures = [
        f"{case.get('classname')}.{case.get('name')}"
        for case in cases
        if {"failure", "error", "skipped"} & {child.tag for child in case}
    ]
    if status and not failures:
        failures = [f"exit status {status}"]
    looks = sum(int(each.get("value")) for case in cases for each in case.iter("property"))
    walked = f"{len(cases)} tests" + (f", {looks} pages looked at" if looks else "")
    return Part(name, walked, failures, seconds)


def on_postgres(folder):
    name = "The whole suite on PostgreSQL"
    if subprocess.run(["tools/postgres.sh", "--found"], cwd=ROOT, check=False).returncode:  # noqa: S607
        return Part.missing(name, "PostgreSQL")
    measured = ["--cov", "--cov-report=", "--cov-fail-under=0"]
    return suite(name, folder, "tools/postgres.sh", *PYTEST, "-m", "not browser", *measured)


def on_sqlite(folder):
    yield suite("The whole suite on SQLite", folder, *PYTEST, "-m", "not browser", walks=False)
    name = "Every page in a browser"
    if browser.find() is None:
        yield Part.missing(name, "Chromium")
    else:
        yield suite(name, folder, *PYTEST, "tests/browser", "-o", EVERY_PAGE)


def contract():
    status, text, seconds = run("tools/contract.sh", EXAMPLES=EXAMPLES)
    cases = re.search(r"^ *(\d+) generated", text, re.MULTILINE)
    walked = f"{cases[1] if cases else 'no'} requests, {EXAMPLES} examples an operation"
    failures = [f"see `make contract EXAMPLES={EXAMPLES}`"] if status else []
    return Part("The API against its description", walked, failures, seconds)


def validity(pages):
    name = "HTML that is valid"
    for program in ("java", "npm"):
        if shutil.which(program) is None:
            return Part.missing(name, program)
    here, begun = ROOT / "var" / "validator", time.monotonic()
    run("npm", "install", "--silent", "--no-save", "--prefix", here, VALIDATOR)
    jar = here / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    shown = ["--errors-only", "--exit-zero-always", "--format", "json", "--stdout"]
    checked = subprocess.run(  # noqa: S603
        ["java", "-Xss4m", "-jar", jar, *shown, "--skip-non-html", pages],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    faults = {}  # each once, with the first page that has it
    for message in json.loads(checked.stdout)["messages"] if checked.stdout else ():
        page = Path(message["url"]).name.removesuffix(".html").replace("%252F", "/")
        faults.setdefault(message["message"], page)
    failures = [f"`{page}`: {message}" for message, page in faults.items()]
    if not checked.stdout:
        failures = [checked.stderr.strip()]
    walked = f"{len(list(pages.iterdir()))} pages"
    return Part(name, walked, failures, round(time.monotonic() - begun))


def coverage():
    """(whether it is below the floor, which branches no test takes, as a table)."""
    report = [sys.executable, "-m", "coverage", "report", "--format=markdown"]
    done = subprocess.run(  # noqa: S603
        [*report, "--skip-covered", "--show-missing"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode != 0, done.stdout.strip()


def written(parts, uncovered):
    """The report, as Markdown."""
    commit = subprocess.run(
        ["git", "log", "-1", "--format=%h"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    lines = [
        "# The full walk",
        "",
        f"Written by `make walk` on {date.today():%d/%m/%Y}, of commit {commit or 'unknown'}.",
        "",
        "| part | walked | failures | minutes |",
        "| --- | --- | --: | --: |",
    ]
    for part in parts:
        minutes = -(-part.seconds // 60)
        lines.append(f"| {part.name} | {part.walked} | {len(part.failures)} | {minutes} |")
    for part in parts:
        if part.failures:
            lines += ["", f"## Failures: {part.name}", ""]
            lines += [f"- {failure}" for failure in part.failures]
    lines += ["", "## Branches that no test takes", "", uncovered, ""]
    return "\n".join(lines)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pages").mkdir()
        parts = [on_postgres(folder)]
        is_low, uncovered = coverage()
        if is_low:
            parts[0].failures.append("tests take fewer branches than pyproject.toml asks for")
        parts += [*on_sqlite(folder), contract(), validity(folder / "pages")]
    REPORT.write_text(written(parts, uncovered), encoding="utf-8")
    failures = [f"{part.name}: {failure}" for part in parts for failure in part.failures]
    print(*failures, sep="\n")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
