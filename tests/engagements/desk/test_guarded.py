"""The staff's desk: what every list and form shares, places, people, accounts."""

from datetime import date

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, override

from engagements.models import Edition, Proposal, Source
from engagements.publication.models import PendingReissue
from engagements.publication.publishing import publish
from provinces.models import Official, Organization, Province, Succession
from tests.desk import act, add, address, new_row, opened, save, send
from tests.factories import (
    edited,
    edition_of,
    make_commitment,
    make_meeting,
    make_official,
    make_organization,
    make_post,
    make_province,
    make_request,
    make_source,
    make_succession,
    make_tip,
    make_topic,
    make_user,
    published,
    publisher,
)

OURS = ("provinces", "engagements")
# Told on the first page while a worker carries it on; decided on the screen of their reading.
WORKED_OFF = {PendingReissue, Proposal}


@pytest.fixture
def desk(client, db):
    """A client signed in as somebody who may do everything."""
    client.force_login(make_user("chu-ban", is_superuser=True))
    return client


def test_every_table_of_ours_has_its_admin():
    tables = [
        model
        for label in OURS
        for model in apps.get_app_config(label).get_models()
        if not model.__name__.startswith("Historical") and not model._meta.proxy
    ]
    assert len(tables) >= 17
    without = {model for model in tables if not admin.site.is_registered(model)}
    assert without == WORKED_OFF


# -- search


@pytest.mark.both_databases
@pytest.mark.parametrize("words", ["Đặng Thu", "ĐẶNG THU", "dang thu", "dang t", "  đang   thu"])
def test_search_ignores_accents_and_case(desk, words):
    make_official(full_name="Đặng Thu Hà")
    make_official(full_name="Trần Đăng")
    rows = desk.get(address(Official), {"q": words}).context["cl"].result_list
    assert [row.full_name for row in rows] == ["Đặng Thu Hà"]


@pytest.mark.both_databases
@pytest.mark.parametrize("words", ["hue", "HUẾ", "hu"])
def test_autocomplete_ignores_accents(desk, words):
    make_province(name="Huế")
    make_province(name="Nghệ An")
    answer = desk.get(
        reverse("admin:autocomplete"),
        {
            "term": words,
            "app_label": "engagements",
            "model_name": "commitment",
            "field_name": "province",
        },
    )
    assert [row["text"] for row in answer.json()["results"]] == ["Tỉnh Huế"]


def test_search_for_signs_alone_finds_nothing(desk):
    make_official()
    assert desk.get(address(Official), {"q": "%_'"}).context["cl"].result_count == 0


def test_short_lists_are_searched_without_accents_too(desk):
    make_topic(name="Đô thị thông minh")
    make_topic(name="Bưu chính")
    make_user("dong", last_name="Đồng")
    topics = desk.get("/admin/engagements/topic/?q=do+thi").context["cl"].result_list
    assert [topic.name for topic in topics] == ["Đô thị thông minh"]
    assert desk.get("/admin/auth/user/?q=dong").context["cl"].result_count == 1
    assert desk.get("/admin/auth/group/?q=bien").context["cl"].result_count == 1


# -- hostile addresses

HOSTILE = {
    "unknown": "khong=1",
    "id-in": "id__in=9223372036854775808",
    "id-range": "id__range=1,2,3",
    "year-negative": "created_at__year=-1",
    "year-huge": "updated_at__year=2147483648",
    "date-zero": "created_at=0000-00-00",
    "isnull": "province__isnull=perhaps",
    "fk-text": "province__id__exact=abc",
    "fk-huge": "province__id__exact=999999999999999999999999",
    "fk-nul": "province__id__exact=%00",
    "regex": "search__regex=(a%2B)%2B$",
    "password": "created_by__password__startswith=p",
    "choice": "state__exact=%00",
    "filter": "deadline=never",
    "meeting": "meeting=abc",
    "meeting-huge": f"meeting={'9' * 5000}",
    "page-huge": "p=99999999999999999999",
    "page-text": "p=%00",
    "order": "o=-99999999999.1.abc",
    "to-field": "_to_field=password",
    "flag": "e=1&id__in=9223372036854775808",
    "search-nul": "q=%00",
    "search-long": f"q={'a+' * 3000}",
    "hierarchy-negative": "due_on__year=-1",
    "hierarchy-zero": "due_on__year=0",
    "hierarchy-last": "due_on__year=9999",
    "hierarchy-month": "due_on__year=2024&due_on__month=13",
    "hierarchy-day": "due_on__year=2023&due_on__month=2&due_on__day=29",
    "hierarchy-text": "due_on__year=now",
    "hierarchy-half": "due_on__month=5",
}


