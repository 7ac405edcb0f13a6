"""Text of a source beside a form: which paragraphs, for whom, and what the column begins with."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from engagements.models import Meeting, ProvinceRequest, Source, StatusUpdate
from tests.desk import address
from tests.factories import make_meeting, make_request, make_source, make_user, published

TEXT = "  Mở đầu.\n\nTỉnh đề nghị   Bộ cử chuyên gia. Bộ ghi nhận <b>ngay</b>.\n"
PARAGRAPHS = ["Mở đầu.", "Tỉnh đề nghị Bộ cử chuyên gia. Bộ ghi nhận <b>ngay</b>."]


def paragraphs_shown(response):
    tree = html.fromstring(response.content.decode())
    return {
        one.get("data-paragraph"): (one.text_content(), one.get("data-sentences"))
        for one in tree.iterfind(".//*[@data-paragraph]")
    }


def columns(response):
    return html.fromstring(response.content.decode()).findall(".//aside[@id='source-beside']")


@pytest.mark.django_db
def test_the_paragraphs_are_those_that_quotations_are_compared_with(client):
    client.force_login(make_user(roles=["Xem nội bộ"]))
    source = make_source(text=TEXT)
    page = address(Source, "text", source.pk)
    response = client.get(f"{page}?part=1")
    assert "no-store" in response["Cache-Control"]
    assert paragraphs_shown(response) == {
        "1": (PARAGRAPHS[0], "0"),
        "2": (PARAGRAPHS[1], f"0 {PARAGRAPHS[1].index('Bộ ghi')}"),
    }
    whole = client.get(page)
    assert "no-store" in whole["Cache-Control"]
    tree = html.fromstring(whole.content.decode())
    items = tree.findall(".//ol[@class='numbered-paragraphs']/li")
    assert [(one.get("value"), one.text) for one in items] == [
        ("1", PARAGRAPHS[0]),
        ("2", PARAGRAPHS[1]),
    ]


@pytest.mark.django_db
def test_a_script_counts_what_python_counts_as_fewer_characters_as_two(client):
    client.force_login(make_user(is_superuser=True))
    source = make_source(text="Xong 👍👍 rồi. Tiếp theo.")
    shown = paragraphs_shown(client.get(f"{address(Source, 'text', source.pk)}?part=1"))
    assert shown["1"][1] == f"0 {len('Xong 👍👍 rồi. ') + 2}"


@pytest.mark.django_db
def test_a_source_without_text_says_so_and_leads_to_its_form(client):
    client.force_login(make_user(is_superuser=True))
    source = make_source()
    response = client.get(f"{address(Source, 'text', source.pk)}?part=1")
    assert paragraphs_shown(response) == {}
    tree = html.fromstring(response.content.decode())
    form = address(Source, "change", source.pk)
    assert [link.get("href") for link in tree.iterfind(".//p[@class='beside-none']/a")] == [form]


@pytest.mark.django_db
def test_the_text_is_for_staff_who_read_sources(client):
    page = address(Source, "text", make_source(text=TEXT).pk)
    assert client.get(page).status_code == 302
    client.force_login(make_user())
    assert client.get(page).status_code == 403
    client.force_login(make_user(is_superuser=True))
    assert client.get(address(Source, "text", 0)).status_code == 404
    assert client.get(address(Source, "text", "x")).status_code == 404
    assert client.post(page).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "kinds"), [(Meeting, 6), (ProvinceRequest, 1), (StatusUpdate, 0)]
)
def test_a_form_with_proof_has_the_column(client, model, kinds):
    client.force_login(make_user(is_superuser=True))
    (column,) = columns(client.get(address(model, "add")))
    assert len(column.findall(".//button[@data-kind]")) == kinds
    assert column.get("data-address") == address(Source, "text", 0)
    assert columns(client.get(f"{address(model, 'add')}?_popup=1")) == []


@pytest.mark.django_db
def test_who_only_looks_has_no_column(client):
    client.force_login(make_user(roles=["Xem nội bộ"]))
    item = make_request()
    assert columns(client.get(address(ProvinceRequest, "change", item.pk))) == []


@pytest.mark.django_db
def test_without_a_script_the_form_leads_to_the_texts_that_it_names(client):
    client.force_login(make_user(is_superuser=True))
    own, other = published(make_source(text=TEXT)), make_source(text=TEXT)
    meeting = make_meeting(source=own)
    make_request(meeting=meeting, source=other)
    form = address(Meeting, "change", meeting.pk)

    def links_and_queries():
        with CaptureQueriesContext(connection) as queries:
            (column,) = columns(client.get(form))
        return [link.get("href") for link in column.iterfind(".//li/a")], len(queries)

    links, before = links_and_queries()
    assert links == [address(Source, "text", one.pk) for one in (own, other)]
    for _n in range(29):
        make_request(meeting=meeting, source=make_source(text=TEXT))
    links, after = links_and_queries()
    assert len(links) == 31
    assert after == before
