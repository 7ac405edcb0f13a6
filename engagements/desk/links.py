"""Screen of link checks: what the addresses of sources answered (`manage.py check_links`)."""

from django.contrib import admin
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from engagements.models import LinkCheck
from engagements.outgoing import REASONS

from .filters import ChoiceFilter
from .guarded import ReadOnlyAdmin


class FailingFilter(ChoiceFilter):
    title = _("does it open")
    parameter_name = "failing"
    choices_offered = [("yes", _("Fails")), ("no", _("Opens"))]

    def rows(self, queryset, value):
        return queryset.failing() if value == "yes" else queryset.opening()


@admin.register(LinkCheck)
class LinkCheckAdmin(ReadOnlyAdmin):
    list_display = ("of", "which", "link", "outcome", "answer", "checked_at", "failing_since")
    list_select_related = ("source",)
    list_filter = (FailingFilter, "outcome", "which")
    date_hierarchy = "checked_at"
    search_fields = ("source__search",)
    fields = (
        "of",
        ("which", "link"),
        ("outcome", "answer", "said"),
        ("checked_at", "failing_since"),
    )

    def get_queryset(self, request):
        """Of addresses that a source has now."""
        return super().get_queryset(request).of_today()

    @admin.display(description=_("source"))
    def of(self, check):
        return check.source

    @admin.display(description=_("detail"), empty_value="")
    def said(self, check):
        """Why nothing was read, or the address to which it led."""
        if check.detail.isidentifier():  # how the machine calls what broke the connection
            return gettext("The connection broke off (%(name)s).") % {"name": check.detail}
        return capfirst(REASONS.get(check.detail)) if check.detail in REASONS else check.detail

    @admin.display(description=_("address asked"), ordering="address")
    def link(self, check):
        return format_html('<a href="{0}" rel="noreferrer">{0}</a>', check.address)


def told_of(source):
    """For the form of a source: each of its addresses, when it was asked, what it answered."""
    rows = LinkCheck.objects.of_today().filter(source=source.pk) if source.pk else ()
    lines = [(_check_told(check),) for check in rows]
    return format_html_join(" ", "<p>{}</p>", lines) if lines else gettext("Not asked yet.")


def _check_told(check):
    given = {
        "which": check.get_which_display(),
        "outcome": check.get_outcome_display(),
        "day": _day(check.checked_at),
    }
    if check.failing_since is None:
        return gettext("%(which)s: %(outcome)s, asked on %(day)s.") % given
    given["since"] = _day(check.failing_since)
    return gettext("%(which)s: %(outcome)s, asked on %(day)s; failing since %(since)s.") % given


def _day(instant):
    return date_format(timezone.localdate(instant), "SHORT_DATE_FORMAT")
