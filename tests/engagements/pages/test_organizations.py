"""Pages of ministries and People's Committees: always public; what a ministry took over, marked."""

import json

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engagements.models import ProvinceRequest
from engagements.publication.loading import load
from engagements.publication.publishing import publish
from engagements.publication.reference_loading import REFERENCE
from provinces.models import Organization
from tests.factories import (
    edited,
    make_commitment,
    make_meeting,
    make_organization,
    make_organization_succession,
    make_province,
    make_recommendation,
    make_request,
    published,
    publisher,
)


@pytest.fixture
def reference(db):
    load([settings.BASE_DIR / "fixtures" / name for name in REFERENCE])


def page(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def go_to(client, text):
    groups = client.get("/tim-kiem/", {"q": text}).context["go_to"]
    return {kind: [row.slug for row in rows] for kind, _title, rows in groups}


# -- always public


def test_the_reference_data_are_public_though_nothing_is_published(reference, client):
    assert "Nghị định 55/2025/NĐ-CP" in page(client, "/co-quan/bo-khoa-hoc-va-cong-nghe/")
    page(client, "/co-quan/ubnd-ha-noi/")
    page(client, "/co-quan/bo-thuong-mai/")
    page(client, "/co-quan/tinh-uy-ninh-binh/", status=404)
    context = client.get("/co-quan/").context
    assert context["number"] == 66  # 17 ministries, 13 that are gone, 36 committees
    assert {kind.value: number for kind, number in context["kinds"]} == {
        "ministry": 30,
        "peoples_committee": 36,
    }
    rows = client.get("/api/v1/organizations/").json()
    assert rows["count"] == 66
    assert client.get("/api/v1/organizations/?kind=ministry").json()["count"] == 30
    site_map = page(client, "/sitemap-organizations.xml")
    assert "<loc>http://testserver/co-quan/bo-xay-dung/</loc>" in site_map
    for name in ("lead", "ministry"):
        assert client.get(f"/cam-ket/?{name}=bo-xay-dung").status_code == 200
        assert client.get(f"/cam-ket/?{name}=tinh-uy-ninh-binh").status_code == 400
        assert (
            client.get(f"/api/v1/commitments/?{name}=bo-xay-dung&as_of=2026-01-01").json()[
                "results"
            ]
            == []
        )


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("Bộ KH&CN", "bo-khoa-hoc-va-cong-nghe"),
        ("MOST", "bo-khoa-hoc-va-cong-nghe"),
        ("bo khoa hoc va cong nghe", "bo-khoa-hoc-va-cong-nghe"),
        ("BKHCN", "bo-khoa-hoc-va-cong-nghe"),
        ("Bộ NN&MT", "bo-nong-nghiep-va-moi-truong"),
        ("LĐTBXH", "bo-lao-dong-thuong-binh-va-xa-hoi"),
        ("UBND TP.HCM", "ubnd-ho-chi-minh"),
        ("UBND thành phố Huế", "ubnd-hue"),
        ("UBND Cà Mau", "ubnd-ca-mau"),
    ],
)
def test_a_spelling_leads_to_the_page(register, client, typed, slug):
    assert go_to(client, typed)["organization"][0] == slug


def test_what_staff_enter_is_not_public_whatever_its_kind(reference, client):
    ministry = make_organization(name="Bộ Kín")
    unit = make_organization(
        name="Cục Kín", kind="ministry_unit", parent=Organization.objects.get(slug="bo-y-te")
    )
    committee = make_organization(
        name="UBND Kín", kind="peoples_committee", province=make_province(name="Kín", slug="kin")
    )
    for hidden in (ministry, unit, committee):
        page(client, f"/co-quan/{hidden.slug}/", status=404)
        assert client.get(f"/api/v1/organizations/{hidden.slug}/").status_code == 404
    for address in ("/co-quan/", "/co-quan/bo-y-te/", "/tinh/kin/", "/tim-kiem/?q=kin"):
        content = page(client, address)
        for hidden in (ministry, unit, committee):
            assert hidden.name not in content, address
    assert "ubnd-kin" not in page(client, "/api/v1/provinces/")


