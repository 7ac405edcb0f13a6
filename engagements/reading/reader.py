"""Reader: the whole way from paragraphs to proposals, of a paper about a working session."""

import re
from dataclasses import dataclass, field

from engagements.words import Role

from .acts import ActReader, proposals_of
from .answers import link_answers
from .due import give_deadlines
from .figures import figures_of
from .people import people_of
from .proposals import Proposal, ProposalKind, Why
from .remarks import remarks_of
from .results.papers import paper_of
from .results.passages import rows_of
from .session import NEITHER, RESULTS, SESSION, SessionReading, read_session
from .speakers import Speakers, namings_of
from .text import Document, noise, paragraphs_of, parted_address, tone
from .verify import verified
from .wordlists import either, lazily

_CHAIRS = re.compile(r"(?<!đồng )(?<!Đồng )(?:chủ trì|làm trưởng đoàn|dẫn đầu)", re.IGNORECASE)
_CO_CHAIRS = re.compile(r"đồng chủ trì", re.IGNORECASE)
_SPEAKS = lazily(lambda: re.compile(rf"[^.;]{{0,80}}(?<!\w){either('acts.speech')}(?!\w)"))


@dataclass
class DocumentReading:
    """What a document gives: the verdict, proposals in its order, and what became nothing."""

    document: Document
    session: SessionReading
    people: list = field(default_factory=list)
    proposals: list = field(default_factory=list)
    refused: list = field(default_factory=list)  # (problem, Proposal)
    silent: list = field(default_factory=list)  # Sentence with a speech verb, without a proposal
    left_out: dict = field(default_factory=dict)  # number of a paragraph → why

    def of_kind(self, kind):
        return [proposal for proposal in self.proposals if proposal.kind == kind]


def read_text(text, names, address=""):
    """DocumentReading of a text; a first line “URL: …” is its address."""
    told, text = parted_address(text)
    return read_paragraphs(paragraphs_of(text), names, address or told)


def read_paragraphs(paragraphs, names, address=""):
    """DocumentReading of paragraphs; of a paper that is of no session, the verdict alone."""
    document = Document(paragraphs, address)
    left_out = noise(document.paragraphs)
    session = read_session(document, names, left_out)
    reading = DocumentReading(document, session, left_out=left_out)
    if (
        session.verdict == NEITHER
        and (paper := paper_of(document, names, rows_of(paragraphs))).is_of_results
    ):
        session.verdict, session.why = RESULTS, Why("gate.results", paper.words)
    if session.verdict != SESSION:
        return reading
    reading.people = people_of(document, names, left_out)
    give_roles(document, reading.people)
    speakers = Speakers(reading.people, names, [found.value for found in session.provinces])
    acts = ActReader(document, speakers, left_out)
    acts.read()
    give_deadlines(acts, document, session.day.held_on)
    link_answers(acts.acts, document)
    proposals = [
        *_of_session(document, session, names),
        *_attendances(document, reading.people, session, names),
        *proposals_of(acts.acts, document, session, names),
        *remarks_of(document, acts, left_out),
        *figures_of(document, left_out),
    ]
    reading.proposals, reading.refused = verified(proposals, document.paragraphs)
    reading.silent = acts.silent
    return reading


# -- the session's own fields


def _of_session(document, session, names):
    """[Proposal] of the session's ministry, provinces, day and place."""
    proposals = []

    def propose(paragraph, start, end, why, **payload):
        bounds = document.quotation(paragraph, start, end)
        quote = document.quote(paragraph, *bounds)
        proposals.append(Proposal(ProposalKind.MEETING, paragraph, *bounds, quote, why, payload))

    if found := session.ministry:
        body = names.body(found.value)
        propose(
            found.paragraph,
            found.start,
            found.end,
            found.why,
            field="ministry",
            slug=found.value,
            name=body.name,
            on_behalf_of="government" if session.is_for_government else "ministry",
        )
    for found in session.provinces:
        unit = names.unit(found.value, session.day.held_on)
        propose(
            found.paragraph,
            found.start,
            found.end,
            found.why,
            field="province",
            slug=unit.slug if unit else "",
            name=found.value,
        )
    day = session.day
    if day.paragraph:
        propose(
            day.paragraph,
            day.start,
            day.end,
            Why(day.basis),
            field="held_on",
            held_on=day.held_on and day.held_on.isoformat(),
            held_until=day.held_until and day.held_until.isoformat(),
            day=day.day,
            month=day.month,
            is_inferred=day.basis not in ("day.written", "day.none"),
        )
    if found := session.place:
        propose(
            found.paragraph, found.start, found.end, found.why, field="place", place=found.value
        )
    return proposals


# -- attendances


def _attendances(document, people, session, names):
    proposals = []
    for person in people:
        bounds = document.quotation(person.paragraph, person.start, person.end)
        known = names.officials_by_name.get(person.key, [])
        proposals.append(
            Proposal(
                ProposalKind.ATTENDANCE,
                person.paragraph,
                *bounds,
                document.quote(person.paragraph, *bounds),
                Why("attendance.title", person.title),
                {
                    "name": person.name,
                    "title": person.title,
                    "side": person.side,
                    "side_basis": person.side_basis,
                    "role": person.role,
                    "organization": _organization_of(person, session, names),
                    "officials": [official.slug for official in known],
                },
            )
        )
    return proposals


def _organization_of(person, session, names):
    """The slug of the body that a title names; of a bare minister, the session's ministry."""
    title = tone(person.title)
    mentions = names.ministries_in(title)
    if mentions and re.match(r"(?:quyền )?(?:bộ|thứ) trưởng|thống đốc", title, re.IGNORECASE):
        return mentions[0].key
    if re.match(r"(?:bộ|thứ) trưởng$", title, re.IGNORECASE) and session.ministry:
        return session.ministry.value
    folded = title.casefold()
    matching = [
        body
        for body in names.bodies
        if any(
            name and tone(name).casefold() in folded
            for name in (body.name, body.short_name, *body.aliases)
            if len(name or "") > 6
        )
        and not body.name.startswith("Bộ ")
    ]
    return max(matching, key=lambda body: len(body.name)).slug if matching else ""


def give_roles(document, people):
    """Sets who chaired, who chaired together and who spoke."""
    for naming, person in namings_of(people):
        for number, toned in enumerate(document.toned, start=1):
            if naming.search(toned):
                for sentence in document.sentences[number]:
                    for named in naming.finditer(sentence.text):
                        _raise_role(person, sentence.text, *named.span())


def _raise_role(person, text, start, end):
    after = text[end : end + 120]
    if _CO_CHAIRS.search(after) or _CO_CHAIRS.search(text[max(0, start - 90) : start]):
        person.role = Role.CO_CHAIR
    elif person.role != Role.CO_CHAIR and (
        _CHAIRS.search(re.split(r"[.;]", after)[0][:60])
        or re.search(r"chủ trì[^.;]{0,40}là[^.;,]{0,60}$", text[:start], re.IGNORECASE)
    ):
        person.role = Role.CHAIR
    elif person.role == Role.ATTENDED and _SPEAKS.match(after):
        person.role = Role.SPOKE
