"""Test databases: empty, loaded, demo; made once a run as templates, copied by each worker.

A copy takes a tenth of a second where migrating and loading take eleven. In the loaded one stand
the register's documents, so that a test which reads them begins where they are; in that of the demo
its invented register, with accounts. None is dropped: a throw-away server takes them along, pytest
deletes its older folders, a later run writes over them.
"""

import fcntl
from contextlib import contextmanager
from functools import cached_property
from io import StringIO
from itertools import count

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connections, transaction
from django.test.utils import override_settings

from engagements.management.commands.load_register import DOCUMENTS, FIXTURES
from engagements.publication.loading import load
from engagements.publication.reference_loading import REFERENCE

LOADED_BY = {"tep-nhap": 900_001, "tep-cong-bo": 900_002}  # keys that no account of a test has


class Databases:
    """The databases of a worker: `default` is the connection to the one in use."""

    def __init__(self, folder, worker):
        """`folder` belongs to the run, so that its workers find each other's templates."""
        self.folder, self.worker, self.numbers = folder, worker, count(1)
        self.empty = connections["default"]
        settings = self.empty.settings_dict
        if self.empty.vendor == "sqlite":  # in a file: threads and servers have connections too
            settings["TEST"]["NAME"] = str(folder / "register.sqlite3")
        name = self.empty.creation._get_test_db_name()
        with self._made_once("empty") as is_first:
            if is_first:
                self.empty.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            settings["NAME"] = name
            self.empty.close()
            self.empty_template = self.empty.copy()
            settings["NAME"] = copied(self.empty_template, worker).settings_dict["NAME"]

    @contextmanager
    def _made_once(self, name):
        """Whether this worker makes the template; the others wait until it stands."""
        made = self.folder / f"{name}.made"
        with (self.folder / f"{name}.lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield not made.exists()
            made.touch()

    def _template(self, name, fill):
        """A connection to the template of that name, which one worker fills."""
        with self._made_once(name) as is_first:
            if not is_first:
                return connection_to(self.empty_template, name)
            template = copied(self.empty_template, name)
            self.use(template)
            fill()
            template.close()
            return template

    @cached_property
    def loaded_template(self):
        return self._template("loaded", load_documents)

    @cached_property
    def loaded(self):
        """For tests that read the register."""
        return copied(self.loaded_template, self.worker)

    @cached_property
    def demo(self):
        """For tests that read the invented register."""
        return copied(self._template("demo", set_up_demo), f"demo_{self.worker}")

    @cached_property
    def shared(self):
        """For rows that the tests of one file share."""
        return copied(self.empty_template, f"shared_{self.worker}")

    def use(self, connection):
        if connections["default"] is not connection:
            connections["default"] = connection
            read_content_types()

    def use_for(self, fixtures):
        """The database in which a test with these fixtures begins."""
        if "shared_rows" in fixtures:
            self.use(self.shared)
        elif "register" in fixtures:
            self.use(self.loaded)
        elif "demo_register" in fixtures:
            self.use(self.demo)
        else:
            self.use(self.empty)

    @contextmanager
    def sharing(self):
        """Rows that are made while the block lasts stand in the shared database until it ends."""
        self.use(self.shared)
        with transaction.atomic():
            if self.shared.vendor == "postgresql":  # other tests of the file may take longer
                with self.shared.cursor() as cursor:
                    cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            yield
            self.use(self.shared)
            transaction.set_rollback(True)

    @contextmanager
    def fresh(self):
        """A loaded database for tests that commit, in use while the block lasts."""
        fresh = copied(self.loaded_template, f"{self.worker}_{next(self.numbers)}")
        self.use(self.empty)  # whose settings are those of connections that other threads open
        self.empty.close()
        settings = self.empty.settings_dict
        name, settings["NAME"] = settings["NAME"], fresh.settings_dict["NAME"]
        read_content_types()
        yield
        self.empty.close()
        settings["NAME"] = name
        read_content_types()


def load_documents():
    for username, key in LOADED_BY.items():
        get_user_model().objects.create(pk=key, username=username, is_active=False, password="!")
    load([FIXTURES / name for name in (*REFERENCE, *DOCUMENTS)])


def set_up_demo():
    with override_settings(DEBUG=True, DEMO=True):
        call_command("start", port=0, stdout=StringIO())  # any port that is free


def read_content_types():
    """Those of the database in use, as in a server that is warm: a flush gives them new keys."""
    ContentType.objects.clear_cache()
    ContentType.objects.get_for_models(*apps.get_models(), for_concrete_models=False)


def connection_to(template, suffix):
    """A connection, not open yet, to the copy of this name."""
    connection = template.copy()
    connection.settings_dict = template.creation.get_test_db_clone_settings(suffix)
    return connection


def copied(template, suffix):
    """A connection to a new copy. Nobody may be connected to the template meanwhile."""
    template.creation.clone_test_db(suffix, verbosity=0, autoclobber=True)
    return connection_to(template, suffix)
