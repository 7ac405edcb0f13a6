"""Reading the register's files: everything or nothing, and an error names file and row."""

import copy
from datetime import date

import pytest
import yaml
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import translation

from engagements.edition.models import CodeCounter
from engagements.models import (
    Answering,
    Attendance,
    Commitment,
    Edition,
    Indicator,
    Meeting,
    ProvinceRequest,
    Remark,
    Source,
    StatusUpdate,
)
from engagements.publication.loading import Loader, load
from engagements.publication.publishing import withdraw
from engagements.publication.reference_loading import REFERENCE, BadRow
from engagements.publication.reissuing import mismatches
from engagements.publication.upgrading import upgrade
from provinces.models import (
    Official,
    Organization,
    OrganizationSuccession,
    Province,
    Succession,
)
from tests.factories import (
    account,
    edited,
    edition_of,
    make_commitment,
    make_indicator,
    make_organization,
    make_organization_succession,
    make_proposed_indicator,
    make_province,
    make_request,
    make_topic,
    make_user,
    published,
    publisher,
)

pytestmark = pytest.mark.django_db

DOCUMENT = {
    "source": {
        "key": "bai",
        "kind": "press_article",
        "rank": 4,
        "title": "Bài về buổi làm việc",
    },
    "cited": [
        {"key": "nq", "kind": "legal_act", "rank": 1, "title": "Nghị quyết", "number": "1-NQ/TW"}
    ],
    "officials": [
        {
            "slug": "phan-tam",
            "full_name": "Phan Tâm",
            "posts": [{"organization": "bo-mau", "title": "Bộ trưởng"}],
        }
    ],
    "meetings": [
        {
            "key": "buoi",
            "slug": "2024-02-29-binh-minh",
            "title": "Làm việc với Bình Minh",
            "ministry": "bo-mau",
            "provinces": ["binh-minh"],
            "held_on": date(2024, 2, 29),
            "topics": ["sandbox"],
            "cites": ["nq"],
            "evidence": {"paragraph": 3, "quote": "đã làm việc"},
            "attendances": [
                {
                    "official": "phan-tam",
                    "organization": "bo-mau",
                    "title": "Bộ trưởng",
                    "side": "ministry",
                    "role": "chair",
                    "evidence": {"paragraph": 3},
                }
            ],
        }
    ],
    "requests": [
        {
            "key": "kn",
            "meeting": "buoi",
            "province": "binh-minh",
            "title": "Hỗ trợ thử nghiệm",
            "addressed_to": "bo-mau",
            "topics": ["sandbox"],
            "evidence": {"paragraph": 24},
        }
    ],
    "commitments": [
        {
            "key": "ck",
            "meeting": "buoi",
            "province": "binh-minh",
            "title": "Sát cánh",
            "strength": "explicit",
            "raised_by": "phan-tam",
            "lead": "bo-mau",
            "supporting": ["bo-mau"],
            "answers": ["kn"],
            "due_on": date(2024, 3, 31),
            "due_text": "quý I/2024",
            "evidence": {"paragraph": 25, "quote": "sẽ sát cánh"},
        }
    ],
    "recommendations": [
        {
            "key": "kh",
            "meeting": "buoi",
            "province": "binh-minh",
            "title": "Chọn đường riêng",
            "evidence": {"paragraph": 26},
        }
    ],
    "remarks": [
        {
            "key": "gn",
            "meeting": "buoi",
            "province": "binh-minh",
            "kind": "difficulty",
            "text": "Thiếu người",
            "said_by": "phan-tam",
        }
    ],
    "figures": [
        {
            "key": "sl",
            "meeting": "buoi",
            "province": "binh-minh",
            "indicator": "dti",
            "period": "2022",
            "value": 8.56,
            "unit": "%",
        }
    ],
    "updates": [
        {
            "key": "cn",
            "commitment": "ck",
            "happened_on": date(2024, 3, 20),
            "status": "done",
            "voice": "ministry",
            "basis": "staff",
            "text": "Đã họp",
        }
    ],
}


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def reference(db):
    make_province(name="Bình Minh", slug="binh-minh")
    make_organization(name="Bộ Mẫu", slug="bo-mau")
    make_topic(slug="sandbox")
    make_indicator(slug="dti")


@pytest.fixture
def document():
    return copy.deepcopy(DOCUMENT)


@pytest.fixture
def load_file(tmp_path):
    def _load(content, name="tai-lieu.yaml"):
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            text = content if isinstance(content, str) else yaml.dump(content, sort_keys=False)
            path.write_text(text, encoding="utf-8")
        return load([path])

    return _load


