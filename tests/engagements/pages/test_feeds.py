"""Atom: what a page shows, published last first, whatever the texts hold."""

from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from engagements.publication.publishing import publish, withdraw
from tests.factories import (
    author,
    edited,
    make_attendance,
    make_commitment,
    make_figure,
    make_meeting,
    make_official,
    make_province,
    make_request,
    make_source,
    make_topic,
    make_update,
    many,
    published,
    publisher,
)

ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
FEEDS = [
    "/cap-nhat/atom.xml",
    "/kien-nghi/atom.xml",
    "/cam-ket/atom.xml",
    "/khuyen-nghi/atom.xml",
    "/buoi-lam-viec/atom.xml",
    "/nguon/atom.xml",
    "/tinh/ninh-binh/atom.xml",
    "/tinh/hue/atom.xml",
    "/linh-vuc/sandbox/atom.xml",
    "/can-bo/nguyen-manh-hung/atom.xml",
    "/tim-kiem/atom.xml?q=chuyen+doi+so",
]
HOSTILE = "=1+1 \"hai\" 'ba' ]]> </title><script>x</script> & một\r\nhai\rba"


def read(client, address, status=200, **headers):
    response = client.get(address, **headers)
    assert response.status_code == status, address
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert not response.cookies
    return ElementTree.fromstring(response.content)


def texts(feed, name):
    return [entry.findtext(f"{ATOM}{name}") for entry in feed.iter(f"{ATOM}entry")]


def codes(feed):
    return [one.removeprefix("tag:satcanh,2026:") for one in texts(feed, "id")]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("address", FEEDS)
def test_every_feed_is_whole(register, client, address, language):
    prefix = "" if language == "vi" else "/en"
    feed = read(client, prefix + address)
    assert feed.get(LANG) == language
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"] == f"http://testserver{prefix}{address}"
    assert links["alternate"] == f"http://testserver{prefix}{address}".replace("atom.xml", "")
    assert client.get(links["alternate"]).status_code == 200
    entries = list(feed.iter(f"{ATOM}entry"))
    assert 1 <= len(entries) <= 50
    assert len(set(codes(feed))) == len(entries)
    assert texts(feed, "updated") == sorted(texts(feed, "updated"), reverse=True)
    assert feed.findtext(f"{ATOM}updated") == texts(feed, "updated")[0]
    for entry in entries:
        href = entry.find(f"{ATOM}link").get("href")
        assert href.startswith(f"http://testserver{prefix}/")
        # A title is Vietnamese as its entry is; what is told of it speaks the page's language.
        assert (entry.get(LANG), entry.find(f"{ATOM}title").get(LANG)) == ("vi", None)
        assert entry.findtext(f"{ATOM}summary")
        told = [entry.find(f"{ATOM}summary"), *entry.findall(f"{ATOM}category")]
        assert {element.get(LANG) for element in told} == {language}
    assert client.get(href).status_code == 200


def test_a_feed_holds_what_its_list_shows(register, client):
    feed = read(client, "/en/cam-ket/atom.xml?deadline=past_unknown&utm_source=thu")
    assert codes(feed) == ["CK-2"]
    said = (
        "Commitment · Status: No information yet · Explicit promise · Both sides together"
        " · due 31/03/2024"
    )
    assert texts(feed, "summary") == [f"{said} · Ninh Bình, until 30/06/2025"]
    assert feed.findtext(f"{ATOM}id") == (
        "tag:satcanh,2026:/en/cam-ket/atom.xml?deadline=past_unknown"
    )
    assert "Past its day" in feed.findtext(f"{ATOM}title")


def test_a_feed_of_a_province_holds_items_and_sessions_of_its_lineage(register, client):
    found = codes(read(client, "/tinh/ninh-binh/atom.xml"))
    assert {"KN-1", "CK-1", "KH-1", "2024-02-29-ninh-binh"} <= set(found)
    assert "KN-11" not in found
    assert set(codes(read(client, "/tinh/ninh-binh/atom.xml?kind=commitment"))) == {
        "CK-1", "CK-2", "CK-4",
    }  # fmt: skip


