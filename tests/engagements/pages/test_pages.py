"""The public pages, as visitors meet them: in two languages, without JavaScript or cookies."""

import re
from collections import Counter
from datetime import date
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from engagements.pages import records
from engagements.pages.home import Home
from engagements.pages.tiles import TILE_POSITIONS
from engagements.publication.publishing import withdraw
from provinces.models import Province
from tests.factories import (
    edited,
    make_attendance,
    make_commitment,
    make_figure,
    make_meeting,
    make_merger,
    make_province,
    make_recommendation,
    make_remark,
    make_request,
    make_source,
    make_update,
    many,
    published,
    published_together,
    publisher,
)
from tests.pages import Reading, crawled, read, sitemap

PAGES = [
    "/",
    "/tinh/",
    "/tinh/ninh-binh/",
    "/tinh/ninh-binh-2025/",
    "/tinh/hue/",
    "/tinh/ca-mau/",
    "/kien-nghi/",
    "/kien-nghi/KN-5/",
    "/kien-nghi/KN-5/ban-cong-bo/",
    "/cam-ket/",
    "/cam-ket/CK-2/",
    "/cam-ket/CK-2/ban-cong-bo/",
    "/cap-nhat/",
    "/cap-nhat/?page=2",
    "/khuyen-nghi/",
    "/khuyen-nghi/KH-1/",
    "/buoi-lam-viec/",
    "/buoi-lam-viec/2024-02-29-ninh-binh/",
    "/buoi-lam-viec/quy-1-2024-ninh-binh/",
    "/nguon/",
    "/nguon/NG-1/",
    "/gioi-thieu/",
]
LISTS = ["/kien-nghi/", "/cam-ket/", "/khuyen-nghi/", "/buoi-lam-viec/", "/nguon/"]


