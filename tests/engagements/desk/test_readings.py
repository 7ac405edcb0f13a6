"""Board of a reading: each decision is kept at once, and what was accepted fills one form."""

import re

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from engagements.desk.readings.keeping import ENGINE, keep_reading
from engagements.desk.readings.rules import LAST, folded_rules, missed, rule_lines
from engagements.models import (
    Attendance,
    Commitment,
    Meeting,
    Proposal,
    ProvinceRequest,
    Reading,
    Source,
)
from engagements.outgoing import Unreachable
from engagements.reading.model import Model
from tests.desk import address, posted, said
from tests.factories import (
    author,
    home,
    make_commitment,
    make_indicator,
    make_meeting,
    make_official,
    make_organization,
    make_proposal,
    make_province,
    make_reading,
    make_request,
    make_source,
    make_user,
    published,
)

pytestmark = pytest.mark.django_db

TEXTS = settings.BASE_DIR / "tests" / "engagements" / "reading" / "texts"
TEXT = """Chiều 16/7/2024, Bộ trưởng Bộ Thử nghiệm Lương Bá Trạc làm việc với tỉnh Bình Minh.
Tỉnh đề nghị Bộ bố trí vốn cho trạm phát sóng, cử chuyên gia về giúp tỉnh và cho thử nghiệm.
Ông Trạc cam kết Bộ sẽ bố trí vốn cho 20 trạm trong năm nay. Ông cho rằng như thế là tốt."""


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


# -- the door


@pytest.fixture
def named(province):
    make_organization(name="Bộ Thử nghiệm", kind="ministry", short_name="Bộ TN")


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


# -- one decision at a time


def test_decisions_are_kept_at_once_and_taken_back(desk, reading, editor):
    proposal = asked(reading)
    answer = step(desk, reading, "accepted", proposal, seen="open")
    assert set(answer.json()) == {"text", "proposals", "silent", "standing", "focus"}
    assert (fresh(proposal).state, fresh(proposal).decided_by) == ("accepted", editor)
    at = fresh(proposal).decided_at
    step(desk, reading, "accepted", proposal, seen="open")  # sent twice
    assert fresh(proposal).decided_at == at
    step(desk, reading, "wrong_kind", proposal, seen="accepted")
    assert (fresh(proposal).state, fresh(proposal).reason) == ("refused", "wrong_kind")
    step(desk, reading, "open", proposal)
    assert (fresh(proposal).state, fresh(proposal).decided_at) == ("open", None)


def test_what_somebody_else_decided_meanwhile_is_told(desk, reading):
    proposal = asked(reading)
    other = Client()
    colleague = make_user("dong-nghiep", roles=["Biên tập"])
    other.force_login(colleague)
    step(other, reading, "not_said", proposal, seen="open")
    answer = step(desk, reading, "accepted", proposal, seen="open")
    assert answer.status_code == 409
    assert "dong-nghiep" in answer.json()["error"]
    assert fresh(proposal).state == "refused"


def test_a_kind_is_turned_and_gets_what_it_needs(desk, reading):
    proposal = asked(reading)
    step(desk, reading, "kind", proposal, kind="commitment")
    assert fresh(proposal).told("kind") == "commitment"
    assert fresh(proposal).told("payload")["strength"] == "explicit"
    assert fresh(proposal).kind == "request"  # what was proposed stays, to be counted
    step(desk, reading, "accepted", proposal)
    assert fresh(proposal).state == "changed"


def test_two_become_one_and_stand_apart_again(desk, reading):
    first, second = asked(reading), asked(reading, "cử chuyên gia về giúp tỉnh")
    step(desk, reading, "merge", second)
    merged = "bố trí vốn cho trạm phát sóng, cử chuyên gia về giúp tỉnh"
    assert fresh(first).told("quote") == merged
    assert (fresh(second).state, fresh(second).parent) == ("moved", first)
    step(desk, reading, "open", second)
    assert fresh(first).told("quote") == first.quote
    assert (fresh(second).state, fresh(second).parent) == ("open", None)


