"""The next session: opened from an earlier one or a province, with what is still open."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from engagements.models import Meeting
from tests.desk import address
from tests.factories import (
    edited,
    make_commitment,
    make_meeting,
    make_organization,
    make_organization_succession,
    make_province,
    make_recommendation,
    make_request,
    make_user,
)

pytestmark = pytest.mark.django_db
NEXT = "admin:engagements_meeting_next"
DAY = date(2025, 8, 20)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def editor(client, ministry):
    user = make_user("an", ["Biên tập"], desk=ministry)
    client.force_login(user)
    return user


def again(row):
    return type(row).objects.get(pk=row.pk)


def opening(**start):
    start = {name: row.pk for name, row in start.items()}
    return reverse(NEXT, query=start)


def shown(client, page):
    answer = client.get(page)
    assert answer.status_code == 200
    return answer.context


def filled(context, **given):
    """The opening form as shown, with everything ticked."""
    form = context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    sent |= {"item": [one.key for one in context["items"]], "planned_text": "quý III/2025"}
    sent |= {"planned_from": "01/07/2025", "planned_to": "30/09/2025"}
    return sent | given


def open_next(client, page, **given):
    return client.post(page, filled(shown(client, page), **given))


# -- opening


def test_the_next_session_of_a_session(editor, client, before, ministry):
    request, commitment, advice = (
        make(meeting=before) for make in (make_request, make_commitment, make_recommendation)
    )
    assert open_next(client, opening(meeting=before)).status_code == 302
    meeting = Meeting.objects.latest("pk")
    assert (meeting.follows, meeting.ministry, meeting.state_of_it) == (before, ministry, "planned")
    assert list(meeting.provinces.all()) == [before.heir]
    assert (meeting.created_by, meeting.history.last().history_user) == (editor, editor)
    assert [one.target for one in meeting.taken_up.all()] == [request, commitment, advice]


def test_it_may_have_been_held_already(editor, client, before):
    given = {"state_of_it": "held", "held_on": "20/08/2025"}
    none = {"planned_from": "", "planned_to": "", "planned_text": ""}
    assert open_next(client, opening(meeting=before), **given, **none).status_code == 302
    assert Meeting.objects.latest("pk").held_on == DAY


def test_from_a_province_with_what_its_predecessors_asked(editor, client, before):
    item = make_request(meeting=before)
    own = make_commitment(meeting=make_meeting(ministry=before.ministry, provinces=[before.heir]))
    context = shown(client, opening(province=before.heir))
    assert {one.item for one in context["items"]} == {item, own}
    assert open_next(client, opening(province=before.heir)).status_code == 302
    assert Meeting.objects.latest("pk").follows is None


OPEN = {
    "unknown": {},
    "in-progress": {"status": "in_progress"},
    "paused": {"status": "paused"},
}
SETTLED = {
    "done": {"status": "done"},
    "dropped": {"status": "dropped"},
    "transferred": {"status": "transferred"},
}


@pytest.mark.parametrize("values", [*OPEN.values(), *SETTLED.values()], ids=[*OPEN, *SETTLED])
def test_only_what_is_open_is_taken_up(editor, client, before, values):
    make_commitment(meeting=before, **values)
    items = shown(client, opening(meeting=before))["items"]
    assert bool(items) is (values in OPEN.values())


def test_what_another_ministry_or_province_promised_is_not_taken_up(editor, client, before):
    other = make_organization()
    make_commitment(meeting=make_meeting(ministry=other, provinces=[before.old]))
    make_commitment(meeting=make_meeting(ministry=before.ministry))
    assert shown(client, opening(meeting=before))["items"] == []


def test_a_ministry_that_ended_is_followed_by_its_successor(client, before, ministry):
    heir = make_organization(name="Bộ Mới")
    make_organization_succession(ministry, heir)
    edited(ministry, ceased_on=date(2025, 3, 1))
    item = make_commitment(meeting=before)
    client.force_login(make_user(roles=["Biên tập"], desk=heir))
    context = shown(client, opening(meeting=before))
    assert context["start"].ministries == [heir]
    assert [one.item for one in context["items"]] == [item]
    assert open_next(client, opening(meeting=before)).status_code == 302
    assert Meeting.objects.latest("pk").ministry == heir


def test_items_are_taken_off_before_it_is_opened(editor, client, before):
    kept, _off = make_request(meeting=before), make_request(meeting=before)
    open_next(client, opening(meeting=before), item=[f"request-{kept.pk}", "request-999999", "x"])
    assert [one.target for one in Meeting.objects.latest("pk").taken_up.all()] == [kept]


def test_items_of_a_unit_that_does_not_come_stay_away(editor, client, ministry):
    here, away = make_province(), make_province()
    meeting = make_meeting(ministry=ministry, provinces=[here, away])
    item = make_request(meeting=meeting, province=here)
    make_request(meeting=meeting, province=away)
    open_next(client, opening(meeting=meeting), provinces=[here.pk])
    new = Meeting.objects.latest("pk")
    assert [one.target for one in new.taken_up.all()] == [item]


def test_sent_twice_opens_one(editor, client, before):
    page = opening(meeting=before)
    sent = filled(shown(client, page))
    places = [client.post(page, sent)["Location"] for _time in range(2)]
    assert places[0] == places[1]
    assert Meeting.objects.count() == 2


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"planned_from": ""}, None),
        ({"planned_from": "30/10/2025"}, None),
        ({"title": ""}, "title"),
        ({"provinces": []}, "provinces"),
        ({"provinces": ["x"]}, "provinces"),
        ({"state_of_it": "cancelled"}, "state_of_it"),
        ({"uid": "x"}, "uid"),
    ],
)
def test_what_cannot_be_is_told_and_what_was_typed_stays(editor, client, before, given, field):
    make_request(meeting=before)
    answer = open_next(client, opening(meeting=before), place="Hội trường", item=[], **given)
    assert answer.status_code == 200
    form = answer.context["form"]
    assert field in form.errors if field else form.non_field_errors()
    assert form["place"].value() == "Hội trường"
    assert [one.is_taken for one in answer.context["items"]] == [False]
    assert Meeting.objects.count() == 1


@pytest.mark.parametrize(
    "query",
    ["", "meeting=x", "meeting=0", "meeting=1&province=1", "province=" + "9" * 40, "ministry=1"],
)
def test_an_address_that_leads_from_nowhere(editor, client, query):
    assert client.get(f"{reverse(NEXT)}?{query}").status_code == 404


def test_a_ministry_that_is_no_choice(editor, client, before):
    assert client.get(f"{opening(meeting=before)}&ministry=999999").status_code == 404


def test_another_desk_opens_nothing(client, before):
    client.force_login(make_user(roles=["Biên tập"], desk=make_organization()))
    assert open_next(client, opening(meeting=before)).status_code == 200
    assert Meeting.objects.count() == 1


def test_who_only_reads_opens_nothing(client, before):
    client.force_login(make_user(roles=["Xem nội bộ"]))
    assert client.get(opening(meeting=before)).status_code == 403
    assert client.post(opening(meeting=before)).status_code == 403


def test_the_ways_to_it(editor, client, before):
    page = client.get(address(Meeting, "change", before.pk)).content.decode()
    assert f"{reverse(NEXT)}?meeting={before.pk}" in page
    assert reverse("admin:engagements_meeting_taken_up", args=[before.pk]) in page
    page = client.get(address(type(before.heir), "change", before.heir.pk)).content.decode()
    assert f"{reverse(NEXT)}?province={before.heir.pk}" in page
