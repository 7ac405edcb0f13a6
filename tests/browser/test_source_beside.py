"""The text beside a form: what is selected there is written into the item that was worked on."""

import re

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from engagements.models import ProvinceRequest, Source
from tests.desk import address
from tests.factories import make_meeting, make_request, make_source, make_user

TEXT = (
    "Ngày 29/2, hai bên gặp nhau.\n"
    "Tỉnh đề nghị Bộ cử chuyên gia về giúp. Bộ sẽ cử chuyên gia trong quý tới.\n"
    + " ".join(f"chữ{n}" for n in range(1, 31))
)
OTHER = "Công văn trả lời.\nBộ đã cử hai chuyên gia về tỉnh."
DRAG = """([first, from, last, to]) => {
    const edge = (number, word, isEnd) => {
        const element = document.querySelector(`[data-paragraph="${number}"]`);
        const start = element.textContent.indexOf(word);
        const range = EvidencePicker.range(element, start, start + word.length);
        const box = isEnd ? [...range.getClientRects()].pop() : range.getClientRects()[0];
        return [isEnd ? box.right - 1 : box.left + 1, box.top + box.height / 2];
    };
    return [...edge(first, from, false), ...edge(last, to, true)];
}"""


@pytest.fixture
def meeting(loaded):
    """A session with two requests; the words of one stand in its source no more."""
    source = make_source(title="Thông báo kết luận số 98", text=TEXT)
    meeting = make_meeting(source=source)
    make_request(meeting=meeting, source=source, title="Xin vốn", paragraph=1, quote="xin vốn")
    make_request(meeting=meeting, source=source, title="Xin người", paragraph=2, quote="")
    return meeting


@pytest.fixture
def beside(page, signed_in):
    """Opens the form of a record, or of a new one; the text stands beside it."""

    def opened(model, *key):
        signed_in("Biên tập", "Duyệt")
        page.goto(address(model, "change" if key else "add", *key))
        if key:
            expect(page.locator("#source-beside [data-paragraph]").first).to_be_visible()
        return page.locator("#source-beside")

    return opened


def drag(page, *ends):
    """Selects with the mouse, from the beginning of one word to the end of another."""
    left, top, right, bottom = page.evaluate(DRAG, ends)
    page.mouse.click(left, top)  # or what is selected already would be dragged along
    page.mouse.down()
    page.mouse.move(right, bottom, steps=4)
    page.mouse.up()


def proof(page, prefix=""):
    return [page.locator(f"#id_{prefix}{name}").input_value() for name in ("paragraph", "quote")]


def test_a_selection_goes_into_the_marked_row_or_a_new_one(page, beside, meeting, faults):
    column = beside(type(meeting), meeting.pk)
    page.locator("#provincerequests-group summary").first.click()
    page.locator("#id_provincerequests-1-title").focus()
    expect(page.locator("#provincerequests-1")).to_have_class(re.compile("is-at-hand"))
    expect(page.locator("#id_provincerequests-0-quote_not_in_text")).to_be_visible()

    drag(page, 2, "đề", 2, "gia")
    column.locator("[data-take]").click()
    assert proof(page, "provincerequests-1-") == ["2", "đề nghị Bộ cử chuyên gia"]
    drag(page, 2, "sẽ", 2, "quý")
    column.locator("[data-take]").click()
    assert proof(page, "provincerequests-1-") == ["2", "sẽ cử chuyên gia trong quý"]
    column.locator("[data-undo]").click()
    assert proof(page, "provincerequests-1-") == ["2", "đề nghị Bộ cử chuyên gia"]
    assert page.evaluate("[...CSS.highlights.get('evidence-at-hand')].map(String)") == [
        "đề nghị Bộ cử chuyên gia"
    ]

    drag(page, 2, "sẽ", 2, "tới")
    column.locator("[data-kind=commitments]").click()
    expect(page.locator("#id_commitments-0-title")).to_be_focused()
    assert proof(page, "commitments-0-") == ["2", "sẽ cử chuyên gia trong quý tới"]
    assert page.locator("#id_commitments-0-source").input_value() == str(meeting.source_id)
    assert "serious" not in faults(page)
    column.locator("[data-undo]").click()
    expect(page.locator("#commitments-0")).to_have_count(0)
    page.evaluate("window.onbeforeunload = null")


