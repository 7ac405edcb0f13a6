"""Weekly digest by e-mail to staff: what it says, to whom, once a week whatever happens."""

import threading
from datetime import date, timedelta
from io import StringIO
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from engagements import mail as mailer
from engagements.desk.digests import ITEMS_SHOWN, DigestRun, monday_of, take
from engagements.models import Digest, State
from provinces.models import Officer
from tests.factories import (
    make_commitment,
    make_digest,
    make_meeting,
    make_organization,
    make_update,
    make_user,
    published,
)

pytestmark = pytest.mark.django_db
TODAY = date(2025, 3, 12)  # a Wednesday
MONDAY = date(2025, 3, 10)
DAY = timedelta(1)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    cache.clear()
    monkeypatch.setattr(timezone, "localdate", lambda at=None: at.date() if at else TODAY)


@pytest.fixture
def body():
    return make_organization(name="Bộ Mẫu")


def officer(body, roles=("Biên tập",), **values):
    values = {"email": "can.bo@example.vn"} | values
    return make_user(roles=roles, desk=body, **values)


def past_its_day(body, **values):
    values = {"due_on": TODAY - DAY, "due_text": "hôm qua", "lead": body} | values
    return published(make_commitment(**values))


def send(**options):
    out = StringIO()
    try:
        call_command("send_digest", stdout=out, **options)
    except CommandError as error:
        return out.getvalue(), error
    return out.getvalue(), None


# -- what it says


def test_a_digest_has_my_numbers_and_the_first_items(client, body, settings):
    settings.SITE_URL = "https://sat-canh.example.vn"
    user = officer(body)
    items = [past_its_day(body) for _place in range(ITEMS_SHOWN + 2)]
    past_its_day(make_organization(), meeting=make_meeting(ministry=make_organization()))
    out, error = send()
    assert error is None
    assert "1 e-mails sent" in out
    (email,) = mail.outbox
    assert email.to == ["can.bo@example.vn"]
    assert "12/03/2025" in email.subject
    assert "Bộ Mẫu" in email.body
    assert f"ĐÃ QUA THỜI HẠN, CHƯA CÓ THÔNG TIN: {len(items)}\n" in email.body
    for item in items[:ITEMS_SHOWN]:
        line = f"* {item.code} {item.title} (11/03/2025)"
        path = f"https://sat-canh.example.vn/admin/engagements/commitment/{item.pk}/change/"
        assert f"{line}\n  {path}\n" in email.body
    assert items[ITEMS_SHOWN].title not in email.body
    client.force_login(user)
    path = "/admin/engagements/commitment/?needs=past_unknown&whose=desk"
    assert f"https://sat-canh.example.vn{path}" in email.body
    assert client.get(path).context["cl"].result_count == len(items)


def test_the_day_is_the_one_that_counts_now(body):
    officer(body)
    item = past_its_day(body)
    moved = {"new_due_on": TODAY - 5 * DAY, "new_due_text": "sớm hơn"}
    published(make_update(commitment=item, status="unknown", happened_on=TODAY - 30 * DAY, **moved))
    send()
    assert "(07/03/2025)" in mail.outbox[0].body


def test_who_reviews_is_told_what_others_wrote(body):
    reviewer = officer(body, ("Duyệt",))
    mine = make_commitment(state=State.IN_REVIEW, by=reviewer, title="Của tôi")
    theirs = make_commitment(state=State.IN_REVIEW, title="Của người khác")
    send()
    (email,) = mail.outbox
    assert theirs.title in email.body
    assert mine.title not in email.body


def test_nothing_that_is_typed_reaches_a_header(body):
    user = officer(body, first_name="An", last_name="Trần")
    user.first_name = "An\r\nBcc: kẻ-khác@example.vn"
    user.save()
    item = past_its_day(body, title="Dòng một")
    type(item).objects.filter(pk=item.pk).update(title="Dòng một\nBcc: khac@example.vn")
    send()
    (email,) = mail.outbox
    assert email.message()["Bcc"] is None
    assert not any("Bcc" in value for value in email.message().values())
    assert "Dòng một Bcc: khac@example.vn" in email.body
    assert "\nBcc" not in email.body


# -- to whom


@pytest.mark.parametrize(
    "values",
    [
        {"email": ""},
        {"is_active": False},
        {"is_staff": False},
    ],
    ids=lambda values: next(iter(values)),
)
def test_who_cannot_be_written_to_is_not(body, values):
    officer(body, **values)
    past_its_day(body)
    send()
    assert mail.outbox == []


def test_who_wants_no_digest_gets_none(body):
    user = officer(body)
    Officer.objects.filter(user=user).update(is_written_to=False)
    past_its_day(body)
    send()
    assert mail.outbox == []


def test_who_has_no_desk_is_told_what_waits_for_them(body):
    reviewer = make_user(roles=["Duyệt"], email="duyet@example.vn")
    make_user(roles=["Quản trị"], email="quan-tri@example.vn")
    past_its_day(body)
    waits = make_commitment(state=State.IN_REVIEW)
    send()
    (email,) = mail.outbox
    assert email.to == [reviewer.email]
    assert waits.title in email.body
    assert "CHỜ DUYỆT (bạn duyệt được): 1\n" in email.body
    assert "QUA THỜI HẠN" not in email.body  # whose desk it is, is told
    assert "None" not in email.body


