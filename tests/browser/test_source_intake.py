"""A document is read into the form of a source: nothing is saved before the person saves."""

import pytest
from playwright.sync_api import expect

from engagements.models import Source
from tests.engagements.reading.files import docx, paragraph
from tests.engagements.reading.test_intake import NOTICE
from tests.factories import make_user

FILE = {
    "name": "thong-bao.docx",
    "mimeType": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "buffer": docx("".join(map(paragraph, NOTICE))),
}


@pytest.fixture
def form(page):
    user = make_user(roles=["Biên tập"], password="mat-khau-rat-dai")
    page.goto("/admin/login/?next=/admin/engagements/source/add/")
    page.locator("#id_username").fill(user.username)
    page.locator("#id_password").fill("mat-khau-rat-dai")
    page.locator("#login-form [type=submit]").click()
    expect(page.locator("#read_file")).to_be_visible()
    return page


def test_a_file_is_read_checked_and_saved(form, faults):
    page, before = form, Source.objects.count()
    page.locator("#read_file").set_input_files(FILE)
    page.locator("input[name=_read]").click()
    expect(page.locator(".read-in [role=status]")).to_be_visible()
    expect(page.locator("#id_number")).to_have_value("12/TB-BA")
    expect(page.locator("#id_text")).to_have_value("\n".join(NOTICE))
    page.locator(".numbered-text summary").click()
    expect(page.locator(".numbered-text li")).to_have_count(len(NOTICE))
    assert faults(page) == ""
    assert Source.objects.count() == before

    page.locator("#id_type").select_option("conclusion_notice")
    page.locator("#id_rank").select_option("1")
    page.locator("#id_title").press("Enter")
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert Source.objects.latest("pk").paragraphs() == NOTICE


def test_what_was_read_is_not_left_unsaved_without_a_warning(form):
    page, asked = form, []
    page.locator("#read_file").set_input_files(FILE)
    page.locator("input[name=_read]").click()
    expect(page.locator(".read-in [role=status]")).to_be_visible()
    page.wait_for_load_state()
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.locator("h1").first.click()  # a browser asks only of who touched the page
    page.close(run_before_unload=True)
    expect(page.locator("#id_number")).to_have_value("12/TB-BA")
    assert asked == ["beforeunload"]


def test_enter_in_the_address_reads_it(form):
    page, before = form, Source.objects.count()
    page.locator("#id_title").fill("Bài báo")
    page.locator("#read_address").fill("http://10.0.0.1/")
    page.locator("#read_address").press("Enter")
    expect(page.locator("#read-in-error")).to_be_visible()
    expect(page.locator("#id_title")).to_have_value("Bài báo")
    expect(page.locator("#read_address")).to_have_value("http://10.0.0.1/")
    assert Source.objects.count() == before