def test_a_proposed_indicator_that_a_file_has_is_reference_data_from_then_on(load_file):
    proposed = make_proposed_indicator(slug="dti", name="DTI, theo người nhập", by=make_user())
    row = {"slug": "dti", "name": "DTI", "unit": "điểm"}
    for _time in range(2):
        load_file({"indicators": [row]}, "indicators.yaml")
    proposed.refresh_from_db()
    assert not proposed.is_proposed
    assert (proposed.name, Indicator.objects.count()) == ("DTI, theo người nhập", 1)


def counts():
    """How many rows each table of the register has, history and accounts aside."""
    return {
        model._meta.label: model.objects.count()
        for label in ("provinces", "engagements")
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    }


@pytest.mark.both_databases
def test_a_document_is_saved_and_published(reference, document, load_file):
    added = load_file(document)
    assert {model.__name__: count for model, count in added.items()} == {
        "Source": 2,
        "Official": 1,
        "Post": 1,
        "Meeting": 1,
        "Attendance": 1,
        "ProvinceRequest": 1,
        "Commitment": 1,
        "Recommendation": 1,
        "Remark": 1,
        "Figure": 1,
        "StatusUpdate": 1,
        "Answering": 1,
    }
    commitment = edition_of(Commitment.objects.get())
    assert commitment.code == "CK-1"
    assert commitment.data["raised_by"]["title"] == "Bộ trưởng"
    assert commitment.data["lead"]["slug"] == commitment.data["supporting"][0]["slug"] == "bo-mau"
    assert (commitment.data["due_on"], commitment.data["status"]) == ("2024-03-31", "done")
    assert commitment.data["evidence"]["source"] == "NG-1"
    request = edition_of(ProvinceRequest.objects.get())
    assert (request.answer, request.data["topics"]) == ("promised", ["sandbox"])
    meeting = edition_of(Meeting.objects.get())
    assert meeting.data["cited"] == ["NG-2"]
    assert meeting.data["attendances"][0]["evidence"]["paragraph"] == 3
    figure = Edition.objects.public().get(kind="figure")
    assert figure.data["value"] == "8.56"
    assert StatusUpdate.objects.get().source is None


def test_texts_of_a_file_are_cleaned_and_told(reference, document, tmp_path):
    document["requests"][0]["title"] = "Ðào tạo\u00ad nghề"
    document["remarks"][0]["text"] = "\u200bBé Th«ng tin lµm viÖc víi tØnh"
    document["cited"][0] |= {"text": "Kéo cáp qu\u00adang", "sha256": "a" * 64}
    path, said = tmp_path / "tai-lieu.yaml", []
    path.write_text(yaml.dump(document), encoding="utf-8")
    load([path], said.append)
    assert ProvinceRequest.objects.get().title == "Đào tạo nghề"
    assert Remark.objects.get().text == "Bộ Thông tin làm việc với tỉnh"
    assert Source.objects.get(sha256="a" * 64).text == "Kéo cáp qu\u00adang", "as it was hashed"
    assert [line for line in said if "requests[1] kn" in line] == [
        "tai-lieu.yaml: requests[1] kn: title: 1 hidden character was dropped."
    ]
    told = " ".join(line for line in said if "remarks[1]" in line)
    assert "1 hidden character was dropped." in told
    assert "TCVN3" in told


def test_the_accounts_of_files_cannot_log_in(reference, document, load_file):
    load_file(document)
    source = Source.objects.first()
    assert source.created_by.username == "tep-nhap"
    for username in ("tep-nhap", "tep-cong-bo"):
        assert not account(username).is_active
        assert not account(username).is_staff
        assert not account(username).has_usable_password()


@pytest.mark.both_databases
def test_loading_again_changes_nothing(reference, document, load_file):
    load_file(document)
    before = counts()
    assert load_file(document) == {}
    assert counts() == before


def test_staffs_edits_survive(reference, document, load_file):
    load_file(document)
    edited(Commitment.objects.get(), title="Sửa tại bàn")
    edited(Official.objects.get(), full_name="Phan Văn Tâm")
    edited(Attendance.objects.get(), title="Quyền Bộ trưởng")
    published(edited(ProvinceRequest.objects.get(), title="Đã sửa và công bố"))
    before = counts()
    assert load_file(document) == {}
    assert counts() == before
    assert Commitment.objects.get().title == "Sửa tại bàn"
    assert Official.objects.get().full_name == "Phan Văn Tâm"
    assert Attendance.objects.get().title == "Quyền Bộ trưởng"
    assert edition_of(Commitment.objects.get()).data["title"] == "Sát cánh"
    assert edition_of(ProvinceRequest.objects.get()).data["title"] == "Đã sửa và công bố"