def queries(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


# -- every page


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_whole(register, client, address, language):
    prefix = "" if language == "vi" else "/en"
    response = client.get(prefix + address)
    page = Reading(response)
    assert response.status_code == 200
    assert response["Content-Language"] == language
    assert len(response.content) < 200 * 1024
    assert dict(page.attributes)["html"]["lang"] == language
    assert len(page.headings) == 1
    assert re.findall(r"\S+ [:;,.](?: \S+|$)", page.text) == [], "a space before a sign"
    assert [name for name, number in page.ids.items() if number > 1] == []
    tags = [tag for tag, _given in page.attributes]
    for tag, given in page.attributes:  # a file of ours, or linked data, which is not run
        assert tag != "script" or "src" in given or given["type"] == "application/ld+json"
    assert "style" not in tags
    assert not [given for _tag, given in page.attributes if "style" in given]
    assert not [name for _tag, given in page.attributes for name in given if name.startswith("on")]
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("address", PAGES)
def test_a_page_links_to_its_twin(register, client, address):
    other = client.get(address)
    assert f"/en{address}" in Reading(other).links
    english = Reading(client.get(f"/en{address}"))
    assert address in english.links
    alternates = {
        given["hreflang"]: given["href"]
        for tag, given in english.attributes
        if tag == "link" and "hreflang" in given
    }
    assert alternates["vi"] == f"http://testserver{address}"
    assert alternates["en"] == f"http://testserver/en{address}"


def test_the_address_alone_chooses_the_language(register, client):
    client.cookies["django_language"] = "en"
    page = read(client, "/kien-nghi/", headers={"accept-language": "en"})
    assert dict(page.attributes)["html"]["lang"] == "vi"
    page = read(client, "/en/kien-nghi/", headers={"accept-language": "vi"})
    assert dict(page.attributes)["html"]["lang"] == "en"


def test_no_link_leads_nowhere(register, client, walk):
    """Follows the links of the Vietnamese pages, of each template to the first address it meets.

    The others stand in the site map, or below a page that does. A full walk visits every path.
    """
    templates, others = set(), set()

    def is_walked(path, asked):
        template = (resolve(path).view_name, asked)
        if template in templates and not walk:
            others.add(path)
            return False
        templates.add(template)
        return True

    visited = set()
    for address, response in crawled(
        client, lambda path, asked: not path.startswith("/en/") and is_walked(path, asked)
    ):
        assert response.status_code == 200, address
        visited.add(urlsplit(address).path)
        walk.keep(address, response)
    known = tuple(path for path in sitemap(client) if path.count("/") > 2)
    assert [path for path in others - visited if not path.startswith(known)] == []
    assert len(visited | others) > 140


def test_record_text_is_marked_on_english_pages(register, client):
    content = client.get("/en/kien-nghi/KN-5/").content.decode()
    assert '<h1 lang="vi">' in content
    assert '<blockquote lang="vi">' in content
    assert '<h1 lang="vi">' not in client.get("/kien-nghi/KN-5/").content.decode()


# -- home


def test_figures_are_links_to_the_lists_they_count(register, client):
    facts = []
    for address in ("/", "/tinh/ninh-binh/"):
        content = client.get(address).content.decode()
        facts += re.findall(r'<li>\s*<a href="([^"]+)"[^>]*>\s*<b>(\d+)</b>', content)
    assert len(facts) == 17
    for href, number in facts:
        page = client.get(href.replace("&amp;", "&"))
        assert page.context["paginator"].count == int(number), href


def test_the_map_has_every_unit_of_today_and_both_archipelagos(register, client):
    for address in ("/", "/tinh/", "/en/"):
        page = read(client, address)
        assert "QĐ. Hoàng Sa" in page.text
        assert "QĐ. Trường Sa" in page.text
    living = {unit.slug for unit in Province.objects.living(date(2026, 11, 21))}
    assert set(TILE_POSITIONS) == living
    assert len(set(TILE_POSITIONS.values())) == 34


def test_an_empty_register_says_so(db, client):
    for address in ("/", *LISTS):
        assert "yet" in read(client, f"/en{address}").text


# -- provinces


def test_a_province_shows_what_concerned_the_units_it_was_made_from(register, client):
    page = read(client, "/en/tinh/ninh-binh/")
    assert {f"/en/kien-nghi/KN-{n}/" for n in range(1, 7)} <= set(page.links)
    assert "/en/cam-ket/CK-2/" in page.links
    assert "Ninh Bình, until 30/06/2025" in page.text
    assert {"/en/tinh/ha-nam/", "/en/tinh/nam-dinh/", "/en/tinh/ninh-binh-2025/"} <= set(page.links)
    assert "Nghị quyết 202/2025/QH15" in page.text


def test_hue_shows_the_request_for_its_near_poor_households(register, client):
    page = read(client, "/en/tinh/hue/")
    assert "Hỗ trợ hơn 20.000 hộ cận nghèo ở Thừa Thiên Huế tiếp cận công nghệ số" in page.text
    assert "Thừa Thiên Huế, until 31/12/2024" in page.text


def test_figures_are_written_as_the_language_has_them(register, client):
    assert "78.500" in read(client, "/tinh/hue/").text
    assert "8,56" in read(client, "/tinh/hue/").text
    assert "78,500" in read(client, "/en/tinh/hue/").text


def test_a_figure_quoted_at_no_session_stands_on_its_province(db, client):
    figure = published(edited(make_figure(province=make_province(slug="nay")), meeting=None))
    for address in ("/en/tinh/nay/", f"/en/nguon/{figure.source.code}/"):
        assert figure.code in read(client, address).text


def test_a_past_unit_names_the_one_that_carries_it(register, client):
    page = read(client, "/en/tinh/ninh-binh-2025/")
    assert "This unit existed until 30/06/2025." in page.text
    assert "/en/tinh/ninh-binh/" in page.links
    assert "/en/kien-nghi/KN-5/" in page.links


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        pytest.param("kind=commitment", "CK-1", "KN-5", id="kind"),
        pytest.param("topic=sandbox", "KN-5", "KN-2", id="topic"),
        pytest.param("deadline=past_unknown", "CK-2", "CK-1", id="deadline"),
        pytest.param("q=thu+hut+doanh+nghiep", "KN-6", "KN-2", id="words-without-marks"),
        pytest.param("lineage=false", None, "KN-5", id="that-unit-alone"),
        pytest.param("status=done", None, "KN-5", id="status"),
    ],
)
def test_the_lists_of_a_province_are_filtered(register, client, query, shown, hidden):
    page = read(client, f"/tinh/ninh-binh/?{query}")
    assert shown is None or shown in page.ids
    assert hidden not in page.ids


