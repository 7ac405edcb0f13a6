"""Who may do what: the table in roles.py, walked over every address of the desk and every action.

The rows belong to one ministry, `home()`; whoever is of another desk is so for all of them.
"""

from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import AnonymousUser, Group, User
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.template.response import SimpleTemplateResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from engagements import roles
from engagements.desk.review.actions import submit
from engagements.models import (
    Answering,
    Attendance,
    CodeCounter,
    Commitment,
    Digest,
    Edition,
    EditionLink,
    Figure,
    Indicator,
    LinkCheck,
    Meeting,
    Merge,
    ProvinceRequest,
    Reading,
    Recommendation,
    Remark,
    Source,
    StatusUpdate,
    Subscription,
    TakenUpItem,
    Tip,
    Topic,
    Webhook,
    Workbook,
)
from engagements.models.base import PUBLISHED, SENT_BACK, SUBMITTED, WITHDRAWN
from engagements.publication.checks import Refused
from engagements.publication.kinds import RECORDS
from engagements.publication.publishing import publish, publish_session, withdraw
from provinces.models import (
    Officer,
    Official,
    Organization,
    OrganizationSuccession,
    Post,
    Province,
    Succession,
)
from tests.desk import act, add, address, new_row, opened, said, save, send
from tests.factories import (
    edited,
    edition_of,
    home,
    make_answering,
    make_attendance,
    make_commitment,
    make_digest,
    make_figure,
    make_indicator,
    make_link_check,
    make_meeting,
    make_merge,
    make_official,
    make_organization,
    make_organization_succession,
    make_post,
    make_proposed_indicator,
    make_province,
    make_reading,
    make_recommendation,
    make_remark,
    make_request,
    make_source,
    make_subscription,
    make_succession,
    make_taken_up_item,
    make_tip,
    make_topic,
    make_update,
    make_user,
    make_webhook,
    published,
    published_together,
)

from .roles import PAGES, SITE, STATES, TABLES, WHO, as_markdown

pytestmark = pytest.mark.django_db

MAKERS = {
    Source: lambda **given: make_attendance(meeting=make_meeting(**given)).meeting.source,
    Meeting: make_meeting,
    ProvinceRequest: make_request,
    Commitment: make_commitment,
    Recommendation: make_recommendation,
    StatusUpdate: make_update,
    Remark: make_remark,
    Figure: make_figure,
    Answering: lambda meeting=None: make_answering(
        **{"commitment": make_commitment(meeting=meeting)} if meeting else {}
    ),
    Attendance: make_attendance,
    TakenUpItem: make_taken_up_item,
    Official: make_official,
    Organization: make_organization,
    Post: make_post,
    Province: make_province,
    Succession: lambda: make_succession(make_province(), make_province()),
    OrganizationSuccession: lambda: make_organization_succession(
        make_organization(), make_organization()
    ),
    Topic: make_topic,
    Indicator: make_proposed_indicator,
    Officer: lambda: Officer.objects.create(user=make_user(), organization=home()),
    User: make_user,
    Group: lambda: Group.objects.create(name="Vai trò khác"),
    Edition: lambda: edition_of(published(make_source())),
    EditionLink: lambda: EditionLink.objects.filter(
        edition=edition_of(published(make_commitment()))
    )[0],
    CodeCounter: lambda: CodeCounter.objects.get_or_create(kind="source")[0],
    LinkCheck: lambda: make_link_check(source=make_source(url="https://example.vn/bai-bao")),
    Digest: make_digest,
    Tip: make_tip,
    Subscription: make_subscription,
    Merge: make_merge,
    Webhook: make_webhook,
    Reading: make_reading,
    Workbook: lambda: Workbook.objects.create(
        key=uuid4(),
        kind="engagements.source",
        name="nguon.xlsx",
        rows_new=0,
        rows_changed=0,
        rows_unchanged=0,
        imported_by=make_user(),
        imported_at="2025-07-01T00:00:00Z",
    ),
}
ACCOUNTS = {
    "V": lambda: make_user(roles=["Xem nội bộ"]),
    "E": lambda: make_user(roles=["Biên tập"]),
    "O": lambda: make_user(roles=["Biên tập"], desk=make_organization()),
    "N": lambda: make_user(roles=["Biên tập"], desk=None),
    "P": lambda: make_user(roles=["Duyệt"]),
    "W": lambda: make_user(roles=["Duyệt"]),
    "K": lambda: make_user(roles=["Quản trị"]),
    "S": lambda: make_user(is_superuser=True),
    "R": make_user,
    "disabled": lambda: make_user(roles=["Biên tập", "Duyệt", "Quản trị"], is_active=False),
    "anonymous": lambda: AnonymousUser(),
}
# Who reviews has the same pages before and after an edit of their own.
EACH_ACCOUNT = pytest.mark.parametrize("who", [who for who in ACCOUNTS if who != "W"])


