"""A changed name that many editions bear: issued again in batches, by a worker that may end."""

import os
import re
import signal

import pytest
from django.core.management import call_command
from django.db import OperationalError

from engagements.edition.models import Edition
from engagements.management.commands import work
from engagements.publication import reissuing
from engagements.publication.models import PendingReissue
from engagements.publication.reissuing import carry_on, mismatches, reissue_naming, reissue_placed
from tests.desk import save
from tests.factories import (
    edition_of,
    make_attendance,
    make_commitment,
    make_figure,
    make_meeting,
    make_merger,
    make_official,
    make_province,
    published,
)

pytestmark = pytest.mark.both_databases


@pytest.fixture
def batches(monkeypatch):
    """So few at once that a small register has several batches."""
    monkeypatch.setattr(reissuing, "AT_ONCE", 3)
    monkeypatch.setattr(reissuing, "BATCH", 2)


@pytest.fixture
def ministry(db):
    """A ministry that a session and four promises at it name."""
    meeting = published(make_meeting())
    for _place in range(4):
        published(make_commitment(meeting=meeting, lead=meeting.ministry))
    return meeting.ministry


def renamed(row, name, column="name"):
    setattr(row, column, name)
    row.save()
    return row


def bearing(name):
    return [row for row in Edition.objects.current() if name in row.payload]


def test_few_are_issued_at_once(ministry):
    reissue = reissue_naming(organization=renamed(ministry, "Bộ Mới"))
    assert reissue.editions
    assert not reissue.waiting
    assert not PendingReissue.objects.exists()
    assert list(mismatches()) == []


def test_many_wait_and_are_carried_on_in_batches(batches, ministry):
    renamed(ministry, "Bộ Mới")
    total = Edition.objects.current().filter(links__organization=ministry).distinct().count()
    before = Edition.objects.count()
    reissue = reissue_naming(organization=ministry)
    (waiting,) = reissue.waiting
    assert (waiting.total, reissue.editions, Edition.objects.count()) == (total, [], before)
    steps = 0
    while carry_on():
        steps += 1
    assert steps == total // 2 + 1
    assert list(mismatches()) == []
    assert bearing("Bộ Mới")


@pytest.fixture
def waiting(batches, db):
    """An official whom five sessions name, under a new name that waits for the worker."""
    official = make_official()
    for _place in range(5):
        published(make_attendance(official=official).meeting)
    reissue_naming(official=renamed(official, "Tên Mới", "full_name"))
    return official


def test_until_a_batch_comes_the_public_reads_the_old_name(waiting):
    assert bearing("Tên Mới") == []
    carry_on()
    assert len(bearing("Tên Mới")) == 2
    assert str(PendingReissue.objects.get()) == "Tên Mới: 2/5"


def test_a_batch_that_fails_is_begun_again(waiting, monkeypatch):
    carry_on()

    def fail(act):
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(reissuing.Act, "carry_out", fail)
        with pytest.raises(RuntimeError):
            carry_on()
    assert PendingReissue.objects.get().looked_at == 2
    call_command("work", until_done=True, verbosity=0)
    assert len(bearing("Tên Mới")) == 5
    assert not PendingReissue.objects.exists()


def test_where_nothing_waits_nobody_waits_for_the_worker(db, django_assert_num_queries):
    with django_assert_num_queries(3) as asked:  # a savepoint and its release around one question
        assert carry_on() is None
    assert not [query for query in asked if "pg_advisory" in query["sql"]]


def test_a_second_name_begins_anew(waiting):
    carry_on()
    reissue_naming(official=renamed(waiting, "Tên Ba", "full_name"))
    assert PendingReissue.objects.get().after == 0
    call_command("work", until_done=True, verbosity=0)
    assert len(bearing("Tên Ba")) == 5


def test_what_is_published_meanwhile_has_the_new_name_and_is_not_issued_twice(waiting):
    seat = make_attendance(official=waiting)
    published(seat.meeting)
    number = edition_of(seat.meeting).number
    assert "Tên Mới" in edition_of(seat.meeting).payload
    call_command("work", until_done=True, verbosity=0)
    assert edition_of(seat.meeting).number == number
    assert list(mismatches()) == []


def test_units_wait_too_and_each_edition_is_told_anew(batches, db):
    old = make_province()
    for _place in range(5):
        published(make_figure(province=old))
    new = make_province()
    make_merger(new, old)
    last = Edition.objects.latest("sequence").sequence
    reissue = reissue_placed(old, new)
    assert {waiting.province for waiting in reissue.waiting} == {old, new}
    call_command("work", until_done=True, verbosity=0)
    issued = Edition.objects.filter(sequence__gt=last, province=old)
    assert issued.values("record").distinct().count() >= 5
    assert list(mismatches()) == []


def test_the_desk_says_that_it_takes_a_while(waiting, admin_client):
    page = admin_client.get("/admin/").content.decode()
    assert "“Tên Mới”" in page
    assert "0/5" in page.replace(" trên ", "/").replace(" of ", "/")
    answer = save(admin_client, waiting, full_name="Tên Bốn")
    assert answer.status_code == 302
    told = admin_client.get(answer["Location"]).content.decode()
    assert re.search(r"Tên Bốn \w+ \w+ 5 ", told)


def test_recompose_says_that_names_are_under_way(waiting, capsys):
    call_command("recompose")
    assert "1 changed names" in capsys.readouterr().out


# -- the process


@pytest.fixture
def counted(monkeypatch):
    """A worker that always finds a batch; at its third, `then` happens."""

    def count(then):
        looked = []

        def carry_on():
            looked.append(True)
            if len(looked) == 3:
                then()
            return "lô"

        monkeypatch.setattr(work, "carry_on", carry_on)
        monkeypatch.setattr(work, "close_old_connections", lambda: None)
        return looked

    return count


def test_a_worker_that_is_told_to_stop_ends_after_its_batch(counted, capsys):
    looked = counted(lambda: os.kill(os.getpid(), signal.SIGTERM))
    handler = signal.getsignal(signal.SIGTERM)
    call_command("work")
    assert len(looked) == 3 == capsys.readouterr().out.count("lô")
    assert signal.getsignal(signal.SIGTERM) == handler


def test_a_worker_ends_with_the_server_that_it_stands_beside(counted, monkeypatch):
    looked = counted(lambda: monkeypatch.setattr(work.os, "getppid", lambda: 1))
    call_command("work", beside_parent=True, verbosity=0)
    assert len(looked) == 3


def test_a_database_that_is_away_is_asked_again(monkeypatch, capsys):
    monkeypatch.setattr(work, "SECONDS", 0)
    asked = []

    def away():
        asked.append(True)
        if len(asked) == 4:
            os.kill(os.getpid(), signal.SIGTERM)
        raise OperationalError("away")

    monkeypatch.setattr(work, "carry_on", away)
    monkeypatch.setattr(work, "close_old_connections", lambda: None)
    call_command("work")
    assert len(asked) == 4
    assert "away" in capsys.readouterr().err
    with pytest.raises(OperationalError):
        call_command("work", until_done=True)
