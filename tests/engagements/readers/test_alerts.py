"""Following a page by e-mail: asking, confirming, being told, ending it; nobody learns who does."""

import re
from datetime import date, timedelta
from io import StringIO
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone, translation

from engagements.mail import IN_A_ROW
from engagements.models import Commitment, Edition, Meeting, ProvinceRequest, Source, Subscription
from engagements.publication.publishing import withdraw
from engagements.publication.reissuing import repeat
from engagements.readers.alerts import last_sequence, signer
from engagements.readers.targets import Target
from engagements.readers.views import CONFIRMATIONS_AN_HOUR, FOLLOWS, LINK_LIFE
from provinces.models import Province
from tests.factories import (
    edited,
    make_meeting,
    make_request,
    make_subscription,
    make_update,
    make_user,
    published,
    publisher,
)

pytestmark = pytest.mark.django_db
READER = "Doc.Gia@example.vn"
ITEM = "/cam-ket/CK-1/"


@pytest.fixture(autouse=True)
def no_limits_left_over():
    cache.clear()


def ask(client, target=ITEM, email=READER, prefix="", **given):
    return client.post(f"{prefix}/theo-doi/", {"trang": target, "email": email} | given)


def link_in(message, part="xac-nhan"):
    """The path of a link of ours in a mail."""
    found = re.search(rf"http://127\.0\.0\.1:8000(\S*/theo-doi/{part}/\S+)", message.body)
    return urlsplit(found.group(1)).path


def follower(target=ITEM, email=READER, language="vi", **values):
    """A confirmed subscription that has been told everything until now."""
    values = {"confirmed_at": timezone.now(), "mark": last_sequence()} | values
    return make_subscription(email=email, target=target, language=language, **values)


def send_alerts(**options):
    out = StringIO()
    try:
        call_command("send_alerts", stdout=out, **options)
    except CommandError as error:
        return out.getvalue(), error
    return out.getvalue(), None


def news(commitment="CK-1", **values):
    """A published update of a commitment."""
    record = Commitment.objects.get(code=commitment)
    values = {"happened_on": date(2024, 9, 2), "status": "in_progress"} | values
    return published(make_update(commitment=record, **values))


# -- what can be followed


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("/kien-nghi/KN-5/", "/kien-nghi/KN-5/"),
        ("/kien-nghi/kn-5/", "/kien-nghi/KN-5/"),
        ("/en/tinh/hue/", "/tinh/hue/"),
        ("/linh-vuc/sandbox/", "/linh-vuc/sandbox/"),
        ("/can-bo/nguyen-manh-hung/", "/can-bo/nguyen-manh-hung/"),
        ("/co-quan/bo-thong-tin-va-truyen-thong/", "/co-quan/bo-thong-tin-va-truyen-thong/"),
        ("/tim-kiem/?q=cntt", "/tim-kiem/?q=cntt"),
        ("/buoi-lam-viec/?topic=", "/buoi-lam-viec/"),
        ("/kien-nghi/?q=m%E1%BA%A1ng&page=3&utm_source=a", "/kien-nghi/?q=m%E1%BA%A1ng"),
        ("/kien-nghi/?status=unknown&province=hue", "/kien-nghi/?province=hue&status=unknown"),
        ("/tinh/hue/?status=unknown&fbclid=x", "/tinh/hue/?status=unknown"),
    ],
)
def test_an_address_has_one_spelling(register, asked, kept):
    target = Target(asked)
    assert target.address == kept
    assert Target(kept).address == kept
    assert target.title()


