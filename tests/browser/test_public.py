"""The public pages as a visitor meets them: with and without JavaScript, wide and narrow."""

import re

import pytest
from playwright.sync_api import expect


def opened(page, address):
    page.goto(address)
    return page


def forgive_statuses(watch):
    """A browser writes an answer above 399 to its console, also where it is the right one."""
    watch.complaints = [one for one in watch.complaints if "Failed to load resource" not in one]


def test_a_refused_filter_has_no_accessibility_fault(page, watch, faults):
    opened(page, "/cam-ket/?status=khong-co")
    assert faults(page) == ""
    forgive_statuses(watch)


@pytest.fixture(params=["with-javascript", "without-javascript"])
def any_page(request):
    return request.getfixturevalue("page" if request.param == "with-javascript" else "plain_page")


def test_from_home_to_a_commitment(any_page):
    page = opened(any_page, "/")
    expect(page).to_have_title(re.compile("Sát Cánh"))
    page.locator("nav.site a[href='/tinh/']").click()
    page.locator("a[href='/tinh/ninh-binh/']").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ninh Bình")
    page.locator("main a[href='/cam-ket/CK-1/']").first.click()
    expect(page).to_have_url(re.compile("/cam-ket/CK-1/$"))
    expect(page.locator("main")).to_contain_text("Chưa có thông tin")
    expect(page.locator("main blockquote, main q").first).to_be_visible()


def test_list_is_filtered(any_page):
    page = opened(any_page, "/khuyen-nghi/")
    whole = int(re.search(r"\d+", page.locator("#found").inner_text())[0])
    summary = page.locator("details.filters summary")
    if summary.is_visible():  # on a wide screen the filters stand open
        summary.click()
    page.locator("select[name=province]").select_option("hue")
    page.locator("details.filters button").click()
    expect(page).to_have_url(re.compile(r"province=hue"))
    part = int(re.search(r"\d+", page.locator("#found").inner_text())[0])
    assert 0 < part < whole
    expect(page.locator("ol.items > li")).to_have_count(min(part, 25))


def test_wrong_filter_lists_nothing(plain_page, watch):
    page = opened(plain_page, "/cam-ket/?status=khong-co")
    expect(page.locator("ol.items > li")).to_have_count(0)
    expect(page.locator("details.filters")).to_have_attribute("open", "")
    forgive_statuses(watch)


def test_english_twin_keeps_the_place(any_page):
    page = opened(any_page, "/tinh/ninh-binh/")
    assert page.locator("html").get_attribute("lang") == "vi"
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(re.compile("/en/tinh/ninh-binh/$"))
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ninh")
    page.get_by_role("link", name="Tiếng Việt").click()
    expect(page).to_have_url(re.compile(r"[0-9]/tinh/ninh-binh/$"))


def test_keyboard_reaches_the_content_first(page):
    opened(page, "/tinh/ninh-binh/")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    expect(focused).to_have_attribute("href", "#main")
    expect(focused).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_staff_sign_in_without_a_complaint(page, faults):
    opened(page, "/admin/")
    expect(page).to_have_url(re.compile("/admin/login/"))
    assert faults(page) == ""