def test_a_wrong_filter_on_a_province_shows_no_item(register, client):
    page = read(client, "/tinh/ninh-binh/?status=xong", status=400)
    assert not [name for name in page.ids if name.startswith(("KN-", "CK-", "KH-"))]
    assert "xong" in page.text


def test_an_old_address_of_a_province_leads_to_the_new_one(db, client):
    edited(make_province(slug="cu", name="Cũ"), slug="moi")
    response = client.get("/tinh/cu/")
    assert (response.status_code, response["Location"]) == (301, "/tinh/moi/")
    assert client.get("/tinh/chua-tung-co/").status_code == 404


# -- lists


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize(
    "query", ["statu=done", "from=30/02/2024", "q=" + "a" * 201, "type=khong", "page=1&p=2"]
)
def test_a_wrong_filter_answers_400_without_rows(register, client, address, query):
    page = read(client, f"{address}?{query}", status=400)
    assert page.rows == 0


def test_a_wrong_filter_keeps_what_was_typed_and_says_what_is_wrong(register, client):
    content = client.get("/en/kien-nghi/?from=30/02/2024&q=sandbox").content.decode()
    assert 'value="30/02/2024"' in content
    assert 'value="sandbox"' in content
    assert 'href="#id_from"' in content
    assert 'id="id_from_error"' in content


def test_a_wrong_value_of_a_rare_filter_is_shown_beside_it(register, client):
    page = read(client, "/kien-nghi/?official=khong-co-ai", status=400)
    assert "id_official" in page.ids


def test_provinces_of_a_session_are_parted_by_semicolons(db, client):
    places = [make_province(name="Mẫu A"), make_province(name="Mẫu B")]
    meeting = published(make_meeting(provinces=places))
    text = read(client, f"/buoi-lam-viec/{meeting.code}/").text
    assert "Mẫu A; Mẫu B" in text or "Mẫu B; Mẫu A" in text


def test_tracking_does_not_disturb_a_list(register, client):
    assert read(client, "/kien-nghi/?utm_source=thu&fbclid=1").rows == 11


@pytest.mark.parametrize("page", ["2", "0", "-1", "hai", "99999999999999999999"])
def test_a_page_that_does_not_exist_is_not_found(register, client, page):
    assert client.get(f"/khuyen-nghi/?page={page}").status_code == 404


def test_pages_of_a_list_keep_its_filter(register, client):
    for advice in many(make_recommendation, 3):  # beside the 23 that were loaded
        published(advice)
    first = client.get("/khuyen-nghi/?status=unknown")
    assert Reading(first).rows == 25
    assert "?status=unknown&page=2" in Reading(first).links
    assert read(client, "/khuyen-nghi/?status=unknown&page=2").rows == 1


def test_a_request_shows_its_answer_or_that_none_is_recorded(register, client):
    content = client.get("/en/kien-nghi/").content.decode()
    answers = re.findall(r'<p class="answer" data-answer="(\w+)"', content)
    assert Counter(answers)["unanswered"] == 6
    assert len(answers) == 11


def test_nothing_found_is_a_sentence(register, client):
    page = read(client, "/en/kien-nghi/?q=khong-he-co")
    assert page.rows == 0
    assert "Nothing matches." in page.text


# -- one record


