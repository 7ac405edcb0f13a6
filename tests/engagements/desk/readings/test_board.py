"""Board of a reading: each decision is kept at once, with script and without."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from engagements.desk.readings.deciding import Decisions
from engagements.models import (
    Indicator,
    Proposal,
    Reading,
)
from tests.desk import said
from tests.factories import (
    make_indicator,
    make_meeting,
    make_proposal,
    make_source,
    make_user,
)

from .steps import asked, fresh, page, step

pytestmark = pytest.mark.django_db


def test_decisions_are_kept_at_once_and_taken_back(desk, reading, editor):
    proposal = asked(reading)
    answer = step(desk, reading, "accepted", proposal, seen="open")
    assert set(answer.json()) == {"text", "proposals", "silent", "standing", "focus"}
    assert (fresh(proposal).state, fresh(proposal).decided_by) == ("accepted", editor)
    at = fresh(proposal).decided_at
    step(desk, reading, "accepted", proposal, seen="open")  # sent twice
    assert fresh(proposal).decided_at == at
    step(desk, reading, "wrong_kind", proposal, seen="accepted")
    assert (fresh(proposal).state, fresh(proposal).reason) == ("refused", "wrong_kind")
    step(desk, reading, "open", proposal)
    assert (fresh(proposal).state, fresh(proposal).decided_at) == ("open", None)


def test_what_somebody_else_decided_meanwhile_is_told(desk, reading):
    proposal = asked(reading)
    other = Client()
    colleague = make_user("dong-nghiep", roles=["Biên tập"])
    other.force_login(colleague)
    step(other, reading, "not_said", proposal, seen="open")
    answer = step(desk, reading, "accepted", proposal, seen="open")
    assert answer.status_code == 409
    assert "dong-nghiep" in answer.json()["error"]
    assert fresh(proposal).state == "refused"


def test_a_kind_is_turned_and_gets_what_it_needs(desk, reading):
    proposal = asked(reading)
    step(desk, reading, "kind", proposal, kind="commitment")
    assert fresh(proposal).told("kind") == "commitment"
    assert fresh(proposal).told("payload")["strength"] == "explicit"
    assert fresh(proposal).kind == "request"  # what was proposed stays, to be counted
    step(desk, reading, "accepted", proposal)
    assert fresh(proposal).state == "changed"


def test_two_become_one_and_stand_apart_again(desk, reading):
    first, second = asked(reading), asked(reading, "cử chuyên gia về giúp tỉnh")
    step(desk, reading, "merge", second)
    merged = "bố trí vốn cho trạm phát sóng, cử chuyên gia về giúp tỉnh"
    assert fresh(first).told("quote") == merged
    assert (fresh(second).state, fresh(second).parent) == ("moved", first)
    step(desk, reading, "open", second)
    assert fresh(first).told("quote") == first.quote
    assert (fresh(second).state, fresh(second).parent) == ("open", None)


def test_a_list_is_parted(desk, reading):
    proposal = asked(reading, "bố trí vốn cho trạm phát sóng, cử chuyên gia về giúp tỉnh")
    step(desk, reading, "split", proposal)
    quotes = [row.told("quote") for row in reading.proposals.in_order()]
    assert quotes == ["bố trí vốn cho trạm phát sóng", "cử chuyên gia về giúp tỉnh"]
    assert reading.proposals.last().payload["province"] == "binh-minh"
    assert step(desk, reading, "split", proposal).status_code == 409  # nothing to part it at


def test_words_that_became_nothing_are_made_an_item(desk, reading, province):
    quote = "Ông cho rằng như thế là tốt"
    start = reading.paragraphs[2].index(quote)
    reading.silent = [[3, start, start + len(quote)]]
    reading.save()
    field = {"field": "province", "slug": province.slug, "name": province.name}
    make_proposal("tỉnh Bình Minh", reading=reading, kind="meeting", payload=field)
    assert quote in desk.get(page(reading)).content.decode().split('id="silent"')[1]
    place = {"paragraph": 3, "start": start, "end": start + len(quote), "quote": quote}
    answer = step(desk, reading, "add", kind="remark", **place)
    added = Proposal.objects.get(pk=answer.json()["focus"])
    assert (added.kind, added.maker, added.state) == ("remark", "person", "accepted")
    assert quote not in answer.json()["silent"]


def test_only_people_and_figures_are_accepted_all_at_once(desk, reading):
    person = make_proposal(
        "Lương Bá Trạc", reading=reading, kind="attendance", payload={"name": "Lương Bá Trạc"}
    )
    request, figure = asked(reading), asked(reading, "20 trạm", kind="figure")
    for kind in ("attendance", "figure"):
        assert step(desk, reading, "accept_all", kind=kind).status_code == 200
    assert step(desk, reading, "accept_all", kind="request").status_code == 409
    states = [fresh(row).state for row in (person, request, figure)]
    assert states == ["accepted", "open", "open"]  # no indicator was chosen for the figure


FORGED = {
    "words": {"quote": "bố trí vốn cho mọi trạm", "start": 17, "end": 40},
    "elsewhere": {"start": 0, "end": 29},
    "cut": {"quote": "ố trí vốn cho trạm phát sóng", "start": 18},
    "paragraph": {"paragraph": 9},
    "numbers": {"start": "-1", "end": "9" * 40},
    "short": {"quote": "bố trí", "end": 23},
    "nothing": {"quote": "", "start": "", "end": ""},
}


@pytest.mark.parametrize("changes", FORGED.values(), ids=FORGED)
def test_a_forged_quotation_is_refused_and_counted(desk, reading, changes):
    quote = "bố trí vốn cho trạm phát sóng"
    start = reading.paragraphs[1].index(quote)
    place = {"paragraph": 2, "start": start, "end": start + len(quote), "quote": quote}
    answer = step(desk, reading, "add", kind="request", **place | changes)
    assert answer.status_code == 409
    assert not reading.proposals.exists()
    assert Reading.objects.get(pk=reading.pk).refused_quotations == 1


HOSTILE = {
    "no-step": {"step": "publish"},
    "state": {"step": "moved"},
    "changed": {"step": "changed"},
    "kind": {"step": "kind", "kind": "meeting"},
    "update": {"step": "kind", "kind": "update"},
    "add": {"step": "add", "kind": "meeting"},
    "key": {"step": "accepted", "proposal": "9" * 40},
    "change": {"change": "x"},
}


@pytest.mark.parametrize("sent", HOSTILE.values(), ids=HOSTILE)
def test_what_no_board_sends_changes_nothing(desk, reading, sent):
    proposal = asked(reading)
    sent = {"proposal": proposal.pk} | sent
    answer = desk.post(page(reading), sent, headers={"Accept": "application/json"})
    assert answer.status_code == 409
    assert fresh(proposal).state == "open"


def test_a_proposal_of_another_reading_is_none_of_this_one(desk, reading):
    stranger = make_proposal()
    assert step(desk, reading, "accepted", stranger).status_code == 409
    assert fresh(stranger).state == "open"


def test_what_is_changed_is_checked_and_kept(desk, reading):
    make_indicator(name="Số trạm", slug="so-tram")
    figure = asked(reading, "20 trạm", kind="figure", payload={"value": "20", "unit": "trạm"})
    assert "chỉ số" in step(desk, reading, "accepted", figure).json()["error"]
    field = {"field": "province", "slug": "binh-minh", "name": "Bình Minh"}
    make_proposal("tỉnh Bình Minh", reading=reading, kind="meeting", payload=field)
    name = f"change-{figure.pk}"
    sent = {f"{name}-value": "20,5", f"{name}-unit": "trạm", f"{name}-province": "binh-minh"}
    headers = {"Accept": "application/json"}
    answer = desk.post(page(reading), sent | {"change": figure.pk}, headers=headers)
    assert answer.status_code == 422
    assert "bắt buộc" in answer.json()["form"]
    sent[f"{name}-indicator"] = "so-tram"
    desk.post(page(reading), sent | {"change": figure.pk}, headers=headers)
    figure = fresh(figure)
    assert (figure.state, figure.told("payload")["value"]) == ("changed", "20.5")
    assert figure.payload["value"] == "20"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        pytest.param("Số trạm phát sóng", ("", "Số trạm phát sóng"), id="new"),
        pytest.param("so tram", ("so-tram", ""), id="known-by-its-name"),
    ],
)
def test_a_figure_may_be_given_a_new_indicator(desk, reading, typed, kept):
    make_indicator(name="Số trạm", slug="so-tram")
    field = {"field": "province", "slug": "binh-minh", "name": "Bình Minh"}
    make_proposal("tỉnh Bình Minh", reading=reading, kind="meeting", payload=field)
    figure = asked(reading, "20 trạm", kind="figure", payload={"value": "20", "unit": "trạm"})
    name = f"change-{figure.pk}"
    sent = {f"{name}-value": "20", f"{name}-unit": "trạm", f"{name}-province": "binh-minh"}
    sent |= {"change": figure.pk, f"{name}-new_indicator": typed}
    desk.post(page(reading), sent, headers={"Accept": "application/json"})
    told = fresh(figure).told("payload")
    assert (told["indicator"], told["new_indicator"]) == kept
    assert fresh(figure).state == "changed"
    shown = "chỉ số mới: Số trạm phát sóng" in desk.get(page(reading)).content.decode()
    assert shown == bool(kept[1])
    assert Indicator.objects.count() == 1  # nothing is proposed before the session is saved


# -- without script


def test_the_whole_form_is_sent_without_script(desk, reading):
    rows = [asked(reading), asked(reading, "cử chuyên gia về giúp tỉnh"), asked(reading, "20 trạm")]
    text = desk.get(page(reading)).content.decode()
    sent = dict.fromkeys(re.findall(r'name="(s-\d+)"', text), "open")
    sent |= {f"d-{row.pk}": "open" for row in rows}
    sent |= {f"d-{rows[0].pk}": "accepted", f"d-{rows[1].pk}": "twice"}
    answer = desk.post(page(reading), sent | {"save": "1"}, follow=True)
    assert "Đã lưu 2 quyết định." in said(answer)
    assert [fresh(row).state for row in rows] == ["accepted", "refused", "open"]


def test_a_quotation_that_is_typed_is_looked_for_in_its_paragraph(desk, reading):
    sent = {"add": "1", "kind": "request", "paragraph": "2", "quote": "cử chuyên gia về giúp tỉnh"}
    desk.post(page(reading), sent)
    added = reading.proposals.get()
    assert reading.holds(added.paragraph, added.start, added.end, added.quote)
    assert added.state == "open"  # of which province it is, was not said


def test_choices_outlive_a_login_that_lapsed(client, reading, editor):
    proposal = asked(reading)
    sent = {f"d-{proposal.pk}": "accepted", f"s-{proposal.pk}": "open", "save": "1"}
    client.get(page(reading), follow=True)  # has the cookie of its forms
    asked_to_log_in = client.post(page(reading), sent)
    held = asked_to_log_in.context["held"]
    editor.set_password("mat-khau-rat-dai")
    editor.save()
    given = {"username": editor.username, "password": "mat-khau-rat-dai", "held": held}
    login = client.post("/admin/login/", given)
    assert login.url == page(reading)
    text = client.get(login.url).content.decode()
    assert fresh(proposal).state == "open"
    chosen = re.search(rf'name="d-{proposal.pk}" value="accepted"\s+checked', text)
    assert chosen is not None


def test_a_script_is_not_told_json_by_the_login_page(client, reading):
    answer = step(client, reading, "accepted", asked(reading))
    assert "json" not in answer.headers["Content-Type"]


def test_a_board_of_thirty_asks_no_more_than_one_of_one(desk, reading):
    def queries():
        with CaptureQueriesContext(connection) as asked_for:
            assert desk.get(page(reading)).status_code == 200
        return len(asked_for)

    asked(reading)
    desk.get(page(reading))
    before = queries()
    for _number in range(29):
        asked(reading)
    assert queries() == before


def test_no_link_stands_in_what_folds(desk, reading):
    """A control within another cannot be reached by whoever hears the page."""
    source = make_source(title="Biên bản đã có")
    reading.source = source
    reading.save()
    text = desk.get(page(reading)).content.decode()
    assert str(source) in text
    for summary in re.findall(r"<summary.*?</summary>", text, re.DOTALL):
        assert not re.search(r"<(?:a|button|input|select)\b", summary)


def test_a_change_keeps_what_was_decided_meanwhile(desk, reading, monkeypatch):
    field = {"field": "province", "slug": "binh-minh", "name": "Bình Minh"}
    make_proposal("tỉnh Bình Minh", reading=reading, kind="meeting", payload=field)
    proposal, colleague = asked(reading), make_user("dong-nghiep")
    lock = Decisions.lock

    def lock_after_the_colleague(self):
        Decisions(reading, colleague).decide(fresh(proposal), "not_said")
        lock(self)

    monkeypatch.setattr(Decisions, "lock", lock_after_the_colleague)
    name = f"change-{proposal.pk}"
    sent = {f"{name}-title": "Bố trí vốn", f"{name}-province": "binh-minh", "change": proposal.pk}
    sent[f"s-{proposal.pk}"] = "open"
    answer = desk.post(page(reading), sent, headers={"Accept": "application/json"})
    assert "dong-nghiep" in answer.json()["error"]


def test_a_change_of_what_was_saved_meanwhile_is_refused(desk, reading, monkeypatch):
    proposal, meeting = asked(reading), make_meeting()
    lock = Decisions.lock

    def lock_after_it_was_saved(self):
        Reading.objects.filter(pk=reading.pk).update(meeting=meeting)
        saved = {"record_kind": "provincerequest", "record_key": 7}
        Proposal.objects.filter(pk=proposal.pk).update(**saved)
        lock(self)

    monkeypatch.setattr(Decisions, "lock", lock_after_it_was_saved)
    sent = {"change": proposal.pk}
    answer = desk.post(page(reading), sent, headers={"Accept": "application/json"})
    assert "đã lưu" in answer.json()["error"]


def test_nothing_is_taken_into_what_was_refused_or_is_another_provinces(desk, reading):
    above, refused = asked(reading), asked(reading, "trạm phát sóng")
    quote = "cử chuyên gia về giúp tỉnh"
    asked(reading, quote, payload={"province": "tinh-khac"})
    second = asked(reading, quote)
    step(desk, reading, "not_said", refused)
    step(desk, reading, "merge", second)
    step(desk, reading, "merge", second)  # sent twice
    assert fresh(second).parent == above
    step(desk, reading, "not_said", above)
    third = asked(reading, "cho thử nghiệm")
    assert step(desk, reading, "merge", third).status_code == 409


def test_of_three_that_are_one_the_third_stands_apart_again(desk, reading):
    first, second = asked(reading), asked(reading, "cử chuyên gia về giúp tỉnh")
    third = asked(reading, "cho thử nghiệm")
    for row in (second, third):
        step(desk, reading, "merge", row)
    step(desk, reading, "open", third)
    merged = "bố trí vốn cho trạm phát sóng, cử chuyên gia về giúp tỉnh"
    assert fresh(first).told("quote") == merged
    assert fresh(second).state == "moved"


def test_a_field_of_the_session_is_not_parted(desk, reading):
    quote = "bố trí vốn cho trạm phát sóng, cử chuyên gia về giúp tỉnh"
    payload = {"field": "place", "place": quote}
    place = make_proposal(quote, reading=reading, kind="meeting", payload=payload)
    assert step(desk, reading, "split", place).status_code == 409
