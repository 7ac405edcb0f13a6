"""Every surface that shows a deadline, status or count: after an update, correction, refusal."""

import csv
import gzip
import json
import re
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override
from openpyxl import load_workbook

from engagements.models import Meeting, ProvinceRequest
from tests.desk import address
from tests.factories import (
    edition_of,
    make_attendance,
    make_commitment,
    make_meeting,
    make_official,
    make_organization,
    make_province,
    make_request,
    make_topic,
    make_update,
    published,
)
from tests.pages import read

pytestmark = pytest.mark.django_db
PAGES = [
    "/en/{list}/{code}/",
    "/en/{list}/",
    "/en/tinh/mot-noi/",
    "/en/buoi-lam-viec/buoi-mot/",
    "/en/co-quan/cuc-mau/",
    "/en/can-bo/le-van-ba/",
    "/en/linh-vuc/cap-quang/",
    "/en/tim-kiem/?q=Trạm+phát+sóng",
    "/en/cap-nhat/",
    "/en/",
]
FEEDS = ["/en/{list}/atom.xml", "/en/tinh/mot-noi/atom.xml", "/en/linh-vuc/cap-quang/atom.xml"]
FILES = ["/{list}/du-lieu.csv", "/api/v1/{plural}/?format=csv"]


class Place:
    """One request and one promise of one province, with everything that names them."""

    def __init__(self):
        self.today = timezone.localdate()
        self.due = self.today - timedelta(days=20)
        self.unit = make_province(slug="mot-noi", name="Một Nơi")
        session = make_meeting(slug="buoi-mot", provinces=[self.unit])
        person = make_official(full_name="Lê Văn Ba", slug="le-van-ba")
        make_attendance(meeting=session, official=person)
        unit = make_organization(name="Cục Mẫu", slug="cuc-mau", kind="ministry_unit")
        values = {
            "meeting": session,
            "lead": unit,
            "raised_by": person,
            "topics": [make_topic(name="Cáp quang")],
            "due_on": self.due,
            "due_text": "hạn mẫu",
        }
        self.request = published(make_request(title="Trạm phát sóng: đề nghị", **values))
        self.promise = published(make_commitment(title="Trạm phát sóng: cam kết", **values))


@pytest.fixture(scope="module")
def place(shared_rows):
    return Place()


def updated(place):
    """In progress, as the ministry reports, and past its day."""
    told = {"status": "in_progress", "status_proof": "reported", "deadline": "overdue"}
    published(update_of(place.promise, status="in_progress"))
    words = "In progress, as who owes it reports"
    return place.promise, told, words, "Overdue", {"overdue": 1, "done": 0}


def corrected(place):
    """Done, which was wrong: in progress."""
    wrong = published(update_of(place.promise, status="done", completed_on=place.due))
    published(update_of(place.promise, status="in_progress", corrects=wrong))
    told = {"status": "in_progress", "status_proof": "reported", "deadline": "overdue"}
    words = "In progress, as who owes it reports"
    return place.promise, told, words, "Overdue", {"overdue": 1, "done": 0}


def refused(place):
    """A request that the ministry declined: no clock, and no silence."""
    published(update_of(place.request, status="", answer="declined"))
    told = {"status": "unknown", "answer": "declined", "deadline": "closed"}
    return place.request, told, "Declined", "", {"answered": 1, "unanswered": 0}


def update_of(item, **values):
    name = "request" if isinstance(item, ProvinceRequest) else "commitment"
    day = timezone.localdate() - timedelta(days=3)
    return make_update(**{name: item}, happened_on=day, voice="ministry", **values)


ACTS = [updated, corrected, refused]


@pytest.fixture(scope="module", params=ACTS, ids=[act.__name__ for act in ACTS])
def after(request, place):
    with transaction.atomic():  # each act is undone before the next
        place.item, place.told, place.words, place.deadline, place.counts = request.param(place)
        is_request = place.item is place.request
        place.names = {
            "list": "kien-nghi" if is_request else "cam-ket",
            "plural": "requests" if is_request else "commitments",
            "code": place.item.code,
        }
        yield place
        transaction.set_rollback(True)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_tells_it(client, after, page):
    text = read(client, page.format(**after.names)).text
    start = text.index(after.item.title)
    assert after.words in text[start:], page
    if page not in ("/en/cap-nhat/",):
        assert after.deadline in text[start:], page


@pytest.mark.parametrize("feed", FEEDS)
def test_every_feed_tells_it(client, after, feed):
    content = client.get(feed.format(**after.names)).content.decode()
    entry = content[content.index(after.item.title) :]
    assert after.words.partition(",")[0] in entry
    if after.told.get("status_proof"):
        assert "Reported by who owes it" in entry


def test_the_calendar_tells_it_or_leaves_it_out(client, after):
    content = client.get(f"/en/{after.names['list']}/lich.ics").content
    content = content.replace(b"\r\n ", b"").decode()
    assert (after.item.title in content) == (after.told["deadline"] != "closed")
    assert after.deadline in content