@pytest.mark.both_databases
@pytest.mark.parametrize("query", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("table", ["commitment", "meeting", "edition", "user", "province"])
def test_no_address_breaks_a_list(desk, table, query):
    label = {"user": "auth", "province": "provinces"}.get(table, "engagements")
    query = query.replace(
        "due_on", {"meeting": "held_on", "edition": "published_at"}.get(table, "due_on")
    )
    answer = desk.get(f"/admin/{label}/{table}/?{query}")
    assert answer.status_code in (200, 302, 400)
    if answer.status_code == 302 and answer.url.endswith("?e=1"):
        page = desk.get(answer.url)
        assert page.status_code == 200
        assert [str(one) for one in page.context["messages"]]


@pytest.mark.parametrize(
    "query",
    ["id__in=9223372036854775808", "due_on__year=-1", "created_at__year=2147483648", "meeting=abc"],
)
def test_wrong_parameters_come_back_as_the_list_without_them(desk, query):
    page = address(apps.get_model("engagements.commitment"))
    answer = desk.get(f"{page}?{query}")
    assert (answer.status_code, answer.url) == (302, f"{page}?e=1")
    answer = desk.get(f"{page}?e=1&{query}", follow=True)
    assert answer.redirect_chain[-1][0] == f"{page}?e=1"
    assert answer.status_code == 200


KEYS = ["0", "-1", "9" * 30, "9" * 5000, "abc", "1_00", "２"]


@pytest.mark.both_databases
@pytest.mark.parametrize("key", KEYS, ids=[key[:12] for key in KEYS])
@pytest.mark.parametrize("page", ["change", "history", "delete"])
def test_no_key_breaks_a_page(desk, page, key):
    for model in ("provinces.official", "engagements.commitment", "engagements.edition"):
        answer = desk.get(address(apps.get_model(model), page, key))
        assert answer.status_code in (302, 403, 404)


WRONG = ["abc", "9" * 30, "-1", "1.5", "é", ""]


@pytest.mark.both_databases
@pytest.mark.parametrize("value", WRONG)
def test_no_value_breaks_a_form(desk, value):
    commitment = make_commitment()
    given = {"province": value, "topics": [value], "lead": value, "due_on": value, "version": value}
    rows = {
        "updates-TOTAL_FORMS": "0",
        "updates-INITIAL_FORMS": "0",
        "updates-2-TOTAL_FORMS": "1",
        "updates-2-INITIAL_FORMS": "1",
        "updates-2-0-id": value,
        "updates-2-0-source": value,
    }
    page = address(type(commitment), "change", commitment.pk)
    assert desk.post(page, {"title": "Khác"} | given | rows).status_code == 200
    assert desk.get(address(type(commitment), "add"), given).status_code == 200
    commitment.refresh_from_db()
    assert commitment.title != "Khác"


@pytest.mark.parametrize("value", WRONG)
def test_no_number_of_rows_breaks_a_form(desk, value):
    commitment = make_commitment()
    sent = {"title": "Khác", "updates-TOTAL_FORMS": value, "updates-INITIAL_FORMS": value}
    answer = desk.post(address(type(commitment), "change", commitment.pk), sent)
    assert answer.status_code == 200
    assert answer.content.count(b'-happened_on"') < 3 * 500, "no more rows than any form has"
    commitment.refresh_from_db()
    assert commitment.title != "Khác"


@pytest.mark.both_databases
@pytest.mark.parametrize("value", WRONG)
def test_no_chosen_row_breaks_an_action(desk, value):
    sent = {"action": "publish_chosen", "_selected_action": value}
    answer = desk.post("/admin/engagements/commitment/", sent)
    assert answer.status_code == (302 if value == "-1" else 400)


# -- forms


@pytest.mark.parametrize("written", ["05/07/2025", "5/7/2025", "05-07-2025", "2025-07-05"])
def test_days_are_read_as_vietnamese_write_them(desk, written):
    one = make_province()
    assert save(desk, one, ceased_on=written).status_code == 302
    one.refresh_from_db()
    assert one.ceased_on == date(2025, 7, 5)
    assert 'value="05/07/2025"' in desk.get(address(Province, "change", one.pk)).text


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        pytest.param("Đắk Lắk", "dak-lak", id="d-with-stroke-stays"),
        pytest.param("Bình Minh", "binh-minh-2", id="taken"),
    ],
)
def test_an_empty_address_is_made_of_the_name(desk, name, slug):
    make_organization(name="Bình Minh", slug="binh-minh")
    assert add(desk, Organization, name=name, kind="other").status_code == 302
    assert Organization.objects.get(name=name, slug=slug)


