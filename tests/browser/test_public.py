"""The public pages as a visitor meets them: with and without JavaScript, wide and narrow."""

import re

import pytest
from playwright.sync_api import expect

from engagements.edition.models import Edition

pytestmark = pytest.mark.usefixtures("live_server", "register")

MEETING = "/buoi-lam-viec/{}/"
PAGES = (
    "/",
    "/tinh/",
    "/tinh/ninh-binh/",
    "/tinh/hue/",
    "/tinh/hue/ho-so/",
    "/kien-nghi/",
    "/kien-nghi/KN-1/",
    "/cam-ket/",
    "/cam-ket/CK-1/",
    "/khuyen-nghi/",
    "/khuyen-nghi/KH-1/",
    "/buoi-lam-viec/",
    "/nguon/",
    "/nguon/NG-1/",
    "/gioi-thieu/",
    "/cam-ket/?status=unknown",
    "/cam-ket/?status=khong-co",
    "/khong-co-trang-nay/",
)


def opened(page, address):
    page.goto(address)
    return page


def forgive_statuses(watch):
    """A browser writes an answer above 399 to its console, also where it is the right one."""
    watch.complaints = [one for one in watch.complaints if "Failed to load resource" not in one]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_pages_have_no_accessibility_fault(page, watch, faults, width, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    meeting = Edition.objects.current().filter(kind="meeting").first()
    for address in (*PAGES, MEETING.format(meeting.code), "/en/", "/en/tinh/ninh-binh/"):
        opened(page, address)
        assert faults(page) == "", address
    forgive_statuses(watch)


def test_nothing_scrolls_sideways_on_a_small_phone(page):
    page.set_viewport_size({"width": 320, "height": 640})
    for address in PAGES[:13]:
        opened(page, address)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 320, address


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