def test_a_session_is_proved_by_keyboard_and_saved(page, beside, meeting):
    column = beside(type(meeting), meeting.pk)
    page.locator("#id_lines_recommendations").fill("Cử người giỏi")
    page.keyboard.press("Control+Alt+7")
    text = column.locator("[data-evidence]")
    expect(text).to_be_focused()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Shift+ArrowLeft", "Shift+ArrowLeft"):
        page.keyboard.press(key)
    expect(column.locator("blockquote")).to_have_text("“Bộ sẽ cử chuyên gia trong”")
    expect(column.locator("[data-heard]")).to_contain_text("đoạn 2")
    expect(column.locator("[role=option][aria-selected]")).to_have_text(
        "Bộ sẽ cử chuyên gia trong quý tới."
    )
    assert text.get_attribute("aria-activedescendant") == "sentence-2-2"
    page.keyboard.press("Enter")
    line = page.locator("#id_lines_recommendations")
    expect(line).to_have_value("Cử người giỏi | 2 | “Bộ sẽ cử chuyên gia trong”")
    page.keyboard.press("ArrowUp")
    expect(column.locator("blockquote")).to_contain_text("Tỉnh đề nghị")
    page.keyboard.press("2")
    expect(page.locator("#id_provincerequests-2-title")).to_be_focused()
    page.keyboard.insert_text("Cử chuyên gia")
    page.keyboard.press("Control+s")
    expect(page.locator(".messagelist .success")).to_be_visible()
    request = ProvinceRequest.objects.get(meeting=meeting, title="Cử chuyên gia")
    assert (request.paragraph, request.quote) == (2, "Tỉnh đề nghị Bộ cử chuyên gia về giúp")
    advice = meeting.recommendations.get()
    assert (advice.paragraph, advice.quote) == (2, "Bộ sẽ cử chuyên gia trong")


def test_the_text_is_that_of_the_source_that_is_chosen(page, beside, meeting):
    other = make_source(title="Công văn số 77", text=OTHER)
    bare = make_source(title="Bản quét số 76")
    column = beside(ProvinceRequest, meeting.provincerequests.first().pk)
    page.locator("#id_quote").focus()
    drag(page, 1, "hai", 3, "chữ2")
    expect(column.locator(".beside-taking .quiet")).to_contain_text("chỉ lấy đoạn đầu")
    drag(page, 3, "chữ1", 3, "chữ30")
    expect(column.locator(".beside-taking .quiet")).to_contain_text("cắt còn 20 từ")
    page.keyboard.press("Enter")
    assert proof(page) == ["3", " ".join(f"chữ{n}" for n in range(1, 21))]

    choose = """([key, title]) => django.jQuery("#id_source")
        .append(new Option(title, key, true, true)).trigger("change")"""
    page.evaluate(choose, [other.pk, other.title])
    expect(column.locator("[data-paragraph='2']")).to_have_text("Bộ đã cử hai chuyên gia về tỉnh.")
    expect(page.locator("#id_quote_not_in_text")).to_be_visible()
    page.evaluate(choose, [bare.pk, bare.title])
    link = column.locator(".beside-none a")
    assert link.get_attribute("href") == address(Source, "change", bare.pk)


def test_without_a_script_the_text_is_one_link_away(plain_page, base_url, meeting):
    client = Client()
    client.force_login(make_user(is_superuser=True))
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": base_url}
    plain_page.context.add_cookies([cookie])
    plain_page.goto(base_url + address(type(meeting), "change", meeting.pk))
    plain_page.locator("#source-beside summary").click()
    plain_page.locator("#source-beside a").click()
    expect(plain_page.locator("li[value='2']")).to_contain_text("Tỉnh đề nghị Bộ cử chuyên gia")
