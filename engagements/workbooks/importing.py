"""Excel import: an uploaded workbook is kept, compared, confirmed, written whole or not at all.

Between the two steps the file lies in a folder of the person who sent it, and goes after a day.
"""

import hashlib
import json
import logging
import uuid
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from engagements.models import Workbook

from . import cells
from .comparing import Comparison, RowKind
from .guard import kind_of
from .sheets import read_sheet
from .tables import TABLES

logger = logging.getLogger(__name__)

KEPT = timedelta(hours=24)
FOLDER, FILE = "uploads", "file"  # and the ending of the file as it was sent
LOCK = 740_002  # of PostgreSQL: one import is written at a time


class Moved(Exception):
    """The register is no longer as it was shown; nothing was written."""


class Upload:
    """A file that was sent and not yet confirmed, and what it would do."""

    def __init__(self, user, key):
        self.user, self.key = user, uuid.UUID(str(key))

    @classmethod
    def new(cls, user):
        drop_old_uploads()
        return cls(user, uuid.uuid4())

    def path(self, ending):
        return f"{FOLDER}/{self.user.pk}/{self.key}.{ending}"

    def keep(self, ending, content):
        default_storage.delete(self.path(ending))
        default_storage.save(self.path(ending), ContentFile(content))

    def exists(self, ending="json"):
        return default_storage.exists(self.path(ending))

    def content(self, ending):
        with default_storage.open(self.path(ending)) as file:
            return file.read()

    def keep_plan(self, plan):
        self.keep("json", json.dumps(plan, ensure_ascii=False).encode())

    def plan(self):
        return json.loads(self.content("json"))

    def drop(self):
        default_storage.delete(self.path(FILE))


def drop_old_uploads():
    """Files that nobody confirmed go after a day, when the next one comes."""
    folders = default_storage.listdir(FOLDER)[0] if default_storage.exists(FOLDER) else ()
    for folder in folders:
        for name in default_storage.listdir(f"{FOLDER}/{folder}")[1]:
            path = f"{FOLDER}/{folder}/{name}"
            if default_storage.get_modified_time(path) < timezone.now() - KEPT:
                default_storage.delete(path)


# -- comparing


def compare(model_admin, request, file, name, *, writes=False, answers=None):
    """What the file would do to the register, as it is kept and shown; done at once if `writes`.

    `model_admin` is the ModelAdmin of the table; `answers` are those to questions about the file.
    """
    content, opts, table = file.read(), model_admin.opts, TABLES[model_admin.model]
    file.seek(0)
    kind, sheet = kind_of(file), read_sheet(file, table)
    reason = _("Excel workbook: %(name)s") % {"name": name}
    comparison = Comparison(
        table, model_admin, request, sheet, writes=writes, reason=reason, answers=answers
    )
    rows = comparison.rows
    page = f"{model_admin.admin_site.name}:{opts.app_label}_{opts.model_name}_change"
    shown = [
        {
            "number": row.number,
            "kind": row.kind,
            "label": row.label,
            "href": reverse(page, args=[row.record.pk]) if row.record and row.record.pk else "",
            "changes": [
                [column, cells.shown(before), cells.shown(after)]
                for column, before, after in row.changes
            ],
            "errors": row.errors,
            "untaken": row.untaken,
            "warnings": row.warnings,
        }
        for row in rows
    ]
    versions = [[row.number, row.kind, row.version] for row in rows]
    seen = json.dumps([versions, [row["changes"] for row in shown]], ensure_ascii=False)
    return {
        "name": name,
        "table": opts.label_lower,
        "sha256": hashlib.sha256(content).hexdigest(),
        "seen": hashlib.sha256(seen.encode()).hexdigest(),
        "columns": {column.name: column.heading for column in table.columns},
        "ending": kind,
        "letters": sheet.letters,
        "notes": sheet.notes,
        "questions": [asked.as_dict() for asked in comparison.questions.by_key.values()],
        "answers": answers or {},
        "counts": {kind: sum(row.kind == kind for row in rows) for kind in RowKind.values},
        "rows": shown,
    }


def receive(model_admin, request, file):
    """Keeps a file that was sent, with what it would do. Raises ValidationError for no table."""
    plan = compare(model_admin, request, file, file.name[-200:])
    upload = Upload.new(request.user)
    upload.keep(FILE, file.read())
    upload.keep_plan(plan)
    return upload


def answer(model_admin, request, upload, given):
    """Compares a kept file anew with the answers that were given: {key of a question: answer}."""
    plan = upload.plan()
    asked = {question["key"] for question in plan["questions"]}
    answers = plan["answers"] | {key: value for key, value in given.items() if key in asked}
    file = ContentFile(upload.content(FILE), plan["name"])
    upload.keep_plan(compare(model_admin, request, file, plan["name"], answers=answers))


# -- writing


def _one_at_a_time():
    """On SQLite the IMMEDIATE transaction is the lock."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def carry_out(model_admin, request, upload, sha256, seen):
    """Writes what was shown, in one transaction, and returns its Workbook.

    Raises Moved, having kept the new comparison, if the file or the register is no longer what
    was seen.
    """
    shown = upload.plan()
    name, answers = shown["name"], shown["answers"]
    try:
        file = ContentFile(upload.content(FILE), name)
    except FileNotFoundError as gone:  # sent twice, and the first was quicker
        if done := Workbook.objects.filter(key=upload.key).first():
            return done
        raise Moved from gone
    try:
        with transaction.atomic():
            _one_at_a_time()
            if done := Workbook.objects.filter(key=upload.key).first():
                return done
            plan = compare(model_admin, request, file, name, writes=True, answers=answers)
            counts, is_seen = plan["counts"], (plan["sha256"], plan["seen"]) == (sha256, seen)
            if not is_seen or counts[RowKind.WRONG] or counts[RowKind.ASKED]:
                raise Moved
            book = _recorded(upload, file, plan)
    except (Moved, IntegrityError) as refusal:
        file.seek(0)
        upload.keep_plan(compare(model_admin, request, file, name, answers=answers))
        raise Moved from refusal
    upload.keep_plan(plan | {"done": True})
    upload.drop()
    logger.info(
        "import table=%s user=%s new=%s changed=%s",
        plan["table"],
        upload.user.pk,
        book.rows_new,
        book.rows_changed,
    )
    return book


def _recorded(upload, file, plan):
    file.seek(0)
    book = Workbook(
        key=upload.key,
        kind=plan["table"],
        name=plan["name"],
        sha256=plan["sha256"],
        rows_new=plan["counts"][RowKind.NEW],
        rows_changed=plan["counts"][RowKind.CHANGED],
        rows_unchanged=plan["counts"][RowKind.UNCHANGED],
        imported_by=upload.user,
        imported_at=timezone.now(),
    )
    book.file.save(f"{upload.key}.{plan['ending']}", file, save=False)
    try:
        book.save(force_insert=True)
    except IntegrityError:
        default_storage.delete(book.file.name)
        raise
    return book