def test_the_briefing_and_its_workbook_tell_it(client, after):
    text = read(client, "/en/tinh/mot-noi/ho-so/").text
    assert after.words in text[text.index("Open items") :]
    book = load_workbook(BytesIO(b"".join(client.get("/en/tinh/mot-noi/ho-so.xlsx"))))
    (row,) = [row for row in book["Open items"].values if row[1] == after.item.code]
    assert after.words.partition(",")[0] in row
    assert (after.deadline or "No clock runs") in row
    assert "No information yet" not in row


def test_the_api_tells_the_same_at_every_door(client, after):
    plural, code = after.names["plural"], after.item.code
    shown = client.get(f"/api/v1/{plural}/{code}/").json()
    assert {name: shown[name] for name in after.told} == after.told
    assert client.get(f"/api/v1/{plural}/").json()["results"] == [shown]
    assert shown in client.get("/api/v1/followups/").json()["results"]
    assert json.loads(client.get(f"/api/v1/{plural}/?format=ndjson").getvalue()) == shown
    last = client.get(f"/api/v1/{plural}/{code}/editions/").json()["results"][-1]["record"]
    assert {name: last[name] for name in after.told if name in last} == {
        name: value for name, value in after.told.items() if name in last
    }
    changes = client.get("/api/v1/changes/?after=0&page_size=200").json()["results"]
    changed = [row["record"] for row in changes if row.get("code") == code][-1]
    assert changed["status"] == after.told["status"]
    for name, value in after.told.items():
        found = client.get(f"/api/v1/{plural}/", {name: value}).json()["results"]
        assert found == [shown], name
    (line,) = client.get("/api/v1/stats/?by=province").json()["results"]
    assert {name: line[name] for name in after.counts} == after.counts


@pytest.mark.parametrize("file", FILES)
def test_every_file_tells_it(client, after, file):
    data = b"".join(client.get(file.format(**after.names))).decode("utf-8-sig")
    (row,) = csv.DictReader(StringIO(data, newline=""))
    assert {name: row[name] for name in after.told} == after.told


def test_the_workbook_of_a_list_tells_it(client, after):
    data = b"".join(client.get(f"/{after.names['list']}/du-lieu.xlsx"))
    heading, row = load_workbook(BytesIO(data)).active.values
    told = dict(zip(heading, row, strict=True))
    assert {name: told[name] for name in after.told} == after.told


def test_the_dump_tells_it(client, after, settings, tmp_path):
    settings.DUMPS_ROOT = tmp_path
    call_command("publish_dump", verbosity=0)
    (file,) = tmp_path.rglob(f"{after.names['plural']}.ndjson*")
    lines = read_any(file).splitlines()
    told = [json.loads(line) for line in lines]
    (row,) = [row for row in told if row["code"] == after.item.code]
    assert {name: row[name] for name in after.told} == after.told


def read_any(file):
    data = file.read_bytes()
    return (gzip.decompress(data) if file.suffix == ".gz" else data).decode()


def test_counts_of_pages_agree(client, after):
    for page in ("/", "/tinh/"):
        (row,) = [row for row in client.get(page).context["rows"] if row["unit"] == after.unit]
        assert {name: row[name] for name in after.counts} == after.counts, page
    facts = client.get("/tinh/mot-noi/").context["facts"]
    told = {figure["name"]: figure["number"] for figure in facts if figure["name"] in after.counts}
    assert told == {name: number for name, number in after.counts.items() if name in told}
    assert told


def test_the_desk_tells_it(staff_client, after):
    model = type(after.item)
    rows = staff_client.get(address(model), {"deadline": after.told["deadline"]})
    assert [row.pk for row in rows.context["cl"].result_list] == [after.item.pk]
    needs = staff_client.get("/admin/").context["needs"]
    overdue = [
        number.number for line in needs.lines if line.name == "overdue" for number in line.everybody
    ]
    assert overdue == [1] * (after.told["deadline"] == "overdue")
    with override("vi"):
        edition = edition_of(after.item)
        told = edition.status_words(), str(edition.deadline().label)
    session = Meeting.objects.get(slug="buoi-mot")
    for page, query in (
        (address(model), {}),
        (address(Meeting) + "next/", {"meeting": session.pk}),
    ):
        row = row_of(after.item, staff_client.get(page, query))
        assert all(words in row for words in told), page
    form = staff_client.get(address(model, "change", after.item.pk)).content.decode()
    assert told[0] in form


def row_of(item, response):
    """What the table of a desk page says of an item, in words."""
    rows = re.findall(r"<tr\b.*?</tr>", response.content.decode(), re.DOTALL)
    (row,) = [row for row in rows if item.title in row]
    return " ".join(re.sub(r"<[^>]+>", " ", row).split())
