"""Serializers of payloads: the JSON of each kind, in the order in which a person would read it.

These serializers write the editions (publication/compose.py) and describe them in the API's schema;
they know no model. A payload holds paths, codes and what was said: no host, no label, no language.
What depends on today (`province.current`, `provinces`, `deadline`, `first_deadline`) stands in the
`…Shape` of its kind: it comes last and is added when it is read (`Reader.whole` in reading.py).

A new key is a new shape: see shapes.py. It is a column of CSV, workbooks and dumps by itself, and
its `help_text` says what it means in the API's description and in the data dictionary.
"""

from datetime import UTC

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from engagements import words


class Text(serializers.CharField):
    def __init__(self, **kwargs):
        super().__init__(allow_blank=True, trim_whitespace=False, **kwargs)


class Choice(serializers.ChoiceField):
    def to_representation(self, value):
        return str(value)


class Day(serializers.DateField):
    def __init__(self, **kwargs):
        super().__init__(allow_null=True, **kwargs)


class Moment(serializers.DateTimeField):
    def __init__(self, **kwargs):
        super().__init__(default_timezone=UTC, **kwargs)


class Named(serializers.Serializer):
    """A person, an organization or a measure."""

    slug = serializers.SlugField()
    name = Text()


class Speaker(Named):
    title = Text(help_text=_("The title of that day."))


class Evidence(serializers.Serializer):
    source = Text(allow_null=True, help_text=_("Code of the source."))
    paragraph = serializers.IntegerField(allow_null=True)
    quote = Text()
    is_inferred = serializers.BooleanField()
    inference = Text()


class MeetingLink(serializers.Serializer):
    slug = serializers.SlugField()
    title = Text()
    held_on = Day()
    path = Text()


class ItemLink(serializers.Serializer):
    code = Text()
    kind = Choice(choices=words.FOLLOW_UP_CHOICES)
    title = Text()
    path = Text()


class AskedAgain(ItemLink):
    """A later request that asks the same: what closed the earlier one before is no answer now."""

    asked_on = Day()


class TakenBack(serializers.Serializer):
    """The formal answer that ended an earlier one."""

    code = Text()
    path = Text()
    happened_on = Day()


class AnswerLink(serializers.Serializer):
    """A request or question that is answered, and whether the text says so."""

    kind = Text()
    code = Text()
    title = Text()
    path = Text()
    is_inferred = serializers.BooleanField(help_text=_("Concluded by us, not said in the text."))
    inference = Text()
    taken_back = TakenBack(allow_null=True)


class AnsweredBy(AnswerLink):
    strength = Text(help_text=_("Of a commitment; empty for anything else."))
    is_general = serializers.BooleanField()
    said_on = Day(help_text=_("Day of the session at which it was said."))


class Current(serializers.Serializer):
    slug = serializers.SlugField()
    name = Text()


class Place(serializers.Serializer):
    """The unit of that day and the one that carries it on today."""

    slug = serializers.SlugField()
    name = Text()
    current = Current(allow_null=True, help_text=_("Null where a split left several."))
    successors = Current(
        many=True, help_text=_("The other units that carry it on today: several after a split.")
    )


class Stamp(serializers.Serializer):
    edition = serializers.IntegerField(help_text=_("1, 2, 3… of this record."))
    cause = Choice(choices=words.Cause.choices)
    first_published_at = Moment()
    published_at = Moment()
    changed_at = Moment()


class AttendancePayload(serializers.Serializer):
    official = Named()
    title = Text()
    organization = Named(allow_null=True)
    side = Text()
    role = Text()
    evidence = Evidence()