def test_what_staff_withdrew_stays_withdrawn(reference, document, load_file):
    load_file(document)
    withdraw(Commitment.objects.get(), by=publisher())
    load_file(document)
    assert edition_of(Commitment.objects.get()) is None


def test_a_draft_that_staff_took_up_waits_for_staff(reference, document, load_file, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Loader, "publish", lambda loader, retired: None)
        load_file(document)
    edited(Remark.objects.get(), text="Sửa dở")
    load_file(document)
    assert edition_of(Commitment.objects.get()).code == "CK-1"
    assert edition_of(Remark.objects.get()) is None


def test_a_row_that_is_new_in_a_file_is_added(reference, document, load_file):
    load_file(document)
    document["commitments"].append(document["commitments"][0] | {"key": "ck-2", "title": "Thêm"})
    assert load_file(document) == {Commitment: 1, Answering: 1}
    assert edition_of(Commitment.objects.get(title="Thêm")).code == "CK-2"


def test_the_same_key_in_another_file_is_another_row(reference, document, load_file):
    load_file(document)
    document["meetings"][0]["slug"] = "2024-03-01-binh-minh"
    added = load_file(document, name="tai-lieu-khac.yaml")
    assert added[Commitment] == 1


@pytest.mark.both_databases
def test_reference_data_is_loaded(load_file):
    added = load_file(
        {
            "provinces": [
                {"slug": "cu", "code": "1", "name": "Cũ", "kind": "province"},
                {"slug": "moi", "code": "2", "name": "Mới", "kind": "city", "aliases": ["A", "B"]},
            ],
            "successions": [
                {
                    "predecessor": "cu",
                    "successor": "moi",
                    "effective_on": date(2025, 7, 1),
                    "kind": "merged",
                }
            ],
        }
    )
    assert added == {Province: 2, Succession: 1}
    assert Province.objects.get(slug="moi").aliases == "A\nB"


# -- codes


def coded(document):
    """The document with codes out of turn, and rows that were retired."""
    document["requests"][0]["code"] = "KN-4"
    document["commitments"][0]["code"] = "CK-2"
    document["retired"] = [
        {"code": "CK-5", "section": "commitments", "key": "ck-cu", "reason": "Là lời khuyên"},
        {"code": "KH-3", "section": "recommendations", "key": "kh-cu", "reason": "Trùng"},
    ]
    document["retired"][0]["instead"] = ["KN-4", "CK-2"]
    return document


def last_number(kind):
    return CodeCounter.objects.get(kind=kind).last


def test_codes_are_those_of_the_file(reference, document, load_file):
    load_file(coded(document))
    assert edition_of(ProvinceRequest.objects.get()).code == "KN-4"
    assert edition_of(Commitment.objects.get()).code == "CK-2"
    assert Source.objects.get(type="press_article").code == "NG-1"  # its row gives none


def test_numbers_go_on_beyond_the_files_highest_retired_ones_included(
    reference, document, load_file
):
    load_file(coded(document))
    numbers = [last_number(kind) for kind in ("request", "commitment", "recommendation", "source")]
    assert numbers == [4, 5, 4, 2]  # the advice, whose row gives none, goes beyond the retired one
    meeting = Meeting.objects.get()
    values = {"meeting": meeting, "province": meeting.provinces.get()}
    assert published(make_commitment(**values)).code == "CK-6"


def test_codes_stay_when_the_file_is_loaded_again(reference, document, load_file):
    load_file(coded(document))
    before = counts()
    assert load_file(document) == {}
    assert counts() == before
    assert last_number("commitment") == 5


def test_a_code_that_another_record_has_stops_the_load(reference, document, load_file):
    theirs = published(make_request(title="Của bàn biên tập"))
    document["requests"][0]["code"] = theirs.code
    with pytest.raises(BadRow) as bad:
        load_file(document)
    assert str(bad.value).startswith("tai-lieu.yaml: requests[1] kn: another record has the code")
    assert "Của bàn biên tập" in str(bad.value)
    assert ProvinceRequest.objects.get() == theirs


# -- what answers what


