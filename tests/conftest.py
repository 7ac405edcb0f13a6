"""What every test stands on: a database of its own, the register's documents, accounts.

The whole suite runs on SQLite or, with DATABASE_URL, on PostgreSQL. tools/test.sh takes PostgreSQL,
and on SQLite what is marked `both_databases`.
"""

import gc
import os
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.management.commands import flush
from django.db import connection, connections
from django.test import Client

from engagements.edition.triggers import lifted
from engagements.roles import ROLES

from .databases import Databases, read_content_types
from .factories import make_user


def pytest_addoption(parser):
    parser.addoption("--walk", metavar="FOLDER", help="the full matrices; pages are kept there")


def pytest_collection_modifyitems(items):
    for item in items:
        if commits(item):  # it is about locks
            item.add_marker(pytest.mark.both_databases)
        if "shared_rows" in item.fixturenames:  # what it adds to them, it undoes
            item.add_marker(pytest.mark.django_db)


def commits(item):
    marker = item.get_closest_marker("django_db")
    return "transactional_db" in item.fixturenames or bool(
        marker and marker.kwargs.get("transaction")
    )


def pytest_collection_finish():
    # What is loaded by now stays: looking through it for garbage took a sixth of the run.
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


def pytest_configure(config):
    # Static files are collected for production only.
    config.addinivalue_line("filterwarnings", "ignore:No directory at:UserWarning")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, tmp_path_factory):
    """This worker's databases; their content types are read, as in a server that is warm."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    folder = tmp_path_factory.getbasetemp()
    with django_db_blocker.unblock():
        databases = Databases(folder.parent if worker else folder, worker or "main")
        read_content_types()
    return databases


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef, request):
    """A test, and what its file makes for it, begins in the database that holds what it asks for.

    pytest-django begins the test's transaction in a fixture of this name.
    """
    is_shared = fixturedef.scope == "module" and "shared_rows" in request.fixturenames
    if is_shared or fixturedef.argname == "_django_db_helper":
        databases = request.getfixturevalue("django_db_setup")
        with request.getfixturevalue("django_db_blocker").unblock():
            databases.use_for(request.fixturenames)
    return (yield)


@pytest.fixture(scope="module")
def shared_rows(django_db_setup, django_db_blocker):
    """For fixtures of a file's scope: their rows are made once, and each test undoes only its own.

    Tests that ask for none of these fixtures don't see the rows.
    """
    with django_db_blocker.unblock(), django_db_setup.sharing():
        yield


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


@pytest.fixture
def register(db, django_db_setup):
    """The loaded register: reference data and both documents, published."""
    assert connections["default"] is django_db_setup.loaded, "it is asked for by name alone"
    assert connection.in_atomic_block, "a test that commits takes `fresh()` of the databases"


# -- the full matrices


class Walk:
    """`make walk`: true where nothing is left out; the validator then reads the pages kept."""

    def __init__(self, folder):
        self.folder = folder and Path(folder)

    def __bool__(self):
        return self.folder is not None

    def keep(self, address, response):
        is_page = response.get("Content-Type", "").startswith("text/html")
        if self and is_page and response.status_code < 300:
            name = f"{quote(address, safe='')[:200]}.html"
            (self.folder / name).write_bytes(response.content)


@pytest.fixture
def walk(pytestconfig):
    return Walk(pytestconfig.getoption("walk"))


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