def test_a_list_is_parted(desk, reading):
    proposal = asked(reading, "bố trí vốn cho trạm phát sóng, cử chuyên gia về giúp tỉnh")
    step(desk, reading, "split", proposal)
    quotes = [row.told("quote") for row in reading.proposals.in_order()]
    assert quotes == ["bố trí vốn cho trạm phát sóng", "cử chuyên gia về giúp tỉnh"]
    assert reading.proposals.last().payload["province"] == "binh-minh"
    assert step(desk, reading, "split", proposal).status_code == 409  # nothing to part it at


def test_words_that_became_nothing_are_made_an_item(desk, reading, province):
    quote = "Ông cho rằng như thế là tốt"
    start = reading.paragraphs[2].index(quote)
    reading.silent = [[3, start, start + len(quote)]]
    reading.save()
    field = {"field": "province", "slug": province.slug, "name": province.name}
    make_proposal("tỉnh Bình Minh", reading=reading, kind="meeting", payload=field)
    assert quote in desk.get(page(reading)).content.decode().split('id="silent"')[1]
    place = {"paragraph": 3, "start": start, "end": start + len(quote), "quote": quote}
    answer = step(desk, reading, "add", kind="remark", **place)
    added = Proposal.objects.get(pk=answer.json()["focus"])
    assert (added.kind, added.maker, added.state) == ("remark", "person", "accepted")
    assert quote not in answer.json()["silent"]


def test_only_people_and_figures_are_accepted_all_at_once(desk, reading):
    person = make_proposal(
        "Lương Bá Trạc", reading=reading, kind="attendance", payload={"name": "Lương Bá Trạc"}
    )
    request, figure = asked(reading), asked(reading, "20 trạm", kind="figure")
    for kind in ("attendance", "figure"):
        assert step(desk, reading, "accept_all", kind=kind).status_code == 200
    assert step(desk, reading, "accept_all", kind="request").status_code == 409
    states = [fresh(row).state for row in (person, request, figure)]
    assert states == ["accepted", "open", "open"]  # no indicator was chosen for the figure


FORGED = {
    "words": {"quote": "bố trí vốn cho mọi trạm", "start": 17, "end": 40},
    "elsewhere": {"start": 0, "end": 29},
    "cut": {"quote": "ố trí vốn cho trạm phát sóng", "start": 18},
    "paragraph": {"paragraph": 9},
    "numbers": {"start": "-1", "end": "9" * 40},
    "short": {"quote": "bố trí", "end": 23},
    "nothing": {"quote": "", "start": "", "end": ""},
}


@pytest.mark.parametrize("changes", FORGED.values(), ids=FORGED)
def test_a_forged_quotation_is_refused_and_counted(desk, reading, changes):
    quote = "bố trí vốn cho trạm phát sóng"
    start = reading.paragraphs[1].index(quote)
    place = {"paragraph": 2, "start": start, "end": start + len(quote), "quote": quote}
    answer = step(desk, reading, "add", kind="request", **place | changes)
    assert answer.status_code == 409
    assert not reading.proposals.exists()
    assert Reading.objects.get(pk=reading.pk).refused_quotations == 1


HOSTILE = {
    "no-step": {"step": "publish"},
    "state": {"step": "moved"},
    "changed": {"step": "changed"},
    "kind": {"step": "kind", "kind": "meeting"},
    "update": {"step": "kind", "kind": "update"},
    "add": {"step": "add", "kind": "meeting"},
    "key": {"step": "accepted", "proposal": "9" * 40},
    "change": {"change": "x"},
}


@pytest.mark.parametrize("sent", HOSTILE.values(), ids=HOSTILE)
def test_what_no_board_sends_changes_nothing(desk, reading, sent):
    proposal = asked(reading)
    sent = {"proposal": proposal.pk} | sent
    answer = desk.post(page(reading), sent, headers={"Accept": "application/json"})
    assert answer.status_code == 409
    assert fresh(proposal).state == "open"