class UpdateEntry(serializers.Serializer):
    code = Text()
    happened_on = Day()
    status = Text(help_text=_("Empty where it says nothing of the status."))
    completed_on = Day()
    answer = Text()
    response = Text()
    takes_back = Text(allow_null=True, help_text=_("Code of the answer that it ends."))
    passed_to = Named(allow_null=True)
    corrects = Text(allow_null=True, help_text=_("Code of the update that was wrong."))
    corrected_by = Text(allow_null=True, help_text=_("Code of the update that says so."))
    voice = Text()
    basis = Text()
    due_on = Day()
    due_text = Text()
    is_ongoing = serializers.BooleanField()
    next_step = Text()
    next_on = Day()
    next_by = Named(allow_null=True)
    text = Text()
    path = Text()
    evidence = Evidence()
    published_at = Moment()


class SourcePayload(serializers.Serializer):
    code = Text()
    kind = Text()
    type = Text()
    rank = serializers.IntegerField(help_text=_("1 is strongest."))
    title = Text()
    path = Text()
    publisher = Text()
    number = Text()
    issued_on = Day()
    url = Text()
    archived_url = Text()
    accessed_on = Day()
    sha256 = Text()
    note = Text()


class MeetingPayload(serializers.Serializer):
    code = Text()
    kind = Text()
    slug = serializers.SlugField()
    title = Text()
    path = Text()
    ministry = Named()
    on_behalf_of = Text()
    format = Text()
    state_of_it = Text()
    held_on = Day()
    planned_from = Day()
    planned_to = Day()
    planned_text = Text()
    place = Text()
    initiated_by = Text()
    follows = MeetingLink(allow_null=True)
    summary = Text()
    topics = serializers.ListField(child=Text())
    cited = serializers.ListField(child=Text(), help_text=_("Codes of sources spoken of."))
    answers = AnswerLink(many=True, help_text=_("What the session as a whole may answer."))
    attendances = AttendancePayload(many=True)
    evidence = Evidence()


# A follow-up's keys stand in the order of its bases: a client reads what was said, who does it,
# what its kind alone has, and how it is going. A key declared in one of them cannot be forgotten.


class FollowUpPayload(serializers.Serializer):
    code = Text()
    kind = Choice(choices=words.FOLLOW_UP_CHOICES)
    title = Text()
    detail = Text()
    path = Text()
    meeting = MeetingLink()
    raised_by = Speaker(allow_null=True)
    raised_by_text = Text()


class WhoDoesIt(serializers.Serializer):
    lead = Named(allow_null=True)
    supporting = Named(many=True)
    current_lead = Named(allow_null=True)
    topics = serializers.ListField(child=Text())
    is_general = serializers.BooleanField(
        help_text=_("Nobody could settle from papers whether it was done: no clock runs.")
    )


class HowItIsGoing(serializers.Serializer):
    status = Choice(choices=words.FollowUpStatus.choices)
    status_since = Day()
    status_proof = Choice(choices=words.StatusProof.choices)
    voices = Choice(choices=words.Voices.choices)
    due_on = Day(help_text=_("The day that counts now."))
    due_text = Text()
    is_ongoing = serializers.BooleanField(help_text=_("Whether it never ends: “thường xuyên”."))
    first_due_on = Day(help_text=_("As first promised, before any update moved it."))
    first_due_text = Text()
    first_is_ongoing = serializers.BooleanField()
    moves = serializers.IntegerField(help_text=_("How many updates gave another deadline."))
    completed_on = Day()
    last_checked_on = Day()
    completion_criteria = Text()
    updates = UpdateEntry(many=True)
    evidence = Evidence()


class AskedOf(serializers.Serializer):
    addressed_to = Named(allow_null=True)
    asks_again = ItemLink(allow_null=True)


class OfRequests(serializers.Serializer):
    answer = Choice(choices=words.Answer.choices)
    answered_by = AnsweredBy(many=True)
    asked_again = AskedAgain(many=True, help_text=_("Later requests that ask the same again."))


class RequestPayload(FollowUpPayload, AskedOf, WhoDoesIt, OfRequests, HowItIsGoing):
    pass


