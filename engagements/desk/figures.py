"""Screen of figures: numbers quoted at a session."""

from django.contrib import admin
from django.db.models import Q
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

from engagements.models import Figure

from .filters import LatestMeetingsFilter, filters_of_records
from .forms import RecordForm
from .lists import UsedRelationFilter
from .next_item import OF_A_SESSION
from .records import PROOF, RecordAdmin
from .reference import indicators_named


class FigureForm(RecordForm):
    """The value as people write it: 5,2 and not 5,2000."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.initial.get("value") is not None:
            self.initial["value"] = without_zeros(self.initial["value"])


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
                    ("indicator", "province"),
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
        return super().get_form(request, obj, change, localized_fields=("value",), **kwargs)

    def matching(self, queryset, words):
        """Also by the indicator's name, which no column has folded, and by the code."""
        own = Q(indicator__in=indicators_named(words)) | Q(code=words.replace(" ", "-").upper())
        return super().matching(queryset, words) | queryset.filter(own)

    @admin.display(description=_("value"), ordering="value")
    def as_said(self, figure):
        value = localize(without_zeros(figure.value))
        return " ".join(part for part in (figure.qualifier, value, figure.unit) if part)


def without_zeros(value):
    """The number without the zeros that its column adds."""
    return value.normalize() + 0