def test_a_past_namesake_carries_its_last_year(desk):
    make_province(name="Ninh Bình")
    add(desk, Province, name="Ninh Bình", kind="province", code="37", ceased_on="01/07/2025")
    assert Province.objects.get(slug="ninh-binh-2025")


def test_an_address_does_not_change(desk):
    one = make_official(slug="tran-van-an")
    save(desk, one, slug="khac", full_name="Trần Văn Ân")
    one.refresh_from_db()
    assert (one.slug, one.full_name) == ("tran-van-an", "Trần Văn Ân")


def test_saving_without_a_change_leaves_no_trace(desk):
    one = make_official(note="Hai dòng\nghi chú")
    make_post(official=one)
    before = one.history.count()
    assert save(desk, one).status_code == 302
    assert one.history.count() == before


def test_what_others_hold_in_a_list_is_not_deleted(desk):
    topic = make_topic()
    make_meeting(topics=[topic])
    desk.post(address(type(topic), "delete", topic.pk), {"post": "yes"})
    desk.post(
        address(type(topic)),
        {"action": "delete_selected", "_selected_action": topic.pk, "post": "yes"},
    )
    assert type(topic).objects.filter(pk=topic.pk).exists()


def test_what_nobody_holds_is_deleted(desk):
    topic = make_topic()
    desk.post(address(type(topic), "delete", topic.pk), {"post": "yes"})
    assert not type(topic).objects.filter(pk=topic.pk).exists()


# -- history


def test_history_names_who_changed_what(desk):
    one = make_official(full_name="Trần Văn An")
    save(desk, one, full_name="Trần Văn Ân")
    page = desk.get(address(Official, "history", one.pk)).text
    assert "chu-ban" in page
    assert "Trần Văn An → Trần Văn Ân" in page
    assert "style=" not in page


def test_nobody_goes_back_through_the_history(desk):
    one = make_official(full_name="Trần Văn An")
    save(desk, one, full_name="Trần Văn Ân")
    first = one.history.last()
    page = address(Official, "simple_history", one.pk, first.pk)
    shown = desk.get(page)
    assert "Trần Văn An" in shown.text
    assert '<input type="text"' not in shown.text
    assert desk.post(page, {"full_name": "Trần Văn An", "slug": one.slug}).status_code == 403
    one.refresh_from_db()
    assert one.full_name == "Trần Văn Ân"


@pytest.mark.parametrize("version", ["0", "abc", "9" * 30])
def test_a_state_that_never_was_is_not_found(desk, version):
    one = make_official()
    page = address(Official, "simple_history", one.pk, version)
    assert desk.get(page).status_code == 404


# -- accounts


@pytest.fixture
def keeper(client, db):
    """A client signed in as the keeper of accounts."""
    user = make_user("quan-tri", ["Quản trị"])
    client.force_login(user)
    client.user = user
    return client


def test_a_keeper_gives_roles(keeper):
    user = make_user()
    role = Group.objects.get(name="Biên tập")
    assert save(keeper, user, groups=[role.pk]).status_code == 302
    assert list(user.groups.all()) == [role]


def test_a_keeper_makes_no_superuser(keeper):
    for user in (make_user(), keeper.user):
        save(keeper, user, is_superuser="on", user_permissions=["1"])
        user.refresh_from_db()
        assert not user.is_superuser
        assert not user.user_permissions.exists()


def test_a_keeper_does_not_touch_a_superuser(keeper):
    chief = make_user(is_superuser=True, password="mot-mat-khau-dai")
    page = address(get_user_model(), "change", chief.pk)
    assert keeper.post(page, {"username": "khac"}).status_code == 403
    word = {"password1": "mat-khau-khac-dai", "password2": "mat-khau-khac-dai"}
    assert keeper.post(f"/admin/auth/user/{chief.pk}/password/", word).status_code == 403
    chief.refresh_from_db()
    assert chief.check_password("mot-mat-khau-dai")


