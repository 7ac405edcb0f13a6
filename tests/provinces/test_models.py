from datetime import date

import pytest
from django.db.models import ProtectedError

from provinces.models import Atlas, Official, Organization, Post, Province
from tests.factories import (
    MERGED_ON,
    edited,
    make_attendance,
    make_merger,
    make_official,
    make_organization,
    make_post,
    make_province,
    make_succession,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.mark.parametrize(
    ("day", "exists"),
    [
        (date(2024, 12, 31), False),
        (date(2025, 1, 1), True),
        (date(2025, 6, 30), True),
        (date(2025, 7, 1), False),
    ],
)
def test_a_unit_exists_from_its_first_day_until_the_day_it_is_gone(day, exists):
    unit = make_province(established_on=date(2025, 1, 1), ceased_on=date(2025, 7, 1))
    assert unit.is_living(day) is exists
    assert (unit in Province.objects.on(day)) is exists
    assert (unit in Province.objects.living(day)) is exists


def test_a_unit_whose_days_are_not_known_exists_on_every_day():
    unit = make_province()
    assert unit.is_living(date(1900, 1, 1))
    assert unit in Province.objects.on(date(1900, 1, 1))
    assert unit.is_living()
    assert unit in Province.objects.living()
    assert unit.last_day is None


def test_a_past_unit_is_called_by_its_last_day():
    unit = make_province(name="Ninh Bình", ceased_on=MERGED_ON)
    assert unit.full_name == "Tỉnh Ninh Bình"
    assert unit.last_day == date(2025, 6, 30)
    assert str(unit).startswith("Tỉnh Ninh Bình (")
    assert "30/06/2025" in str(unit)


def test_a_city_is_called_a_city():
    assert str(make_province(name="Huế", kind="city")) == "Thành phố Huế"


def test_lineage_goes_back_through_every_merger():
    first, second, third, heir, city = (
        make_province(name=name, slug=name.lower()) for name in ("B", "A", "C", "D", "E")
    )
    make_merger(heir, first, second, third, on=date(2025, 7, 1))
    make_merger(city, heir, on=date(2026, 4, 30))
    atlas = Atlas()
    assert [unit.name for unit in atlas.lineage(city)] == ["E", "D", "A", "B", "C"]
    assert [unit.name for unit in atlas.lineage(first)] == ["B"]
    assert [unit.name for unit in atlas.predecessors(heir)] == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2025, 6, 30), "Cũ"),
        (date(2025, 7, 1), "Mới"),
        (date(2026, 4, 29), "Mới"),
        (date(2026, 4, 30), "Nay"),
    ],
)
def test_the_heir_on_a_day(day, name):
    old, new, now = (make_province(name=name) for name in ("Cũ", "Mới", "Nay"))
    make_merger(new, old, on=date(2025, 7, 1))
    make_merger(now, new, on=date(2026, 4, 30))
    assert Atlas().heir(old, on=day).name == name


def test_a_unit_that_was_split_has_no_heir_that_a_program_could_name():
    whole = make_province(ceased_on=MERGED_ON)
    make_succession(whole, make_province(), kind="split")
    make_succession(whole, make_province(), kind="split")
    assert Atlas().heir(whole, on=date(2025, 6, 30)) == whole
    assert Atlas().heir(whole, on=MERGED_ON) is None


def test_a_split_leaves_several_units_that_carry_it_on():
    earlier, whole = make_province(), make_province()
    make_merger(whole, earlier, on=date(2024, 1, 1))
    south, north = make_province(name="Nam"), make_province(name="Bắc")
    for part in (south, north):
        make_succession(whole, part, kind="split")
    atlas, before = Atlas(), date(2025, 6, 30)
    assert atlas.heirs(earlier, on=before) == [whole]
    for unit in (earlier, whole):
        assert atlas.heirs(unit, on=MERGED_ON) == [north, south]
        assert atlas.successors(unit, on=MERGED_ON) == [north, south]
        assert atlas.counted_under(unit, on=MERGED_ON) == whole
    assert (atlas.heirs(north), atlas.successors(north)) == ([north], [])
    assert atlas.counted_under(north) == north
    assert atlas.split_before(north, on=MERGED_ON) == [whole, earlier]
    assert atlas.split_before(north, on=before) == []


def test_parts_that_become_one_again_are_one_heir():
    whole, now, *parts = (make_province() for _place in range(4))
    for part in parts:
        make_succession(whole, part, kind="split")
    make_merger(now, *parts, on=date(2026, 1, 1))
    atlas = Atlas()
    assert atlas.heir(whole, on=MERGED_ON) is None
    assert atlas.heir(whole, on=date(2026, 1, 1)) == now
    assert atlas.counted_under(whole, on=date(2026, 1, 1)) == now


def test_a_circle_of_successions_ends():
    one, other = make_province(), make_province()
    make_succession(one, other)
    make_succession(other, one)
    assert Atlas().heir(one, on=MERGED_ON) == one
    assert len(Atlas().lineage(one)) == 2


def test_an_atlas_is_two_queries(django_assert_num_queries):
    old, new = make_province(), make_province()
    make_merger(new, old)
    with django_assert_num_queries(2):
        atlas = Atlas()
        atlas.lineage(new)
        atlas.heir(old)


@pytest.mark.parametrize(
    ("model", "make"),
    [
        (Province, make_province),
        (Organization, make_organization),
        (Official, make_official),
    ],
)
def test_an_old_address_leads_to_the_row_that_bore_it(model, make):
    row = make(slug="dia-chi-cu")
    edited(row, slug="dia-chi-moi")
    assert model.objects.formerly("dia-chi-cu").slug == "dia-chi-moi"
    assert model.objects.formerly("dia-chi-moi") is None
    assert model.objects.formerly("chua-tung-co") is None


def test_an_official_at_a_session_is_not_deleted():
    official = make_attendance().official
    with pytest.raises(ProtectedError):
        official.delete()


def test_a_namesake_is_another_person():
    one = make_official(full_name="Nguyễn Mạnh Hùng", slug="nguyen-manh-hung")
    other = make_official(full_name="Nguyễn Mạnh Hùng", slug="nguyen-manh-hung-hai-duong")
    assert Official.objects.get_by_natural_key("nguyen-manh-hung") == one
    assert other.natural_key() == ("nguyen-manh-hung-hai-duong",)


def test_a_post_is_called_by_its_holder_and_title():
    post = make_post(official=make_official(full_name="Phan Tâm"), title="Thứ trưởng")
    assert str(post) == "Phan Tâm, Thứ trưởng"


def test_who_changed_reference_data_is_kept():
    province = make_province(name="Bình Minh")
    edited(province, name="Bình An")
    assert [row.name for row in province.history.all()] == ["Bình An", "Bình Minh"]


@pytest.mark.parametrize("day", [date(2025, 2, 28), date(2025, 3, 1)])
@pytest.mark.parametrize("gone", ["body", "province"])
def test_no_office_outlives_its_body(day, gone):
    province = make_province(ceased_on=date(2025, 3, 1) if gone == "province" else None)
    body = make_organization(
        kind="peoples_committee",
        province=province,
        ceased_on=date(2025, 3, 1) if gone == "body" else None,
    )
    post = make_post(organization=body)
    assert Post.objects.held_on(day).contains(post) == (day < date(2025, 3, 1))
