"""Keeping a copy in step by the rising sequence."""

import json
import re
import sys
import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.test import Client
from django.utils import timezone

from engagements.edition.models import Edition
from engagements.edition.triggers import lifted
from engagements.publication.publishing import publish, withdraw
from tests.factories import (
    author,
    edited,
    edition_of,
    make_commitment,
    make_request,
    published,
    publisher,
)

pytestmark = pytest.mark.both_databases


def get(client, after=0, **query):
    response = client.get("/api/v1/changes/", {"after": after} | query)
    assert response.status_code == 200, response.content
    return response.json()


def client_of_the_docs():
    """The twenty lines of docs/api.md."""
    words = (settings.BASE_DIR / "docs" / "api.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", words, re.DOTALL)
    (found,) = [block for block in blocks if "urllib" in block]
    return found


class Copy:
    """What those lines do, with pages as small as a test wants."""

    def __init__(self, client, page_size=2):
        self.client, self.page_size, self.after, self.records = client, page_size, 0, {}

    def poll(self):
        while True:
            page = get(self.client, self.after, page_size=self.page_size)
            for row in page["results"]:
                if row["state"] == "withdrawn":
                    self.records.pop((row["kind"], row["code"]), None)
                elif row["state"] == "current":
                    self.records[row["kind"], row["code"]] = row["record"]
            self.after = page["after"]
            if page["next"] is None:
                return self.records


def whole(client):
    """What the lists show, page by page."""
    found = {}
    for name in ("sources", "meetings", "requests", "commitments", "recommendations", "updates"):
        for body in client.get(f"/api/v1/{name}/", {"page_size": 200}).json()["results"]:
            found[body["kind"], body["code"]] = body
    return found


@pytest.mark.django_db
def test_a_copy_ends_as_the_register_stands(client):
    copy = Copy(client)
    first = published(make_request(title="Một"))
    copy.poll()
    second = published(make_request(meeting=first.meeting, title="Hai"))
    publish(edited(first, title="Một, sửa"), by=publisher())
    published(make_commitment(meeting=first.meeting, answers=[first]))
    assert copy.poll() == whole(client)
    withdraw(second, by=publisher())
    assert copy.poll() == whole(client)
    assert ("request", second.code) not in copy.records
    publish(edited(second, title="Hai, lại"), by=publisher())
    assert copy.poll() == whole(client)
    assert copy.records["request", second.code]["title"] == "Hai, lại"


@pytest.mark.django_db
def test_what_was_withdrawn_is_a_code_and_a_day(client):
    request = published(make_request(title="Một bí mật"))
    publish(edited(request, title="Vẫn bí mật"), by=publisher())
    withdraw(request, by=publisher())
    page = get(client)
    assert "bí mật" not in str(page)
    (row,) = [one for one in page["results"] if one["kind"] == "request"]
    assert (row["state"], row["code"], row["record"]) == ("withdrawn", "KN-1", None)


@pytest.mark.django_db
def test_changes_rise_and_lead_on(client):
    first = published(make_request())
    publish(edited(first, title="Sửa"), by=publisher())
    seen, after = [], 0
    while True:
        page = get(client, after, page_size=1)
        seen += [row["sequence"] for row in page["results"]]
        if page["next"] is None:
            break
        assert page["next"] == f"/api/v1/changes/?after={page['after']}&page_size=1"
        after = page["after"]
    assert seen == sorted(set(seen))
    assert seen[-1] == edition_of(first).sequence
    states = [row["state"] for row in get(client)["results"] if row["kind"] == "request"]
    assert states == ["superseded", "current"]
    assert get(client, after=seen[-1]) == {"after": seen[-1], "next": None, "results": []}


@pytest.mark.django_db
def test_a_mark_that_was_never_given_is_refused(client):
    """After a restore from a backup a client must not wait for what it has passed."""
    last = edition_of(published(make_request())).sequence
    assert get(client, last)["results"] == []
    answer = client.get("/api/v1/changes/", {"after": last + 1})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["after"])


@pytest.mark.django_db
def test_changes_of_a_day_and_later(client):
    published(make_request())
    today = timezone.localdate()
    with lifted(connection):
        Edition.objects.update(published_at=F("published_at") - timedelta(days=3))
    old = get(client)["after"]
    new = published(make_request())
    page = client.get("/api/v1/changes/", {"updated_since": today, "page_size": 1})
    assert page.json()["results"][0]["sequence"] > old
    assert page["Link"] == f'<{page.json()["next"]}>; rel="next"'
    codes = [row["code"] for row in get_since(client, today - timedelta(days=3))]
    assert new.code in codes
    assert len(codes) == edition_of(new).sequence
    for query in (
        {"updated_since": "hôm qua"},
        {"updated_since": ""},
        {"updated_since": today, "after": 0},
    ):
        answer = client.get("/api/v1/changes/", query)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["updated_since"])


