"""Screen of indicators: the list, and the page on which a proposed one is accepted or merged.

An editor proposes, with a figure or here; who keeps the reference data (Quản trị) decides, never on
a proposal of their own. What they enter themselves is public at once, as all reference data.
"""

from django import forms
from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engagements import roles
from engagements.lookups import Indicators
from engagements.models import Indicator
from engagements.publication.indicators import AcceptanceRefused, accept, merge_into

from .figures import amount_of
from .filters import ChoiceFilter
from .pages import Page, desk_page, page_of
from .reference import ControlledListAdmin
from .slugs import SluggedForm

FIGURES_SHOWN = 50
FIELDS = ("name", "name_en", "slug", "unit", "better", "note")


class ProposedFilter(ChoiceFilter):
    """Those that wait for a second person; the first page counts them."""

    title = gettext_lazy("state")
    parameter_name = "state"
    choices_offered = [
        ("proposed", gettext_lazy("Proposed, not accepted yet")),
        ("public", gettext_lazy("Public")),
    ]

    def rows(self, queryset, value):
        return queryset.proposed() if value == "proposed" else queryset.public()


# -- the page of a proposed one


class AcceptForm(SluggedForm):
    """The indicator as it will be public."""

    class Meta:
        model = Indicator
        fields = FIELDS

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["size"] = 40
        self.fields["note"].widget.attrs |= {"rows": 3, "class": "vLargeTextField"}


class KnownIndicatorForm(forms.Form):
    """Which indicator the proposed one is, those with a name like it first."""

    known = forms.ModelChoiceField(
        Indicator.objects.public(), label=gettext_lazy("The indicator that it is")
    )

    def __init__(self, *args, proposed, **kwargs):
        super().__init__(*args, **kwargs)
        rows = {indicator.pk: indicator for indicator in self.fields["known"].queryset}
        self.near = [row for row in Indicators().near(proposed.name) if row.pk in rows]
        choices = [(row.pk, _with_unit(row)) for row in rows.values()]
        if near := [(row.pk, _with_unit(row)) for row in self.near]:
            choices = [(_("Like it"), near), (_("All indicators"), choices)]
        self.fields["known"].choices = [("", "—"), *choices]


def _with_unit(indicator):
    return f"{indicator.name} ({indicator.unit})" if indicator.unit else indicator.name


def accept_view(screen, request, indicator):
    """What was proposed, with its figures: accepted as it is or changed, or merged into another."""
    if not indicator.is_proposed:
        text = _("“%(name)s” is public already.") % {"name": indicator.name}
        screen.message_user(request, text, messages.WARNING)
        return HttpResponseRedirect(page_of(indicator))
    sent = request.POST.get("act") if request.method == "POST" else None
    title = _("Proposed indicator: %(name)s") % {"name": indicator.name}
    merging = KnownIndicatorForm(request.POST if sent == "merge" else None, proposed=indicator)
    form = AcceptForm(request.POST if sent == "accept" else None, instance=indicator)
    if sent == "accept" and form.is_valid() and _accepted(screen, request, form):
        return HttpResponseRedirect(page_of(indicator))
    if sent == "merge" and merging.is_valid():
        known = merging.cleaned_data["known"]
        if _merged(screen, request, merging, known, indicator):
            return HttpResponseRedirect(page_of(known))
    figures = indicator.figures.select_related("province", "meeting").order_by("pk")
    return desk_page(
        screen,
        request,
        "admin/engagements/indicator_accept.html",
        title=title,
        original=indicator,
        form=form,
        merging=merging,
        figures=[(row, amount_of(row), page_of(row)) for row in figures[:FIGURES_SHOWN]],
        number=figures.count(),
    )


def _accepted(screen, request, form):
    """Whether it was accepted; if not, the form says why."""
    try:
        accept(form.instance, by=request.user)
    except AcceptanceRefused as refusal:
        form.add_error(None, refusal)
        return False
    screen.log_change(request, form.instance, _("Accepted."))
    text = _("“%(name)s” is public now, and so can its figures be.")
    screen.message_user(request, text % {"name": form.instance.name}, messages.SUCCESS)
    return True


def _merged(screen, request, form, known, proposed):
    """Whether its figures are values of the known one now; if not, the form says why."""
    name = proposed.name
    try:
        moved = merge_into(known, proposed, by=request.user)
    except AcceptanceRefused as refusal:
        form.add_error(None, refusal)
        return False
    text = _("The proposed indicator “%(name)s” was merged into this one; figures moved: %(n)d.")
    text %= {"name": name, "n": moved}
    screen.log_change(request, known, text)
    screen.message_user(request, text, messages.SUCCESS)
    return True


# -- the list and the form


@admin.register(Indicator)
class IndicatorAdmin(ControlledListAdmin):
    pages = (Page("<path:object_id>/accept/", accept_view, "accept", "accept"),)
    borne = ("name",)
    list_display = ("name", "name_en", "unit", "better", "shown_state")
    list_filter = (ProposedFilter, "better")
    list_select_related = ("proposed_by",)
    fields = (("name", "name_en"), "slug", ("unit", "better"), "note")
    readonly_fields = ("shown_state", "accepted")

    def get_fields(self, request, obj=None):
        was_proposed = obj is not None and obj.proposed_at is not None
        return (*self.fields, ("shown_state", "accepted")) if was_proposed else self.fields

    def get_readonly_fields(self, request, obj=None):
        """An address that nobody has read yet may still be changed."""
        fixed = super().get_readonly_fields(request, obj)
        is_open = obj is not None and obj.is_proposed
        return tuple(name for name in fixed if not (is_open and name in self.fixed))

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or roles.may_change(request.user, obj))

    def has_accept_permission(self, request, indicator):
        return roles.may_accept(request.user, indicator)

    def ways_on(self, request, obj):
        if obj.is_proposed and self.has_accept_permission(request, obj):
            return [(page_of(obj, "accept"), _("Accept or merge"))]
        return []

    def save_model(self, request, obj, form, change):
        is_proposal = not change and not roles.keeps_the_lists(request.user, Indicator)
        if is_proposal:
            obj.proposed_by, obj.proposed_at = request.user, timezone.now()
        super().save_model(request, obj, form, change)
        if is_proposal:
            text = _("It is proposed: the public reads it once a second person has accepted it.")
            self.message_user(request, text, messages.INFO)

    @admin.display(description=gettext_lazy("state"), ordering="proposed_at")
    def shown_state(self, indicator):
        if not indicator.is_proposed:
            return _("Public")
        return _("Proposed by %(who)s, %(when)s") % _signed(
            indicator.proposed_by, indicator.proposed_at
        )

    @admin.display(description=gettext_lazy("accepted"))
    def accepted(self, indicator):
        if indicator.is_proposed:
            return _("Waits for a second person: until then neither it nor its figures are public.")
        return "{who}, {when}".format(**_signed(indicator.accepted_by, indicator.accepted_at))


def _signed(who, at):
    return {"who": who, "when": date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")}
