"""Data dictionary: what each column of each table holds, in both languages, for page and dumps.

What the serializer of a reference list says of a field itself is taken from there; a test finds
the columns that nobody explains.
"""

from functools import cache

from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from engagements.edition.columns import columns_of_kinds, columns_of_shape
from engagements.edition.kinds import KINDS
from engagements.edition.references import CHOICES, REFERENCES
from engagements.words import FOLLOW_UPS

# -- tables: in the order in which a reader would take them

TABLE_TITLES = {
    "requests": (_("Requests"), _("What a province asked of the ministry, each with its answer.")),
    "commitments": (_("Commitments"), _("What the ministry undertook, each with its status.")),
    "recommendations": (_("Recommendations"), _("What the ministry advised the province to do.")),
    "updates": (_("Updates"), _("Dated news of a request, commitment or recommendation.")),
    "meetings": (
        _("Meetings"),
        _("Working sessions, held, planned or cancelled, and who sat there."),
    ),
    "remarks": (_("Remarks"), _("What was said and is not followed up.")),
    "figures": (_("Figures"), _("One value of a measure, for a province and a period.")),
    "sources": (_("Sources"), _("The documents that prove all this.")),
    "provinces": (_("Provinces"), _("Provincial units of today and of the past.")),
    "organizations": (
        _("Organizations"),
        _("Ministries, People’s Committees, and bodies that a published record names."),
    ),
    "officials": (_("Officials"), _("People whom a published record names.")),
    "topics": (_("Topics"), _("The short list by which records are sorted.")),
    "indicators": (_("Indicators"), _("The measures that figures are values of.")),
}
KIND_OF = {read.plural: kind for kind, read in KINDS.items()}

# -- columns: what the serializer does not say of itself. A column that means something else in one
#    table stands there under TABLE:COLUMN.

