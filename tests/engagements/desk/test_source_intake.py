"""Reading a document into the form of a source; joining of pasted lines before they are kept."""

from functools import partial

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from engagements.models import Source
from engagements.models.quotations import SourceText
from engagements.outgoing import HTTPClient
from engagements.reading import fetching
from tests.desk import address, opened, posted, send
from tests.engagements.reading.files import docx, paragraph
from tests.engagements.reading.test_fetching import port  # noqa: F401
from tests.engagements.reading.test_intake import NOTICE
from tests.engagements.reading.test_lines import NOTICE as BROKEN
from tests.engagements.reading.test_web import ASKED, SAPO
from tests.factories import make_source, make_user

LETTER = docx("".join(map(paragraph, NOTICE)))
QUOTE = "phối hợp với Sở Thông tin và Truyền thông hỗ trợ tỉnh thử nghiệm"


@pytest.fixture
def editor(client, db):
    cache.clear()
    user = make_user("an", is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def site(port, monkeypatch):  # noqa: F811
    """Every name is this machine, which is public for once."""
    here = partial(HTTPClient, resolve=lambda *args: ["127.0.0.1"], may_connect=lambda *args: True)
    monkeypatch.setattr(fetching, "HTTPClient", here)
    return f"http://bao-b.example.vn:{port}"


def read(client, sent=None, source=None, button="_read", **given):
    """Sends the form of a source for reading; returns the page that comes back."""
    page = address(Source, "change", source.pk) if source else address(Source, "add")
    sent = posted(client.get(page)) if sent is None else sent
    return client.post(page, sent | given | ({button: "1"} if button else {}))


def boxes(response):
    form = response.context["adminform"].form
    return {name: form[name].value() for name in form.fields}


def chosen(content=LETTER, name="thong-bao.docx"):
    return SimpleUploadedFile(name, content)


def test_a_file_fills_the_boxes_and_saves_nothing(editor, client):
    page = read(client, read_file=chosen())
    assert page.status_code == 200
    filled = boxes(page)
    assert filled["title"] == "Thông báo kết luận của Bộ trưởng tại buổi làm việc với tỉnh A"
    assert (filled["publisher"], filled["number"]) == ("BỘ A", "12/TB-BA")
    assert filled["issued_on"] == "05/03/2024"
    assert filled["text"] == "\n".join(NOTICE)
    assert page.context["read_in"].paragraphs == len(NOTICE)
    assert not page.context["errors"]
    assert not Source.objects.exists()


def test_what_was_read_is_saved_by_the_person(editor, client):
    sent = posted(read(client, read_file=chosen()))
    answer = client.post(address(Source, "add"), sent | {"type": "conclusion_notice", "rank": 1})
    assert answer.status_code == 302
    source = Source.objects.get()
    assert source.paragraphs() == NOTICE
    assert source.created_by == editor


def test_an_address_fills_them_too(editor, client, site):
    filled = boxes(read(client, read_address=f"{site}/page"))
    assert filled["title"] == "Bộ trưởng làm việc với tỉnh A"
    assert (filled["publisher"], filled["issued_on"]) == ("Báo B", "16/07/2024")
    assert filled["url"] == "https://bao-b.example.vn/a.html"
    assert filled["accessed_on"] == f"{timezone.localdate():%d/%m/%Y}"
    assert ASKED in filled["text"].split("\n")


def test_what_was_typed_is_kept_and_told(editor, client):
    page = read(client, title="Tên của tôi", note="Ghi chú", read_file=chosen())
    filled = boxes(page)
    assert (filled["title"], filled["note"]) == ("Tên của tôi", "Ghi chú")
    assert filled["number"] == "12/TB-BA"
    assert len(page.context["read_in"].kept) == 1


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "Hãy chọn tệp hoặc ghi địa chỉ."),
        ({"read_address": "http://10.0.0.1/"}, "không phải địa chỉ công khai"),
        ({"read_file": ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")}, "Word cũ (.doc)"),
        ({"read_file": ("a.pdf", b"%PDF-1.7 x")}, "Tệp bị hỏng"),
        ({"read_file": ("a.txt", b"")}, "Tệp không có chữ nào"),
    ],
    ids=["nothing", "inside", "doc", "broken", "empty"],
)
def test_what_cannot_be_read_is_told_and_all_typed_is_kept(editor, client, given, told):
    given = {
        name: SimpleUploadedFile(*value) if name == "read_file" else value
        for name, value in given.items()
    }
    page = read(client, title="Tên của tôi", text="Đoạn một.", **given)
    assert told in page.content.decode()
    filled = boxes(page)
    assert (filled["title"], filled["text"]) == ("Tên của tôi", "Đoạn một.")
    assert page.context["read_in"].address == given.get("read_address", "")
    assert not Source.objects.exists()