def signed_in(user):
    client = Client()
    if user.is_authenticated:
        client.force_login(user)
    return client


def table_of(model):
    return TABLES[f"{model._meta.app_label}_{model._meta.model_name}"][1]


def letters(model, action, state=None):
    rights = table_of(model)
    right = rights.get(action, rights.get("view", "") if action == "list" else "")
    return right if isinstance(right, str) else right.get(state, "")


# -- every address


def desk_pages(patterns=None, outer=()):
    """(name, what stands in it) of every address of the desk."""
    for one in patterns or admin.site.get_urls():
        parts = (*outer, *one.pattern.converters)
        if hasattr(one, "url_patterns"):
            yield from desk_pages(one.url_patterns, parts)
        else:
            yield one.name, parts


MODELS = {f"{model._meta.app_label}_{model._meta.model_name}": model for model in MAKERS}
ENDS = sorted(PAGES, key=len, reverse=True)


def read(name):
    """(model, end) of an address's name; (None, name) of one that is no table's."""
    for end in ENDS:
        if name.endswith(f"_{end}") and name.removesuffix(f"_{end}") in MODELS:
            return MODELS[name.removesuffix(f"_{end}")], end
    return None, name


def test_every_address_and_every_table_has_its_row():
    named = {name for name, _converters in desk_pages() if name}
    rowless = [name for name in named if read(name)[0] is None and name not in SITE]
    assert rowless == []
    shown = {f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry}
    assert shown <= set(TABLES) == set(MODELS)
    assert {read(name)[1] for name in named} >= {"changelist", "restore", "review", "import"}


@pytest.fixture(scope="module")
def rows(shared_rows):
    """One row of each table, a draft where it is a record."""
    return {model: make() for model, make in MAKERS.items()}


def path_of(name, converters, row):
    """The address of that name, about the row where it is about one."""
    if name == "view_on_site":
        values = [ContentType.objects.get_for_model(Organization).pk, row.pk]
        return reverse("admin:view_on_site", args=values)
    if name == "app_list":
        return reverse("admin:app_list", args=["engagements"])
    if name.endswith("_simple_history"):
        return reverse(f"admin:{name}", args=[row.pk, row.history.first().pk])
    values = {"object_id": row.pk, "id": row.pk, "pk": row.pk, "key": uuid4()}
    if "version_id" in converters:
        values["version_id"] = row.history.first().pk
    return reverse(f"admin:{name}", kwargs={key: values[key] for key in converters})


def visits(rows):
    """(name, path, who may open it, who may send to it) for every address."""
    for name, converters in desk_pages():
        if name is None:  # an old form of the address of a row, and whatever is nowhere
            continue
        model, end = read(name)
        if model is None:
            yield name, path_of(name, converters, rows[Organization]), SITE[name], None
            continue
        path = path_of(name, converters, rows[model])
        state = "draft" if model in RECORDS else "new"
        opens, sends = (letters(model, action, state) for action in PAGES[end])
        yield name, path, opens, sends


# From who has least to who has most, as far as rights can be put in one order.
FEWEST_RIGHTS_FIRST = ("anonymous", "disabled", "R", "V", "N", "O", "E", "K", "P", "S")


def walked(rows, who, right, walk):
    """(name, path, whether the table lets them) of the addresses that are asked as `who`.

    A superuser asks for all, and so does who is not signed in. For the others one address stands
    for those of the same page and the same letters; beside it each is asked for by who has most
    rights of those whom the table refuses there. A full walk leaves nothing out.
    """
    seen = set()
    for name, path, *rights in visits(rows):
        letters = rights[right]
        if letters is None:
            continue
        refused = [each for each in FEWEST_RIGHTS_FIRST if each not in letters]
        alike = (read(name)[1], letters)
        if alike in seen and who not in ("S", "anonymous", *refused[-1:]) and not walk:
            continue
        seen.add(alike)
        yield name, path, who in letters


def is_refused(response):
    """Turned away: 403, nothing there, the login, or the first page with a word of why."""
    if response.status_code in (403, 404, 405):
        return True
    if response.status_code == 302:
        path = response.url.split("?")[0]
        return path in ("/admin/", settings.STATIC_URL) or path.startswith("/admin/login/")
    return "admin/login.html" in getattr(response, "template_name", ())


