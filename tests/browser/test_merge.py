"""Two rows for one person made one by who keeps the lists, and two again."""

import pytest
from playwright.sync_api import expect

from provinces.models import Official
from tests.factories import make_user

PASSWORD = "mat-khau-de-thu-9"


@pytest.fixture
def keeper(page):
    user = make_user(roles=["Quản trị"], password=PASSWORD)
    page.goto("/admin/login/")
    page.locator("#id_username").fill(user.username)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_password").press("Enter")
    expect(page.locator("#user-tools")).to_be_visible()
    return page


def test_merge_and_undo(keeper, faults):
    page = keeper
    kept = Official.objects.get(slug="doan-minh-huan")
    gone = Official.objects.get(slug="le-truong-luu")

    # two are chosen in the list
    page.goto("/admin/provinces/official/")
    for row in (kept, gone):
        page.locator(f"input.action-select[value='{row.pk}']").check()
    page.locator("select[name=action]").select_option("merge_chosen")
    page.locator(".actions button[type=submit]").first.click()

    # compared, and made one
    expect(page.locator("table.side-by-side")).to_contain_text(gone.full_name)
    assert faults(page) == ""
    page.locator(f"input[name=kept][value='{kept.pk}']").check()
    page.locator("#id_reason").fill("Cùng một người")
    page.locator(".submit-row input[type=submit]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()

    # who follows the old address comes to the one that was kept
    record = page.url
    page.goto(f"/can-bo/{gone.slug}/")
    expect(page).to_have_url(f"{page.url.split('/can-bo/')[0]}/can-bo/{kept.slug}/")
    page.goto("/admin/provinces/official/")
    expect(page.locator("#result_list")).not_to_contain_text(gone.full_name)

    # and two again
    page.goto(record)
    page.locator(".object-tools a[href$='/take-back/']").click()
    page.wait_for_url("**/take-back/")
    assert faults(page) == ""
    page.locator(".submit-row input[type=submit]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    expect(page.locator(".messagelist .warning")).to_have_count(0)
    page.goto(f"/can-bo/{gone.slug}/")
    expect(page.locator("h1")).to_contain_text(gone.full_name)


def test_the_other_row_is_found_while_typing(keeper, faults):
    page = keeper
    one = Official.objects.get(slug="doan-minh-huan")
    page.goto(f"/admin/provinces/official/{one.pk}/change/")
    page.locator(".object-tools a[href*='/merge/']").click()
    expect(page.locator(".select2-selection")).to_be_visible()
    assert faults(page) == ""
    page.locator(".select2-selection").press("Enter")
    page.locator(".select2-search__field").fill("truong luu")
    page.locator(".select2-results__option", has_text="Lê Trường Lưu").click()
    page.locator(".submit-row input[type=submit]").click()
    expect(page.locator("table.side-by-side thead")).to_contain_text("Lê Trường Lưu")
