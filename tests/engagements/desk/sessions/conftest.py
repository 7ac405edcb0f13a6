"""Forms of new sessions, and an earlier one with a province that lives on in another since."""

import pytest
from django.test import Client

from engagements.models import Meeting
from tests.desk import address, posted
from tests.factories import (
    make_meeting,
    make_merger,
    make_organization,
    make_province,
    make_user,
)


@pytest.fixture
def ministry():
    return make_organization(name="Bộ Mẫu")


@pytest.fixture
def before(ministry):
    """An earlier session with a unit that lives on in another since."""
    old = make_province(name="Cũ")
    meeting = make_meeting(ministry=ministry, provinces=[old])
    meeting.old = old
    meeting.heir = make_merger(make_province(name="Mới"), old)
    return meeting


@pytest.fixture
def editor(client, db):
    user = make_user("an", is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture(scope="module")
def untouched(shared_rows):
    """What a browser sends of a new session's form in which nothing was typed."""
    client = Client()
    client.force_login(make_user(is_superuser=True))
    return posted(client.get(address(Meeting, "add")))


@pytest.fixture
def enter(client, untouched):
    """Sends the form of a new session with what is given."""
    return lambda **given: client.post(address(Meeting, "add"), untouched | given)