@pytest.mark.django_db
def test_who_took_over_what_is_named_is_public_too(client):
    old, new, next_one = (make_organization(kind="school") for _place in range(3))
    make_organization_succession(old, new)
    page(client, f"/co-quan/{new.slug}/", status=404)
    published(make_commitment(lead=old))
    page(client, f"/co-quan/{new.slug}/")
    page(client, f"/co-quan/{next_one.slug}/", status=404)


# -- in the API


@pytest.mark.django_db
def test_units_of_what_is_named_are_public_too(client):
    ministry = published(make_meeting()).ministry
    unit = make_organization(name="Cục Ví dụ", kind="ministry_unit", parent=ministry)
    of_nobody = make_organization(name="Cục Khác", kind="ministry_unit", parent=make_organization())
    assert "Cục Ví dụ" in page(client, f"/co-quan/{ministry.slug}/")
    page(client, f"/co-quan/{unit.slug}/")
    page(client, f"/co-quan/{of_nobody.slug}/", status=404)
    rows = client.get("/api/v1/organizations/").json()["results"]
    shown = {row["slug"]: row for row in rows}
    assert shown[unit.slug]["parent"] == ministry.slug
    assert of_nobody.slug not in shown


def test_an_organization_in_the_api_says_whose_work_it_carries_on(register, client):
    def organization(slug):
        return client.get(f"/api/v1/organizations/{slug}/").json()

    today = organization("bo-khoa-hoc-va-cong-nghe")
    assert (today["kind"], today["parent"], today["successors"]) == ("ministry", None, [])
    assert (today["established_on"], today["ceased_on"]) == ("2002-08-05", None)
    assert "MOST" in today["aliases"]
    assert today["predecessors"] == [
        {
            "slug": "bo-khoa-hoc-cong-nghe-va-moi-truong",
            "name": "Bộ Khoa học, Công nghệ và Môi trường",
            "field": "Khoa học và công nghệ",
            "is_principal": True,
            "effective_on": "2002-08-05",
            "legal_act": "Nghị quyết 02/2002/QH11",
        },
        {
            "slug": "bo-thong-tin-va-truyen-thong",
            "name": "Bộ Thông tin và Truyền thông",
            "field": "Bưu chính; viễn thông; tần số vô tuyến điện; công nghiệp công nghệ thông "
            "tin, công nghệ số; ứng dụng công nghệ thông tin; giao dịch điện tử; chuyển đổi số "
            "quốc gia",
            "is_principal": True,
            "effective_on": "2025-03-01",
            "legal_act": "Nghị định 55/2025/NĐ-CP",
        },
    ]
    gone = organization("bo-ke-hoach-va-dau-tu")
    assert gone["ceased_on"] == "2025-03-01"
    assert [row["slug"] for row in gone["successors"]] == ["bo-tai-chinh"]
    lines = b"".join(client.get("/api/v1/organizations/?format=csv")).decode("utf-8-sig")
    assert "bo-khoa-hoc-cong-nghe-va-moi-truong; bo-thong-tin-va-truyen-thong" in lines


def test_a_province_leads_to_its_peoples_committee(register, client):
    for path in ("", "/en"):
        assert f'href="{path}/co-quan/ubnd-hue/"' in page(client, f"{path}/tinh/hue/")
    assert 'href="/co-quan/ubnd-tinh-ninh-binh/"' in page(client, "/tinh/ninh-binh-2025/")
    units = {row["slug"]: row for row in client.get("/api/v1/provinces/").json()["results"]}
    assert units["hue"]["peoples_committee"] == {
        "slug": "ubnd-hue",
        "name": "Ủy ban nhân dân thành phố Huế",
    }
    assert units["ha-nam"]["peoples_committee"] is None
    assert sum(unit["peoples_committee"] is not None for unit in units.values()) == 36


# -- what a ministry took over