class OfCommitments(serializers.Serializer):
    strength = Choice(choices=words.Strength.choices)
    made_by = Choice(choices=words.MadeBy.choices)
    is_assigned = serializers.BooleanField(help_text=_("The text names a unit to do it."))
    supports = ItemLink(many=True, help_text=_("Advice that it helps to carry out."))
    answers = AnswerLink(many=True)


class CommitmentPayload(FollowUpPayload, WhoDoesIt, OfCommitments, HowItIsGoing):
    pass


class OfRecommendations(serializers.Serializer):
    response = Choice(choices=words.Response.choices)
    answers = AnswerLink(many=True)


class RecommendationPayload(FollowUpPayload, WhoDoesIt, OfRecommendations, HowItIsGoing):
    pass


class UpdatePayload(serializers.Serializer):
    code = Text()
    kind = Text()
    path = Text()
    follow_up = ItemLink()
    happened_on = Day()
    status = Text(help_text=_("Empty where it says nothing of the status."))
    completed_on = Day()
    answer = Text()
    response = Text()
    takes_back = Text(allow_null=True, help_text=_("Code of the answer that it ends."))
    passed_to = Named(allow_null=True)
    corrects = Text(allow_null=True, help_text=_("Code of the update that was wrong."))
    voice = Text()
    basis = Text()
    due_on = Day(help_text=_("The new due day, if it moved."))
    due_text = Text()
    is_ongoing = serializers.BooleanField()
    next_step = Text()
    next_on = Day()
    next_by = Named(allow_null=True)
    text = Text()
    evidence = Evidence()


class RemarkPayload(serializers.Serializer):
    code = Text()
    kind = Text()
    type = Text()
    text = Text()
    path = Text()
    meeting = MeetingLink()
    said_by = Speaker(allow_null=True)
    said_by_text = Text()
    answers = AnswerLink(many=True, help_text=_("Of an explanation: what it explains."))
    answered_by = AnsweredBy(many=True, help_text=_("Of a question."))
    evidence = Evidence()


class FigurePayload(serializers.Serializer):
    code = Text()
    kind = Text()
    path = Text()
    indicator = Named()
    period = Text()
    period_from = serializers.IntegerField(allow_null=True)
    period_to = serializers.IntegerField(allow_null=True)
    value = serializers.DecimalField(max_digits=20, decimal_places=4, normalize_output=True)
    qualifier = Text()
    unit = Text()
    is_target = serializers.BooleanField()
    meeting = MeetingLink(allow_null=True)
    evidence = Evidence()


# -- what a client reads: the payload, its stamp, and what depends on today


@extend_schema_serializer(component_name="Source")
class SourceShape(SourcePayload, Stamp):
    pass


@extend_schema_serializer(component_name="Meeting")
class MeetingShape(MeetingPayload, Stamp):
    provinces = Place(many=True)


@extend_schema_serializer(component_name="Request")
class RequestShape(RequestPayload, Stamp):
    province = Place()
    deadline = Choice(choices=words.Deadline.choices)
    first_deadline = Choice(choices=words.Deadline.choices)


@extend_schema_serializer(component_name="Commitment")
class CommitmentShape(CommitmentPayload, Stamp):
    province = Place()
    deadline = Choice(choices=words.Deadline.choices)
    first_deadline = Choice(choices=words.Deadline.choices)


@extend_schema_serializer(component_name="Recommendation")
class RecommendationShape(RecommendationPayload, Stamp):
    province = Place()
    deadline = Choice(choices=words.Deadline.choices)
    first_deadline = Choice(choices=words.Deadline.choices)


@extend_schema_serializer(component_name="Update")
class UpdateShape(UpdatePayload, Stamp):
    province = Place()


@extend_schema_serializer(component_name="Remark")
class RemarkShape(RemarkPayload, Stamp):
    province = Place()


@extend_schema_serializer(component_name="Figure")
class FigureShape(FigurePayload, Stamp):
    province = Place()
