"""Who follows an item today: proposed with its basis, set by a person, many at once."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from engagements.desk.proposals import Proposer
from engagements.models import Commitment, ProvinceRequest, Recommendation
from engagements.publication.publishing import publish
from tests.desk import address, said
from tests.factories import (
    edited,
    edition_of,
    home,
    make_commitment,
    make_meeting,
    make_merger,
    make_organization,
    make_organization_succession,
    make_province,
    make_recommendation,
    make_request,
    make_succession,
    make_topic,
    make_update,
    make_user,
    published,
    publisher,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 30)
ENDED = date(2025, 3, 1)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def editor(client, db):
    user = make_user("an", ["Biên tập"])
    client.force_login(user)
    return user


@pytest.fixture
def old():
    """A ministry that is gone: one field went to the culture ministry, the rest to science."""
    row = make_organization(name="Bộ Cũ", short_name="BC", ceased_on=ENDED)
    row.science = make_organization(name="Bộ Khoa")
    row.culture = make_organization(name="Bộ Văn")
    make_organization_succession(
        row, row.science, field="Viễn thông", is_principal=True, legal_act="Nghị định 1"
    )
    make_organization_succession(row, row.culture, field="Báo chí; xuất bản")
    return row


def proposed(item):
    return Proposer(TODAY).propose(type(item).objects.get(pk=item.pk))


def committee_of(province, **values):
    values = {
        "name": f"UBND {province}",
        "kind": "peoples_committee",
        "is_reference": True,
    } | values
    return make_organization(province=province, **values)


# -- what is proposed


def test_a_request_goes_to_whom_it_asks_or_who_took_that_over(old):
    living = make_organization(name="Bộ Nay")
    assert proposed(make_request(addressed_to=living)).organization == living
    proposal = proposed(make_request(addressed_to=old))
    assert proposal.organization == old.science
    assert proposal.basis == (
        "It is addressed to Bộ Cũ. What BC did is done by Bộ Khoa since 01/03/2025 (Nghị định 1)."
    )
    nobody = proposed(make_request())
    assert nobody == (None, "The text names nobody whom it asks.")


@pytest.mark.parametrize(
    ("title", "topic", "expected"),
    [
        pytest.param("Hỗ trợ báo chí của tỉnh", None, "Bộ Văn", id="its-field"),
        pytest.param("Hỗ trợ XUẤT BẢN", None, "Bộ Văn", id="another-part-of-it"),
        pytest.param("Hỗ trợ báo", None, "Bộ Khoa", id="a-word-of-it-alone"),
        pytest.param("Hỗ trợ", "Báo chí", "Bộ Văn", id="by-its-topic"),
        pytest.param("Phủ sóng viễn thông", None, "Bộ Khoa", id="the-field-of-the-rest"),
        pytest.param("Việc khác hẳn", None, "Bộ Khoa", id="the-rest"),
        pytest.param("Viễn thông và báo chí", None, None, id="two-fields"),
    ],
)
def test_a_field_goes_to_its_successor(old, title, topic, expected):
    topics = [make_topic(name=topic)] if topic else []
    proposal = proposed(make_request(addressed_to=old, title=title, topics=topics))
    assert (proposal.organization and proposal.organization.name) == expected
    assert ("Báo chí; xuất bản" in proposal.basis) == (expected == "Bộ Văn")


def test_successions_are_followed_to_the_body_of_today(old):
    first = make_organization(name="Bộ Xưa", ceased_on=date(2007, 7, 31))
    make_organization_succession(first, old, effective_on=date(2007, 7, 31))
    assert proposed(make_request(addressed_to=first)).organization == old.science


def test_a_body_that_is_gone_without_a_known_heir_has_no_proposal():
    lost = make_organization(name="Bộ Mất", ceased_on=ENDED)
    proposal = proposed(make_request(addressed_to=lost))
    assert proposal.organization is None
    assert proposal.basis.endswith("Bộ Mất is gone. Who carries its work on is not recorded.")


def test_a_circle_of_successions_ends_with_nobody():
    one, other = (make_organization(ceased_on=ENDED) for _place in range(2))
    make_organization_succession(one, other)
    make_organization_succession(other, one)
    assert proposed(make_request(addressed_to=one)).organization is None


def test_a_commitment_goes_to_the_unit_named_else_to_the_ministry_of_the_session(old):
    session = make_meeting(ministry=old)
    school = make_organization(name="Học viện", kind="school", parent=old)
    unit = make_organization(name="Cục Cũ", kind="ministry_unit", parent=old)
    assert proposed(make_commitment(meeting=session, lead=school)).organization == school
    assert proposed(make_commitment(meeting=session, lead=old)).organization == old.science
    orphan = proposed(make_commitment(meeting=session, lead=unit))
    assert orphan.organization == old.science
    assert "It was a unit of Bộ Cũ; what became of it is not recorded." in orphan.basis
    proposal = proposed(make_commitment(meeting=session))
    assert proposal.organization == old.science
    assert proposal.basis.startswith("The text names nobody else; Bộ Cũ held the session.")


def test_a_commitment_of_units_that_the_text_does_not_rank(old):
    session = make_meeting(ministry=old)
    first, second = (make_organization(name=f"Học viện {n}", kind="school") for n in (1, 2))
    alone = make_commitment(meeting=session, supporting=[first])
    assert proposed(alone) == (first, "The text names Học viện 1 alone.")
    assert proposed(make_commitment(meeting=session, supporting=[first, second])) == (
        None,
        "The text names several (Học viện 1; Học viện 2) and ranks none: a person says which.",
    )


def test_a_promise_for_the_government_names_no_ministry():
    session = make_meeting(on_behalf_of="government")
    assert proposed(make_commitment(meeting=session)).organization is None
    named = make_organization()
    assert proposed(make_commitment(meeting=session, lead=named)).organization == named


@pytest.mark.parametrize(
    ("quote", "title", "speaks"),
    [
        pytest.param("Tỉnh cần làm trước", "Làm trước", "Tỉnh", id="the-province"),
        pytest.param("địa phương quan tâm", "Làm trước", "địa phương", id="the-locality"),
        pytest.param("Bình Minh nên làm", "Làm trước", "Bình Minh", id="its-name"),
        pytest.param("BM nên làm", "Làm trước", "BM", id="its-short-name"),
        pytest.param("khác các tỉnh khác", "Làm trước", None, id="other-provinces"),
        pytest.param("tính toán lại", "Làm trước", None, id="another-word"),
        pytest.param("cần làm trước", "Làm trước", None, id="nobody"),
        pytest.param("", "Bình Minh làm trước", None, id="our-own-words-alone"),
    ],
)
def test_advice_goes_to_the_committee_of_a_province_that_the_text_addresses(quote, title, speaks):
    province = make_province(name="Bình Minh", aliases="BM")
    heir = make_merger(make_province(name="Bình Mới"), province)
    committee = committee_of(heir)
    proposal = proposed(make_recommendation(province=province, quote=quote, title=title))
    assert proposal.organization == (committee if speaks else None)
    assert f"“{speaks}”" in proposal.basis or speaks is None


def test_advice_to_a_province_that_was_split_is_for_a_person_to_place():
    province = make_province(name="Chia", ceased_on=ENDED)
    for name in ("Chia Nam", "Chia Bắc"):
        part = make_province(name=name)
        make_succession(province, part, kind="split", effective_on=ENDED)
        committee_of(part)
    proposal = proposed(make_recommendation(province=province, quote="tỉnh cần làm"))
    assert proposal.organization is None
    assert "(Tỉnh Chia Bắc, Tỉnh Chia Nam)" in proposal.basis


def test_a_committee_that_staff_entered_is_not_proposed():
    province = make_province()
    committee_of(province, is_reference=False)
    proposal = proposed(make_recommendation(province=province, quote="tỉnh cần làm"))
    assert proposal.organization is None
    assert "is not recorded" in proposal.basis


# -- the page


def page_of(model):
    return address(model, "current_leads")


def rows(client, model):
    context = client.get(page_of(model)).context
    return {row.item: row for row in (*context["proposed"], *context["without"])}


def test_open_items_without_a_follower_are_listed_with_their_proposals(client, editor, old):
    session = make_meeting(provinces=[make_province()])
    asked = make_request(meeting=session, addressed_to=old)
    nobody = make_request(meeting=session)
    make_request(meeting=session, addressed_to=old, current_lead=old.science)
    done = published(make_request(meeting=session, addressed_to=old))
    published(make_update(request=done, status="done", happened_on=date(2024, 9, 1)))
    context = client.get(page_of(ProvinceRequest)).context
    assert [row.item for row in context["proposed"]] == [asked]
    assert [row.item for row in context["without"]] == [nobody]
    content = client.get(page_of(ProvinceRequest)).content.decode()
    assert "Nghị định 1" in content
    assert "Văn bản không nêu cơ quan nào được đề nghị." in content
    assert page_of(ProvinceRequest) in client.get(address(ProvinceRequest)).content.decode()


@pytest.mark.both_databases
def test_what_is_ticked_is_set_and_waits_for_review(client, editor, old):
    session = make_meeting(provinces=[make_province()])
    first, second, third = (
        published(make_request(meeting=session, addressed_to=old)) for _place in range(3)
    )
    draft = make_request(meeting=session, addressed_to=old)
    listed = rows(client, ProvinceRequest)
    ticked = [listed[item].key for item in (first, second, draft)]
    response = client.post(page_of(ProvinceRequest), {"item": ticked}, follow=True)
    assert said(response) == [
        "Đã ghi cơ quan theo dõi cho 3 nội dung; nội dung đã công bố thì sửa đổi chờ duyệt."
    ]
    for item in (first, second, draft):
        item.refresh_from_db()
        assert (item.current_lead, item.updated_by) == (old.science, editor)
        assert item.history.first().history_change_reason == listed[item].proposal.basis
        assert "(Nghị định 1)" in listed[item].proposal.basis
    assert (first.has_waiting_edit, draft.state) == (True, "draft")
    assert edition_of(first).data["current_lead"] is None
    third.refresh_from_db()
    assert third.current_lead is None
    assert set(rows(client, ProvinceRequest)) == {third}
    publish(first, by=publisher())
    assert edition_of(first).data["current_lead"] == {"slug": "bo-khoa", "name": "Bộ Khoa"}


@pytest.mark.parametrize("change", ["title", "addressed_to"])
def test_what_was_changed_meanwhile_is_left(client, editor, old, change):
    item = make_request(addressed_to=old)
    key = rows(client, ProvinceRequest)[item].key
    values = {"title": {"title": "Khác"}, "addressed_to": {"addressed_to": old.culture}}[change]
    edited(item, **values)
    response = client.post(page_of(ProvinceRequest), {"item": [key]}, follow=True)
    assert said(response)[1].startswith("1 nội dung được giữ nguyên: vừa có người khác sửa")
    item.refresh_from_db()
    assert item.current_lead is None


def test_a_succession_recorded_meanwhile_sets_nothing_that_was_not_shown(client, editor, old):
    item = make_request(addressed_to=old)
    key = rows(client, ProvinceRequest)[item].key
    old.successions.all().delete()
    make_organization_succession(old, old.culture)
    client.post(page_of(ProvinceRequest), {"item": [key]})
    item.refresh_from_db()
    assert item.current_lead is None


@pytest.mark.parametrize("key", ["", "x", "1", "1:2", "1:2:3:4", "9" * 30, "-1:1:1", "१:१:१"])
def test_what_no_page_would_send_sets_nothing(client, editor, key):
    item = make_request(addressed_to=home())
    response = client.post(page_of(ProvinceRequest), {"item": [key]})
    assert response.status_code == 302
    item.refresh_from_db()
    assert item.current_lead is None


def test_items_of_another_desk_are_shown_and_not_set(client, editor):
    theirs = make_commitment(meeting=make_meeting(ministry=make_organization(name="Bộ Khác")))
    row = rows(client, Commitment)[theirs]
    assert not row.may_set
    client.post(page_of(Commitment), {"item": [row.key]})
    theirs.refresh_from_db()
    assert theirs.current_lead is None


def test_who_only_reads_does_not_open_the_page(client):
    client.force_login(make_user(roles=["Xem nội bộ"]))
    assert client.get(page_of(Commitment)).status_code == 403
    assert page_of(Commitment) not in client.get(address(Commitment)).content.decode()


@pytest.mark.parametrize(
    ("model", "make"),
    [
        (ProvinceRequest, lambda old: make_request(addressed_to=old)),
        (Commitment, lambda old: make_commitment(meeting=make_meeting(ministry=old), lead=old)),
        (Recommendation, lambda old: make_recommendation(quote="tỉnh cần làm", lead=None)),
    ],
)
def test_the_page_asks_the_same_for_one_item_and_for_thirty(client, editor, old, model, make):
    def count():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page_of(model)).status_code == 200
        return len(captured)

    make(old)
    count()
    few = count()
    for _again in range(29):
        make(old)
    assert count() == few


def test_more_than_a_page_holds_makes_room_step_by_step(client, editor, monkeypatch):
    monkeypatch.setattr("engagements.desk.current_leads.SHOWN", 2)
    items = [make_request(addressed_to=home()) for _place in range(3)]
    shown = rows(client, ProvinceRequest)
    assert set(shown) == {items[2], items[1]}
    assert "Chỉ hiện các nội dung mới nhất" in client.get(page_of(ProvinceRequest)).content.decode()
    client.post(page_of(ProvinceRequest), {"item": [row.key for row in shown.values()]})
    assert set(rows(client, ProvinceRequest)) == {items[0]}
