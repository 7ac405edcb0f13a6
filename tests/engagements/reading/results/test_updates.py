"""Updates: which fields of a StatusUpdate each kind of news fills, and that they can be saved."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engagements.models import StatusUpdate
from engagements.publication.publishing import withdraw
from engagements.reading.results.items import Match, OpenItem
from engagements.reading.results.kinds import NewsKind
from engagements.reading.results.papers import PaperOfResults
from engagements.reading.results.passages import Passage
from engagements.reading.results.proposals import payload_of, proposals_of
from engagements.reading.results.reader import ItemNews, ResultsReader, read_results
from engagements.reading.results.store import (
    OrganizationNames,
    RestingUpdates,
    items_named_in,
    items_with_codes,
    open_items,
)
from engagements.reading.results.updates import update_values
from engagements.reading.store import load_names
from engagements.reading.text import Document, paragraphs_of
from tests.factories import (
    make_commitment,
    make_meeting,
    make_merger,
    make_organization,
    make_organization_succession,
    make_province,
    make_recommendation,
    make_request,
    make_source,
    make_update,
    published,
    publisher,
)

from .conftest import TEXTS, read, read_text
from .test_news import told_in

MINISTRY = PaperOfResults(
    is_of_results=True, body="Bộ Xây dựng", side="ministry", issued_on=date(2026, 11, 16)
)
PROVINCE = replace(MINISTRY, body="UBND tỉnh Phú Thọ", side="province")
REQUEST, COMMITMENT, ADVICE = (
    OpenItem(code, kind, "Việc A", own_papers=("77/TB-BXD",))
    for code, kind in [("KN-1", "request"), ("CK-1", "commitment"), ("KH-1", "recommendation")]
)
SAID = {
    "done": "đã hoàn thành ngày 12/10/2026",
    "done-undated": "đã hoàn thành",
    "partly": "hoàn thành một phần",
    "progress": "đang thực hiện, dự kiến xong trước ngày 30/6/2027",
    "taken-up": "tỉnh tiếp thu và đang thực hiện",
    "not-started": "chưa thực hiện",
    "holding": "sẽ có văn bản trả lời trước ngày 15/01/2027",
    "not-ours": "thuộc thẩm quyền của Bộ Tài chính",
    "answered": "đã được trả lời tại Công văn số 22/BXD ngày 14/3/2026",
    "refused": "không chấp thuận",
    "explained": "theo quy định tại Điều 12 Luật Đường bộ, việc này do tỉnh quyết định",
    "recalled": "thu hồi Công văn số 55/BXD ngày 18/8/2026",
    "recalled-own": "thu hồi Thông báo số 77/TB-BXD ngày 28/4/2026",
}
LETTER_HEAD = """\
ỦY BAN NHÂN DÂN TỈNH LÂM ĐỒNG
Số: 8/UBND-VX
Lâm Đồng, ngày 18 tháng 11 năm 2026
Kính gửi: Bộ Chủ Trì
Phúc đáp Công văn số 3/BCT, tỉnh báo cáo như sau:
"""
STANDING = ("status", "answer", "response", "completed_on")


def row_of(text, item, paper):
    news = told_in(text, paper, item)
    passage = Passage(1, 0, len(text), text)
    return ItemNews(
        passage, Match((item,), "code", item.code, 1.0), news, text[news.start : news.end]
    )


@pytest.mark.parametrize(
    ("said", "item", "paper", "filled"),
    [
        ("done", COMMITMENT, MINISTRY, {"status": "done", "completed_on": date(2026, 10, 12)}),
        ("done-undated", COMMITMENT, MINISTRY, {"status": "done"}),
        ("done-undated", ADVICE, PROVINCE, {"status": "done", "response": "taken_up"}),
        ("partly", ADVICE, PROVINCE, {"status": "partly_done", "response": "in_part"}),
        ("progress", REQUEST, MINISTRY, {"status": "in_progress"}),
        ("progress", ADVICE, PROVINCE, {"status": "in_progress"}),
        ("taken-up", ADVICE, PROVINCE, {"status": "in_progress", "response": "taken_up"}),
        ("taken-up", COMMITMENT, PROVINCE, {"status": "in_progress"}),
        ("not-started", REQUEST, PROVINCE, {"status": "not_started"}),
        ("holding", REQUEST, MINISTRY, {}),
        ("not-ours", REQUEST, MINISTRY, {"answer": "passed_on"}),
        ("not-ours", COMMITMENT, MINISTRY, {"status": "transferred"}),
        ("answered", REQUEST, MINISTRY, {}),
        ("refused", REQUEST, MINISTRY, {"answer": "declined"}),
        ("refused", COMMITMENT, MINISTRY, {"status": "dropped"}),
        ("refused", ADVICE, PROVINCE, {"response": "not_taken_up"}),
        ("explained", REQUEST, MINISTRY, {"answer": "explained"}),
        ("explained", COMMITMENT, MINISTRY, {}),
        ("recalled", COMMITMENT, MINISTRY, {}),
        ("recalled-own", COMMITMENT, MINISTRY, {"status": "dropped"}),
        ("recalled-own", REQUEST, MINISTRY, {}),
    ],
)
def test_fields_by_kind_of_news_and_of_item(said, item, paper, filled):
    values = update_values(row_of(SAID[said], item, paper), paper)
    assert {name: values[name] for name in STANDING if name in values} == filled
    assert values["voice"] == paper.side
    assert values["basis"] == "source"
    assert values["text"].startswith(paper.body)


def test_a_promise_to_answer_is_a_next_step():
    values = update_values(row_of(SAID["holding"], REQUEST, MINISTRY), MINISTRY)
    told = {name: values[name] for name in ("next_step", "next_on", "next_by", "happened_on")}
    assert told == {
        "next_step": "Trả lời bằng văn bản",
        "next_on": date(2027, 1, 15),
        "next_by": "Bộ Xây dựng",
        "happened_on": date(2026, 11, 16),
    }


def test_deadline_moves_with_its_words():
    values = update_values(row_of(SAID["progress"], REQUEST, MINISTRY), MINISTRY)
    assert values["new_due_on"] == date(2027, 6, 30)
    assert values["new_due_text"] == "trước ngày 30/6/2027"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("thuộc thẩm quyền của Bộ Tài chính", ", thuộc Bộ Tài chính."),
        ("đã chuyển Bộ Tài chính xử lý", ", đã chuyển Bộ Tài chính."),
        ("nội dung này không thuộc thẩm quyền", "."),
    ],
)  # fmt: skip
def test_it_was_handed_on_only_where_the_paper_says_so(said, told):
    values = update_values(row_of(said, REQUEST, MINISTRY), MINISTRY)
    ours = "nội dung này không thuộc thẩm quyền của mình"
    assert values["text"] == f"Bộ Xây dựng trả lời: {ours}{told}"


def test_kind_and_item_that_a_person_chose():
    row = row_of(SAID["progress"], REQUEST, PROVINCE)
    values = update_values(row, PROVINCE, kind="not_taken_up", item=ADVICE)
    assert values["response"] == "not_taken_up"
    assert "status" not in values
    assert "new_due_on" not in values


@pytest.mark.django_db
@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("target", ["request", "commitment", "recommendation"])
def test_every_update_keeps_the_rules_of_the_register(said, target):
    makers = {
        "request": (make_request, REQUEST),
        "commitment": (make_commitment, COMMITMENT),
        "recommendation": (make_recommendation, ADVICE),
    }
    make, item = makers[target]
    paper = PROVINCE if target == "recommendation" else MINISTRY
    values = update_values(row_of(SAID[said], item, paper), paper)
    values.pop("takes_back_number", None)
    for name in ("passed_to", "next_by"):
        if name in values:
            values[name] = make_organization(name=values[name] or "Bộ Tài chính")
    source = make_source(text=SAID[said])
    update = StatusUpdate(**{target: make()}, source=source, **values)
    update.created_by = update.updated_by = update.source.created_by
    update.full_clean()
    update.save()


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem[:2])
def test_proposals_are_plain_json(path):
    import json

    document, results = read(path)
    proposals = proposals_of(results)
    assert len(proposals) == len(results.news)
    for proposal in proposals:
        assert json.loads(json.dumps(proposal.payload)) == proposal.payload
        assert document.quote(proposal.paragraph, proposal.start, proposal.end) == proposal.quote


@pytest.mark.parametrize(
    ("quote", "problem"),
    [
        pytest.param(lambda p, s, e: (s, e, p[s:e] + "."), "not_verbatim", id="another-text"),
        pytest.param(lambda p, s, e: (s + 1, e, p[s + 1 : e]), "cut_word", id="cut-word"),
        pytest.param(lambda p, s, e: (0, len(p), p), "too_long", id="whole-paragraph"),
    ],
)
def test_news_that_the_text_does_not_prove_is_refused_and_counted(monkeypatch, quote, problem):
    path = next(path for path in TEXTS if path.stem.startswith("p1"))
    right = ResultsReader._joined

    def broken(self, rows):
        first, *rest = right(self, rows)
        paragraph = self.document.paragraphs[first.passage.paragraph - 1]
        start, end, words = quote(paragraph, first.news.start, first.news.end)
        return [replace(first, quote=words, news=replace(first.news, start=start, end=end)), *rest]

    monkeypatch.setattr(ResultsReader, "_joined", broken)
    _document, results = read_text(path.with_suffix(".txt").read_text(encoding="utf-8"))
    assert [why for why, _row in results.refused] == [problem]
    assert len(results.news) == len(read(path)[1].news) - 1
    assert len(proposals_of(results)) == len(results.news)


def test_payload_of_what_is_asked_names_the_choice():
    path = next(path for path in TEXTS if path.stem.startswith("p1"))
    asked = next(row for row in read(path)[1].news if row.is_asked)
    payload = payload_of(asked, read(path)[1].paper)
    assert payload["item"] is None
    assert {"KN-102", "KN-122"} <= set(payload["choice"])
    assert payload["news"] == NewsKind.IN_PROGRESS


# -- from the register


@pytest.mark.django_db
def test_read_document_prints_updates_and_saves_nothing(tmp_path, capsys):
    import json

    unit = make_province(name="Bình Minh")
    item = published(make_request(meeting=make_meeting(provinces=[unit]), province=unit))
    path = tmp_path / "tra-loi.txt"
    path.write_text(
        "ỦY BAN NHÂN DÂN TỈNH BÌNH MINH\nSố: 8/UBND-VX\nBình Minh, ngày 18 tháng 11 năm 2025\n"
        "Kính gửi: Bộ Chủ Trì\nPhúc đáp Công văn số 3/BCT, tỉnh báo cáo như sau:\n"
        f"1. Về {item.title} ({item.code}): đã hoàn thành ngày 12/10/2025.\n",
        encoding="utf-8",
    )
    call_command("read_document", str(path), "--json")
    told = json.loads(capsys.readouterr().out)
    (update,) = [one for one in told["proposals"] if one["kind"] == "update"]
    assert (update["paragraph"], update["quote"]) == (6, "đã hoàn thành ngày 12/10/2025")
    assert (update["payload"]["item"], update["payload"]["news"]) == (item.code, "done")
    assert update["payload"]["update"]["completed_on"] == "2025-10-12"
    assert (told["results"]["body"], told["results"]["number"]) == (
        "UBND tỉnh Bình Minh",
        "8/UBND-VX",
    )
    call_command("read_document", str(path))
    assert f"item: {item.code}" in capsys.readouterr().out
    assert not StatusUpdate.objects.exists()


@pytest.mark.django_db
def test_open_items_of_a_unit_that_another_carries_on(django_assert_num_queries):
    past, heir = make_province(name="Đắk Nông"), make_province(name="Lâm Đồng")
    old, new = make_organization(name="Bộ Giao thông"), make_organization(name="Bộ Xây dựng")
    source = make_source(number="92/TB-BGT", issued_on=date(2024, 5, 24))
    meeting = make_meeting(provinces=[past], ministry=old, source=source)
    request = published(make_request(meeting=meeting, province=past, title="Mở đường"))
    make_request(meeting=meeting, province=past, title="Bản nháp")
    make_merger(heir, past)
    make_organization_succession(old, new)
    (item,) = open_items()
    assert item.code == request.code
    assert item.units == {"Đắk Nông", "Lâm Đồng"}
    assert item.ministries == {old.slug, new.slug}
    assert item.papers == (("92/TB-BGT", date(2024, 5, 24)),)
    assert item.is_open
    with django_assert_num_queries(QUERIES):
        open_items()
    published(make_request(meeting=meeting, province=past, title="Bắc cầu"))
    with django_assert_num_queries(QUERIES):
        open_items()


QUERIES = 8


@pytest.mark.django_db
def test_items_that_a_document_could_speak_of():
    past, heir, other = (make_province(name=name) for name in ("Đắk Nông", "Lâm Đồng", "Cà Mau"))
    make_merger(heir, past)
    of_past, of_other, named = (
        published(make_request(meeting=make_meeting(provinces=[unit]), province=unit))
        for unit in (past, other, other)
    )
    document = Document([f"UBND tỉnh Lâm Đồng trả lời về {named.code}"])
    codes = {item.code for item in items_named_in(document, load_names())}
    assert codes == {of_past.code, named.code}
    assert of_other.code not in codes


@pytest.mark.django_db
def test_done_item_is_known_by_its_code_alone():
    request = published(make_request())
    published(make_update(request=request, status="done"))
    (item,) = open_items()
    assert not item.is_open


@pytest.mark.django_db
def test_organization_by_its_name_alone_where_one_has_it():
    ministry = make_organization(name="Bộ Tài chính", short_name="BTC")
    make_organization(name="Ban Quản lý A", slug="a")
    make_organization(name="Ban Quản lý A", slug="b")
    names = OrganizationNames()
    assert names.get("Bộ tài chính") == ministry
    assert names.get("BTC") == ministry
    assert names.get("Ban Quản lý A") is None
    assert names.get("Bộ") is None
    assert names.get("") is None


@pytest.mark.django_db
def test_update_that_a_recalled_letter_proved():
    letter = make_source(number="5540/BXD-KCHT")
    request = published(make_request())
    update = published(make_update(request=request, source=letter))
    make_update(request=request, source=letter)
    (item,) = open_items()
    assert RestingUpdates([item]).of(item, "5540/bxd – KCHT") == update
    assert RestingUpdates([item]).of(item, "1/BXD") is None
    assert RestingUpdates([]).of(item, "5540/BXD-KCHT") is None


@pytest.mark.django_db
def test_texts_of_sources_are_left_where_they_are():
    request = published(make_request(source=make_source(text="Một văn bản rất dài")))
    with CaptureQueriesContext(connection) as asked:
        assert list(items_with_codes([request.code])) == [request.code]
    assert not any('_source"."text"' in query["sql"] for query in asked)


@pytest.mark.django_db
def test_an_item_that_was_withdrawn_is_told_so():
    unit = make_province(name="Lâm Đồng")
    request = published(make_request(meeting=make_meeting(provinces=[unit]), province=unit))
    withdraw(request, by=publisher())
    text = LETTER_HEAD + f"1. Về {request.title} ({request.code}): đã hoàn thành.\n"
    document, names = Document(paragraphs_of(text)), load_names()
    results = read_results(document, items_named_in(document, names), names)
    (row,) = results.news
    assert (row.match.items, row.match.how, row.match.words) == ((), "withdrawn", request.code)
    assert results.unmentioned == ()
