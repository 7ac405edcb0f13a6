"""A forgotten password: a link by mail, told alike to everybody, that opens once within an hour."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from engagements.desk import passwords
from tests.factories import make_user

pytestmark = pytest.mark.django_db
NEW = "mot-mat-khau-moi-dai"


@pytest.fixture(autouse=True)
def no_limits_left_over():
    cache.clear()


@pytest.fixture
def officer():
    return make_user("an", email="an@bo.example.vn", password="mot-mat-khau-cu-dai")


def ask(client, email):
    return client.post(reverse("admin_password_reset"), {"email": email})


def link():
    """The path in the last mail."""
    return re.search(r"http://127\.0\.0\.1:8000(/\S+)", mail.outbox[-1].body)[1]


def choose(client, path, password=NEW):
    form = client.get(path, follow=True)
    sent = {"new_password1": password, "new_password2": password}
    return client.post(form.request["PATH_INFO"], sent)


def test_the_login_page_leads_there(client):
    page = client.get("/admin/login/").content.decode()
    assert f'href="{reverse("admin_password_reset")}"' in page


def test_a_link_comes_by_mail_in_vietnamese(client, officer):
    assert ask(client, "AN@bo.example.vn").url == reverse("password_reset_done")
    (sent,) = mail.outbox
    assert sent.to == ["an@bo.example.vn"]
    assert sent.subject == "Sát Cánh: đặt lại mật khẩu"
    assert "“an”" in sent.body
    assert "một giờ" in sent.body


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(None, id="unknown"),
        pytest.param({"is_active": False}, id="switched-off"),
        pytest.param({"is_staff": False}, id="not-of-the-staff"),
        pytest.param({"password": None}, id="without-a-password"),
    ],
)
def test_who_gets_no_mail_is_told_the_same(client, officer, values):
    if values is not None:
        make_user(email="binh@bo.example.vn", **{"password": "mot-mat-khau-cu-dai"} | values)
    told = [ask(client, email) for email in ("an@bo.example.vn", "binh@bo.example.vn")]
    assert [one.url for one in told] == [reverse("password_reset_done")] * 2
    assert [one.to for one in mail.outbox] == [["an@bo.example.vn"]]


def test_a_mail_server_that_is_away_tells_nobody_who_has_an_account(client, officer, monkeypatch):
    def broken(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.message.EmailMessage.send", broken)
    assert ask(client, officer.email).url == reverse("password_reset_done")


def test_the_link_bears_our_address_whatever_the_request_says(client, officer, settings):
    settings.ALLOWED_HOSTS = ["*"]
    sent = {"email": officer.email}
    client.post(reverse("admin_password_reset"), sent, headers={"host": "evil.example"})
    assert "evil.example" not in mail.outbox[0].body
    assert link()


def test_the_link_changes_the_password_once_and_ends_every_session(client, officer):
    elsewhere = Client()
    elsewhere.force_login(officer)
    ask(client, officer.email)
    path = link()
    assert choose(client, path).url == reverse("password_reset_complete")
    assert elsewhere.get("/admin/").status_code == 302
    officer.refresh_from_db()
    assert officer.check_password(NEW)
    assert "_auth_user_id" not in client.session
    again = Client().get(path, follow=True)
    assert again.context["validlink"] is False


def test_the_link_is_dead_after_an_hour(client, officer, monkeypatch):
    ask(client, officer.email)
    tokens = passwords.views.default_token_generator
    now = tokens._now()
    for minutes, is_valid in ((59, True), (61, False)):
        monkeypatch.setattr(tokens, "_now", lambda later=minutes: now + timedelta(minutes=later))
        assert Client().get(link(), follow=True).context["validlink"] is is_valid


def test_a_weak_password_is_refused_with_its_reason(client, officer):
    ask(client, officer.email)
    answer = choose(client, link(), "12345")
    assert answer.status_code == 200
    assert answer.context["form"].errors
    officer.refresh_from_db()
    assert not officer.check_password("12345")


def test_one_address_gets_so_many_mails_an_hour_and_the_answer_stays_the_same(officer):
    for place in range(passwords.RESET_EMAILS.an_hour + 2):
        answer = Client(REMOTE_ADDR=f"10.0.{place}.1").post(
            reverse("admin_password_reset"), {"email": officer.email}
        )
        assert answer.url == reverse("password_reset_done")
    assert len(mail.outbox) == passwords.RESET_EMAILS.an_hour


def test_one_corner_of_the_net_asks_so_often_an_hour(client, officer):
    for place in range(passwords.RESETS.an_hour):
        assert ask(client, f"ai-do-{place}@example.vn").status_code == 302
    answer = ask(client, officer.email)
    assert (answer.status_code, answer["Retry-After"]) == (429, "3600")
    assert answer.context["form"]["email"].value() == officer.email
    assert not mail.outbox


@pytest.mark.parametrize("email", ["", "khong-phai-thu", "a@b.vn\r\nBcc: c@d.vn", "\x00@b.vn"])
def test_what_is_no_address_is_told_so(client, email):
    answer = ask(client, email)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not mail.outbox


@pytest.mark.parametrize("uid", ["MQ", "%FF", "0", "x" * 300])
def test_an_invented_link_opens_nothing(client, uid):
    answer = client.get(f"/admin/quen-mat-khau/{uid}/set-password/", follow=True)
    assert answer.status_code in (200, 400, 404)
    if answer.status_code == 200:
        assert answer.context["validlink"] is False


def test_no_page_of_it_is_kept_or_takes_another_method(client):
    for name in ("admin_password_reset", "password_reset_done", "password_reset_complete"):
        assert "no-store" in client.get(reverse(name))["Cache-Control"]
        assert client.put(reverse(name)).status_code == 405


def test_who_is_logged_in_changes_their_own_password_and_stays(client, officer):
    elsewhere = Client()
    for one in (client, elsewhere):
        one.force_login(officer)
    sent = {
        "old_password": "mot-mat-khau-cu-dai",
        "new_password1": NEW,
        "new_password2": NEW,
    }
    assert client.post(reverse("admin:password_change"), sent).status_code == 302
    assert client.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302
