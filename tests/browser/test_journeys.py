"""Six readers on their way through the loaded register."""

import re

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

PROVINCE = "/tinh/ninh-binh/"
OPEN = "KN-2"  # one of four requests of Ninh Bình that nobody has answered
A4 = (594.96, 841.92)  # points, as Chromium rounds them
SHOWN_FOCUS = """() => {
    const of = getComputedStyle(document.activeElement);
    const box = document.activeElement.getBoundingClientRect();
    return of.outlineStyle !== "none" && parseFloat(of.outlineWidth) >= 2
        && box.width > 0 && box.bottom > 0 && box.top < innerHeight;
}"""


def codes(page):
    """Codes of the items that the page lists, in order."""
    return page.locator("ol.items > li h3 .code").all_inner_texts()


def by_search(page):
    page.locator("#ask").fill("ninh binh")
    page.locator("form.seek button").click()
    expect(page).to_have_url(re.compile(r"/tim-kiem/\?q=ninh\+binh$"))
    page.locator(f"section.goto a[href='{PROVINCE}']").click()


def by_map(page):
    page.locator(f"svg.map a[href='{PROVINCE}']").click()


@pytest.mark.parametrize("way", [by_search, by_map])
def test_a_citizen_finds_the_open_requests_of_a_province(page, way):
    page.goto("/")
    way(page)
    expect(page).to_have_url(re.compile(f"{PROVINCE}$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ninh Bình")
    page.wait_for_load_state()  # until then no script listens to the facets
    page.locator("#id_kind_request").check()
    expect(page).to_have_url(re.compile(r"\?kind=request$"))
    expect(page.locator("#lists ol.items > li")).to_have_count(6)
    unanswered = page.locator("#lists ol.items > li").filter(
        has=page.locator("[data-answer=unanswered]")
    )
    expect(unanswered).to_have_count(4)
    unanswered.locator(f"a[href='/kien-nghi/{OPEN}/']").first.click()
    expect(page).to_have_url(re.compile(f"/kien-nghi/{OPEN}/$"))
    expect(page.locator("dl.sum")).to_contain_text("Chưa ghi nhận trả lời")
    expect(page.locator("ol.story > li.open")).to_have_count(1)


def test_a_journalist_follows_a_request_to_its_proof_and_shares_it(
    page, browser, browser_context_args, watch
):
    page.goto("/kien-nghi/KN-10/")
    page.locator("ul.answers").get_by_role("link", name=re.compile("^KH-21")).click()
    expect(page).to_have_url(re.compile("/khuyen-nghi/KH-21/$"))
    own = page.locator("ol.story > li.own")
    expect(own.locator("blockquote")).to_contain_text("đề nghị Thừa Thiên - Huế đẩy mạnh")
    expect(own.locator(".proof")).to_contain_text("đoạn 17")

    shared = page.locator("link[rel=canonical]").get_attribute("href")
    assert shared == page.url == page.locator("meta[property='og:url']").get_attribute("content")
    read = page.locator("main").inner_text()
    page.reload()
    assert page.locator("main").inner_text() == read
    context = browser.new_context(**browser_context_args)
    friend = watch.on(context.new_page())
    friend.goto(f"{shared}?utm_source=zalo&fbclid=IwAR0")
    assert friend.locator("main").inner_text() == read
    assert friend.locator("link[rel=canonical]").get_attribute("href") == shared
    context.close()

    own.locator(".proof a").click()
    expect(page).to_have_url(re.compile("/nguon/NG-2/$"))
    expect(page.locator("dl.sum")).to_contain_text("SHA-256")
    rests = page.locator("ul.links > li").filter(has=page.locator("a[href='/khuyen-nghi/KH-21/']"))
    expect(rests).to_contain_text("đoạn 17")


def test_an_officer_prints_the_briefing_sheet(page):
    page.goto(PROVINCE)
    page.locator(f"main a[href='{PROVINCE}ho-so/']").first.click()
    expect(page).to_have_url(re.compile(f"{PROVINCE}ho-so/$"))
    expect(page.locator("main")).to_contain_text(OPEN)
    with page.expect_download() as download:
        page.locator(".take a").click()
    with open(download.value.path(), "rb") as file:
        book = load_workbook(file)
    cells = [str(cell) for sheet in book for row in sheet.values for cell in row if cell]
    assert any(OPEN in cell for cell in cells)

    page.emulate_media(media="print")
    expect(page.locator("header.site nav, header.site form")).to_have_count(2)
    for gone in page.locator("header.site nav, header.site form, .take, nav.local").all():
        expect(gone).to_be_hidden()
    expect(page.locator(".on-paper")).to_be_visible()
    heads = page.locator("table.sheet thead")
    assert heads.count() >= 3
    for head in heads.all():  # a head of this kind comes again on the next sheet
        assert head.evaluate("e => getComputedStyle(e).display") == "table-header-group"
        expect(head.locator("th").first).to_be_visible()
    paper = page.pdf(prefer_css_page_size=True)
    sheets = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)
    assert len(sheets) >= 1
    for sheet in sheets:
        assert [float(side) for side in sheet] == pytest.approx(A4, abs=1)


