"""What the database refuses, whoever asks: through the models or past them."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from engagements.edition import triggers
from engagements.models import Edition, EditionLink, StatusUpdate
from engagements.publication.publishing import publish, withdraw
from tests.factories import (
    author,
    edited,
    edition_of,
    make_commitment,
    make_request,
    make_source,
    make_update,
    many,
    published,
    publisher,
)

pytestmark = pytest.mark.both_databases

LATER = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def commitment(db):
    return published(make_commitment())


def refused(write):
    with pytest.raises(IntegrityError), transaction.atomic():
        write()


def sql(query, *parameters):
    def write():
        with connection.cursor() as cursor:
            cursor.execute(query, parameters)

    return write


def present():
    return triggers.expected(connection) <= triggers.installed(connection)


def test_every_trigger_is_installed(db):
    expected = triggers.expected(connection)
    assert len(expected) >= 6
    assert expected <= triggers.installed(connection)


def test_installing_again_changes_nothing(db):
    before = triggers.installed(connection)
    triggers.install(connection)
    assert triggers.installed(connection) == before


def test_a_migration_brings_them_back(db):
    triggers.remove(connection)
    assert not triggers.expected(connection) & triggers.installed(connection)
    triggers.install_after_migrate(sender=None, using="default")
    assert present()


# -- editions are append-only

CHANGES = {
    "payload": "{}",
    "shape": 9,
    "cause": "news",
    "changed_at": LATER,
    "number": 7,
    "code": "CK-7",
    "status": "done",
    "search": " khac ",
    "refs": "{}",
    "day": date(2020, 1, 1),
    "published_at": LATER,
    "first_sequence": 1,
    "province_id": None,
    "topics": "|khac|",
}


@pytest.mark.parametrize("column", CHANGES)
def test_an_edition_is_not_changed(commitment, column):
    edition, value = edition_of(commitment), CHANGES[column]
    refused(lambda: Edition.objects.filter(pk=edition.pk).update(**{column: value}))
    in_the_table = Edition._meta.get_field(column.removesuffix("_id")).column
    refused(sql(f"UPDATE engagements_edition SET {in_the_table} = %s", value))
    setattr(edition, column, value)
    refused(edition.save)
    refused(lambda: Edition.objects.bulk_update([edition], [column.removesuffix("_id")]))
    assert getattr(edition_of(commitment), column) != value


def test_the_sequence_of_an_edition_is_not_changed(commitment):
    refused(sql("UPDATE engagements_edition SET sequence = sequence + 100"))


def test_an_edition_is_not_deleted(commitment):
    writes = [
        lambda: Edition.objects.all()._raw_delete("default"),
        sql("DELETE FROM engagements_edition"),
        sql("DELETE FROM engagements_edition WHERE code = %s", commitment.code),
    ]
    if connection.vendor == "postgresql":  # SQLite has no other way to empty a table
        connection.check_constraints()
        writes += [sql("TRUNCATE engagements_edition CASCADE")]
    for write in writes:
        refused(write)
    assert Edition.objects.count() == 3


def test_a_link_is_neither_changed_nor_deleted(commitment):
    links = EditionLink.objects.count()
    writes = [
        lambda: EditionLink.objects.update(record=7),
        lambda: EditionLink.objects.all().delete(),
        sql("DELETE FROM engagements_editionlink"),
    ]
    if connection.vendor == "postgresql":
        connection.check_constraints()
        writes += [sql("TRUNCATE engagements_editionlink")]
    for write in writes:
        refused(write)
    assert EditionLink.objects.count() == links > 0


def bare_edition(sequence):
    return Edition(
        sequence=sequence,
        first_sequence=sequence,
        kind="remark",
        record=sequence,
        code=f"GN-{sequence}",
        number=1,
        cause="edited",
        day=date(2024, 2, 29),
        published_at=LATER,
        changed_at=LATER,
    )


def test_the_sequence_only_rises(commitment):
    last = edition_of(commitment).sequence
    bare_edition(last + 2).save(force_insert=True)  # a gap is allowed, going back into it is not
    for sequence in (last + 1, last, 0, -1):
        refused(lambda sequence=sequence: bare_edition(sequence).save(force_insert=True))
        refused(lambda sequence=sequence: Edition.objects.bulk_create([bare_edition(sequence)]))
    refused(lambda: Edition.objects.bulk_create(map(bare_edition, (last + 4, last + 3))))
    Edition.objects.bulk_create(map(bare_edition, (last + 3, last + 4)))


@pytest.mark.parametrize("column", ["superseded_at", "withdrawn_at"])
def test_an_edition_closes_once(commitment, column):
    row = Edition.objects.filter(code=commitment.code)
    refused(lambda: row.update(**{column: LATER, "payload": "{}"}))
    row.update(**{column: LATER})
    refused(lambda: row.update(**{column: LATER + timedelta(days=1)}))
    refused(lambda: row.update(**{column: None}))
    refused(sql(f"UPDATE engagements_edition SET {column} = NULL WHERE {column} IS NOT NULL"))
    row.update(**{column: LATER})  # nothing changes
    assert getattr(row.get(), column) == LATER


# -- a published update never changes

STAFFS_OWN = {
    "id",
    "uid",
    "state",
    "version",
    "published_version",
    "published_at",
    "created_at",
    "updated_at",
    "created_by_id",
    "updated_by_id",
    "review_note",
    "internal_note",
    "search",
}
OTHER_NEWS = {
    "happened_on": date(2020, 1, 1),
    "status": "done",
    "voice": "independent",
    "text": "Tin khác",
    "code": "CN-7",
    "paragraph": 7,
    "quote": "lời khác",
    "new_due_text": "quý khác",
    "is_ongoing": True,
}


def test_what_the_public_reads_of_an_update_is_guarded_and_staffs_own_fields_are_not():
    columns = {field.column for field in StatusUpdate._meta.concrete_fields}
    assert columns == set(triggers.UPDATE_CONTENT) | STAFFS_OWN


@pytest.mark.parametrize("column", OTHER_NEWS)
def test_a_published_update_is_not_changed(db, column):
    update = published(make_update())
    row = StatusUpdate.objects.filter(pk=update.pk)
    refused(lambda: row.update(**{column: OTHER_NEWS[column]}))
    refused(lambda: edited(update, **{column: OTHER_NEWS[column]}))
    refused(sql(f"UPDATE engagements_statusupdate SET {column} = %s", OTHER_NEWS[column]))


def test_a_published_update_is_not_moved_to_another_item(db):
    update = published(make_update())
    refused(lambda: edited(update, commitment=make_commitment()))


def test_a_published_update_is_not_deleted(db):
    update = published(make_update())
    refused(update.delete)
    refused(lambda: StatusUpdate.objects.all()._raw_delete("default"))
    withdraw(update, by=publisher())
    refused(update.delete)


def test_staff_may_note_something_at_a_published_update(db):
    update = edited(published(make_update()), internal_note="gọi lại tháng sau")
    assert StatusUpdate.objects.get(pk=update.pk).internal_note == "gọi lại tháng sau"


def test_a_draft_of_an_update_is_changed_and_deleted(db):
    update = edited(make_update(), text="Tin khác", status="done")
    update.delete()
    assert not StatusUpdate.objects.exists()


# -- lifting them


def test_lifted_for_one_block(commitment):
    connection.check_constraints()  # PostgreSQL: no check may wait while a trigger is dropped
    with triggers.lifted(connection):
        Edition.objects.filter(code=commitment.code).update(search=" xoa ")
    assert present()
    assert edition_of(commitment).search == " xoa "
    refused(lambda: Edition.objects.update(search=" lan nua "))


def test_lifted_comes_back_after_an_error(commitment):
    def erase_and_fail():
        with triggers.lifted(connection):
            Edition.objects.filter(code=commitment.code).update(search=" xoa ")
            raise ZeroDivisionError

    connection.check_constraints()
    with pytest.raises(ZeroDivisionError):
        erase_and_fail()
    assert present()
    assert edition_of(commitment).search != " xoa "
    refused(lambda: Edition.objects.update(search=" lan nua "))


def test_lifted_lets_rows_go(transactional_db):
    code = published(make_commitment()).code
    with triggers.lifted(connection):
        EditionLink.objects.filter(edition__code=code).delete()
        Edition.objects.filter(code=code).delete()
    assert present()
    assert not Edition.objects.filter(code=code).exists()


# -- two publishers at once


def test_publishers_at_once_get_rising_numbers_without_gaps(transactional_db):
    sources, by = many(make_source, 12), publisher()
    assert author() != by
    start, failures = Barrier(3), []

    def work(own):
        try:
            start.wait()
            for source in own:
                publish(source, by=by)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=work, args=(sources[place::3],)) for place in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert failures == []
    editions = list(Edition.objects.order_by("sequence"))
    assert [one.sequence for one in editions] == list(range(1, 13))
    assert [one.code for one in editions] == [f"NG-{number}" for number in range(1, 13)]
    moments = [one.published_at for one in editions]
    assert moments == sorted(moments)


@pytest.mark.django_db
def test_replacing_a_row_is_deleting_it():
    edition = edition_of(published(make_request()))
    verb = "INSERT OR REPLACE" if connection.vendor == "sqlite" else "INSERT"
    columns = ", ".join(f'"{field.column}"' for field in EditionLink._meta.concrete_fields)
    link = edition.links.first()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"{verb} INTO engagements_editionlink ({columns})"
            f" SELECT {columns} FROM engagements_editionlink WHERE id = %s",
            [link.pk],
        )
    assert EditionLink.objects.filter(pk=link.pk).exists()