def test_marks_and_reasons_of_answers_are_the_rows_own(reference, document, load_file):
    document["meetings"][0]["answers"] = [
        {"request": "kn", "is_inferred": True, "inference": "Bàn chung cả buổi"}
    ]
    document["recommendations"][0] |= {
        "answers": ["gn-hoi", {"request": "kn", "is_inferred": True, "inference": "Cùng việc"}]
    }
    document["commitments"][0]["supports"] = ["kh"]
    said = {"meeting": "buoi", "province": "binh-minh", "evidence": {"paragraph": 4}}
    document["remarks"] += [
        said | {"key": "gn-dap", "kind": "explanation", "text": "Vì", "answers": ["gn-hoi", "kn"]},
        said | {"key": "gn-hoi", "kind": "question", "text": "Vì sao?"},
    ]
    added = load_file(document)
    assert added[Answering] == 6
    request = edition_of(ProvinceRequest.objects.get()).data
    assert [
        (one["kind"], one["is_inferred"], one["inference"]) for one in request["answered_by"]
    ] == [
        ("commitment", False, ""),
        ("meeting", True, "Bàn chung cả buổi"),
        ("recommendation", True, "Cùng việc"),
        ("remark", False, ""),
    ]
    question = edition_of(Remark.objects.get(type="question")).data
    assert {one["kind"] for one in question["answered_by"]} == {"recommendation", "remark"}
    promise = edition_of(Commitment.objects.get()).data
    assert [advice["title"] for advice in promise["supports"]] == ["Chọn đường riêng"]
    histories = Answering.history.values_list("history_type", "history_user__username")
    assert list(histories) == [("+", "tep-nhap")] * 6
    assert list(mismatches()) == []


def test_what_updates_say_is_read(reference, document, load_file):
    document["requests"].append(
        document["requests"][0] | {"key": "kn-lai", "title": "Hỏi lại", "asks_again": "kn"}
    )
    news = {"happened_on": date(2024, 4, 1), "voice": "ministry", "basis": "staff"}
    document["updates"] += [
        news
        | {"key": "cn-tu-choi", "request": "kn", "answer": "passed_on", "takes_back": "ck"}
        | {"passed_to": "bo-mau", "text": "Chuyển"},
        news
        | {"key": "cn-sua", "commitment": "ck", "status": "in_progress", "corrects": "cn"}
        | {"next_step": "Họp", "next_on": date(2024, 5, 1), "next_by": "bo-mau", "text": "Nhầm"},
        news | {"key": "cn-khuyen", "recommendation": "kh", "response": "taken_up", "text": "Theo"},
    ]
    load_file(document)
    request = edition_of(ProvinceRequest.objects.get(title="Hỗ trợ thử nghiệm"))
    assert request.answer == "passed_on"
    assert request.data["answered_by"][0]["taken_back"]["happened_on"] == "2024-04-01"
    again = edition_of(ProvinceRequest.objects.get(title="Hỏi lại"))
    assert again.data["asks_again"]["code"] == request.code
    promise = edition_of(Commitment.objects.get())
    assert promise.status == "in_progress"
    assert promise.data["updates"][-1]["next_by"]["slug"] == "bo-mau"
    assert Edition.objects.public().get(kind="recommendation").data["response"] == "taken_up"
    assert list(mismatches()) == []


# -- bad rows


def put(section, *path, value):
    """A change of the document: a value at this place of the section's first row."""

    def change(document):
        where = document[section] if section == "source" else document[section][0]
        *way, last = path
        for step in way:
            where = where[step]
        where[last] = value

    return change


def drop(section, name):
    def change(document):
        del (document[section] if section == "source" else document[section][0])[name]

    return change


def twice(section):
    def change(document):
        document[section] = document[section] * 2

    return change


def whole(section, value):
    def change(document):
        document[section] = value

    return change


def retire(**values):
    """A row that is retired, next to a commitment whose code is known."""

    def change(document):
        document["commitments"][0]["code"] = "CK-1"
        row = {"code": "CK-9", "section": "commitments", "key": "cu", "reason": "Nhầm"}
        document["retired"] = [row | values]

    return change


