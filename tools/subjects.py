"""Lint of commit subjects: `area: imperative`, after the commit that pyproject.toml names.

Where history does not reach back to that commit (a shallow clone, an archive without .git), it
says so and passes.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

SUBJECT = re.compile(r"[a-z0-9_./, -]{2,40}: \S")


def git(*arguments):
    return subprocess.run(["git", *arguments], capture_output=True, text=True)  # noqa: S603, S607


def wrong_subjects(since):
    """(short hash, subject) of each commit that breaks the form; None where history is missing."""
    try:
        if git("merge-base", "--is-ancestor", since, "HEAD").returncode != 0:
            return None
    except FileNotFoundError:  # no git here
        return None
    log = git("log", "--no-merges", "--format=%h %s", f"{since}..HEAD").stdout.splitlines()
    commits = [line.split(" ", 1) for line in log]
    return [(short, subject) for short, subject in commits if not SUBJECT.match(subject)]


def main():
    settings = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    since = settings["tool"]["satcanh"]["subjects_since"]
    wrong = wrong_subjects(since)
    if wrong is None:
        print(f"Commit subjects are not checked: {since[:7]} is not in the history here.")
        return 0
    for short, subject in wrong:
        print(f"{short} {subject}\n    is not `area: imperative`", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
