"""A paper becomes a session: pasted, decided by single keys, saved once; no quotation is typed.

Documents of the register stay out of the project: `DOCUMENTS=FOLDER` names texts (.txt) of theirs
that go the same way, and are then set against what the register holds of them.
"""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import F
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
FOLLOWED_UP = (ProvinceRequest, Commitment, Recommendation)
ITEMS = (*FOLLOWED_UP, Remark)
MINISTRY = "bo-thong-tin-va-truyen-thong"
# A press article and a notice of conclusions, each with the ministry that it is about.
PAPERS = {
    TEXTS / "s1-kon-tum-20240716.txt": MINISTRY,
    TEXTS / "p2-bac-kan-rung-ket-luan.txt": "bo-nong-nghiep-va-phat-trien-nong-thon",
}
FOLDER = os.environ.get("DOCUMENTS")
DOCUMENTS = dict.fromkeys(sorted(Path(FOLDER).glob("*.txt")), MINISTRY) if FOLDER else {}
SET_ASIDE = timedelta(days=700)
FOUND_AGAIN = 0.8  # of the register's requests, commitments and recommendations


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


@pytest.fixture
def set_aside():
    """Sessions of the register, moved to other days: as if it had not read the documents."""
    moved = Meeting.objects.filter(published_version__isnull=False).exclude(held_on=None)
    keys = [meeting.pk for meeting in moved]
    rows = Meeting.objects.filter(pk__in=keys)
    rows.update(held_on=F("held_on") - SET_ASIDE)
    yield list(rows)
    rows.update(held_on=F("held_on") + SET_ASIDE)


def settled(page):
    """After what was sent has been answered."""
    expect(page.locator("#reading:not(.is-waiting)")).to_be_visible()


@pytest.mark.parametrize("paper", PAPERS | DOCUMENTS, ids=lambda paper: paper.stem)
def test_from_paste_to_a_saved_session(board, faults, set_aside, paper):
    known = set_aside if paper in DOCUMENTS else []
    page = board(paper.read_text(encoding="utf-8"), (PAPERS | DOCUMENTS)[paper])
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
        give_the_year(page, key, known)
        expect(page.locator(f"#p{key}:not([data-state=open], [data-state=sent])")).to_have_count(1)
    # What a rule that is rarely right says is folded, and left: figures, of which none is taken.
    left = Reading.objects.latest("pk").proposals.filter(state="open")
    assert not left.exclude(kind="figure").exists()
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
    rows = items_of([meeting])
    assert len(rows) >= 15
    assert keys.others <= MOST_KEYS
    for row in rows:
        assert row.quote in reading.paragraphs[row.paragraph - 1]
        assert row.source.sha256 == reading.sha256
    known = [
        row
        for row in items_of(known, FOLLOWED_UP)
        if row.meeting.held_on == meeting.held_on - SET_ASIDE
    ]
    missed = [row for row in known if not any(is_the_same(row, draft) for draft in rows)]
    assert len(missed) <= (1 - FOUND_AGAIN) * len(known), missed


def give_the_year(page, key, known):
    """Types the day of the session where the document tells no year: its card asks for it."""
    told = Proposal.objects.get(pk=key).payload
    if told.get("field") != "held_on" or told["held_on"]:
        return
    box = page.locator(f"#p{key} input[name$=held_on]")
    expect(box).to_be_focused()
    days = [meeting.held_on + SET_ASIDE for meeting in known]
    day = next(day for day in days if (day.day, day.month) == (told["day"], told["month"]))
    box.fill(f"{day:%d/%m/%Y}")
    box.press("Enter")
    expect(page.locator(f"#p{key}[data-state=changed]")).to_be_visible()
    expect(page.locator(f"#p{key}[aria-current]")).to_have_count(0)  # the next one is at hand


def items_of(meetings, models=ITEMS):
    return [row for model in models for row in model.objects.filter(meeting__in=meetings)]


def is_the_same(row, draft):
    """A draft of the kind, at the paragraph, that shares half of the shorter quotation's words."""
    if (draft.kind, draft.paragraph) != (row.kind, row.paragraph):
        return False
    words, other = (set(text.lower().split()) for text in (row.quote, draft.quote))
    return len(words & other) >= min(len(words), len(other)) / 2


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