BAD = [
    # change of the document, row named, words of the reason
    (put("commitments", "titel", value="?"), "commitments[1] ck", "unknown field “titel”"),
    (put("source", "titel", value="?"), "source[1] bai", "unknown field “titel”"),
    (put("meetings", "titel", value="?"), "meetings[1] buoi", "unknown field “titel”"),
    (put("officials", "titel", value="?"), "officials[1] phan-tam", "unknown field “titel”"),
    (
        put("officials", "posts", 0, "titel", value="?"),
        "officials[1] phan-tam",
        "unknown field “titel”",
    ),
    (
        put("meetings", "attendances", 0, "titel", value="?"),
        "meetings[1] buoi attendance phan-tam",
        "unknown field “titel”",
    ),
    (
        put("requests", "evidence", "page", value=3),
        "requests[1] kn",
        "unknown field of evidence “page”",
    ),
    (whole("requets", []), "-", "unknown section “requets”"),
    (put("requests", "province", value="xa-la"), "requests[1] kn", "no province “xa-la”"),
    (put("requests", "topics", value=["xa-la"]), "requests[1] kn", "no topic “xa-la”"),
    (put("commitments", "lead", value="xa-la"), "commitments[1] ck", "no organization “xa-la”"),
    (put("commitments", "raised_by", value="ai-do"), "commitments[1] ck", "no official “ai-do”"),
    (put("figures", "indicator", value="xa-la"), "figures[1] sl", "no indicator “xa-la”"),
    (put("meetings", "provinces", value=["xa-la"]), "meetings[1] buoi", "no province “xa-la”"),
    (
        put("meetings", "attendances", 0, "official", value="ai-do"),
        "meetings[1] buoi attendance ai-do",
        "no official “ai-do”",
    ),
    (
        put("commitments", "answers", value=["kn-khac"]),
        "commitments[1] ck",
        "no row with key “kn-khac”",
    ),
    (
        put("requests", "meeting", value="buoi-khac"),
        "requests[1] kn",
        "no row with key “buoi-khac”",
    ),
    (put("meetings", "held_on", value="29/2/2024"), "meetings[1] buoi", "held_on"),
    (put("commitments", "due_on", value="quý I"), "commitments[1] ck", "due_on"),
    (put("commitments", "due_on", value=20240331), "commitments[1] ck", ""),
    (
        drop("commitments", "due_text"),
        "commitments[1] ck",
        "A due day is given with the words it was promised in.",
    ),
    (put("commitments", "strength", value="weak"), "commitments[1] ck", "strength"),
    (
        put("meetings", "held_on", value=None),
        "meetings[1] buoi",
        "A session that was held has its day.",
    ),
    (
        put("requests", "evidence", "is_inferred", value=True),
        "requests[1] kn",
        "What is inferred says why",
    ),
    (put("remarks", "kind", value="joke"), "remarks[1] gn", "type"),
    (put("remarks", "text", value="\u200b"), "remarks[1] gn", "text: The text holds nothing but"),
    (put("figures", "value", value="nhiều"), "figures[1] sl", "“nhiều” is not a number"),
    (put("figures", "value", value=None), "figures[1] sl", "is not a number"),
    (
        put("updates", "completed_on", value="hôm qua"),
        "updates[1] cn",
        "completed_on",
    ),
    (
        put("updates", "request", value="kn"),
        "updates[1] cn",
        "An update is about exactly one item.",
    ),
    (twice("requests"), "requests[2] kn", "the key “kn” is used twice"),
    (twice("meetings"), "meetings[2] buoi", "a row has a key of its own"),
    (drop("requests", "key"), "requests[1]", "a row has a key"),
    (put("requests", "key", value=""), "requests[1]", "a row has a key"),
    (drop("requests", "title"), "requests[1] kn", "title"),
    (drop("requests", "province"), "requests[1] kn", "province"),
    (whole("requests", ["kn"]), "requests[1]", "a row is a mapping of fields"),
    # of the wrong kind
    (whole("requests", 5), "requests", "a section is a list of rows"),
    (whole("requests", {"kn": {}}), "requests", "a section is a list of rows"),
    (whole("source", "bài báo"), "source[1]", "a row is a mapping of fields"),
    (put("requests", "key", value=["kn"]), "requests[1] ", "of the wrong kind"),
    (put("requests", "title", value=["một", "hai"]), "requests[1] kn", "“title” holds one value"),
    (put("requests", "detail", value={"một": "hai"}), "requests[1] kn", "“detail” holds one value"),
    (put("requests", "topics", value=5), "requests[1] kn", "of the wrong kind"),
    (put("requests", "evidence", value=5), "requests[1] kn", "of the wrong kind"),
    (put("requests", "evidence", value="đoạn 3"), "requests[1] kn", "unknown field of evidence"),
    (put("requests", "evidence", "paragraph", value="ba"), "requests[1] kn", "paragraph"),
    (put("meetings", "attendances", value=5), "meetings[1] buoi", "of the wrong kind"),
    (put("officials", "posts", value=["Bộ trưởng"]), "officials[1] phan-tam", ""),
    # codes
    (put("requests", "code", value="KN-0"), "requests[1] kn", "“KN-0” is not like KN-1"),
    (put("requests", "code", value="CK-1"), "requests[1] kn", "“CK-1” is not like KN-1"),
    (put("requests", "code", value=1), "requests[1] kn", "“1” is not like KN-1"),
    (put("source", "code", value="NG-x"), "source[1] bai", "“NG-x” is not like NG-1"),
    (put("meetings", "code", value="x"), "meetings[1] buoi", "a session has no code"),
    (retire(code="CK-1", key="cu"), "retired[1] cu", "is that of tai-lieu.yaml: commitments[1] ck"),
    (retire(key="ck"), "retired[1] ck", "“ck” is that of a living row"),
    (retire(section="meetings"), "retired[1] cu", "no records with codes in a section “meetings”"),
    (retire(section="officials"), "retired[1] cu", "no records with codes"),
    (retire(reason=""), "retired[1] cu", "says why"),
    (retire(instead="KN-9"), "retired[1] cu", "no row with code “KN-9”"),
    (retire(instead=["CK-9"]), "retired[1] cu", "no row with code “CK-9”"),
    (retire(title="?"), "retired[1] cu", "unknown field “title”"),
    (retire(code="KN-7"), "retired[1] cu", "“KN-7” is not like CK-1"),
    # what answers what
    (
        put("commitments", "answers", value=[{"request": "kn", "is_inferred": True}]),
        "commitments[1] ck",
        "What is inferred says why",
    ),
    (
        put("commitments", "answers", value=[{"request": "kn", "why": "?"}]),
        "commitments[1] ck",
        "unknown field “why”",
    ),
    (
        put("commitments", "answers", value=["kh"]),
        "commitments[1] ck",
        "answers what is no question",
    ),
    (
        put("commitments", "answers", value=[{"request": "kh"}]),
        "commitments[1] ck",
        "answers what is no request",
    ),
    (put("commitments", "answers", value=["gn"]), "commitments[1] ck", "is no question"),
    (put("commitments", "answers", value=["kn", "kn"]), "commitments[1] ck", "twice"),
    (
        put("commitments", "answers", value=[{}]),
        "commitments[1] ck",
        "one request, or one question",
    ),
    (put("commitments", "supports", value=["kn"]), "commitments[1] ck", "supported is advice"),
    (put("requests", "supports", value=["kh"]), "requests[1] kn", "unknown field “supports”"),
    (put("requests", "answers", value=["kn"]), "requests[1] kn", "unknown field “answers”"),
    (put("remarks", "answers", value=["kn"]), "remarks[1] gn", "only an explanation answers"),
    (put("meetings", "answers", value=["kn"]), "meetings[1] buoi", "always inferred"),
    (put("updates", "takes_back", value="kh"), "updates[1] cn", "does not answer that request"),
    # not to be published
    (
        put("commitments", "evidence", "quote", value=" ".join(["lời"] * 21)),
        "commitments[1] ck",
        "at most 20 words",
    ),
]


