"""Sources: which scans are kept, who gets them back, the fingerprint of a text."""

import hashlib
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from engagements.models import Source
from engagements.models.quotations import SourceText
from tests.desk import address, save
from tests.factories import make_source, make_user, published

PDF = b"%PDF-1.4\n%\xe2\xe3\n"


@pytest.fixture
def editor(client, db):
    user = make_user("an", is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def scans(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def upload(name, content=PDF):
    return SimpleUploadedFile(name, content)


def test_a_scan_is_for_staff_alone(editor, client, scans):
    source = published(make_source())
    named = upload("../../Biên bản (số 1).PDF")
    assert save(client, source, scan=named).status_code == 302
    source.refresh_from_db()
    kept = scans / source.scan.name
    assert kept.read_bytes() == PDF
    assert kept.name == "bien-ban-so-1.pdf"
    with pytest.raises(ValueError, match="URL"):
        _ = source.scan.url

    page = address(Source, "scan", source.pk)
    assert page in client.get(address(Source, "change", source.pk)).content.decode()
    answer = client.get(page)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="bien-ban-so-1.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert client.post(page).status_code == 405

    client.logout()
    assert client.get(page).status_code == 302
    client.force_login(make_user(is_staff=True))
    assert client.get(page).status_code == 403
    for way in (
        f"/{source.scan.name}",
        f"/media/{source.scan.name}",
        f"/static/{source.scan.name}",
    ):
        assert client.get(way).status_code == 404


def test_who_only_looks_reaches_the_scan_too(client, db, scans):
    source = make_source(scan=upload("bai.pdf"))
    client.force_login(make_user(roles=["Xem nội bộ"]))
    page = address(Source, "scan", source.pk)
    assert page in client.get(address(Source, "change", source.pk)).content.decode()
    assert client.get(page).status_code == 200
    past = address(Source, "simple_history", source.pk, source.history.get().pk)
    assert client.get(past).status_code == 200


@pytest.mark.parametrize("key", ["x", "0", "99999999999999999999"])
def test_a_scan_that_is_not_there_is_nowhere(editor, client, scans, key):
    assert client.get(address(Source, "scan", key)).status_code == 404


def test_a_scan_without_its_file_is_nowhere(editor, client, scans):
    source = make_source(scan=upload("bai.pdf"))
    (scans / source.scan.name).unlink()
    assert client.get(address(Source, "scan", source.pk)).status_code == 404
    assert client.get(address(Source, "scan", make_source().pk)).status_code == 404
    assert client.get(address(Source, "change", source.pk)).status_code == 200


FILES = {
    "pdf": ("a.pdf", PDF, True),
    "png": ("a.png", b"\x89PNG\r\n\x1a\n....", True),
    "jpeg": ("a.JPEG", b"\xff\xd8\xff\xe0....", True),
    "tiff": ("a.tif", b"II*\x00....", True),
    "text": ("a.txt", "Biên bản\r\n".encode(), True),
    "page": ("a.pdf", b"<html><script>", False),
    "page-by-name": ("a.html", PDF, False),
    "drawing": ("a.svg", b"<svg/>", False),
    "program": ("a.txt", b"MZ\x00\x01", False),
    "not-utf-8": ("a.txt", "Biên bản".encode("utf-16"), False),
    "archive": ("a.docx", b"PK\x03\x04....", False),
    "old-word": ("a.doc", b"\xd0\xcf\x11\xe0", False),
    "nameless": ("pdf", PDF, False),
}


@pytest.mark.parametrize(("name", "content", "taken"), FILES.values(), ids=FILES)
def test_only_documents_are_kept(editor, client, scans, name, content, taken):
    source = make_source()
    answer = save(client, source, scan=upload(name, content))
    source.refresh_from_db()
    assert bool(source.scan) is taken
    if not taken:
        assert list(answer.context["adminform"].form.errors) == ["scan"]


@pytest.mark.parametrize(("part", "taken"), [("word/a.xml", True), ("word/vbaProject.bin", False)])
def test_a_letter_is_kept_without_macros(editor, client, scans, part, taken):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("word/document.xml", "<w/>")
        made.writestr(part, "x")
    source = make_source()
    save(client, source, scan=upload("a.docx", file.getvalue()))
    source.refresh_from_db()
    assert bool(source.scan) is taken


def test_a_scan_of_more_than_twenty_megabytes_is_refused(editor, client, scans):
    source = make_source()
    large = upload("a.pdf", PDF + b" " * (20 * 1024 * 1024))
    form = save(client, source, scan=large).context["adminform"].form
    assert list(form.errors) == ["scan"]


def test_a_form_with_a_fault_says_that_the_file_must_be_chosen_again(editor, client, scans):
    source = make_source()
    form = save(client, source, title="", scan=upload("bai.pdf")).context["adminform"].form
    assert set(form.errors) == {"title", "scan"}
    assert "bai.pdf" in form.errors["scan"][0]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("", "f8f772"), ("a" * 64, "aaaaaa")],
    ids=["worked-out", "of-a-file"],
)
def test_the_fingerprint_is_of_the_text_that_was_read(editor, client, given, kept):
    source = make_source()
    save(client, source, text="Một\r\nHai", sha256=given)
    source.refresh_from_db()
    assert source.text == "Một\nHai"
    assert source.sha256.startswith(kept)


# -- what is pasted


def told(answer):
    return " ".join(str(message) for message in answer.context["messages"])


def test_a_long_text_with_a_hidden_character_is_cleaned_and_the_number_said(editor, client):
    source = make_source()
    pasted = "Đoạn một có\u200b chữ ẩn.\n" + "Đoạn hai, Ðắk Lắk. " * 2_000
    answer = save(client, source, text=pasted)
    assert answer.status_code == 302
    source.refresh_from_db()
    assert source.text.startswith("Đoạn một có chữ ẩn.\nĐoạn hai, Đắk Lắk.")
    assert source.sha256 == hashlib.sha256(source.text.encode()).hexdigest()
    assert "Toàn văn: Đã bỏ 1 ký tự ẩn." in told(client.get(address(Source, "change", source.pk)))


def test_a_text_of_hidden_characters_alone_is_refused_beside_its_box(editor, client):
    answer = save(client, make_source(), text="\u200b\ufeff")
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["text"]


def test_an_encoding_read_wrongly_is_undone_with_a_warning(editor, client):
    source = make_source()
    save(client, source, title="Bé Th«ng tin lµm viÖc víi tØnh")
    source.refresh_from_db()
    assert source.title == "Bộ Thông tin làm việc với tỉnh"
    assert "TCVN3" in told(client.get(address(Source, "change", source.pk)))


def test_an_older_text_keeps_its_fingerprint_when_something_else_is_changed(editor, client):
    source = make_source()
    text = "Tỉnh đề\u00ad nghị hỗ\u00ad trợ kinh phí."
    print_of_it = hashlib.sha256(text.encode()).hexdigest()
    Source.objects.filter(pk=source.pk).update(text=text, sha256=print_of_it)
    source.refresh_from_db()
    answer = save(client, source, publisher="Báo\u200b Mẫu", url="https://example.vn/a\u200bb")
    assert answer.status_code == 302
    source.refresh_from_db()
    assert (source.text, source.sha256) == (text, print_of_it)
    assert (source.publisher, source.url) == ("Báo Mẫu", "https://example.vn/ab")
    assert SourceText(source).locate("nghị hỗ trợ", None) == 1