@pytest.mark.parametrize(
    "asked",
    [
        "/kien-nghi/?x=1",
        "/kien-nghi/?province=nowhere",
        "/kien-nghi/?status=broken",
        "/kien-nghi/?q=" + "a" * 201,
        "/kien-nghi/KN-900/",
        "/kien-nghi/KN-5/?x=1",
        "/tinh/nowhere/",
        "/tinh/hue/?province=ha-noi",
        "/linh-vuc/sandbox/?status=done",
        "/tim-kiem/",
        "/tim-kiem/?q=hue&x=1",
        "/gioi-thieu/",
        "/admin/",
        "/api/v1/requests/",
        "/theo-doi/",
        "https://example.vn/tinh/hue/",
        "//example.vn/tinh/hue/",
        "http://[/",
        "javascript:alert(1)",
        "tinh/hue/",
        "/kien-nghi/?q=" + "x" * 3000,
        "/kien-nghi/\x00",
    ],
)
def test_what_is_no_list_and_no_item_is_not_followed(client, register, asked):
    shown = client.get("/theo-doi/", {"trang": asked})
    assert shown.status_code == 400
    assert "email" not in shown.content.decode()
    assert ask(client, asked).status_code == 400
    assert mail.outbox == []
    assert not Subscription.objects.exists()


def test_a_draft_is_followed_no_more_than_what_never_was(client, register):
    make_meeting(slug="2099-01-01-khong-lo", source=Source.objects.get(code="NG-1"))
    there = client.get("/theo-doi/?trang=/buoi-lam-viec/2099-01-01-khong-lo/")
    nowhere = client.get("/theo-doi/?trang=/buoi-lam-viec/2099-01-01-khong-co/")
    assert there.status_code == nowhere.status_code == 400
    assert len(there.content) == len(nowhere.content)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_form_names_the_page(client, register, prefix):
    shown = client.get(f"{prefix}/theo-doi/", {"trang": f"{prefix}/tinh/hue/?status=unknown"})
    page = shown.content.decode()
    assert shown.status_code == 200
    assert f'href="{prefix}/tinh/hue/?status=unknown"' in page
    assert 'value="/tinh/hue/?status=unknown"' in page
    assert "csrftoken" in shown.cookies
    assert shown["Cache-Control"] == "no-store, private"


def test_without_a_page_the_form_says_where_to_begin(client, register):
    shown = client.get("/theo-doi/")
    assert shown.status_code == 200
    assert 'type="email"' not in shown.content.decode()


@pytest.mark.parametrize(
    "page",
    [
        "/cam-ket/CK-1/",
        "/buoi-lam-viec/2024-02-29-ninh-binh/",
        "/nguon/NG-1/",
        "/tinh/hue/?status=unknown",
        "/en/kien-nghi/?province=hue",
        "/linh-vuc/sandbox/",
        "/tim-kiem/?q=hue",
        "/can-bo/nguyen-manh-hung/",
        "/co-quan/bo-thong-tin-va-truyen-thong/",
    ],
)
def test_each_page_leads_to_both_forms(client, register, page):
    shown = client.get(page)
    assert not shown.cookies
    for name in ("theo-doi", "bao-loi"):
        href = re.search(rf'href="([^"]*/{name}/\?[^"]*)"', shown.content.decode()).group(1)
        assert href.startswith("/en/") is page.startswith("/en/")
        assert client.get(href.replace("&amp;", "&")).status_code == 200


# -- asking


@pytest.mark.parametrize(
    "email",
    ["", "nobody", "a@b", "a@b.vn\nBcc: c@d.vn", "a b@c.vn", "x" * 250 + "@b.vn", "a@b.vn,c@d.vn"],
)
def test_a_wrong_address_is_said_beside_the_field_and_kept(client, register, email):
    answer = ask(client, email=email)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in page
    assert 'id="id_email_error"' in page
    if email and "\n" not in email:
        assert f'value="{email}"' in page
    assert mail.outbox == []
    assert not Subscription.objects.exists()


