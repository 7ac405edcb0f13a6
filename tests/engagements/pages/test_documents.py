"""The two documents that the register starts with: whole, in few quoted words, nothing invented."""

import hashlib
import re
from collections import Counter
from itertools import islice

import pytest
import yaml
from django.conf import settings

from engagements.edition.models import CodeCounter
from engagements.management.commands.load_register import DOCUMENTS, FIXTURES
from engagements.models import (
    Answering,
    Attendance,
    Commitment,
    Edition,
    Evidenced,
    Figure,
    Meeting,
    ProvinceRequest,
    Recommendation,
    Remark,
    Source,
    StatusUpdate,
)
from engagements.publication.loading import load
from engagements.publication.reference_loading import REFERENCE
from provinces.models import Official
from provinces.vietnamese import nfc
from tests.engagements.publication.test_load_register import counts
from tests.factories import edition_of

FOLLOW_UPS = (ProvinceRequest, Commitment, Recommendation)
FILES = [FIXTURES / name for name in (*REFERENCE, *DOCUMENTS)]
# The documents are not part of the project: they are compared where they lie beside the checkout.
SEEDS = sorted((settings.BASE_DIR.parent / "shared" / "seeds").glob("*.txt"))
RUNNING_WORDS = 22


def evidenced():
    """Every row that names a proof."""
    for model in Evidenced.__subclasses__():
        models = model.__subclasses__() if model._meta.abstract else [model]
        for one in models:
            yield from one.objects.select_related("source")


@pytest.mark.parametrize(
    ("model", "count"),
    [
        (Source, 4),
        (Official, 14),
        (Meeting, 3),
        (Attendance, 15),
        (ProvinceRequest, 11),
        (Commitment, 4),
        (Recommendation, 23),
        (Remark, 45),
        (Figure, 16),
        (Answering, 26),
        (StatusUpdate, 0),
    ],
)
def test_how_many(register, model, count):
    assert model.objects.count() == count


def test_how_many_remarks_of_each_kind(register):
    assert Counter(Remark.objects.values_list("type", flat=True)) == {
        "question": 4,
        "explanation": 15,
        "difficulty": 3,
        "advantage": 2,
        "assessment": 8,
        "intention": 4,
        "target": 6,
        "other": 3,
    }


def test_how_many_answers_are_stated_and_inferred(register):
    answers = Counter(Answering.objects.values_list("is_inferred", flat=True))
    assert answers == {False: 7, True: 19}
    answered = Counter(Edition.objects.public().exclude(answer="").values_list("answer", flat=True))
    assert answered == {
        "advised": 1,
        "explained": 1,
        "possibly_answered": 3,
        "unanswered": 6,
    }


def test_two_sessions_were_held_and_one_planned(register):
    assert Counter(Meeting.objects.values_list("state_of_it", flat=True)) == {
        "held": 2,
        "planned": 1,
    }
    planned = Meeting.objects.get(state_of_it="planned")
    assert (planned.held_on, planned.planned_text) == (None, "quý I/2024")
    assert planned.follows.slug == "2024-02-29-ninh-binh"


@pytest.mark.parametrize(
    ("code", "strength", "made_by", "is_general", "lead"),
    [
        ("CK-1", "explicit", "ministry", True, "bo-thong-tin-va-truyen-thong"),
        ("CK-2", "explicit", "jointly", False, None),
        ("CK-4", "implied", "jointly", False, None),
        ("CK-5", "offer", "ministry", False, None),
    ],
)
def test_what_was_promised_how_firmly_and_by_whom(
    register, code, strength, made_by, is_general, lead
):
    promise = Edition.objects.public().get(code=code)
    own = promise.data
    assert (own["strength"], own["made_by"], own["is_general"]) == (strength, made_by, is_general)
    assert (own["lead"] and own["lead"]["slug"]) == lead
    assert own["answers"] == []


def test_the_offer_that_the_narrator_tells(register):
    offer = Edition.objects.public().get(code="CK-5").data
    assert (offer["raised_by"], offer["raised_by_text"]) == (None, "")
    assert {unit["slug"] for unit in offer["supporting"]} == {
        "hoc-vien-cong-nghe-buu-chinh-vien-thong",
        "tong-cong-ty-vtc",
    }
    assert [advice["code"] for advice in offer["supports"]] == ["KH-24"]
    assert offer["is_assigned"] is False


