"""A session comes back from the road: typed at one form, published by a second person."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from engagements.models import Meeting
from provinces.models import Province
from tests.factories import (
    edition_of,
    make_meeting,
    make_official,
    make_organization,
    make_post,
    make_source,
)

MOST_KEYS = 60  # beyond the text itself
LINES = {
    "lines_ministry": ["Trần Văn Một", "Trần Văn Hai", "Trần Văn Ba", "Trần Văn Bốn"],
    "lines_province": ["Lê Thị Một", "Lê Thị Hai", "Lê Thị Ba", "Lê Thị Bốn"],
    "lines_requests": [
        "Cho thử nghiệm giấy phép mới | đề nghị cho thử nghiệm giấy phép",
        "Bố trí vốn cho trung tâm dữ liệu | bố trí vốn cho trung tâm dữ liệu",
        "Cử chuyên gia về tỉnh | cử chuyên gia về giúp tỉnh",
        "Đào tạo cán bộ xã | đào tạo cán bộ cấp xã",
        "Phủ sóng vùng lõm | phủ sóng các vùng lõm",
    ],
    "lines_commitments": [
        "Cấp phép thử nghiệm | rõ ràng | #1 | sẽ cấp phép thử nghiệm trong quý tới",
        "Cùng tỉnh đào tạo cán bộ xã | rõ ràng | #4 | cùng tỉnh đào tạo cán bộ xã",
    ],
    "lines_recommendations": [
        "Lập tổ công tác | lập ngay tổ công tác",
        "Chọn một xã làm trước | chọn một xã làm điểm",
        "Dùng chung hạ tầng | #5 | dùng chung hạ tầng của các nhà mạng",
        "Mở dữ liệu | mở dữ liệu cho doanh nghiệp",
        "Giao chỉ tiêu cho sở | giao chỉ tiêu cho từng sở",
        "Họp mỗi quý một lần | mỗi quý họp một lần",
    ],
}
TEXT = "\n".join(
    f"Tại buổi làm việc, {line.rpartition(' | ')[2]}, như đã bàn."
    for name in ("lines_requests", "lines_commitments", "lines_recommendations")
    for line in LINES[name]
)


@pytest.fixture(scope="module")
def ministry(loaded, django_db_blocker):
    """A ministry with four people, who meet four of Ninh Bình."""
    with django_db_blocker.unblock():
        body = make_organization(name="Bộ Thử nghiệm")
        committee = make_organization(
            name="Ủy ban Thử nghiệm",
            kind="peoples_committee",
            province=Province.objects.get(slug="ninh-binh-2025"),
        )
        for organization, box in ((body, "lines_ministry"), (committee, "lines_province")):
            for name in LINES[box]:
                who = make_official(full_name=name)
                make_post(official=who, organization=organization, title="Vụ trưởng")
        return body


class Keyboard:
    """Counts what is pressed beyond the text itself."""

    def __init__(self, page):
        self.page, self.pressed = page, 0

    def press(self, key, times=1):
        for _time in range(times):
            self.page.keyboard.press(key)
        self.pressed += times * len(key.split("+"))  # each key of a chord

    def type(self, text):
        """Signs that part a line are counted too: the source does not have them."""
        self.page.keyboard.insert_text(text)
        self.pressed += text.count("|") + text.count("#")

    def tab_to(self, name):
        """By Tab alone, from where the cursor is."""
        box = self.page.locator(f"#id_{name}")
        for _time in range(12):
            self.press("Tab")
            if box.evaluate("""box => box === document.activeElement ||
                    document.activeElement.closest(".select2")?.previousElementSibling === box"""):
                return
        raise AssertionError(f"{name} is more than twelve tabs away")

    def choose(self, name, words):
        """In a box of choices, which opens when one begins to type."""
        self.tab_to(name)
        self.page.keyboard.press(words[0])
        self.page.keyboard.insert_text(words[1:])
        options = self.page.locator(".select2-results__option--highlighted")
        expect(options).to_contain_text(words)
        self.press("Enter")
        expect(self.page.locator(f"#id_{name} option:checked").last).to_contain_text(words)


def test_a_session_is_entered_by_keyboard_and_published_by_a_second_person(
    page, signed_in, ministry
):
    editor = signed_in("Biên tập", desk=ministry)
    source = make_source(title="Thông báo kết luận số 99", text=TEXT, by=editor)
    page.goto("/admin/engagements/meeting/add/")
    page.wait_for_load_state()
    expect(page.locator("#id_title")).to_be_focused()

    keys = Keyboard(page)
    keys.type("Buổi làm việc thử nghiệm")
    keys.choose("ministry", "Bộ Thử nghiệm")
    keys.choose("provinces", "Ninh Bình")
    keys.tab_to("held_on")
    keys.type("29/05/2025")
    keys.choose("source", "Thông báo kết luận số 99")
    for name, lines in LINES.items():
        keys.tab_to(name)
        for number, line in enumerate(lines):
            if number:
                keys.press("Enter")
            keys.type(line)
    keys.press("Control+s")
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert keys.pressed <= MOST_KEYS

    meeting = Meeting.objects.get(title="Buổi làm việc thử nghiệm")
    kinds = ("attendances", "provincerequests", "commitments", "recommendations")
    counts = [getattr(meeting, kind).count() for kind in kinds]
    assert counts == [8, 5, 2, 6]
    assert {one.title for one in meeting.attendances.all()} == {"Vụ trưởng"}
    assert sorted(meeting.attendances.values_list("side", flat=True)) == (
        ["ministry"] * 4 + ["province"] * 4
    )
    items = [one for kind in kinds[1:] for one in getattr(meeting, kind).all()]
    assert [one.paragraph for one in sorted(items, key=lambda one: one.paragraph)] == list(
        range(1, 14)
    )
    assert {one.source for one in items} == {source}
    answered = [one.title for promise in meeting.commitments.all() for one in promise.answers.all()]
    assert sorted(answered) == ["Cho thử nghiệm giấy phép mới", "Đào tạo cán bộ xã"]

    signed_in("Duyệt")
    page.goto(f"/admin/engagements/meeting/{meeting.pk}/session/")
    page.locator("button[value=publish]").click()
    page.wait_for_load_state()
    assert all(edition_of(one) for one in (source, meeting, *items))
    page.goto(f"/buoi-lam-viec/{meeting.slug}/")
    expect(page.locator("main")).to_contain_text("Cấp phép thử nghiệm")


def test_rows_are_added_filled_and_taken_off_by_keyboard(page, signed_in, ministry):
    editor = signed_in("Biên tập", desk=ministry)
    meeting = make_meeting(ministry=ministry, by=editor)
    page.goto(f"/admin/engagements/meeting/{meeting.pk}/change/")
    page.wait_for_load_state()
    expect(page.locator("#attendances-group .add-row").first).to_be_attached()  # scripts are ready

    page.keyboard.press("Control+Alt+1")
    row = page.locator("#attendances-0")
    expect(row.locator(".select2-selection").first).to_be_focused()
    page.keyboard.press("T")
    page.keyboard.insert_text("ran Van Hai")
    expect(page.locator(".select2-results__option--highlighted")).to_contain_text("Trần Văn Hai")
    page.keyboard.press("Enter")
    expect(page.locator("#id_attendances-0-title")).to_have_value("Vụ trưởng")
    expect(page.locator("#id_attendances-0-side")).to_have_value("ministry")

    for number, title in enumerate(["Xin vốn", "Xin người", "Xin đất"]):
        page.keyboard.press("Control+Alt+2")
        expect(page.locator(f"#id_provincerequests-{number}-title")).to_be_focused()
        page.keyboard.insert_text(title)
    page.keyboard.press("Control+Alt+4")
    page.keyboard.insert_text("Lập tổ")  # at once: the row is ready for what is typed next
    expect(page.locator("#id_recommendations-0-title")).to_have_value("Lập tổ")
    page.locator("#id_recommendations-0-answers_lines").fill("1, 3")
    page.locator("#provincerequests-0 a.inline-deletelink").click()
    expect(page.locator("#id_recommendations-0-answers_lines")).to_have_value("2")
    expect(page.locator("#provincerequests-1 .inline_label")).to_have_text("#2")

    page.locator("#id_recommendations-0-title").focus()
    with page.expect_navigation(timeout=20_000):
        page.keyboard.press("Control+Enter")
    page.wait_for_load_state()
    expect(page.locator("#recommendations-1 #id_recommendations-1-title")).to_be_focused()
    assert meeting.recommendations.get().answers.get().title == "Xin đất"
    assert meeting.attendances.get().side == "ministry"


def test_what_was_typed_is_not_left_behind_unseen(page, signed_in, ministry):
    signed_in("Biên tập", desk=ministry)
    page.goto("/admin/engagements/meeting/add/")
    page.wait_for_load_state()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.keyboard.type("Chưa lưu")
    page.close(run_before_unload=True)
    expect(page.locator("#id_title")).to_have_value("Chưa lưu")
    assert asked == ["beforeunload"]


def test_a_source_is_made_without_leaving_the_form(page, signed_in, ministry):
    signed_in("Biên tập", desk=ministry)
    page.goto("/admin/engagements/meeting/add/")
    with page.expect_popup() as opened:
        page.locator("#add_id_source").click()
    popup = opened.value
    popup.locator("#id_title").fill("Bài báo vừa đọc")
    popup.locator("#id_type").select_option("press_article")
    popup.locator("#id_rank").select_option("4")
    popup.locator("input[name=_save]").click()
    expect(page.locator("#id_source option:checked")).to_contain_text("Bài báo vừa đọc")


def test_an_error_is_looked_at_first(page, signed_in, ministry):
    editor = signed_in("Biên tập", desk=ministry)
    meeting = make_meeting(ministry=ministry, by=editor)
    page.goto(f"/admin/engagements/meeting/{meeting.pk}/change/?next=commitments")
    page.wait_for_load_state()
    page.locator("#id_planned_from").evaluate("box => { box.closest('details').open = true; }")
    page.locator("#id_planned_from").fill("31/02/2024")
    page.locator("#id_lines_requests").fill("Xin vốn")
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    page.wait_for_load_state()
    expect(page.locator("#id_planned_from")).to_be_focused()
    expect(page.locator("#id_planned_from")).to_be_in_viewport()
    expect(page.locator("#id_provincerequests-0-title")).to_be_visible()


def test_every_form_is_saved_by_its_keys_and_left_with_a_warning(page, signed_in, ministry):
    editor = signed_in("Biên tập", desk=ministry)
    source = make_source(title="Bài báo", by=editor)
    page.goto(f"/admin/engagements/source/{source.pk}/change/")
    page.wait_for_load_state()
    page.locator("#id_title").fill("Bài báo dài")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.close(run_before_unload=True)
    expect(page.locator("#id_title")).to_have_value("Bài báo dài")
    assert asked == ["beforeunload"]
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    expect(page.locator(".messagelist .success")).to_be_visible()
    with page.expect_navigation(url="**/source/add/**"):
        page.keyboard.press("Control+Enter")
    source.refresh_from_db()
    assert source.title == "Bài báo dài"
    assert asked == ["beforeunload"]


BOXES = ".form-row :is(input:not(.select2-search__field), select, textarea, .select2-container)"
CUT = """boxes => boxes
    .filter((box) => box.checkVisibility() && !box.matches(".select2-hidden-accessible"))
    .filter((box) => box.getBoundingClientRect().right
        > box.closest(".form-row").getBoundingClientRect().right)
    .map((box) => box.id || box.className)"""


@pytest.mark.parametrize("way", ["meeting/{}/change/?next=commitments", "source/add/?_popup=1"])
def test_no_box_is_cut_on_a_small_screen(page, signed_in, ministry, way):
    editor = signed_in("Biên tập", desk=ministry)
    meeting = make_meeting(ministry=ministry, by=editor)
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"/admin/engagements/{way.format(meeting.pk)}")
    page.wait_for_load_state()
    page.evaluate("for (const one of document.querySelectorAll('details')) { one.open = true; }")
    assert page.locator(BOXES).evaluate_all(CUT) == []


def test_the_buttons_of_a_form_leave_its_title_free(page, signed_in, ministry):
    editor = signed_in("Biên tập", desk=ministry)
    meeting = make_meeting(ministry=ministry, by=editor, title="Buổi làm việc với tên dài " * 4)
    page.goto(f"/admin/engagements/meeting/{meeting.pk}/change/")
    title = page.locator("#content > h2").bounding_box()
    assert page.locator(".object-tools").bounding_box()["y"] >= title["y"] + title["height"]


def test_a_session_is_entered_without_scripts(plain_page, page, signed_in, ministry, base_url):
    signed_in("Biên tập", desk=ministry)
    plain_page.context.add_cookies(page.context.cookies())
    plain_page.goto(f"{base_url}/admin/engagements/meeting/add/")
    plain_page.locator("#id_title").fill("Buổi không có script")
    plain_page.locator("#id_held_on").fill("29/05/2025")
    plain_page.locator("#id_lines_requests").fill("Xin vốn\nXin người")
    plain_page.locator("input[name=_save]").click()
    expect(plain_page.locator("#id_provincerequests-1-title")).to_have_value("Xin người")


def test_the_forms_have_no_serious_faults(context, base_url, signed_in, ministry):
    signed_in("Biên tập", desk=ministry)
    page = context.new_page()  # not watched: what axe does breaks the page's rules
    meeting = Meeting.objects.get(slug="2024-02-29-ninh-binh")
    for way in ("meeting/add/", f"meeting/{meeting.pk}/change/?next=commitments", "source/add/"):
        page.goto(f"{base_url}/admin/engagements/{way}")
        page.wait_for_load_state()
        found = [
            (fault["id"], [node["html"][:120] for node in fault["nodes"][:3]])
            for fault in Axe().run(page).response["violations"]
            if fault["impact"] in ("serious", "critical")
        ]
        assert found == [], way
