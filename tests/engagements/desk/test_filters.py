"""Rows that don't fit: each filter shows the row that has the worry and no other."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from engagements.audit import WORRIES, canonical_url, has_strange_letters, worries_of
from engagements.models import Commitment, Meeting, Source, State
from engagements.publication.publishing import withdraw
from provinces.models import Official, Organization
from tests.desk import address
from tests.factories import (
    edited,
    make_attendance,
    make_commitment,
    make_figure,
    make_link_check,
    make_meeting,
    make_official,
    make_organization,
    make_post,
    make_province,
    make_recommendation,
    make_remark,
    make_request,
    make_source,
    make_update,
    make_user,
    numbers,
    published,
    publisher,
)

pytestmark = pytest.mark.django_db
HELD_ON = date(2024, 2, 29)


@pytest.fixture(autouse=True)
def at_the_desk(client, db):
    client.force_login(make_user(roles=["Biên tập"]))


def untouched_for(days, record):
    at = timezone.now() - timedelta(days)
    type(record).objects.filter(pk=record.pk).update(updated_at=at)
    return record


def dead_source():
    source = make_source(url="https://example.vn/a")
    asked = {"outcome": "gone", "failing_since": timezone.now(), "address": source.url}
    make_link_check(source=source, **asked)
    return source


def without_its_session():
    """What publishing never leaves behind: only a restored or repaired table could hold it."""
    item = published(make_commitment())
    type(item.meeting).objects.filter(pk=item.meeting_id).update(state=State.WITHDRAWN)
    return item


def told(**values):
    return make_commitment(**values)


def two_sessions(first, second, **same):
    """Items about one province, said at two sessions."""
    place = make_province()
    given = [{"province": place, "title": title} | same for title in (first, second)]
    return [told(meeting=make_meeting(provinces=[place]), **one) for one in given]


def one_session(first, second):
    place = make_province()
    meeting = make_meeting(provinces=[place])
    return [told(meeting=meeting, province=place, title=title) for title in (first, second)]


def merged(first, second):
    Official.objects.filter(pk=first.pk).update(merged_into=second)
    return [first, second]


def gone(*sources):
    withdraw(published(sources[0]), by=publisher())
    return list(sources)


def people(*names):
    return [make_official(full_name=name, slug=f"nguoi-{next(numbers)}") for name in names]


def bodies(*names):
    return [make_organization(name=name, slug=f"co-quan-{next(numbers)}") for name in names]


def articles(*rows):
    return [make_source(**row) for row in rows]


DAY = {"issued_on": HELD_ON}


def at_a_plan(item):
    """Its session is planned only, as none could be when its items are published today."""
    values = {"state_of_it": "planned", "planned_from": HELD_ON, "planned_to": HELD_ON}
    Meeting.objects.filter(pk=item.meeting_id).update(held_on=None, **values)
    return item


# Each worry: rows that have it, rows that don't.
CASES = {
    (Commitment, "undated"): (
        lambda: [told(status="done")],
        lambda: [told(), told(status="done", completed_on=HELD_ON)],
    ),
    (Commitment, "due_before"): (
        lambda: [told(due_on=HELD_ON - timedelta(1), due_text="hôm trước")],
        lambda: [told(due_on=HELD_ON, due_text="ngay hôm đó"), told()],
    ),
    (Commitment, "alike"): (
        lambda: [
            *two_sessions("Xây trung tâm dữ liệu của tỉnh", "Xây TRUNG TÂM dữ liệu tỉnh"),
            *two_sessions("Mở lớp tập huấn cho cán bộ xã", "Mở lớp tập huấn cho cán bộ tỉnh"),
            *two_sessions("Phủ sóng", "Phủ Sóng"),
            *one_session("Xây cầu qua sông Mẫu", "Xây cầu qua sông mẫu"),
        ],
        lambda: [
            *two_sessions("Cấp vốn cho ba khu công nghiệp", "Cấp điện cho hai khu công nghiệp"),
            *two_sessions("Cấp điện", "Cấp nước"),
            *one_session("Mở rộng cảng biển giai đoạn một", "Mở rộng cảng biển giai đoạn hai"),
            told(title="Lập quỹ đầu tư mạo hiểm chung"),
            told(title="Lập quỹ đầu tư mạo hiểm chung"),
        ],
    ),
    (Commitment, "unproven"): (lambda: [told(source=None)], lambda: [told()]),
    (Commitment, "dead"): (
        lambda: [told(source=dead_source())],
        lambda: [told(), told(source=None)],
    ),
    (Commitment, "unquoted"): (lambda: [told()], lambda: [told(quote="Bộ sẽ làm")]),
    (Commitment, "paragraph"): (
        lambda: [told(paragraph=4)],
        lambda: [told(), told(paragraph=4, quote="Bộ sẽ làm")],
    ),
    (Commitment, "inferred"): (
        lambda: [told(is_inferred=True, inference="Từ ngữ cảnh")],
        lambda: [told()],
    ),
    (Commitment, "no_session"): (
        lambda: [without_its_session()],
        lambda: [told(), published(make_commitment())],
    ),
    (Commitment, "not_held"): (
        lambda: [at_a_plan(published(make_commitment()))],
        lambda: [at_a_plan(told()), published(make_commitment())],
    ),
    (Commitment, "lying"): (
        lambda: [
            untouched_for(16, told(state=State.IN_REVIEW)),
            untouched_for(16, edited(published(make_commitment()), title="Đã sửa")),
        ],
        lambda: [
            untouched_for(12, told(state=State.IN_REVIEW)),
            untouched_for(16, told()),
            untouched_for(16, published(make_commitment())),
            untouched_for(16, edited(published(make_commitment()), title="Sửa", review_note="Sai")),
        ],
    ),
    (Source, "twice"): (
        lambda: articles(
            {"url": "https://www.example.vn/bai-1/?utm_source=x"},
            {"url": "http://example.vn/bai-1#cuoi"},
            {"sha256": "a" * 64},
            {"sha256": "A" * 64},
            {"title": "Bộ trưởng làm việc với tỉnh", **DAY},
            {"title": "Bộ trưởng làm việc với Tỉnh", **DAY},
            {"title": "Thông báo số 12", "number": "12/TB-VPCP", **DAY},
            {"title": "Thông báo kết luận", "number": "12/TB-VPCP", **DAY},
            {"url": "https://example.vn/bai-3"},
            {"archived_url": "https://example.vn/bai-3/"},
            {"url": "https://example.vn/tep?so=1&trang=2"},
            {"url": "https://example.vn/tep?trang=2&so=1"},
            {"url": "https://example.vn/hai%20chu.pdf"},
            {"url": "https://example.vn/hai chu.pdf"},
        ),
        lambda: [
            *articles(
                {"url": "https://example.vn/bai-2?id=1"},
                {"url": "https://example.vn/bai-2?id=2"},
                {"title": "Tin trong ngày", **DAY},
                {"title": "Tin trong ngày", "issued_on": HELD_ON + timedelta(1)},
                {"title": "Không rõ ngày", "issued_on": None},
                {"title": "Không rõ ngày", "issued_on": None},
                {"title": "Quyết định một", "number": "3/QĐ", **DAY},
                {"title": "Quyết định hai", "number": "3/QĐ", "issued_on": None},
                {"url": "https://example.vn/bai-4", "archived_url": "https://example.vn/bai-4"},
            ),
            *gone(make_source(sha256="b" * 64), make_source(sha256="b" * 64)),
        ],
    ),
    (Source, "dead"): (
        lambda: [dead_source()],
        lambda: [make_source(), make_source(url="https://example.vn/b")],
    ),
    (Official, "untitled"): (
        lambda: [make_attendance(title="").official, make_official()],
        lambda: [make_post().official, make_attendance().official],
    ),
    (Official, "alike"): (
        lambda: people(
            "Nguyễn Văn Thắng", "Nguyễn Văn Thăng",
            "Lê Thị Hoà", "Lê Hoà Thị",
            "Phạm Quang Vinh", "Phạm Quang Vin",
            "Đỗ Bích Ngọc", "Đỗ Bích Ngạc",
        ),
        lambda: [
            *people("Trần Đại Nghĩa", "Vũ Mạnh Cường"),
            *merged(make_official(full_name="Hồ Sỹ Khuê"), make_official(full_name="Hồ Sĩ Khuê")),
        ],
    ),
    (Official, "letters"): (
        lambda: people("Nguyễn Vаn Nam", "Lê Ðình Bảo"),
        lambda: people("Nguyễn Văn Nam", "Đặng Đình Bảo"),
    ),
    (Organization, "alike"): (
        lambda: bodies("Sở Công Thương", "SỞ CÔNG THƯƠNG"),
        lambda: bodies("Sở Công nghệ", "Sở Y tế"),
    ),
    (Organization, "letters"): (lambda: bodies("Bộ Кhoa học"), lambda: bodies("Bộ Khoa học")),
}  # fmt: skip


def test_every_worry_has_its_cases():
    assert {name for _model, name in CASES} == {one.name for one in WORRIES}
    for model in (Source, Official, Organization):
        assert {name for one, name in CASES if one is model} >= set(worries_of(model)) - {"lying"}


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("model", "name"), CASES, ids=[f"{model._meta.model_name}-{name}" for model, name in CASES]
)
def test_a_list_shows_the_rows_that_do_not_fit(client, model, name):
    fitting, others = CASES[model, name]
    known = set(model.objects.values_list("pk", flat=True))
    found = fitting()
    others()
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address(model), {"worry": name})
    shown = set(answer.context["cl"].result_list)
    assert {one for one in shown if one.pk not in known} == set(found)
    assert len(asked) <= 12


@pytest.mark.parametrize(
    "make",
    [
        make_source, make_meeting, make_request, make_commitment, make_recommendation, make_remark,
        make_figure, make_update, make_official, make_organization,
    ],
)  # fmt: skip
def test_every_list_offers_its_worries_and_asks_little(client, make):
    model = type(make())
    counts = []
    for rows in (1, 8):
        for _place in range(rows):
            make()
        for name in worries_of(model):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address(model), {"worry": name}).status_code == 200
            counts.append(len(asked))
    assert worries_of(model)
    assert max(counts) <= 12


@pytest.mark.parametrize("worry", ["nothing", "alike", "' OR 1=1"])
def test_a_worry_that_a_list_does_not_know_shows_the_list(client, worry):
    source = make_source()
    answer = client.get(address(Source), {"worry": worry}, follow=True)
    assert list(answer.context["cl"].result_list) == [source]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("text", "strange"),
    [
        ("Nguyễn Đình Thi", False),
        ("Ưng Hoàng Phúc 2", False),
        ("Müller", False),
        ("Nguyễn Đình Тhi", True),
        ("Lê Ðức", True),
        ("Lê ðức", True),
        ("ＬＥ", True),
        ("Αnh", True),
    ],
)
def test_letters_that_only_look_like_ours(text, strange):
    assert has_strange_letters(text) is strange


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("https://www.example.vn/a/", "example.vn/a?"),
        ("http://m.example.vn/a?fbclid=1&id=2#x", "example.vn/a?id=2"),
        ("https://EXAMPLE.vn/a", "example.vn/a?"),
        ("https://example.vn/a%20b?y=2&x=1", "example.vn/a b?x=1&y=2"),
        ("https://[broken/a", "https://[broken/a"),
    ],
)
def test_an_address_without_what_changes_nothing(url, plain):
    assert canonical_url(url) == plain