def test_asking_sends_one_mail_with_a_link_that_a_button_confirms(client, register):
    answer = ask(client, "/tinh/hue/", email="  Doc.Gia@EXAMPLE.vn ")
    assert answer.status_code == 302
    assert answer.url == "/theo-doi/da-gui/"
    one = Subscription.objects.get()
    assert (one.email, one.target, one.language) == ("Doc.Gia@example.vn", "/tinh/hue/", "vi")
    (message,) = mail.outbox
    assert message.to == ["Doc.Gia@example.vn"]
    assert "List-Unsubscribe" not in message.extra_headers
    path = link_in(message)
    shown = client.get(path)
    assert shown.status_code == 200
    assert "Huế" in shown.content.decode()
    one.refresh_from_db()
    assert one.confirmed_at is None  # mail programs open links by themselves
    confirmed = client.post(path, follow=True)
    assert confirmed.status_code == 200
    one.refresh_from_db()
    assert one.confirmed_at
    assert one.mark == last_sequence()
    assert READER.lower() not in confirmed.content.decode().lower()
    for page in (shown, confirmed):
        assert page["Cache-Control"] == "no-store, private"
        assert page["Referrer-Policy"] == "no-referrer"
        assert not page.cookies


def test_the_mail_speaks_the_language_of_the_page(client, register):
    ask(client, prefix="/en")
    assert link_in(mail.outbox[0]).startswith("/en/theo-doi/xac-nhan/")
    assert "To confirm, open this link" in mail.outbox[0].body
    assert "http://127.0.0.1:8000/en/cam-ket/CK-1/" in mail.outbox[0].body
    assert Subscription.objects.get().language == "en"


def test_the_answer_is_the_same_whoever_follows_already(client, register):
    follower()
    known, unknown = ask(client), ask(client, email="khac@example.vn")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert known.content == unknown.content
    assert dict(known.headers) == dict(unknown.headers)
    assert len(mail.outbox) == 2
    assert "xac-nhan" not in mail.outbox[0].body
    assert mail.outbox[0].extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert client.get(known.url).content == client.get(unknown.url).content


def test_asked_again_within_the_hour_no_second_mail_goes(client, register):
    first, again = ask(client), ask(client, email=READER.replace("example", "EXAMPLE"))
    assert first.url == again.url
    assert len(mail.outbox) == Subscription.objects.count() == 1
    one = Subscription.objects.get()
    one.asked_at -= timedelta(hours=1)
    one.save()
    ask(client)
    assert len(mail.outbox) == 2


def test_nobody_is_flooded_through_many_pages(client, register):
    codes = Edition.objects.public().filter(kind="request").values_list("code", flat=True)
    for code in codes[: CONFIRMATIONS_AN_HOUR + 2]:
        assert ask(client, f"/kien-nghi/{code}/").status_code == 302
    assert len(mail.outbox) == CONFIRMATIONS_AN_HOUR


def test_one_network_asks_so_often_an_hour(client, register):
    for number in range(FOLLOWS.an_hour):
        assert ask(client, email=f"a{number}@example.vn").status_code == 302
    refused = ask(client, email="b@example.vn")
    assert (refused.status_code, refused["Retry-After"]) == (429, "3600")
    assert 'value="b@example.vn"' in refused.content.decode()
    assert len(mail.outbox) == FOLLOWS.an_hour


def test_a_machine_that_fills_every_field_gets_nothing(client, register):
    assert ask(client, website="https://spam.example").status_code == 302
    assert mail.outbox == []
    assert not Subscription.objects.exists()


class Refusing(EmailBackend):
    """Takes no mail for the addresses in `refused`, each for its own reason."""

    refused = {}

    def send_messages(self, messages):
        for message in messages:
            if error := self.refused.get(message.to[0]):
                raise error
        return super().send_messages(messages)


@pytest.fixture
def refusing(settings, monkeypatch):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    monkeypatch.setattr(Refusing, "refused", {})
    return Refusing.refused


def test_a_mail_server_that_is_away_is_said_and_can_be_asked_again(
    client, register, refusing, caplog
):
    refusing[READER] = SMTPRecipientsRefused({READER: (550, b"no")})
    answer = ask(client)
    assert answer.status_code == 503
    assert READER not in caplog.text
    assert "SMTPRecipientsRefused" in caplog.text
    refusing.clear()
    assert ask(client).status_code == 302
    assert len(mail.outbox) == 1