MEANINGS = {
    "code": _("The record’s own code. It never changes and is never given again."),
    "meetings:code": _("The session’s own code, the same as its slug."),
    "provinces:code": _(
        "The State’s code of the unit. It is no key: seven codes were given anew in 2025."
    ),
    "kind": _("Which kind of record it is."),
    "provinces:kind": _("Province or city under central rule."),
    "organizations:kind": _("What kind of body it is."),
    "type": _("What kind of document it is."),
    "remarks:type": _("What kind of remark it is."),
    "title": _("A title in the register’s own words."),
    "sources:title": _("The title of the document."),
    "meetings:title": _("What the session is called."),
    "detail": _("Details in the register’s own words."),
    "path": _("Where its page is on this site; no host."),
    "slug": _("The name in addresses: lower case, no accents."),
    "name": _("The name."),
    "name_en": _("The name in English, where there is one."),
    "short_name": _("The short name."),
    "full_name": _("The name with its rank: “Tỉnh Ninh Bình”."),
    "note": _("A note for readers."),
    # sources
    "publisher": _("Who published the document."),
    "number": _("Its number, as on the document."),
    "issued_on": _("The day of the document."),
    "url": _("Where it can be read."),
    "archived_url": _("A copy in a public archive."),
    "accessed_on": _("When it was read for the register."),
    "sha256": _("SHA-256 of the file that was read."),
    # the stamp of every record
    "first_published_at": _("When the record first became public."),
    "cause": _("Why this edition was issued: edited, news, or names and links that moved."),
    "published_at": _("When this edition became public."),
    "changed_at": _("When the record last said something new: an edit or news, no mere link."),
    # sessions
    "ministry.slug": _("The ministry’s side: its slug in organizations."),
    "ministry.name": _("The ministry’s name."),
    "on_behalf_of": _("For whom the ministry sat there."),
    "format": _("In what form they met."),
    "state_of_it": _("Whether it was held."),
    "held_on": _("The day on which it was held."),
    "planned_from": _("First day of the time for which it is planned."),
    "planned_to": _("Last day of the time for which it is planned."),
    "planned_text": _("The planned time as the source phrases it."),
    "place": _("Where they met."),
    "initiated_by": _("Whose wish the session was."),
    "follows.slug": _("The session that it follows up: its slug."),
    "follows.title": _("Title of the session that it follows up."),
    "follows.held_on": _("Day of the session that it follows up."),
    "follows.path": _("Page of the session that it follows up."),
    "summary": _("What it was about, in the register’s own words."),
    "topics": _("Slugs of its topics."),
    "attendances": _("Slugs of those who are named as present; their titles are in the JSON."),
    "provinces": _("Slugs of the units that sat there, as they were on that day."),
    # the proof
    "evidence.paragraph": _("Which paragraph of the source, counted from 1 without empty lines."),
    "evidence.quote": _("At most 20 words, exactly as the source has them."),
    "evidence.is_inferred": _("Whether something here is concluded and not said."),
    "evidence.inference": _("What is concluded, and why."),
    # where a record belongs
    "meeting.slug": _("The session: its slug in meetings."),
    "meeting.title": _("Title of the session."),
    "meeting.held_on": _("Day of the session."),
    "meeting.path": _("Page of the session."),
    "province.slug": _("The unit of that day: its slug in provinces."),
    "province.name": _("Name of the unit of that day."),
    "province.current.slug": _("The unit that carries it on, on the day of this file."),
    "province.current.name": _("Name of the unit that carries it on."),
    "province.successors": _("Slugs of the other units that carry it on: several after a split."),
    # who
    "raised_by.slug": _("Who raised it: the slug in officials."),
    "raised_by.name": _("Name of the person who raised it."),
    "raised_by_text": _("Who raised it, where the source names no person."),
    "addressed_to.slug": _("The body that was asked: its slug in organizations."),
    "addressed_to.name": _("Name of the body that was asked."),
    "lead.slug": _("The body that owes it: its slug in organizations."),
    "lead.name": _("Name of the body that owes it."),
    "supporting": _("Slugs of the bodies that help."),
    "current_lead.slug": _("The body that follows it today, where another took over: its slug."),
    "current_lead.name": _("Name of the body that follows it today."),
    "said_by.slug": _("Who said it: the slug in officials."),
    "said_by.name": _("Name of the person who said it."),
    "said_by_text": _("Who said it, where the source names no person."),
    # how it stands
    "answer": _("The strongest answer that is published."),
    "updates:answer": _("Whether this news explains or declines a request; else empty."),
    "answers": _("Codes of the requests and questions that it answers."),
    "answered_by": _("Codes of what answers it."),
    "asks_again.code": _("The earlier request that it repeats: its code."),
    "asks_again.kind": _("What it repeats: which kind of record."),
    "asks_again.title": _("Title of the earlier request."),
    "asks_again.path": _("Page of the earlier request."),
    "strength": _("How firmly it was promised."),
    "made_by": _("Which side owes it."),
    "response": _("What became of the advice, by the latest update that says so."),
    "status_proof": _("By whose word it stands: reported by who owes it, confirmed or disputed."),
    "voices": _("Whether those who were heard say the same."),
    "passed_to.slug": _("The body that deals with it from then on: its slug."),
    "passed_to.name": _("Name of the body that deals with it from then on."),
    "next_step": _("What comes next, in the register’s own words."),
    "next_on": _("Day of the next step."),
    "next_by.slug": _("The body that takes the next step: its slug."),
    "next_by.name": _("Name of the body that takes the next step."),
    "status": _("Where the work stands, as a person last published it."),
    "updates:status": _("Where the work stood by this news."),
    "status_since": _("The day of the news that gave this status."),
    "due_text": _("The time as the source phrases it: “quý I/2024”."),
    "is_ongoing": _("Whether it never ends: “thường xuyên”."),
    "updates:is_ongoing": _("Whether this news made it ongoing."),
    "first_due_text": _("The first time given, as the source phrases it."),
    "first_is_ongoing": _("Whether it was ongoing as first given."),
    "moves": _("How many updates gave another deadline."),
    "completed_on": _("The day on which it was done, where that is known."),
    "last_checked_on": _("When staff last looked for news of it."),
    "completion_criteria": _("What must be seen for it to count as done."),
    "updates": _("Codes of its updates; the updates themselves are in the JSON."),
    "deadline": _("How it stands to its due day, worked out for the day of this file."),
    "first_deadline": _("How it stands to the day first promised, whatever moved since."),
    # news
    "follow_up.code": _("What the news is about: its code."),
    "follow_up.kind": _("What the news is about: which kind of record."),
    "follow_up.title": _("Title of what the news is about."),
    "follow_up.path": _("Page of what the news is about."),
    "happened_on": _("The day of the news."),
    "voice": _("Whose voice it is."),
    "basis": _("What it rests on."),
    "text": _("The news, in the register’s own words."),
    "remarks:text": _("What was said, in the register’s own words."),
    # figures
    "indicator.slug": _("The measure: its slug in indicators."),
    "indicator.name": _("Name of the measure."),
    "period": _("The period as the source phrases it."),
    "period_from": _("First year of the period."),
    "period_to": _("Last year of the period."),
    "value": _("The value, counted in the unit of the column `unit`."),
    "qualifier": _("A word of the source that limits the value: “hơn”, “trên”, “gần”."),
    "unit": _("The unit in which the value is counted."),
    "indicators:unit": _("The unit in which the measure is usually counted."),
    "is_target": _("Whether it is a target and not what was reached."),
    # reference lists
    "established_on": _("First day of the unit."),
    "ceased_on": _("The first day on which it was gone; empty while it exists."),
    "legal_act": _("The legal act that made it."),
    "aliases": _("Old and short names."),
    "organizations:established_on": _("First day of the body; empty where it is not known."),
    "organizations:predecessors": _("Slugs of the bodies whose work it took over."),
    "peoples_committee.slug": _("Its People’s Committee: the slug in organizations."),
    "peoples_committee.name": _("Name of its People’s Committee."),
    "predecessors": _("Slugs of the units that it was made from."),
    "current.slug": _("The unit of today that carries this one on: its slug."),
    "current.name": _("Name of the unit of today."),
    "parent": _("Slug of the body above it."),
    "province": _("Slug of its province."),
    "organizations:successors": _("Slugs of the bodies that took over its work."),
    "provinces:successors": _("Slugs of the other units that carry it on: several after a split."),
    "better": _("Which way is better: higher or lower; empty where neither is."),
}