def test_an_edit_of_one_s_own_is_called_so(body):
    """As on the first page: it waits for somebody else."""
    user = officer(body)
    make_commitment(state=State.IN_REVIEW, by=user)
    send()
    assert "CHỜ DUYỆT (do bạn sửa): 1\n" in mail.outbox[0].body


def test_who_needs_nothing_gets_none(body):
    officer(body)
    out, _error = send()
    assert "1 people need nothing" in out
    assert mail.outbox == []
    assert not Digest.objects.exists()


def test_a_digest_holds_nothing_that_the_account_may_not_see(body):
    officer(body, roles=())
    past_its_day(body)
    make_commitment(state=State.IN_REVIEW)
    send()
    assert mail.outbox == []


# -- once a week


@pytest.mark.parametrize(
    ("day", "monday"),
    [
        (date(2025, 3, 9), date(2025, 3, 3)),
        (MONDAY, MONDAY),
        (date(2025, 3, 16), MONDAY),
        (date(2025, 1, 1), date(2024, 12, 30)),
    ],
)
def test_a_week_begins_on_monday(day, monday):
    assert monday_of(day) == monday


def test_it_is_sent_once_a_week(body, monkeypatch):
    user = officer(body)
    past_its_day(body)
    send()
    out, error = send()
    assert error is None
    assert "0 e-mails sent" in out
    assert len(mail.outbox) == 1
    digest = Digest.objects.get()
    assert (digest.user, digest.week) == (user, MONDAY)
    assert digest.sent_at is not None
    monkeypatch.setattr(timezone, "localdate", lambda at=None: TODAY + 5 * DAY)
    send()
    assert len(mail.outbox) == 2


def test_a_dry_run_changes_nothing(body):
    officer(body)
    past_its_day(body)
    out, _error = send(dry_run=True)
    assert "1 e-mails would be sent" in out
    assert mail.outbox == []
    assert not Digest.objects.exists()


def test_a_run_that_was_cut_is_made_up_for_after_an_hour(body, monkeypatch):
    """The row is there, and no mail left: for an hour it may still be in another run's hands."""
    user = officer(body)
    past_its_day(body)
    monkeypatch.setattr(DigestRun, "send", lambda *args: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        send()
    monkeypatch.undo()
    monkeypatch.setattr(timezone, "localdate", lambda at=None: at.date() if at else TODAY)
    assert Digest.objects.get().sent_at is None
    send()
    assert mail.outbox == []
    cache.delete(f"digest-{user.pk}-20250310")  # as the hour does
    send()
    assert len(mail.outbox) == 1
    assert Digest.objects.get().sent_at is not None


def test_a_row_left_over_is_taken_by_one_run(body):
    user = officer(body)
    make_digest(user=user, week=MONDAY)
    assert take(user, MONDAY) is not None
    assert take(user, MONDAY) is None


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_send_one_digest(body):
    officer(body)
    past_its_day(body)
    start = threading.Barrier(2)
    lines = []

    def run():
        start.wait()
        lines.append(send())
        connection.close()

    runs = [threading.Thread(target=run) for _place in range(2)]
    for one in runs:
        one.start()
    for one in runs:
        one.join()
    assert [error for _out, error in lines] == [None, None]
    assert len(mail.outbox) == 1
    assert Digest.objects.get().sent_at is not None


# -- when a mail fails


class Failing(EmailBackend):
    """Takes no mail for the addresses named; counts what it was asked."""

    refused = set()
    asked = 0

    def send_messages(self, messages):
        type(self).asked += 1
        if self.refused & set(messages[0].to):
            raise SMTPServerDisconnected
        return super().send_messages(messages)


@pytest.fixture
def server(monkeypatch):
    Failing.refused, Failing.asked = set(), 0
    monkeypatch.setattr(mailer, "get_connection", Failing)
    return Failing


def test_one_failure_stops_nobody_else_and_is_tried_again(body, server):
    officer(body, email="hong@example.vn")
    officer(body, email="tot@example.vn")
    past_its_day(body)
    server.refused = {"hong@example.vn"}
    out, error = send()
    assert error is not None
    assert "1 e-mails sent" in out
    assert "hong@example.vn" not in out
    assert [one.to for one in mail.outbox] == [["tot@example.vn"]]
    server.refused = set()
    _out, error = send()
    assert error is None
    assert [one.to for one in mail.outbox] == [["tot@example.vn"], ["hong@example.vn"]]


def test_a_server_that_is_away_is_not_asked_by_everybody(body, server):
    for place in range(mailer.IN_A_ROW + 3):
        officer(body, email=f"{place}@example.vn")
        server.refused.add(f"{place}@example.vn")
    past_its_day(body)
    _out, error = send()
    assert "takes nothing" in str(error)
    assert server.asked == mailer.IN_A_ROW
