"""A quotation stands in its source, word for word, or it is not entered, and not published."""

import time
from unicodedata import normalize

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engagements.models import Commitment, Meeting, Source
from engagements.models.quotations import SourceText
from engagements.publication.checks import problems
from engagements.publication.publishing import publish_session
from tests.desk import add, address, new_row, opened, posted, said, save, send
from tests.factories import (
    edition_of,
    make_attendance,
    make_commitment,
    make_meeting,
    make_remark,
    make_request,
    make_source,
    make_update,
    make_user,
    published,
    publisher,
)

TEXT = """Bộ trưởng Nguyễn Văn Mẫu làm việc với tỉnh Bình Minh.

Tỉnh đề nghị cho phép thử nghiệm  cơ chế mới, ngay trong năm nay.
Bộ sẽ cùng tỉnh xây dựng đề án thí điểm; Bộ sẽ cử chuyên gia.
Hai bên thống nhất. Tỉnh đề nghị cho phép thử nghiệm."""


@pytest.fixture
def text():
    return SourceText(Source(text=TEXT))


FOUND = {
    "as-it-stands": ("Bộ sẽ cùng tỉnh xây dựng", 3, 3),
    "place-filled-in": ("Bộ sẽ cùng tỉnh xây dựng", None, 3),
    "spaces-do-not-count": ("thử nghiệm cơ  chế mới", None, 2),
    "decomposed-signs": (normalize("NFD", "đề án thí điểm"), 3, 3),
    "one-of-two-places": ("Tỉnh đề nghị cho phép thử nghiệm", 4, 4),
    "without-the-comma": ("cơ chế mới", 2, 2),
    "no-quotation": ("", 4, 4),
    "nothing": ("", None, None),
}


@pytest.mark.parametrize(("quote", "paragraph", "place"), FOUND.values(), ids=FOUND)
def test_where_a_quotation_stands(text, quote, paragraph, place):
    assert text.locate(quote, paragraph) == place


NOT_FOUND = {
    "in-another-paragraph": ("Bộ sẽ cùng tỉnh", 2, "paragraph", ["3", "2"]),
    "in-two-others": ("Tỉnh đề nghị cho phép", 3, "paragraph", ["2, 4"]),
    "in-two-and-none-named": ("Tỉnh đề nghị cho phép", None, "paragraph", ["2, 4"]),
    "beyond-the-end": ("", 5, "paragraph", ["4"]),
    "one-word-changed": ("Bộ sẽ cùng tỉnh soạn đề án", 3, "quote", ["“soạn” → “xây dựng”"]),
    "misprint-mended": ("cử các chuyên gia", None, "quote", ["“các”", "“cử chuyên gia.”"]),
    "other-case": ("bộ sẽ cùng tỉnh xây dựng", None, "quote", ["“bộ” → “Bộ”"]),
    "cut-in-a-word": ("uyên gia", None, "quote", [""]),
    "without-marks": (
        "Bo se cung tinh xay dung de an",
        None,
        "quote",
        ["3", "“Bo se cung tinh xay dung de an” → “Bộ sẽ cùng tỉnh xây dựng đề án”"],
    ),
    "comma-left-out": ("cơ chế mới ngay trong", None, "quote", ["“mới” → “mới,”"]),
    "invented": ("hoàn toàn không có trong bài", 1, "quote", ["1"]),
}


@pytest.mark.parametrize(("quote", "paragraph", "field", "told"), NOT_FOUND.values(), ids=NOT_FOUND)
def test_why_a_quotation_is_refused(text, quote, paragraph, field, told):
    with pytest.raises(ValidationError) as refused:
        text.locate(quote, paragraph)
    assert list(refused.value.message_dict) == [field]
    (message,) = refused.value.message_dict[field]
    assert [part for part in told if part not in message] == []


def test_a_stop_after_a_word_is_no_difference(text):
    with pytest.raises(ValidationError) as refused:
        text.locate("Bộ cử chuyên gia", 3)
    (message,) = refused.value.message_dict["quote"]
    assert "“—” → “sẽ”" in message
    assert "“gia” → " not in message


def test_without_a_text_nothing_is_held_against_it():
    assert SourceText(Source()).locate("Bất cứ điều gì", 99) == 99


def test_the_nearest_passage_of_a_long_text_is_found_at_once():
    lines = [" ".join(f"chữ{n * m % 89} trong đoạn" for m in range(50)) for n in range(200)]
    lines[150] += " và Bộ hứa sẽ cùng tỉnh xây dựng đề án thí điểm ngay trong quý này nhé"
    text = SourceText(Source(text="\n".join(lines)))
    start = time.perf_counter()
    number, words = text.nearest("Bộ hứa cùng tỉnh xây dựng đề án thí điểm ngay trong quý tới nhé")
    assert time.perf_counter() - start < 2
    assert number == 151
    assert " ".join(words).startswith("Bộ hứa sẽ cùng tỉnh")


# -- in the forms


