"""Form of the session that what was accepted fills, and its saving in one step."""

import pytest

from engagements.desk.figures import PROPOSE
from engagements.desk.readings import filling
from engagements.models import (
    Attendance,
    Commitment,
    Figure,
    Indicator,
    Meeting,
    ProvinceRequest,
    Reading,
    Source,
)
from tests.desk import address, posted, rows_back, said
from tests.factories import (
    author,
    home,
    make_indicator,
    make_meeting,
    make_official,
    make_proposal,
    make_request,
    make_user,
)

from .steps import TEXT, asked, page, step

pytestmark = pytest.mark.django_db


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


def test_of_two_who_save_it_at_once_the_second_is_told(desk, accepted, monkeypatch):
    sent = posted(opened(desk, accepted))
    first = make_meeting(ministry=home(), held_on="2024-07-16")
    look = filling.reading_asked

    def looked_before_the_first_saved(request, session=None):
        reading = look(request, session)
        if request.method == "POST":
            Reading.objects.filter(pk=reading.pk).update(meeting=first)
        return reading

    monkeypatch.setattr(filling, "reading_asked", looked_before_the_first_saved)
    answer = desk.post(f"{address(Meeting, 'add')}?reading={accepted.pk}", sent)
    assert answer.url == address(Meeting, "change", first.pk)
    assert any("đã có người lưu" in message for message in said(desk.get(answer.url)))
    assert list(Meeting.objects.all()) == [first]
    assert not Source.objects.filter(sha256=accepted.sha256).exists()


def test_of_a_session_that_was_deleted_the_form_is_filled_again(desk, accepted):
    sent = posted(opened(desk, accepted))
    desk.post(f"{address(Meeting, 'add')}?reading={accepted.pk}", sent)
    for rows in (Commitment, ProvinceRequest, Attendance, Meeting):
        rows.objects.all().delete()
    again = posted(opened(desk, accepted))
    assert again["provincerequests-TOTAL_FORMS"] == "1"
    assert again["held_on"] == "16/07/2024"


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


def test_a_new_indicator_is_proposed_when_the_session_is_saved(desk, accepted, editor):
    near = make_indicator(name="Số trạm phát sóng")
    by = {"state": "changed", "decided_by": editor, "decided_at": "2025-07-01T02:00Z"}
    figure = {"value": "20", "unit": "trạm", "new_indicator": "Số trạm", "indicator": ""}
    asked(accepted, "20 trạm", kind="figure", payload=figure, **by)
    form = opened(desk, accepted)
    (row,) = rows_back(form, "figures")
    offered = dict(row.fields["meant"].widget.choices)
    assert list(offered) == [str(near.pk), f"{PROPOSE}Số trạm"]
    assert row["meant"].value() == f"{PROPOSE}Số trạm"
    assert Indicator.objects.count() == 1
    url = f"{address(Meeting, 'add')}?reading={accepted.pk}"
    assert desk.post(url, posted(form)).status_code == 302
    indicator = Figure.objects.get().indicator
    assert (indicator.name, indicator.unit, indicator.proposed_by) == ("Số trạm", "trạm", editor)


def test_an_indicator_that_was_merged_away_meanwhile_is_asked_for(desk, accepted, editor):
    by = {"state": "accepted", "decided_by": editor, "decided_at": "2025-07-01T02:00Z"}
    figure = {"value": "20", "unit": "trạm", "indicator": "khong-con"}
    asked(accepted, "20 trạm", kind="figure", payload=figure, **by)
    (row,) = rows_back(opened(desk, accepted), "figures")
    assert list(row.errors) == ["indicator"]