def test_a_form_without_its_token_is_refused_in_words(client, register):
    client.handler.enforce_csrf_checks = True
    answer = ask(client)
    assert answer.status_code == 403
    assert "<h1>" in answer.content.decode()
    assert mail.outbox == []


# -- links


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize(
    ("token", "status"),
    [
        pytest.param("forged", 400, id="no-signature"),
        pytest.param("a:b:c", 400, id="wrong-signature"),
        pytest.param("%FF", 400, id="no-text"),
        pytest.param(signer.sign("unknown"), 410, id="nobody"),
    ],
)
def test_a_forged_link_opens_nothing(client, register, method, prefix, token, status):
    follower(confirmed_at=None)
    answer = getattr(client, method)(f"{prefix}/theo-doi/xac-nhan/{token}/")
    assert answer.status_code == status
    assert "<h1>" in answer.content.decode()
    assert Subscription.objects.unconfirmed().count() == 1


@pytest.mark.parametrize(("late", "status"), [(-60, 200), (60, 410)])
def test_a_link_lives_three_days(client, register, monkeypatch, late, status):
    ask(client)
    path = link_in(mail.outbox[0])
    now = timezone.now().timestamp()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + LINK_LIFE + late)
    shown = client.get(path)
    assert shown.status_code == status
    client.post(path)
    assert Subscription.objects.confirmed().exists() is (status == 200)
    if status == 410:
        assert "/theo-doi/?trang=/cam-ket/CK-1/" in shown.content.decode().replace("%2F", "/")


def test_a_link_for_another_use_does_not_confirm(client, register):
    one = follower(confirmed_at=None)
    assert client.get(f"/theo-doi/xac-nhan/{one.token}/").status_code == 400


def test_one_click_ends_it_without_cookie_or_login(client, register):
    one = follower()
    other = follower("/tinh/hue/")
    client.handler.enforce_csrf_checks = True
    shown = client.get(one.stop_path())
    page = shown.content.decode()
    assert shown.status_code == 200
    assert "<button" in page
    assert "/tinh/hue/" not in page
    assert READER not in page
    assert not shown.cookies
    ended = client.post(one.stop_path(), {"List-Unsubscribe": "One-Click"})
    assert ended.status_code == 200
    assert list(Subscription.objects.all()) == [other]
    for method in (client.get, client.post):
        assert method(one.stop_path()).status_code == 410
    assert client.get("/en/theo-doi/huy/forged/").status_code == 410


def test_the_link_of_a_digest_ends_all_that_it_was_sent_for(client, register):
    one = follower()
    follower("/tinh/hue/")
    english = follower("/tinh/ha-noi/", language="en")
    foreign = follower(email="khac@example.vn")
    assert client.get(one.stop_all_path()).status_code == 200
    assert Subscription.objects.count() == 4
    client.post(one.stop_all_path(), {"List-Unsubscribe": "One-Click"})
    assert set(Subscription.objects.all()) == {english, foreign}


def test_a_followed_page_that_was_withdrawn_can_still_be_left(client, register):
    one = follower("/khuyen-nghi/KH-900/")
    assert client.get(one.stop_path()).status_code == 200
    assert client.post(one.stop_path()).status_code == 200


# -- being told


def test_an_update_is_told_to_who_follows_item_province_topic_and_search(register):
    record = Commitment.objects.get(code="CK-1")
    places = [ITEM, "/tinh/ninh-binh/", "/cam-ket/?status=in_progress", "/cap-nhat/"]
    places += [
        f"/linh-vuc/{record.topics.first().slug}/",
        f"/tim-kiem/?q={' '.join(record.title.split()[:3])}",
    ]
    for number, place in enumerate(places):
        follower(place, email=f"a{number}@example.vn")
    follower("/tinh/hue/", email="khong@example.vn")
    assert send_alerts() == ("0 mails sent, 7 without news, 0 failed.\n", None)
    news(text="Bộ đã ban hành\nvăn bản.")
    out, error = send_alerts()
    assert error is None
    told = {message.to[0] for message in mail.outbox}
    assert told == {f"a{number}@example.vn" for number in range(len(places))}
    for message in mail.outbox:
        assert "CK-1" in message.body
        assert "02/09/2024" in message.body
        assert "Bộ đã ban hành văn bản." in message.body
        assert "http://127.0.0.1:8000/cam-ket/CK-1/" in message.body
    assert "@" not in out


