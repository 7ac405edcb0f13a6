"""Screen of remarks: what was said and is not followed up."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from engagements.models import Remark

from .answering import ExplanationAnswersInline
from .filters import LatestMeetingsFilter, filters_of_records
from .lists import UsedRelationFilter
from .next_item import OF_A_SESSION
from .records import PROOF, RecordAdmin


@admin.register(Remark)
class RemarkAdmin(RecordAdmin):
    carried = OF_A_SESSION
    list_display = (
        "code",
        "beginning",
        "type",
        "province",
        "said_by",
        "shown_state",
        "updated",
    )
    list_display_links = ("code", "beginning")
    list_select_related = ("province", "said_by")
    list_filter = filters_of_records(
        "type",
        ("province", UsedRelationFilter),
        LatestMeetingsFilter,
        "source__rank",
    )
    autocomplete_fields = ("meeting", "province", "said_by", "source")
    inlines = (ExplanationAnswersInline,)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "type",
                    "text",
                    ("meeting", "province"),
                    ("said_by", "said_by_text"),
                    "internal_note",
                )
            },
        ),
        PROOF,
    )

    @admin.display(description=_("text"))
    def beginning(self, remark):
        return remark.text[:120]
