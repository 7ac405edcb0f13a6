"""What readers tell us: it waits for staff, never reaches the public, and floods nobody."""

import re
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from engagements.limits import network
from engagements.models import Commitment, Tip
from engagements.readers import views
from engagements.readers.models import TipState
from tests.desk import act, address, opened, send
from tests.factories import make_tip, make_user

pytestmark = pytest.mark.django_db
MARK = "zzmậtzz"
READER = "doc.gia@example.vn"


@pytest.fixture(autouse=True)
def no_limits_left_over():
    cache.clear()


def filled(**given):
    return {
        "uid": str(uuid4()),
        "ve": "CK-1",
        "kind": "evidence",
        "text": f"Công văn số 12 ngày 5/6/2024 trả lời việc này {MARK}.",
    } | given


def tell(client, prefix="", **given):
    extra = {name: given.pop(name) for name in list(given) if name.isupper()}
    return client.post(f"{prefix}/bao-loi/", filled(**given), **extra)


# -- sending


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_what_is_told_waits_for_staff(client, register, prefix):
    answer = tell(client, prefix, url="https://example.vn/van-ban", contact=" Doc@EXAMPLE.vn")
    assert answer.status_code == 302
    assert answer.url == f"{prefix}/bao-loi/cam-on/"
    thanks = client.get(answer.url)
    assert thanks.status_code == 200
    assert not thanks.cookies
    tip = Tip.objects.get()
    assert (tip.about, tip.kind, tip.state) == ("CK-1", "evidence", "new")
    assert (tip.url, tip.contact) == ("https://example.vn/van-ban", "Doc@example.vn")
    assert tip.language == ("en" if prefix else "vi")


@pytest.mark.parametrize(
    ("about", "kept"),
    [
        ("CK-1", "CK-1"),
        ("ck-1", "CK-1"),
        ("GN-1", "GN-1"),
        ("2024-02-29-ninh-binh", "2024-02-29-ninh-binh"),
        ("/tinh/hue/", "/tinh/hue/"),
        ("/en/cam-ket/CK-1/", "/cam-ket/CK-1/"),
        ("/kien-nghi/?province=hue", "/kien-nghi/?province=hue"),
        ("/", "/"),
        ("/gioi-thieu/", "/gioi-thieu/"),
    ],
)
def test_the_form_knows_what_it_is_about(client, register, about, kept):
    shown = client.get("/bao-loi/", {"ve": about})
    assert shown.status_code == 200
    assert "csrftoken" in shown.cookies
    assert shown["Cache-Control"] == "no-store, private"
    assert tell(client, ve=about).status_code == 302
    assert Tip.objects.get().about == kept


@pytest.mark.parametrize(
    "about",
    ["CK-900", "nothing", "/tinh/nowhere/", "/admin/", "/api/v1/", "//example.vn/", "/x/", "\x00"],
)
def test_what_is_not_public_cannot_be_told_of(client, register, about):
    assert client.get("/bao-loi/", {"ve": about}).status_code == 400
    answer = tell(client, ve=about)
    assert answer.status_code == 400
    assert not Tip.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", ""),
        ("text", "quá ngắn"),
        ("text", "x" * 4001),
        ("text", "\u202e" * 20),
        ("kind", "praise"),
        ("kind", ""),
        ("url", "javascript:alert(1)"),
        ("url", "ftp://example.vn/a"),
        ("url", "khong phai"),
        ("url", 'https://example.vn/"onmouseover="x'),
        ("contact", "nobody"),
        ("contact", "a@b.vn\r\nBcc: c@d.vn"),
        ("ve", ""),
        ("uid", "not-a-key"),
    ],
)
def test_an_error_stands_beside_its_field_and_nothing_typed_is_lost(client, register, name, value):
    text = filled()["text"]
    answer = tell(client, **({"text": text} | {name: value}))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert not Tip.objects.exists()
    assert 'role="alert"' in page
    if name != "text":
        assert text in page
    if name in ("text", "url", "contact", "ve"):
        assert re.search(rf'<ul class="errorlist" id="id_{name}_error">', page)
        assert f'href="#id_{name}"' in page


def test_what_is_pasted_is_cleaned(client, register):
    answer = tell(
        client,
        ve="\u200bCK-1",
        text="Công văn\u00ad trả lời ở Ðắk Lắk",
        url="https://example.vn/\u200bvan-ban",
        contact="\ufeffdoc@example.vn",
    )
    assert answer.status_code == 302
    tip = Tip.objects.get()
    assert (tip.about, tip.text) == ("CK-1", "Công văn trả lời ở Đắk Lắk")
    assert (tip.url, tip.contact) == ("https://example.vn/van-ban", "doc@example.vn")


@pytest.mark.parametrize("length", [10, 4000])
def test_the_longest_and_the_shortest_text_are_taken(client, register, length):
    assert tell(client, text="ế" * length).status_code == 302
    assert tell(client, text="e\u0302\u0301" * length).status_code == 302
    assert {len(tip.text) for tip in Tip.objects.all()} == {length}


def test_a_form_sent_twice_is_one_tip(client, register):
    key = str(uuid4())
    first, again = tell(client, uid=key), tell(client, uid=key)
    assert first.url == again.url
    assert Tip.objects.count() == 1


def test_each_form_has_a_key_of_its_own(client, register):
    keys = {
        re.search(r'name="uid" value="([^"]+)"', client.get("/bao-loi/").content.decode()).group(1)
        for _time in range(2)
    }
    assert len(keys) == 2


def test_a_machine_that_fills_every_field_is_thanked_and_not_heard(client, register):
    assert tell(client, website="x").status_code == 302
    assert not Tip.objects.exists()


