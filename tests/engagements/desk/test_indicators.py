"""Proposed indicators: asked about while figures are entered, public once somebody else accepts."""

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from engagements.desk.figures import PROPOSE
from engagements.lookups import Indicators
from engagements.models import Figure, Indicator, Meeting
from engagements.publication.indicators import AcceptanceRefused, accept, merge_into
from tests.desk import add, address, new_row, new_session, opened, posted, rows_back, said, send
from tests.factories import (
    edited,
    edition_of,
    home,
    make_figure,
    make_indicator,
    make_meeting,
    make_proposed_indicator,
    make_province,
    make_source,
    make_user,
    published,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return make_user("an", roles=["Biên tập"])


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


@pytest.fixture
def keeper():
    return make_user("chi", roles=["Quản trị"])


@pytest.fixture
def keeping(keeper):
    """The client of who keeps the reference data."""
    client = Client()
    client.force_login(keeper)
    return client


def enter(client, **given):
    return add(client, Meeting, **new_session(ministry=home().pk, **given))


def choices(row):
    return dict(row.fields["meant"].widget.choices)


# -- names that are like it

NEAR = {
    "part-of-the-name": ("Độ che phủ", "Độ che phủ rừng"),
    "without-accents": ("ty le do che phu rung", "Độ che phủ rừng"),
    "misspelt": ("Độ che phú rừg", "Độ che phủ rừng"),
    "words-between": ("Số trạm BTS", "Số lượng trạm phát sóng di động BTS"),
}


@pytest.mark.parametrize(("typed", "known"), NEAR.values(), ids=NEAR)
def test_names_like_the_one_typed_are_offered(typed, known):
    for name in ("Độ che phủ rừng", "Số lượng trạm phát sóng di động BTS", "Xếp hạng PCI"):
        make_indicator(name=name)
    assert [indicator.name for indicator in Indicators().near(typed)] == [known]


def test_a_name_is_known_without_accents_and_before_a_proposed_one():
    make_proposed_indicator(name="Độ che phủ rừng", slug="de-xuat")
    known = make_indicator(name="Độ che phủ rừng")
    assert Indicators().named("do che phu rung") == known
    assert Indicators().named("…") is None


# -- in fast entry


def test_a_line_with_an_unknown_indicator_is_asked_about(desk):
    known = make_indicator(name="Độ che phủ rừng")
    answer = enter(desk, lines_figures="Độ che phủ | hơn 41,5 % | 2023")
    (row,) = rows_back(answer, "figures")
    assert (row["indicator_name"].value(), row["unit"].value()) == ("Độ che phủ", "%")
    assert list(row.errors) == ["meant"]
    assert list(choices(row)) == [str(known.pk), f"{PROPOSE}Độ che phủ"]
    page = answer.content.decode()
    assert "tạo đề xuất chỉ số “Độ che phủ”" in page
    assert "<legend>Chỉ số muốn nói</legend>" in page
    assert (Indicator.objects.count(), Figure.objects.count()) == (1, 0)

    sent = posted(answer) | {"figures-0-meant": str(known.pk)}
    assert desk.post(address(Meeting, "add"), sent).status_code == 302
    assert Figure.objects.get().indicator == known
    assert Indicator.objects.get() == known


def test_what_is_proposed_has_the_unit_of_the_line_and_waits(desk, editor):
    lines = "Số trạm BTS | 20 trạm | 2023\nSo tram BTS | 30 trạm | 2024"
    answer = enter(desk, lines_figures=lines)
    first, second = rows_back(answer, "figures")
    assert list(choices(first)) == [f"{PROPOSE}Số trạm BTS"]
    sent = posted(answer)
    sent |= {
        f"figures-{n}-meant": next(iter(choices(row))) for n, row in enumerate((first, second))
    }
    assert desk.post(address(Meeting, "add"), sent).status_code == 302
    indicator = Indicator.objects.get()  # one of the two, whatever marks it was typed with
    assert (indicator.name, indicator.slug, indicator.unit) == (
        "Số trạm BTS",
        "so-tram-bts",
        "trạm",
    )
    assert (indicator.proposed_by, indicator.is_proposed) == (editor, True)
    assert indicator.history.get().history_user == editor
    assert {figure.indicator for figure in Figure.objects.all()} == {indicator}


def test_an_answer_to_another_name_is_asked_for_again(desk):
    answer = enter(desk, lines_figures="Số trạm | 20 trạm")
    sent = posted(answer) | {"figures-0-meant": f"{PROPOSE}Số trạm"}
    again = desk.post(address(Meeting, "add"), sent | {"figures-0-indicator_name": "Số cột"})
    (row,) = rows_back(again, "figures")
    assert list(row.errors) == ["meant"]
    assert not Indicator.objects.exists()


def test_nothing_is_proposed_by_a_form_that_is_refused(desk):
    answer = enter(desk, lines_figures="Số trạm | 20 trạm")
    sent = posted(answer) | {"figures-0-meant": f"{PROPOSE}Số trạm", "title": ""}
    again = desk.post(address(Meeting, "add"), sent)
    assert "title" in again.context["adminform"].form.errors
    (row,) = rows_back(again, "figures")
    assert (row.errors, row["meant"].value()) == ({}, f"{PROPOSE}Số trạm")
    assert not Indicator.objects.exists()
    assert desk.post(address(Meeting, "add"), posted(again) | {"title": "Tên"}).status_code == 302
    assert Indicator.objects.get().is_proposed


@pytest.mark.parametrize("name", ["???", "x" * 201])
def test_what_can_be_no_name_is_refused(desk, name):
    answer = enter(desk, lines_figures=f"Số {name} | 20 trạm" if name == "???" else f"{name} | 2")
    (row,) = rows_back(answer, "figures")
    if name == "???":
        sent = posted(answer) | {
            "figures-0-indicator_name": name, "figures-0-meant": f"{PROPOSE}{name}"
        }  # fmt: skip
        (row,) = rows_back(desk.post(address(Meeting, "add"), sent), "figures")
    assert list(row.errors) == ["indicator_name"]
    assert not Indicator.objects.exists()


# -- in a row, and in the form of one figure


def figure_of(meeting):
    return make_figure(meeting=meeting, indicator=make_indicator(name="Xếp hạng PCI"))


@pytest.mark.parametrize("typed", ["Độ che phủ rừng", "do che phu rung"])
def test_a_row_takes_an_indicator_by_its_name(desk, typed):
    meeting, known = make_meeting(), make_indicator(name="Độ che phủ rừng")
    sent = new_row(opened(desk, meeting), "figures", indicator_name=typed, value="41,5")
    assert send(desk, meeting, sent).status_code == 302
    assert Figure.objects.get().indicator == known


def test_the_box_that_was_touched_stands_before_the_name(desk):
    meeting, known = make_meeting(), make_indicator(name="Độ che phủ rừng")
    row = {"indicator": known.pk, "indicator_name": "Số trạm", "value": "41,5"}
    assert send(desk, meeting, new_row(opened(desk, meeting), "figures", **row)).status_code == 302
    assert Figure.objects.get().indicator == known


def test_a_row_without_box_and_name_asks_for_the_indicator(desk):
    meeting = make_meeting()
    answer = send(desk, meeting, new_row(opened(desk, meeting), "figures", value="41,5"))
    (row,) = rows_back(answer, "figures")
    assert list(row.errors) == ["indicator"]


@pytest.mark.parametrize("in_session", [True, False], ids=["row", "form"])
def test_a_figure_that_is_there_may_be_given_a_new_indicator(desk, in_session):
    figure = figure_of(make_meeting())
    record, prefix = (figure.meeting, "figures-0-") if in_session else (figure, "")
    typed = {f"{prefix}indicator_name": "Số trạm", f"{prefix}unit": "trạm"}
    answer = send(desk, record, opened(desk, record) | typed)
    assert "tạo đề xuất chỉ số “Số trạm”" in answer.content.decode()
    figure.refresh_from_db()
    assert figure.indicator.name == "Xếp hạng PCI"
    sent = posted(answer) | {f"{prefix}meant": f"{PROPOSE}Số trạm"}
    assert send(desk, record, sent).status_code == 302
    figure.refresh_from_db()
    assert (figure.indicator.name, figure.indicator.unit) == ("Số trạm", "trạm")
    assert figure.indicator.is_proposed


def test_who_may_not_propose_is_offered_what_there_is(client):
    client.force_login(make_user(roles=["Duyệt"]))
    figure = figure_of(make_meeting())
    typed = opened(client, figure) | {"indicator_name": "Xếp hạng"}
    form = send(client, figure, typed).context["adminform"].form
    assert list(choices(form)) == [str(figure.indicator_id)]
    forged = typed | {"indicator_name": "Số trạm", "meant": f"{PROPOSE}Số trạm"}
    form = send(client, figure, forged).context["adminform"].form
    assert list(form.errors) == ["indicator_name"]
    assert Indicator.objects.count() == 1


def test_thirty_names_read_the_indicators_as_often_as_one(desk):
    counts = []
    for number in (1, 30):
        make_indicator()
        lines = "\n".join(f"Số lạ {n} | {n + 1} trạm" for n in range(number))
        given = new_session(ministry=home().pk, lines_figures=lines)
        sent = posted(desk.get(address(Meeting, "add"))) | given
        with CaptureQueriesContext(connection) as asked:
            answer = desk.post(address(Meeting, "add"), sent)
        assert len(rows_back(answer, "figures")) == number
        counts.append(sum('FROM "engagements_indicator"' in query["sql"] for query in asked))
    assert counts[0] == counts[1] <= 3


# -- the list


def test_what_an_editor_adds_to_the_list_is_a_proposal_they_may_mend(desk, editor):
    answer = add(desk, Indicator, name="Số trạm", unit="tram")
    indicator = Indicator.objects.get()
    assert (indicator.proposed_by, indicator.is_proposed) == (editor, True)
    assert "đề xuất" in said(desk.get(answer["Location"]))[0]
    sent = opened(desk, indicator) | {"unit": "trạm", "slug": "so-tram-phat-song"}
    assert send(desk, indicator, sent).status_code == 302
    indicator.refresh_from_db()
    assert (indicator.unit, indicator.slug) == ("trạm", "so-tram-phat-song")
    other = make_proposed_indicator()
    assert send(desk, other, {"unit": "trạm"}).status_code == 403


def test_what_the_keeper_of_the_lists_adds_is_public_at_once(keeping):
    assert add(keeping, Indicator, name="Số trạm").status_code == 302
    assert Indicator.objects.public().get().proposed_at is None


STATES = {
    "never-proposed": (make_indicator, True),
    "proposed": (make_proposed_indicator, False),
    "accepted": (lambda: accepted(make_proposed_indicator()), True),
}


def accepted(indicator):
    accept(indicator, by=make_user())
    return indicator


@pytest.mark.both_databases
@pytest.mark.parametrize(("make", "is_public"), STATES.values(), ids=STATES)
def test_what_is_public_is_told_alike_in_the_database_and_in_python(keeping, make, is_public):
    indicator = make()
    assert indicator.is_proposed != is_public
    assert Indicator.objects.public().exists() == is_public
    assert Indicator.objects.proposed().exists() != is_public
    for state, shown in (("public", is_public), ("proposed", not is_public)):
        rows = keeping.get(address(Indicator), {"state": state}).context["cl"].queryset
        assert rows.exists() == shown


def test_a_list_of_thirty_proposals_asks_as_much_as_one_of_one(keeping):
    counts = []
    for rows in (1, 29):
        for _place in range(rows):
            make_proposed_indicator(by=make_user())
        with CaptureQueriesContext(connection) as asked:
            keeping.get(address(Indicator))
        counts.append(len(asked))
    assert counts[0] == counts[1]


# -- the second person


def accept_page(indicator):
    return address(Indicator, "accept", indicator.pk)


@pytest.fixture
def proposed():
    return make_proposed_indicator(name="Số trạm BTS", unit="trạm")


@pytest.fixture
def draft(proposed):
    figure = make_figure(indicator=proposed, unit="trạm", meeting=None, source=make_source())
    published(figure.source)
    return figure


def boxes(page):
    form = page.context["form"]
    return {field.html_name: field.value() or "" for field in form}


@pytest.mark.both_databases
def test_a_second_person_accepts_it_changed_and_its_figure_goes_out(
    keeping, keeper, proposed, draft, client
):
    page = keeping.get(accept_page(proposed))
    assert [figure for figure, _amount, _address in page.context["figures"]] == [draft]
    sent = boxes(page) | {"act": "accept", "name": "Số trạm phát sóng", "note": "Cuối năm."}
    assert client.get("/api/v1/indicators/").json()["results"] == []
    assert keeping.post(accept_page(proposed), sent).status_code == 302
    proposed.refresh_from_db()
    assert (proposed.accepted_by, proposed.is_proposed) == (keeper, False)
    (row,) = client.get("/api/v1/indicators/").json()["results"]
    assert (row["slug"], row["name"], row["note"]) == (
        "so-tram-bts", "Số trạm phát sóng", "Cuối năm."
    )  # fmt: skip
    assert edition_of(published(draft)).data["indicator"]["name"] == "Số trạm phát sóng"


def test_what_is_accepted_is_checked_like_any_indicator(keeping, proposed):
    make_indicator(slug="da-co")
    sent = boxes(keeping.get(accept_page(proposed))) | {"act": "accept"}
    for wrong in ({"slug": "da-co"}, {"name": ""}):
        form = keeping.post(accept_page(proposed), sent | wrong).context["form"]
        assert list(form.errors) == list(wrong)
    assert Indicator.objects.proposed().get() == proposed


@pytest.mark.both_databases
def test_it_is_merged_into_one_that_is_known_and_figures_move_along(keeping, keeper, draft):
    proposed, known = draft.indicator, make_indicator(name="Số trạm BTS phát sóng")
    other = make_proposed_indicator(name="Số trạm BTS 4G")
    page = keeping.get(accept_page(proposed))
    assert page.context["merging"].near == [known]
    version, entered_by = draft.version, draft.created_by
    assert keeping.post(accept_page(proposed), {"act": "merge"}).context["merging"].errors
    wrong = {"act": "merge", "known": other.pk}
    assert keeping.post(accept_page(proposed), wrong).context["merging"].errors
    answer = keeping.post(accept_page(proposed), {"act": "merge", "known": known.pk}, follow=True)
    assert "số liệu chuyển sang: 1" in said(answer)[0]
    draft.refresh_from_db()
    assert (draft.indicator, draft.version, draft.editors()) == (known, version, {entered_by.pk})
    assert draft.history.first().history_user == keeper
    assert not Indicator.objects.filter(pk=proposed.pk).exists()
    assert edition_of(published(draft)).data["indicator"]["slug"] == known.slug


def test_an_edit_of_a_published_figure_that_waits_moves_too(keeping):
    known = make_indicator(name="Số trạm")
    figure = published(make_figure(indicator=known))
    before = edition_of(figure)
    proposed = make_proposed_indicator(name="Số cột")
    edited(figure, indicator=proposed)
    keeping.post(accept_page(proposed), {"act": "merge", "known": known.pk})
    figure.refresh_from_db()
    assert (figure.indicator, edition_of(figure)) == (known, before)


def test_whoever_proposed_it_decides_nothing(keeping, keeper):
    own, known = make_proposed_indicator(by=keeper), make_indicator()
    for sent in ({"act": "accept", "name": own.name}, {"act": "merge", "known": known.pk}):
        assert keeping.post(accept_page(own), sent).status_code == 403
    for step in (lambda: accept(own, by=keeper), lambda: merge_into(known, own, by=keeper)):
        with pytest.raises(AcceptanceRefused):
            step()
    assert Indicator.objects.proposed().get() == own
    assert (
        "Chấp nhận hoặc gộp"
        not in keeping.get(address(Indicator, "change", own.pk)).content.decode()
    )


def test_the_form_leads_to_the_decision_until_there_is_one(keeping, proposed):
    def form():
        return keeping.get(address(Indicator, "change", proposed.pk)).content.decode()

    assert accept_page(proposed) in form()
    accept(proposed, by=make_user())
    assert accept_page(proposed) not in form()
    assert "đã công khai rồi" in said(keeping.get(accept_page(proposed), follow=True))[0]


def test_the_second_of_two_who_decide_is_told(keeper, proposed):
    known = make_indicator()
    seen = Indicator.objects.get(pk=proposed.pk)
    merge_into(known, proposed, by=keeper)
    for step in (lambda: accept(seen, by=keeper), lambda: merge_into(known, seen, by=keeper)):
        with pytest.raises(AcceptanceRefused):
            step()


def test_an_indicator_of_figures_is_not_deleted(keeping, draft):
    page = address(Indicator, "delete", draft.indicator_id)
    keeping.post(page, {"post": "yes"})
    assert Indicator.objects.filter(pk=draft.indicator_id).exists()


def test_the_page_asks_as_much_for_thirty_figures_as_for_one(keeping, proposed):
    counts = []
    for rows in (1, 29):
        for _place in range(rows):
            make_figure(indicator=proposed, province=make_province())
        with CaptureQueriesContext(connection) as asked:
            assert keeping.get(accept_page(proposed)).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


# -- what waits is told


def test_the_first_page_says_that_indicators_wait(client, keeping, editor):
    client.force_login(editor)
    assert "chỉ số được đề xuất" not in client.get("/admin/").content.decode()
    for _place in range(3):
        make_proposed_indicator()
    make_indicator()
    for person in (client, keeping):
        page = person.get("/admin/")
        number = page.context["needs"].indicators
        assert "3 chỉ số được đề xuất đang chờ chấp nhận" in page.content.decode()
        assert number.number == person.get(number.url).context["cl"].result_count == 3


def test_the_weekly_e_mail_tells_who_may_accept(settings, keeper, editor):
    cache.clear()
    for user in (keeper, editor):
        user.email = f"{user.username}@example.vn"
        user.save()
    make_proposed_indicator(name="Của chính mình", by=keeper)
    call_command("send_digest")
    assert mail.outbox == []
    proposed = make_proposed_indicator(name="Số trạm BTS", by=editor)
    call_command("send_digest")
    (email,) = mail.outbox
    assert email.to == ["chi@example.vn"]
    assert "CHỈ SỐ ĐƯỢC ĐỀ XUẤT: 1\n* Số trạm BTS\n" in email.body
    assert f"{settings.SITE_URL}{accept_page(proposed)}" in email.body


def test_what_holds_a_figure_back_leads_to_its_indicator(client, draft):
    client.force_login(make_user(roles=["Duyệt"]))
    way = f'<a href="{address(Indicator, "change", draft.indicator_id)}">Chỉ số “Số trạm BTS” mới'
    for page in ("review", "change"):
        text = client.get(address(Figure, page, draft.pk)).content.decode()
        assert way in text
    session = make_figure(indicator=draft.indicator).meeting
    assert way in client.get(address(Meeting, "session", session.pk)).content.decode()
