"""Intake: from bytes to a cleaned paper, told of what was done; hostile files in the child."""

import resource
import subprocess
import sys
from datetime import date

import pytest
from django.conf import settings

from engagements.reading import process
from engagements.reading.intake import is_vietnamese, kind_of, read_answer, read_file, read_paste
from engagements.reading.paper import PaperNoteKind, Row
from engagements.reading.refusals import Unreadable
from engagements.reading.results.passages import rows_of
from provinces.encodings import FROM_TCVN3
from provinces.vietnamese import NoteKind

from .files import docx, lines_at, packed, paragraph, pdf, stream, table
from .test_lines import NOTICE as BROKEN
from .test_web import ASKED, SAID, SAPO, article

TO_TCVN3 = {letter: sign for sign, letter in FROM_TCVN3.items()}
NOTICE = [
    "BỘ A",
    "Số: 12/TB-BA",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Hà Nội, ngày 5 tháng 3 năm 2024",
    "THÔNG BÁO",
    "Kết luận của Bộ trưởng tại buổi làm việc với tỉnh A",
    "1. Giao Cục Viễn thông chủ trì.",
]


def kinds(paper):
    return [note.kind for note in paper.notes]


def refusal(content, **given):
    with pytest.raises(Unreadable) as refused:
        read_file(content, **given)
    return refused.value.code


# -- one text, whatever it comes in


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", docx("".join(map(paragraph, NOTICE)))),
        ("a.pdf", pdf(lines_at(80, 700, *NOTICE, step=40))),
        ("a.txt", "\r\n".join(NOTICE).encode()),
        ("a.txt", "\n".join(NOTICE).encode("utf-16")),
    ],
    ids=["docx", "pdf", "txt", "utf-16"],
)
def test_a_notice_is_the_same_paper_in_every_format(name, content):
    paper = read_file(content, name)
    assert paper.paragraphs == tuple(NOTICE)
    assert paper.text == "\n".join(NOTICE)
    assert paper.says.title == "Thông báo kết luận của Bộ trưởng tại buổi làm việc với tỉnh A"
    assert (paper.says.number, paper.says.publisher) == ("12/TB-BA", "BỘ A")
    assert paper.says.issued_on == date(2024, 3, 5)
    assert paper.notes == ()


def test_a_page_of_an_address_names_itself():
    day = date(2026, 11, 30)
    paper = read_answer(
        article(SAPO, ASKED, SAID), "text/html", "", "https://m.bao-b.example.vn/a", day
    )
    assert paper.paragraphs[1:] == (SAPO, ASKED, SAID)
    assert paper.says.url == "https://bao-b.example.vn/a.html"
    assert (paper.says.publisher, paper.says.issued_on) == ("Báo B", date(2024, 7, 16))
    assert paper.says.accessed_on == day


def test_an_address_that_names_no_other_is_its_own():
    paper = read_answer(
        b"B\xe1\xbb\x99 giao.", "text/plain", "", "https://a.example.vn/", date(2026, 1, 2)
    )
    assert paper.says.url == "https://a.example.vn/"


def test_a_table_is_in_the_text_and_beside_it():
    rows = [["STT", "Nội dung", "Kết quả"], ["1", ["Phủ sóng", "a) Thôn Một"], ""]]
    paper = read_file(docx(paragraph("Phụ lục") + table(*rows)))
    assert paper.paragraphs == (
        "Phụ lục",
        "STT | Nội dung | Kết quả",
        "1 | Phủ sóng a) Thôn Một | ",
    )
    (read,) = paper.tables
    assert read.rows == (
        Row(2, ("STT", "Nội dung", "Kết quả")),
        Row(3, ("1", "Phủ sóng\na) Thôn Một", "")),
    )


def test_rows_are_found_again_in_the_text_that_is_kept():
    """Whatever cells are empty: a source keeps its text alone, with single spaces."""
    rows = [["STT", "Việc", "Kết quả"], ["1", "", "Xong"], ["2", "Cáp", ""], ["", "", "Chưa"]]
    paper = read_file(docx(table(*rows)))
    found = rows_of([" ".join(line.split()) for line in paper.text.split("\n")])
    assert [len(row.cells) for row in found.values()] == [3, 3, 3, 3]


def test_a_pasted_table_keeps_its_rows():
    paper = read_paste("Phụ lục\nSTT\tNội dung\tKết quả\n1\tPhủ sóng\tXong\n2\tCáp quang\t\n")
    assert [row.cells for row in paper.tables[0].rows] == [
        ("STT", "Nội dung", "Kết quả"),
        ("1", "Phủ sóng", "Xong"),
        ("2", "Cáp quang", ""),
    ]


