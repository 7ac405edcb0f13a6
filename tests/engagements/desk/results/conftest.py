"""A clerk, three items that the public reads, and a letter about them."""

import pytest
from django.utils import translation

from tests.factories import (
    make_commitment,
    make_meeting,
    make_province,
    make_recommendation,
    make_request,
    make_user,
    published,
)

from .steps import LETTER


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def editor(client, db):
    user = make_user("an", ["Biên tập"])
    client.force_login(user)
    return user


@pytest.fixture
def items(db):
    """A commitment, advice and a request of one session, which the public reads."""
    meeting = make_meeting(provinces=[make_province(name="Bình Minh")])
    given = {"meeting": meeting, "province": meeting.provinces.get()}
    return {
        "commitment": published(make_commitment(title="Cấp máy tính cho trường học", **given)),
        "advice": published(make_recommendation(title="Lập tổ công nghệ số", **given)),
        "request": published(make_request(title="Sửa cầu Suối Lạnh", **given)),
    }


@pytest.fixture
def letter(items):
    return LETTER.format(**{name: item.code for name, item in items.items()})
