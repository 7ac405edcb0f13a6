"""What the desk draws up from the register: the quarter's report, a reminder to who is late."""

import logging

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Exists, OuterRef, Q, When
from django.http import HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engagements.edition.workbook import as_file
from engagements.models import Meeting
from engagements.models.followups import FOLLOW_UP_MODELS
from engagements.roles import desk_of
from engagements.workbooks.letter import MODELS, TYPE, Reminder
from engagements.workbooks.report import BY_LEAD, BY_PROVINCE, KINDS, Quarter, Report
from provinces.models import Organization, Province, resolve_merge
from provinces.vietnamese import slugify_vi

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
    found, quarter = [], Quarter.of(today)
    for _place in range(QUARTERS):
        found.append(quarter)
        quarter = quarter.before
    return {one.key: one for one in found}


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
        self.fields["quarter"].choices = [(key, str(one)) for key, one in self.quarters.items()]
        self.fields["kinds"].choices = [
            (kind, capfirst(str(model._meta.verbose_name_plural))) for kind, model in KINDS.items()
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


class Reports:
    """Beside the list of sessions: papers that are drawn up from what they brought."""

    def get_urls(self):
        def named(name):
            view = self.admin_site.admin_view(getattr(self, f"{name}_view"))
            return path(f"{name}/", view, name=f"engagements_meeting_{name}")

        return [named("report"), named("reminder"), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        tools = [
            (_("Quarterly report"), reverse("admin:engagements_meeting_report")),
            (_("Reminder letter"), reverse("admin:engagements_meeting_reminder")),
        ]
        return super().changelist_view(request, {"list_tools": tools} | (extra_context or {}))

    def _may_draw_up(self, request):
        """Who may read every item."""
        desks = [self.admin_site.get_model_admin(model) for model in MODELS]
        return all(desk.has_view_permission(request) for desk in [self, *desks])

    def _page_of(self, request, template, **context):
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            **context,
        }
        request.current_app = self.admin_site.name
        response = TemplateResponse(request, f"admin/engagements/{template}", context)
        response["Cache-Control"] = "no-store"
        return response

    def _query(self, request):
        query = request.GET.copy()
        query["file"] = "yes"
        return f"?{query.urlencode()}"

    def report_view(self, request):
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not self._may_draw_up(request):
            raise PermissionDenied
        first = {
            "quarter": Quarter.of(timezone.localdate()).key,
            "kinds": list(KINDS),
            "grouped": BY_PROVINCE,
        }
        form = ReportForm(request.GET or first)
        report = form.report() if form.is_valid() else None
        if report and "file" in request.GET:
            logger.info("report user=%s rows=%s", request.user.pk, report.total)
            name = slugify_vi(_("quarterly report"))
            return as_file(report.book(), f"{name}-{report.quarter.key}.xlsx")
        return self._page_of(
            request,
            "quarter.html",
            title=_("Quarterly report"),
            form=form,
            report=report,
            file_url=self._query(request) if request.GET else f"?{_encoded(first)}",
        )

    def reminder_view(self, request):
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not self._may_draw_up(request):
            raise PermissionDenied
        desk = resolve_merge(desk_of(request.user))
        first = {"sender": desk and desk.slug, "unknown": True}
        form = ReminderForm(request.GET or None, initial=first, desk=desk)
        reminder = form.reminder() if form.is_bound and form.is_valid() else None
        if reminder and "file" in request.GET and reminder.tables:
            logger.info("reminder user=%s to=%s", request.user.pk, reminder.lead.pk)
            name = f"cong-van-don-doc-{reminder.lead.slug}-{reminder.on:%Y-%m-%d}.docx"
            return as_file(reminder.document(), name, TYPE)
        return self._page_of(
            request,
            "reminder.html",
            title=_("Reminder letter"),
            form=form,
            reminder=reminder,
            file_url=self._query(request),
        )


def _encoded(values):
    pairs = [(name, one) for name, value in values.items() for one in _several(value)]
    return "&".join(f"{name}={one}" for name, one in [*pairs, ("file", "yes")])


def _several(value):
    return value if isinstance(value, list) else [value]
