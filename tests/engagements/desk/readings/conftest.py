"""A clerk at the desk, and a text that was read."""

import pytest

from tests.factories import (
    make_organization,
    make_province,
    make_reading,
    make_user,
)

from .steps import TEXT


@pytest.fixture
def editor():
    return make_user(roles=["Biên tập"])


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


@pytest.fixture
def province():
    return make_province(name="Bình Minh")


@pytest.fixture
def reading(province):
    return make_reading(text=TEXT, about={"title": "Bản tin", "type": "press_article", "rank": 4})


@pytest.fixture
def named(province):
    make_organization(name="Bộ Thử nghiệm", kind="ministry", short_name="Bộ TN")
