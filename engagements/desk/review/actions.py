"""From draft to the public and back: what is done with chosen rows of a list."""

import re

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.db import transaction
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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


class Report:
    """What became of each chosen row, told when all are done."""

    def __init__(self, desk, request):
        self.desk, self.request = desk, request
        self.done, self.refused = [], []

    def may(self, what, record):
        """Whether the person may do it to this record; if not, it is refused."""
        allowed = getattr(self.desk, f"has_{what}_permission")(self.request, record)
        if not allowed:
            self.refuse(record, [_("You may not do this to it.")])
        return allowed

    def did(self, record, what):
        self.done.append(record)
        self.desk.log_change(self.request, record, what)

    def refuse(self, record, reasons):
        self.refused += [f"{record}: {reason}" for reason in reasons]

    def tell(self, text):
        for line in self.refused[:MESSAGES]:
            self.desk.message_user(self.request, line, messages.ERROR)
        if (more := len(self.refused) - MESSAGES) > 0:
            line = _("Refusals not shown here: %(n)d") % {"n": more}
            self.desk.message_user(self.request, line, messages.ERROR)
        if self.done:
            self.desk.message_user(self.request, text % {"n": len(self.done)}, messages.SUCCESS)


@admin.action(permissions=["publish"], description=gettext_lazy("Publish the chosen"))
def publish_chosen(desk, request, queryset):
    report, listed = Report(desk, request), listed_versions(request)
    for record in queryset.order_by("pk"):
        if not report.may("review", record):
            continue
        try:
            edition = publish(record, by=request.user, version=listed.get(record.pk))
        except Refused as refusal:
            report.refuse(record, refusal.messages)
        else:
            report.did(record, _("Published as %(edition)s.") % {"edition": edition})
    report.tell(_("Published: %(n)d"))


def listed_versions(request):
    """The version of each row (by key) when the list was shown: the list carries them along."""
    found = {}
    for text in request.POST.getlist("listed"):
        key, _colon, version = text.partition(":")
        if NUMBER.fullmatch(key) and NUMBER.fullmatch(version):
            found[int(key)] = int(version)
    return found


@admin.action(
    permissions=["publish_session"], description=gettext_lazy("Publish the whole session")
)
def publish_whole_session(desk, request, queryset):
    if "confirmed" not in request.POST:
        records = [one for meeting in queryset.order_by("pk") for one in to_publish(meeting)]
        return _asked(
            desk,
            request,
            queryset,
            "admin/engagements/publish_sessions.html",
            action="publish_whole_session",
            title=_("Publish the whole session?"),
            submit=_("Yes, publish"),
            parts=records,
            seen=[f"{one.kind}:{one.pk}:{one.version}" for one in records],
        )
    report, seen = Report(desk, request), seen_versions(request)
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
    return None


def to_publish(meeting):
    """What goes out with a session when it is published whole."""
    return [one for one in session_records(meeting) if is_to_publish(one)]


def seen_versions(request):
    """The version of each record, by kind and key, that the page which asked has shown."""
    found = {}
    for text in request.POST.getlist("seen"):
        kind, _colon, rest = text.partition(":")
        key, _colon, version = rest.partition(":")
        if NUMBER.fullmatch(key) and NUMBER.fullmatch(version):
            found[kind, int(key)] = int(version)
    return found


def _asked(desk, request, queryset, template, **context):
    """The page that asks before an action is carried out; it sends the action again, confirmed."""
    context = {
        **desk.admin_site.each_context(request),
        "opts": desk.opts,
        "media": desk.media,
        "records": queryset.order_by("pk"),
        "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
        **context,
    }
    request.current_app = desk.admin_site.name
    return TemplateResponse(request, template, context)


@admin.action(permissions=["publish"], description=gettext_lazy("Withdraw the chosen"))
def withdraw_chosen(desk, request, queryset):
    if "confirmed" not in request.POST:
        return _asked(
            desk,
            request,
            queryset,
            "admin/engagements/withdraw.html",
            action="withdraw_chosen",
            title=_("Withdraw from the public?"),
            submit=_("Yes, withdraw"),
        )
    report = Report(desk, request)
    for record in queryset.order_by("pk"):
        if not report.may("review", record):
            continue
        try:
            withdraw(record, by=request.user)
        except Refused as refusal:
            report.refuse(record, refusal.messages)
        else:
            report.did(record, _("Withdrawn."))
    report.tell(_("Withdrawn: %(n)d"))
    return None


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
def submit_chosen(desk, request, queryset):
    report = Report(desk, request)
    for record in queryset.order_by("pk"):
        if not report.may("change", record):
            continue
        try:
            submit(record, by=request.user)
        except Refused as refusal:
            report.refuse(record, refusal.messages)
        else:
            report.did(record, _("Submitted for review."))
    report.tell(_("Submitted for review: %(n)d"))


class NoteForm(forms.Form):
    note = NormalText(
        label=gettext_lazy("What is to be mended"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
    )


@admin.action(permissions=["publish"], description=gettext_lazy("Send back"))
def send_back_chosen(desk, request, queryset):
    form = NoteForm(request.POST if "confirmed" in request.POST else None)
    if not form.is_valid():
        return _asked(
            desk,
            request,
            queryset,
            "admin/engagements/send_back.html",
            action="send_back_chosen",
            title=_("Send back to the editors"),
            submit=_("Send back"),
            form=form,
        )
    report = Report(desk, request)
    for record in queryset.order_by("pk"):
        if not report.may("review", record):
            continue
        try:
            send_back(record, by=request.user, note=form.cleaned_data["note"])
        except Refused as refusal:
            report.refuse(record, refusal.messages)
        else:
            report.did(record, _("Sent back: %(note)s") % form.cleaned_data)
    report.tell(_("Sent back: %(n)d"))
    return None
