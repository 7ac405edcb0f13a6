"""Screen of organizations: whose work one took over, and what no form may say of it."""

from datetime import date

import pytest

from provinces.models import Organization, OrganizationSuccession
from tests.desk import new_row, opened, save, send
from tests.factories import (
    make_organization,
    make_organization_succession,
    make_province,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def keeper(client, db):
    client.force_login(make_user(roles=["Quản trị"]))


def with_origin(sent, predecessor, **given):
    given = {"effective_on": "01/03/2025", "is_principal": "on"} | given
    return new_row(sent, "origins", predecessor=predecessor.pk, **given)


def errors(response):
    (inline,) = response.context["inline_admin_formsets"]
    told = [*inline.formset.non_form_errors()]
    return told + [text for form in inline.formset.forms for text in form.non_field_errors()]


def test_days_and_origins_are_entered_in_the_form(client):
    row, old = make_organization(), make_organization()
    sent = with_origin(opened(client, row), old, field="Báo chí", legal_act="Nghị định 1")
    assert send(client, row, sent | {"established_on": "01/03/2025"}).status_code == 302
    row.refresh_from_db()
    assert row.established_on == date(2025, 3, 1)
    succession = OrganizationSuccession.objects.get()
    assert (succession.predecessor, succession.successor) == (old, row)
    assert (succession.is_principal, succession.legal_act) == (True, "Nghị định 1")


@pytest.mark.both_databases
def test_the_rest_goes_to_one_body_alone(client):
    row, old = make_organization(), make_organization()
    make_organization_succession(old, make_organization(), is_principal=True)
    response = send(client, row, with_origin(opened(client, row), old))
    assert errors(response) == ["Đã có cơ quan khác nhận phần còn lại."]


def test_two_rows_of_one_form_do_not_both_take_the_rest(client):
    row, old = make_organization(), make_organization()
    sent = with_origin(opened(client, row), old, field="Một")
    response = send(client, row, with_origin(sent, old, field="Hai"))
    assert errors(response) == ["Đã có cơ quan khác nhận phần còn lại."]
    assert OrganizationSuccession.objects.count() == 0


def test_a_body_of_the_reference_data_stays_of_its_kind(client):
    row = make_organization(is_reference=True)
    response = save(client, row, kind="school")
    assert response.status_code == 200
    assert "không đổi loại" in response.content.decode()
    assert Organization.objects.get(pk=row.pk).kind == "ministry"


def test_a_committee_does_not_move_to_a_province_that_has_one(client):
    here, there = make_province(), make_province()
    rows = [
        make_organization(kind="peoples_committee", province=place, is_reference=True)
        for place in (here, there)
    ]
    response = save(client, rows[0], province=there.pk)
    assert "đã có UBND" in response.content.decode()
    assert save(client, rows[0], name="UBND khác").status_code == 302


def test_a_body_ceases_after_it_is_established(client):
    row = make_organization()
    response = save(client, row, established_on="02/03/2025", ceased_on="02/03/2025")
    assert "sau ngày thành lập" in response.content.decode()
