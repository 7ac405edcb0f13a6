"""Translations: words on screens in both languages, and the check of the catalogues."""

import ast
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.utils.translation import gettext, ngettext, override

ROOT = Path(__file__).resolve().parent.parent
CODE = ("config", "provinces", "engagements")


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        ("No information yet", "Chưa có thông tin"),
        ("Not started", "Chưa thực hiện"),
        ("In progress", "Đang thực hiện"),
        ("Partly done", "Hoàn thành một phần"),
        ("Done", "Đã hoàn thành"),
        ("Paused", "Tạm dừng"),
        ("Not to be done", "Không thực hiện"),
        ("Transferred to another body", "Đã chuyển cơ quan khác"),
        ("No deadline", "Không có hạn"),
        ("In time", "Trong hạn"),
        ("Due soon", "Sắp đến hạn"),
        ("Overdue", "Quá hạn"),
        ("Past its day, no information", "Đã qua thời hạn, chưa có thông tin"),
        ("Done on time", "Hoàn thành đúng hạn"),
        ("Done late", "Hoàn thành quá hạn"),
        ("Done, day not known", "Đã hoàn thành, không rõ ngày"),
        # Django's own Vietnamese lacks these two; ours comes in.
        ("Hide counts", "Ẩn số lượng"),
        ("Enter a valid domain name.", "Hãy nhập tên miền hợp lệ."),
        # Django's own Vietnamese has this one; ours is better and comes first.
        ("superuser status", "toàn quyền"),
    ],
)
def test_word_in_both_languages(english, vietnamese):
    with override("vi"):
        assert gettext(english) == vietnamese
    with override("en"):
        assert gettext(english) == english


def test_plural_has_one_form():
    with override("vi"):
        assert ngettext("%(num)d day", "%(num)d days", 3) % {"num": 3} == "3 ngày"


def test_no_call_of_gettext_stands_in_an_f_string():
    """xgettext does not read f-strings: such a word would never be collected."""
    offenders = []
    for path in (path for folder in CODE for path in (ROOT / folder).rglob("*.py")):
        for string in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(string, ast.JoinedStr):
                continue
            for call in (node for node in ast.walk(string) if isinstance(node, ast.Call)):
                name = getattr(call.func, "id", "") or getattr(call.func, "attr", "")
                if name == "_" or "gettext" in name:
                    offenders.append(f"{path.relative_to(ROOT)}:{call.lineno}")
    assert offenders == []


# -- tools/words.sh, by which `make check` holds the catalogues as they stand


@pytest.fixture
def tree(tmp_path):
    """A copy of what the check reads."""
    for name in (*CODE, "templates", "locale"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tools").mkdir()
    for name in ("manage.py", "tools/words.sh"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    return tmp_path


def check(tree, **environment):
    """What `words.sh --check` says, and how it ends."""
    environment = {**os.environ, "REQUIRE_ALL": "", **environment}
    command = [shutil.which("bash"), tree / "tools" / "words.sh", "--check"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    return done.stderr, done.returncode


HAS_GETTEXT = shutil.which("xgettext") is not None
SKIPPED = ("Translations need gettext, which is missing here (apt-get install gettext).\n", 0)
CATALOGUE = "locale/vi/LC_MESSAGES/django"


def test_check_names_a_word_without_translation(tree):
    template = tree / "templates" / "new.html"
    template.write_text('{% load i18n %}{% translate "A word of this test" %}')
    expected = f'{CATALOGUE}.po, untranslated:\nmsgid "A word of this test"\nmsgstr ""\n'
    assert check(tree) == ((expected, 1) if HAS_GETTEXT else SKIPPED)


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        pytest.param("po", b'\nmsgid "A word that is gone"\nmsgstr "cu"\n', id="obsolete"),
        pytest.param("mo", None, id="not-compiled"),
    ],
)
def test_check_refuses_a_catalogue_that_is_not_what_the_code_holds(tree, suffix, text):
    path = tree / f"{CATALOGUE}.{suffix}"
    if text is None:
        shutil.copy(tree / "locale/add_ons/vi/LC_MESSAGES/django.mo", path)
    else:
        path.write_bytes(path.read_bytes() + text)
    expected = f"{CATALOGUE} is not what the code holds, or not compiled: make words\n"
    assert check(tree) == ((expected, 1) if HAS_GETTEXT else SKIPPED)


@pytest.mark.parametrize(("required", "code"), [("", 0), ("1", 1)])
def test_check_without_gettext_says_so(tree, required, code):
    (tree / "bin").mkdir()
    (tree / "bin" / "dirname").symlink_to(shutil.which("dirname"))
    assert check(tree, PATH=str(tree / "bin"), REQUIRE_ALL=required) == (SKIPPED[0], code)
