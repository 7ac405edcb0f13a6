"""Two people at the desk, each in a browser: on one record at once; sent back and corrected."""

import re

import pytest
from django.db import transaction
from playwright.sync_api import expect

from engagements.models import Commitment
from tests.desk import address
from tests.factories import edition_of, make_user, published

PASSWORD = "mat-khau-rat-dai-12"


@pytest.fixture
def desk(browser, browser_context_args, watch):
    """Opens the desk in a browser of its own for an account with these roles."""
    contexts = []

    def as_person(username, *roles, **values):
        make_user(username, roles, password=PASSWORD, **values)
        contexts.append(browser.new_context(**browser_context_args))
        page = watch.on(contexts[-1].new_page())
        page.goto("/admin/login/")
        page.fill("#id_username", username)
        page.fill("#id_password", PASSWORD)
        page.locator("#login-form [type=submit]").click()
        expect(page).to_have_url(re.compile("/admin/$"))
        return page

    yield as_person
    for context in contexts:
        context.close()


@pytest.fixture
def commitment(loaded):
    with transaction.atomic():
        return Commitment.objects.filter(code__isnull=False).earliest("pk")


def form_of(record):
    return address(type(record), "change", record.pk)


def save(page):
    page.locator("[name=_save]").first.click()


def test_the_second_of_two_sees_both_versions_and_loses_nothing(desk, commitment, faults):
    an, chi = desk("an", is_superuser=True), desk("chi", is_superuser=True)
    an.goto(form_of(commitment))
    chi.goto(form_of(commitment))
    chi.fill("#id_title", "Tên của Chi")
    chi.fill("#id_internal_note", "Chi đã gọi điện")
    save(chi)
    expect(chi.locator(".messagelist .success")).to_be_visible()

    an.fill("#id_title", "Tên của An")
    an.fill("#id_detail", "An đã viết rất lâu")
    save(an)
    panel = an.locator(".panel.conflict")
    expect(panel).to_contain_text("chi")
    for words in ("Tên của Chi", "Tên của An", "Chi đã gọi điện", "An đã viết rất lâu"):
        expect(panel).to_contain_text(words)
    expect(an.locator("#id_title")).to_have_value("Tên của An")
    expect(an.locator("#id_internal_note")).to_have_value("Chi đã gọi điện")
    assert faults(an) == ""
    an.fill("#id_title", "Tên của cả hai")
    save(an)
    expect(an.locator(".messagelist .success")).to_be_visible()
    saved = Commitment.objects.get(pk=commitment.pk)
    assert (saved.title, saved.detail) == ("Tên của cả hai", "An đã viết rất lâu")
    assert saved.internal_note == "Chi đã gọi điện"


def test_sent_back_corrected_and_published_by_the_second_person(desk, commitment, faults):
    if Commitment.objects.get(pk=commitment.pk).has_waiting_edit:
        published(Commitment.objects.get(pk=commitment.pk), by=make_user(is_superuser=True))
    editor, reviewer = desk("bien", is_superuser=True), desk("duyet-vien", "Duyệt")
    editor.goto(form_of(commitment))
    editor.fill("#id_title", "Bộ hỗ trợ tỉnh đào tạo cán bộ sai")
    save(editor)

    reviewer.goto(address(Commitment, "review", commitment.pk))
    expect(reviewer.locator(".difference").first).to_contain_text("đào tạo cán bộ sai")
    assert faults(reviewer) == ""
    reviewer.fill("#id_note", "Bỏ chữ cuối")
    reviewer.locator("button[value=send_back]").click()
    expect(reviewer.locator(".note")).to_contain_text("Bỏ chữ cuối")

    editor.goto(form_of(commitment))
    expect(editor.locator(".field-steps")).to_contain_text("Bỏ chữ cuối")
    editor.fill("#id_title", "Bộ hỗ trợ tỉnh đào tạo cán bộ")
    save(editor)
    editor.goto(address(Commitment, "review", commitment.pk))
    expect(editor.locator("button[value=publish]")).to_have_count(0)
    editor.locator("button[value=submit]").click()
    expect(editor.locator(".messagelist .success")).to_be_visible()

    reviewer.goto(address(Commitment, "review", commitment.pk))
    reviewer.locator(".object-tools a").last.click()
    expect(reviewer.locator("aside.preview")).to_be_visible()
    expect(reviewer.locator("main h1")).to_contain_text("Bộ hỗ trợ tỉnh đào tạo cán bộ")
    assert faults(reviewer) == ""
    reviewer.locator("aside.preview a").click()
    reviewer.locator("button[value=publish]").click()
    expect(reviewer.locator(".course").first).to_contain_text("duyet-vien")
    shown = edition_of(Commitment.objects.get(pk=commitment.pk))
    assert shown.data["title"] == "Bộ hỗ trợ tỉnh đào tạo cán bộ"
    reviewer.goto(shown.path)
    expect(reviewer.locator("main h1")).to_contain_text("Bộ hỗ trợ tỉnh đào tạo cán bộ")
    expect(reviewer.locator("aside.preview")).to_have_count(0)