QUERIES = {
    "autocomplete": {"app_label": "engagements", "model_name": "meeting", "field_name": "ministry"},
    "engagements_meeting_seat": {},
}
MAY_BE_EMPTY = {
    "engagements_meeting_next",  # there is nothing to give, which is said as 400 or 404
    "engagements_source_scan",
    "engagements_workbook_file",
    "engagements_meeting_seat",
    "view_on_site",
    "provinces_official_merge",
    "provinces_organization_merge",
}


@EACH_ACCOUNT
def test_every_address_opens_for_those_in_the_table(who, rows, walk, monkeypatch):
    if who != "S":  # a page is written out for one of them: whether it may be is what is asked
        blank = property(lambda self: "")
        monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", blank)
    client = signed_in(ACCOUNTS[who]())
    wrong = []
    for name, path, allowed in walked(rows, who, 0, walk):
        if name in ("login", "logout"):
            continue
        # HEAD is GET without its text: one of them asks so.
        response = (client.head if who == "N" else client.get)(path, QUERIES.get(name, {}))
        good = {200, 302} | ({400, 404} if name in MAY_BE_EMPTY else set())
        if who == "S":
            walk.keep(path, response)
        told = response.status_code in good and (name in MAY_BE_EMPTY or not is_refused(response))
        if not (told if allowed else is_refused(response)):
            wrong.append((name, allowed, response.status_code))
    assert wrong == [], "\n".join(map(str, wrong))


@EACH_ACCOUNT
def test_every_address_takes_what_those_in_the_table_send(who, rows, walk, monkeypatch):
    blank = property(lambda self: "")
    monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", blank)
    client = signed_in(ACCOUNTS[who]())
    wrong = []
    for name, path, allowed in walked(rows, who, 1, walk):
        response = client.post(path)
        if response.status_code >= 500 or (not allowed and not _sent_in_vain(response)):
            wrong.append((name, "post", allowed, response.status_code))
        if allowed and response.status_code == 403:
            wrong.append((name, "post", allowed, 403))
    assert wrong == [], "\n".join(map(str, wrong))


def _sent_in_vain(response):
    return is_refused(response) or response.status_code == 400


@pytest.mark.parametrize("who", ["anonymous", "E", "S"])
def test_no_address_takes_another_method(who, rows):
    client = signed_in(ACCOUNTS[who]())
    for name, path, _opens, _sends in visits(rows):
        for method in ("put", "patch", "delete", "options", "trace"):
            if name in ("login", "logout") and method == "options":
                continue
            response = getattr(client, method)(path)
            assert response.status_code in (403, 405) or name == "login", (name, method)


# -- every action, in every state


PUBLIC = ("public", "edited", "withdrawn")


def in_states(drafts):
    """{key: record where the table says it stands} of (record, state, by) by their keys.

    `by` is who changed it last, if somebody did. What the public reads goes out in one act.
    """
    first = [needed for record, _state, _by in drafts.values() for needed in _first(record)]
    published_together(
        [*first, *(record for record, state, _by in drafts.values() if state in PUBLIC)]
    )
    records = {}
    for key, (record, state, by) in drafts.items():
        record = type(record).objects.get(pk=record.pk)
        if by is not None or state == "edited":
            record = edited(record, by=by)
        if state == "review":
            submit(record, by=make_user())
        if state == "withdrawn":
            withdraw(record, by=make_user())
        records[key] = type(record).objects.get(pk=record.pk)
    return records


def _first(record):
    if isinstance(record, StatusUpdate):
        return [record.target]
    needed = (getattr(record, name, None) for name in ("source", "meeting"))
    return [one for one in needed if one is not None]


# A published update never changes, so it has no edit that waits.
STANDINGS = [
    (model, state)
    for model in RECORDS
    for state in STATES
    if (model, state) != (StatusUpdate, "edited")
]


def asked_by(user):
    request = RequestFactory().get("/admin/")
    request.user = user
    return request


class Standings:
    """A record of each kind in each state; besides, where `W`, who reviews, changed it last."""

    def __init__(self):
        self.writer = ACCOUNTS["W"]()
        self.records = in_states(
            {(model, state): (MAKERS[model](), state, None) for model, state in STANDINGS}
        )
        self.written = in_states(
            {
                (model, state): (MAKERS[model](), state, self.writer)
                for model, state in STANDINGS
                if state in ("draft", "review", "edited")
            }
        )

    def of(self, who, model, state):
        record = self.records[model, state]
        return self.written.get((model, state), record) if who == "W" else record


@pytest.fixture(scope="module")
def standings(shared_rows):
    return Standings()