def test_a_search_is_followed_by_its_words(register, client):
    found = codes(read(client, "/tim-kiem/atom.xml?q=%C4%91%E1%BA%A1i+h%E1%BB%8Dc"))
    assert found
    assert codes(read(client, "/tim-kiem/atom.xml?q=dai+hoc&kind=commitment")) == ["CK-5"]
    assert codes(read(client, "/tim-kiem/atom.xml")) == []


@pytest.mark.parametrize(
    "address",
    [
        "/cam-ket/atom.xml?statu=done",
        "/cam-ket/atom.xml?status=xong",
        "/kien-nghi/atom.xml?q=" + "a" * 201,
        "/tinh/ninh-binh/atom.xml?kind=x",
        "/nguon/atom.xml?from=30/02/2024",
        "/linh-vuc/sandbox/atom.xml?x=1",
        "/can-bo/nguyen-manh-hung/atom.xml?q=a",
        "/tim-kiem/atom.xml?q=a&kind=x",
        "/en/tim-kiem/atom.xml?qq=a",
    ],
)
def test_what_the_page_refuses_its_feed_refuses(register, client, address):
    assert client.get(address).status_code == 400
    assert b"<feed" not in client.get(address).content


@pytest.mark.parametrize("address", ["/tinh/khong-co", "/linh-vuc/khong-co", "/can-bo/khong-co"])
def test_nothing_follows_what_is_not_there(register, client, address):
    assert client.get(f"{address}/atom.xml").status_code == 404


def test_an_official_whom_nothing_public_names_has_no_feed(db, client):
    seat = make_attendance(official=make_official(slug="an-danh"))
    assert client.get("/can-bo/an-danh/atom.xml").status_code == 404
    publish(seat.meeting.source, by=publisher())
    publish(seat.meeting, by=publisher())
    assert codes(read(client, "/can-bo/an-danh/atom.xml")) == [seat.meeting.slug]


def test_an_old_address_of_a_province_leads_to_the_new_one(db, client):
    edited(make_province(slug="cu"), slug="moi")
    for name in ("atom.xml", "lich.ics", "ho-so/", "ho-so.xlsx"):
        response = client.get(f"/tinh/cu/{name}")
        assert (response.status_code, response["Location"]) == (301, f"/tinh/moi/{name}")


def test_texts_of_records_stay_text(db, client):
    topic = make_topic(name='Lĩnh vực "<b>" ]]>', slug="hai")
    request = make_request(title=HOSTILE, detail=HOSTILE, topics=[topic])
    assert codes(read(client, "/kien-nghi/atom.xml")) == []
    published(request)
    feed = read(client, "/kien-nghi/atom.xml")
    one_line = " ".join(HOSTILE.split())
    assert texts(feed, "title") == [f"{request.code} · {one_line}"]
    assert texts(feed, "content") == [HOSTILE.replace("\r\n", "\n").replace("\r", "\n")]
    labels = [one.get("label") for one in feed.iter(f"{ATOM}category")]
    assert 'Lĩnh vực "<b>" ]]>' in labels


def test_an_entry_keeps_its_name_and_tells_the_news(db, client):
    promise = published(make_commitment(due_on=date(2099, 6, 30), due_text="giữa năm"))
    before = read(client, "/en/cam-ket/atom.xml")
    published(make_update(commitment=promise, status="done", text="Đã bàn giao"))
    after = read(client, "/en/cam-ket/atom.xml")
    assert codes(before) == codes(after) == [promise.code]
    assert texts(after, "updated") >= texts(before, "updated")
    assert texts(after, "published") == texts(before, "published")
    assert "Status: Done" in texts(after, "summary")[0]
    assert "Đã bàn giao" in texts(after, "content")[0]


def test_what_is_withdrawn_leaves_its_feed(db, client):
    request = published(make_request())
    etag = client.get("/kien-nghi/atom.xml")["ETag"]
    withdraw(request, by=publisher())
    again = client.get("/kien-nghi/atom.xml", headers={"if-none-match": etag})
    assert again.status_code == 200
    assert codes(ElementTree.fromstring(again.content)) == []


