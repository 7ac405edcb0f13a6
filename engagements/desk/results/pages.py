"""Page that reads a letter of reply: its rows beside the text, saved and submitted as one.

The text is pasted, comes from a file, or is that of a source which the register has. Nothing is
kept until a person has decided on each row; then source and updates are saved in one transaction.
"""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponseRedirect
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engagements import roles
from engagements.desk.letters import known_letter
from engagements.desk.pages import Page, desk_page, page_of, page_of_table
from engagements.desk.review.actions import submit
from engagements.models import Source, State, StatusUpdate
from engagements.models.followups import TARGETS
from engagements.models.quotations import Texts
from engagements.models.sources import fingerprint
from engagements.reading.results.reader import read_results
from engagements.reading.results.reasons import PAPERS
from engagements.reading.results.store import items_named_in
from engagements.reading.store import load_names
from engagements.reading.text import Document, paragraphs_of
from engagements.words import SourceKind, SourceRank
from provinces.vietnamese import cleaned

from .forms import FIELDS, KeyForm, Row, TakeInForm, new_key

MOST_ROWS = 300  # of one page: each has some twenty boxes
LETTER = ("number", "issued_on", "publisher", "type", "rank", "title", "url")


class LetterReading:
    """A text that was read, its rows with their forms, and the source that it is or will be."""

    def __init__(self, screen, request, text, source=None, data=None):
        self.screen, self.request, self.source, self.text = screen, request, source, text
        self.document = Document(paragraphs_of(text))
        names = load_names()
        items = items_named_in(self.document, names)
        self.results = read_results(self.document, items, names, lines=text.splitlines())
        self.key = KeyForm(data, initial={"uid": new_key(), "pasted": "" if source else text})
        self.letter = None if source else self._letter_form(data)
        scope = [*self.results.unmentioned, *self._named()]
        scope.sort(key=lambda item: item.code)
        make, recorded = self._form_class(StatusUpdate, FIELDS), self._recorded()
        self.rows = [
            Row(
                f"{news.passage.paragraph}-{number}",
                news,
                self.results,
                make,
                scope,
                data,
                recorded.get(news.item and (news.item.kind, news.item.key)),
            )
            for number, news in enumerate(self.results.news[:MOST_ROWS], start=1)
        ]

    def _named(self):
        named = {item for news in self.results.news for item in news.match.items}
        return [item for item in named if item.is_open]

    def _recorded(self):
        """{(kind, key) of an item: its update that rests on this source already}."""
        if self.source is None:
            return {}
        updates = StatusUpdate.objects.filter(source=self.source).exclude(state=State.WITHDRAWN)
        return {
            (update.target.kind, update.target.pk): update
            for update in updates.select_related(*TARGETS)
        }

    def _form_class(self, model, fields):
        """Makes the form of another table's screen, with these fields alone."""
        screen = self.screen.admin_site.get_model_admin(model)
        form_class = screen.get_form(self.request, None, fields=fields)

        def make(*args, **given):
            form = form_class(*args, **given)
            for name in set(form.fields) - {*fields, "asked"}:
                del form.fields[name]
            form.order_fields(fields)
            return form

        return make

    def _letter_form(self, data):
        paper = self.results.paper
        initial = {
            "type": SourceKind.OFFICIAL_LETTER,
            "rank": SourceRank.OFFICIAL,
            "number": paper.number,
            "issued_on": paper.issued_on,
            "publisher": paper.body,
            "title": paper.subject[:300] if paper.subject else "",
        }
        form = self._form_class(Source, LETTER)(data, prefix="letter", initial=initial)
        for name in ("number", "issued_on"):
            form.fields[name].required = True
        return form

    # -- what the page shows

    @property
    def paper(self):
        return self.results.paper

    @property
    def why(self):
        return PAPERS[self.paper.why]

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
    def left(self):
        """How many rows do not stand on the page."""
        return len(self.results.news) - len(self.rows)

    @property
    def matched(self):
        return [row for row in self.rows if row.is_in_register]

    @property
    def others(self):
        return [row for row in self.rows if not row.is_in_register]

    # -- saving

    def made(self):
        """Updates that this very form has made already."""
        keys = [self._uid(row) for row in self.rows]
        return StatusUpdate.objects.filter(uid__in=keys)

    def _uid(self, of):
        return uuid.uuid5(self.key.cleaned_data["uid"], getattr(of, "key", of))

    def is_valid(self):
        valid = [row.is_valid(self.request.user) for row in self.rows]
        if self.letter is not None:
            valid.append(self._is_letter_valid())
        return all(valid)

    def _is_letter_valid(self):
        if not self.letter.is_valid():
            return False
        given = self.letter.cleaned_data
        if known := known_letter(given.get("number"), given.get("issued_on")):
            text = _("This letter is in the register already. Read it there: {link}")
            link = format_html('<a href="{}">{}</a>', page_of(known, "results"), known)
            self.letter.add_error(None, format_html(text, link=link))
        elif not roles.may_add(self.request.user, Source):
            self.letter.add_error(None, _("You may not enter a new source."))
        return not self.letter.errors

    @property
    def taken(self):
        return [row for row in self.rows if row.is_taken]

    def save(self):
        """(source, [StatusUpdate]) as drafts; None with the errors in their boxes."""
        source = self.source or self._save_source()
        texts, updates = Texts(), []
        for row in self.taken:
            update = self._signed(row.update.instance, row)
            update.source, update.corrects = source, row.corrects
            try:
                if update.quote:
                    update.paragraph = texts.of(source).locate(update.quote, update.paragraph)
                update.full_clean()
            except ValidationError as wrong:
                for name, errors in wrong.update_error_dict({}).items():
                    row.update.add_error(name if name in row.update.fields else None, errors)
                continue
            update.save()
            updates.append(update)
        return (source, updates) if len(updates) == len(self.taken) else None

    def _save_source(self):
        source = self._signed(self.letter.instance, "source")
        source.text, source.sha256 = self.text, fingerprint(self.text)
        source.full_clean()
        source.save()
        return source

    def _signed(self, record, of):
        record.uid = self._uid(of)
        record.created_by = record.updated_by = record._history_user = self.request.user
        return record