def test_each_role_changes_and_deletes_what_the_table_says(standings):
    askers = {who: asked_by(make()) for who, make in ACCOUNTS.items()}
    wrong = []
    for model, state in STANDINGS:
        record = standings.records[model, state]
        desk = admin.site.get_model_admin(model)
        for who, request in askers.items():
            for action in ("view", "change", "delete"):
                allowed = getattr(desk, f"has_{action}_permission")(request, record)
                if allowed != (who in letters(model, action, state)):
                    wrong.append((who, model.__name__, state, action, allowed))
            if desk.has_add_permission(request) != (who in letters(model, "add")):
                wrong.append((who, model.__name__, "add"))
    assert wrong == []


STEPS = {
    "submit": ("submit_chosen", SUBMITTED),
    "publish": ("publish_chosen", PUBLISHED),
    "send back": ("send_back_chosen", SENT_BACK),
    "withdraw": ("withdraw_chosen", WITHDRAWN),
}


def from_the_list(client, record, step):
    sent = {"action": STEPS[step][0], ACTION_CHECKBOX_NAME: [record.pk]}
    client.post(address(type(record)), sent | {"confirmed": "yes", "note": "Thiếu ngày"})


def from_the_review(client, record, step):
    sent = {"act": step.replace(" ", "_"), "version": record.version, "note": "Thiếu ngày"}
    client.post(address(type(record), "review", record.pk), sent)


@pytest.mark.parametrize("way", [from_the_list, from_the_review])
@pytest.mark.parametrize("who", [*WHO, "R", "disabled", "anonymous"])
def test_each_role_moves_a_commitment_as_the_table_says(standings, walk, who, way):
    """Who writes or reviews in every state; the others, whose rights know no state, in two."""
    states = STATES if walk or who in ("E", "O", "P", "W") else ("draft", "edited")
    walk_steps(standings, who, way, [(Commitment, state) for state in states])


@pytest.mark.parametrize("who", ["E", "P", "W"])
def test_every_kind_of_record_is_moved_as_the_table_says(standings, walk, who):
    """Each in each state is moved by one of them in turn; in a full walk by all."""
    turn = "EPW".index(who)
    walk_steps(standings, who, from_the_list, STANDINGS if walk else STANDINGS[turn::3])


def walk_steps(standings, who, way, which):
    """Carries out and undoes every step on a record in each state; the history tells of it."""
    user = standings.writer if who == "W" else ACCOUNTS[who]()
    client, wrong = signed_in(user), []
    for model, state in which:
        record = standings.of(who, model, state)
        for step, (_action, reason) in STEPS.items():
            with transaction.atomic():
                way(client, record, step)
                done = record.history.filter(history_user=user.pk, history_change_reason=reason)
                if done.exists() != (who in letters(model, step, state)):
                    wrong.append((model.__name__, state, step, done.exists()))
                transaction.set_rollback(True)
    assert wrong == []


@pytest.mark.parametrize("who", [*WHO, "R", "disabled"])
def test_chosen_rows_are_deleted_by_those_in_the_table(who):
    record = make_commitment()
    client = signed_in(ACCOUNTS[who]())
    sent = {"action": "delete_selected", ACTION_CHECKBOX_NAME: [record.pk], "post": "yes"}
    client.post(address(Commitment), sent)
    gone = not Commitment.objects.filter(pk=record.pk).exists()
    assert gone == (who in letters(Commitment, "delete", "draft"))


@pytest.mark.parametrize("who", [*WHO, "R", "disabled"])
def test_a_session_is_published_whole_by_those_in_the_table(who):
    meeting = make_meeting()
    user = ACCOUNTS[who]()
    if who == "W":
        edited(meeting, by=user)
    act(signed_in(user), "publish_whole_session", meeting)
    assert bool(edition_of(meeting)) == (who in letters(Meeting, "publish session", "draft"))


# -- four eyes, by every path


def tick(client, record, **changes):
    """The form of the record, saved with these changes."""
    assert save(client, record, **changes).status_code == 302


def add_attendance(client, meeting):
    row = {"official": make_official().pk, "title": "Vụ trưởng", "side": "ministry"}
    sent = opened(client, meeting)
    row |= {"role": "attended", "source": meeting.source_id}
    assert send(client, meeting, new_row(sent, "attendances", **row)).status_code == 302


def change_attendance(client, meeting):
    tick(client, meeting, **{"attendances-0-title": "Thứ trưởng"})


def drop_attendance(client, meeting):
    tick(client, meeting, **{"attendances-0-DELETE": "on"})