@pytest.fixture
def editor(client, db):
    user = make_user("an", is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def source(db):
    return make_source(text=TEXT)


@pytest.mark.parametrize("make", [make_request, make_commitment, make_remark, make_meeting])
def test_a_form_refuses_what_the_source_does_not_say(editor, client, source, make):
    record = make(source=source)
    answer = save(client, record, quote="Bộ sẽ cùng tỉnh soạn đề án")
    assert "soạn" in answer.context["adminform"].form.errors["quote"][0]
    assert save(client, record, quote="Bộ sẽ cùng tỉnh xây dựng đề án").status_code == 302
    record.refresh_from_db()
    assert (record.paragraph, record.quote) == (3, "Bộ sẽ cùng tỉnh xây dựng đề án")


def test_news_rest_on_what_their_source_says(editor, client, source):
    update = make_update(source=source, basis="source")
    assert save(client, update, quote="Không có").status_code == 200
    assert save(client, update, quote="Hai bên thống nhất.").status_code == 302


@pytest.mark.parametrize("has_text", [True, False], ids=["with-text", "without"])
def test_a_long_quotation_is_refused_early(editor, client, has_text):
    record = make_request(source=make_source(text=TEXT if has_text else ""))
    form = save(client, record, quote=" ".join(["từ"] * 21)).context["adminform"].form
    assert list(form.errors) == ["quote"]
    assert "21" in form.errors["quote"][0]


def test_rows_of_a_session_are_held_against_the_source_chosen_there(editor, client, source):
    meeting = make_meeting()
    given = {
        "title": "Họp",
        "held_on": "29/02/2024",
        "ministry": meeting.ministry_id,
        "provinces": meeting.provinces.get().pk,
        "source": source.pk,
        "lines_ministry": "+ Lê Mới | Hai bên thống nhất.",
        "lines_requests": "Xin cơ chế | cơ chế mới\nXin người | “cử kỹ sư”",
    }
    answer = add(client, Meeting, **given)
    rows = {one.formset.prefix: one.formset for one in answer.context["inline_admin_formsets"]}
    right, wrong = rows["provincerequests"].forms
    assert (list(right.errors), list(wrong.errors)) == ([], ["quote"])
    sent = posted(answer) | {"provincerequests-1-quote": "cử chuyên gia"}
    sent["attendances-0-title"] = ""
    sent["attendances-0-quote"] = "Hai bên thống nhất."
    assert client.post(address(Meeting, "add"), sent).status_code == 302
    made = Meeting.objects.get(title="Họp")
    assert [one.paragraph for one in made.provincerequests.order_by("pk")] == [2, 3]
    assert made.attendances.get().paragraph == 4


def test_a_source_is_read_once_for_all_rows(editor, client, source):
    meeting = make_meeting(source=source)
    counts = []
    for rows in (1, 20):
        sent = opened(client, meeting)
        for number in range(rows):
            row = {"title": f"Xin {number}", "source": source.pk, "quote": "Bộ sẽ cử chuyên gia"}
            row["province"] = meeting.provinces.get().pk
            sent = new_row(sent, "provincerequests", **row)
        split = SourceText.__init__
        reads = []

        def counted(text, one, split=split, reads=reads):
            reads.append(one)
            split(text, one)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(SourceText, "__init__", counted)
            assert send(client, meeting, sent).status_code == 302
        counts.append(len(reads))
    assert counts[0] == counts[1]


def test_what_stood_there_before_does_not_stop_another_change(editor, client, source):
    record = make_request(source=source, paragraph=1, quote="Lời cũ, gõ khi chưa có văn bản")
    assert save(client, record, title="Tên khác").status_code == 302
    assert save(client, record, paragraph="2").status_code == 200


# -- on the way to the public


def test_no_import_passes_by(source):
    record = make_request(source=source, paragraph=2, quote="Bộ sẽ cùng tỉnh")
    published(record.meeting)
    assert [reason for reason in problems(record) if "Bộ sẽ cùng tỉnh" in reason]
    assert edition_of(record) is None


def test_who_sat_there_is_proved_too(source):
    seat = make_attendance(source=source, quote="Không có trong bài")
    assert [reason for reason in problems(seat.meeting) if "Không có trong bài" in reason]


def test_a_session_is_published_with_one_look_into_its_source(source):
    asked = []
    for items in (1, 6):
        meeting = make_meeting(source=source)
        for _place in range(items):
            make_request(meeting=meeting, paragraph=3, quote="Bộ sẽ cử chuyên gia")
        with CaptureQueriesContext(connection) as queries:
            publish_session(meeting, by=publisher())
        asked.append(sum('"engagements_source"."text"' in query["sql"] for query in queries))
    assert asked[0] == asked[1] > 0


def test_a_text_that_is_changed_names_the_quotations_that_fall(editor, client, source):
    stands = published(make_request(source=source, paragraph=3, quote="Bộ sẽ cử chuyên gia"))
    falls = published(make_commitment(source=source, paragraph=2, quote="cơ chế mới"))
    answer = save(client, source, text=TEXT.replace("cơ chế mới", "cơ chế riêng"))
    assert answer.status_code == 302
    (warning,) = [one for one in said(client.get(answer["Location"])) if falls.code in one]
    assert stands.code not in warning
    assert Commitment.objects.get().quote == "cơ chế mới"
