"""An earlier session, with a province that lives on in another since."""

import pytest

from tests.factories import make_meeting, make_merger, make_organization, make_province


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
