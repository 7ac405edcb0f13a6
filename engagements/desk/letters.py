"""Page for what comes later by letter: an outcome, an answer, a promise; the letter proves it."""

import uuid

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponseRedirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engagements import roles
from engagements.desk.sessions.next_session import carriers
from engagements.models import Commitment, Meeting, Source, State, StatusUpdate
from engagements.models.answering import set_answered
from engagements.models.followups import target_of
from engagements.models.quotations import Texts
from engagements.words import (
    Basis,
    Kind,
    MeetingFormat,
    MeetingState,
    UpdateAnswer,
)
from provinces.models import Atlas

from .letter_forms import (
    LETTER,
    add_errors,
    checked,
    form_maker,
    known_letter,
    letter_form,
    sign,
)
from .pages import Page, desk_page, page_of
from .slugs import free_slug

OUTCOME, PROMISE = "outcome", "promise"
UPDATE = (
    "status",
    "completed_on",
    "happened_on",
    "voice",
    "text",
    "new_due_on",
    "new_due_text",
    "is_ongoing",
    "paragraph",
    "quote",
)
NEW_PROMISE = (
    "title",
    "detail",
    "strength",
    "lead",
    "due_on",
    "due_text",
    "is_ongoing",
    "paragraph",
    "quote",
)


class SaysForm(forms.Form):
    """What the letter says; a request may be answered by it."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    says = forms.ChoiceField(
        label=gettext_lazy("What the letter says"), widget=forms.RadioSelect, initial=OUTCOME
    )
    ministry = forms.ChoiceField(label=gettext_lazy("Ministry that promises"), required=False)

    def __init__(self, *args, item, ministries, **kwargs):
        super().__init__(*args, **kwargs)
        self.ministries = {str(ministry.pk): ministry for ministry in ministries}
        choices = [(OUTCOME, _("What became of it"))]
        if item.kind == Kind.REQUEST:
            choices += [
                (UpdateAnswer.EXPLAINED.value, _("An answer: explained")),
                (UpdateAnswer.PASSED_ON.value, _("An answer: passed on")),
                (UpdateAnswer.DECLINED.value, _("An answer: declined")),
                (PROMISE, _("A new promise that answers it")),
            ]
        self.fields["says"].choices = choices
        self.fields["ministry"].choices = [
            (key, str(ministry)) for key, ministry in self.ministries.items()
        ]

    @property
    def promised_by(self):
        asked = self.cleaned_data.get("ministry")
        return self.ministries[asked] if asked else next(iter(self.ministries.values()))


class Letter:
    """The page's forms: the letter, what it says, and either an update or a promise."""

    def __init__(self, screen, request, item):
        self.request, self.item = request, item
        data = request.POST if request.method == "POST" else None
        files = request.FILES if request.method == "POST" else None
        ministries = carriers(item.meeting.ministry)
        self.says = SaysForm(data, item=item, ministries=ministries, initial={"uid": uuid.uuid4()})
        self.letter = letter_form(screen, request, data, files, fields=(*LETTER, "scan"))
        self.update = self._form(
            screen,
            StatusUpdate,
            UPDATE,
            "update",
            data,
            instance=StatusUpdate(basis=Basis.SOURCE, **{target_of(item.kind): item}),
            initial={"status": item.status},
        )
        self.update.fields["happened_on"].required = False
        self.update.fields["happened_on"].help_text = _("Left empty: the day of the letter.")
        self.promise = self._form(
            screen,
            Commitment,
            NEW_PROMISE,
            "promise",
            data,
            instance=Commitment(meeting=Meeting(ministry=ministries[0]), province=item.province),
            initial={"lead": item.lead_id},
        )
        self.all = (self.says, self.letter, self.update, self.promise)

    def _form(self, screen, model, fields, prefix, *args, **given):
        make = form_maker(screen, self.request, model, fields)
        return make(*args, prefix=prefix, **given)

    @property
    def media(self):
        return self.letter.media + self.update.media + self.promise.media

    @property
    def is_promise(self):
        return self.says.cleaned_data["says"] == PROMISE

    @property
    def part(self):
        return self.promise if self.is_promise else self.update

    def key(self, of):
        return uuid.uuid5(self.says.cleaned_data["uid"], of)

    def made(self):
        """What this form has made already, when it was sent before."""
        for model, of in ((StatusUpdate, "update"), (Commitment, "promise")):
            if record := model.objects.filter(uid=self.key(of)).first():
                return record
        return None

    def is_valid(self):
        """Whether all that was chosen can be saved; a letter that is known already is not asked."""
        if not self.says.is_valid():
            return False
        self.letter.is_valid()
        given = self.letter.cleaned_data
        self.known = known_letter(given.get("number"), given.get("issued_on"))
        if self.known is None:
            admin_allows = roles.may_add(self.request.user, Source)
            if not admin_allows:
                self.letter.add_error(None, _("You may not enter a new source."))
        if self.is_promise:
            self._place_promise()
        valid = [self.part.is_valid(), self.known is not None or not self.letter.errors]
        return all(valid)

    def _place_promise(self):
        day = self.letter.cleaned_data.get("issued_on")
        units = Atlas().heirs(self.item.province, day)
        unit = units[0] if len(units) == 1 else self.item.province
        promise = self.promise.instance
        promise.meeting.ministry, promise.province = self.says.promised_by, unit
        for message in roles.misplaced(self.request.user, promise.meeting, ["ministry"]).values():
            self.says.add_error("ministry", message)

    # saving

    def save(self):
        """All of it or nothing; returns the record made, or None with the errors in their boxes."""
        if self.says.errors:
            return None
        source = self.known or self._sign(self.letter.instance, "letter")
        if self.known is None:
            source.save()
        made = self.part.instance
        made.source = source
        made = self._sign(made, "promise" if self.is_promise else "update")
        try:
            if self.is_promise:
                made.meeting = self._exchange(source)
            else:
                answer = self.says.cleaned_data["says"]
                made.answer = answer if answer in UpdateAnswer else ""
                made.happened_on = made.happened_on or source.issued_on
        except ValidationError as wrong:
            add_errors(self.part, wrong)
            return None
        if not checked(self.part, made, source, Texts()):
            return None
        made.save()
        if self.is_promise:
            set_answered(made, [self.item], self.request.user)
        return made

    def _sign(self, record, of):
        record.uid = self.key(of)
        return sign(record, self.request.user)

    def _exchange(self, source):
        """The exchange of letters of that day, at which the promise was made."""
        given = self.promise.instance
        unit, draft = given.province, given.meeting
        exchanges = Meeting.objects.filter(
            source=source,
            format=MeetingFormat.EXCHANGE,
            held_on=source.issued_on,
            ministry=draft.ministry,
            provinces=unit,
        ).exclude(state=State.WITHDRAWN)
        if exchange := exchanges.first():
            return exchange
        day = date_format(source.issued_on, "d/m/Y")
        draft.title = f"Trả lời bằng văn bản số {source.number} ngày {day}"[:200]
        draft.slug = free_slug(Meeting, f"{source.issued_on}-van-ban-{unit.slug}")
        draft.format, draft.state_of_it = MeetingFormat.EXCHANGE, MeetingState.HELD
        draft.held_on, draft.source = source.issued_on, source
        asked_at = self.item.meeting
        draft.follows = asked_at if asked_at.day <= source.issued_on else None
        self._sign(draft, "meeting")
        draft.full_clean()
        draft.save()
        draft.provinces.set([unit])
        return draft