@pytest.mark.parametrize(
    ("change", "row", "reason"), BAD, ids=[f"{row} {reason}".strip() for _c, row, reason in BAD]
)
def test_a_bad_row_stops_the_load(reference, document, load_file, change, row, reason):
    before = counts()
    change(document)
    with pytest.raises(BadRow) as bad:
        load_file(document)
    assert str(bad.value).startswith(f"tai-lieu.yaml: {row}")
    assert reason in str(bad.value)
    assert counts() == before


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param("requests: [", "not a YAML file", id="bad-yaml"),
        pytest.param("a: !!python/object:os.system {}", "not a YAML file", id="unsafe-yaml"),
        pytest.param("meetings: [{held_on: 2024-02-30}]", "not a YAML file", id="no-such-day"),
        pytest.param("title: Huế".encode("utf-16"), "not a YAML file", id="another-encoding"),
        pytest.param("- một\n- hai", "the file is not a mapping of sections", id="a-list"),
        pytest.param("", "the file is not a mapping of sections", id="empty"),
        pytest.param("xa: []", "unknown section “xa”", id="unknown-section"),
    ],
)
def test_a_bad_file_stops_the_load(load_file, content, reason):
    with pytest.raises(BadRow) as bad:
        load_file(content)
    assert str(bad.value).startswith("tai-lieu.yaml: -: ")
    assert reason in str(bad.value)


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("content", "row"),
    [
        ({"provinces": [{"slug": "hue", "name": "Huế", "code": "46"}]}, "provinces[1] hue"),
        ({"topics": [{"slug": "a", "name": "A"}, {"slug": "b"}]}, "topics[2] b"),
        ({"topics": [{"name": "A"}]}, "topics[1]"),
        ({"provinces": [], "successions": [{"successor": "hue"}]}, "successions[1]"),
        (
            {"provinces": [], "successions": [{"predecessor": "a", "successor": "b"}]},
            "successions[1] a",
        ),
        (
            {"organizations": [{"slug": "a", "name": "A", "kind": "other", "parent": "b"}]},
            "organizations[1] a",
        ),
    ],
)
def test_a_bad_row_of_reference_data_stops_the_load(load_file, content, row):
    before = counts()
    with pytest.raises(BadRow) as bad:
        load_file(content)
    assert str(bad.value).startswith(f"tai-lieu.yaml: {row}: ")
    assert counts() == before