@pytest.mark.both_databases
def test_news_is_told_once(register):
    one = follower()
    news()
    send_alerts()
    one.refresh_from_db()
    assert one.mark == last_sequence()
    send_alerts()
    assert len(mail.outbox) == 1


def test_a_mere_reissue_is_no_news(register):
    follower()
    repeat(Edition.objects.current().get(code="CK-1"))
    send_alerts()
    assert mail.outbox == []
    published(edited(Commitment.objects.get(code="CK-1"), detail="Lời khác hẳn."))
    send_alerts()
    assert len(mail.outbox) == 1
    assert "2" in mail.outbox[0].body


def test_a_new_answer_is_news_of_the_request(register):
    request = ProvinceRequest.objects.filter(code__isnull=False).first()
    follower(f"/kien-nghi/{request.code}/")
    published(make_update(request=request, answer="explained", status="unknown"))
    send_alerts()
    assert request.code in mail.outbox[0].body


def test_a_new_record_is_told_to_who_follows_its_list(register):
    follower("/kien-nghi/?province=ninh-binh")
    make_one()
    send_alerts()
    assert "Việc chưa từng có" in mail.outbox[0].body


def make_one(title="Việc chưa từng có"):
    request = make_request(
        title=title,
        meeting=Meeting.objects.get(slug="2024-02-29-ninh-binh"),
        province=Province.objects.get(slug="ninh-binh-2025"),
        source=Source.objects.get(code="NG-1"),
    )
    return published(request)


def test_what_is_not_published_is_told_to_nobody(register):
    follower()
    make_update(commitment=Commitment.objects.get(code="CK-1"), text="Chưa duyệt")
    edited(Commitment.objects.get(code="CK-1"), title="Chưa duyệt")
    send_alerts()
    assert mail.outbox == []


def test_one_address_gets_one_mail_a_language(register):
    follower()
    follower("/tinh/ninh-binh/")
    follower("/cam-ket/", language="en")
    follower("/tinh/hue/")
    news()
    send_alerts()
    assert len(mail.outbox) == 2
    english, vietnamese = sorted(mail.outbox, key=lambda one: "/en/" not in one.body)
    assert vietnamese.body.count("/theo-doi/huy/") == 3
    assert "/tinh/hue/" not in vietnamese.body
    assert "http://127.0.0.1:8000/en/cam-ket/" in english.body
    assert english.extra_headers["Content-Language"] == "en"


def test_a_digest_can_be_ended_by_a_mail_program(client, register):
    follower()
    news()
    send_alerts()
    headers = mail.outbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = urlsplit(headers["List-Unsubscribe"].strip("<>")).path
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Subscription.objects.exists()


def test_no_header_has_a_line_break(register):
    follower(
        f"/kien-nghi/{make_one('Dòng một' + chr(10) + 'Bcc: x@example.vn ' + 'dài ' * 35).code}/"
    )
    published(edited(ProvinceRequest.objects.get(title__startswith="Dòng"), detail="Khác."))
    send_alerts()
    (message,) = mail.outbox
    written = message.message()
    assert all("\n" not in str(value).replace("\n ", "") for value in written.values())
    assert written["Bcc"] is None
    assert len(message.subject) <= 120


