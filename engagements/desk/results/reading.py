"""Reading of a letter of reply at the desk: rows with their forms, and the records made of them."""

import re
import uuid
from functools import cached_property
from hashlib import blake2b

from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext as _

from engagements import roles
from engagements.desk.letter_forms import (
    LETTER,
    add_errors,
    checked,
    form_maker,
    known_letter,
    letter_form,
    sign,
)
from engagements.desk.pages import page_of
from engagements.desk.rows import KnownBox
from engagements.models import Source, State, StatusUpdate
from engagements.models.followups import FOLLOW_UP_MODELS, TARGETS
from engagements.models.quotations import Texts
from engagements.models.sources import fingerprint
from engagements.reading.results.kinds import NewsKind
from engagements.reading.results.reader import read_results
from engagements.reading.results.reasons import PAPERS
from engagements.reading.results.store import (
    OrganizationNames,
    RestingUpdates,
    items_named_in,
    items_with_codes,
)
from engagements.reading.store import load_names
from engagements.reading.text import Document, paragraphs_of

from .forms import BY_NAME, FIELDS, KeyForm, Row

MOST_ROWS = 300  # of one page: each has some twenty boxes
SENT = re.compile(r"row-([0-9a-f]{16})-")


class LetterReading:
    """A text that was read, its rows with their forms, and the source that it is or will be.

    `data` is what a form has sent. A row is known by what it says and of which items, so that a
    decision never falls to another row when text or register have changed meanwhile.
    """

    def __init__(self, screen, request, text, source=None, data=None, part=1):
        self.screen, self.request, self.source, self.text = screen, request, source, text
        self.document = Document(paragraphs_of(text))
        names = load_names()
        items = items_named_in(self.document, names)
        self.results = read_results(self.document, items, names, lines=text.splitlines())
        self.part = min(max(part, 1), self.parts)
        self.may_submit_source = source is None or (
            source.state == State.DRAFT
            and not source.was_sent_back
            and roles.may_change(request.user, source)
        )
        keyed = self._keyed()
        self.seen = _digest(*keyed, *(news.passage.paragraph for news in keyed.values()))
        initial = {"uid": uuid.uuid4(), "seen": self.seen, "pasted": "" if source else text}
        self.key = KeyForm(data, initial=initial)
        self.data = self._as_rows_are_now(data, keyed)
        self.organizations, self.labels = OrganizationNames(), {}
        self.make_update = self._update_maker()
        self.letter = None if source or self.stop else self._letter_form()
        self.rows = [] if self.stop else self._rows(keyed)

    def _keyed(self):
        """{key: news} of the rows of this part, in the order of the text."""
        first = (self.part - 1) * MOST_ROWS
        keyed, seen = {}, {}
        for news in self.results.news:
            said = (
                self.document.paragraphs[news.passage.paragraph - 1],
                *(news.news.start, news.news.end, news.news.kind, news.match.how),
                *(item.code for item in news.match.items),
            )
            seen[said] = seen.get(said, 0) + 1
            keyed[_digest(*said, seen[said])] = news
        return dict(list(keyed.items())[first : first + MOST_ROWS])

    def _as_rows_are_now(self, data, keyed):
        """What was sent; of rows that stand in another paragraph now, with that paragraph."""
        self.sent_keys = {found[1] for name in data or () if (found := SENT.match(name))}
        self.has_moved = data is not None and data.get("seen") != self.seen
        if not self.has_moved:
            return data
        data = data.copy()
        data["seen"] = self.seen
        for key in self.sent_keys & set(keyed):
            data[f"row-{key}-update-paragraph"] = keyed[key].passage.paragraph
        self.key = KeyForm(data)
        return data

    def _rows(self, keyed):
        recorded = self._recorded()
        return [
            Row(
                self,
                key,
                news,
                self.data if key in self.sent_keys else None,
                recorded.get(news.item and (news.item.kind, news.item.key)),
            )
            for key, news in keyed.items()
        ]

    def _recorded(self):
        """{(kind, key) of an item: its update that rests on this source already}."""
        if self.source is None:
            return {}
        updates = StatusUpdate.objects.filter(source=self.source).exclude(state=State.WITHDRAWN)
        return {
            (update.target.kind, update.target.pk): update
            for update in updates.select_related(*TARGETS)
        }

    @cached_property
    def resting(self):
        """Published updates of the items of which the paper recalls something."""
        recalled = [news for news in self.results.news if news.news.kind == NewsKind.TAKEN_BACK]
        return RestingUpdates({item for news in recalled for item in news.match.items})

    def _update_maker(self):
        """Makes forms of updates whose boxes of organizations ask for no label, row by row."""
        make = form_maker(self.screen, self.request, StatusUpdate, FIELDS)
        for name in BY_NAME:
            field = make.base_fields[name]
            box = KnownBox(StatusUpdate._meta.get_field(name), self.screen.admin_site)
            box.choices, box.is_required, box.labels = field.choices, field.required, self.labels
            field.widget = box
        return make

    def _letter_form(self):
        paper = self.paper
        given = {
            "number": paper.number,
            "issued_on": paper.issued_on,
            "publisher": paper.body,
            "title": paper.subject[:300] if paper.subject else "",
        }
        return letter_form(self.screen, self.request, self.data, fields=LETTER, initial=given)

    # -- what the page shows

    @property
    def paper(self):
        return self.results.paper

    @property
    def why(self):
        return PAPERS[self.paper.why]

    @cached_property
    def stop(self):
        """Why a text that was just read cannot be entered here; empty if it can."""
        if self.source is not None or self.data is not None or not self.paper.is_of_results:
            return ""
        if known := known_letter(self.paper.number, self.paper.issued_on):
            return self._told_of(known)
        return "" if roles.may_add(self.request.user, Source) else self._no_right()

    def _told_of(self, known):
        text = _("This letter is in the register already. Read it there: {link}")
        if not known.text:
            text = _("This letter is in the register already, without its text: paste it in {link}")
        address = page_of(known, "results" if known.text else "change")
        return format_html(text, link=format_html('<a href="{}">{}</a>', address, known))

    def _no_right(self):
        return _("Entering a new source takes a right that this account does not have.")

    @property
    def media(self):
        forms = [row.update for row in self.rows[:1]] + ([self.letter] if self.letter else [])
        return sum((form.media for form in forms[1:]), forms[0].media) if forms else None

    @property
    def paragraphs(self):
        """[(number, parts)]: the text of each part, and the key of the row that quotes it."""
        marks = {}
        for row in self.rows:
            news = row.news.news
            marks.setdefault(row.paragraph, []).append((news.start, news.end, row.key))
        return [
            (number, _parts(paragraph, sorted(marks.get(number, ()))))
            for number, paragraph in enumerate(self.document.paragraphs, start=1)
        ]

    @property
    def parts(self):
        """How many pages the rows take."""
        return max(-(-len(self.results.news) // MOST_ROWS), 1)

    @property
    def part_numbers(self):
        return range(1, self.parts + 1)

    @property
    def is_last_part(self):
        return self.part == self.parts

    @cached_property
    def scope(self):
        """The items that boxes of codes offer, by code."""
        named = {item for news in self.results.news for item in news.match.items}
        items = {*self.results.unmentioned, *(item for item in named if item.is_open)}
        return sorted(items, key=lambda item: item.code)

    @property
    def matched(self):
        return [row for row in self.rows if row.is_in_register]

    @property
    def others(self):
        return [row for row in self.rows if not row.is_in_register]

    # -- saving

    def made(self):
        """(source, updates) that this very form has made already; None if it made nothing."""
        uid = self.key.cleaned_data["uid"]
        keys = [uuid.uuid5(uid, f"row-{key}-update") for key in self.sent_keys]
        updates = list(StatusUpdate.objects.filter(uid__in=keys).select_related("source"))
        if updates:
            return updates[0].source, updates
        source = Source.objects.filter(uid=uuid.uuid5(uid, "letter")).first()
        return (source, []) if source else None

    def is_valid(self):
        items, records = self._chosen()
        user = self.request.user
        valid = [row.is_valid(items, records, user) for row in self.rows]
        if self.letter is not None:
            valid.append(self._is_letter_valid())
        return all(valid)

    def _chosen(self):
        """({code: OpenItem}, {(kind, key): record}) of all that a person may choose or chose."""
        items = {item.code: item for item in self.scope}
        items |= {item.code: item for row in self.rows for item in row.news.match.items}
        codes = {code for row in self.rows if row.decision.is_bound and (code := row.decision.code)}
        items |= items_with_codes(codes - set(items))
        records = {}
        for model in FOLLOW_UP_MODELS:
            keys = [
                items[code].key for code in codes & set(items) if items[code].kind == model.kind
            ]
            rows = model.objects.select_related("meeting", "province").filter(pk__in=keys)
            records |= {(model.kind, row.pk): row for row in rows}
        return items, records

    def _is_letter_valid(self):
        if not self.letter.is_valid():
            return False
        given = self.letter.cleaned_data
        if known := known_letter(given.get("number"), given.get("issued_on")):
            self.letter.add_error(None, self._told_of(known))
        elif not roles.may_add(self.request.user, Source):
            self.letter.add_error(None, self._no_right())
        return not self.letter.errors

    @property
    def taken(self):
        return [row for row in self.rows if row.is_taken]

    @property
    def is_worth_saving(self):
        """Something was accepted, or the source is made from which the next parts are read."""
        return bool(self.taken) or (self.source is None and not self.is_last_part)

    def save(self):
        """(source, [StatusUpdate]) as drafts; None with the errors in their boxes."""
        source = self.source or self._save_source()
        if source is None:
            return None
        texts, updates = Texts(), []
        for row in self.taken:
            update = sign(row.update.instance, self.request.user)
            update.source, update.corrects = source, row.corrects
            if checked(row.update, update, source, texts):
                update.save()
                updates.append(update)
        return (source, updates) if len(updates) == len(self.taken) else None

    def _save_source(self):
        source = sign(self.letter.instance, self.request.user)
        source.text, source.sha256 = self.text, fingerprint(self.text)
        try:
            source.full_clean()
        except ValidationError as wrong:
            add_errors(self.letter, wrong)
            return None
        source.save()
        return source


def _digest(*parts):
    text = "\x1f".join(str(part) for part in parts)
    return blake2b(text.encode(), digest_size=8).hexdigest()


def _parts(paragraph, marks):
    """[(text, key of the row that quotes it, or None)]; of two that overlap the first is marked."""
    parts, place = [], 0
    for start, end, key in marks:
        if start >= place:
            parts += [(paragraph[place:start], None), (paragraph[start:end], key)]
            place = end
    return [part for part in (*parts, (paragraph[place:], None)) if part[0]]