EDITS = {
    "a-field": lambda client, meeting: tick(client, meeting, title="Tên do người duyệt sửa"),
    "a-list-alone": lambda client, meeting: tick(client, meeting, topics=[make_topic().pk]),
    "somebody-added": add_attendance,
    "somebody-changed": change_attendance,
    "somebody-dropped": drop_attendance,
}
PATHS = {
    "list": lambda client, user, one: act(client, "publish_chosen", one),
    "session": lambda client, user, one: act(client, "publish_whole_session", one),
    "review-page": lambda client, user, one: from_the_review(
        client, type(one).objects.get(pk=one.pk), "publish"
    ),
    "shell": lambda client, user, one: refused(lambda: publish(one, by=user)),
    "shell-session": lambda client, user, one: refused(lambda: publish_session(one, by=user)),
}


def refused(step):
    with pytest.raises(Refused):
        step()


@pytest.fixture(scope="module")
def sessions(shared_rows):
    """Sessions with somebody who sat there: a draft, and one that the public reads."""
    draft, public = (make_attendance().meeting for _place in range(2))
    published(draft.source)
    return {False: draft, True: published(public)}


@pytest.mark.parametrize("is_public", [False, True], ids=["draft", "public"])
@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_who_edits_in_review_publishes_by_no_path(sessions, walk, edit, is_public):
    """Somebody who reviews or a superuser, by turns; in a full walk the one and the other."""
    turn = (list(EDITS.values()).index(edit) + is_public) % 2
    for is_superuser in [False, True] if walk else [bool(turn)]:
        with transaction.atomic():
            publishes_by_no_path(sessions[is_public], edit, is_public, is_superuser)
            transaction.set_rollback(True)


def publishes_by_no_path(meeting, edit, is_public, is_superuser):
    meeting = Meeting.objects.get(pk=meeting.pk)
    before = edition_of(meeting)
    assert bool(before) == is_public
    user = make_user(roles=["Duyệt"], is_superuser=is_superuser)
    client = signed_in(user)
    edit(client, meeting)
    for name, path in PATHS.items():
        with transaction.atomic():
            path(client, user, meeting)
        assert edition_of(meeting) == before, name
    act(signed_in(make_user(roles=["Duyệt"])), "publish_chosen", meeting)
    assert edition_of(meeting) != before  # somebody else does


@pytest.mark.parametrize("nobody", [None, AnonymousUser()], ids=["none", "anonymous"])
def test_nothing_is_published_by_nobody(nobody):
    record = make_source()
    refused(lambda: publish(record, by=nobody))
    assert edition_of(record) is None


def test_what_is_loaded_was_entered_by_one_and_published_by_another(register):
    for model in RECORDS:
        for record in model.objects.exclude(code=None)[:3]:
            who = record.history.filter(history_change_reason=PUBLISHED).first().history_user_id
            assert who not in (None, record.created_by_id)
            refused(
                lambda record=record: publish(
                    edited(record, by=record.created_by), by=record.created_by
                )
            )


def test_both_roles_in_one_account_are_still_two_people():
    user = make_user(roles=["Biên tập", "Duyệt"])
    client = signed_in(user)
    add(client, Source, title="Bài của một người", type="other", rank=5)
    record = Source.objects.get(title="Bài của một người")
    for name in ("list", "review-page", "shell"):
        PATHS[name](client, user, record)
        assert edition_of(record) is None


# -- desks


@pytest.fixture
def government():
    """Two ministries of today under a government, and one before them with a unit."""
    top = make_organization(name="Chính phủ Mẫu", kind="state_body")
    ministry = make_organization(name="Bộ Một", parent=top)
    other = make_organization(name="Bộ Hai", parent=top)
    former = make_organization(name="Bộ Cũ", parent=top)
    return {
        "top": top,
        "ministry": ministry,
        "unit": make_organization(name="Cục Một", kind="ministry_unit", parent=ministry),
        "other": other,
        "former": former,
        "former unit": make_organization(name="Cục Cũ", kind="ministry_unit", parent=former),
        "before that": make_organization(name="Bộ Cũ Hơn"),
        "other unit": make_organization(name="Cục Hai", kind="ministry_unit", parent=other),
    }


def tended(government, name):
    found = roles.tended_by(government[name].pk)
    return {key for key, body in government.items() if body.pk in found}


def test_a_desk_tends_its_ministry_with_every_unit(government):
    assert tended(government, "unit") == tended(government, "ministry") == {"ministry", "unit"}
    assert tended(government, "other unit") == {"other", "other unit"}