def test_an_account_is_switched_off_and_not_deleted(desk):
    user = make_user()
    page = address(get_user_model(), "delete", user.pk)
    assert desk.post(page, {"post": "yes"}).status_code == 403
    save(desk, user, is_active="")
    user.refresh_from_db()
    assert not user.is_active


# -- names that editions bear


def test_a_new_name_is_issued_with_every_edition_that_bears_it(desk):
    ministry = make_organization(name="Bộ Cũ")
    meeting = published(make_meeting(ministry=ministry))
    assert save(desk, ministry, name="Bộ Mới").status_code == 302
    assert edition_of(meeting).data["ministry"]["name"] == "Bộ Mới"


def test_a_note_issues_nothing(desk):
    ministry = make_organization()
    meeting = published(make_meeting(ministry=ministry))
    before = edition_of(meeting)
    save(desk, ministry, note="Ghi chú")
    assert edition_of(meeting) == before


def test_a_merger_moves_editions_to_their_heir(desk):
    old, new = make_province(), make_province()
    request = published(make_request(province=old))
    units = {"predecessor": old.pk, "successor": new.pk}
    answer = add(desk, Succession, kind="merged", effective_on="01/07/2025", **units)
    assert answer.status_code == 302
    current = Edition.objects.current().get(code=request.code)
    assert (current.heir, current.number, current.cause) == (new, 2, "links")
    succession = Succession.objects.get()
    desk.post(address(Succession, "delete", succession.pk), {"post": "yes"})
    assert Edition.objects.current().get(code=request.code).heir == old


def test_a_predecessor_entered_with_its_unit_moves_editions_too(desk):
    old, other, new = make_province(), make_province(), make_province()
    request = published(make_request(province=old))

    def heir():
        return Edition.objects.current().get(code=request.code).heir

    row = {"predecessor": old.pk, "kind": "merged", "effective_on": "01/07/2025"}
    assert send(desk, new, new_row(opened(desk, new), "origins", **row)).status_code == 302
    assert heir() == new
    save(desk, new, **{"origins-0-predecessor": other.pk})
    assert heir() == old
    save(desk, new, **{"origins-0-predecessor": old.pk})
    assert heir() == new
    save(desk, new, **{"origins-0-DELETE": "on"})
    assert heir() == old


def test_a_succession_is_read_with_its_units(desk, django_assert_max_num_queries):
    for _place in range(5):
        make_succession(make_province(), make_province())
    with django_assert_max_num_queries(12):
        assert desk.get(address(Succession)).context["cl"].result_count == 5


# -- words


def test_a_history_names_fields_in_the_language_of_who_reads_it(desk):
    tip = make_tip()
    save(desk, tip, state="accepted")
    act(desk, "decline_chosen", tip)
    user = make_user("nhan-vien")
    save(desk, user, first_name="Nhân", email="nhan@example.vn")
    for language in ("vi", "en"):
        with override(language):
            *of_tip, of_user = [one.get_change_message() for one in LogEntry.objects.order_by("pk")]
            assert len(of_tip) == 2
            assert all(gettext("state of handling") in one for one in of_tip)
            assert {gettext(one) in of_user for one in ("first name", "email address")} == {True}


FOREIGN = {
    "form-with-errors": (lambda desk: add(desk, Source), ["Please correct"]),
    "editions": (
        lambda desk: desk.get(address(Edition)),
        ["Sequence", "Superseded", "Replaced", "Withdrawn", "Bởi "],
    ),
    "account": (
        lambda desk: desk.get(address(get_user_model(), "change", make_user("moi").pk)),
        ["trạng thái superuser", "trang admin", "(superuser)"],
    ),
    "record": (
        lambda desk: desk.get(address(Source, "change", published(make_source()).pk)),
        ["lý do sửa:", "Reason for the change"],
    ),
}


@pytest.mark.parametrize(("page", "words"), FOREIGN.values(), ids=FOREIGN)
def test_no_page_speaks_of_the_machine_or_in_its_language(desk, page, words):
    make_request()
    answer = page(desk)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert [one for one in words if one in text] == []


def test_an_edition_tells_when_it_was_replaced(desk):
    item = published(make_commitment())
    first = edition_of(item)
    assert "None" not in desk.get(address(Edition, "change", first.pk)).content.decode()
    publish(edited(item, title="Đã sửa"), by=publisher())
    first.refresh_from_db()
    page = desk.get(address(Edition, "change", first.pk)).content.decode()
    at = timezone.localtime(first.superseded_at)
    assert date_format(at, "DATETIME_FORMAT") in page