def test_what_is_general_answers_nothing(register):
    general = [edition.code for edition in Edition.objects.public().filter(is_general=True)]
    assert sorted(general) == [
        "CK-1", "KH-13", "KH-14", "KH-2", "KH-27", "KH-7", "KH-8", "KN-3",
    ]  # fmt: skip
    for model in (Commitment, Recommendation):
        assert not Answering.objects.filter(**{f"{model.kind}__is_general": True}).exists()


@pytest.mark.parametrize(
    ("code", "answered_by"),
    [
        # asked, what answers it and whether that is inferred
        ("KN-1", [("2024-02-29-ninh-binh", True)]),
        ("KN-5", []),
        ("KN-7", [("2023-04-21-thua-thien-hue", True)]),
        ("KN-10", [("KH-21", False), ("KH-22", False), ("GN-41", False)]),
        ("KN-11", [("GN-45", False), ("GN-46", False)]),
        ("GN-14", [("KH-11", False), ("GN-43", False)]),  # which field first
    ],
)
def test_what_answers_what(register, code, answered_by):
    asked = Edition.objects.public().get(code=code).data
    assert [(one["code"], one["is_inferred"]) for one in asked["answered_by"]] == answered_by


def test_nothing_inferred_goes_without_a_reason_of_its_own(register):
    reasons = Answering.objects.filter(is_inferred=True).values_list("inference", flat=True)
    assert all("đoạn" in reason or "Đoạn" in reason for reason in reasons)


def test_the_only_target_in_numbers_is_of_ninh_binh(register):
    target = Figure.objects.get(is_target=True)
    assert (target.code, target.value, target.unit) == ("SL-17", 100, "%")
    assert target.province.slug == "ninh-binh-2025"
    others = Figure.objects.filter(is_target=False)
    assert set(others.values_list("province__slug", flat=True)) == {"thua-thien-hue"}
    assert others.get(quote__contains="14/14").value == 14


def test_the_remark_that_names_the_resolutions_is_named_at_them(register):
    naming = Remark.objects.get(code="GN-30")
    for number in ("54-NQ/TW", "83/NQ-CP"):
        assert number in naming.text
        act = Source.objects.get(number=number)
        assert "GN-30" in act.note
        assert act in naming.meeting.cited.all()


@pytest.mark.parametrize("model", FOLLOW_UPS)
def test_the_documents_know_nothing_of_what_became_of_it(register, model):
    rows = model.objects.values_list("status", "completed_on", "last_checked_on", "current_lead")
    assert set(rows) == {("unknown", None, None, None)}
    editions = Edition.objects.public().of_kind(model.kind)
    assert set(editions.values_list("status", "completed_on")) == {("unknown", None)}


def test_everything_is_public_and_nothing_waits(register):
    for model in (*FOLLOW_UPS, Meeting, Source, Remark, Figure):
        for record in model.objects.all():
            assert edition_of(record).code == record.code
            assert not record.has_waiting_edit


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("CK-1", "Sát cánh cùng Ninh Bình"),
        ("CK-2", "quý I/2024"),
        ("KN-5", "sandbox"),
        ("KN-11", "20.000 hộ cận nghèo"),
    ],
)
def test_codes_are_the_same_in_every_clone(register, code, title):
    assert title in Edition.objects.public().get(code=code).data["title"]


@pytest.mark.parametrize(
    ("kind", "last", "retired"),
    [
        ("source", 4, set()),
        ("request", 11, set()),
        ("commitment", 7, {3, 6, 7}),
        ("recommendation", 27, {12, 19, 25, 26}),
        ("remark", 46, {20}),
        ("figure", 17, {3}),
    ],
)
def test_codes_have_no_gap_but_the_retired(register, kind, last, retired):
    codes = {edition.code for edition in Edition.objects.public().of_kind(kind)}
    prefix = next(iter(codes)).split("-")[0]
    assert codes == {f"{prefix}-{number}" for number in {*range(1, last + 1)} - retired}
    assert CodeCounter.objects.get(kind=kind).last == last


