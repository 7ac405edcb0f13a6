"""An officer mends a list in Excel: the wrong rows are shown, nothing is written, then all is."""

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from engagements.edition.workbook import XLSX
from engagements.models import Commitment, Meeting
from tests.factories import make_user
from tests.workbooks import put, rows, saved

COMMITMENTS = "/admin/engagements/commitment/"


@pytest.fixture
def officer(page, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    desk = Meeting.objects.exclude(held_on=None).first().ministry
    user = make_user(roles=["Biên tập"], desk=desk, password="mat-khau-rat-dai")
    page.goto(f"/admin/login/?next={COMMITMENTS}")
    page.locator("#id_username").fill(user.username)
    page.locator("#id_password").fill("mat-khau-rat-dai")
    page.locator("#login-form [type=submit]").click()
    return page


def save_export(page):
    with page.expect_download() as download:
        page.locator("a[href*='/export/']").click()
    return load_workbook(BytesIO(Path(download.value.path()).read_bytes()))


def send(page, book):
    file = {"name": "cam-ket.xlsx", "mimeType": XLSX, "buffer": saved(book)}
    page.locator("#id_file").set_input_files(file)
    page.locator(".desk-form [type=submit]").click()


def test_an_import_with_errors_is_mended_and_written(officer, faults):
    page = officer
    book = save_export(page)
    first, second = (row["title"] for row in rows(book)[:2])
    put(book, 1, title="Tên đã sửa trong Excel")
    put(book, 2, due_on="31/02/2025", lead="khong-co-co-quan-nay")

    page.locator("a[href$='/import/']").click()
    expect(page.locator("input[type=file]")).to_be_visible()
    assert faults(page) == ""
    send(page, book)
    counts = page.locator(".import-counts strong")
    expect(counts).to_have_text(["0", "1", "1", str(Commitment.objects.count() - 2)])
    wrong = page.locator(".import-rows tbody tr")
    expect(wrong).to_have_count(1)
    expect(wrong.locator("th")).to_have_text("4")
    expect(wrong.locator(".errorlist li")).to_have_count(2)
    expect(wrong).to_contain_text("khong-co-co-quan-nay")
    expect(page.locator("[name=seen]")).to_have_count(0)
    assert faults(page) == ""
    assert Commitment.objects.filter(title__in=[first, second]).count() == 2
    assert not Commitment.objects.filter(title="Tên đã sửa trong Excel").exists()

    put(book, 2, due_on=None, lead=None)
    page.locator("#content a[href$='/import/']").click()
    send(page, book)
    expect(page.locator(".import-cells del")).to_have_text([first])
    expect(page.locator(".import-cells ins")).to_have_text(["Tên đã sửa trong Excel"])
    page.locator(".submit-row [type=submit]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert faults(page) == ""
    assert Commitment.objects.get(title="Tên đã sửa trong Excel").has_waiting_edit


@pytest.mark.parametrize("width", [1280, 360])
def test_what_is_wrong_stays_in_view_beside_a_long_word(officer, width):
    page = officer
    book = put(save_export(page), 1, title="x" * 198, due_on="31/02/2025")
    page.locator("a[href$='/import/']").click()
    send(page, book)
    page.set_viewport_size({"width": width, "height": 800})
    told = page.locator(".import-rows .errorlist li").first.bounding_box()
    assert told["x"] + told["width"] <= width
    table = page.locator(".desk-scroll")
    assert table.evaluate("box => box.scrollWidth <= box.clientWidth")
