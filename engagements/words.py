"""Choices of the register (closed lists, Django TextChoices) and the rules that go with them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    SOURCE = "source", _("Source")
    MEETING = "meeting", _("Meeting")
    REQUEST = "request", _("Request")
    COMMITMENT = "commitment", _("Commitment")
    RECOMMENDATION = "recommendation", _("Recommendation")
    UPDATE = "update", _("Update")
    REMARK = "remark", _("Remark")
    FIGURE = "figure", _("Figure")


class ProposalKind(models.TextChoices):
    """What a proposal of the reader becomes when a person accepts it."""

    MEETING = "meeting", _("Field of the session")
    ATTENDANCE = "attendance", _("Attendance")
    REQUEST = "request", _("Request")
    COMMITMENT = "commitment", _("Commitment")
    RECOMMENDATION = "recommendation", _("Recommendation")
    REMARK = "remark", _("Remark")
    FIGURE = "figure", _("Figure")
    UPDATE = "update", _("Update")


FOLLOW_UPS = (Kind.REQUEST, Kind.COMMITMENT, Kind.RECOMMENDATION)
FOLLOW_UP_CHOICES = [(kind.value, kind.label) for kind in FOLLOW_UPS]


class Cause(models.TextChoices):
    """Why an edition was issued."""

    EDITED = "edited", _("Edited")
    NEWS = "news", _("News")
    LINKS = "links", _("Names or links moved")


class FollowUpStatus(models.TextChoices):
    """Where the work stands; set by a person through a published update."""

    UNKNOWN = "unknown", _("No information yet")
    NOT_STARTED = "not_started", _("Not started")
    IN_PROGRESS = "in_progress", _("In progress")
    PARTLY_DONE = "partly_done", _("Partly done")
    DONE = "done", _("Done")
    PAUSED = "paused", _("Paused")
    DROPPED = "dropped", _("Not to be done")
    TRANSFERRED = "transferred", _("Transferred to another body")


RUNNING = (FollowUpStatus.NOT_STARTED, FollowUpStatus.IN_PROGRESS, FollowUpStatus.PARTLY_DONE)
STOPPED = (FollowUpStatus.PAUSED, FollowUpStatus.DROPPED, FollowUpStatus.TRANSFERRED)
# Nothing more is asked about these; what is paused still waits at the table.
CLOSED = (FollowUpStatus.DONE, FollowUpStatus.DROPPED, FollowUpStatus.TRANSFERRED)


class Strength(models.TextChoices):
    """How firmly something was promised."""

    EXPLICIT = "explicit", _("Explicit promise")
    OFFER = "offer", _("Offer")
    IMPLIED = "implied", _("Implied")


class MadeBy(models.TextChoices):
    """Which side owes a commitment."""

    MINISTRY = "ministry", _("The ministry")
    JOINTLY = "jointly", _("Both sides together")


class Response(models.TextChoices):
    """What became of advice."""

    NONE_YET = "none_yet", _("Nothing heard yet")
    TAKEN_UP = "taken_up", _("Taken up")
    IN_PART = "in_part", _("Taken up in part")
    NOT_TAKEN_UP = "not_taken_up", _("Not taken up")


class Answer(models.TextChoices):
    """What a request was answered with, strongest first."""

    PROMISED = "promised", _("Promised")
    OFFERED = "offered", _("Offered")
    ADVISED = "advised", _("Advised")
    EXPLAINED = "explained", _("Explained")
    PASSED_ON = "passed_on", _("Passed on")
    DECLINED = "declined", _("Declined")
    POSSIBLY = "possibly_answered", _("Possibly answered, inferred")
    UNANSWERED = "unanswered", _("No answer recorded")


# What a request was answered with for good: no clock runs, though it may count as not met.
CLOSING_ANSWERS = (Answer.EXPLAINED, Answer.PASSED_ON, Answer.DECLINED)


class Deadline(models.TextChoices):
    """How a follow-up stands to its due day; computed for a day, never stored."""

    NONE = "none", _("No deadline")
    WORDS_ONLY = "words_only", _("Due, day not known")
    ONGOING = "ongoing", _("Ongoing")
    IN_TIME = "in_time", _("In time")
    DUE_SOON = "due_soon", _("Due soon")
    OVERDUE = "overdue", _("Overdue")
    PAST_UNKNOWN = "past_unknown", _("Past its day, no information")
    ON_TIME = "on_time", _("Done on time")
    LATE = "late", _("Done late")
    DONE_UNDATED = "done_undated", _("Done, day not known")
    CLOSED = "closed", _("No clock runs")

    @property
    def is_shown(self):
        """Whether a tag shows it: where no clock runs, or none was given, the status says it."""
        return self not in (Deadline.NONE, Deadline.CLOSED)


class SourceKind(models.TextChoices):
    PRESS_ARTICLE = "press_article", _("Press article")
    MINISTRY_NEWS = "ministry_news", _("News of a ministry or province")
    MINUTES = "minutes", _("Minutes")
    CONCLUSION_NOTICE = "conclusion_notice", _("Conclusion notice")
    OFFICIAL_LETTER = "official_letter", _("Official letter")
    LEGAL_ACT = "legal_act", _("Legal act")
    OTHER = "other", _("Other")


class SourceRank(models.IntegerChoices):
    """How strong a proof is; 1 is strongest."""

    OFFICIAL = 1, _("Official act or conclusion")
    MINUTES = 2, _("Minutes")
    AGENCY = 3, _("A body's own news")
    PRESS = 4, _("Press")
    OTHER = 5, _("Other")


class OnBehalfOf(models.TextChoices):
    MINISTRY = "ministry", _("the ministry")
    GOVERNMENT = "government", _("the Government")


class MeetingFormat(models.TextChoices):
    SESSION = "session", _("Working session")
    FIELD_VISIT = "field_visit", _("Field visit")
    CONFERENCE = "conference", _("Conference")
    EXCHANGE = "exchange", _("Exchange of letters")


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    HELD = "held", _("Held")
    CANCELLED = "cancelled", _("Cancelled")
    UNKNOWN = "unknown", _("Not known whether held")


class Side(models.TextChoices):
    MINISTRY = "ministry", _("Ministry")
    PROVINCE = "province", _("Province")
    OTHER = "other", _("Other")


class InitiatedBy(models.TextChoices):
    MINISTRY = "ministry", _("Ministry")
    PROVINCE = "province", _("Province")
    BOTH = "both", _("Both")


class Role(models.TextChoices):
    CO_CHAIR = "co_chair", _("co-chair")
    CHAIR = "chair", _("chair")
    SPOKE = "spoke", _("spoke")
    ATTENDED = "attended", _("attended")


class Voice(models.TextChoices):
    MINISTRY = "ministry", _("Ministry")
    PROVINCE = "province", _("Province")
    INDEPENDENT = "independent", _("Independent")
    OTHER = "other", _("Somebody else")


class StatusProof(models.TextChoices):
    """By whose word the status stands: claimed is not confirmed."""

    NONE = "none", _("Nothing reported")
    REPORTED = "reported", _("Reported by who owes it")
    CONFIRMED = "confirmed", _("Confirmed")
    DISPUTED = "disputed", _("Disputed")


class Voices(models.TextChoices):
    """Whether those who were heard say the same."""

    NONE = "none", _("Nobody heard yet")
    SINGLE = "single", _("One voice alone")
    AGREE = "agree", _("All say the same")
    DIFFER = "differ", _("They say different things")


class Claim(models.TextChoices):
    """What of a record is inferred: concluded by us, not said in the text."""

    LINK = "link", _("What it answers, or what answers it")
    OTHER = "other", _("Something it says")


class Basis(models.TextChoices):
    SOURCE = "source", _("a source")
    STAFF = "staff", _("what staff know")


class UpdateAnswer(models.TextChoices):
    EXPLAINED = "explained", _("Explained")
    PASSED_ON = "passed_on", _("Passed on")
    DECLINED = "declined", _("Declined")


class RemarkKind(models.TextChoices):
    QUESTION = "question", _("Question")
    EXPLANATION = "explanation", _("Explanation")
    DIFFICULTY = "difficulty", _("Difficulty")
    ADVANTAGE = "advantage", _("Advantage")
    ASSESSMENT = "assessment", _("Assessment")
    INTENTION = "intention", _("The province's own intention")
    TARGET = "target", _("Target")
    OTHER = "other", _("Other")