# -- what a cell holds

TYPE_WORDS = {
    "text": _("a text"),
    "integer": _("a whole number"),
    "number": _("a decimal number"),
    "boolean": _("yes or no"),
    "day": _("a day"),
    "instant": _("a point in time"),
    "list": _("a list"),
}
TYPE_FORMATS = {
    "text": _("UTF-8, NFC; empty where nothing is recorded"),
    "integer": _("digits; empty where nothing is recorded"),
    "number": _("a point before the decimals, no sign between thousands"),
    "boolean": _("true or false; 1 or 0 in SQLite"),
    "day": _("YYYY-MM-DD; empty where it is not known"),
    "instant": _("ISO 8601 in UTC: 2024-03-01T02:00:00Z"),
    "list": _("in CSV, Excel and SQLite one cell, parted by a semicolon and a space"),
}
# The closed list that a column's codes are of, where it has another name than the column.
CHOICES_NAMES = {
    **{
        f"{table}:first_deadline": "deadline"
        for table in ("requests", "commitments", "recommendations")
    },
    "sources:type": "source_type",
    "sources:rank": "source_rank",
    "remarks:type": "remark_type",
    "updates:answer": "update_answer",
    "provinces:kind": "province_kind",
    "organizations:kind": "organization_kind",
}


class ColumnEntry:
    """One column of one table, explained; its words are in the language in force."""

    def __init__(self, table, column):
        self.table, self.column, self.name = table, column, column.name

    def _own(self, words):
        return words.get(f"{self.table}:{self.name}", words.get(self.name))

    @property
    def meaning(self):
        """What it is; empty where nobody explains it."""
        return str(self.column.field.help_text or self._own(MEANINGS) or "")

    @property
    def type(self):
        return str(TYPE_WORDS[self.column.type])

    @property
    def format(self):
        return str(TYPE_FORMATS[self.column.type])

    @property
    def values(self):
        """(code, word) of each value that it can have; nothing where that is open."""
        if self.name == "kind" and self.table in KIND_OF:
            kind = KIND_OF[self.table]
            return [(kind.value, kind.label)]
        name = CHOICES_NAMES.get(f"{self.table}:{self.name}", self.name)
        if name in ("follow_up.kind", "asks_again.kind"):
            return [choice for choice in CHOICES["kind"].choices if choice[0] in FOLLOW_UPS]
        return list(CHOICES[name].choices) if name in CHOICES else []

    @property
    def values_in_words(self):
        return "; ".join(f"{code}: {word}" for code, word in self.values)

    @property
    def sqlite_name(self):
        """Without a dot, which SQL would need quotes for."""
        return "_".join(self.column.path)