# -- the page


def letter_view(screen, request, item):
    letter = Letter(screen, request, item)
    if request.method == "POST" and letter.says.is_valid():
        with transaction.atomic():
            if made := letter.made():
                text = _("This form was sent already; it made “%(record)s”.")
                screen.message_user(request, text % {"record": made}, messages.WARNING)
                return HttpResponseRedirect(page_of(made, "review"))
            made = letter.save() if letter.is_valid() else None
            if made:
                return _entered(screen, request, letter, made)
            transaction.set_rollback(True)
    return desk_page(
        screen,
        request,
        "admin/engagements/letter.html",
        title=_("Answer, outcome by letter"),
        original=item,
        says=letter.says,
        letter=letter.letter,
        update=letter.update,
        promise=letter.promise,
        several=len(letter.says.ministries) > 1,
        is_request=item.kind == Kind.REQUEST,
        wrong=letter.says.is_bound,
        media=letter.media,
    )


def _entered(screen, request, letter, made):
    made_on = screen.admin_site.get_model_admin(type(made))
    made_on.log_addition(request, made, _("Entered from a letter."))
    if letter.known is None:
        text = _("The letter and what it says were entered as drafts.")
    else:
        text = _("The letter was in the register already (%(source)s); it is the proof.")
        text %= {"source": letter.known}
    screen.message_user(request, text, messages.SUCCESS)
    return HttpResponseRedirect(page_of(made, "review"))


LETTER_PAGE = Page("<path:object_id>/letter/", letter_view, "letter", "letter")
