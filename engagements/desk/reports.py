"""Pages of papers drawn up from the register: the quarterly report, the reminder letter."""

import logging
from urllib.parse import urlencode

from django import forms
from django.db.models import Case, Exists, OuterRef, Q, When
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engagements.edition.workbook import as_file
from engagements.models import Meeting
from engagements.models.followups import FOLLOW_UP_MODELS
from engagements.roles import desk_of
from engagements.workbooks.letter import DOCX, MODELS, Reminder
from engagements.workbooks.report import BY_LEAD, BY_PROVINCE, REPORTED, Quarter, Report
from provinces.models import Organization, Province, resolve_merge
from provinces.vietnamese import slugify_vi

from .pages import READ, Page, desk_page, page_of_table

logger = logging.getLogger(__name__)

QUARTERS = 12


def bodies_that_lead():
    """Bodies that owe an item or follow it today."""
    rule = Q()
    for model in FOLLOW_UP_MODELS:
        owed = model.objects.filter(Q(lead=OuterRef("pk")) | Q(current_lead=OuterRef("pk")))
        rule |= Q(Exists(owed))
    return Organization.objects.filter(rule)


def bodies_that_write(desk, on):
    """Who stands on that day and is of no province, and the own desk, which is the first."""
    own = Q(pk=desk.pk if desk else 0)
    rows = Organization.objects.not_merged().filter(Q(ceased_on=None) | Q(ceased_on__gt=on))
    return rows.filter(own | Q(province=None)).order_by(
        Case(When(own, then=0), default=1), "sort_key", "pk"
    )


def quarters(today):
    """(key, quarter) of this quarter and those before it."""
    by_key, quarter = {}, Quarter.of(today)
    for _index in range(QUARTERS):
        by_key[quarter.key] = quarter
        quarter = quarter.before
    return by_key


class ReportForm(forms.Form):
    quarter = forms.ChoiceField(label=gettext_lazy("Quarter"))
    ministry = forms.ModelChoiceField(
        Organization.objects.none(),
        to_field_name="slug",
        label=gettext_lazy("Ministry"),
        required=False,
        empty_label=gettext_lazy("All"),
    )
    lead = forms.ModelChoiceField(
        Organization.objects.none(),
        to_field_name="slug",
        label=gettext_lazy("Lead organization"),
        required=False,
        empty_label=gettext_lazy("All"),
        help_text=gettext_lazy("Who follows the item today, else who owes it."),
    )
    provinces = forms.ModelMultipleChoiceField(
        Province.objects.none(),
        to_field_name="slug",
        label=gettext_lazy("Provinces"),
        required=False,
        help_text=gettext_lazy("None chosen: all. The units before a merger are included."),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("What is reported"), widget=forms.CheckboxSelectMultiple
    )
    grouped = forms.ChoiceField(
        label=gettext_lazy("Grouped by"),
        choices=[
            (BY_PROVINCE, gettext_lazy("Province")),
            (BY_LEAD, gettext_lazy("Lead organization")),
        ],
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.quarters = quarters(timezone.localdate())
        self.fields["quarter"].choices = [
            (key, str(quarter)) for key, quarter in self.quarters.items()
        ]
        self.fields["kinds"].choices = [
            (kind, capfirst(str(model._meta.verbose_name_plural)))
            for kind, model in REPORTED.items()
        ]
        held = Meeting.objects.filter(ministry=OuterRef("pk"))
        self.fields["ministry"].queryset = Organization.objects.filter(Exists(held))
        self.fields["lead"].queryset = bodies_that_lead()
        self.fields["provinces"].queryset = Province.objects.living()

    def report(self):
        given = self.cleaned_data
        return Report(
            self.quarters[given["quarter"]],
            given["ministry"],
            given["lead"],
            list(given["provinces"]),
            tuple(given["kinds"]),
            given["grouped"],
        )


class ReminderForm(forms.Form):
    lead = forms.ModelChoiceField(
        Organization.objects.none(),
        to_field_name="slug",
        label=gettext_lazy("Who is reminded"),
        error_messages={"required": gettext_lazy("Choose a body.")},
    )
    sender = forms.ModelChoiceField(
        Organization.objects.none(),
        to_field_name="slug",
        label=gettext_lazy("Who writes"),
        required=False,
        empty_label=gettext_lazy("Left open"),
    )
    unknown = forms.BooleanField(
        label=gettext_lazy("Also what is past its day without any news"), required=False
    )

    def __init__(self, *args, desk, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = bodies_that_lead()
        self.fields["sender"].queryset = bodies_that_write(desk, timezone.localdate())

    def reminder(self):
        given = self.cleaned_data
        return Reminder(given["lead"], given["sender"], given["unknown"])


# -- the pages


def report_view(screen, request):
    first = {
        "quarter": Quarter.of(timezone.localdate()).key,
        "kinds": list(REPORTED),
        "grouped": BY_PROVINCE,
    }
    form = ReportForm(request.GET or first)
    report = form.report() if form.is_valid() else None
    if report and "file" in request.GET:
        logger.info("report user=%s rows=%s", request.user.pk, report.total)
        name = slugify_vi(_("quarterly report"))
        return as_file(report.book(), f"{name}-{report.quarter.key}.xlsx")
    return desk_page(
        screen,
        request,
        "admin/engagements/quarter.html",
        title=_("Quarterly report"),
        form=form,
        report=report,
        file_url=_file_url(request.GET.lists() if request.GET else first.items()),
    )


def reminder_view(screen, request):
    desk = resolve_merge(desk_of(request.user))
    first = {"sender": desk and desk.slug, "unknown": True}
    form = ReminderForm(request.GET or None, initial=first, desk=desk)
    reminder = form.reminder() if form.is_bound and form.is_valid() else None
    if reminder and "file" in request.GET and reminder.tables:
        logger.info("reminder user=%s to=%s", request.user.pk, reminder.lead.pk)
        name = f"cong-van-don-doc-{reminder.lead.slug}-{reminder.on:%Y-%m-%d}.docx"
        return as_file(reminder.document(), name, DOCX)
    return desk_page(
        screen,
        request,
        "admin/engagements/reminder.html",
        title=_("Reminder letter"),
        form=form,
        reminder=reminder,
        file_url=_file_url(request.GET.lists()),
    )


def _file_url(asked):
    """The same page with these answers, as a file."""
    return f"?{urlencode(dict(asked) | {'file': 'yes'}, doseq=True)}"


def may_draw_up(screen, request):
    """Who may read every item."""
    screens = [screen.admin_site.get_model_admin(model) for model in (Meeting, *MODELS)]
    return all(every.has_view_permission(request) for every in screens)


def list_tools():
    """(words, address) above the list of sessions."""
    return [
        (_("Quarterly report"), page_of_table(Meeting, "report")),
        (_("Reminder letter"), page_of_table(Meeting, "reminder")),
    ]


REPORT_PAGES = (
    Page("report/", report_view, "report", "draw_up", methods=READ),
    Page("reminder/", reminder_view, "reminder", "draw_up", methods=READ),
)
