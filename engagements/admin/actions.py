"""From draft to the public and back: what is done with chosen rows of a list."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.db import transaction
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engagements.edition.publishing import Refused, publish, publish_session, withdraw
from engagements.models import State
from engagements.models.base import SENT_BACK, SUBMITTED
from provinces.admin import NormalText

MESSAGES = 20  # refusals told one by one; the rest are counted


class Report:
    """What became of each chosen row, told when all are done."""

    def __init__(self, desk, request):
        self.desk, self.request = desk, request
        self.done, self.refused = [], []

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
    report = Report(desk, request)
    for record in queryset.order_by("pk"):
        try:
            edition = publish(record, by=request.user)
        except Refused as refusal:
            report.refuse(record, refusal.messages)
        else:
            report.did(record, _("Published as %(edition)s.") % {"edition": edition})
    report.tell(_("Published: %(n)d"))


@admin.action(
    permissions=["publish_session"], description=gettext_lazy("Publish the whole session")
)
def publish_whole_session(desk, request, queryset):
    report = Report(desk, request)
    for meeting in queryset.order_by("pk"):
        try:
            editions = publish_session(meeting, by=request.user)
        except Refused as refusal:
            report.refuse(meeting, refusal.messages)
            continue
        if editions:
            codes = ", ".join(edition.code for edition in editions)
            report.did(meeting, _("The session was published: %(codes)s.") % {"codes": codes})
        else:
            report.refuse(meeting, [_("The public already reads this version.")])
    report.tell(_("Sessions published: %(n)d"))


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
        try:
            withdraw(record, by=request.user)
        except Refused as refusal:
            report.refuse(record, refusal.messages)
        else:
            report.did(record, _("Withdrawn."))
    report.tell(_("Withdrawn: %(n)d"))
    return None


def _move(record, request, reason, step, note=None):
    """Moves a record to the state that `step` gives; False if it gives none.

    Its text stays, so the version does: moving is no edit, and keeps nobody from publishing.
    """
    changed = {"state"}
    with transaction.atomic():
        rows = type(record).objects.select_for_update(of=("self",), no_key=True)
        record = rows.get(pk=record.pk)
        state = step(record)
        if state is None:
            return False
        record.state = state
        if note is not None:
            record.review_note = note
            columns = {one.name for one in record._meta.fields}
            changed |= {"review_note", "staff_search"} & columns
        record._history_user = request.user
        record._change_reason = reason
        record.save(update_fields=changed)
    return True


def _submitted(record):
    return State.IN_REVIEW if record.state == State.DRAFT else None


def _sent_back(record):
    """What the public reads stays public: its waiting edit gets the note alone."""
    if record.state == State.IN_REVIEW:
        return State.DRAFT
    return record.state if record.has_waiting_edit else None


@admin.action(permissions=["change"], description=gettext_lazy("Submit for review"))
def submit_chosen(desk, request, queryset):
    report = Report(desk, request)
    for record in queryset.order_by("pk"):
        if _move(record, request, SUBMITTED, _submitted):
            report.did(record, _("Submitted for review."))
        else:
            report.refuse(record, [_("Only a draft is submitted for review.")])
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
        if _move(record, request, SENT_BACK, _sent_back, form.cleaned_data["note"]):
            report.did(record, _("Sent back: %(note)s") % form.cleaned_data)
        else:
            report.refuse(record, [_("It does not wait for review.")])
    report.tell(_("Sent back: %(n)d"))
    return None
