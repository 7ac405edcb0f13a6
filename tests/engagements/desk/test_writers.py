"""Eight people at once: nothing is lost, nothing is made twice, nobody meets a server error."""

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import Client

from engagements.edition.models import Edition
from engagements.models import Commitment, ProvinceRequest, Source, State
from engagements.models.base import PUBLISHED, SUBMITTED, WITHDRAWN
from engagements.publication.reissuing import mismatches
from engagements.roles import ROLES
from tests.concurrency import at_once
from tests.desk import address, opened, posted
from tests.factories import edited, make_commitment, make_request, make_user, published

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

WRITERS = 8


@pytest.fixture
def turns(walk):
    """How often they meet: more often in a full walk."""
    return range(5 if walk else 2)


def signed_in(user):
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


@pytest.fixture
def clients():
    """Eight browsers of two people, who each have every role."""
    people = [make_user(f"nguoi-{n}", ROLES, is_superuser=True) for n in (1, 2)]
    return [signed_in(people[n % 2]) for n in range(WRITERS)]


def posting(client, page, sent):
    return lambda: client.post(page, sent)


def page_of(record):
    return address(type(record), "change", record.pk)


def accepted(answers):
    """How many were saved; the others came back with their form, and none failed."""
    assert {answer.status_code for answer in answers} <= {200, 302}
    return sum(answer.status_code == 302 for answer in answers)


def test_eight_who_look_again_before_each_save_lose_nothing(clients, turns):
    record = make_request(title="Kiến nghị 0")
    sent = opened(clients[0], record)

    def saving(number):
        saved = []
        for turn in turns:
            version = ProvinceRequest.objects.values_list("version", flat=True).get()
            title = f"Kiến nghị {number}.{turn}"
            answer = clients[number].post(
                page_of(record), sent | {"version": version, "title": title}
            )
            assert answer.status_code in (200, 302)
            if answer.status_code == 302:
                saved.append(title)
        return saved

    saved = [
        title
        for titles in at_once(*(lambda n=n: saving(n) for n in range(WRITERS)))
        for title in titles
    ]
    told = list(record.history.order_by("history_id").values_list("title", flat=True))
    assert sorted(told[1:]) == sorted(saved)
    record.refresh_from_db()
    assert (record.title, record.version) == (told[-1], 1 + len(saved))


def test_of_eight_who_save_over_one_reading_one_is_taken(clients, turns):
    record = make_request()
    for turn in turns:
        sent = opened(clients[0], record)
        answers = at_once(
            *(
                posting(client, page_of(record), sent | {"title": f"Lần {turn}, người {n}"})
                for n, client in enumerate(clients)
            )
        )
        assert accepted(answers) == 1
        refused = [one.content.decode() for one in answers if one.status_code == 200]
        record.refresh_from_db()
        assert all(record.title in page for page in refused)  # what they are up against
        assert record.version == 2 + turn


def test_two_who_change_different_fields_lose_neither_unseen(clients, turns):
    record = make_request(title="Cũ", internal_note="")
    for turn in turns:
        sent = opened(clients[0], record)
        words = {"title": f"Tên {turn}"}, {"internal_note": f"Ghi chú {turn}"}
        answers = at_once(
            *(
                posting(client, page_of(record), sent | word)
                for client, word in zip(clients, words, strict=False)
            )
        )
        record.refresh_from_db()
        for answer, word in zip(answers, words, strict=True):
            ((name, said),) = word.items()
            is_kept = getattr(record, name) == said
            assert is_kept == (answer.status_code == 302)
            assert is_kept or said in answer.content.decode()
        assert accepted(answers) == 1


def test_one_step_is_taken_once(clients, turns):
    for _turn in turns:
        record = make_request()
        sent = {"action": "submit_chosen", ACTION_CHECKBOX_NAME: [record.pk]}
        answers = at_once(*(posting(client, address(ProvinceRequest), sent) for client in clients))
        assert {answer.status_code for answer in answers} == {302}
        record.refresh_from_db()
        assert record.state == State.IN_REVIEW
        assert record.history.filter(history_change_reason=SUBMITTED).count() == 1


def test_a_form_sent_eight_times_makes_one_thing(clients, turns):
    for model, words in ((Source, {"title": "Công văn", "type": "official_letter", "rank": "2"}),):
        page = address(model, "add")
        for turn in turns:
            sent = posted(clients[0].get(page)) | words | {"title": f"Công văn {turn}"}
            answers = at_once(*(posting(client, page, sent) for client in clients))
            accepted(answers)
            assert model.objects.filter(title=f"Công văn {turn}").count() == 1


def steps(record):
    return list(
        record.history.filter(history_change_reason__in=[PUBLISHED, WITHDRAWN])
        .order_by("history_id")
        .values_list("history_change_reason", flat=True)
    )


def test_publishing_while_another_edits_ends_as_one_of_the_two_orders(clients, turns):
    for turn in turns:
        record = published(make_request(title=f"Bản đầu {turn}"))
        edited(record, title=f"Bản hai {turn}")
        sent = opened(clients[0], record) | {"title": f"Bản ba {turn}"}
        listed = f"{record.pk}:{type(record).objects.get(pk=record.pk).version}"
        publication = {"action": "publish_chosen", ACTION_CHECKBOX_NAME: [record.pk]}
        publication["listed"] = [listed]
        answers = at_once(
            posting(clients[0], page_of(record), sent),
            posting(clients[1], address(ProvinceRequest), publication),
        )
        assert all(answer.status_code in (200, 302) for answer in answers)
        record.refresh_from_db()
        public = Edition.objects.public().get(code=record.code)
        # Never the third, which the publisher has not seen.
        assert public.data["title"] in (f"Bản đầu {turn}", f"Bản hai {turn}")
        assert record.has_waiting_edit == (public.data["title"] != record.title)
    assert list(mismatches()) == []


def test_withdrawing_while_another_publishes_ends_as_one_of_the_two_orders(clients, turns):
    for turn in turns:
        record = published(make_request(title=f"Bản đầu {turn}"))
        edited(record, title=f"Bản hai {turn}")
        chosen = {ACTION_CHECKBOX_NAME: [record.pk]}
        answers = at_once(
            posting(
                clients[0],
                address(ProvinceRequest),
                chosen | {"action": "withdraw_chosen", "confirmed": "yes"},
            ),
            posting(clients[1], address(ProvinceRequest), chosen | {"action": "publish_chosen"}),
        )
        assert all(answer.status_code in (200, 302) for answer in answers)
        record.refresh_from_db()
        is_public = Edition.objects.public().filter(code=record.code).exists()
        assert is_public == (record.state == State.PUBLISHED)
        assert is_public == (steps(record)[-1] == PUBLISHED)
    assert list(mismatches()) == []


def test_the_code_of_each_new_record_is_its_own(clients):
    """Eight publications at once number eight records without a gap and without a double."""
    meeting = published(make_request()).meeting
    records = [make_commitment(meeting=meeting) for _client in clients]
    at_once(
        *(
            posting(
                client,
                address(Commitment),
                {"action": "publish_chosen", ACTION_CHECKBOX_NAME: [record.pk]},
            )
            for client, record in zip(clients, records, strict=True)
        )
    )
    codes = Commitment.objects.values_list("code", flat=True)
    assert sorted(codes) == [f"CK-{n}" for n in range(1, WRITERS + 1)]