def test_a_request_tells_its_story_with_its_evidence(register, client):
    page = read(client, "/en/kien-nghi/KN-5/")
    assert "đề nghị Bộ TT&TT tiếp tục hỗ trợ tỉnh" in page.text
    assert "paragraph 24" in page.text
    assert "Đoàn Minh Huấn, Ủy viên Trung ương Đảng, Bí thư Tỉnh ủy Ninh Bình" in page.text
    assert "No answer to this request is recorded." in page.text
    page = read(client, "/en/kien-nghi/KN-10/")
    assert "đề xuất của địa phương về các giải pháp" in page.text
    assert "paragraph 17" in page.text
    assert "Inferred: Nơi nhận không được nói rõ" in page.text
    assert page.text.count("Nobody has reported yet") == 1
    assert "not determined" in page.text
    assert "edition no. 1" in page.text
    for link in ("nguon/NG-2", "khuyen-nghi/KH-21", "buoi-lam-viec/2023-04-21-thua-thien-hue"):
        assert f"/en/{link}/" in page.links
    told = page.text[page.text.index("What happened") :]
    story = [told.index(part) for part in ("The province asked", "KH-21", "Nobody has")]
    assert story == sorted(story)


def test_a_joint_undertaking_is_not_told_as_the_ministrys_alone(register, client):
    page = read(client, "/en/cam-ket/CK-2/")
    assert "Both sides undertook" in page.text
    assert "quý I/2024 (31/03/2024)" in page.text
    assert "Past its day, no information" in page.text


def test_news_stands_in_the_order_of_its_days_with_its_voice(db, client):
    promise = published(
        make_commitment(due_on=date(2024, 6, 30), due_text="giữa năm 2024"),
    )
    for day, voice, values in (
        (date(2024, 9, 1), "province", {"status": "partly_done"}),
        (
            date(2024, 5, 2),
            "ministry",
            {"status": "in_progress", "new_due_on": date(2024, 12, 31), "new_due_text": "cuối năm"},
        ),
    ):
        published(make_update(commitment=promise, happened_on=day, voice=voice, **values))
    page = read(client, f"/en/cam-ket/{promise.code}/")
    assert page.text.index("02/05/2024") < page.text.index("01/09/2024")
    assert "The province’s voice" in page.text
    assert "Rests on what staff of the register know" in page.text
    assert "first promised: giữa năm 2024 (30/06/2024)" in page.text
    assert "Overdue" in page.text
    assert "Nobody has reported yet" not in page.text


def test_a_session_shows_both_sides_and_what_was_said(register, client):
    page = read(client, "/en/buoi-lam-viec/2023-04-21-thua-thien-hue/")
    assert "Lê Trường Lưu" in page.text
    assert "Nghị quyết 83/NQ-CP" in page.text
    assert {"KN-11", "CK-5", "KH-24", "GN-34", "SL-1"} <= set(page.ids)


def test_a_planned_session_whose_days_went_by_says_so(register, client):
    page = read(client, "/en/buoi-lam-viec/quy-1-2024-ninh-binh/")
    assert "Planned Past its day, no information" in page.text
    assert "/en/buoi-lam-viec/2024-02-29-ninh-binh/" in page.links
    page = read(client, "/en/buoi-lam-viec/2024-02-29-ninh-binh/")
    assert "/en/buoi-lam-viec/quy-1-2024-ninh-binh/" in page.links


def test_a_source_names_what_rests_on_it(register, client):
    page = read(client, "/en/nguon/NG-2/")
    assert "/en/kien-nghi/KN-11/" in page.links
    assert "/en/buoi-lam-viec/2023-04-21-thua-thien-hue/#GN-34" in page.links
    assert "/en/kien-nghi/KN-5/" not in page.links
    assert page.text.count("not known") >= 3


def test_text_of_a_record_is_never_markup(db, client):
    request = published(make_request(title='<script>alert("1")</script> & "hai"'))
    content = client.get(f"/kien-nghi/{request.code}/").content.decode()
    assert "<script" not in content
    assert "&lt;script&gt;" in content


