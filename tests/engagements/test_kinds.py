"""One class a kind on each side of the wall: a new kind fails here until every answer is there."""

import pytest
from django.contrib import admin
from rest_framework import serializers

from engagements.api.lists import VIEWSETS
from engagements.desk.history import told_fields
from engagements.desk.review.differences import differences_of
from engagements.edition.columns import columns_of_kinds
from engagements.edition.filters import FILTERS
from engagements.edition.kinds import KINDS, ReadKind
from engagements.edition.models import Edition
from engagements.models import Meeting
from engagements.open_data.dictionary import TABLE_TITLES
from engagements.publication.kinds import PUBLISHED_IN_ORDER, REGISTER, SESSION_ITEMS, RegisterKind
from engagements.publication.loading import RECORD_SECTIONS
from engagements.roles import BELONGS_TO, PLACED_BY
from engagements.words import Kind
from engagements.workbooks.tables import TABLES
from tests.desk import address
from tests.engagements.desk.roles import TABLES as TABLES_OF_THE_DESK
from tests.factories import MAKERS, edition_of, make_user, published

# What a kind may leave to the common class.
COMMON = {"facts", "headline", "href", "search_words", "shown_words", "title", "path", "prefix"}


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_answers_what_is_asked_of_it_when_it_is_read(kind):
    read = KINDS[kind]
    assert isinstance(read, ReadKind)
    assert read.kind == kind
    asked = {name for name in vars(ReadKind) if not name.startswith("_")} - COMMON - {"has_page"}
    assert [name for name in asked if not getattr(read, name)] == []
    assert issubclass(read.payload, serializers.Serializer)
    assert issubclass(read.shape, read.payload)
    assert len({other.plural for other in KINDS.values()}) == len(Kind)
    assert read.prefix or read.has_page, "a code of its own, or an address that is its code"


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_answers_what_is_asked_of_it_when_it_is_published(kind):
    register = REGISTER[kind]
    assert isinstance(register, RegisterKind)
    assert register.model.kind == kind
    assert register.read is KINDS[kind]
    assert type(register).own is not RegisterKind.own


def model_of(kind):
    return REGISTER[kind].model


def has_row_in_the_form_of_its_session(model):
    inlines = admin.site._registry[Meeting].inlines
    return model not in SESSION_ITEMS or any(inline.model is model for inline in inlines)


# What else a kind must have: where, and whether it is there. Of a ninth one every place that is
# still to be written is named at once.
PLACES = {
    "edition/filters.py: FILTERS": lambda kind: kind in FILTERS,
    "edition/models.py: a proxy with its `read_kind`": lambda kind: any(
        getattr(proxy, "read_kind", None) == kind for proxy in Edition.__subclasses__()
    ),
    "api/lists.py: VIEWSETS": lambda kind: KINDS[kind].plural in VIEWSETS,
    "open_data/dictionary.py: TABLE_TITLES": lambda kind: KINDS[kind].plural in TABLE_TITLES,
    "roles.py: BELONGS_TO": lambda kind: kind in OF_NO_DESK or model_of(kind) in BELONGS_TO,
    "roles.py: PLACED_BY": lambda kind: kind in OF_NO_DESK or model_of(kind) in PLACED_BY,
    "desk/screens.py, and a screen in a module of desk/": lambda kind: (
        model_of(kind) in admin.site._registry
    ),
    "desk/sessions/inlines.py and meetings.py: a row in the form of its session": lambda kind: (
        has_row_in_the_form_of_its_session(model_of(kind))
    ),
    "workbooks/tables: TABLES": lambda kind: model_of(kind) in TABLES,
    "publication/loading.py: ITEM_SECTIONS": lambda kind: (
        model_of(kind) in {Meeting, *dict(RECORD_SECTIONS).values()}
    ),
    "publication/kinds.py: PUBLISHED_IN_ORDER": lambda kind: model_of(kind) in PUBLISHED_IN_ORDER,
    "tests/factories.py: MAKERS": lambda kind: kind in MAKERS,
    "tests/engagements/desk/roles.py: TABLES": lambda kind: (
        f"engagements_{model_of(kind)._meta.model_name}" in TABLES_OF_THE_DESK
    ),
}
OF_NO_DESK = {Kind.SOURCE}  # everybody's until something rests on it


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_stands_in_each_place_that_has_all_of_them(kind):
    missing = [place for place, is_there in PLACES.items() if not is_there(kind)]
    assert missing == [], "\n".join(["still to be written:", *missing])
    assert columns_of_kinds(kind)


@pytest.mark.parametrize("kind", Kind)
def test_staff_have_every_field_of_a_kind_on_its_form_and_in_its_workbook(kind, client, db):
    """One of FOLLOWED and `fieldsets`, or an own one, which stands there by itself."""
    model = model_of(kind)
    written_otherwise = admin.site._registry[model].exclude  # by a step of the review
    fields = {field.name for field in told_fields(model)} - set(written_otherwise)
    client.force_login(make_user(is_staff=True, is_superuser=True))
    form = client.get(address(model, "add")).context["adminform"]
    assert fields - set(form.form.fields) == set(), "desk/: fieldsets of its screen"
    # Too long for a cell; chosen among the answers to one request, which have no code.
    on_forms_alone = {Kind.SOURCE: {"text", "scan"}, Kind.UPDATE: {"takes_back"}}.get(kind, set())
    assert fields - set(TABLES[model].fields) == on_forms_alone, "workbooks/tables"


@pytest.mark.parametrize("kind", Kind)
def test_what_was_published_is_no_different_from_the_register(kind, db):
    """The review page finds each field that is told to be published in the payload."""
    record = published(MAKERS[kind]())
    (difference,) = differences_of([record])
    assert difference.is_empty


@pytest.mark.parametrize("kind", Kind)
def test_an_edition_of_each_kind_has_a_title_an_address_and_words(db, kind, client):
    edition = edition_of(published(MAKERS[kind]()))
    read, data = KINDS[kind], edition.data
    assert read.title(data)
    assert read.title(data) in read.headline(data) or data["code"] in read.headline(data)
    assert edition.code in read.search_words(data)
    page = client.get(read.href(data, edition.province).split("#")[0])
    assert page.status_code == 200
    assert read.has_page or f'id="{edition.code}"' in page.content.decode(), "where it stands"
    if model_of(kind) in SESSION_ITEMS:
        session = client.get(data["meeting"]["path"]).content.decode()
        assert edition.code in session, (
            "engagements/pages/records.py, templates/engagements/meeting_detail.html"
        )
    assert all(isinstance(fact, str) for fact in map(str, read.facts(edition)))
    assert {name for name in (*read.searched, *read.passages) if name not in data} <= {"quote"}
