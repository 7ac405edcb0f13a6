"""The next session: opened from an earlier one, gone through by keyboard, published."""

import pytest
from playwright.sync_api import expect

from engagements.desk.sessions.next_session import carriers
from engagements.models import Meeting, Source, StatusUpdate
from engagements.publication.publishing import publish_session
from tests.factories import make_user, publisher

PASSWORD = "mat-khau-de-thu-9"


@pytest.fixture
def session(db):
    """The session of 29/02/2024, whose ministry another carries on today."""
    return Meeting.objects.get(slug="2024-02-29-ninh-binh")


@pytest.fixture
def editor(page, session):
    user = make_user(roles=["Biên tập"], desk=carriers(session.ministry)[0], password=PASSWORD)
    page.goto("/admin/login/")
    page.locator("#id_username").fill(user.username)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_password").press("Enter")
    expect(page.locator("#user-tools")).to_be_visible()
    return page


def test_carried_items_are_gone_through_and_published(editor, session, faults):
    page = editor
    page.goto(f"/admin/engagements/meeting/{session.pk}/change/")
    page.locator(".object-tools a[href*='/next/']").click()
    items = page.locator("input[name=item]")
    expect(items.first).to_be_visible()
    number = items.count()
    assert number > 10
    assert faults(page) == ""

    # held already; one item is left out
    page.locator("#id_state_of_it").select_option("held")
    page.locator("#id_held_on").fill("20/08/2025")
    items.last.uncheck()
    page.locator("form[method=post] .submit-row input").click()
    rows = page.locator(".review-table tbody tr")
    expect(rows).to_have_count(number - 1)
    assert faults(page) == ""

    # an outcome, its words, the next row: Tab alone leads there
    page.locator("#id_all-voice").select_option("ministry")
    first = rows.first.locator("select[name$=-outcome]")
    first.select_option("in_progress")
    first.press("Tab")
    page.keyboard.type("Bộ đang làm, tỉnh đã nhận được văn bản")
    for _stop in ("what is seldom needed, folded", "the next item", "its outcome"):
        page.keyboard.press("Tab")
    expect(rows.nth(1).locator("select[name$=-outcome]")).to_be_focused()
    rows.nth(1).locator("select[name$=-outcome]").select_option("nothing_new")
    rows.nth(2).locator("textarea").fill("Chưa chọn kết quả")
    page.locator(".submit-row input").click()

    # the third says nothing yet: told on its row, and nothing typed is lost
    expect(rows.nth(2).locator(".errorlist")).to_be_visible()
    expect(rows.first.locator("textarea")).to_have_value("Bộ đang làm, tỉnh đã nhận được văn bản")
    assert not StatusUpdate.objects.exists()
    rows.nth(2).locator("select[name$=-outcome]").select_option("done")
    page.locator(".submit-row input").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert StatusUpdate.objects.count() == 2

    # a second person publishes the session, and its news with it
    new = Meeting.objects.get(follows=session, held_on="2025-08-20")
    proof = Source.objects.filter(code__isnull=False).first()
    new.source, new._history_user = proof, new.created_by
    new.save()
    publish_session(new, by=publisher())
    code = StatusUpdate.objects.order_by("pk")[0].target.code
    page.goto(f"/kien-nghi/{code}/")
    expect(page.locator("main")).to_contain_text("Bộ đang làm, tỉnh đã nhận được văn bản")
