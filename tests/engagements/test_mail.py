"""Mailer: plain e-mails, and a run over one connection to a server that may be away."""

import re
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.conf import settings
from django.core import mail as outgoing
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend

from engagements import mail
from engagements.mail import IN_A_ROW, MailRun, ServerAway, plain_email

REFUSED = SMTPRecipientsRefused({})
GONE = SMTPServerDisconnected("gone")


class Server(EmailBackend):
    """Answers each e-mail as its address says; counts how often it is made, opened, closed."""

    answers = {}
    made = opened = closed = 0

    def __init__(self, **options):
        super().__init__(**options)
        Server.made += 1

    def open(self):
        Server.opened += 1

    def close(self):
        Server.closed += 1
        raise GONE  # a server that parts in disorder stops nobody

    def send_messages(self, messages):
        answer = self.answers.get(messages[0].to[0], 1)
        if isinstance(answer, Exception):
            raise answer
        return super().send_messages(messages) if answer else 0


@pytest.fixture
def server(monkeypatch):
    Server.answers, Server.made, Server.opened, Server.closed = {}, 0, 0, 0
    monkeypatch.setattr(mail, "get_connection", Server)
    return Server


class Run(MailRun):
    def __init__(self, number, **kwargs):
        super().__init__(**kwargs)
        self.number = number

    def recipients(self):
        return (f"{place}@example.vn" for place in range(self.number))

    def serve(self, recipient, place):
        if self.dry_run:
            self.would_send(place, "1 thing")
            return
        self.send(EmailMessage("Sát Cánh", "…", to=[recipient]), place, "1 thing")


def run(number, answers=(), **kwargs):
    """(the run, its lines) of so many recipients; ServerAway is left in the lines."""
    Server.answers = {f"{place}@example.vn": answer for place, answer in enumerate(answers)}
    lines = []
    mail_run = Run(number, tell=lines.append, **kwargs)
    try:
        mail_run.run()
    except ServerAway:
        lines.append("away")
    return mail_run, lines


def test_a_run_goes_over_one_connection(server, caplog):
    mail_run, lines = run(3)
    assert lines == [f"{place}/3: told 1 thing" for place in (1, 2, 3)]
    assert (mail_run.count.sent, mail_run.count.failed) == (3, 0)
    assert len(outgoing.outbox) == 3
    assert (server.made, server.closed, "did not part in order" in caplog.text) == (1, 1, True)


@pytest.mark.parametrize(
    ("answers", "failed", "ends"),
    [
        pytest.param([GONE], 1, False, id="one-failure"),
        pytest.param([0], 1, False, id="one-not-accepted"),
        pytest.param([GONE] * IN_A_ROW, IN_A_ROW, True, id="away"),
        pytest.param([0] * IN_A_ROW, IN_A_ROW, True, id="accepts-nothing"),
        pytest.param([GONE] * (IN_A_ROW - 1) + [1, GONE], IN_A_ROW, False, id="back-again"),
        # Refusing an address is an answer: the server is there.
        pytest.param([REFUSED] * (IN_A_ROW + 1), IN_A_ROW + 1, False, id="bad-addresses"),
        pytest.param([GONE] * (IN_A_ROW - 1) + [REFUSED, GONE], IN_A_ROW + 1, False, id="spoke"),
    ],
)
def test_only_a_server_that_is_away_ends_the_run(server, answers, failed, ends):
    mail_run, lines = run(IN_A_ROW + 3, answers)
    assert mail_run.count.failed == failed
    assert (lines[-1] == "away") is ends
    assert mail_run.count.sent == (0 if ends else IN_A_ROW + 3 - failed)
    assert server.closed  # however it ended
    assert "@" not in "".join(lines)


def test_a_dry_run_sends_nothing(server):
    mail_run, lines = run(2, dry_run=True)
    assert lines == ["1/2: would tell 1 thing", "2/2: would tell 1 thing"]
    assert (mail_run.count.sent, server.opened, outgoing.outbox) == (2, 0, [])


def test_an_email_has_one_line_of_subject_and_no_forged_header():
    message = plain_email(
        "a@example.vn", "Một\r\nBcc: khac@example.vn " + "dài " * 50, "subscription_confirm", {}
    )
    assert message.subject.startswith("Một Bcc: khac@example.vn dài")
    assert len(message.subject) == mail.SUBJECT_CHARACTERS
    sent = message.message()
    assert (sent["Bcc"], sent["Auto-Submitted"]) == (None, "auto-generated")
    assert sent["Content-Language"] == settings.LANGUAGE_CODE


def test_emails_are_made_and_sent_in_one_place():
    """Django's own form for a forgotten password sends its own."""
    made = re.compile(r"EmailMessage|EmailMultiAlternatives|send_mail|get_connection|SITE_URL\.")
    offenders = [
        str(path.relative_to(settings.BASE_DIR))
        for path in (settings.BASE_DIR / "engagements").rglob("*.py")
        if path.name != "mail.py" and made.search(path.read_text(encoding="utf-8"))
    ]
    assert offenders == []
