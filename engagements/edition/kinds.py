"""Kinds of record as they are read: names, title, address and words of each, one class a kind.

The twin of publication/kinds.py, which says what a kind is in the register. Whatever differs from
kind to kind when an edition is read is asked here: `KINDS[edition.kind]`.
"""

from datetime import datetime

from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext_lazy as _

from engagements import words
from engagements.statuses import said_in
from engagements.words import Kind, MadeBy, StatusProof

from . import payloads
from .text import plain_line


class ReadKind:
    """One kind of record: what a reader is told of an edition of it.

    `data` is the payload of an edition as Python values.
    """

    kind = None
    singular = plural = ""  # in addresses of the API; the tables of open data
    heading = ""  # of its list
    prefix = ""  # of its codes; a session's code is its slug
    path = ""  # where its pages are; "" if it stands on the page of another record
    payload = None  # serializer of what an edition stores
    shape = None  # serializer of what a client reads: with what depends on today
    searched = ()  # keys whose words fill the search column, in the order a reader meets them
    passages = ()  # keys whose words a search shows beside the title, the likeliest first

    @property
    def has_page(self):
        return bool(self.path)

    def title(self, data):
        """What the record is called where its code stands beside it."""
        return data["title"]

    def headline(self, data):
        """What the record is called in news: feeds, calendars, e-mails."""
        return plain_line(f"{data['code']} · {self.title(data)}")

    def facts(self, edition):
        """What stands about it, in the language of the page: words, some of them empty."""
        return []

    def href(self, data, province=None):
        """Its page in the language of the address; `province` is its own where it has no page.

        A remark or a figure stands on its session's, a figure of no session on its province's.
        """
        if data["path"]:
            return reverse("home").rstrip("/") + data["path"]
        return province.get_absolute_url()

    def search_words(self, data):
        """Texts for the search column: the code, then what `searched` names."""
        return [data["code"], *(words_at(data, key) for key in self.searched)]

    def shown_words(self, data):
        """Passages of the record that a search may show, without what its title says."""
        title = self.title(data)
        texts = (words_at(data, key) for key in self.passages)
        return [text for text in texts if text and text != title]


def words_at(data, key):
    """The words under a key of a payload: a text, the name of a link, names of attendances."""
    if key == "quote":
        return (data["evidence"] or {}).get("quote", "")
    if key == "attendances":
        return ", ".join(seat["official"]["name"] for seat in data["attendances"])
    value = data.get(key) or ""
    return value["name"] if isinstance(value, dict) else value


class SourceRead(ReadKind):
    kind, singular, plural, heading = Kind.SOURCE, "source", "sources", _("Sources")
    prefix, path = "NG", "/nguon/"
    payload, shape = payloads.SourcePayload, payloads.SourceShape
    searched = ("title", "publisher", "number", "note")
    passages = ("publisher", "number", "note")

    def facts(self, edition):
        return [words.SourceKind(edition.type).label, edition.data["publisher"]]


class MeetingRead(ReadKind):
    kind, singular, plural, heading = Kind.MEETING, "meeting", "meetings", _("Meetings")
    path = "/buoi-lam-viec/"
    payload, shape = payloads.MeetingPayload, payloads.MeetingShape
    searched = ("title", "summary", "place", "ministry", "attendances", "quote")
    passages = ("summary", "quote", "attendances", "ministry", "place")

    def headline(self, data):
        return plain_line(data["title"])  # its code is its address, which tells a reader nothing

    def facts(self, edition):
        data = edition.data
        return [words.MeetingState(edition.type).label, self.when(data), data["ministry"]["name"]]

    def when(self, data):
        """The day of a session, or the time planned for it, in words and as a window."""
        if data["held_on"]:
            return date_format(datetime.fromisoformat(data["held_on"]))
        window = dict.fromkeys(day for day in (data["planned_from"], data["planned_to"]) if day)
        days = "–".join(date_format(datetime.fromisoformat(day)) for day in window)
        words = f"{data['planned_text']} ({days})" if data["planned_text"] else days
        return _("planned for %(time)s") % {"time": words}