def test_a_desk_tends_what_its_ministry_took_over(government):
    make_organization_succession(government["former"], government["ministry"])
    make_organization_succession(government["former"], government["other"])
    make_organization_succession(government["before that"], government["former"])
    taken = {"former", "former unit", "before that"}
    assert tended(government, "unit") == {"ministry", "unit", *taken}
    assert tended(government, "other") == {"other", "other unit", *taken}
    assert tended(government, "former unit") == taken


def test_a_unit_that_was_taken_over_brings_no_ministry_with_it(government):
    make_organization_succession(government["former unit"], government["ministry"])
    assert tended(government, "ministry") == {"ministry", "unit", "former unit"}


def test_bodies_that_succeed_each_other_in_a_ring_are_walked_once(government):
    make_organization_succession(government["former"], government["other"])
    make_organization_succession(government["other"], government["former"])
    assert tended(government, "other") == {"other", "other unit", "former", "former unit"}


def test_a_body_that_was_merged_away_goes_on_in_the_one_that_stands_for_it(government):
    gone = make_organization(name="Bộ Một lần hai", merged_into=government["ministry"])
    assert gone.pk in roles.tended_by(government["unit"].pk)
    assert roles.tended_by(gone.pk) == roles.tended_by(government["unit"].pk)


def test_what_a_desk_tends_is_read_in_as_many_queries_for_many_bodies(government):
    counts = []
    for more in (0, 30):
        for _place in range(more):
            make_organization(parent=government["ministry"])
        user = make_user(desk=government["unit"])
        user = User.objects.get(pk=user.pk)
        with CaptureQueriesContext(connection) as asked:
            assert len(roles.organizations_of(user)) == 2 + more
            roles.organizations_of(user)
        counts.append(len(asked))
    assert counts == [3, 3]


@pytest.mark.both_databases
def test_rows_of_a_desk_are_told_alike_in_the_database_and_in_python():
    ours, theirs = home(), make_organization()
    elsewhere = make_meeting(ministry=theirs)
    for model in roles.BELONGS_TO:
        MAKERS[model]()
        MAKERS[model](
            meeting=elsewhere
        ) if model is not Meeting and model is not StatusUpdate else 0
    make_figure(meeting=None)
    for given in ("lead", "current_lead", "addressed_to"):
        make_update(request=make_request(meeting=elsewhere, **{given: ours}))
    for given in ("lead", "current_lead"):
        make_update(commitment=make_commitment(meeting=elsewhere, **{given: ours}))
        make_update(recommendation=make_recommendation(meeting=elsewhere, **{given: ours}))
    for model in roles.BELONGS_TO:
        for body in (ours, theirs):
            told = {one.pk for one in model.objects.all() if body.pk in roles.belongs_to(one)}
            found = roles.of_organizations(model.objects.all(), {body.pk})
            assert told == set(found.values_list("pk", flat=True)), model


@pytest.fixture
def editor():
    return make_user(roles=["Biên tập"])


@pytest.fixture
def desk(editor):
    return signed_in(editor)


def errors(response):
    return set(response.context["adminform"].form.errors)


def test_an_editor_opens_no_session_for_another_ministry(desk):
    given = {"title": "Buổi của bộ khác", "held_on": "05/07/2025", "slug": "buoi-khac"}
    given["provinces"] = [make_province().pk]
    answer = add(desk, Meeting, ministry=make_organization().pk, **given)
    assert errors(answer) == {"ministry"}
    assert answer.context["adminform"].form["title"].value() == "Buổi của bộ khác"
    assert not Meeting.objects.exists()
    assert add(desk, Meeting, ministry=home().pk, **given).status_code == 302


def moved_meeting(theirs):
    return make_meeting(), {"ministry": theirs.ministry_id}


def moved_item(theirs):
    return make_commitment(), {"meeting": theirs.pk}


def moved_update(theirs):
    return make_update(), {"commitment": make_commitment(meeting=theirs).pk}


def moved_figure(theirs):
    return make_figure(), {"meeting": theirs.pk}


def let_go(theirs):
    """An item of another ministry's session that is ours only because we owe it."""
    return make_commitment(meeting=theirs, lead=home()), {"lead": theirs.ministry_id}


MOVES = {
    "a-session": (moved_meeting, {"ministry"}),
    "an-item": (moved_item, {"meeting"}),
    "an-update": (moved_update, {"commitment"}),
    "a-figure": (moved_figure, {"meeting"}),
    "what-it-owes": (let_go, {"lead"}),
}


@pytest.mark.parametrize(("move", "fields"), MOVES.values(), ids=MOVES)
def test_nothing_is_moved_to_another_desk(desk, move, fields):
    record, changes = move(make_meeting(ministry=make_organization()))
    answer = save(desk, record, **changes)
    assert answer.status_code == 200
    assert errors(answer) == fields
    assert type(record).objects.get(pk=record.pk).version == record.version


