"""Models of the register, gathered for Django. The public reads editions alone."""

from engagements.desk.models import Digest
from engagements.edition.models import CodeCounter, Edition, EditionLink
from engagements.publication.models import Merge
from engagements.readers.models import Subscription, Tip
from engagements.reference import Indicator, Topic
from engagements.webhooks.models import Webhook
from engagements.workbooks.models import Workbook

from .answering import Answering
from .base import Evidenced, Publishable, State
from .figures import Figure, Remark
from .followups import Commitment, FollowUp, ProvinceRequest, Recommendation
from .link_checks import LinkCheck, LinkOutcome
from .meetings import Attendance, Meeting, MeetingState, Role, Side
from .readings import Maker, Proposal, ProposalState, Reading, RefusalReason, Verdict, Way
from .sources import Source, SourceKind, SourceRank
from .taken_up import TakenUpItem
from .updates import Basis, StatusUpdate, Voice

__all__ = [
    "Answering",
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
    "Maker",
    "Meeting",
    "MeetingState",
    "Merge",
    "Proposal",
    "ProposalState",
    "ProvinceRequest",
    "Publishable",
    "Reading",
    "Recommendation",
    "RefusalReason",
    "Remark",
    "Role",
    "Side",
    "Source",
    "SourceKind",
    "SourceRank",
    "State",
    "StatusUpdate",
    "Subscription",
    "TakenUpItem",
    "Tip",
    "Topic",
    "Verdict",
    "Voice",
    "Way",
    "Webhook",
    "Workbook",
]