def get_since(client, day):
    return client.get("/api/v1/changes/", {"updated_since": day}).json()["results"]


@pytest.mark.django_db(transaction=True)
def test_a_publication_held_open_is_not_passed_over(client):
    """While one transaction is open, none that began later can be numbered before it."""
    meeting = published(make_request()).meeting
    slow, quick = make_request(meeting=meeting), make_request(meeting=meeting)
    author(), publisher()
    copy = Copy(client)
    numbered, go_on = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic():
                publish(slow, by=publisher())
                numbered.set()
                assert go_on.wait(20)
        finally:
            numbered.set()
            connection.close()

    def follow():
        try:
            publish(quick, by=publisher())
        finally:
            connection.close()

    holder, follower = threading.Thread(target=hold), threading.Thread(target=follow)
    holder.start()
    assert numbered.wait(20)
    follower.start()
    for _poll in range(5):
        Copy(Client()).poll()
        copy.poll()
    mark = copy.after
    go_on.set()
    holder.join(), follower.join()
    assert copy.poll() == whole(client)
    sequences = [edition_of(one).sequence for one in (slow, quick)]
    assert mark < sequences[0] < sequences[1]


@pytest.fixture
def copied(live_server, tmp_path, monkeypatch):
    """Runs the lines of the docs against the served register: the copy that they keep."""
    kept = tmp_path / "copy.json"
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(sys, "argv", ["copy.py", live_server.url, str(kept)])
    lines = compile(client_of_the_docs(), "docs/api.md", "exec")

    def run():
        exec(lines, {})
        return json.loads(kept.read_text(encoding="utf-8"))

    return run


def as_the_docs_keep_it(listed):
    return {f"{kind} {code}": body for (kind, code), body in listed.items()}


@pytest.mark.django_db(transaction=True)
def test_the_client_of_the_docs_keeps_an_exact_copy(client, copied):
    first = published(make_request(title="Một"))
    assert copied()["records"] == as_the_docs_keep_it(whole(client))
    second = published(make_request(meeting=first.meeting, title="Hai"))
    publish(edited(first, title="Một, sửa"), by=publisher())
    published(make_commitment(meeting=first.meeting, answers=[first]))
    assert copied()["records"] == as_the_docs_keep_it(whole(client))
    withdraw(second, by=publisher())
    said = copied()
    assert said["records"] == as_the_docs_keep_it(whole(client))
    assert f"request {second.code}" not in said["records"]
    assert said["after"] == Edition.objects.last_act()["sequence"]


@pytest.mark.django_db(transaction=True)
def test_the_client_of_the_docs_loses_nothing_behind_an_open_transaction(client, copied):
    """Two writers change the register beneath its polls; the first holds its transaction open."""
    first = published(make_request(title="Một"))
    held = [make_request(meeting=first.meeting, title=f"Giữ {n}") for n in range(3)]
    waiting = [make_request(meeting=first.meeting, title=f"Chờ {n}") for n in range(3)]
    edit = edited(first, title="Một, sửa")
    author(), publisher()
    numbered, go_on = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic():
                for one in held:
                    publish(one, by=publisher())
                withdraw(held[0], by=publisher())
                numbered.set()
                assert go_on.wait(20)
        finally:
            numbered.set()
            connection.close()

    def follow():
        try:
            for one in waiting:
                publish(one, by=publisher())
            publish(edit, by=publisher())
            withdraw(waiting[0], by=publisher())
        finally:
            connection.close()

    holder, follower = threading.Thread(target=hold), threading.Thread(target=follow)
    holder.start()
    assert numbered.wait(20)
    before = copied()
    follower.start()
    for _poll in range(3):
        assert copied() == before  # what is numbered but not committed is in no answer
    go_on.set()
    while follower.is_alive():
        copied()
    holder.join(), follower.join()
    said = copied()
    assert said["records"] == as_the_docs_keep_it(whole(client))
    assert said["after"] == Edition.objects.last_act()["sequence"] > before["after"]
    kept = {body["title"] for body in said["records"].values() if body["kind"] == "request"}
    assert kept == {"Một, sửa", "Giữ 1", "Giữ 2", "Chờ 1", "Chờ 2"}