class DataTable:
    """One table: a kind of record, or a list that records refer to."""

    def __init__(self, name):
        self.name = name
        self.kind = KIND_OF.get(name)
        shape = None if self.kind else REFERENCES[name].shape
        self.columns = columns_of_kinds(self.kind) if self.kind else columns_of_shape(shape)
        self.entries = [ColumnEntry(name, column) for column in self.columns]
        self.key = "code" if self.kind else "slug"

    title = property(lambda self: str(TABLE_TITLES[self.name][0]))
    meaning = property(lambda self: str(TABLE_TITLES[self.name][1]))


@cache
def tables():
    """All tables, by name."""
    return {name: DataTable(name) for name in TABLE_TITLES}


# -- as files, in both languages side by side

BOTH_LANGUAGES = ("vi", "en")
BAR = "\\|"  # in a cell of Markdown
DICTIONARY_HEADING = (
    "table", "column", "sqlite_column", "type", "meaning_vi", "meaning_en", "format_vi",
    "format_en", "values_vi", "values_en",
)  # fmt: skip


def _in_both(read):
    """What a function says in each language."""
    texts = []
    for code in BOTH_LANGUAGES:
        with override(code):
            texts.append(read())
    return texts


def rows():
    """A row for each column of each table, as DICTIONARY_HEADING."""
    for table in tables().values():
        for entry in table.entries:
            pairs = _in_both(
                lambda entry=entry: (entry.meaning, entry.format, entry.values_in_words)
            )
            texts = [text for pair in zip(*pairs, strict=True) for text in pair]
            yield [table.name, entry.name, entry.sqlite_name, entry.column.type, *texts]


def markdown():
    """The same to read."""
    title = " · ".join(_in_both(lambda: gettext("Data dictionary")))
    yield f"# {title}\n"
    heading = _in_both(lambda: (gettext("Column"), gettext("What a cell holds")))
    heading = " | ".join(" · ".join(pair) for pair in zip(*heading, strict=True))
    for table in tables().values():
        title, meaning = zip(
            *_in_both(lambda table=table: (table.title, table.meaning)), strict=True
        )
        yield f"\n## {table.name}: {' · '.join(title)}\n\n{' · '.join(meaning)}\n\n"
        yield f"| {heading} | Tiếng Việt | English |\n| --- | --- | --- | --- |\n"
        for entry in table.entries:
            pairs = _in_both(lambda entry=entry: (entry.type, _sentence(entry)))
            types, sentences = zip(*pairs, strict=True)
            cells = [f"`{entry.name}`", " · ".join(types), *sentences]
            yield f"| {' | '.join(cell.replace('|', BAR) for cell in cells)} |\n"


def _sentence(entry):
    return " ".join(part for part in (entry.meaning, entry.values_in_words) if part)