# -- what is told


def test_broken_lines_of_a_paste_are_joined_and_told():
    paper = read_paste(BROKEN)
    assert len(paper.paragraphs) == 3
    assert paper.paragraphs[2].startswith(
        "1. Giao Cục Viễn thông chủ trì, phối hợp với Sở Thông tin"
    )
    assert [(note.kind, note.number) for note in paper.notes] == [(PaperNoteKind.JOINED, 3)]


def test_hidden_characters_are_dropped_and_told():
    paper = read_paste("Đoạn một có\u200b chữ ẩn.\nĐoạn hai\u00ad.")
    assert paper.paragraphs == ("Đoạn một có chữ ẩn.", "Đoạn hai.")
    assert [(note.kind, note.number) for note in paper.notes] == [(NoteKind.HIDDEN, 2)]


def test_a_text_in_tcvn3_is_converted_and_told():
    legacy = "".join(TO_TCVN3.get(letter, letter) for letter in ASKED).encode("latin-1")
    paper = read_file(legacy, "cu.txt")
    assert paper.paragraphs == (ASKED,)
    assert kinds(paper) == [NoteKind.CONVERTED]


def test_menus_and_related_news_of_a_page_are_left_out_and_told():
    noisy = article(SAPO, ASKED, SAID, "Chúng tôi sử dụng cookie để cải thiện trải nghiệm của bạn.")
    paper = read_file(noisy)
    assert "cookie" not in paper.text
    assert (PaperNoteKind.NOISE, 1) in [(note.kind, note.number) for note in paper.notes]


def test_a_text_too_long_is_cut_and_told():
    paper = read_file("\n".join([SAPO] * 5_200).encode(), "a.txt")
    assert sum(map(len, paper.paragraphs)) <= 120_000
    assert kinds(paper) == [PaperNoteKind.CUT]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The Minister of Information met the leaders of province A to talk about networks.", True),
        ("Bo truong lam viec voi lanh dao tinh A ve chuyen doi so va ha tang vien thong.", True),
        (SAPO, False),
        ("5G", False),
    ],
)
def test_a_text_that_is_not_vietnamese_is_told(text, told):
    assert is_vietnamese([text]) is not told
    assert (PaperNoteKind.NOT_VIETNAMESE in kinds(read_paste(text))) is told


# -- what is no paper


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        pytest.param(b"", "a.txt", "empty", id="nothing"),
        pytest.param(b" \r\n\t", "a.txt", "empty", id="blank"),
        pytest.param("\u200b\u200b".encode(), "a.txt", "empty", id="hidden-alone"),
        pytest.param(
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "a.doc", "old_word", id="doc"
        ),
        pytest.param(
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "a.docx",
            "password",
            id="docx-with-password",
        ),
        pytest.param(b"{\\rtf1 a}", "a.rtf", "rich_text", id="rtf"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "a.pdf", "picture", id="picture"),
        pytest.param(b"MZ\x90\x00\x03\x00\x00\x00" * 99, "a.docx", "unknown", id="program"),
        pytest.param(packed({"xl/workbook.xml": ""}), "a.docx", "workbook", id="workbook"),
        pytest.param(docx(""), "a.docx", "empty", id="empty-docx"),
        pytest.param(b"x" * (20 * 1024 * 1024 + 1), "a.txt", "too_large", id="21-megabytes"),
    ],
)
def test_what_is_no_paper_is_refused_with_a_reason(content, name, why):
    assert refusal(content, name=name) == why


def test_the_kind_is_told_by_what_a_file_is_and_not_by_its_name():
    assert kind_of(pdf(["q"]), "a.docx") == "pdf"
    assert kind_of(docx(""), "a.pdf") == "docx"
    assert kind_of(b"<!DOCTYPE html><html>", "a.txt") == "html"
    assert kind_of(b"<p>a</p>", "a.html") == "html"
    assert kind_of(b"<p>a</p>", "", "text/html; charset=utf-8") == "html"
    assert kind_of(b"<p>a</p>", "a.txt") == "txt"


# -- hostile files