def test_nothing_is_taken_from_another_desk(desk):
    theirs = make_commitment(meeting=make_meeting(ministry=make_organization()))
    mine = make_meeting()
    assert send(desk, theirs, {"meeting": mine.pk}).status_code == 403
    row = {"id": theirs.pk, "title": "Của chúng tôi", "strength": "explicit", "version": 1}
    sent = new_row(opened(desk, mine), "commitments", **row)
    answer = send(desk, mine, sent | {"commitments-INITIAL_FORMS": 1})
    assert answer.status_code in (200, 302)
    theirs.refresh_from_db()
    assert (theirs.meeting.ministry == home(), theirs.title) == (False, theirs.title)
    assert theirs.version == 1


def test_an_item_that_it_owes_is_written_where_another_ministry_met(desk):
    elsewhere = make_meeting(ministry=make_organization())
    owed = make_commitment(meeting=elsewhere, lead=home())
    assert save(desk, owed, title="Tên đúng hơn").status_code == 302
    assert save(desk, owed, current_lead=make_organization().pk).status_code == 302
    assert desk.get(address(Meeting, "change", elsewhere.pk)).status_code == 200
    assert send(desk, elsewhere, {"title": "Khác"}).status_code == 403


def test_any_body_may_owe_what_was_said_at_ones_own_session(desk):
    record = make_recommendation()
    assert save(desk, record, lead=make_organization().pk).status_code == 302


def test_an_editor_without_a_desk_enters_sources_figures_and_names_alone(client):
    client = signed_in(make_user(roles=["Biên tập"], desk=None))
    pages = {model: client.get(address(model, "add")).status_code for model in RECORDS}
    open_ = {model for model, status in pages.items() if status == 200}
    assert open_ == {Source, Figure}
    figure = make_figure(meeting=None)
    assert save(client, figure, period="2024").status_code == 302
    assert errors(save(client, figure, meeting=make_meeting().pk)) == {"meeting"}


@pytest.mark.parametrize(
    ("rests", "allowed"),
    [
        pytest.param(lambda source: None, True, id="nothing"),
        pytest.param(lambda source: make_commitment(source=source), True, id="ours"),
        pytest.param(
            lambda source: make_meeting(ministry=make_organization(), source=source),
            False,
            id="another-desk's",
        ),
        pytest.param(
            lambda source: make_meeting(ministry=make_organization(), cited=[source]),
            False,
            id="cited-by-another-desk",
        ),
    ],
)
def test_a_source_is_written_by_those_whose_records_rest_on_it(desk, rests, allowed):
    source = make_source()
    rests(source)
    answer = (
        send(desk, source, opened(desk, source) | {"publisher": "Báo"})
        if allowed
        else (send(desk, source, {"publisher": "Báo"}))
    )
    assert answer.status_code == (302 if allowed else 403)


READ_ONLY = {
    "another-desk's": lambda: make_commitment(meeting=make_meeting(ministry=make_organization())),
    "a-public-update": lambda: published(make_update()),
    "a-public-name": lambda: named_official(),
    "a-source-of-others": lambda: make_meeting(ministry=make_organization()).source,
}


@pytest.mark.parametrize("make", READ_ONLY.values(), ids=READ_ONLY)
def test_a_form_that_is_only_read_says_why(desk, make):
    record = make()
    page = desk.get(address(type(record), "change", record.pk))
    (why,) = said(page)
    assert why == roles.why_not(page.context["user"], record)
    assert why
    free = type(record).objects.get(pk=MAKERS[type(record)]().pk)
    assert said(desk.get(address(type(free), "change", free.pk))) == []


@pytest.mark.parametrize("model", RECORDS)
def test_a_form_asks_whose_it_is_no_more_often_for_many_records(desk, model):
    record = MAKERS[model]()
    counts = []
    for more in (0, 5):
        for _place in range(more):
            make_commitment(source=record if model is Source else make_source())
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(address(model, "change", record.pk)).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 60


# -- names that the public reads


def named_official():
    who = make_official()
    published(make_request(raised_by=who))
    return who


def named_organization():
    body = make_organization()
    published(make_request(lead=body))
    return body


NAMED = {
    "official": (make_official, named_official),
    "organization": (make_organization, named_organization),
    "post": (make_post, lambda: make_post(official=named_official())),
    "of-the-reference-data": (make_organization, lambda: make_organization(is_reference=True)),
}


