"""Forms of a letter of reply and of what it proves, shared by the page of one item and of many."""

from django.core.exceptions import ValidationError

from engagements.models import Source, State
from engagements.words import SourceKind, SourceRank
from provinces.vietnamese import fold

LETTER = ("number", "issued_on", "publisher", "type", "rank", "title", "url")


def form_maker(screen, request, model, fields):
    """A function that makes the form of another table's screen, with these fields alone."""
    other = screen.admin_site.get_model_admin(model)
    form_class = other.get_form(request, None, fields=fields)

    def make(*args, **given):
        form = form_class(*args, **given)
        for name in set(form.fields) - {*fields, "asked"}:
            del form.fields[name]
        form.order_fields(fields)
        return form

    make.base_fields = form_class.base_fields
    return make


def letter_form(screen, request, *args, fields=LETTER, initial=None):
    """The form of the letter: a source with number and day, an official letter unless changed."""
    initial = {"type": SourceKind.OFFICIAL_LETTER, "rank": SourceRank.OFFICIAL} | (initial or {})
    make = form_maker(screen, request, Source, fields)
    form = make(*args, prefix="letter", initial=initial)
    for name in ("number", "issued_on"):
        form.fields[name].required = True
    return form


def known_letter(number, issued_on):
    """The source that is this letter already, by its number and day."""
    if not number or issued_on is None:
        return None
    same_day = Source.objects.filter(issued_on=issued_on).exclude(state=State.WITHDRAWN)
    same_day = same_day.defer("text").order_by("pk")
    return next((source for source in same_day if fold(source.number) == fold(number)), None)


def sign(record, user):
    """Who enters it, for the record and its history."""
    record.created_by = record.updated_by = record._history_user = user
    return record


def checked(form, record, source, texts):
    """Whether the record may stand as it is, with its quotation in the text of the source.

    If not, the errors stand at the boxes of its form.
    """
    try:
        if record.quote:
            record.paragraph = texts.of(source).locate(record.quote, record.paragraph)
        record.full_clean()
    except ValidationError as wrong:
        add_errors(form, wrong)
        return False
    return True


def add_errors(form, wrong):
    """Errors of a record at the boxes of its form; those of other fields above them."""
    for name, errors in wrong.update_error_dict({}).items():
        form.add_error(name if name in form.fields else None, errors)