BOMBS = {
    "docx-of-30-megabytes": lambda: docx("<w:p/>" * 5_000_000),
    "docx-of-a-gigabyte": lambda: docx("<w:p>" + " " * 200_000_000),
    "deep-docx": lambda: docx("<w:p>" * 5_000),
    "page-of-paragraphs": lambda: b"<!doctype html><body>" + b"<p>a b c</p>" * 400_000,
    "deep-page": lambda: b"<!doctype html><body>" + b"<div>" * 500_000,
    "pdf-stream": lambda: pdf(stream(b"BT (a) Tj ET " * 20_000_000, packs=2)),
    "pdf-of-many-letters": lambda: pdf(stream(b"BT /F 9 Tf 1 1 Td <0041> Tj ET\n" * 900_000)),
}  # fmt: skip


@pytest.fixture(params=BOMBS)
def bomb(request):
    """A hostile file, built when its test runs."""
    return BOMBS[request.param]()


def test_a_bomb_is_refused_within_the_limits(bomb):
    assert refusal(bomb) in ("too_large", "too_deep", "too_long", "empty")


@pytest.mark.parametrize("bomb", ["docx-of-30-megabytes"], indirect=True)
def test_a_reading_that_takes_too_long_is_stopped(bomb):
    with pytest.raises(Unreadable) as refused:
        process.parsed("docx", bomb, seconds=0.05)
    assert refused.value.code == "too_long"


def test_no_more_than_two_are_read_at_once(monkeypatch):
    monkeypatch.setattr(process, "PATIENCE", 0.01)
    with process.AT_ONCE, process.AT_ONCE:
        assert refusal(SAPO.encode()) == "busy"
    assert read_file(SAPO.encode()).paragraphs == (SAPO,)


def test_an_answer_without_end_is_stopped(monkeypatch):
    monkeypatch.setattr(process, "MOST_BYTES", 10)
    assert refusal(SAPO.encode()) == "too_long"


def test_a_child_that_breaks_is_a_refusal(monkeypatch, tmp_path):
    monkeypatch.setattr(process, "ROOT", tmp_path)
    assert refusal(SAPO.encode()) == "broken"


def test_a_machine_without_room_for_a_child_is_busy(monkeypatch):
    def away(command, **given):
        raise OSError(11, "no process left")

    monkeypatch.setattr(process.subprocess, "Popen", away)
    assert refusal(SAPO.encode()) == "busy"


def test_other_users_of_the_machine_do_not_read_the_address(monkeypatch):
    told, real = [], subprocess.Popen

    def started(command, **given):
        told.extend(command)
        return real(command, **given)

    monkeypatch.setattr(process.subprocess, "Popen", started)
    process.parsed("plain", SAPO.encode(), "utf-8", "https://bao.vn/?khoa=bi-mat")
    assert "bi-mat" not in " ".join(told)


LIMITED = """
import sys
from engagements.reading.child import limit
limit()
{}
"""


def in_child(code):
    return subprocess.run(
        [sys.executable, "-c", LIMITED.format(code)],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    "code",
    [
        "bytearray(600 * 1024 * 1024)",
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "open('from-a-child', 'w')",
    ],
)
def test_the_child_reaches_nothing(code):
    done = in_child(code)
    assert done.returncode != 0
    assert done.stderr.splitlines()[-1].startswith(("MemoryError", "PermissionError"))


def test_the_limits_are_those_of_the_child_alone():
    read_file(docx(paragraph("Bộ giao Cục.")))
    assert resource.getrlimit(resource.RLIMIT_CPU)[0] != 10


def test_the_child_knows_no_django_and_none_of_our_settings(monkeypatch):
    parsers = "from engagements.reading.formats import encoded, pdf, plain, web, word"
    done = in_child(f"{parsers}; print('django' in sys.modules)")
    assert done.stdout == "False\n"
    asked = {}
    real = subprocess.Popen
    monkeypatch.setenv("SECRET_KEY", "bi-mat")

    def started(command, **given):
        asked.update(given["env"])
        return real(command, **given)

    monkeypatch.setattr(subprocess, "Popen", started)
    read_file(b"B\xe1\xbb\x99 giao.")
    assert "SECRET_KEY" not in asked


def test_the_parsers_are_not_imported_where_the_register_runs():
    code = "import config.wsgi; print({'trafilatura', 'pypdf', 'htmldate'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {code}"],
        cwd=settings.BASE_DIR,
        env={"DJANGO_SETTINGS_MODULE": "config.settings", "DEBUG": "1", "PATH": ""},
        capture_output=True,
        text=True,
    )
    assert done.stdout == "set()\n", done.stderr
