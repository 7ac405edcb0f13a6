"""Speech acts of a session: requests, commitments and recommendations, by verb, speaker and
addressee."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from engagements.words import Side

from .advising import Advising
from .asking import Asking
from .clauses import core, count_words
from .promising import Promising
from .proposals import Proposal, ProposalKind, Why
from .sentences import ADDRESSED_PROVINCE, CONCLUDES, ITEM, PROMISE, VERBS
from .speakers import Mention
from .wordlists import either, lazily

_CLOSING_FORMULA = re.compile(r"thông báo (?:để|tới|đến) (?:các|quý|UBND|Quý)")
_COURTESY = lazily(lambda: re.compile(rf"(?<!\w){either('acts.courtesies')}(?!\w)", re.IGNORECASE))


MOST_ACTS = 400  # of one document; the longest session read so far had 30


@dataclass
class Act:
    """Something said, before it is a proposal: its bounds in the paragraph and how it was said."""

    kind: str
    paragraph: int
    start: int
    end: int
    why: Why
    speaker: Mention | None = None
    payload: dict = field(default_factory=dict)


class ActReader:
    """Reads the speech acts of one document, sentence by sentence, carrying who speaks."""

    def __init__(self, document, speakers, left_out=()):
        self.document, self.speakers, self.left_out = document, speakers, left_out
        self.acts = []
        self.of_sentence = defaultdict(list)  # (paragraph, start of a sentence) → its acts
        longer = [n for n, text in enumerate(document.toned, start=1) if len(text) > 60]
        self.last_of_text = max((n for n in longer if n not in left_out), default=None)
        self.sides = {}  # (paragraph, start of a sentence) → side that says it
        self.told = set()  # paragraphs in which a sentence tells who speaks
        self.silent = []  # sentences with a speech verb that became nothing
        self.last = None  # who spoke last
        self.last_named = None  # the person who did, of whom “ông” is said
        self.open_list = None  # (kind, speaker) of a list that goes on in the next paragraphs
        self.asked = False  # the province's list goes on in the next sentences
        self.is_concluding = False

    def read(self):
        """[Act] in the order of the text."""
        for number, paragraph in enumerate(self.document.toned, start=1):
            if number not in self.left_out:
                self._read_paragraph(number, paragraph)
        self.acts.sort(key=lambda act: (act.paragraph, act.start))
        return self.acts

    # -- paragraphs and sentences

    def _read_paragraph(self, number, paragraph):
        sentences = self.document.sentences[number]
        if CONCLUDES.search(paragraph):
            self.is_concluding, self.last = True, Mention(0, 0, Side.MINISTRY)
        is_item = bool(ITEM.match(paragraph))
        begins_anew = is_item and not paragraph.endswith((".", ";", ",", "…"))
        if self.open_list and (begins_anew or not is_item) and not self._goes_on(paragraph):
            self.open_list = None
        if self.is_concluding and not is_item and not CONCLUDES.search(paragraph):
            mentions = self.speakers.mentions(sentences[0].text, self.last_named)
            if self.speakers.speaker(sentences[0].text, mentions, self.last):
                self.is_concluding = False
        closing = self._closing_speaker(sentences, paragraph)
        if _is_caption(paragraph) or self._is_heading(number, paragraph):
            return
        for sentence in sentences:
            reader = SentenceReader(self, sentence, closing, is_item)
            reader.read()
        if paragraph.endswith(":") and not self.is_concluding:
            self.open_list = self._opened_by(sentences[-1].text)

    def _is_heading(self, number, paragraph):
        """A short line without a full stop that is neither of a list nor where the text is cut."""
        if paragraph.endswith((".", "!", "?", "…", ":", ";", ",", "”", ")", '"')) or self.open_list:
            return False
        if len(paragraph) > 300 or number == self.last_of_text or ITEM.match(paragraph):
            return False
        return len(paragraph.split()) < 30

    def _goes_on(self, paragraph):
        return bool(self.open_list) and paragraph[:1].islower()

    def _opened_by(self, text):
        """(kind, speaker) of the list that a paragraph ending in a colon begins, else None."""
        speaker = self.last
        if speaker is None:
            return None
        verbs = list(VERBS.finditer(text))
        if not verbs and not re.search(r"kiến nghị|đề xuất|đề nghị", text):
            return None
        if verbs and verbs[-1]["verb"].casefold() in ("giao", "phân công", "chỉ đạo"):
            return ProposalKind.COMMITMENT, speaker
        if speaker.side == Side.PROVINCE:
            return ProposalKind.REQUEST, speaker
        if ADDRESSED_PROVINCE.search(text) or verbs:
            return ProposalKind.RECOMMENDATION, speaker
        return None

    def is_from_above(self, speaker):
        """Whether a member of the Government's head speaks, who tells ministries what to do."""
        if speaker is None or not speaker.name:
            return False
        return any(
            person.name == speaker.name and re.search(r"thủ tướng", person.title, re.IGNORECASE)
            for person in self.speakers.people
        )

    def _closing_speaker(self, sentences, paragraph):
        """Who says a quotation of several sentences stands at its end."""
        if len(sentences) < 2 or not paragraph.startswith(("“", '"')):
            return None
        text = sentences[-1].text
        mentions = self.speakers.mentions(text, self.last_named)
        return self.speakers.speaker(text, mentions, self.last)

    def put(self, kind, sentence, start, end, rule, word, speaker, **payload):
        """Enters an act of a sentence's bounds, unless the same words are one already."""
        if len(self.acts) >= MOST_ACTS:
            return False
        text = sentence.text
        start = core(text, start, end)
        x, y = self.document.quotation(
            sentence.paragraph, sentence.start + start, sentence.start + end
        )
        if count_words(self.document.quote(sentence.paragraph, x, y)) < 3:
            return False
        for act in self.of_sentence[sentence.paragraph, sentence.start]:
            if act.kind == kind:
                shared = min(act.end, y) - max(act.start, x)
                if shared > 0.5 * min(act.end - act.start, y - x):
                    return False
        payload["clause"] = (sentence.start + start, sentence.start + end)
        payload["sentence"] = (sentence.start, sentence.end)
        act = Act(kind, sentence.paragraph, x, y, Why(rule, word), speaker, payload)
        self.acts.append(act)
        self.of_sentence[sentence.paragraph, sentence.start].append(act)
        return True