@pytest.fixture(scope="module")
def names(shared_rows):
    """(state, row) of each, new and named."""
    return {name: [("new", new()), ("named", named())] for name, (new, named) in NAMED.items()}


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("who", [*WHO, "R"])
def test_a_name_that_the_public_reads_is_changed_as_the_table_says(who, name, names):
    request = asked_by(ACCOUNTS[who]())
    for state, row in names[name]:
        model = type(row)
        keeper = admin.site.get_model_admin(model)
        for action in ("view", "change", "delete"):
            allowed = getattr(keeper, f"has_{action}_permission")(request, row)
            assert allowed == (who in letters(model, action, state)), (state, action)
        assert keeper.has_add_permission(request) == (who in letters(model, "add"))


def test_a_name_may_be_changed_again_once_nothing_published_bears_it(desk):
    who = make_official()
    item = published(make_request(raised_by=who))
    assert send(desk, who, {"full_name": "Khác"}).status_code == 403
    withdraw(item, by=make_user())
    assert save(desk, who, full_name="Trần Văn Khác").status_code == 302


def test_nobody_gives_a_post_to_somebody_whom_the_public_reads_of(desk):
    who, other = named_official(), make_official()
    given = {"organization": home().pk, "title": "Vụ trưởng"}
    assert errors(add(desk, Post, official=who.pk, **given)) == {"official"}
    assert add(desk, Post, official=other.pk, **given).status_code == 302
    post = Post.objects.get()
    assert errors(save(desk, post, official=who.pk)) == {"official"}
    keeper = signed_in(make_user(roles=["Quản trị"]))
    assert add(keeper, Post, official=who.pk, **given).status_code == 302


# -- proposed indicators


@pytest.mark.parametrize("who", [*WHO, "R"])
def test_an_indicator_is_changed_and_accepted_as_the_table_says(who):
    user = ACCOUNTS[who]()
    request, desk = asked_by(user), admin.site.get_model_admin(Indicator)
    rows = {
        "new": make_proposed_indicator(),
        "own": make_proposed_indicator(by=user),
        "accepted": make_indicator(),
    }
    for state, row in rows.items():
        for action in ("view", "change", "delete"):
            allowed = getattr(desk, f"has_{action}_permission")(request, row)
            assert allowed == (who in letters(Indicator, action, state)), (state, action)
    for state in ("new", "own"):
        allowed = desk.has_accept_permission(request, rows[state])
        assert allowed == (who in letters(Indicator, "accept", state)), state
    assert desk.has_add_permission(request) == (who in letters(Indicator, "add"))


# -- accounts


def test_nobody_gives_themselves_a_role_or_a_desk():
    me = make_user(roles=["Quản trị"])
    client = signed_in(me)
    ours = Group.objects.get(name="Duyệt")
    tick(client, me, groups=[ours.pk], is_superuser="on", is_active="on", is_staff="on")
    me.refresh_from_db()
    assert [one.name for one in me.groups.all()] == ["Quản trị"]
    assert (me.is_superuser, me.is_active, me.is_staff) == (False, True, True)
    answer = add(client, Officer, user=me.pk, organization=home().pk)
    assert errors(answer) == {"user"}
    assert not Officer.objects.exists()


def test_nobody_changes_their_own_desk():
    me = make_user(roles=["Quản trị", "Biên tập"])
    officer = Officer.objects.get(user=me)
    client = signed_in(me)
    assert send(client, officer, {"organization": make_organization().pk}).status_code == 403
    row = {"user": me.pk, "organization": make_organization().pk, "id": officer.pk}
    sent = opened(client, me) | {f"officer-0-{name}": value for name, value in row.items()}
    send(client, me, sent | {"officer-TOTAL_FORMS": 1, "officer-INITIAL_FORMS": 1})
    officer.refresh_from_db()
    assert officer.organization == home()


def test_who_keeps_the_accounts_gives_roles_to_others_and_publishes_nothing():
    client = signed_in(make_user(roles=["Quản trị"]))
    other = make_user()
    tick(client, other, groups=[Group.objects.get(name="Duyệt").pk])
    assert [one.name for one in other.groups.all()] == ["Duyệt"]
    record = make_source()
    act(client, "publish_chosen", record)
    assert edition_of(record) is None


# -- the documents


def test_the_table_in_the_documents_is_this_one():
    written = (settings.BASE_DIR / "docs" / "roles.md").read_text(encoding="utf-8")
    assert written == as_markdown(), "run: python -m tests.engagements.desk.roles > docs/roles.md"


def test_the_first_page_says_what_is_never_entered(desk):
    assert 'class="standing-order"' in desk.get("/admin/").content.decode()
