"""The site: a form that is sent after the login has lapsed comes back, filled and unsaved."""

import pytest
from django.test import Client

from engagements.models import Meeting, Source
from tests.desk import address, opened, posted, said
from tests.factories import make_source, make_user


@pytest.fixture
def tab(db):
    """A browser that keeps and shows the tokens of its forms."""
    make_user("an", is_superuser=True, password="mat-khau-rat-dai")
    client = Client(enforce_csrf_checks=True)
    token = log_in(client, {"next": "/admin/"})
    assert token.status_code == 302
    return client


def log_in(client, given):
    page = client.get("/admin/login/")
    if page.status_code == 302:
        page = client.get("/admin/")
    given = {"username": "an", "password": "mat-khau-rat-dai"} | given
    return client.post("/admin/login/", given | {"csrfmiddlewaretoken": token_of(client)})


def again(record):
    return type(record).objects.get(pk=record.pk)


def token_of(client):
    return client.cookies["csrftoken"].value


def end_session(client):
    del client.cookies["sessionid"]


def test_a_form_sent_after_the_session_ended_comes_back_filled(tab):
    record = make_source(title="Một")
    sent = opened(tab, record) | {"title": "An đã viết"}
    path = address(Source, "change", record.pk)
    end_session(tab)
    asked = tab.post(path, sent | {"csrfmiddlewaretoken": token_of(tab)})
    assert asked.status_code == 200
    assert "no-store" in asked["Cache-Control"]
    held = asked.context["held"]
    assert "An đã viết" not in held  # packed, and signed
    assert f'action="{"/admin/login/"}"' in asked.content.decode()

    wrong = log_in(tab, {"password": "sai", "held": held, "next": path})
    assert wrong.context["held"] == held  # kept for the next try
    answer = log_in(tab, {"held": held, "next": "https://evil.example/"})
    assert (answer.status_code, answer["Location"]) == (302, path)
    shown = tab.get(path)
    assert posted(shown)["title"] == "An đã viết"
    assert len(said(shown)) == 1
    assert again(record).title == "Một"
    assert posted(tab.get(path))["title"] == "Một"  # told once
    saved = tab.post(path, posted(shown) | {"csrfmiddlewaretoken": token_of(tab)})
    assert saved.status_code == 302
    assert again(record).title == "An đã viết"


def test_a_new_session_with_its_rows_comes_back_too(tab):
    path = address(Meeting, "add")
    sent = posted(tab.get(path)) | {"title": "Buổi mới"}
    sent |= {
        "provincerequests-TOTAL_FORMS": 1,
        "provincerequests-0-title": "Xin hỗ trợ",
        "csrfmiddlewaretoken": token_of(tab),
    }
    end_session(tab)
    held = tab.post(path, sent).context["held"]
    log_in(tab, {"held": held})
    shown = posted(tab.get(path))
    assert (shown["title"], shown["provincerequests-0-title"]) == ("Buổi mới", "Xin hỗ trợ")
    assert not Meeting.objects.exists()


def test_a_form_is_planted_by_nobody(tab):
    """What another browser sent, or nobody signed, is not taken; no token, nothing held."""
    record = make_source(title="Một")
    path = address(Source, "change", record.pk)
    sent = opened(tab, record) | {"title": "Cài vào"}
    end_session(tab)
    assert tab.post(path, sent).status_code == 403
    held = tab.post(path, sent | {"csrfmiddlewaretoken": token_of(tab)}).context["held"]
    other = Client(enforce_csrf_checks=True)
    for planted in (held, held[:-1] + "x", "abc", ""):
        answer = log_in(other, {"held": planted, "next": path})
        assert answer.status_code == 302
        assert posted(other.get(path))["title"] == "Một"
        other.post("/admin/logout/", {"csrfmiddlewaretoken": token_of(other)})


def test_files_and_passwords_are_not_held(tab, tmp_path):
    path = address(Source, "add")
    sent = posted(tab.get(path)) | {"csrfmiddlewaretoken": token_of(tab)}
    end_session(tab)
    scan = tmp_path / "thong-bao.pdf"
    scan.write_bytes(b"%PDF-1.7")
    with scan.open("rb") as file:
        asked = tab.post(path, sent | {"scan": file})
    assert "thong-bao.pdf" in asked.content.decode()
    given = {"username": "b", "password1": "x", "csrfmiddlewaretoken": token_of(tab)}
    assert tab.post("/admin/auth/user/add/", given).status_code == 302


def test_a_form_too_long_to_be_held_is_said_to_be(tab, settings):
    path = address(Source, "add")
    sent = posted(tab.get(path)) | {"csrfmiddlewaretoken": token_of(tab)}
    end_session(tab)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 200
    asked = tab.post(path, sent, content_type="application/x-www-form-urlencoded")
    assert asked.status_code in (400, 403)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 500
    asked = tab.post(path, sent)
    assert asked.status_code == 200
    assert asked.context["held"] == ""


def test_an_action_of_a_list_is_not_held(tab):
    record = make_source()
    sent = {"action": "submit_chosen", "_selected_action": record.pk}
    end_session(tab)
    answer = tab.post(address(Source), sent | {"csrfmiddlewaretoken": token_of(tab)})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")