def test_one_person_asks_one_address_in_ten_seconds(editor, client, site):
    read(client, read_address=f"{site}/page")
    assert "10 giây" in read(client, read_address=f"{site}/page").content.decode()


def test_a_source_of_the_register_is_filled_too(editor, client):
    source = make_source(title="Thông báo", text="")
    page = read(client, source=source, read_file=chosen())
    assert boxes(page)["text"] == "\n".join(NOTICE)
    source.refresh_from_db()
    assert source.text == ""
    assert send(client, source, posted(page)).status_code == 302
    source.refresh_from_db()
    assert source.paragraphs() == NOTICE


def test_enter_saves_unless_something_waits_to_be_read(editor, client):
    page = read(client, button="_enter", title="Báo cáo", type="conclusion_notice", rank=1)
    assert page.status_code == 302
    page = read(client, button="_enter", title="Báo cáo hai", read_file=chosen())
    assert page.context["read_in"].paragraphs == len(NOTICE)
    assert Source.objects.count() == 1


def test_who_may_not_save_may_not_read(client, db):
    source = make_source()
    client.force_login(make_user(roles=["Xem nội bộ"]))
    page = address(Source, "change", source.pk)
    assert "read_address" not in client.get(page).content.decode()
    assert client.post(page, {"_read": "1", "read_file": chosen()}).status_code == 403
    assert client.post(address(Source, "add"), {"_read": "1"}).status_code == 403


@pytest.mark.parametrize("key", ["x", "99999999"])
def test_a_source_that_is_not_there_is_not_read_into(editor, client, key):
    answer = client.post(address(Source, "change", key), {"_read": "1"})
    assert answer.status_code == 302


# -- lines of a pasted text


def test_broken_lines_are_joined_and_shown_before_they_are_kept(editor, client):
    source = make_source(text="")
    page = send(client, source, opened(client, source) | {"text": BROKEN})
    assert page.status_code == 200
    assert list(page.context["adminform"].form.errors) == ["text"]
    assert "Đã nối 3 dòng" in page.content.decode()
    shown = boxes(page)["text"].split("\n")
    assert len(shown) == 3
    source.refresh_from_db()
    assert source.text == ""

    corrected = "\n".join([*shown, "Nơi nhận"])
    assert send(client, source, posted(page) | {"text": corrected}).status_code == 302
    source.refresh_from_db()
    assert source.paragraphs() == [*shown, "Nơi nhận"]
    assert SourceText(source).locate(QUOTE, None) == 3


def test_whoever_wants_the_lines_as_they_were_gets_them(editor, client):
    source = make_source(text="")
    page = send(client, source, opened(client, source) | {"text": BROKEN})
    assert send(client, source, posted(page) | {"text": BROKEN}).status_code == 302
    source.refresh_from_db()
    assert len(source.paragraphs()) == 6


def test_a_text_that_was_kept_is_not_asked_about(editor, client):
    source = make_source(text=BROKEN, note="")
    assert send(client, source, opened(client, source) | {"note": "Ghi chú"}).status_code == 302


def test_a_text_of_whole_lines_is_kept_at_once(editor, client):
    source = make_source(text="")
    sent = opened(client, source) | {"text": f"{SAPO}\n{ASKED}"}
    assert send(client, source, sent).status_code == 302


def test_paragraphs_are_shown_as_quotations_number_them(editor, client):
    source = make_source(text="Đoạn một.\n\nĐoạn <hai>.")
    page = client.get(address(Source, "change", source.pk)).content.decode()
    assert "<li>Đoạn một.</li><li>Đoạn &lt;hai&gt;.</li>" in page
