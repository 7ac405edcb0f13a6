"""Upgrade of a loaded register to what the files say now (`load_register --upgrade`).

Rows that are new in the files are added and published; retired ones are withdrawn; what changed is
prepared as an edit that waits for a person. Nothing that staff touched is: whoever else wrote in
the history of a row, or of what is published with it, has the last word. Reference data, which has
no review, is only compared; days, spellings and successions of organizations alone are brought up,
where nobody but the loader has written them.
"""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError

from engagements.models import Answering, Attendance, StatusUpdate
from engagements.models.base import STEPS, State
from engagements.models.followups import TARGETS
from provinces.models import Organization, OrganizationSuccession
from provinces.vietnamese import cleaned

from .checks import Refused
from .loading import RECORD_SECTIONS, SECTIONS, Loader, account, renew_statistics
from .publishing import withdraw

RECORDS = tuple(dict.fromkeys(SECTIONS.values()))
# In this order nothing is withdrawn before what rests on it.
WITHDRAWN_IN_ORDER = [model for _section, model in reversed(RECORD_SECTIONS)]
# Reference data that is brought up to the files, but for what editions bear or identifies a row.
BROUGHT_UP = (Organization, OrganizationSuccession)
BORNE = ("slug", "name", "kind", "parent", "province", "predecessor", "successor")
NOT_OF_THE_FILES = {"review_note"}  # a reviewer writes it
LINKED_LATER = ("answers", "supports")  # lists that are compared once every row has its record


@dataclass
class Edit:
    """What the files say otherwise of a record that is there."""

    row: str
    is_ours: bool
    fields: list = field(default_factory=list)
    many: list = field(default_factory=list)
    parts: list = field(default_factory=list)  # to save
    gone: list = field(default_factory=list)  # parts to delete

    def names(self):
        """What changes, in words of the model."""
        named = [*self.fields, *(name for name, _rows in self.many)]
        named += [part._meta.model_name for part in (*self.parts, *self.gone)]
        return ", ".join(dict.fromkeys(named))


