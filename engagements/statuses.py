"""Status rules: what the published updates of a follow-up come to, and whose word it is.

Pure functions over payload entries, so that composing, reading an older state and tests ask the
same. An entry of `updates` is oldest first (by the day it is about, then by publication); one that
was corrected counts no more. Sources of the rules: audit follow-up, where the auditee reports and
the auditor verifies; Alaveteli, where a request's latest answer describes it.
"""

from engagements.deadlines import deadline_in_force
from engagements.words import (
    CLOSING_ANSWERS,
    Answer,
    Basis,
    Claim,
    FollowUpStatus,
    Kind,
    MadeBy,
    Response,
    StatusProof,
    Strength,
    UpdateAnswer,
    Voice,
    Voices,
)

CLAIMS = ("status", "response", "answer")  # what an update may say of how the item stands
# How much is done, to see whether one voice says less than another claims.
DEGREES = {
    FollowUpStatus.NOT_STARTED: 0,
    FollowUpStatus.DROPPED: 0,
    FollowUpStatus.PAUSED: 0,
    FollowUpStatus.IN_PROGRESS: 1,
    FollowUpStatus.TRANSFERRED: 1,
    FollowUpStatus.PARTLY_DONE: 2,
    FollowUpStatus.DONE: 3,
    Response.NOT_TAKEN_UP: 0,
    Response.IN_PART: 2,
    Response.TAKEN_UP: 3,
}


def counted(updates):
    """The updates that count: those which no later one corrects."""
    return [update for update in updates if not update["corrected_by"]]


def status_of(updates):
    """Status, since when, and completion, from the updates that count.

    The one with the latest day decides, then the latest published: an old article that is found
    late does not set anything back.
    """
    said = [update for update in counted(updates) if update["status"]]
    last = said[-1] if said else None
    return {
        "status": last["status"] if last else str(FollowUpStatus.UNKNOWN),
        "status_since": last["happened_on"] if last else None,
        "completed_on": last["completed_on"] if last else None,
    }


def response_of(updates):
    """What became of advice: that of the latest update that says so."""
    said = [update["response"] for update in counted(updates) if update["response"]]
    return said[-1] if said else str(Response.NONE_YET)


def state_of(payload, updates):
    """Everything that the updates say of a follow-up: the keys of its payload.

    `payload` gives kind, who owes it and the first deadline.
    """
    state = (
        status_of(updates)
        | deadline_in_force(payload, counted(updates))
        | {
            "status_proof": str(proof_of(updates, owing_voices(payload))),
            "voices": str(voices_of(updates)),
        }
    )
    if payload["kind"] == Kind.RECOMMENDATION:
        state["response"] = response_of(updates)
    return state


# -- by whose word


def owing_voices(payload):
    """The voices of the side, or sides, that owe the item."""
    if payload["kind"] == Kind.RECOMMENDATION:
        return (Voice.PROVINCE,)
    is_joint = payload.get("made_by") == MadeBy.JOINTLY
    return (Voice.MINISTRY, Voice.PROVINCE) if is_joint else (Voice.MINISTRY,)


def _claim(update):
    """What it says of how the item stands, the most telling first; "" for nothing."""
    return next((update[name] for name in reversed(CLAIMS) if update[name]), "")


def _says_less(word, claim):
    """Whether a word denies what is claimed, rather than telling of an earlier day's progress."""
    degrees = DEGREES.get(word), DEGREES.get(claim)
    return None not in degrees and degrees[0] < degrees[1]


def _is_heard(update):
    """Whether a word can confirm or deny: a side's own, or a finding that has its own proof."""
    return update["voice"] in (Voice.MINISTRY, Voice.PROVINCE) or update["basis"] != Basis.STAFF


def proof_of(updates, owing):
    """By whose word the newest claim stands: a StatusProof.

    `owing` are the voices of who owes it. A paper that repeats their word is their voice, whoever
    printed it. What both owe is confirmed when both say it.
    """
    claims = [update for update in counted(updates) if _claim(update)]
    if not claims:
        return StatusProof.NONE
    newest, claim = claims[-1], _claim(claims[-1])
    last = {update["voice"]: update for update in claims if update["voice"] != newest["voice"]}
    if newest["voice"] not in owing:
        if not _is_heard(newest):
            return StatusProof.REPORTED
        owed = [_claim(last[voice]) for voice in owing if voice in last]
        is_denial = any(_says_less(claim, word) for word in owed)
        return StatusProof.DISPUTED if is_denial else StatusProof.CONFIRMED
    others = [update for update in last.values() if _is_heard(update)]
    if any(_claim(update) == claim for update in others):
        return StatusProof.CONFIRMED
    if any(_is_denied(newest, update, claims, owing) for update in others):
        return StatusProof.DISPUTED
    return StatusProof.REPORTED


