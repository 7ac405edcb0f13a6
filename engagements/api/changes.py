"""Change log of the API (`changes/`): a mark and what came after it, to keep a copy in step."""

from django.core.exceptions import ValidationError as Refused
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from engagements.edition.changes import MERGEABLE, ChangePage, page_after
from engagements.edition.filters import MomentFilter, first_instant
from engagements.edition.http import ConditionalGetMixin
from engagements.edition.models import Edition
from engagements.words import Cause, Kind

from .base import PAGE_SIZE_PARAMETER, Public, allow_parameters, page_size, problem_responses

LARGEST_MARK = 9_223_372_036_854_775_807  # of a database's big integer


class ChangeShape(serializers.Serializer):
    """One edition, or the tombstone of a record that was withdrawn or merged into another."""

    sequence = serializers.IntegerField()
    kind = serializers.ChoiceField(
        choices=[*Kind.choices, *((name, name.title()) for name in MERGEABLE)]
    )
    code = serializers.CharField()
    state = serializers.ChoiceField(
        choices=[
            ("current", "what the public reads now: keep its record"),
            ("superseded", "a later edition comes: pass over it"),
            ("withdrawn", "taken back: delete what you have under this kind and code"),
            ("merged", "an official or organization that `into` stands for; `code` is its slug"),
        ]
    )
    cause = serializers.ChoiceField(
        choices=Cause.choices,
        allow_null=True,
        help_text="Why the edition was issued; null where one was merged into another.",
    )
    at = serializers.DateTimeField(help_text="When it became public, or was withdrawn.")
    record = serializers.DictField(allow_null=True, help_text="As in the list of its kind.")
    into = serializers.CharField(allow_null=True, help_text="Slug; null unless it was merged.")


class ChangesShape(serializers.Serializer):
    after = serializers.IntegerField(help_text="The mark for the next call.")
    next = serializers.CharField(
        allow_null=True, help_text="Where to go on at once; null when you have read all there is."
    )
    results = ChangeShape(many=True)


def mark_asked(request):
    """The sequence after which a client asks, by `after` or by the moment of `updated_since`.

    Raises ValidationError.
    """
    moment = request.query_params.get("updated_since")
    text = request.query_params.get("after", "0")
    if moment is not None:
        if "after" in request.query_params:
            raise ValidationError({"updated_since": [_("Give this or a mark, not both.")]})
        return Edition.objects.last_before(_instant_of(moment))
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= LARGEST_MARK):
        raise ValidationError({"after": [_("A whole number: the mark of your last call.")]})
    return int(text)


def _instant_of(moment):
    try:
        return first_instant(MomentFilter().field.clean(moment))
    except Refused as error:
        raise ValidationError({"updated_since": error.messages}) from error


class Changes(ConditionalGetMixin, Public, APIView):
    """Every edition published, superseded or withdrawn after a mark, in rising order."""

    @extend_schema(
        operation_id="changes",
        summary="Everything that became public, was replaced or withdrawn, after a mark",
        parameters=[
            OpenApiParameter(
                "after",
                {"type": "integer", "minimum": 0, "maximum": LARGEST_MARK},
                description="0, or the `after` of the last answer.",
            ),
            OpenApiParameter("updated_since", {"type": "string"}),
            PAGE_SIZE_PARAMETER,
        ],
        responses={200: ChangesShape, **problem_responses(400, 406)},
    )
    def get(self, request):
        allow_parameters(request, "after", "updated_since", "page_size")
        after, size = mark_asked(request), page_size(request, default=200)
        rows, has_more = page_after(after, size)
        if not rows and after > ((Edition.objects.last_act() or {}).get("sequence", 0)):
            # Of another register, or of this one before it was put back to an earlier state.
            raise ValidationError({"after": [_("This mark was never given: begin again from 0.")]})
        last = rows[-1].sequence if rows else after
        query = f"?after={last}" + (f"&page_size={size}" if "page_size" in request.GET else "")
        following = reverse("api-changes") + query if has_more else None
        headers = {"Link": f'<{following}>; rel="next"'} if following else None
        return Response(ChangePage(rows, after, last, following), headers=headers)
