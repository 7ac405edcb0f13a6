"""Lint of commit subjects (tools/subjects.py), in a repository of its own."""

import subprocess

import pytest

from tools import subjects


@pytest.fixture
def repository(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Lê Bình")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "binh@example.org")
    return tmp_path


def commit(subject):
    """Makes an empty commit; returns its hash."""
    subprocess.run(["git", "commit", "-q", "--allow-empty", "-m", subject], check=True)
    done = subprocess.run(["git", "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def lint(repository, since):
    (repository / "pyproject.toml").write_text(f'[tool.satcanh]\nsubjects_since = "{since}"\n')
    return subjects.main()


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        pytest.param("desk: register each model once", 0, id="area"),
        pytest.param("needs, audit, roles: name organizations", 0, id="areas"),
        pytest.param("docs/api.md: show true examples", 0, id="file"),
        pytest.param("Register each model once", 1, id="no-area"),
        pytest.param("Desk: register each model once", 1, id="capital"),
        pytest.param("desk:register each model once", 1, id="no-space"),
        pytest.param("desk: ", 1, id="nothing-said"),
    ],
)
def test_subject_of_a_commit(repository, capsys, subject, code):
    subprocess.run(["git", "init", "-q"], check=True)
    since = commit("What was written before the rule is left alone")
    commit(subject)
    commit("tests: tell the rule by examples")
    assert lint(repository, since) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert (subject.strip() in said.err) == bool(code)


def test_history_that_does_not_reach_back(repository, capsys):
    subprocess.run(["git", "init", "-q"], check=True)
    commit("No area")
    assert lint(repository, "8b80ea5ca77b657c5062c47e5280929fdbfc5b86") == 0
    assert "8b80ea5 is not in the history here" in capsys.readouterr().out


def test_folder_without_history(repository, capsys):
    assert lint(repository, "8b80ea5ca77b657c5062c47e5280929fdbfc5b86") == 0
    assert "8b80ea5 is not in the history here" in capsys.readouterr().out
