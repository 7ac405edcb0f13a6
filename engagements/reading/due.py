"""Deadlines of acts: the phrase of the act's own clause, as `engagements.deadlines` reads it."""

from .sentences import dated


def give_deadlines(acts, document, held_on):
    """Sets due_on, due_text and is_ongoing in the payload of each act that has a deadline."""
    for act in acts.acts:
        start, end = act.payload["clause"]
        paragraph = document.paragraphs[act.paragraph - 1]
        clause = paragraph[start:end]
        found = dated(clause, held_on)
        if found is None:
            found = _from_the_opening(act, acts, paragraph, held_on)
        if found is None:
            continue
        act.payload |= due_payload(found)


def due_payload(found):
    """What a proposal's payload holds of a deadline."""
    return {
        "due_on": found.due_on and found.due_on.isoformat(),
        "due_text": found.words,
        "is_ongoing": found.is_ongoing,
        "due_why": found.why,
    }


def _from_the_opening(act, acts, paragraph, held_on):
    """“Trong quý II, Bộ sẽ …”: what stands before the sentence's first act is of that one."""
    first, _end = act.payload["sentence"]
    start, _end = act.payload["clause"]
    beside = acts.of_sentence[act.paragraph, first]
    if any(other is not act and other.start < start for other in beside):
        return None
    opening = paragraph[first:start]
    comma = opening.find(",")
    if comma < 0 or comma > 40:
        return None
    return dated(opening[:comma], held_on)
