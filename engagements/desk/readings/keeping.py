"""Storing of a reading: what the reader proposes of a text becomes rows that people decide on."""

import re
from time import monotonic

from django.db import IntegrityError, transaction
from django.utils import timezone

from engagements.models import Indicator, Maker, Proposal, Reading, Source
from engagements.models.sources import fingerprint
from engagements.reading.model import Model, add_model
from engagements.reading.reader import read_paragraphs
from engagements.reading.store import load_names
from engagements.words import ProposalKind, SourceKind, SourceRank
from provinces.vietnamese import fold

ENGINE = "rules 3"
MOST_PROPOSALS = 400  # of one text: each is a card on the screen
ABOUT = ("title", "publisher", "number", "issued_on", "url", "accessed_on")
# How a paper of that kind begins, in its first lines; a page of the web is taken for press.
BEGINNINGS = (
    ("biên bản", SourceKind.MINUTES, SourceRank.MINUTES),
    ("thông báo", SourceKind.CONCLUSION_NOTICE, SourceRank.OFFICIAL),
)
HEAD = 8  # paragraphs
TITLE_WORDS = 5
ADDRESS = re.compile(r"URL: (https?://\S{1,490})")  # as the first line of a pasted text


def keep_reading(paragraphs, *, way, user, about=None, source=None):
    """The Reading of these paragraphs: the one that there is, else a new one with its proposals."""
    began, about = monotonic(), about or {}
    paragraphs = list(paragraphs)
    if len(paragraphs) > 1 and (address := ADDRESS.fullmatch(paragraphs[0])):
        about, paragraphs = {"url": address[1]} | about, paragraphs[1:]
    text = "\n".join(paragraphs)
    model = Model.configured()
    key = {"sha256": fingerprint(text), "engine": _engine(model)}
    if known := Reading.objects.kept().filter(**key).first():
        return known
    names = load_names()
    result = read_paragraphs(paragraphs, names, about.get("url", ""))
    heard = add_model(result, model) if model else None
    if heard and heard.problem:  # asked again whenever the text is read again
        key["engine"] = ENGINE
        if known := Reading.objects.kept().filter(**key).first():
            return known
    if not about.get("title"):
        about["title"] = _title(paragraphs, result.left_out)
    if source is None:
        source = Source.objects.filter(sha256=key["sha256"]).order_by("pk").first()
    reading = Reading(
        **key,
        text=text,
        way=way,
        about=about | _kind_of_paper(paragraphs),
        verdict=result.session.verdict,
        rule=result.session.why.rule,
        words=result.session.why.words[:200],
        silent=[[one.paragraph, one.start, one.end] for one in result.silent],
        refused_quotations=len(result.refused) + len(heard.refused if heard else ()),
        heard=heard.as_dict() if heard else {},
        took_ms=round((monotonic() - began) * 1000),
        source=source,
        created_by=user,
        created_at=timezone.now(),
    )
    try:
        with transaction.atomic():
            reading.save()
            Proposal.objects.bulk_create(_rows(reading, result, names))
    except IntegrityError:  # somebody read the same text at the same instant
        return Reading.objects.kept().get(**key)
    return reading


def _engine(model):
    return f"{ENGINE}, {model.name} via {model.host}"[:120] if model else ENGINE


def about_of(says):
    """What a paper says of itself, as JSON keeps it."""
    values = {name: getattr(says, name) for name in ABOUT}
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in values.items()
        if value
    }


def _title(paragraphs, left_out):
    """The first line of some words that is no menu; a person looks at it."""
    lines = [text for n, text in enumerate(paragraphs, start=1) if n not in left_out]
    # A line of a day and an hour has numbers, but few words.
    long = (text for text in lines if len(re.findall(r"[^\W\d_]{2,}", text)) >= TITLE_WORDS)
    return next(long, (lines or paragraphs)[0])[:300]


def _kind_of_paper(paragraphs):
    """Kind and rank of the source, by how the paper begins; a person looks at both."""
    for paragraph in paragraphs[:HEAD]:
        for beginning, kind, rank in BEGINNINGS:
            if paragraph.casefold().startswith(beginning):
                return {"type": kind.value, "rank": rank.value}
    return {"type": SourceKind.PRESS_ARTICLE.value, "rank": SourceRank.PRESS.value}


# -- rows


def _rows(reading, result, names):
    """[Proposal] of a DocumentReading; what is said of several provinces is a row for each."""
    slugs, measures = _slugs(result), _Measures()
    rows = []
    for proposal in result.proposals[:MOST_PROPOSALS]:
        row = {
            "reading": reading,
            "kind": proposal.kind,
            "paragraph": proposal.paragraph,
            "start": proposal.start,
            "end": proposal.end,
            "quote": proposal.quote,
            "sentence": sentence_at(result.document, proposal.paragraph, proposal.start)[0],
            "maker": Maker(proposal.seen_by),
            "rule": proposal.why.rule,
            "words": proposal.why.words[:200],
        }
        payload = {name: value for name, value in proposal.payload.items() if name != "group"}
        if proposal.kind == ProposalKind.FIGURE:
            payload["indicator"] = measures.named(payload["name"])
        for province in _provinces_of(proposal, payload, result, slugs, names):
            rows.append(Proposal(**row, payload=payload | province))
    return rows


class _Measures:
    """Indicators by the words of their names."""

    def __init__(self):
        rows = Indicator.objects.values_list("slug", "name")
        self.words = [(slug, frozenset(fold(name).split())) for slug, name in rows]

    def named(self, text):
        """The slug of the indicator whose whole name the words before a figure hold, if any."""
        words = frozenset(fold(text).split())
        held = [(len(name), slug) for slug, name in self.words if name and name <= words]
        return max(held)[1] if held else ""


def _slugs(result):
    """{name of a province of the session: its slug}."""
    fields = [proposal.payload for proposal in result.of_kind(ProposalKind.MEETING)]
    return {field["name"]: field["slug"] for field in fields if field["field"] == "province"}


def _provinces_of(proposal, payload, result, slugs, names):
    """[{"province": slug}], one for each row; an empty slug is for a person to choose."""
    if proposal.kind in (ProposalKind.MEETING, ProposalKind.ATTENDANCE):
        return [{}]
    if len(slugs) < 2:
        payload.pop("provinces", None)
        return [{"province": slug} for slug in slugs.values()] or [{"province": ""}]
    told = payload.pop("provinces", None)
    if told is None:  # a remark, a figure: what its sentence names
        start, end = sentence_at(result.document, proposal.paragraph, proposal.start)
        text = result.document.toned[proposal.paragraph - 1][start:end]
        told = list(dict.fromkeys(found.key for found in names.provinces_in(text)))
        told = [name for name in told if name in slugs]
        if len(told) != 1:
            return [{"province": ""}]
    return [{"province": slugs.get(name, "")} for name in told] or [{"province": ""}]


def sentence_at(document, paragraph, place):
    """(start, end) of the sentence of that paragraph in which a place lies."""
    for sentence in reversed(document.sentences[paragraph]):
        if sentence.start <= place:
            return sentence.start, sentence.end
    return 0, len(document.paragraphs[paragraph - 1])
