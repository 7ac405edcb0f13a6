"""Filters (django-filter): one FilterSet a kind, for pages, API, feeds and exports alike.

A new filter shows its box on the pages of its kind by itself (filter_forms.py has the order, and
the few without a box); its words for API clients stand in api/schema.py. On the page of a province
filters are facets, which are counted: pages/facets.py.
"""

import re
from datetime import date, datetime, time

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError as BadRequest

from engagements.deadlines import midnight
from engagements.reference import Indicator, Topic
from engagements.words import (
    FOLLOW_UP_CHOICES,
    Answer,
    Claim,
    Deadline,
    FollowUpStatus,
    Kind,
    MeetingState,
    RemarkKind,
    SourceKind,
    StatusProof,
    Strength,
    Voices,
)
from provinces.models import Atlas, Province
from provinces.vietnamese import cleaned, fold

from .models import Edition, MeetingEdition
from .reading import public_officials, public_organizations

NEWS_KINDS = (Kind.UPDATE, Kind.MEETING)

TRACKING = re.compile(r"utm_\w+|fbclid|gclid|zarsrc|mc_[ce]id|_ga", re.ASCII)
PAGE_PARAMETERS = frozenset({"page"})
Q_CHARACTERS, Q_WORDS = 200, 8
FIRST_DAY, LAST_DAY = date(1945, 1, 1), date(2100, 12, 31)
YEAR = re.compile(r"[0-9]{4}")
INSTANT = re.compile(r"\s*\d{4}-\d\d-\d\d[Tt]", re.ASCII)
YEAR_SHAPE = {"type": "integer", "minimum": FIRST_DAY.year, "maximum": LAST_DAY.year}


class StrictForm(forms.Form):
    """Refuses unknown parameters and those given twice: a misspelt filter must not find all."""

    beside = PAGE_PARAMETERS

    def clean(self):
        known = self.beside | set(self.fields)
        on_a_page = self.beside >= PAGE_PARAMETERS
        for name in self.data:
            if name not in known and not (on_a_page and TRACKING.fullmatch(name)):
                self.add_error(
                    None,
                    ValidationError(
                        _("Unknown parameter: %(name)s"), code="unknown", params={"name": name[:40]}
                    ),
                )
        get_all = getattr(self.data, "getlist", lambda name: [])
        for name, field in self.fields.items():
            several = isinstance(field, forms.MultipleChoiceField)
            if not several and len(get_all(name)) > 1:
                self.add_error(name, ValidationError(_("Given more than once."), code="repeated"))
            elif not on_a_page and "" in get_all(name):
                # A program that lost its value must not be given everything.
                self.add_error(name, ValidationError(_("Given without a value."), code="empty"))
        return self.cleaned_data


class DayFilter(django_filters.DateFilter):
    """A day between 1945 and 2100, as dd/mm/yyyy or as ISO writes it."""

    def __init__(self, **kwargs):
        super().__init__(
            input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"],
            validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)],
            widget=forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "dd/mm/yyyy"}),
            **kwargs,
        )


class MomentField(forms.DateField):
    """A day, or an instant with its zone as RFC 3339 writes it: a date or an aware datetime."""

    default_error_messages = {
        "zone": _("An instant needs its zone, as in 2026-01-31T08:00:00+07:00."),
    }

    def to_python(self, value):
        if not (isinstance(value, str) and INSTANT.match(value)):
            return super().to_python(value)
        try:
            # A plus sign that was not escaped in an address arrives as a space.
            instant = datetime.fromisoformat(re.sub(r" (?=\d\d:\d\d$)", "+", value.strip().upper()))
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        if instant.tzinfo is None:
            raise ValidationError(self.error_messages["zone"], code="zone")
        return instant

    def run_validators(self, value):
        super().run_validators(value.date() if isinstance(value, datetime) else value)


@extend_schema_field({"type": "string"})
class MomentFilter(DayFilter):
    """A day, as DayFilter takes it, or an instant with its zone."""

    field_class = MomentField


def refuse_future(day):
    if day > timezone.localdate():
        raise ValidationError(_("This day has not come yet."), code="future")


