"""A paper becomes a session: pasted, decided by single keys, saved once; no quotation is typed."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from engagements.models import (
    Commitment,
    Meeting,
    Proposal,
    ProvinceRequest,
    Reading,
    Recommendation,
    Remark,
)
from provinces.models import Organization
from tests.factories import make_user

TEXTS = settings.BASE_DIR / "tests" / "engagements" / "reading" / "texts"
MOST_KEYS = 25  # beside one for each judgement
ITEMS = (ProvinceRequest, Commitment, Recommendation, Remark)
# A press article and a notice of conclusions, each with the ministry that it is about.
PAPERS = {
    "s1-kon-tum-20240716": "bo-thong-tin-va-truyen-thong",
    "p2-bac-kan-rung-ket-luan": "bo-nong-nghiep-va-phat-trien-nong-thon",
}


class Keyboard:
    """Counts what is pressed: judgements, and whatever else it takes."""

    def __init__(self, page):
        self.page, self.judged, self.others = page, 0, 0

    def judge(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
        self.judged += 1

    def press(self, key):
        self.page.keyboard.press(key)
        self.others += 1


@pytest.fixture
def board(page, base_url, context):
    """Opens the board of a text; the editor writes for a ministry that it is about."""

    def opened(text, ministry="bo-thong-tin-va-truyen-thong"):
        desk = Organization.objects.get(slug=ministry)
        client = Client()
        client.force_login(make_user(roles=["Biên tập"], desk=desk))
        key = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": base_url}
        context.add_cookies([cookie])
        page.goto("/admin/engagements/reading/add/")
        expect(page.locator("#id_text")).to_be_focused()
        page.keyboard.insert_text(text)
        return page

    return opened


def settled(page):
    """After what was sent has been answered."""
    expect(page.locator("#reading:not(.is-waiting)")).to_be_visible()


@pytest.mark.parametrize("name", PAPERS)
def test_from_paste_to_a_saved_session(board, faults, name):
    page = board((TEXTS / f"{name}.txt").read_text(encoding="utf-8"), PAPERS[name])
    keys = Keyboard(page)
    for _tab in range(3):
        keys.press("Tab")
    keys.press("Enter")
    expect(page.locator(".card[aria-current]")).to_be_visible()
    assert faults(page) == ""
    people = page.locator("button[name=accept_all][value=attendance]")
    if people.count():
        people.focus()
        keys.press("Enter")
        expect(people).to_have_count(0)
    settled(page)
    card = page.locator(".card[aria-current]")
    for _proposal in range(90):
        if card.get_attribute("data-state") != "open":
            break
        key, kind = (card.get_attribute(f"data-{name}") for name in ("proposal", "kind"))
        keys.judge(*(["r", "6"] if kind == "figure" else ["a"]))
        settled(page)
        expect(page.locator(f"#p{key}:not([data-state=open], [data-state=sent])")).to_have_count(1)
    assert not Reading.objects.latest("pk").proposals.filter(state="open").exists()
    page.locator("input[name=fill]").focus()
    keys.press("Enter")
    page.wait_for_url("**/meeting/add/**")
    for _question in range(4):  # a deadline that was worked out is asked about once
        with page.expect_navigation():
            keys.press("Control+s")
        if "/add/" not in page.url:
            break
    reading = Reading.objects.latest("pk")
    meeting = Meeting.objects.get(pk=reading.meeting_id)
    rows = [row for model in ITEMS for row in model.objects.filter(meeting=meeting)]
    assert len(rows) >= 15
    assert keys.others <= MOST_KEYS
    for row in rows:
        assert row.quote in reading.paragraphs[row.paragraph - 1]
        assert row.source.text == reading.text


def test_a_decision_outlives_a_lost_connection(board, watch):
    page = board((TEXTS / "p1-bac-lieu-ao-tom.txt").read_text(encoding="utf-8"))
    page.locator("input[type=submit]").last.click()
    card = page.locator(".card[aria-current]")
    expect(card).to_be_visible()
    key = card.get_attribute("data-proposal")
    page.route("**/change/", lambda route: route.abort())
    page.keyboard.press("a")
    expect(page.locator("#reading.is-waiting .reading-note")).to_contain_text("Mất kết nối")
    assert Proposal.objects.get(pk=key).state == "open"
    page.unroute("**/change/")
    watch.complaints.clear()  # the browser itself writes of the request that failed
    page.evaluate("window.dispatchEvent(new Event('online'))")
    settled(page)
    expect(page.locator(f"#p{key}")).to_have_attribute("data-state", "accepted")
    assert Proposal.objects.get(pk=key).state == "accepted"
    page.keyboard.press("u")
    expect(page.locator(f"#p{key}")).to_have_attribute("data-state", "open")


def test_selected_words_become_an_item(board):
    page = board((TEXTS / "p5-hau-giang-tram-y-te.txt").read_text(encoding="utf-8"), "bo-y-te")
    page.locator("input[type=submit]").last.click()
    expect(page.locator(".card[aria-current]")).to_be_visible()
    reading = Reading.objects.latest("pk")
    number = next(n for n, text in enumerate(reading.paragraphs, 1) if len(text.split()) > 30)
    text = reading.paragraphs[number - 1]
    end = len(" ".join(text.split()[:9]))
    page.evaluate(
        """([number, end]) => EvidencePicker.select(
            document.querySelector(`[data-paragraph="${number}"]`), 0, end)""",
        [number, end],
    )
    expect(page.locator("#add-paragraph")).to_have_value(str(number))
    before = reading.proposals.count()
    page.keyboard.press("n")
    page.keyboard.press("3")
    settled(page)
    expect(page.locator(".reading-note")).to_have_text("Đã lưu")
    added = reading.proposals.latest("pk")
    assert reading.proposals.count() == before + 1
    assert (added.kind, added.maker, added.paragraph) == ("recommendation", "person", number)
    assert added.quote in text
