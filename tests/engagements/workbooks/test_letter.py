"""The reminder letter: whom it reminds of what, and that it opens as an official letter."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from docx import Document

from engagements.models import Meeting
from engagements.workbooks.letter import Reminder, clean
from tests.desk import address
from tests.factories import (
    edited,
    make_commitment,
    make_meeting,
    make_organization,
    make_province,
    make_request,
    make_source,
    make_update,
    make_user,
    published,
)

pytestmark = pytest.mark.django_db


def late(days, status="in_progress", make=make_commitment, **values):
    """A published item that many days past its day."""
    due_on = timezone.localdate() - timedelta(days=days)
    kind = "request" if make is make_request else "commitment"
    item = published(make(due_on=due_on, due_text="hết quý", **values))
    if status != "unknown":
        published(make_update(**{kind: item}, status=status))
    return item


def words(body):
    """Everything that the letter says, cell by cell and line by line."""
    document = Document(BytesIO(body))
    found = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        found += [cell.text for row in table.rows for cell in row.cells]
    return "\n".join(found)


def test_a_body_is_reminded_of_what_it_owes_past_its_day():
    lead = make_organization(name="Cục A")
    late(40, lead=lead, title="Cấp điện")
    late(3, lead=lead, title="Cấp nước", make=make_request)
    late(9, status="unknown", lead=lead, title="Không rõ")
    late(5, current_lead=lead, title="Theo dõi thay")
    late(5, lead=lead, current_lead=make_organization(), title="Đã chuyển người theo dõi")
    late(5, status="done", lead=lead, title="Đã xong")
    late(0, lead=lead, title="Đúng ngày")
    late(5, title="Của người khác")
    reminder = Reminder(lead)
    told = [(item.edition.data["title"], item.days) for item in reminder.overdue]
    assert told == [("Cấp điện", 40), ("Theo dõi thay", 5), ("Cấp nước", 3)]
    assert [item.edition.data["title"] for item in reminder.unknown] == ["Không rõ"]
    assert Reminder(lead, with_unknown=False).unknown == []


def test_the_letter_says_what_the_public_reads():
    lead = make_organization()
    item = late(4, lead=lead, title="Như đã công bố")
    edited(item, title="Đang sửa", due_on=timezone.localdate() - timedelta(days=90))
    body = words(Reminder(lead).document())
    assert "Như đã công bố" in body
    assert "Đang sửa" not in body


def test_the_letter_has_the_form_of_an_official_one():
    ministry = make_organization(name="Bộ Khoa học và Công nghệ")
    lead = make_organization(name="Cục A", parent=ministry)
    source = make_source(number="05/TB-BKHCN")
    meeting = make_meeting(title="Làm việc với Ninh Bình", source=source)
    item = late(40, lead=lead, meeting=meeting, source=source)
    late(2, status="unknown", lead=lead)
    said = words(Reminder(lead, ministry).document())
    for part in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "BỘ KHOA HỌC VÀ CÔNG NGHỆ",
        "Số: ……/……",
        "V/v đôn đốc",
        "Kính gửi: Cục A.",
        f"{item.code}. {item.title}",
        "Làm việc với Ninh Bình (29/02/2024)",
        "Văn bản số 05/TB-BKHCN ngày 01/03/2024",
        f"{item.due_on:%d/%m/%Y}",
        "chưa có thông tin",
        "Nơi nhận:",
        "Lưu: VT.",
    ):
        assert part in said
    section = Document(BytesIO(Reminder(lead).document())).sections[0]
    assert round(section.page_width.cm), round(section.page_height.cm) == (21, 30)


def test_signs_that_a_document_cannot_hold_are_left_out():
    assert clean("a\x00b\u202ec\x0bd \ud800") == "abcd"
    lead = make_organization(name="Cục A\x0b")
    late(4, lead=lead)
    assert "Kính gửi: Cục A." in words(Reminder(lead).document())


def test_the_letter_is_saved_from_the_page(staff_client):
    lead = make_organization()
    item = late(4, lead=lead)
    here = address(Meeting, "reminder")
    assert staff_client.get(here).context["reminder"] is None
    shown = staff_client.get(here, {"lead": lead.slug, "unknown": "on"})
    assert f"{item.code}. {item.title}" in shown.text
    answer = staff_client.get(here, {"lead": lead.slug, "file": "yes"})
    assert answer["Content-Disposition"].endswith('.docx"')
    assert item.code in words(answer.content)


def test_where_nothing_is_late_there_is_no_letter(staff_client):
    lead = make_organization()
    published(make_commitment(lead=lead))
    answer = staff_client.get(address(Meeting, "reminder"), {"lead": lead.slug, "file": "yes"})
    assert answer["Content-Type"].startswith("text/html")
    assert answer.context["reminder"].tables == []


def test_a_letter_whose_sender_is_open_leaves_it_open_everywhere():
    lead, sender = make_organization(), make_organization(name="Bộ Y tế")
    late(4, lead=lead)
    open_letter = words(Reminder(lead).document())
    assert "gửi về …… trước ngày" in open_letter
    assert "gửi về Bộ" not in open_letter
    assert "gửi về Bộ Y tế trước ngày" in words(Reminder(lead, sender).document())


def test_only_bodies_that_stand_today_write_and_the_own_desk_is_chosen(client):
    today = timezone.localdate()
    place = make_province()
    desk = make_organization(name="Ủy ban", province=place)
    client.force_login(make_user(roles=["Biên tập"], desk=desk))
    make_organization(name="Sở khác", province=place)
    ministry = make_organization(name="A Bộ")
    leaving = make_organization(name="Bộ sắp thôi", ceased_on=today + timedelta(days=1))
    make_organization(name="Bộ đã thôi", ceased_on=today)
    make_organization(name="Bộ đã gộp", merged_into=ministry)
    form = client.get(address(Meeting, "reminder")).context["form"]
    assert list(form.fields["sender"].queryset) == [desk, ministry, leaving]
    assert form["sender"].value() == desk.slug
    assert f'<option value="{desk.slug}" selected>' in str(form["sender"])


@pytest.mark.parametrize("lead", ["", "khong-co", "99999999999999999999"])
def test_a_body_that_is_none_is_told_on_its_field(staff_client, lead):
    answer = staff_client.get(address(Meeting, "reminder"), {"lead": lead, "file": "yes"})
    assert "lead" in answer.context["form"].errors
