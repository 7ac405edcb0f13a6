"""The register: what staff work in. The public reads editions (engagements.edition) alone."""

from engagements.edition.models import (  # the app's other half, found by Django here
    CodeCounter,
    Edition,
    EditionLink,
)
from engagements.readers.hooks import Webhook
from engagements.readers.models import Subscription, Tip

from .base import Evidenced, Publishable, State, Topic
from .desk import Digest, LinkCheck, LinkOutcome, Merge, ReviewedItem, Workbook
from .figures import Figure, Indicator, Remark
from .followups import (
    Basis,
    Commitment,
    FollowUp,
    ProvinceRequest,
    Recommendation,
    StatusUpdate,
    Voice,
)
from .meetings import Attendance, Meeting, MeetingState, Role, Side
from .sources import Source, SourceKind, SourceRank

RECORDS = (
    Source,
    Meeting,
    ProvinceRequest,
    Commitment,
    Recommendation,
    Remark,
    Figure,
    StatusUpdate,
)

__all__ = [
    "RECORDS",
    "Attendance",
    "Basis",
    "CodeCounter",
    "Commitment",
    "Digest",
    "Edition",
    "EditionLink",
    "Evidenced",
    "Figure",
    "FollowUp",
    "Indicator",
    "LinkCheck",
    "LinkOutcome",
    "Meeting",
    "MeetingState",
    "Merge",
    "ProvinceRequest",
    "Publishable",
    "Recommendation",
    "Remark",
    "ReviewedItem",
    "Role",
    "Side",
    "Source",
    "SourceKind",
    "SourceRank",
    "State",
    "StatusUpdate",
    "Subscription",
    "Tip",
    "Topic",
    "Voice",
    "Webhook",
    "Workbook",
]