@pytest.mark.both_databases
def test_a_bad_file_takes_the_good_ones_before_it_along(reference, document, tmp_path):
    good, bad = tmp_path / "1.yaml", tmp_path / "2.yaml"
    good.write_text(yaml.dump(document), encoding="utf-8")
    bad.write_text("topics: [{slug: a}]", encoding="utf-8")
    before = counts()
    with pytest.raises(CommandError, match=r"Nothing was loaded. 2\.yaml: topics\[1\] a: "):
        call_command("load_register", good, bad)
    assert counts() == before


def test_a_file_that_is_not_there_stops_the_load(tmp_path):
    with pytest.raises(CommandError, match="no such file"):
        call_command("load_register", tmp_path / "khong-co.yaml")


def test_the_command_says_what_is_new(reference, document, tmp_path, capsys):
    path = tmp_path / "tai-lieu.yaml"
    path.write_text(yaml.dump(document), encoding="utf-8")
    call_command("load_register", path)
    assert "1 commitment" in capsys.readouterr().out
    call_command("load_register", path)
    assert "nothing new" in capsys.readouterr().out


# -- organizations of the reference data

ORGANIZATIONS = {
    "organizations": [
        {"slug": "bo-cu", "name": "Bộ Cũ", "kind": "ministry", "ceased_on": date(2025, 3, 1)},
        {"slug": "bo-moi", "name": "Bộ Mới", "kind": "ministry"},
        {"slug": "truong", "name": "Trường", "kind": "school"},
    ],
    "successions": [
        {
            "predecessor": "bo-cu",
            "successor": "bo-moi",
            "field": "Mọi việc",
            "effective_on": date(2025, 3, 1),
        }
    ],
}


@pytest.fixture
def organizations():
    return copy.deepcopy(ORGANIZATIONS)


def test_ministries_of_a_file_are_of_the_reference_data(organizations, load_file):
    load_file(organizations)
    marked = dict(Organization.objects.values_list("slug", "is_reference"))
    assert marked == {"bo-cu": True, "bo-moi": True, "truong": False}
    before = counts()
    assert load_file(organizations) == {}
    assert counts() == before


def test_what_is_there_is_marked_and_stays(organizations, load_file):
    """As in a database that was loaded by an earlier release."""
    load_file(organizations)
    Organization.objects.update(is_reference=False)
    edited(Organization.objects.get(slug="bo-cu"), aliases="Tên do cán bộ ghi")
    organizations["organizations"][0]["aliases"] = ["BC"]
    organizations["organizations"][1]["aliases"] = ["BM"]
    organizations["successions"][0] |= {"is_principal": True, "legal_act": "Nghị định 1"}
    assert load_file(organizations) == {}
    rows = dict(Organization.objects.values_list("slug", "aliases"))
    assert rows == {"bo-cu": "Tên do cán bộ ghi", "bo-moi": "", "truong": ""}
    marked = dict(Organization.objects.values_list("slug", "is_reference"))
    assert marked == {"bo-cu": True, "bo-moi": True, "truong": False}
    succession = OrganizationSuccession.objects.get()
    assert (succession.is_principal, succession.legal_act) == (False, "")


