"""The reference data of organizations, and what the database keeps of them."""

from collections import Counter
from datetime import date

import pytest
import yaml
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from engagements.publication.loading import load
from engagements.publication.reference_loading import REFERENCE
from provinces.models import Atlas, Organization, OrganizationKind, OrganizationSuccession
from provinces.vietnamese import fold
from tests.factories import make_organization, make_organization_succession, make_province

TODAY = date(2026, 11, 30)
LIVING = {
    "bo-quoc-phong", "bo-cong-an", "bo-ngoai-giao", "bo-noi-vu", "bo-tu-phap", "bo-tai-chinh",
    "bo-cong-thuong", "bo-nong-nghiep-va-moi-truong", "bo-xay-dung",
    "bo-van-hoa-the-thao-va-du-lich", "bo-khoa-hoc-va-cong-nghe", "bo-giao-duc-va-dao-tao",
    "bo-y-te", "bo-dan-toc-va-ton-giao", "ngan-hang-nha-nuoc-viet-nam", "thanh-tra-chinh-phu",
    "van-phong-chinh-phu",
}  # fmt: skip
# Where each ministry that is gone went, as far as no other succession names the field; until when.
WENT_TO = {
    "bo-khoa-hoc-cong-nghe-va-moi-truong": ("bo-khoa-hoc-va-cong-nghe", date(2002, 8, 5)),
    "bo-cong-nghiep": ("bo-cong-thuong", date(2007, 7, 31)),
    "bo-thuong-mai": ("bo-cong-thuong", date(2007, 7, 31)),
    "bo-thuy-san": ("bo-nong-nghiep-va-phat-trien-nong-thon", date(2007, 7, 31)),
    "bo-van-hoa-thong-tin": ("bo-van-hoa-the-thao-va-du-lich", date(2007, 7, 31)),
    "bo-buu-chinh-vien-thong": ("bo-thong-tin-va-truyen-thong", date(2007, 7, 31)),
    "bo-ke-hoach-va-dau-tu": ("bo-tai-chinh", date(2025, 3, 1)),
    "bo-giao-thong-van-tai": ("bo-xay-dung", date(2025, 3, 1)),
    "bo-tai-nguyen-va-moi-truong": ("bo-nong-nghiep-va-moi-truong", date(2025, 3, 1)),
    "bo-nong-nghiep-va-phat-trien-nong-thon": ("bo-nong-nghiep-va-moi-truong", date(2025, 3, 1)),
    "bo-lao-dong-thuong-binh-va-xa-hoi": ("bo-noi-vu", date(2025, 3, 1)),
    "bo-thong-tin-va-truyen-thong": ("bo-khoa-hoc-va-cong-nghe", date(2025, 3, 1)),
    "uy-ban-dan-toc": ("bo-dan-toc-va-ton-giao", date(2025, 3, 1)),
}


@pytest.fixture(scope="module")
def loaded():
    """What the file says, without a database."""
    path = settings.BASE_DIR / "fixtures" / "organizations.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.fixture
def reference(db):
    load([settings.BASE_DIR / "fixtures" / name for name in REFERENCE])


def test_every_ministry_since_2000_stands_there(loaded):
    rows = [row for row in loaded["organizations"] if row["kind"] == "ministry"]
    assert {row["slug"] for row in rows if "ceased_on" not in row} == LIVING
    gone = {row["slug"]: row["ceased_on"] for row in rows if "ceased_on" in row}
    assert gone == {slug: day for slug, (_heir, day) in WENT_TO.items()}
    assert all(row["name_en"] and row["short_name"] for row in rows)


def test_the_rest_of_each_that_is_gone_went_to_one(loaded):
    principal = [row for row in loaded["successions"] if row.get("is_principal")]
    went = {row["predecessor"]: (row["successor"], row["effective_on"]) for row in principal}
    committees = {slug: went.pop(slug) for slug in sorted(went) if slug.startswith("ubnd-")}
    assert went == WENT_TO
    assert len(principal) == len(went) + len(committees)
    assert committees == {
        "ubnd-tinh-ninh-binh": ("ubnd-ninh-binh", date(2025, 7, 1)),
        "ubnd-tinh-thua-thien-hue": ("ubnd-hue", date(2025, 1, 1)),
    }


def test_a_spelling_of_a_ministry_names_one_alone(loaded):
    spellings = Counter()
    for row in loaded["organizations"]:
        if row["kind"] == "ministry":
            names = (row["name"], row["name_en"], row["short_name"], *row.get("aliases", ()))
            spellings.update({fold(name) for name in names})
    assert [name for name, number in spellings.items() if number > 1] == []


@pytest.mark.both_databases
def test_each_unit_of_today_has_its_peoples_committee(reference):
    living = [unit for unit in Atlas().units.values() if unit.is_living(TODAY)]
    assert len(living) == 34
    for unit in living:
        committee = Organization.objects.committee_of(unit)
        rank = "thành phố" if unit.kind == "city" else "tỉnh"
        assert committee.name == f"Ủy ban nhân dân {rank} {unit.name}"
        assert committee.slug == f"ubnd-{unit.slug}"
        assert committee.established_on == unit.established_on
        assert committee.ceased_on is None
        assert fold(f"UBND {unit.name}") in map(fold, committee.aliases.splitlines())


@pytest.mark.both_databases
def test_what_the_loader_marks_is_of_the_reference_data(reference):
    marked = Counter(Organization.objects.reference().values_list("kind", flat=True))
    assert marked == {"ministry": 30, "peoples_committee": 36}
    assert Organization.objects.count() == 75
    assert OrganizationSuccession.objects.count() == 24


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "kind", sorted({*OrganizationKind.values} - {"ministry", "peoples_committee"})
)
@pytest.mark.django_db
def test_of_the_reference_data_are_ministries_and_committees_alone(kind):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_organization(kind=kind, is_reference=True)


@pytest.mark.both_databases
@pytest.mark.django_db
def test_a_province_has_one_committee_of_the_reference_data():
    province = make_province()
    make_organization(kind="peoples_committee", province=province, is_reference=True)
    make_organization(kind="peoples_committee", province=province)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_organization(kind="peoples_committee", province=province, is_reference=True)


@pytest.mark.both_databases
@pytest.mark.django_db
@pytest.mark.parametrize(("ceased_on", "allowed"), [((2025, 3, 1), False), ((2025, 3, 2), True)])
def test_a_body_ceases_after_it_is_established(ceased_on, allowed):
    row = Organization(
        name="Bộ Mẫu", slug="bo-mau", kind="ministry",
        established_on=date(2025, 3, 1), ceased_on=date(*ceased_on),
    )  # fmt: skip
    if allowed:
        row.full_clean()
        return
    with pytest.raises(ValidationError):
        row.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


@pytest.mark.both_databases
@pytest.mark.django_db
def test_the_rest_goes_to_one_alone():
    old, *heirs = (make_organization() for _place in range(3))
    make_organization_succession(old, heirs[0], is_principal=True)
    make_organization_succession(old, heirs[1])
    with pytest.raises(IntegrityError), transaction.atomic():
        make_organization_succession(old, heirs[1], field="Khác", is_principal=True)


@pytest.mark.django_db
def test_a_row_that_a_reference_row_was_merged_into_stands_for_it():
    gone = make_organization(is_reference=True)
    kept = make_organization()
    assert list(Organization.objects.reference()) == [gone]
    gone.merged_into = kept
    gone.save()
    assert list(Organization.objects.reference()) == [kept]
    assert Organization.objects.formerly(gone.slug) == kept
