"""Database triggers (append-only editions and published updates) and the register's lock.

`install` is idempotent. It runs in a migration and after every migrate, since SQLite loses the
triggers of a table that a migration rebuilds. `lifted` takes them away for one block: only for
erasing personal data and for emptying a test database.
"""

from contextlib import contextmanager

from django.db import connections, transaction

ADVISORY_LOCK = 0x5341544341  # one advisory lock for whoever numbers editions

CLOSING = ("superseded_at", "withdrawn_at")
UPDATE_CONTENT = (
    "request_id", "commitment_id", "recommendation_id", "happened_on", "status", "completed_on",
    "answer", "voice", "basis", "new_due_on", "new_due_text", "is_ongoing", "text",
    "source_id", "paragraph", "quote", "is_inferred", "inference", "code", "response",
    "takes_back_id", "passed_to_id", "corrects_id", "next_step", "next_on", "next_by_id",
)  # fmt: skip

EDITION, LINK, UPDATE = (
    "engagements_edition",
    "engagements_editionlink",
    "engagements_statusupdate",
)


def _sqlite_triggers(columns, guarded):
    fixed = [name for name in columns if name not in CLOSING]
    changed = " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in fixed)
    reopened = " OR ".join(
        f'(OLD."{name}" IS NOT NULL AND OLD."{name}" IS NOT NEW."{name}")' for name in CLOSING
    )
    edited = " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in guarded)
    return {
        "edition_no_delete": (EDITION, "BEFORE DELETE", "1", "editions are append-only"),
        "edition_no_change": (EDITION, "BEFORE UPDATE", changed, "editions are append-only"),
        "edition_closed_once": (EDITION, "BEFORE UPDATE", reopened, "an edition closes once"),
        "edition_rises": (
            EDITION,
            "BEFORE INSERT",
            f"NEW.sequence <= (SELECT coalesce(max(sequence), 0) FROM {EDITION})"
            f" OR EXISTS (SELECT 1 FROM {EDITION} WHERE code = NEW.code AND superseded_at IS NULL)",
            "the sequence only rises, and a record has one open edition",
        ),
        "editionlink_no_delete": (LINK, "BEFORE DELETE", "1", "editions are append-only"),
        "editionlink_no_change": (LINK, "BEFORE UPDATE", "1", "editions are append-only"),
        "update_no_delete": (
            UPDATE,
            "BEFORE DELETE",
            "OLD.code IS NOT NULL",
            "a published update stays",
        ),
        "update_no_change": (
            UPDATE,
            "BEFORE UPDATE",
            f"OLD.code IS NOT NULL AND ({edited})",
            "a published update never changes: answer it with a new one",
        ),
    }


POSTGRES_FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION engagements_edition_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM pg_advisory_xact_lock({ADVISORY_LOCK});
    IF NEW.sequence <= (SELECT coalesce(max(sequence), 0) FROM {EDITION}) THEN
      RAISE EXCEPTION 'the sequence only rises' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  ELSIF TG_OP = 'UPDATE' THEN
    IF OLD.superseded_at IS NULL THEN OLD.superseded_at := NEW.superseded_at; END IF;
    IF OLD.withdrawn_at IS NULL THEN OLD.withdrawn_at := NEW.withdrawn_at; END IF;
    IF OLD IS NOT DISTINCT FROM NEW THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION 'editions are append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE OR REPLACE FUNCTION engagements_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def _postgres_triggers(guarded):
    edited = " OR ".join(f'OLD."{name}" IS DISTINCT FROM NEW."{name}"' for name in guarded)
    append_only = "EXECUTE FUNCTION engagements_refuse('editions are append-only')"
    return {
        "edition_guard": (
            EDITION,
            f"BEFORE INSERT OR UPDATE OR DELETE ON {EDITION} FOR EACH ROW"
            " EXECUTE FUNCTION engagements_edition_guard()",
        ),
        "edition_no_truncate": (
            EDITION,
            f"BEFORE TRUNCATE ON {EDITION} FOR EACH STATEMENT {append_only}",
        ),
        "editionlink_no_change": (
            LINK,
            f"BEFORE UPDATE OR DELETE ON {LINK} FOR EACH ROW {append_only}",
        ),
        "editionlink_no_truncate": (
            LINK,
            f"BEFORE TRUNCATE ON {LINK} FOR EACH STATEMENT {append_only}",
        ),
        "update_no_delete": (
            UPDATE,
            f"BEFORE DELETE ON {UPDATE} FOR EACH ROW WHEN (OLD.code IS NOT NULL)"
            " EXECUTE FUNCTION engagements_refuse('a published update stays')",
        ),
        "update_no_change": (
            UPDATE,
            f"BEFORE UPDATE ON {UPDATE} FOR EACH ROW WHEN (OLD.code IS NOT NULL AND ({edited}))"
            " EXECUTE FUNCTION engagements_refuse('a published update never changes')",
        ),
    }


def _columns(table, cursor, connection):
    description = connection.introspection.get_table_description(cursor, table)
    return [column.name for column in description]


def _triggers(cursor, connection):
    """By name, for the columns that there are: an early migration does not know the later ones."""
    there = _columns(UPDATE, cursor, connection)
    guarded = [name for name in UPDATE_CONTENT if name in there]
    if connection.vendor == "sqlite":
        return _sqlite_triggers(_columns(EDITION, cursor, connection), guarded)
    return _postgres_triggers(guarded)


def _tables_are_there(cursor, connection):
    return {EDITION, LINK, UPDATE} <= set(connection.introspection.table_names(cursor))


def install(connection):
    """Puts every trigger in place, new or again."""
    with connection.cursor() as cursor:
        if not _tables_are_there(cursor, connection):
            return
        if connection.vendor == "sqlite":
            for name, (table, when, rule, message) in _triggers(cursor, connection).items():
                cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"')
                cursor.execute(
                    f'CREATE TRIGGER "{name}" {when} ON {table} WHEN {rule}'
                    f" BEGIN SELECT RAISE(ABORT, '{message}'); END"
                )
        else:
            cursor.execute(POSTGRES_FUNCTIONS)
            for name, (table, rest) in _triggers(cursor, connection).items():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
                cursor.execute(f"CREATE TRIGGER {name} {rest}")


def remove(connection):
    with connection.cursor() as cursor:
        if not _tables_are_there(cursor, connection):
            return
        if connection.vendor == "sqlite":
            for name in _triggers(cursor, connection):
                cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"')
        else:
            for name, (table, _rest) in _triggers(cursor, connection).items():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")


def installed(connection):
    """Names of ours that the database has."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name for (name,) in cursor.fetchall()}


def expected(connection):
    with connection.cursor() as cursor:
        return set(_triggers(cursor, connection))


@contextmanager
def lifted(connection):
    """One transaction without the triggers; they are back when it ends, however it ends."""
    with transaction.atomic(using=connection.alias):
        remove(connection)
        yield
        install(connection)


def install_after_migrate(sender, using, **kwargs):
    install(connections[using])


def lock_register(connection):
    """Whoever numbers editions waits here; on SQLite the IMMEDIATE transaction is the lock."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
