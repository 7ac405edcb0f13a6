"""A text that is read, and the steps that the board sends."""

from django.conf import settings

from engagements.models import (
    Proposal,
    Reading,
)
from tests.desk import address
from tests.factories import (
    make_proposal,
)

TEXTS = settings.BASE_DIR / "tests" / "engagements" / "reading" / "texts"
TEXT = """Chiều 16/7/2024, Bộ trưởng Bộ Thử nghiệm Lương Bá Trạc làm việc với tỉnh Bình Minh.
Tỉnh đề nghị Bộ bố trí vốn cho trạm phát sóng, cử chuyên gia về giúp tỉnh và cho thử nghiệm.
Ông Trạc cam kết Bộ sẽ bố trí vốn cho 20 trạm trong năm nay. Ông cho rằng như thế là tốt."""


def asked(reading, quote="bố trí vốn cho trạm phát sóng", **values):
    """A proposal of the text about the province."""
    payload = {"province": "binh-minh"} | values.pop("payload", {})
    return make_proposal(quote, reading=reading, payload=payload, **values)


def page(reading):
    return address(Reading, "change", reading.pk)


def step(client, reading, name, proposal=None, **given):
    """What the script sends."""
    sent = {"step": name, "proposal": proposal.pk if proposal else ""} | given
    return client.post(page(reading), sent, headers={"Accept": "application/json"})


def fresh(proposal):
    return Proposal.objects.get(pk=proposal.pk)
