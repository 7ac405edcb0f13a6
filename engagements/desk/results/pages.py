"""Page that reads a letter of reply: its rows beside the text, saved and submitted as one.

The text is pasted, comes from a file, or is that of a source which the register has. Nothing is
kept until a person has decided on each row; then source and updates are saved, and submitted if
that was asked, in one transaction.
"""

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engagements.desk.pages import Page, desk_page, page_of, page_of_table
from engagements.desk.review.actions import submit
from engagements.desk.site import given_back, is_shown_again
from engagements.models import State, StatusUpdate
from engagements.publication.checks import Refused
from provinces.vietnamese import cleaned

from .forms import TakeInForm
from .reading import LetterReading


def read_view(screen, request):
    """A text is pasted or a file chosen; sent again with decisions, it is saved."""
    back = _sent_before(screen, request)
    sent = request.POST if back is None else back
    if "uid" in sent:
        reading = LetterReading(screen, request, cleaned(sent.get("pasted", "")), data=sent)
        return _decided(reading) if back is None else _page(reading, is_back=True)
    if back is not None:
        form = TakeInForm(initial={"text": back.get("text")})
    else:
        form = TakeInForm(*((sent, request.FILES) if request.method == "POST" else ()))
    if form.is_bound and form.is_valid():
        return _page(LetterReading(screen, request, form.paper.text), notes=form.paper.notes)
    return desk_page(
        screen,
        request,
        "admin/engagements/read_letter.html",
        title=_("Read a letter of reply"),
        form=form,
    )


def source_view(screen, request, source):
    """The letter is a source that the register has, with its text."""
    back = _sent_before(screen, request)
    sent = request.POST if request.method == "POST" and back is None else back
    part = request.GET.get("part", "")
    part = int(part) if part.isascii() and part.isdecimal() and len(part) < 6 else 1
    reading = LetterReading(screen, request, source.text, source, sent, part)
    if sent is None or back is not None:
        return _page(reading, is_back=back is not None)
    return _decided(reading)


def _sent_before(screen, request):
    """What was sent before the login lapsed, or to a busy register: shown again, not saved."""
    return request.POST if is_shown_again(request) else given_back(screen, request)


def _page(reading, *, is_wrong=False, is_back=False, notes=()):
    if is_back or reading.has_moved:
        reading.is_valid()  # so that what is wrong stands at its box, and rows left out unjudged
    if reading.has_moved:
        text = _(
            "The rows have changed since the page was opened: the text or the register did."
            " Nothing was saved. What still fits is filled in; the rest is to be decided anew."
        )
        _tell(reading, text, messages.WARNING)
    return desk_page(
        reading.screen,
        reading.request,
        "admin/engagements/letter_rows.html",
        title=_("Read a letter of reply"),
        original=reading.source,
        reading=reading,
        notes=notes,
        wrong=is_wrong,
        media=reading.media,
    )


def _decided(reading):
    if not reading.key.is_valid():
        return _page(reading, is_wrong=True)
    if made := reading.made():
        return _made_before(reading, *made)
    if reading.has_moved:
        return _page(reading)
    refused = saved = None
    try:
        with transaction.atomic():
            is_to_save = reading.is_valid() and reading.is_worth_saving
            saved = reading.save() if is_to_save else None
            if saved is None:
                transaction.set_rollback(True)
            else:
                _enter(reading, *saved)
    except IntegrityError:
        saved = None
        if not reading.made():
            raise
    except Refused as refusal:
        saved, refused = None, refusal
    if saved is not None:
        return _entered(reading, *saved)
    if made := reading.made():  # the same form was sent twice at once, and the other was first
        return _made_before(reading, *made)
    for line in refused.messages if refused else ():
        _tell(reading, line, messages.ERROR)
    is_undecided = any(row.decision.errors for row in reading.rows)
    if not (reading.taken or is_undecided or refused):
        if not reading.is_last_part:
            return HttpResponseRedirect(_next_part(reading, reading.source))
        _tell(reading, _("Nothing was accepted, so that nothing was saved."), messages.WARNING)
    return _page(reading, is_wrong=True)


def _enter(reading, source, updates):
    """Log entries of what was saved, and its submission if that was asked. Raises Refused."""
    request, site = reading.request, reading.screen.admin_site
    for record in (*([source] if reading.source is None else []), *updates):
        screen = site.get_model_admin(type(record))
        screen.log_addition(request, record, _("Entered from a letter."))
    if "submit" not in request.POST:
        return
    for record in (*([source] if reading.may_submit_source else []), *updates):
        submit(record, by=request.user)
        screen = site.get_model_admin(type(record))
        screen.log_change(request, record, _("Submitted for review."))


def _entered(reading, source, updates):
    is_submitted = "submit" in reading.request.POST
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
    if not updates:
        text = _("The letter was saved; nothing of this part was accepted.")
    _tell(reading, text % {"n": len(updates)}, messages.SUCCESS)
    if is_submitted and source.state == State.DRAFT and not reading.may_submit_source:
        text = _("The letter itself was not submitted: it was sent back, or is another desk's.")
        _tell(reading, text, messages.WARNING)
    return HttpResponseRedirect(_next_part(reading, source))


def _made_before(reading, source, updates):
    text = _("This form was sent already; it made %(n)d updates.")
    _tell(reading, text % {"n": len(updates)}, messages.WARNING)
    return HttpResponseRedirect(_next_part(reading, source))


def _next_part(reading, source):
    """The next rows of the letter; behind the last ones, the updates that it proves."""
    if reading.is_last_part:
        return f"{page_of_table(StatusUpdate)}?source={source.pk}"
    return f"{page_of(source, 'results')}?part={reading.part + 1}"


def _tell(reading, text, level):
    reading.screen.message_user(reading.request, text, level)


READ_PAGE = Page("read-letter/", read_view, "read_letter", "read_letter")
RESULTS_PAGE = Page("<path:object_id>/results/", source_view, "results", "read_letter")
PAGES = (READ_PAGE, RESULTS_PAGE)