def test_a_reader_without_javascript_filters(plain_page, browser, browser_context_args, watch):
    page = plain_page
    page.goto("/khuyen-nghi/")
    whole = codes(page)
    page.locator("#id_province").select_option("hue")
    page.locator("#id_topic").select_option("nhan-luc-so")
    page.locator("details.filters button").click()
    expect(page).to_have_url(re.compile(r"province=hue.*topic=nhan-luc-so"))
    part = codes(page)
    assert 0 < len(part) < len(whole)
    expect(page.locator("ul.chosen")).to_contain_text("Nhân lực số")
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    friend = watch.on(context.new_page())
    friend.goto(page.url)
    assert codes(friend) == part
    context.close()
    page.locator("ul.chosen a").first.click()
    assert len(codes(page)) > len(part)


def test_a_reader_with_a_keyboard_alone(page):
    page.goto("/")
    keys, focused = page.keyboard, page.locator(":focus")

    def tab_to(selector):
        for _stop in range(60):
            keys.press("Tab")
            assert page.evaluate(SHOWN_FOCUS), focused.evaluate("e => e.outerHTML")
            if focused.evaluate("(e, selector) => e.matches(selector)", selector):
                return
        raise AssertionError(f"60 stops, and none of them {selector}")

    tab_to("a.skip")
    keys.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    tab_to("#ask")
    keys.type("sandbox")
    keys.press("Enter")
    expect(page).to_have_url(re.compile(r"/tim-kiem/\?q=sandbox$"))
    tab_to("ol.hits h3 a")
    to = focused.get_attribute("href")
    keys.press("Enter")
    expect(page).to_have_url(re.compile(f"{re.escape(to)}$"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_reader_of_english(page):
    page.goto(f"{PROVINCE}?kind=request")
    vietnamese = codes(page)
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(re.compile(rf"/en{PROVINCE}\?kind=request$"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert codes(page) == vietnamese
    title = page.locator(f"a[href='/en/kien-nghi/{OPEN}/'] [lang=vi]").first
    expect(title).to_have_text(re.compile("^Hỗ trợ Ninh Bình phát triển công nghiệp ICT"))
    title.click()
    expect(page.get_by_role("heading", level=1)).to_have_attribute("lang", "vi")
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()
    expect(page.locator("ol.story blockquote").first).to_have_attribute("lang", "vi")
    assert "/en/" in page.locator("link[rel=canonical]").get_attribute("href")
    page.get_by_role("link", name="Tiếng Việt").click()
    expect(page).to_have_url(re.compile(f"[0-9]/kien-nghi/{OPEN}/$"))