class FollowUpRead(ReadKind):
    """What requests, commitments and recommendations have in common."""

    searched = ("title", "detail", "raised_by_text", "raised_by", "lead", "quote")
    passages = ("detail", "quote", "raised_by", "lead", "raised_by_text")

    def facts(self, edition):
        due = date_format(edition.due_on) if edition.due_on else edition.deadline_words()
        return [
            _("Status: %(status)s") % {"status": edition.status_words()},
            edition.status_proof != StatusProof.NONE and edition.get_status_proof_display(),
            edition.answer_words(),
            edition.strength and edition.get_strength_display(),
            edition.data.get("made_by") == MadeBy.JOINTLY and MadeBy.JOINTLY.label,
            due and _("due %(day)s") % {"day": due},
        ]


class RequestRead(FollowUpRead):
    kind, singular, plural, heading = Kind.REQUEST, "request", "requests", _("Requests")
    prefix, path = "KN", "/kien-nghi/"
    payload, shape = payloads.RequestPayload, payloads.RequestShape
    searched = ("title", "detail", "raised_by_text", "raised_by", "lead", "addressed_to", "quote")
    passages = ("detail", "quote", "raised_by", "addressed_to", "lead", "raised_by_text")


class CommitmentRead(FollowUpRead):
    kind, singular, plural = Kind.COMMITMENT, "commitment", "commitments"
    heading = _("Commitments")
    prefix, path = "CK", "/cam-ket/"
    payload, shape = payloads.CommitmentPayload, payloads.CommitmentShape


class RecommendationRead(FollowUpRead):
    kind, singular, plural = Kind.RECOMMENDATION, "recommendation", "recommendations"
    heading = _("Recommendations")
    prefix, path = "KH", "/khuyen-nghi/"
    payload, shape = payloads.RecommendationPayload, payloads.RecommendationShape


class UpdateRead(ReadKind):
    kind, singular, plural, heading = Kind.UPDATE, "update", "updates", _("Updates")
    prefix = "CN"
    payload, shape = payloads.UpdatePayload, payloads.UpdateShape
    searched = passages = ("text", "quote")

    def title(self, data):
        return data["follow_up"]["title"]

    def headline(self, data):
        return plain_line(f"{data['code']} · {data['text']}")

    def facts(self, edition):
        return said_in(edition.data)


class RemarkRead(ReadKind):
    kind, singular, plural, heading = Kind.REMARK, "remark", "remarks", _("Remarks")
    prefix = "GN"
    payload, shape = payloads.RemarkPayload, payloads.RemarkShape
    searched = ("text", "said_by_text", "said_by", "quote")
    passages = ("quote", "said_by", "said_by_text")

    def title(self, data):
        return data["text"]

    def facts(self, edition):
        return [words.RemarkKind(edition.type).label]


class FigureRead(ReadKind):
    kind, singular, plural, heading = Kind.FIGURE, "figure", "figures", _("Figures")
    prefix = "SL"
    payload, shape = payloads.FigurePayload, payloads.FigureShape
    searched = ("period", "indicator", "quote")
    passages = ("quote",)

    def title(self, data):
        return ", ".join(part for part in (data["indicator"]["name"], data["period"]) if part)

    def headline(self, data):
        value = number_format(data["value"], use_l10n=True, force_grouping=True)
        parts = (data["qualifier"], value, data["unit"])
        amount = " ".join(part for part in parts if part)
        return plain_line(f"{data['code']} · {data['indicator']['name']}: {amount}")


KINDS = {
    read.kind: read
    for read in (
        SourceRead(),
        MeetingRead(),
        RequestRead(),
        CommitmentRead(),
        RecommendationRead(),
        UpdateRead(),
        RemarkRead(),
        FigureRead(),
    )
}