def _parts(paragraph, marks):
    """[(text, key of the row that quotes it, or None)]; of two that overlap the first is marked."""
    parts, place = [], 0
    for start, end, key in marks:
        if start >= place:
            parts += [(paragraph[place:start], None), (paragraph[start:end], key)]
            place = end
    return [part for part in (*parts, (paragraph[place:], None)) if part[0]]


# -- the page


def read_view(screen, request):
    """A text is pasted or a file chosen; sent again with decisions, it is saved."""
    if request.method == "POST" and "uid" in request.POST:
        text = cleaned(request.POST.get("pasted", ""))
        reading = LetterReading(screen, request, text, data=request.POST)
        return _decided(reading)
    form = TakeInForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        reading = LetterReading(screen, request, form.paper.text)
        return _page(reading, notes=form.paper.notes)
    return desk_page(
        screen,
        request,
        "admin/engagements/read_letter.html",
        title=_("Read a letter of reply"),
        form=form,
    )


def source_view(screen, request, source):
    """The letter is a source that the register has, with its text."""
    data = request.POST if request.method == "POST" else None
    reading = LetterReading(screen, request, source.text, source, data)
    return _decided(reading) if request.method == "POST" else _page(reading)


def _page(reading, *, wrong=False, notes=()):
    return desk_page(
        reading.screen,
        reading.request,
        "admin/engagements/letter_rows.html",
        title=_("Read a letter of reply"),
        original=reading.source,
        reading=reading,
        notes=notes,
        wrong=wrong,
        media=reading.media,
    )


def _decided(reading):
    if not reading.key.is_valid():
        return _page(reading, wrong=True)
    with transaction.atomic():
        if made := list(reading.made()):
            text = _("This form was sent already; it made %(n)d updates.")
            _tell(reading, text % {"n": len(made)}, messages.WARNING)
            return _updates_of(made[0].source)
        saved = reading.save() if reading.is_valid() and reading.taken else None
        if saved is None:
            transaction.set_rollback(True)
    if saved is not None:
        return _entered(reading, *saved)
    if not reading.taken and not any(row.decision.errors for row in reading.rows):
        _tell(reading, _("Nothing was accepted, so that nothing was saved."), messages.WARNING)
    return _page(reading, wrong=True)


@transaction.atomic
def _entered(reading, source, updates):
    request, is_submitted = reading.request, "submit" in reading.request.POST
    for record in (*([source] if reading.source is None else []), *updates):
        screen = reading.screen.admin_site.get_model_admin(type(record))
        screen.log_addition(request, record, _("Entered from a letter."))
    if is_submitted:
        drafts = [source] if source.state == State.DRAFT else []
        for record in (*drafts, *updates):
            submit(record, by=request.user)
    text = (
        ngettext(
            "%(n)d update of this letter was submitted for review.",
            "%(n)d updates of this letter were submitted for review.",
            len(updates),
        )
        if is_submitted
        else ngettext(
            "%(n)d update of this letter was saved as a draft.",
            "%(n)d updates of this letter were saved as drafts.",
            len(updates),
        )
    )
    _tell(reading, text % {"n": len(updates)}, messages.SUCCESS)
    return _updates_of(source)


def _updates_of(source):
    address = page_of_table(StatusUpdate)
    return HttpResponseRedirect(f"{address}?source={source.pk}")


def _tell(reading, text, level):
    reading.screen.message_user(reading.request, text, level)


READ_PAGE = Page("read-letter/", read_view, "read_letter", "read_letter")
RESULTS_PAGE = Page("<path:object_id>/results/", source_view, "results", "read_letter")
PAGES = (READ_PAGE, RESULTS_PAGE)