def test_nothing_is_sent_twice(register, client):
    for address in ("/cam-ket/atom.xml", "/tinh/hue/lich.ics"):
        first = client.get(address)
        stamp = {"if-none-match": first["ETag"]}
        assert client.get(address, headers=stamp).status_code == 304
        stamp = {"if-modified-since": first["Last-Modified"]}
        assert client.get(address, headers=stamp).status_code == 304


@pytest.mark.parametrize("address", ["/cam-ket/atom.xml", "/tinh/hue/lich.ics"])
def test_a_new_day_and_a_new_release_are_sent_again(
    register, client, settings, address, monkeypatch
):
    """A release may say the same editions in other words, a day tells deadlines anew."""
    stamp = {"if-none-match": client.get(address)["ETag"]}
    assert client.get(address, headers=stamp).status_code == 304
    settings.RELEASE = "the-next"
    again = client.get(address, headers=stamp)
    assert again.status_code == 200
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr("engagements.edition.http.timezone.localdate", lambda: tomorrow)
    assert client.get(address, headers={"if-none-match": again["ETag"]}).status_code == 200


@pytest.mark.parametrize("address", ["/cam-ket/atom.xml?status=xong", "/tinh/hue/lich.ics?x=1"])
def test_no_stamp_hides_an_error(register, client, address):
    good = client.get(address.partition("?")[0])
    stamps = {"if-none-match": good["ETag"], "if-modified-since": good["Last-Modified"]}
    assert client.get(address, headers=stamps).status_code == 400
    assert "ETag" not in client.get(address)


def test_every_kind_that_names_a_person_has_an_entry(db, client):
    person = make_official(slug="mot-nguoi")
    session = make_meeting()
    make_attendance(meeting=session, official=person)
    published(session)
    request = published(make_request(meeting=session, raised_by=person))
    feed = read(client, "/en/can-bo/mot-nguoi/atom.xml")
    assert codes(feed) == [request.code, session.slug]


def test_a_figure_of_no_session_leads_to_its_province(db, client):
    unit = make_province(slug="nay", name="Nay")
    figure = published(edited(make_figure(province=unit), meeting=None))
    feed = read(client, f"/en/tim-kiem/atom.xml?q={figure.indicator.name}".replace(" ", "+"))
    assert codes(feed) == [figure.code]
    entry = next(feed.iter(f"{ATOM}entry"))
    assert entry.find(f"{ATOM}link").get("href") == "http://testserver/en/tinh/nay/"


def test_a_feed_is_bounded_and_asks_no_more_for_more_rows(db, client):
    place, source = make_province(slug="dong-rieng"), make_source()
    session = make_meeting(provinces=[place], source=source)

    def add(number):
        for one in many(make_request, number, meeting=session, by=author()):
            published(one)

    def asked(address):
        with CaptureQueriesContext(connection) as captured:
            read(client, address)
        return len(captured)

    add(1)
    addresses = ("/kien-nghi/atom.xml", "/tinh/dong-rieng/atom.xml")
    for address in addresses:
        asked(address)  # what Django reads once
    few = [asked(address) for address in addresses]
    add(54)
    assert [asked(address) for address in addresses] == few
    assert len(codes(read(client, "/kien-nghi/atom.xml"))) == 50


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_pages_name_what_follows_them(register, client, prefix):
    content = client.get(f"{prefix}/cam-ket/?status=unknown&page=1&fbclid=x").content.decode()
    for name in ("atom.xml", "lich.ics"):
        assert content.count(f'href="{prefix}/cam-ket/{name}?status=unknown"') == 2
    assert "atom.xml" not in client.get(f"{prefix}/cam-ket/?status=xong").content.decode()
    assert (
        f'href="{prefix}/tinh/hue/atom.xml"' in client.get(f"{prefix}/tinh/hue/").content.decode()
    )