def test_a_proposal_of_another_reading_is_none_of_this_one(desk, reading):
    stranger = make_proposal()
    assert step(desk, reading, "accepted", stranger).status_code == 409
    assert fresh(stranger).state == "open"


def test_what_is_changed_is_checked_and_kept(desk, reading):
    make_indicator(name="Số trạm", slug="so-tram")
    figure = asked(reading, "20 trạm", kind="figure", payload={"value": "20", "unit": "trạm"})
    assert "chỉ số" in step(desk, reading, "accepted", figure).json()["error"]
    field = {"field": "province", "slug": "binh-minh", "name": "Bình Minh"}
    make_proposal("tỉnh Bình Minh", reading=reading, kind="meeting", payload=field)
    name = f"change-{figure.pk}"
    sent = {f"{name}-value": "20,5", f"{name}-unit": "trạm", f"{name}-province": "binh-minh"}
    headers = {"Accept": "application/json"}
    answer = desk.post(page(reading), sent | {"change": figure.pk}, headers=headers)
    assert answer.status_code == 422
    assert "bắt buộc" in answer.json()["form"]
    sent[f"{name}-indicator"] = "so-tram"
    desk.post(page(reading), sent | {"change": figure.pk}, headers=headers)
    figure = fresh(figure)
    assert (figure.state, figure.told("payload")["value"]) == ("changed", "20.5")
    assert figure.payload["value"] == "20"


# -- without script


def test_the_whole_form_is_sent_without_script(desk, reading):
    rows = [asked(reading), asked(reading, "cử chuyên gia về giúp tỉnh"), asked(reading, "20 trạm")]
    text = desk.get(page(reading)).content.decode()
    sent = dict.fromkeys(re.findall(r'name="(s-\d+)"', text), "open")
    sent |= {f"d-{row.pk}": "open" for row in rows}
    sent |= {f"d-{rows[0].pk}": "accepted", f"d-{rows[1].pk}": "twice"}
    answer = desk.post(page(reading), sent | {"save": "1"}, follow=True)
    assert "Đã lưu 2 quyết định." in said(answer)
    assert [fresh(row).state for row in rows] == ["accepted", "refused", "open"]


def test_a_quotation_that_is_typed_is_looked_for_in_its_paragraph(desk, reading):
    sent = {"add": "1", "kind": "request", "paragraph": "2", "quote": "cử chuyên gia về giúp tỉnh"}
    desk.post(page(reading), sent)
    added = reading.proposals.get()
    assert reading.holds(added.paragraph, added.start, added.end, added.quote)
    assert added.state == "open"  # of which province it is, was not said


def test_choices_outlive_a_login_that_lapsed(client, reading, editor):
    proposal = asked(reading)
    sent = {f"d-{proposal.pk}": "accepted", f"s-{proposal.pk}": "open", "save": "1"}
    client.get(page(reading), follow=True)  # has the cookie of its forms
    asked_to_log_in = client.post(page(reading), sent)
    held = asked_to_log_in.context["held"]
    editor.set_password("mat-khau-rat-dai")
    editor.save()
    given = {"username": editor.username, "password": "mat-khau-rat-dai", "held": held}
    login = client.post("/admin/login/", given)
    assert login.url == page(reading)
    text = client.get(login.url).content.decode()
    assert fresh(proposal).state == "open"
    chosen = re.search(rf'name="d-{proposal.pk}" value="accepted"\s+checked', text)
    assert chosen is not None


def test_a_script_is_not_told_json_by_the_login_page(client, reading):
    answer = step(client, reading, "accepted", asked(reading))
    assert "json" not in answer.headers["Content-Type"]


def test_a_board_of_thirty_asks_no_more_than_one_of_one(desk, reading):
    def queries():
        with CaptureQueriesContext(connection) as asked_for:
            assert desk.get(page(reading)).status_code == 200
        return len(asked_for)

    asked(reading)
    desk.get(page(reading))
    before = queries()
    for _number in range(29):
        asked(reading)
    assert queries() == before


