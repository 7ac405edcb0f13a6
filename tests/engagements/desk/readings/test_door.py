"""Door of the reader: what is read once, what is told, what a model adds."""

import pytest

from engagements.desk.readings.keeping import ENGINE, keep_reading
from engagements.models import (
    Proposal,
    Reading,
    Source,
)
from engagements.outgoing import Unreachable
from engagements.reading.model import Model
from tests.desk import address
from tests.factories import (
    make_organization,
    make_province,
    make_reading,
    make_source,
)

from .steps import TEXT, TEXTS, page

pytestmark = pytest.mark.django_db


def test_a_text_is_read_once(desk, named):
    answer = desk.post(address(Reading, "add"), {"text": TEXT})
    reading = Reading.objects.get()
    assert answer.url == page(reading)
    assert (reading.verdict, reading.way, reading.text) == ("session", "paste", TEXT)
    kinds = set(reading.proposals.values_list("kind", flat=True))
    assert {"meeting", "attendance", "request", "commitment"} <= kinds
    for proposal in reading.proposals.all():
        proposal.full_clean()
    assert desk.post(address(Reading, "add"), {"text": TEXT}).url == page(reading)
    assert Reading.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param({}, "một trong ba", id="nothing"),
        pytest.param({"text": TEXT, "address": "https://a.vn/"}, "một trong ba", id="two"),
        pytest.param({"address": "http://10.0.0.1/"}, "Không đọc được địa chỉ", id="inside"),
    ],
)
def test_the_door_says_why_nothing_was_read(desk, given, message):
    answer = desk.post(address(Reading, "add"), given)
    assert message in answer.content.decode()
    assert not Reading.objects.exists()


def test_the_text_of_a_source_is_read(desk, named):
    source = make_source(text=TEXT)
    door = f"{address(Reading, 'add')}?source={source.pk}"
    assert door in desk.get(address(Source, "change", source.pk)).content.decode()
    assert source.title in desk.get(door).content.decode()
    desk.post(door)
    assert Reading.objects.get().source == source
    for key in ("0", "x", "9" * 30):
        assert desk.get(f"{address(Reading, 'add')}?source={key}").status_code == 404


@pytest.mark.parametrize(
    ("verdict", "words"),
    [("results", "Đọc như văn bản trả lời"), ("neither", "Không soạn gì")],
)
def test_of_another_paper_it_says_so_and_drafts_nothing(desk, verdict, words):
    text = desk.get(page(make_reading(verdict=verdict, rule="gate.results"))).content.decode()
    assert words in text
    assert 'class="card"' not in text


def test_what_is_said_of_two_provinces_is_a_row_for_each(editor):
    make_organization(name="Bộ Công Thương", slug="bo-cong-thuong", kind="ministry")
    for name in ("Hà Giang", "Lạng Sơn"):
        make_province(name=name)
    lines = (TEXTS / "s4-truyen-hinh-ha-giang-lang-son.txt").read_text().splitlines()
    reading = keep_reading([line for line in lines if line.strip()], way="paste", user=editor)
    pair = reading.proposals.filter(kind="commitment").order_by("pk")
    assert [row.payload["province"] for row in pair] == ["ha-giang", "lang-son"]
    assert len({row.quote for row in pair}) == 1
    figures = reading.proposals.filter(kind="figure").order_by("start")
    assert {row.payload["province"] for row in figures} <= {"ha-giang", "lang-son", ""}


def test_a_line_of_day_and_hour_is_no_title(editor, named):
    lines = ["Thứ Hai, 11/05/2020 07:00 GMT+7", *TEXT.split("\n")]
    reading = keep_reading(lines, way="paste", user=editor)
    assert reading.about["title"] == lines[1]


# -- a model beside the rules


@pytest.fixture
def model(settings, monkeypatch):
    """A model that sees one request more; it is away where it is told to be."""
    settings.READER_MODEL_URL, settings.READER_MODEL_NAME = "http://10.0.0.5", "mau-thu"
    settings.READER_MODEL_MAY_READ = "all"
    answers = {"items": []}

    def answer(model, paragraphs, people, seconds):
        if answers["items"] is None:
            raise Unreachable("no answer in time")
        return answers["items"]

    monkeypatch.setattr(Model, "answer", answer)
    return answers


def item_of(quote, kind="recommendation"):
    paragraph = next(n for n, line in enumerate(TEXT.split("\n"), 1) if quote in line)
    words = {"speaker": "unknown", "value_as_written": "", "why": "mô hình thấy"}
    return {"kind": kind, "paragraph": paragraph, "quote": quote} | words


def test_what_a_model_added_is_marked_and_counted(desk, named, model):
    invented = item_of("bố trí vốn cho trạm phát sóng") | {"quote": "không có trong bài này"}
    model["items"] = [item_of("bố trí vốn cho trạm phát sóng"), invented]
    answer = desk.post(address(Reading, "add"), {"text": TEXT}, follow=True)
    reading = Reading.objects.get()
    assert reading.engine == f"{ENGINE}, mau-thu via 10.0.0.5"
    assert reading.heard["refused"] == ["not_verbatim"]
    assert reading.refused_quotations == 1
    (added,) = reading.proposals.filter(maker="model")
    assert (added.rule, added.words) == ("model.said", "mô hình thấy")
    content = answer.content.decode()
    assert "mau-thu" in content
    assert "mô hình tự đọc ra" in content


def test_a_model_that_is_away_is_asked_when_the_text_is_read_again(desk, named, model):
    model["items"] = None
    answer = desk.post(address(Reading, "add"), {"text": TEXT}, follow=True)
    assert "mô hình không trả lời" in answer.content.decode()
    desk.post(address(Reading, "add"), {"text": TEXT})
    assert [row.engine for row in Reading.objects.all()] == [ENGINE]
    model["items"] = [item_of("bố trí vốn cho trạm phát sóng")]
    desk.post(address(Reading, "add"), {"text": TEXT})
    assert Reading.objects.count() == 2
    assert Proposal.objects.filter(maker="model").exists()