def test_an_upgrade_brings_up_what_nobody_but_the_loader_wrote(organizations, load_file, tmp_path):
    load_file(organizations)
    Organization.objects.update(is_reference=False)
    edited(Organization.objects.get(slug="bo-cu"), aliases="Tên do cán bộ ghi")
    organizations["organizations"][0]["aliases"] = ["BC"]
    changed = {"aliases": ["BM", "MOST"], "name_en": "New", "established_on": date(2025, 3, 1)}
    organizations["organizations"][1] |= changed | {"name": "Bộ Mới Khác"}
    organizations["successions"][0] |= {"is_principal": True, "legal_act": "Nghị định 1"}
    told = []
    path = tmp_path / "co-quan.yaml"
    path.write_text(yaml.dump(organizations, sort_keys=False), encoding="utf-8")
    assert upgrade([path], told.append) == {}
    stays = "differs from the file, which changes no reference data"
    left = [
        f"co-quan.yaml: organizations[1] bo-cu: {stays}: aliases",
        f"co-quan.yaml: organizations[2] bo-moi: {stays}: name",
    ]
    assert told == [
        left[0],
        "co-quan.yaml: organizations[2] bo-moi: brought up to the file: "
        "name_en, established_on, aliases",
        left[1],
        "co-quan.yaml: successions[1] bo-cu: brought up to the file: is_principal, legal_act",
    ]
    row = Organization.objects.get(slug="bo-moi")
    assert (row.is_reference, row.aliases, row.name_en) == (True, "BM\nMOST", "New")
    assert (row.name, row.established_on) == ("Bộ Mới", date(2025, 3, 1))
    assert " most " in row.search
    succession = OrganizationSuccession.objects.get()
    assert (succession.is_principal, succession.legal_act) == (True, "Nghị định 1")
    assert succession.history.count() == 2
    before, told = counts(), []
    upgrade([path], told.append)
    assert (told, counts()) == (left, before)


def test_an_upgrade_leaves_a_succession_that_staff_wrote(organizations, load_file, tmp_path):
    load_file(organizations)
    edited(OrganizationSuccession.objects.get(), legal_act="Văn bản khác")
    organizations["successions"][0] |= {"is_principal": True, "legal_act": "Nghị định 1"}
    path = tmp_path / "co-quan.yaml"
    path.write_text(yaml.dump(organizations, sort_keys=False), encoding="utf-8")
    upgrade([path])
    succession = OrganizationSuccession.objects.get()
    assert (succession.is_principal, succession.legal_act) == (False, "Văn bản khác")


def test_what_staff_made_another_kind_of_body_is_left(organizations, load_file):
    load_file(organizations)
    edited(Organization.objects.get(slug="bo-moi"), kind="state_body", is_reference=False)
    load_file(organizations)
    row = Organization.objects.get(slug="bo-moi")
    assert (row.kind, row.is_reference) == ("state_body", False)


def test_a_committee_that_staff_moved_does_not_stop_the_load(load_file):
    here, there = make_province(slug="day"), make_province(slug="kia")
    rows = [
        {"slug": f"ubnd-{name}", "name": f"UBND {name}", "kind": "peoples_committee"}
        | {"province": name}
        for name in ("day", "kia")
    ]
    load_file({"organizations": rows})
    moved = Organization.objects.get(slug="ubnd-day")
    edited(moved, province=there, is_reference=False)
    assert load_file({"organizations": rows}) == {}
    moved.refresh_from_db()
    assert (moved.province, moved.is_reference) == (there, False)
    assert Organization.objects.committee_of(here) is None


def test_who_took_over_the_rest_is_as_staff_say(organizations, load_file):
    load_file(organizations)
    old = Organization.objects.get(slug="bo-cu")
    make_organization_succession(old, make_organization(), is_principal=True)
    organizations["organizations"].append({"slug": "bo-ba", "name": "Bộ Ba", "kind": "ministry"})
    organizations["successions"][0]["is_principal"] = True
    organizations["successions"].append(
        {
            "predecessor": "bo-cu",
            "successor": "bo-ba",
            "is_principal": True,
            "effective_on": date(2025, 3, 1),
        }
    )
    added = load_file(organizations)
    assert added == {Organization: 1, OrganizationSuccession: 1}
    said = dict(old.successions.values_list("successor__slug", "is_principal"))
    assert (said["bo-moi"], said["bo-ba"], sum(said.values())) == (False, False, 1)


def test_a_register_loaded_by_the_release_before_finds_the_ministry_of_today(client, load_file):
    """The rows of that release: no mark, no day, no further spelling; nothing is published."""
    make_organization(
        slug="bo-khoa-hoc-va-cong-nghe", name="Bộ Khoa học và Công nghệ", short_name="Bộ KH&CN"
    )
    Organization.history.update(history_user=account("tep-nhap"))
    paths = [settings.BASE_DIR / "fixtures" / name for name in REFERENCE]

    def found(text):
        groups = client.get("/tim-kiem/", {"q": text}).context["go_to"]
        return [row.slug for kind, _title, rows in groups for row in rows if kind == "organization"]

    load(paths)
    assert client.get("/co-quan/bo-khoa-hoc-va-cong-nghe/").status_code == 200
    assert found("Bộ KH&CN")[0] == "bo-khoa-hoc-va-cong-nghe"
    upgrade(paths)
    assert found("MOST") == ["bo-khoa-hoc-va-cong-nghe", "bo-khoa-hoc-cong-nghe-va-moi-truong"]
