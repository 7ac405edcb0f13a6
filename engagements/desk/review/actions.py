"""Steps of review, from draft to the public and back, as actions on chosen rows of a list."""

import re

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engagements.desk.pages import asks_first, is_allowed
from engagements.models import State
from engagements.models.base import SENT_BACK, SUBMITTED
from engagements.publication.checks import Refused
from engagements.publication.publishing import (
    CHANGED_SINCE_SEEN,
    is_to_publish,
    publish,
    publish_session,
    session_records,
    withdraw,
)
from provinces.vietnamese import NormalText

NUMBER = re.compile("[0-9]{1,18}")
MESSAGES = 20  # refusals told one by one; the rest are counted


class StepReport:
    """What became of each chosen row, told when all are done."""

    def __init__(self, screen, request):
        self.screen, self.request = screen, request
        self.done, self.refused = [], []

    def _screen_of(self, record):
        return self.screen.admin_site.get_model_admin(type(record))

    def may(self, permission, record):
        """Whether the person may do it to this record; if not, it is refused."""
        allowed = is_allowed(self._screen_of(record), self.request, permission, record)
        if not allowed:
            self.refuse(record, [_("You may not do this to it.")])
        return allowed

    def carry_out(self, permission, record, done, step, **given):
        """Takes the step if it may be taken; `done` is what the log then says."""
        if not self.may(permission, record):
            return
        try:
            result = step(record, by=self.request.user, **given)
        except Refused as refusal:
            self.refuse(record, refusal.messages)
        else:
            self.did(record, done(result) if callable(done) else done)

    def did(self, record, done):
        self.done.append(record)
        self._screen_of(record).log_change(self.request, record, done)

    def refuse(self, record, reasons):
        self.refused += [f"{record}: {reason}" for reason in reasons]

    def tell(self, text):
        for line in self.refused[:MESSAGES]:
            self.screen.message_user(self.request, line, messages.ERROR)
        if (more := len(self.refused) - MESSAGES) > 0:
            line = _("Refusals not shown here: %(n)d") % {"n": more}
            self.screen.message_user(self.request, line, messages.ERROR)
        if self.done:
            self.screen.message_user(self.request, text % {"n": len(self.done)}, messages.SUCCESS)


@admin.action(permissions=["publish"], description=gettext_lazy("Publish the chosen"))
def publish_chosen(screen, request, queryset):
    report, listed = StepReport(screen, request), versions_sent(request, "listed")
    for record in queryset.order_by("pk"):
        version = listed.get(str(record.pk))
        report.carry_out("review", record, _published_as, publish, version=version)
    report.tell(_("Published: %(n)d"))


def _published_as(edition):
    return _("Published as %(edition)s.") % {"edition": edition}


def versions_sent(request, field):
    """The version that the page showed of each record, by the name that it has there."""
    sent = (text.rpartition(":") for text in request.POST.getlist(field))
    return {name: int(version) for name, _colon, version in sent if NUMBER.fullmatch(version)}


def to_publish(meeting):
    """What goes out with a session when it is published whole."""
    return [record for record in session_records(meeting) if is_to_publish(record)]


def _seen(request):
    """The versions that the page which asked has shown, by kind and key."""
    by_name = versions_sent(request, "seen")
    return {
        (kind, int(key)): version
        for name, version in by_name.items()
        for kind, _colon, key in [name.partition(":")]
        if NUMBER.fullmatch(key)
    }


def _what_goes_out(meetings):
    records = [record for meeting in meetings.order_by("pk") for record in to_publish(meeting)]
    return {
        "parts": records,
        "seen": [f"{record.kind}:{record.pk}:{record.version}" for record in records],
    }