class Upgrader(Loader):
    """A loader that also brings the rows that are there to what the files say."""

    def __init__(self, *args):
        super().__init__(*args)
        self.edits = {}  # of the file being read: record → Edit
        self.told = []  # what was done, row by row

    def tell(self, what):
        self.told.append(f"{self.file}: {self.row}: {what}")

    def count(self, model):
        super().count(model)
        if model in RECORDS:
            self.tell("added")

    # -- rows that are there

    def keep(self, existing, values, many):
        wanted = type(existing)(**values)
        relations = [column.name for column in wanted._meta.fields if column.is_relation]
        try:
            wanted.clean_fields(exclude=relations)
        except ValidationError as error:
            raise self.bad_row(error) from error
        changed = changed_fields(existing, wanted, values)
        if not isinstance(existing, RECORDS):
            self.keep_reference(existing, wanted, changed)
            return
        edit = Edit(self.row, self.is_untouched(existing))
        self.edits[existing] = edit
        edit.fields = [column.name for column in changed]
        lists = dict(many)
        for relation in existing._meta.many_to_many:
            if relation.name not in LINKED_LATER:
                self.compare_list(edit, existing, relation.name, lists.get(relation.name, []))
        if edit.is_ours:
            for column in changed:
                setattr(existing, column.attname, getattr(wanted, column.attname))

    def keep_reference(self, existing, wanted, changed):
        """Reference data stays; but public facts of organizations that only the loader wrote."""
        differing = [column.name for column in changed]
        if isinstance(existing, BROUGHT_UP) and not self.is_written_by_others(existing):
            ours = [column for column in changed if column.name not in BORNE]
            for column in ours:
                setattr(existing, column.attname, getattr(wanted, column.attname))
            if ours:
                existing._history_user, existing._change_reason = self.author, self.file
                try:
                    existing.full_clean()
                except ValidationError as error:
                    raise self.bad_row(error) from error
                existing.save()
                self.tell(f"brought up to the file: {', '.join(column.name for column in ours)}")
            differing = [name for name in differing if name in BORNE]
        if differing:
            names = ", ".join(differing)
            self.tell(f"differs from the file, which changes no reference data: {names}")

    def is_written_by_others(self, row):
        return row.history.exclude(history_user=self.author).exists()

    def compare_list(self, edit, record, name, rows):
        if {row.pk for row in rows} != set(getattr(record, name).values_list("pk", flat=True)):
            edit.many.append((name, rows))

    def support(self, record, advice, new):
        super().support(record, advice, new)
        if not new:
            self.compare_list(self.edits[record], record, "supports", advice)

    def parts(self, record, model, rows, owner, identity, new):
        super().parts(record, model, rows, owner, identity, new)
        if new:
            return
        edit, standing = self.edits[record], {}
        for part in model.objects.filter(**{owner: record}):
            standing[tuple(getattr(part, name) for name in identity)] = part
        for self.row, values in rows:
            wanted = model(**values)
            part = standing.pop(tuple(values.get(name) for name in identity), None)
            if part is None:
                edit.parts.append(wanted)
            elif changed := changed_fields(part, wanted, values):
                for column in changed:
                    setattr(part, column.attname, getattr(wanted, column.attname))
                edit.parts.append(part)
        edit.gone += standing.values()

    def save_edits(self):
        """Edits of published rows, under the author's account: they wait for a person."""
        for record, edit in self.edits.items():
            self.row = edit.row
            if not (names := edit.names()):
                continue
            if not edit.is_ours:
                self.tell(f"left as staff have it, the file has other: {names}")
                continue
            if record.code and isinstance(record, StatusUpdate):
                raise self.bad_row("a published update never changes: add one that corrects it")
            if record.code and "slug" in edit.fields:
                raise self.bad_row("the address of a published session is fixed")
            record.updated_by = self.author
            record.review_note = ""
            self.save_edit(record, edit)
            waits = "waits for a person" if record.has_waiting_edit else "a draft"
            self.tell(f"changed, {waits}: {names}")
        self.edits = {}

    def save_edit(self, record, edit):
        rows = type(record).objects.select_for_update(of=("self",))
        if rows.filter(pk=record.pk, version=record.version).first() is None:
            raise self.bad_row("somebody changes it just now")
        for part in edit.gone:
            part._history_user, part._change_reason = self.author, self.file
            part.delete()
        record._history_user, record._change_reason = self.author, self.file
        try:
            record.full_clean()
        except ValidationError as error:
            raise self.bad_row(error) from error
        record.save()  # a new version too where only a list or a part changed
        for name, rows in edit.many:
            getattr(record, name).set(rows)
        for part in edit.parts:
            part._change_reason = self.file
            self.save_part(part)

    def is_untouched(self, record):
        """Whether nobody but this loader wrote in the record and in what is published with it."""
        if record.updated_by_id != self.author.pk or record.state == State.WITHDRAWN:
            return False
        histories = [record.history.all()]
        for name in record.children:
            relation = record._meta.get_field(name)
            rows = relation.related_model.history
            histories.append(rows.filter(**{relation.field.name: record.pk}))
        ours = (self.author.pk, self.publisher.pk)
        return not any(
            rows.exclude(history_change_reason__in=STEPS).exclude(history_user__in=ours).exists()
            for rows in histories
        )

    # -- rows that the files retired

    def retire(self, retired, act):
        """Withdraws them, each with its reason; what staff added to is left to staff."""
        order = {model: place for place, model in enumerate(WITHDRAWN_IN_ORDER)}
        for self.row, model, key, reason in sorted(retired, key=lambda row: order[row[1]]):
            record = model.objects.filter(uid=self.uid_of(key)).first()
            if record is None or record.state == State.WITHDRAWN:
                continue
            if record.published_version is None or not self.is_untouched(record):
                self.tell(f"retired, but left as staff have it: {reason}")
                continue
            if news := self.news_of(record):
                self.tell(f"retired, but left with its updates {news}: {reason}")
                continue
            try:
                withdraw(record, by=self.publisher, note=reason, act=act)
            except Refused as refusal:
                raise self.bad_row(refusal) from refusal
            self.tell(f"withdrawn: {reason}")

    def news_of(self, record):
        """Codes or keys of the updates that staff entered about it."""
        if record.kind not in TARGETS:
            return ""
        updates = StatusUpdate.objects.filter(**{record.kind: record})
        updates = updates.exclude(created_by=self.author).exclude(state=State.WITHDRAWN)
        return ", ".join(update.code or f"({update.pk})" for update in updates)


def changed_fields(row, wanted, values):
    """Fields that a file gives otherwise than the row has them.

    What a file leaves out of a record is empty there; of reference data only what it gives counts.
    """
    is_whole = isinstance(row, (*RECORDS, Attendance, Answering))
    return [
        column
        for column in row._meta.concrete_fields
        if (is_whole or column.name in values)
        and column.editable
        and not column.primary_key
        and column.name not in NOT_OF_THE_FILES
        and _meant(getattr(row, column.attname)) != _meant(getattr(wanted, column.attname))
    ]


def _meant(value):
    """A value as files are read: an older row may hold characters that are dropped today."""
    return cleaned(value) if isinstance(value, str) else value


def upgrade(paths, say=lambda text: None):
    """Upgrades the register under the two disabled accounts; `say` is told of each row."""
    upgrader = Upgrader(account("tep-nhap"), account("tep-cong-bo"))
    upgrader.load(paths)
    renew_statistics(upgrader.added)
    for text in upgrader.told:
        say(text)
    return upgrader.added