def test_the_unconfirmed_are_told_nothing_and_leave_after_seven_days(register):
    now = timezone.now()
    fresh = follower(confirmed_at=None, asked_at=now - timedelta(days=6, hours=23))
    follower("/tinh/hue/", confirmed_at=None, asked_at=now - timedelta(days=7, hours=1))
    kept = follower("/cam-ket/", asked_at=now - timedelta(days=400))
    news()
    send_alerts(dry_run=True)
    assert Subscription.objects.count() == 3
    send_alerts()
    assert set(Subscription.objects.all()) == {fresh, kept}
    assert len(mail.outbox) == 1


def test_a_dry_run_changes_nothing(register):
    one = follower()
    news()
    out, error = send_alerts(dry_run=True)
    assert "1 mails would be sent" in out
    assert error is None
    assert mail.outbox == []
    mark = one.mark
    one.refresh_from_db()
    assert one.mark == mark


@pytest.mark.both_databases
def test_a_failure_stops_nobody_else_and_moves_no_mark(register, refusing):
    marks = {}
    for name in ("a", "b", "c"):
        marks[name] = follower(email=f"{name}@example.vn")
    refusing["b@example.vn"] = SMTPRecipientsRefused({"b@example.vn": (550, b"no")})
    news()
    out, error = send_alerts()
    assert "1 mails were not accepted" in str(error)
    assert "@" not in out + str(error)
    assert {message.to[0] for message in mail.outbox} == {"a@example.vn", "c@example.vn"}
    before = marks["b"].mark
    for one in marks.values():
        one.refresh_from_db()
    assert marks["b"].mark == before < marks["a"].mark == marks["c"].mark
    refusing.clear()
    send_alerts()
    assert [message.to[0] for message in mail.outbox[2:]] == ["b@example.vn"]


def test_a_server_that_takes_nothing_ends_the_run(register, refusing):
    names = [f"a{number}@example.vn" for number in range(IN_A_ROW + 3)]
    for name in names:
        follower(email=name)
        refusing[name] = SMTPServerDisconnected("gone")
    news()
    out, error = send_alerts()
    assert "takes nothing" in str(error)
    assert out.count("failed") == IN_A_ROW
    refusing.clear()
    send_alerts()
    assert len(mail.outbox) == len(names)


def test_a_page_that_is_gone_stops_nobody(register):
    follower("/khuyen-nghi/KH-900/")
    follower("/kien-nghi/?meeting=2000-01-01-gone")
    follower()
    news()
    send_alerts()
    assert len(mail.outbox) == 1


def test_a_withdrawn_record_is_told_no_more(register):
    one = make_one()
    follower(f"/kien-nghi/{one.code}/")
    follower("/kien-nghi/", email="khac@example.vn")
    withdraw(one, by=publisher())
    _out, error = send_alerts()
    assert error is None
    assert mail.outbox == []


def test_telling_asks_as_much_for_thirty_news_as_for_one(register, django_assert_max_num_queries):
    follower("/kien-nghi/")
    for number in range(12):
        make_one(f"Việc số {number}")
    with django_assert_max_num_queries(40):
        send_alerts()
    assert mail.outbox[0].body.count("Việc số") >= 12


# -- who reads the addresses: nobody


@pytest.mark.parametrize("language", ["vi", "en"])
def test_staff_see_numbers_and_no_address(client, register, language):
    follower()
    follower(email="khac@example.vn", confirmed_at=None)
    client.force_login(make_user(is_superuser=True))
    with translation.override(language):
        page = client.get(reverse("admin:engagements_subscription_changelist"))
    assert page.status_code == 200
    text = page.content.decode()
    assert "/cam-ket/CK-1/" in text
    assert "example.vn" not in text
    key = Subscription.objects.first().pk
    for path in (f"{key}/change/", f"{key}/history/", f"{key}/delete/", "add/"):
        assert client.get(f"/admin/engagements/subscription/{path}").status_code == 404
    assert READER not in str(Subscription.objects.first())


def test_an_account_without_a_role_sees_not_even_numbers(client, register):
    client.force_login(make_user())
    page = client.get(reverse("admin:engagements_subscription_changelist"))
    assert page.status_code == 403