@admin.action(
    permissions=["publish_session"], description=gettext_lazy("Publish the whole session")
)
@asks_first(
    "admin/engagements/publish_sessions.html",
    title=gettext_lazy("Publish the whole session?"),
    submit=gettext_lazy("Yes, publish"),
    context=_what_goes_out,
)
def publish_whole_session(screen, request, queryset):
    report, seen = StepReport(screen, request), _seen(request)
    for meeting in queryset.order_by("pk"):
        if not report.may("review", meeting):
            continue
        try:
            editions = publish_session(meeting, by=request.user, seen=seen)
        except Refused as refusal:
            report.refuse(meeting, refusal.messages)
            continue
        if editions:
            codes = ", ".join(edition.code for edition in editions)
            report.did(meeting, _("The session was published: %(codes)s.") % {"codes": codes})
        else:
            report.refuse(meeting, [_("The public already reads this version.")])
    report.tell(_("Sessions published: %(n)d"))


@admin.action(permissions=["publish"], description=gettext_lazy("Withdraw the chosen"))
@asks_first(
    "admin/engagements/withdraw.html",
    title=gettext_lazy("Withdraw from the public?"),
    submit=gettext_lazy("Yes, withdraw"),
)
def withdraw_chosen(screen, request, queryset):
    report = StepReport(screen, request)
    for record in queryset.order_by("pk"):
        report.carry_out("review", record, _("Withdrawn."), withdraw)
    report.tell(_("Withdrawn: %(n)d"))


def _move(record, by, reason, step, refusal, *, note="", version=None):
    """Moves a record to the state that `step` gives; refused if it gives none.

    Its text stays, so the version does: moving is no edit, and keeps nobody from publishing.
    """
    with transaction.atomic():
        rows = type(record).objects.select_for_update(of=("self",), no_key=True)
        record = rows.get(pk=record.pk)
        if version is not None and version != record.version:
            raise Refused(CHANGED_SINCE_SEEN)
        state = step(record)
        if state is None:
            raise Refused(refusal)
        record.state, record.review_note = state, note
        record._history_user = by
        record._change_reason = reason
        columns = {one.name for one in record._meta.fields}
        record.save(update_fields={"state", "review_note"} | ({"staff_search"} & columns))


def submit(record, *, by, version=None):
    """Hands a draft, or a waiting edit that was sent back, to the reviewers. Raises Refused."""
    refusal = _("Only a draft, or an edit that was sent back, is submitted for review.")
    _move(record, by, SUBMITTED, _submitted, refusal, version=version)


def _submitted(record):
    """What the public reads stays public; the note, which is answered, is gone."""
    if record.state == State.DRAFT:
        return State.IN_REVIEW
    return record.state if record.was_sent_back else None


def send_back(record, *, by, note, version=None):
    """Gives a record that waits for review back to its editors. Raises Refused."""
    refusal = _("It does not wait for review.")
    _move(record, by, SENT_BACK, _sent_back, refusal, note=note, version=version)


def _sent_back(record):
    """What the public reads stays public: its waiting edit gets the note alone."""
    if record.state == State.IN_REVIEW:
        return State.DRAFT
    return record.state if record.has_waiting_edit else None


@admin.action(permissions=["change"], description=gettext_lazy("Submit for review"))
def submit_chosen(screen, request, queryset):
    report = StepReport(screen, request)
    for record in queryset.order_by("pk"):
        report.carry_out("change", record, _("Submitted for review."), submit)
    report.tell(_("Submitted for review: %(n)d"))


class NoteForm(forms.Form):
    note = NormalText(
        label=gettext_lazy("What is to be mended"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
    )


@admin.action(permissions=["publish"], description=gettext_lazy("Send back"))
@asks_first(
    "admin/engagements/send_back.html",
    title=gettext_lazy("Send back to the editors"),
    submit=gettext_lazy("Send back"),
    form=NoteForm,
)
def send_back_chosen(screen, request, queryset, form):
    report, note = StepReport(screen, request), form.cleaned_data["note"]
    done = _("Sent back: %(note)s") % {"note": note}
    for record in queryset.order_by("pk"):
        report.carry_out("review", record, done, send_back, note=note)
    report.tell(_("Sent back: %(n)d"))
