"""One class a kind on each side of the wall: a new kind fails here until every answer is there."""

import pytest
from rest_framework import serializers

from engagements.api.lists import VIEWSETS
from engagements.edition.columns import columns_of_kinds
from engagements.edition.filters import FILTERS
from engagements.edition.kinds import KINDS, ReadKind
from engagements.edition.models import Edition
from engagements.open_data.dictionary import TABLE_TITLES
from engagements.publication.kinds import REGISTER, RegisterKind
from engagements.words import Kind
from tests.factories import MAKERS, edition_of, published

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


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_stands_in_each_list_that_has_all_of_them(kind):
    assert kind in FILTERS
    assert KINDS[kind].plural in VIEWSETS
    assert KINDS[kind].plural in TABLE_TITLES
    assert columns_of_kinds(kind)
    assert any(getattr(proxy, "read_kind", None) == kind for proxy in Edition.__subclasses__())


@pytest.mark.parametrize("kind", Kind)
def test_an_edition_of_each_kind_has_a_title_an_address_and_words(db, kind, client):
    edition = edition_of(published(MAKERS[kind]()))
    read, data = KINDS[kind], edition.data
    assert read.title(data)
    assert read.title(data) in read.headline(data) or data["code"] in read.headline(data)
    assert edition.code in read.search_words(data)
    place = edition.province
    assert client.get(read.href(data, place).split("#")[0]).status_code == 200
    assert all(isinstance(fact, str) for fact in map(str, read.facts(edition)))
    assert {name for name in (*read.searched, *read.passages) if name not in data} <= {"quote"}