# -- the session's form


@pytest.fixture
def accepted(reading, province):
    """A session that was accepted whole: who, where, when, a person, a request and its answer."""
    by = {"state": "accepted", "decided_by": author(), "decided_at": "2025-07-01T02:00Z"}
    ministry = home()
    fields = [
        ("Bộ Thử nghiệm", {"field": "ministry", "slug": ministry.slug, "name": ministry.name}),
        ("tỉnh Bình Minh", {"field": "province", "slug": province.slug, "name": province.name}),
        ("16/7/2024", {"field": "held_on", "held_on": "2024-07-16"}),
    ]
    for quote, payload in fields:
        make_proposal(quote, reading=reading, kind="meeting", payload=payload, **by)
    seat = {"name": "Lương Bá Trạc", "title": "Bộ trưởng", "side": "ministry", "role": "chair"}
    make_proposal(
        "Bộ trưởng Bộ Thử nghiệm Lương Bá Trạc",
        reading=reading, kind="attendance", payload=seat, **by,
    )  # fmt: skip
    request = asked(reading, **by)
    answer = {
        "strength": "explicit",
        "made_by": "ministry",
        "answers": [
            {"paragraph": 2, "start": request.start, "end": request.end, "is_inferred": False}
        ],
    }
    asked(reading, "bố trí vốn cho 20 trạm", kind="commitment", payload=answer, **by)
    asked(reading, "cử chuyên gia về giúp tỉnh")  # not decided
    return reading


def opened(desk, reading):
    return desk.get(f"{address(Meeting, 'add')}?reading={reading.pk}")


def test_what_was_accepted_is_saved_in_one_step(desk, accepted, editor):
    form = opened(desk, accepted)
    assert any("chữ của nguồn" in message for message in said(form))
    assert not Source.objects.exists()
    assert not Meeting.objects.exists()
    sent = posted(form)
    assert not [name for name in sent if name.endswith("source") and sent[name]]
    assert sent["commitments-0-answers_lines"] == "1"
    answer = desk.post(f"{address(Meeting, 'add')}?reading={accepted.pk}", sent)
    assert answer.status_code == 302
    reading = Reading.objects.get(pk=accepted.pk)
    meeting, source = Meeting.objects.get(), Source.objects.get()
    assert (reading.meeting, reading.source, meeting.source) == (meeting, source, source)
    assert (source.title, source.text, source.created_by) == ("Bản tin", TEXT, editor)
    request, commitment = ProvinceRequest.objects.get(), Commitment.objects.get()
    assert (request.paragraph, request.quote) == (2, "bố trí vốn cho trạm phát sóng")
    assert list(commitment.answers.all()) == [request]
    assert Attendance.objects.get().official.full_name == "Lương Bá Trạc"
    linked = reading.proposals.exclude(record_key=None)
    records = set(linked.exclude(kind="meeting").values_list("record_kind", "record_key"))
    assert ("provincerequest", request.pk) in records
    assert ("commitment", commitment.pk) in records
    assert len(records) == 3
    saved = linked.get(kind="request")
    assert step(desk, reading, "not_said", saved).status_code == 409
    assert opened(desk, reading).status_code == 404  # it has its session
    saved_form = f"{address(Meeting, 'change', meeting.pk)}?reading={reading.pk}"
    assert desk.get(saved_form).status_code == 200  # where saving and going on leads


def test_a_form_that_is_refused_leaves_no_source(desk, accepted):
    sent = posted(opened(desk, accepted)) | {"held_on": "32/13/2024"}
    answer = desk.post(f"{address(Meeting, 'add')}?reading={accepted.pk}", sent)
    assert answer.status_code == 200
    assert not Source.objects.exists()
    mended = posted(answer) | {"held_on": "16/07/2024"}
    desk.post(f"{address(Meeting, 'add')}?reading={accepted.pk}", mended)
    assert Meeting.objects.get().source.sha256 == accepted.sha256