def test_a_form_without_its_token_is_refused_in_words(client, register):
    client.handler.enforce_csrf_checks = True
    assert tell(client).status_code == 403
    shown = client.get("/bao-loi/?ve=CK-1")
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', shown.content.decode()).group(1)
    assert tell(client, csrfmiddlewaretoken=token).status_code == 302


# -- limits


def test_five_an_hour_from_one_network(client, register, settings):
    for number in range(views.TIPS.an_hour):
        assert tell(client, REMOTE_ADDR=f"203.0.113.{number}").status_code == 302
    refused = tell(client, REMOTE_ADDR="203.0.113.200")
    assert (refused.status_code, refused["Retry-After"]) == (429, "3600")
    assert MARK in refused.content.decode()
    # A client may claim any address: without proxies of ours nobody believes it.
    claimed = {"REMOTE_ADDR": "203.0.113.9", "HTTP_X_FORWARDED_FOR": "198.51.100.1"}
    assert tell(client, **claimed).status_code == 429
    assert tell(client, REMOTE_ADDR="203.0.114.1").status_code == 302
    assert Tip.objects.count() == views.TIPS.an_hour + 1
    settings.NUM_PROXIES = 1
    for number in range(views.TIPS.an_hour):
        forged = f"10.0.0.{number}, 198.51.100.7"
        answer = tell(client, REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=forged)
        assert answer.status_code == 302
    forged = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "10.9.9.9, 198.51.100.8"}
    assert tell(client, **forged).status_code == 429


@pytest.mark.parametrize(
    ("address", "cut"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_an_address_is_cut_to_its_network(address, cut):
    assert network(address) == cut


def test_a_wrong_form_takes_no_place(client, register):
    for _time in range(views.TIPS.an_hour + 1):
        assert tell(client, text="").status_code == 400
    assert tell(client).status_code == 302


def test_no_more_wait_than_can_be_read(client, register, monkeypatch):
    monkeypatch.setattr(views, "TIPS_WAITING", 2)
    make_tip()
    done = make_tip()
    done.handle(TipState.DECLINED, make_user())
    done.save()
    assert tell(client).status_code == 302
    full = tell(client)
    assert full.status_code == 503
    assert MARK in full.content.decode()


# -- staff, and nobody else


def test_no_tip_reaches_the_public(client, register):
    pages = ["/", "/cam-ket/CK-1/", "/tim-kiem/?q=zzmatzz", "/api/v1/commitments/", "/cap-nhat/"]
    before = [client.get(page).content for page in pages]
    tell(client, contact=READER)
    assert [client.get(page).content for page in pages] == before


@pytest.mark.parametrize(
    ("role", "sees", "handles"),
    [
        ("Biên tập", True, True),
        ("Duyệt", True, True),
        ("Quản trị", True, True),
        ("Xem nội bộ", False, False),
        (None, False, False),
    ],
)
def test_who_reads_and_handles_tips(client, register, role, sees, handles):
    tip = make_tip()
    user = make_user(roles=[role] if role else [])
    client.force_login(user)
    assert client.get(address(Tip)).status_code == (200 if sees else 403)
    act(client, "accept_chosen", tip)
    tip.refresh_from_db()
    assert (tip.state == TipState.ACCEPTED) is handles
    assert tip.handled_by == (user if handles else None)
    assert bool(tip.handled_at) is handles
    assert LogEntry.objects.filter(user=user).exists() is handles


def test_text_is_shown_as_text(client, register):
    tip = make_tip(text="<script>alert(1)</script> & {{ 7|add:7 }}", contact=READER)
    client.force_login(make_user(roles=["Duyệt"]))
    for page in (address(Tip), address(Tip, "change", tip.pk)):
        shown = client.get(page).content.decode()
        assert "<script>alert(1)" not in shown
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert READER not in client.get(address(Tip)).content.decode()


def test_a_note_and_a_state_are_saved_in_the_form(client, register):
    tip = make_tip()
    user = make_user(roles=["Duyệt"])
    client.force_login(user)
    send(client, tip, opened(client, tip) | {"state": "declined", "note": "Không có nguồn."})
    tip.refresh_from_db()
    assert (tip.state, tip.note, tip.handled_by) == ("declined", "Không có nguồn.", user)
    send(client, tip, opened(client, tip) | {"state": "new"})
    tip.refresh_from_db()
    assert (tip.state, tip.handled_by, tip.handled_at) == ("new", None, None)


def test_staff_add_no_tip_and_search_without_accents(client, register):
    make_tip(text="Thông báo kết luận đã ban hành")
    make_tip(text="Việc khác hẳn")
    client.force_login(make_user(is_superuser=True))
    assert client.get(reverse("admin:engagements_tip_add")).status_code == 403
    found = client.get(address(Tip), {"q": "ket luan"}).context["cl"].result_list
    assert [tip.text for tip in found] == ["Thông báo kết luận đã ban hành"]


def test_the_list_asks_as_much_for_thirty_tips_as_for_one(client, register):
    client.force_login(make_user(is_superuser=True))
    counts = []
    for rows in (1, 29):
        for _place in range(rows):
            make_tip()
        with CaptureQueriesContext(connection) as asked:
            client.get(address(Tip))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12


def test_a_tip_leads_to_the_page_it_speaks_of_and_to_its_form(client, register):
    client.force_login(make_user(roles=["Duyệt"]))
    record = Commitment.objects.get(code="CK-1")
    page = client.get(address(Tip, "change", make_tip(about="CK-1").pk)).content.decode()
    assert 'href="/cam-ket/CK-1/"' in page
    assert f'href="{address(Commitment, "change", record.pk)}"' in page
    gone = client.get(address(Tip, "change", make_tip(about="CK-900").pk)).content.decode()
    assert "CK-900" in gone
    assert 'href="/cam-ket/CK-900/"' not in gone