AS_OF = DayFilter(label=_("As it stood on"), method="filter_as_of")
AS_OF.extra["validators"].append(refuse_future)


def instant_asked(data):
    """The end of the day whose state `as_of` asks for; None for now, and where it is no day.

    What the public could read is chosen before any filter; the form says what is wrong with a day.
    """
    try:
        day = AS_OF.field.clean(data.get("as_of"))
    except ValidationError:
        return None
    if day is None:
        return None
    return datetime.combine(day, time.max, timezone.get_current_timezone())


def first_instant(moment):
    """The instant itself, or that at which the day begins."""
    return moment if isinstance(moment, datetime) else midnight(moment)


def check_year(text):
    """A whole number as people write a year: not 02024, not 2e3, not ２０２４."""
    if not YEAR.fullmatch(text) or not FIRST_DAY.year <= int(text) <= LAST_DAY.year:
        raise ValidationError(_("A year between 1945 and 2100."), code="year")


class YearFilter(django_filters.CharFilter):
    """A year of the day that a list runs by."""

    def __init__(self, **kwargs):
        super().__init__(
            validators=[check_year],
            widget=forms.TextInput(attrs={"inputmode": "numeric"}),
            **kwargs,
        )

    def filter(self, qs, value):
        if not value:
            return qs
        year = int(value)
        return qs.filter(day__gte=date(year, 1, 1), day__lte=date(year, 12, 31))


def check_query(text):
    if len(fold(text).split()) > Q_WORDS:
        raise ValidationError(_("At most 8 words."), code="words")


class QueryField(forms.CharField):
    """What is searched for: pasted as it comes, hidden characters and all."""

    def __init__(self, **kwargs):
        super().__init__(max_length=Q_CHARACTERS, validators=[check_query], **kwargs)

    def to_python(self, value):
        return super().to_python(cleaned(value) if isinstance(value, str) else value)


class QueryFilter(django_filters.CharFilter):
    field_class = QueryField


