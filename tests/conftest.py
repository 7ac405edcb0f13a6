"""What every test stands on: a database of its own, the register's documents, accounts.

The same suite runs on SQLite and, with DATABASE_URL, on PostgreSQL.
"""

import gc

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.core.management.commands import flush
from django.db import connection, transaction
from django.test import Client

from engagements.edition.triggers import lifted
from engagements.management.commands.load_register import DOCUMENTS, FIXTURES
from engagements.publication.loading import REFERENCE, load
from engagements.roles import ROLES

from .factories import make_user

# What no database can change: words, forms of files, addresses, who may do what. They run with
# SQLite, and not again on PostgreSQL.
ONCE = {
    "test_alerts.py", "test_api_http.py", "test_briefing.py", "test_calendar.py",
    "test_check_links.py", "test_contract.py", "test_documents.py", "test_downloads.py",
    "test_feeds.py", "test_crawlers.py", "test_guard.py", "test_imports.py", "test_letter.py",
    "test_open_data.py", "test_passwords.py", "test_quotations.py", "test_report.py",
    "test_roles.py", "test_story.py", "test_subjects.py", "test_templatetags.py", "test_tips.py",
    "test_vietnamese.py", "test_words.py",
}  # fmt: skip


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.name in ONCE:
            item.add_marker(pytest.mark.once)


def pytest_collection_finish():
    # What is loaded by now stays: looking through it for garbage took a sixth of the run.
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


def pytest_configure(config):
    # Static files are collected for production only.
    config.addinivalue_line("filterwarnings", "ignore:No directory at:UserWarning")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, tmp_path_factory):
    """SQLite in a file, as in use: threads and the live server have connections of their own."""
    if connection.vendor == "sqlite":
        folder = tmp_path_factory.mktemp("database")
        settings.DATABASES["default"]["TEST"]["NAME"] = str(folder / "register.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The database, its content types read: queries are counted as in a server that is warm."""
    with django_db_blocker.unblock():
        ContentType.objects.get_for_models(*apps.get_models(), for_concrete_models=False)


@pytest.fixture(autouse=True, scope="session")
def flush_lifts_triggers():
    """Transactional tests end with a flush, which append-only editions refuse.

    The triggers are lifted for it alone; the roles come back as after every migrate.
    """
    handle = flush.Command.handle

    def emptied(command, **options):
        with lifted(connection):
            handle(command, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush.Command, "handle", emptied)
        yield


# -- the register's documents

LOADED_BY = {"tep-nhap": 900_001, "tep-cong-bo": 900_002}  # keys that no account of a test has


@pytest.fixture(scope="session")
def register_rows(django_db_setup, django_db_blocker):
    """Every row that loading the documents makes: (table, columns, rows), read once a worker."""
    tables = []
    with django_db_blocker.unblock(), transaction.atomic():
        for username, key in LOADED_BY.items():
            get_user_model().objects.create(
                pk=key, username=username, is_active=False, password="!"
            )
        load([FIXTURES / name for name in (*REFERENCE, *DOCUMENTS)])
        with connection.cursor() as cursor:
            for model in apps.get_models(include_auto_created=True):
                if model._meta.app_label in ("provinces", "engagements") or (
                    model is get_user_model()
                ):
                    if model._meta.proxy:
                        continue
                    table, key = model._meta.db_table, model._meta.pk.column
                    cursor.execute(f'SELECT * FROM "{table}" ORDER BY "{key}"')
                    columns = [column[0] for column in cursor.description]
                    tables.append((model, columns, cursor.fetchall()))
        transaction.set_rollback(True)
    return [(model, columns, rows) for model, columns, rows in tables if rows]


def copy(register_rows):
    """Puts these rows into the empty database, triggers in force."""
    with connection.cursor() as cursor, transaction.atomic():
        for model, columns, rows in register_rows:
            names = ", ".join(f'"{name}"' for name in columns)
            one = f"({', '.join(['%s'] * len(columns))})"
            for start in range(0, len(rows), 400):
                part = rows[start : start + 400]
                cursor.execute(
                    f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES '
                    + ", ".join([one] * len(part)),
                    [value for row in part for value in row],
                )
        models = [model for model, _columns, _rows in register_rows]
        for query in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(query)


@pytest.fixture
def register(db, register_rows):
    """The loaded register: reference data and both documents, published.

    Ask for it before fixtures that make records of their own.
    """
    copy(register_rows)


# -- who asks


@pytest.fixture
def staff(db):
    """An account that has every role."""
    return make_user("moi-vai-tro", ROLES)


@pytest.fixture
def staff_client(staff):
    client = Client()
    client.force_login(staff)
    return client
