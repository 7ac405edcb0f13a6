"""Screen of figures: numbers quoted at a session, each a value of an indicator.

The form takes an indicator by its name too. One that the register lacks is asked about: it is one
of those with a name like it, or is proposed with the figure, never without a word.
"""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminRadioSelect
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

from engagements import roles
from engagements.lookups import Indicators
from engagements.models import Figure, Indicator
from provinces.vietnamese import NormalText, slugify_vi

from .boxes import Hidden
from .filters import LatestMeetingsFilter, filters_of_records
from .forms import RecordForm
from .lists import UsedRelationFilter
from .next_item import OF_A_SESSION
from .records import PROOF, RecordAdmin
from .reference import indicators_named
from .slugs import free_slug

PROPOSE = "propose:"  # before a name: the answer that none of the indicators like it is meant


class FigureForm(RecordForm):
    """The value as people write it: 5,2 and not 5,2000. The indicator by its box or its name."""

    indicator_name = NormalText(
        label=_("Or by its name"),
        required=False,
        max_length=Indicator._meta.get_field("name").max_length,
        help_text=_(
            "With or without marks. One that the register lacks can be proposed; it and the figure"
            " are public once a second person has accepted it. Published."
        ),
    )
    meant = forms.CharField(label=_("Which indicator is meant"), required=False, widget=Hidden)
    proposer = None  # the account that may propose one; set by the screen
    indicators = None  # Indicators, read once for all rows of a form; set by the formset
    proposed = None  # the new indicator, saved with the figure

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.initial.get("value") is not None:
            self.initial["value"] = without_zeros(self.initial["value"])
        if "indicator" in self.fields:
            self.fields["indicator"].required = False  # clean() asks for it or its name
        self.indicators = self.indicators or Indicators()

    def clean(self):
        cleaned = super().clean()
        if {"indicator", "indicator_name"} <= set(cleaned):
            self._find_indicator(cleaned)
        return cleaned

    def _find_indicator(self, cleaned):
        """Takes the box if it was touched, else what the name means."""
        name = cleaned["indicator_name"]
        if cleaned["indicator"] and (not name or "indicator" in self.changed_data):
            return
        del cleaned["indicator"]
        if not name:
            self.add_error("indicator", self.fields["indicator"].error_messages["required"])
        elif indicator := self.indicators.named(name):
            cleaned["indicator"] = indicator
        else:
            self._ask(name, cleaned)

    def _ask(self, name, cleaned):
        """Offers what is like the name; takes the answer, if one to this very name was sent."""
        near = {str(indicator.pk): indicator for indicator in self.indicators.near(name)}
        choices = [(key, str(indicator)) for key, indicator in near.items()]
        if self.proposer is not None:
            text = (
                _("none of these: propose “%(name)s” as a new indicator")
                if near
                else _("propose “%(name)s” as a new indicator")
            )
            choices.append((f"{PROPOSE}{name}", text % {"name": name}))
        widget = AdminRadioSelect(attrs={"class": "radiolist"}, choices=choices)
        self.fields["meant"].widget = widget
        answer = cleaned.get("meant")
        if answer in near:
            cleaned["indicator"] = near[answer]
        elif answer in dict(choices):
            self._propose(name, cleaned.get("unit", ""))
        elif near:
            text = _("The register has no indicator “%(name)s”. Choose which one is meant.")
            self.add_error("meant", text % {"name": name})
        else:
            text = _("The register has no indicator “%(name)s”, and none like it.")
            self.add_error("meant" if choices else "indicator_name", text % {"name": name})

    def _propose(self, name, unit):
        self.proposed = Indicator(
            name=name,
            slug=free_slug(Indicator, slugify_vi(name)),
            unit=unit,
            proposed_by=self.proposer,
            proposed_at=timezone.now(),
        )
        try:
            self.proposed.full_clean()
        except ValidationError as wrong:
            self.add_error("indicator_name", wrong.messages)

    def save(self, commit=True):
        if self.proposed is not None:
            self.instance.indicator = self._saved_proposal()
        return super().save(commit)

    def _saved_proposal(self):
        """The new indicator; of two rows that propose the same, the first has made it."""
        known = self.indicators.named(self.proposed.name)
        if known is not None:
            return known
        self.proposed.slug = free_slug(Indicator, slugify_vi(self.proposed.name))
        self.proposed._history_user = self.proposer
        self.proposed.save()
        self.indicators.add(self.proposed)
        return self.proposed


def proposer_of(request):
    """The account, if its role may propose an indicator."""
    return request.user if roles.may_add(request.user, Indicator) else None


@admin.register(Figure)
class FigureAdmin(RecordAdmin):
    carried = OF_A_SESSION
    form = FigureForm
    list_display = (
        "code",
        "indicator",
        "as_said",
        "period",
        "province",
        "is_target",
        "shown_state",
        "updated",
    )
    list_display_links = ("code", "indicator")
    list_select_related = ("indicator", "province")
    list_filter = filters_of_records(
        ("indicator", UsedRelationFilter),
        ("province", UsedRelationFilter),
        "is_target",
        LatestMeetingsFilter,
        "source__rank",
    )
    search_fields = ("province__search", "meeting__search")
    autocomplete_fields = ("indicator", "meeting", "province", "source")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("indicator", "indicator_name", "province"),
                    "meant",
                    ("qualifier", "value", "unit", "is_target"),
                    ("period", "period_from", "period_to"),
                    "meeting",
                    "internal_note",
                )
            },
        ),
        PROOF,
    )

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, localized_fields=("value",), **kwargs)
        return type(form.__name__, (form,), {"proposer": proposer_of(request)})

    def matching(self, queryset, words):
        """Also by the indicator's name, which no column has folded, and by the code."""
        own = Q(indicator__in=indicators_named(words)) | Q(code=words.replace(" ", "-").upper())
        return super().matching(queryset, words) | queryset.filter(own)

    @admin.display(description=_("value"), ordering="value")
    def as_said(self, figure):
        return amount_of(figure)


def amount_of(figure):
    """The value as it was said: qualifier, number, unit."""
    value = localize(without_zeros(figure.value))
    return " ".join(part for part in (figure.qualifier, value, figure.unit) if part)


def without_zeros(value):
    """The number without the zeros that its column adds."""
    return value.normalize() + 0
