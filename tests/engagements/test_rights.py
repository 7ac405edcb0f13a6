"""Rights of the roles: one table, put in force after every migrate on both databases."""

from io import StringIO

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engagements.management.commands.start import ACCOUNTS
from engagements.roles import ROLES, TABLES_OF, codenames, put_in_force
from tests.factories import make_user

TABLE = {role: codenames(role) for role in ROLES}


def rights_kept():
    """What the database holds: the codenames of each role."""
    return {
        group.name: set(group.permissions.values_list("codename", flat=True))
        for group in Group.objects.filter(name__in=ROLES)
    }


def test_a_new_database_has_exactly_the_table(db):
    assert rights_kept() == TABLE  # so every right of the table is one that Django knows, too
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)


def test_a_codename_of_the_table_means_one_right(db):
    ours = Permission.objects.filter(content_type__app_label__in=TABLES_OF)
    names = list(ours.values_list("codename", flat=True))
    assert len(names) == len(set(names))


@pytest.mark.django_db(transaction=True)
def test_an_emptied_database_has_exactly_the_table():
    Group.objects.get(name="Duyệt").delete()
    call_command("flush", interactive=False, verbosity=0)
    assert rights_kept() == TABLE


def test_the_next_migrate_brings_back_what_was_changed_by_hand(db):
    member = make_user(roles=["Duyệt"])
    review, readers = Group.objects.get(name="Duyệt"), Group.objects.get(name="Xem nội bộ")
    review.permissions.add(Permission.objects.get(codename="delete_source"))
    review.permissions.remove(Permission.objects.get(codename="publish_source"))
    readers.delete()
    told = StringIO()
    call_command("migrate", stdout=told)
    assert rights_kept() == TABLE
    assert list(member.groups.all()) == [review]
    assert "Taken back from the role Duyệt: delete_source\n" in told.getvalue()
    assert told.getvalue().count("Taken back") == 1


def test_a_group_of_another_name_keeps_its_rights(db):
    other = Group.objects.create(name="Vai trò khác")
    other.permissions.set(Permission.objects.filter(codename="delete_source"))
    call_command("migrate", verbosity=0)
    assert list(other.permissions.values_list("codename", flat=True)) == ["delete_source"]


def test_put_in_force_again_it_writes_nothing(db):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        put_in_force(connection.alias)
    assert [one["sql"] for one in queries if not one["sql"].startswith("SELECT")] == []


def test_no_migration_holds_a_copy():
    folder = settings.BASE_DIR / "engagements" / "migrations"
    offenders = [
        path.name
        for path in folder.glob("*.py")
        if any(word in path.read_text(encoding="utf-8") for word in ("Permission", *ROLES))
    ]
    assert offenders == []


def test_the_first_run_makes_an_account_for_every_role():
    assert sorted(ACCOUNTS.values()) == sorted(ROLES)