def test_a_ministry_lists_what_it_took_over_until_somebody_says_who_follows_it(register, client):
    """Of both documents: 11 requests, 4 commitments; the advice is the provinces'."""
    context = client.get("/co-quan/bo-khoa-hoc-va-cong-nghe/").context
    assert context["items"] == []
    assert len(context["inherited"]) == 15
    codes = {item.code for item in context["inherited"]}
    assert codes == {f"KN-{n}" for n in range(1, 12)} | {f"CK-{n}" for n in (1, 2, 4, 5)}
    assert {item.was_of.slug for item in context["inherited"]} == {"bo-thong-tin-va-truyen-thong"}
    item = ProvinceRequest.objects.get(code="KN-5")
    today = Organization.objects.get(slug="bo-khoa-hoc-va-cong-nghe")
    publish(edited(item, current_lead=today), by=publisher())
    context = client.get("/co-quan/bo-khoa-hoc-va-cong-nghe/").context
    ((role, _label, rows),) = context["items"]
    assert (role, [row.code for row in rows]) == ("current_lead", ["KN-5"])
    assert rows[0].was_of.slug == "bo-thong-tin-va-truyen-thong"
    assert len(context["inherited"]) == 14
    assert len(client.get("/co-quan/bo-cong-an/").context["inherited"]) == 14
    content = page(client, "/co-quan/bo-khoa-hoc-va-cong-nghe/")
    assert content.count("trước đây thuộc") == 15
    assert page(client, "/en/co-quan/bo-khoa-hoc-va-cong-nghe/").count("once of") == 15


@pytest.mark.django_db
def test_what_names_nobody_of_before_is_not_taken_over(client):
    """Advice is the province's; who follows an item already is said."""
    old = make_organization(name="Bộ Cũ", is_reference=True)
    new = make_organization(name="Bộ Mới", is_reference=True)
    make_organization_succession(old, new, is_principal=True)
    session = make_meeting(ministry=old)
    published(make_recommendation(meeting=session))
    published(make_request(meeting=session))
    published(make_request(meeting=session, addressed_to=old, current_lead=make_organization()))
    published(make_commitment(meeting=session, lead=make_organization()))
    promised = published(make_commitment(meeting=session))
    asked = published(make_request(meeting=session, addressed_to=old))
    inherited = client.get("/co-quan/bo-moi/").context["inherited"]
    assert {item.code for item in inherited} == {promised.code, asked.code}


@pytest.mark.django_db
def test_what_went_twice_from_one_to_the_next_is_found_at_the_last(client):
    first, second, third = (make_organization(is_reference=True) for _place in range(3))
    make_organization_succession(first, second)
    make_organization_succession(second, third)
    asked = published(make_request(addressed_to=first))
    (item,) = client.get(f"/co-quan/{third.slug}/").context["inherited"]
    assert (item.code, item.was_of) == (asked.code, first)


@pytest.mark.django_db
def test_a_page_asks_the_same_for_one_item_and_for_thirty(client):
    old = make_organization(name="Bộ Cũ", is_reference=True)
    new = make_organization(name="Bộ Mới", is_reference=True)
    make_organization_succession(old, new)
    session = make_meeting(ministry=old)

    def count(address):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    addresses = ("/co-quan/", "/co-quan/bo-moi/", "/api/v1/organizations/", "/api/v1/provinces/")
    published(make_request(meeting=session, addressed_to=old))
    published(make_request(meeting=session, addressed_to=old, current_lead=new))
    for address in addresses:
        client.get(address)
    few = [count(address) for address in addresses]
    for number in range(29):
        published(make_request(meeting=session, addressed_to=old))
        published(make_request(meeting=session, addressed_to=old, current_lead=new))
        make_organization_succession(make_organization(is_reference=True), new, field=str(number))
        make_organization(kind="peoples_committee", province=make_province(), is_reference=True)
    assert [count(address) for address in addresses] == few
    content = page(client, "/co-quan/bo-moi/")  # beyond the first rows too
    assert content.count('class="origin"') >= content.count("trước đây thuộc") == 60


def test_linked_data_tell_when_a_ministry_began(register, client):
    content = page(client, "/co-quan/bo-khoa-hoc-va-cong-nghe/")
    script = content.split('type="application/ld+json"')[1].split(">", 1)[1].split("</script>")[0]
    graph = json.loads(script)
    nodes = graph.get("@graph", [graph])
    assert "2002-08-05" in {node.get("foundingDate") for node in nodes}