# -- what is not there


def test_a_withdrawn_record_leaves_its_code_and_day(db, client):
    request = published(make_request(title="Điều đã rút lại"))
    withdraw(request, by=publisher())
    for prefix in ("", "/en"):
        page = read(client, f"{prefix}/kien-nghi/{request.code}/", status=410)
        assert request.code in page.headings[0]
        assert "Điều đã rút lại" not in page.text
    assert read(client, "/kien-nghi/").rows == 0


def test_a_draft_has_no_page(db, client):
    make_request()
    assert client.get("/kien-nghi/KN-1/").status_code == 404


@pytest.mark.parametrize(
    "address",
    ["/khong-co/", "/en/khong-co/", "/kien-nghi/KN-99/", "/kien-nghi/CK-1/", "/cam-ket/KN-5/"],
)
def test_a_page_that_is_not_there_helps_on(register, client, address):
    page = read(client, address, status=404)
    home = "/en/" if address.startswith("/en/") else "/"
    assert {home, f"{home}tinh/", f"{home}kien-nghi/"} <= set(page.links)


def test_a_code_in_small_letters_finds_its_page(register, client):
    response = client.get("/en/kien-nghi/kn-5/")
    assert (response.status_code, response["Location"]) == (301, "/en/kien-nghi/KN-5/")


@pytest.mark.parametrize(
    ("most", "is_cut"), [pytest.param(1, True, id="more"), pytest.param(100, False, id="all")]
)
def test_a_province_says_where_the_rest_of_its_figures_and_remarks_is(
    client, register, monkeypatch, most, is_cut
):
    monkeypatch.setattr(records, "BESIDE_MOST", most)
    page = client.get("/en/tinh/hue/").content.decode()
    assert ('href="/api/v1/figures/?province=hue"' in page) == is_cut
    assert ("all stand on the pages of the meetings" in page) == is_cut


def test_a_failure_is_told_without_the_database(db, client, monkeypatch):
    def fail(view, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(Home, "get_context_data", fail)
    client.raise_request_exception = False
    with CaptureQueriesContext(connection) as captured:
        page = read(client, "/en/", status=500)
    assert len(captured) == 0
    assert page.headings == ["Something failed on our side"]


# -- cost


@pytest.fixture
def session(db):
    """A held session of a unit that lives on in another."""
    old = make_province(slug="cu", name="Cũ")
    make_merger(make_province(slug="nay", name="Nay"), old)
    return make_meeting(slug="2024-02-29-cu", provinces=[old])


def _one_of_each(session):
    asked = published(make_request(meeting=session))
    promised = make_commitment(meeting=session, answers=[asked])
    advised = make_recommendation(meeting=session, answers=[asked])
    beside = make_remark(meeting=session), make_figure(meeting=session), make_source()
    published_together([promised, advised, make_update(commitment=promised), *beside])
    return asked


def test_pages_ask_the_database_the_same_for_one_row_and_for_thirty(session, client):
    make_attendance(meeting=session)
    asked = _one_of_each(session)
    published(make_meeting(provinces=[session.provinces.get()]))
    session.source.refresh_from_db()
    addresses = [
        *("/", "/tinh/", "/tinh/nay/", "/tinh/cu/", *LISTS),
        f"/buoi-lam-viec/{session.slug}/",
        f"/nguon/{session.source.code}/",
        f"/kien-nghi/{asked.code}/",
    ]
    for address in addresses:  # whatever is read once a process is read now
        client.get(address)
    few = {address: queries(client, address) for address in addresses}
    for _again in range(29):
        _one_of_each(session)
    published_together(many(make_commitment, 29, meeting=session, answers=[asked]))
    published_together(many(make_meeting, 29, provinces=[session.provinces.get()]))
    more = {address: queries(client, address) for address in addresses}
    assert more == few
    assert max(more.values()) <= 30
