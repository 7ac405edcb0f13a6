"""Pages of officials, organizations and topics: public only while a published record names them."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from engagements.pages.directory import initial
from engagements.publication.publishing import withdraw
from tests.factories import (
    edited,
    make_attendance,
    make_commitment,
    make_meeting,
    make_merger,
    make_official,
    make_organization,
    make_organization_succession,
    make_post,
    make_province,
    make_recommendation,
    make_remark,
    make_request,
    make_topic,
    many,
    published,
    publisher,
)

pytestmark = pytest.mark.django_db


def page(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def queries(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


# -- officials


@pytest.mark.parametrize(
    ("word", "under"),
    [
        ("Ánh", "A"),
        ("Ấn", "Â"),
        ("Đào", "Đ"),
        ("dũng", "D"),
        ("Ước", "Ư"),
        ("O\u0302\u0301n", "Ô"),
        ("3", "#"),
        ("", "#"),
    ],
)
def test_letter_of_the_vietnamese_alphabet(word, under):
    assert initial(word) == under


@pytest.mark.both_databases
def test_officials_stand_under_the_letter_of_their_given_name(client):
    meeting = make_meeting()
    people = ["Trần Văn Đông", "Đỗ Thị Dung", "Lê Ân", "Vũ Anh", "Lê Văn Ánh"]
    for name in people:
        make_attendance(meeting=meeting, official=make_official(full_name=name))
    published(meeting)
    response = client.get("/can-bo/")
    letters = [
        (sign, [row["official"].full_name for row in rows])
        for sign, _id, rows in response.context["letters"]
    ]
    assert letters == [
        ("A", ["Vũ Anh", "Lê Văn Ánh"]),
        ("Â", ["Lê Ân"]),
        ("D", ["Đỗ Thị Dung"]),
        ("Đ", ["Trần Văn Đông"]),
    ]
    for _sign, anchor, _rows in response.context["letters"]:
        assert f'href="#{anchor}"' in response.content.decode()
        assert f'id="{anchor}"' in response.content.decode()


def test_the_list_shows_the_title_of_the_latest_session(client):
    person = make_official(full_name="Lê Văn Ánh")
    for day, title in (
        (date(2024, 5, 1), "Giám đốc Sở"),
        (date(2023, 5, 1), "Trưởng phòng"),
    ):
        meeting = make_meeting(held_on=day)
        make_attendance(meeting=meeting, official=person, title=title)
        published(meeting)
    said = page(client, "/can-bo/")
    assert "Giám đốc Sở" in said
    assert "Trưởng phòng" not in said


def test_an_official_shows_every_session_with_the_title_of_that_day(client):
    person = make_official(full_name="Lê Văn Ánh")
    body = make_organization(name="Sở Mẫu", kind="provincial_department")
    for day, title, side in (
        (date(2023, 5, 1), "Trưởng phòng", "province"),
        (date(2024, 5, 1), "Vụ trưởng", "ministry"),
    ):
        meeting = make_meeting(held_on=day)
        make_attendance(
            meeting=meeting,
            official=person,
            title=title,
            side=side,
            organization=body,
            role="chair",
        )
        make_attendance(meeting=meeting, title="Người khác")
        published(meeting)
    response = client.get("/can-bo/le-van-anh/")
    seats = [
        (seat.attendance["title"], seat.attendance["side"]) for seat in response.context["seats"]
    ]
    assert seats == [("Vụ trưởng", "ministry"), ("Trưởng phòng", "province")]
    said = response.content.decode()
    assert "Người khác" not in said
    assert '<a href="/co-quan/so-mau/"' in said


def test_an_official_shows_what_they_raised_and_said(client):
    person = make_official(full_name="Lê Văn Ánh")
    meeting = make_meeting()
    request = published(make_request(meeting=meeting, title="Xin cáp", raised_by=person))
    commitment = published(make_commitment(meeting=meeting, title="Hứa cáp", raised_by=person))
    advice = published(make_recommendation(meeting=meeting, title="Nên kéo", raised_by=person))
    published(make_remark(meeting=meeting, text="Thiếu dây", said_by=person))
    published(make_request(meeting=meeting, title="Việc người khác", raised_by=make_official()))
    said = page(client, "/can-bo/le-van-anh/")
    for one in (request, commitment, advice):
        assert one.code in said
    assert "Thiếu dây" in said
    assert "Việc người khác" not in said
    assert "/kien-nghi/?official=le-van-anh" in said


def test_posts_show_where_they_were_held_and_since_when(client):
    person = make_official(full_name="Lê Văn Ánh")
    body = make_organization(name="Bộ Rất Xa")
    make_post(
        official=person, organization=body, title="Cục trưởng", starts_on=date(2020, 1, 2),
        ends_on=date(2022, 3, 4), proof="Quyết định 1",
    )  # fmt: skip
    make_post(official=person, organization=body, title="Vụ trưởng")
    meeting = make_meeting()
    make_attendance(meeting=meeting, official=person)
    published(meeting)
    said = page(client, "/can-bo/le-van-anh/")
    for part in ("Cục trưởng", "2020-01-02", "2022-03-04", "Quyết định 1", "Vụ trưởng"):
        assert part in said
    # The body has no page while no record names it.
    assert "Bộ Rất Xa" in said
    assert f'href="/co-quan/{body.slug}/"' not in said
    page(client, f"/co-quan/{body.slug}/", status=404)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_person_has_a_page_only_while_a_published_record_names_them(client, prefix):
    person = make_official(full_name="Lê Văn Ánh")
    make_post(official=person, title="Cục trưởng")
    request = make_request(raised_by=person)
    address = f"{prefix}/can-bo/le-van-anh/"
    page(client, address, status=404)
    assert "Lê Văn Ánh" not in page(client, f"{prefix}/can-bo/")
    request = published(request)
    assert "Cục trưởng" in page(client, address)
    withdraw(request, by=publisher())
    page(client, address, status=404)


@pytest.mark.parametrize(
    ("make", "where", "names"),
    [
        pytest.param(make_official, "can-bo", "raised_by", id="official"),
        pytest.param(make_organization, "co-quan", "lead", id="organization"),
    ],
)
def test_an_address_of_former_days_leads_to_that_of_today(client, make, where, names):
    row = make(slug="ten-cu")
    record = make_commitment(**{names: row})
    edited(row, slug="ten-moi")
    page(client, f"/{where}/ten-cu/", status=404)
    published(record)
    response = client.get(f"/en/{where}/ten-cu/")
    assert (response.status_code, response["Location"]) == (301, f"/en/{where}/ten-moi/")
    page(client, f"/{where}/ten-moi/")


@pytest.mark.parametrize(
    "address", ["/can-bo/khong-co/", "/co-quan/khong-co/", "/linh-vuc/khong-co/"]
)
def test_what_never_was_is_not_found(client, address):
    page(client, address, status=404)


# -- organizations


@pytest.mark.both_databases
def test_organizations_stand_by_letter_and_kind(register, client):
    response = client.get("/co-quan/")
    letters = [sign for sign, _id, _rows in response.context["letters"]]
    assert letters == ["B", "C", "H", "N", "S", "T", "U", "V"]
    kinds = {kind.value: number for kind, number in response.context["kinds"]}
    only = client.get("/co-quan/?kind=ministry&utm_source=x")
    shown = [one.kind for _sign, _id, rows in only.context["letters"] for one in rows]
    assert shown == ["ministry"] * kinds["ministry"]


@pytest.mark.parametrize("query", ["kind=bo", "loai=ministry", "kind=ministry&kind=school"])
def test_a_wrong_kind_is_said(register, client, query):
    response = client.get(f"/co-quan/?{query}")
    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()
    assert response.context["letters"] == []


def test_a_kind_that_nobody_has_says_so(client):
    published(make_meeting())
    assert 'class="none"' in page(client, "/co-quan/?kind=school")


def test_a_body_says_who_carries_which_field_on_and_by_which_act(register, client):
    said = page(client, "/co-quan/bo-thong-tin-va-truyen-thong/")
    for part in (
        "Bộ Khoa học và Công nghệ",
        "Nghị định 55/2025/NĐ-CP",
        "chuyển đổi số quốc gia",
        "Bộ Công an",
        "An toàn thông tin mạng",
        "2025-03-01",
    ):
        assert part in said
    units = [
        one.slug for one in client.get("/co-quan/bo-thong-tin-va-truyen-thong/").context["units"]
    ]
    assert "tong-cong-ty-vtc" in units


def test_a_body_says_whose_work_it_carries_on(client):
    old = make_organization(name="Bộ Xưa")
    new = make_organization(name="Bộ Nay")
    make_organization_succession(old, new, field="Bưu chính", legal_act="Nghị định 1")
    published(make_commitment(lead=new))
    said = page(client, "/co-quan/bo-nay/")
    assert "Bộ Xưa" in said
    assert "Bưu chính" in said
    assert "Nghị định 1" in said
    assert 'href="/co-quan/bo-xua/"' not in said


def test_a_body_shows_what_it_leads_follows_supports_and_was_asked(client):
    body = make_organization(name="Cục Mẫu", kind="ministry_unit")
    meeting = make_meeting()
    led = published(make_commitment(meeting=meeting, lead=body))
    followed = published(make_commitment(meeting=meeting, current_lead=body))
    helped = published(make_commitment(meeting=meeting, supporting=[body]))
    asked = published(make_request(meeting=meeting, addressed_to=body))
    other = published(make_commitment(meeting=meeting))
    response = client.get("/co-quan/cuc-mau/")
    items = {role: [one.code for one in rows] for role, _said, rows in response.context["items"]}
    assert items == {
        "lead": [led.code],
        "current_lead": [followed.code],
        "supporting": [helped.code],
        "addressed_to": [asked.code],
    }
    assert other.code not in response.content.decode()


def test_a_body_shows_who_sat_for_it(client):
    body = make_organization(name="Cục Mẫu", kind="ministry_unit")
    person = make_official(full_name="Lê Văn Ánh")
    for day, title in ((date(2023, 5, 1), "Phó Cục trưởng"), (date(2024, 5, 1), "Cục trưởng")):
        meeting = make_meeting(held_on=day)
        make_attendance(meeting=meeting, official=person, organization=body, title=title)
        make_attendance(meeting=meeting, official=make_official(), organization=meeting.ministry)
        published(meeting)
    response = client.get("/co-quan/cuc-mau/")
    people = [
        (one.full_name, seat.attendance["title"], number)
        for one, seat, number in response.context["people"]
    ]
    assert people == [("Lê Văn Ánh", "Cục trưởng", 2)]
    assert len(response.context["meetings"]) == 2


def test_a_provincial_body_names_its_unit_of_that_day_and_todays(client):
    old = make_province(name="Đồi Xưa")
    make_merger(make_province(name="Đồi Nay"), old)
    body = make_organization(name="Sở Mẫu", kind="provincial_department", province=old)
    published(make_commitment(lead=body))
    said = page(client, "/co-quan/so-mau/")
    assert 'href="/tinh/doi-xua/"' in said
    assert 'href="/tinh/doi-nay/"' in said


# -- topics


def test_topics_are_counted(register, client):
    rows = client.get("/linh-vuc/").context["rows"]
    counted = {
        (reverse(name), row["topic"].slug): number for row in rows for name, number in row["counts"]
    }
    counted |= {("/buoi-lam-viec/", row["topic"].slug): row["held"] for row in rows}
    for slug in ("sandbox", "ha-tang-so", "khac"):
        for address in ("/kien-nghi/", "/cam-ket/", "/khuyen-nghi/", "/buoi-lam-viec/"):
            held = "&type=held" if address == "/buoi-lam-viec/" else ""
            listed = client.get(f"{address}?topic={slug}{held}").context["paginator"].count
            assert counted[address, slug] == listed
    assert counted["/khuyen-nghi/", "ha-tang-so"] > 0


def test_the_same_request_of_many_provinces_stands_side_by_side(client):
    topic = make_topic(name="Cáp quang", name_en="Fibre")
    old = make_province(name="Đồi Xưa")
    now = make_merger(make_province(name="Đồi Nay"), old)
    far = make_province(name="An Xa")
    asked = {}
    for unit in (old, now, far):
        request = make_request(meeting=make_meeting(provinces=[unit]), topics=[topic])
        asked[unit] = published(request)
    promise = published(make_commitment(answers=[asked[far]], topics=[topic]))
    published(make_request(title="Không liên quan"))
    response = client.get("/linh-vuc/cap-quang/")
    places = [
        (unit.slug, sorted(one.code for one in rows)) for unit, rows in response.context["places"]
    ]
    assert places == [
        ("an-xa", [asked[far].code]),
        ("doi-nay", sorted([asked[old].code, asked[now].code])),
    ]
    said = response.content.decode()
    assert promise.code in said
    assert 'data-answer="promised"' in said
    assert "Không liên quan" not in said
    assert [figure["number"] for figure in response.context["answers"]] == [1, 0, 2]
    assert "<h1>Fibre</h1>" in page(client, "/en/linh-vuc/cap-quang/")


def test_a_topic_without_records_says_so(client):
    make_topic(name="Cáp quang")
    assert 'class="none"' in page(client, "/linh-vuc/cap-quang/")


# -- links to these pages


@pytest.mark.parametrize(
    ("address", "links"),
    [
        ("/kien-nghi/KN-5/", ["/can-bo/doan-minh-huan/", "/linh-vuc/sandbox/", "/co-quan/bo-"]),
        ("/kien-nghi/", ["/can-bo/doan-minh-huan/", "/linh-vuc/sandbox/"]),
        ("/buoi-lam-viec/2024-02-29-ninh-binh/", ["/can-bo/nguyen-manh-hung/", "/co-quan/bo-"]),
        ("/tinh/ninh-binh/", ["/can-bo/nguyen-manh-hung/", "/linh-vuc/sandbox/"]),
        ("/", ["/can-bo/", "/co-quan/", "/linh-vuc/", "/tim-kiem/"]),
    ],
)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_pages_lead_to_people_bodies_and_topics(register, client, prefix, address, links):
    said = page(client, f"{prefix}{address}")
    for link in links:
        assert f'="{prefix}{link}' in said, link


# -- cost


def test_pages_ask_the_database_the_same_for_one_row_and_for_thirty(client):
    topic = make_topic(name="Cáp quang")
    body = make_organization(name="Cục Mẫu", kind="ministry_unit")
    person = make_official(full_name="Lê Văn Ánh")

    def session(n):
        meeting = make_meeting(topics=[topic], held_on=date(2024, 1, n + 1))
        make_attendance(meeting=meeting, official=person, organization=body)
        make_attendance(meeting=meeting, organization=make_organization())
        published(meeting)
        request = published(
            make_request(
                meeting=meeting, topics=[topic], raised_by=person, addressed_to=body, lead=body
            )
        )
        published(make_commitment(answers=[request], topics=[topic], raised_by=person, lead=body))
        published(make_remark(meeting=meeting, said_by=person))
        make_post(official=person)

    addresses = [
        "/can-bo/",
        "/can-bo/le-van-anh/",
        "/co-quan/",
        "/co-quan/cuc-mau/",
        "/linh-vuc/",
        "/linh-vuc/cap-quang/",
    ]
    session(0)
    one = [queries(client, address) for address in addresses]
    for n in range(1, 15):
        session(n)
    many(make_topic, 15)
    assert [queries(client, address) for address in addresses] == one
    assert max(one) <= 20