def test_known_people_are_found_and_known_items_shown(desk, accepted, province):
    make_official(full_name="Lương Bá Trạc")
    form = posted(opened(desk, accepted))
    assert form["attendances-0-official"]
    meeting = make_meeting(ministry=home(), provinces=[province], held_on="2024-07-16")
    quote = "bố trí vốn cho trạm phát sóng"
    known = make_request(meeting=meeting, province=province, title="Bố trí vốn", quote=quote)
    text = desk.get(page(accepted)).content.decode()
    assert f"Giống “{known}”" in text
    assert str(meeting) in text


def test_what_was_accepted_is_added_to_a_session_that_is_there(desk, accepted, province):
    meeting = make_meeting(ministry=home(), provinces=[province], held_on="2024-07-16")
    first = make_request(meeting=meeting, province=province, title="Điều đã ghi")
    own, page_of_it = meeting.source, f"{address(Meeting, 'change', meeting.pk)}?reading="
    assert f"{page_of_it}{accepted.pk}" in desk.get(page(accepted)).content.decode()
    sent = posted(desk.get(f"{page_of_it}{accepted.pk}"))
    assert sent["title"] == meeting.title
    assert sent["commitments-0-answers_lines"] == "2"
    assert desk.post(f"{page_of_it}{accepted.pk}", sent).status_code == 302
    added = ProvinceRequest.objects.exclude(pk=first.pk).get()
    meeting.refresh_from_db()
    assert (meeting.source, first.source == added.source) == (own, False)
    assert added.source.text == TEXT
    assert Commitment.objects.get().answers.get() == added
    assert Reading.objects.get(pk=accepted.pk).meeting == meeting


def test_no_form_is_filled_for_who_may_not_read(client, accepted):
    client.force_login(make_user(roles=["Duyệt"]))
    assert opened(client, accepted).status_code == 403
    client.force_login(make_user(roles=["Biên tập"]))
    for key in ("0", "x", "9" * 40):
        assert client.get(f"{address(Meeting, 'add')}?reading={key}").status_code == 404


# -- measures


def decisions(rule, right, wrong):
    reading = make_reading()
    by = {"decided_by": author(), "rule": rule, "reading": reading}
    for number in range(right + wrong):
        state = {"state": "accepted"} if number < right else {"state": "refused", "reason": "twice"}
        make_proposal(decided_at=f"2025-07-01T02:{number:02}Z", **state, **by)


@pytest.mark.parametrize(
    ("right", "wrong", "folded"),
    [
        pytest.param(17, 13, True, id="seventeen-of-thirty"),
        pytest.param(18, 12, False, id="eighteen-of-thirty"),
        pytest.param(0, LAST - 1, False, id="too-few-to-tell"),
    ],
)
def test_a_rule_that_is_rarely_right_is_folded(right, wrong, folded):
    decisions("request.asks", right, wrong)
    assert ("request.asks" in folded_rules()) is folded


def test_the_page_tells_what_people_made_of_each_rule(desk):
    decisions("request.asks", 2, 1)
    (line,) = rule_lines()
    assert (line.accepted, line.decided, line.reasons) == (2, 3, [("Một việc hai lần", 1)])
    text = desk.get(address(Reading, "rules")).content.decode()
    assert "Một việc hai lần: 1" in text
    assert "67 %" in text


def test_what_no_proposal_became_is_counted_once_public():
    meeting = make_meeting()
    rows = [make_commitment(meeting=meeting) for _number in range(3)]
    reading, by = make_reading(meeting=meeting), {"decided_by": author()}
    for row, maker in zip(rows, ("rules", "person"), strict=False):
        make_proposal(
            reading=reading, maker=maker, state="accepted", decided_at="2025-07-01T02:00Z",
            record_kind="commitment", record_key=row.pk, **by,
        )  # fmt: skip

    def counted():
        line = missed()[1]
        return line.proposed, line.added, line.typed

    assert counted() == (0, 0, 0)
    published(meeting)
    assert counted() == (1, 1, 1)


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