def _is_denied(newest, other, claims, owing):
    """Whether the other side says otherwise than the side that owes it and spoke last.

    An older word of theirs denies a claim only where it answered the same claim, made before it;
    of two that owe it together, the one who now says less denies what the other claimed.
    """
    claim, word = _claim(newest), _claim(other)
    if other["voice"] in owing and _says_less(claim, word):
        return True
    earlier = claims[: claims.index(other)]
    own = [_claim(update) for update in earlier if update["voice"] == newest["voice"]]
    return claim in own and _says_less(word, claim)


def voices_of(updates):
    """Whether those who were heard say the same: a Voices."""
    last = {update["voice"]: _claim(update) for update in counted(updates) if _claim(update)}
    if len(last) < 2:
        return Voices.SINGLE if last else Voices.NONE
    return Voices.AGREE if len(set(last.values())) == 1 else Voices.DIFFER


def said_in(update):
    """What an update says in words: of the status, as a formal answer, of the advice; labels."""
    said = (("status", FollowUpStatus), ("answer", UpdateAnswer), ("response", Response))
    return [choices(update[name]).label for name, choices in said if update[name]]


def status_words(status, answer="", response=""):
    """The label of a status; where none is known, of a formal answer or what became of advice."""
    if status == FollowUpStatus.UNKNOWN:
        if answer in UpdateAnswer.values:
            return str(UpdateAnswer(answer).label)
        if response not in ("", Response.NONE_YET):
            return str(Response(response).label)
    return str(FollowUpStatus(status).label) if status else ""


# -- what is inferred


def inferred_claims(payload):
    """Claims of a payload that are concluded by us: those of its parts count as its own."""
    parts = [payload, *payload.get("attendances", ())]
    links = [*payload.get("answers", ()), *payload.get("answered_by", ())]
    claims = []
    if any(link["is_inferred"] for link in links):
        claims.append(Claim.LINK)
    if any((part.get("evidence") or {}).get("is_inferred") for part in parts):
        claims.append(Claim.OTHER)
    return claims


# -- what answers a request


def answer_of(answered_by, updates, asked_again=()):
    """The strongest stated answer that still holds; else whether one may be inferred.

    General promises answer nothing. A refusal by the ministry ends its earlier formal answers, as
    it ends what `taken_back` says of each entry; advice ends nothing. A request that is asked again
    is open again: what closed it before that day answers it no longer.
    """
    answers, is_possible, since = set(), False, reopened_on(asked_again)
    for entry in answered_by:
        if entry["taken_back"] or entry["is_general"]:
            continue
        if entry["is_inferred"]:
            is_possible = True
        else:
            answer = _answer_by(entry)
            if answer not in CLOSING_ANSWERS or str(entry["said_on"] or "") >= since:
                answers.add(answer)
    answers.update(formal_answers(updates, since))
    if answers:
        return next(answer for answer in Answer if answer in answers)
    return Answer.POSSIBLY if is_possible else Answer.UNANSWERED


def reopened_on(asked_again):
    """The day on which the same was asked last, in ISO form; "" if it never was again."""
    return max((str(entry["asked_on"] or "") for entry in asked_again), default="")


def _answer_by(entry):
    if entry["kind"] == Kind.RECOMMENDATION:
        return Answer.ADVISED
    if entry["kind"] == Kind.COMMITMENT:
        return Answer.PROMISED if entry["strength"] == Strength.EXPLICIT else Answer.OFFERED
    return Answer.EXPLAINED


def is_refusal(update):
    """A formal refusal by the side that answers: it ends all of that side's earlier answers."""
    return update["answer"] == UpdateAnswer.DECLINED and update["voice"] == Voice.MINISTRY


def formal_answers(updates, since=""):
    """Answers that updates give from a day on and none of them took back since."""
    standing = []
    for update in counted(updates):
        if not update["answer"]:
            continue
        if is_refusal(update) and not update["takes_back"]:
            standing = []
        if str(update["happened_on"]) >= since:
            standing.append(Answer(update["answer"]))
    return standing


def taken_back_by(entry, day, updates):
    """The update that ended an answer given on that day: {code, path, happened_on}, or None."""
    for update in counted(updates):
        if not update["answer"]:
            continue
        ends = update["takes_back"]
        if ends:
            is_ended = ends == entry["code"]
        else:
            # Days are dates or, in a payload, their ISO form: both sort alike as text.
            is_ended = is_refusal(update) and str(update["happened_on"]) >= str(day)
        if is_ended:
            return {name: update[name] for name in ("code", "path", "happened_on")}
    return None