def _is_caption(paragraph):
    return len(paragraph) < 260 and bool(re.search(r"Ảnh\s*:|\(Ảnh|^Ảnh ", paragraph))


class SentenceReader(Asking, Promising, Advising):
    """Reads one sentence; what a rule has taken is not read again by a weaker one."""

    def read(self):
        if _COURTESY.search(self.text) or _CLOSING_FORMULA.search(self.text):
            return
        before = len(self.acts.acts)
        self.asks_before_colon()
        self.named_requests()
        self.counted_list()
        self.agreed_list()
        self.list_item()
        self.asks_and_orders()
        self.wanted_passively()
        self.listed_requests()
        self.conclusion()
        self.promises()
        self.passive_promises()
        self.planned()
        self.given_units()
        self.bare_units()
        self.advice()
        self.called_best()
        if len(self.acts.acts) == before and (VERBS.search(self.text) or PROMISE.search(self.text)):
            self.acts.silent.append(self.sentence)


def proposals_of(acts, document, session, names):
    """[Proposal] of acts; one of several provinces is one proposal for each, linked by `group`."""
    provinces = [found.value for found in session.provinces]
    proposals = []
    for act in acts:
        named = _provinces_named(act, document, provinces, names)
        speaker = act.speaker
        payload = {
            key: value for key, value in act.payload.items() if key not in ("clause", "sentence")
        }
        payload |= {
            "said_by": speaker.name if speaker else "",
            "side": _side_of(speaker),
            "provinces": named,
            "group": f"{act.paragraph}:{act.payload['sentence'][0]}",
        }
        proposals.append(
            Proposal(
                act.kind,
                act.paragraph,
                act.start,
                act.end,
                document.quote(act.paragraph, act.start, act.end),
                act.why,
                payload,
            )
        )
    return proposals


def _side_of(speaker):
    return str(speaker.side) if speaker and speaker.side else ""


def _provinces_named(act, document, provinces, names):
    """Of several provinces those that the sentence names, else all of them."""
    if len(provinces) < 2:
        return provinces
    start, end = act.payload["sentence"]
    text = document.toned[act.paragraph - 1][start:end]
    named = [mention.key for mention in names.provinces_in(text) if mention.key in provinces]
    return sorted(set(named), key=provinces.index) or provinces