def test_the_promise_to_stand_side_by_side(register):
    body = Edition.objects.public().get(code="CK-1").data
    assert body["raised_by"]["name"] == "Nguyễn Mạnh Hùng"
    assert body["raised_by"]["title"] == "Ủy viên Trung ương Đảng, Bộ trưởng Bộ TT&TT"
    assert (body["answers"], body["is_general"]) == ([], True)
    assert body["meeting"]["slug"] == "2024-02-29-ninh-binh"
    assert (body["due_on"], body["strength"]) == (None, "explicit")
    asked = Edition.objects.public().get(code="KN-5")
    assert (asked.answer, asked.data["answered_by"]) == ("unanswered", [])


def test_what_thua_thien_hue_asked_is_found_under_hue(register):
    edition = Edition.objects.public().get(code="KN-11")
    assert (edition.province.slug, edition.heir.slug) == ("thua-thien-hue", "hue")


def test_what_ninh_binh_was_promised_is_found_under_the_merged_unit(register):
    edition = Edition.objects.public().get(code="CK-1")
    assert (edition.province.slug, edition.heir.slug) == ("ninh-binh-2025", "ninh-binh")


def test_the_minister_sat_at_both_sessions_and_is_one_person(register):
    minister = Official.objects.get(full_name="Nguyễn Mạnh Hùng")
    assert set(minister.attendances.values_list("meeting__slug", "role")) == {
        ("2024-02-29-ninh-binh", "co_chair"),
        ("2023-04-21-thua-thien-hue", "co_chair"),
    }


def test_every_row_names_its_paragraph_and_a_year_that_was_concluded_says_so(register):
    for row in evidenced():
        assert row.source_id, row
        assert row.paragraph, row
    held = Meeting.objects.filter(state_of_it="held")
    assert all(meeting.is_inferred and "năm" in meeting.inference for meeting in held)
    assert not any("dự án" in row.inference for row in evidenced())


def test_every_quotation_has_at_most_20_words(register):
    rows = [row for row in evidenced() if row.quote]
    assert len(rows) > 80
    assert max(len(row.quote.split()) for row in rows) <= 20


def test_what_the_documents_do_not_say_is_not_recorded(register):
    articles = Source.objects.filter(type="press_article")
    assert set(articles.values_list("url", "issued_on", "archived_url")) == {("", None, "")}
    assert articles.count() == 2
    assert Meeting.objects.get(slug="2023-04-21-thua-thien-hue").place == ""
    assert not Attendance.objects.filter(title="").exists()


def test_loading_twice_changes_nothing(register):
    before, last = counts(), Edition.objects.order_by("-sequence").first()
    assert load(FILES) == {}
    assert counts() == before
    assert Edition.objects.order_by("-sequence").first() == last


# -- against the documents themselves, where they are at hand


def plain(text):
    return " ".join(nfc(text).split())


def words(text):
    return re.findall(r"\w+", nfc(text).casefold())


def running(text):
    """Every run of RUNNING_WORDS words of a text."""
    found = words(text)
    return {
        tuple(islice(found, place, place + RUNNING_WORDS))
        for place in range(len(found) - RUNNING_WORDS + 1)
    }


def texts(content):
    """Every text of a file of ours, keys aside."""
    if isinstance(content, dict):
        content = list(content.values())
    if isinstance(content, list):
        return [text for one in content for text in texts(one)]
    return [content] if isinstance(content, str) else []


if SEEDS:

    @pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
    def test_each_quotation_stands_in_its_paragraph(register, path):
        raw = path.read_bytes()
        source = Source.objects.get(sha256=hashlib.sha256(raw).hexdigest())
        paragraphs = [plain(line) for line in raw.decode().splitlines() if line.strip()]
        rows = [row for row in evidenced() if row.source_id == source.pk]
        assert len(rows) > 30
        for row in rows:
            assert row.paragraph <= len(paragraphs), row
            assert plain(row.quote) in paragraphs[row.paragraph - 1], row

    @pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
    @pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
    def test_no_text_of_ours_runs_along_with_a_document(file, path):
        theirs = running(path.read_text(encoding="utf-8"))
        assert theirs
        for text in texts(yaml.safe_load(file.read_text(encoding="utf-8"))):
            assert not running(text) & theirs, text