class EditionFilter(django_filters.FilterSet):
    """What every kind can be asked."""

    q = QueryFilter(
        label=_("Search"),
        method="filter_q",
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    class Meta:
        model = Edition
        fields = ()  # nothing is filterable by accident
        form = StrictForm

    def __init__(self, *args, beside=PAGE_PARAMETERS, **kwargs):
        super().__init__(*args, **kwargs)
        self.beside = frozenset(beside)

    @property
    def form(self):
        form = super().form
        form.beside = self.beside
        return form

    def filter_q(self, queryset, name, value):
        return queryset.matching(value)

    def filter_as_of(self, queryset, name, value):
        return queryset  # which editions these are was chosen before (instant_asked)

    def on(self):
        """The local day for which deadlines are told."""
        return self.form.cleaned_data.get("as_of") or timezone.localdate()

    def filter_updated_since(self, queryset, name, value):
        return queryset.changed_since(first_instant(value))


class _SlugFilter(django_filters.ModelChoiceFilter):
    """The rows are given, or by a function of the instant that `as_of` asks for."""

    def get_queryset(self, request):
        rows = self.queryset
        return rows(instant_asked(self.parent.data or {})) if callable(rows) else rows.all()


def _slug_filter(queryset, label, **kwargs):
    """A choice among rows by their slug; an unknown one is an error, drafts' included."""
    kwargs.setdefault("to_field_name", "slug")
    return extend_schema_field(OpenApiTypes.STR)(
        _SlugFilter(queryset=queryset, label=label, **kwargs)
    )


class DayRangeFilter(EditionFilter):
    """Kinds that have a day, the day that their list runs by."""

    # `from` is a keyword of Python's, so the namespace of the class is given it by name.
    locals()["from"] = DayFilter(field_name="day", lookup_expr="gte", label=_("From day"))
    to = DayFilter(field_name="day", lookup_expr="lte", label=_("To day"))
    year = extend_schema_field(YEAR_SHAPE)(YearFilter(field_name="day", label=_("Year")))
    updated_since = MomentFilter(label=_("Updated since"), method="filter_updated_since")
    as_of = AS_OF


class ProvinceFilter(DayRangeFilter):
    """Kinds that are about a province."""

    province = _slug_filter(Province.objects.all(), _("Province"), method="filter_province")
    lineage = django_filters.ChoiceFilter(
        label=_("Its predecessors"),
        choices=[("true", _("with them")), ("false", _("that unit alone"))],
        method="filter_lineage",
    )
    meeting = _slug_filter(
        lambda instant: MeetingEdition.objects.public(instant),
        _("Meeting"),
        to_field_name="code",
        method="filter_meeting",
    )
    official = _slug_filter(public_officials, _("Official"), method="filter_official")
    inferred = django_filters.ChoiceFilter(
        label=_("Inferred"),
        choices=[
            ("any", _("Something is inferred")),
            ("none", _("Nothing is inferred")),
            *Claim.choices,
        ],
        method="filter_inferred",
    )

    def filter_inferred(self, queryset, name, value):
        return queryset.with_inference(value)

    def filter_province(self, queryset, name, value):
        return queryset.about(value, Atlas(), lineage=self.with_lineage())

    def with_lineage(self):
        """Whether a unit's predecessors are meant too; they are unless the visitor says no."""
        return self.form.cleaned_data.get("lineage") != "false"

    def filter_lineage(self, queryset, name, value):
        return queryset  # says how `province` is meant

    def filter_meeting(self, queryset, name, value):
        return queryset.filter(meeting=value.code)

    def filter_official(self, queryset, name, value):
        return queryset.naming(value)


class TopicFilter(django_filters.FilterSet):
    topic = _slug_filter(Topic.objects.all(), _("Topic"), method="filter_topic")

    def filter_topic(self, queryset, name, value):
        return queryset.with_topic(value.slug)


class StatusFilter(django_filters.FilterSet):
    status = django_filters.MultipleChoiceFilter(
        label=_("Status"), choices=FollowUpStatus.choices, method="filter_status"
    )

    def filter_status(self, queryset, name, value):
        return queryset.filter(status__in=value) if value else queryset


class FollowUpFilter(StatusFilter, TopicFilter, ProvinceFilter):
    """What requests, commitments and recommendations can be asked."""

    deadline = django_filters.ChoiceFilter(
        label=_("Deadline"), choices=Deadline.choices, method="filter_deadline"
    )
    first_deadline = django_filters.ChoiceFilter(
        label=_("Against the first deadline"),
        choices=Deadline.choices,
        method="filter_first_deadline",
    )
    status_proof = django_filters.ChoiceFilter(
        field_name="status_proof", label=_("By whose word"), choices=StatusProof.choices
    )
    voices = django_filters.ChoiceFilter(
        field_name="voices", label=_("Whether voices agree"), choices=Voices.choices
    )
    general = django_filters.ChoiceFilter(
        label=_("General or not"),
        choices=[("true", _("General items alone")), ("false", _("Without general items"))],
        method="filter_general",
    )
    lead = _slug_filter(public_organizations, _("Lead organization"), field_name="lead")
    ministry = _slug_filter(public_organizations, _("Ministry"), field_name="ministry")

    def filter_general(self, queryset, name, value):
        return queryset.filter(is_general=value == "true")

    def filter_deadline(self, queryset, name, value):
        return queryset.with_deadline(value, on=self.on())

    def filter_first_deadline(self, queryset, name, value):
        return queryset.with_deadline(value, on=self.on(), first=True)


class RequestFilter(FollowUpFilter):
    answer = django_filters.MultipleChoiceFilter(
        label=_("Answer"), choices=Answer.choices, method="filter_answer"
    )

    def filter_answer(self, queryset, name, value):
        return queryset.filter(answer__in=value) if value else queryset


class CommitmentFilter(FollowUpFilter):
    strength = django_filters.ChoiceFilter(
        field_name="strength", label=_("Strength"), choices=Strength.choices
    )


class RecommendationFilter(FollowUpFilter):
    pass


class AnyFollowUpFilter(FollowUpFilter):
    """The three kinds together."""

    kind = django_filters.ChoiceFilter(
        field_name="kind", label=_("Kind"), choices=FOLLOW_UP_CHOICES
    )


class MeetingFilter(TopicFilter, ProvinceFilter):
    type = django_filters.ChoiceFilter(
        field_name="type", label=_("Held or not"), choices=MeetingState.choices
    )
    ministry = _slug_filter(public_organizations, _("Ministry"), field_name="ministry")
    meeting = None

    def filter_province(self, queryset, name, value):
        return queryset.in_place(value, Atlas(), lineage=self.with_lineage())


class UpdateFilter(StatusFilter, ProvinceFilter):
    meeting = None
    official = None


class RemarkFilter(ProvinceFilter):
    type = django_filters.ChoiceFilter(
        field_name="type", label=_("Kind"), choices=RemarkKind.choices
    )


class FigureFilter(ProvinceFilter):
    indicator = _slug_filter(Indicator.objects.public(), _("Indicator"), method="filter_indicator")
    official = None

    def filter_indicator(self, queryset, name, value):
        return queryset.filter(type=value.slug)


class SourceFilter(DayRangeFilter):
    type = django_filters.ChoiceFilter(
        field_name="type", label=_("Kind"), choices=SourceKind.choices
    )


class ProvinceItemFilter(AnyFollowUpFilter):
    """What the page of a province can be asked, whose place is given."""

    province = meeting = ministry = as_of = None  # the page tells more than its items

    def __init__(self, *args, place, atlas, **kwargs):
        super().__init__(*args, **kwargs)
        self.place, self.atlas = place, atlas

    def here(self):
        """The items of the place, before any other filter."""
        asked = self.form.cleaned_data if self.is_bound and self.is_valid() else {}
        lineage = asked.get("lineage") != "false"
        return self.queryset.all().about(self.place, self.atlas, lineage=lineage)

    def filter_queryset(self, queryset):
        return super().filter_queryset(self.here())

    def but_for(self, name):
        """The items under every filter but that one: what its choices are counted among."""
        items = self.here()
        asked = self.form.cleaned_data if self.is_bound and self.is_valid() else {}
        for other, value in asked.items():
            if other != name:
                items = self.filters[other].filter(items, value)
        return items


class LatestFilter(TopicFilter, DayRangeFilter):
    """What the list of all news can be asked; an update has no topic or ministry of its own."""

    as_of = None  # news of a day long past
    kind = django_filters.ChoiceFilter(
        field_name="kind",
        label=_("Kind"),
        choices=[*FOLLOW_UP_CHOICES, *((kind.value, kind.label) for kind in NEWS_KINDS)],
    )
    province = _slug_filter(Province.objects.all(), _("Province"), method="filter_province")
    ministry = _slug_filter(public_organizations, _("Ministry"), field_name="ministry")

    def filter_province(self, queryset, name, value):
        return queryset.in_place(value, Atlas())


FILTERS = {
    Kind.SOURCE: SourceFilter,
    Kind.MEETING: MeetingFilter,
    Kind.REQUEST: RequestFilter,
    Kind.COMMITMENT: CommitmentFilter,
    Kind.RECOMMENDATION: RecommendationFilter,
    Kind.UPDATE: UpdateFilter,
    Kind.REMARK: RemarkFilter,
    Kind.FIGURE: FigureFilter,
}


class APIFilterBackend(DjangoFilterBackend):
    """The same classes behind the API, where paging has other names and tracking none."""

    parameters = frozenset({"cursor", "page_size", "format", "fields"})

    def get_filterset_kwargs(self, request, queryset, view):
        kwargs = super().get_filterset_kwargs(request, queryset, view)
        return kwargs | {"beside": self.parameters}

    def filter_queryset(self, request, queryset, view):
        """Raises REST framework's ValidationError with each message under its parameter's name."""
        filterset = self.get_filterset(request, queryset, view)
        if filterset.is_valid():
            return filterset.qs
        messages = {}
        for name, errors in filterset.errors.as_data().items():
            for error in errors:
                unknown = error.code == "unknown"  # no field of the form has it
                messages.setdefault(error.params["name"] if unknown else name, []).extend(error)
        raise BadRequest(messages)
