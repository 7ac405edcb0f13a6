"""Statuses: what published updates come to, whose word it is, what still answers a request."""

import pytest

from engagements.statuses import (
    answer_of,
    counted,
    formal_answers,
    owing_voices,
    proof_of,
    response_of,
    state_of,
    status_of,
    taken_back_by,
    voices_of,
)

MINISTRY, BOTH = ("ministry",), ("ministry", "province")
OWN = {"first_due_on": None, "first_due_text": "", "first_is_ongoing": False}


def entry(day="2026-10-10", status="", voice="ministry", **more):
    """An update as payloads hold it."""
    return {
        "code": f"CN-{day}-{voice}",
        "path": "/cam-ket/CK-1/#CN-1",
        "happened_on": day,
        "status": status,
        "completed_on": None,
        "answer": "",
        "response": "",
        "takes_back": None,
        "corrected_by": None,
        "voice": voice,
        "basis": "source",
        "due_on": None,
        "due_text": "",
        "is_ongoing": False,
    } | more


def link(kind="commitment", strength="explicit", **more):
    """What answers a request, as payloads hold it."""
    return {
        "kind": kind,
        "code": "CK-1",
        "strength": strength if kind == "commitment" else "",
        "is_inferred": False,
        "is_general": False,
        "said_on": "2024-02-29",
        "taken_back": None,
    } | more


# -- what counts


def test_a_wrong_done_that_is_corrected_counts_no_more():
    """Done of 15/10, corrected by in progress of 10/10: the later day no longer decides."""
    wrong = entry("2026-10-15", "done", completed_on="2026-10-14", corrected_by="CN-2")
    right = entry("2026-10-10", "in_progress")
    state = status_of([right, wrong])
    assert (state["status"], state["status_since"]) == ("in_progress", "2026-10-10")
    assert state["completed_on"] is None
    assert counted([right, wrong]) == [right]


def test_an_update_without_a_status_leaves_it():
    said, silent = entry("2026-10-01", "in_progress"), entry("2026-10-09", answer="explained")
    state = status_of([said, silent])
    assert (state["status"], state["status_since"]) == ("in_progress", "2026-10-01")


def test_nothing_published_is_unknown():
    state = state_of({"kind": "request", **OWN}, [])
    assert (state["status"], state["status_proof"], state["voices"]) == ("unknown", "none", "none")
    assert "response" not in state
    assert state_of({"kind": "recommendation", **OWN}, [])["response"] == "none_yet"


def test_the_latest_word_on_advice_is_its_response():
    updates = [
        entry("2026-01-01", voice="province", response="in_part"),
        entry("2026-02-01", voice="province", response="taken_up"),
    ]
    assert response_of(updates) == "taken_up"
    updates[1]["corrected_by"] = "CN-3"
    assert response_of(updates) == "in_part"


# -- whose word


@pytest.mark.parametrize(
    ("payload", "voices"),
    [
        ({"kind": "request"}, MINISTRY),
        ({"kind": "commitment", "made_by": "ministry"}, MINISTRY),
        ({"kind": "commitment", "made_by": "jointly"}, BOTH),
        ({"kind": "recommendation"}, ("province",)),
    ],
)
def test_who_owes_it(payload, voices):
    assert owing_voices(payload) == voices


@pytest.mark.parametrize(
    ("owing", "words", "proof"),
    [
        pytest.param(MINISTRY, [], "none", id="nobody"),
        pytest.param(MINISTRY, [("ministry", "done")], "reported", id="who-owes-it"),
        pytest.param(MINISTRY, [("province", "done")], "confirmed", id="the-other-side"),
        pytest.param(MINISTRY, [("independent", "done")], "confirmed", id="a-finding"),
        pytest.param(
            MINISTRY, [("ministry", "done"), ("province", "done")], "confirmed", id="both-say-so"
        ),
        pytest.param(
            MINISTRY, [("province", "done"), ("ministry", "done")], "confirmed", id="said-again"
        ),
        pytest.param(
            MINISTRY,
            [("ministry", "done"), ("province", "in_progress")],
            "disputed",
            id="the-other-says-less",
        ),
        pytest.param(
            MINISTRY,
            [("ministry", "done"), ("independent", "not_started")],
            "disputed",
            id="a-finding-says-less",
        ),
        pytest.param(
            MINISTRY,
            [("ministry", "done"), ("province", "in_progress"), ("ministry", "done")],
            "disputed",
            id="a-denied-claim-repeated",
        ),
        pytest.param(
            MINISTRY,
            [("ministry", "done"), ("province", "in_progress"), ("province", "done")],
            "confirmed",
            id="the-other-comes-round",
        ),
        pytest.param(
            MINISTRY,
            [("province", "in_progress"), ("ministry", "done")],
            "reported",
            id="an-earlier-word-denies-nothing",
        ),
        pytest.param(
            MINISTRY,
            [("ministry", "in_progress"), ("province", "done")],
            "confirmed",
            id="the-other-says-more",
        ),
        pytest.param(BOTH, [("ministry", "done")], "reported", id="joint-one-side"),
        pytest.param(
            BOTH, [("ministry", "done"), ("province", "done")], "confirmed", id="joint-both-sides"
        ),
        pytest.param(
            BOTH,
            [("ministry", "done"), ("province", "in_progress")],
            "disputed",
            id="joint-the-other-says-less",
        ),
    ],
)
def test_claimed_is_not_confirmed(owing, words, proof):
    updates = [
        entry(f"2026-01-{day:02}", status, voice)
        for day, (voice, status) in enumerate(words, start=1)
    ]
    assert proof_of(updates, owing) == proof


def test_a_paper_that_repeats_the_claim_stays_a_report():
    """Its voice is the ministry's, whoever printed it; a finding without proof confirms nothing."""
    quoted = entry("2026-01-01", "done", "ministry", basis="source")
    assert proof_of([quoted], MINISTRY) == "reported"
    hearsay = entry("2026-01-02", "done", "independent", basis="staff")
    assert proof_of([quoted, hearsay], MINISTRY) == "reported"


def test_what_was_corrected_is_no_voice():
    updates = [
        entry("2026-01-01", "done", "ministry"),
        entry("2026-01-02", "in_progress", "province", corrected_by="CN-3"),
    ]
    assert proof_of(updates, MINISTRY) == "reported"
    assert voices_of(updates) == "single"


@pytest.mark.parametrize(
    ("words", "voices"),
    [
        ([], "none"),
        ([("ministry", "done")], "single"),
        ([("ministry", "done"), ("ministry", "paused")], "single"),
        ([("ministry", "done"), ("province", "done")], "agree"),
        ([("ministry", "done"), ("province", "paused")], "differ"),
    ],
)
def test_voices(words, voices):
    updates = [entry(status=status, voice=voice) for voice, status in words]
    assert voices_of(updates) == voices


# -- what answers a request


@pytest.mark.parametrize(
    ("links", "answer"),
    [
        pytest.param([], "unanswered", id="nothing"),
        pytest.param([link()], "promised", id="promised"),
        pytest.param([link(strength="offer")], "offered", id="offered"),
        pytest.param([link(strength="implied")], "offered", id="implied"),
        pytest.param([link("recommendation")], "advised", id="advised"),
        pytest.param([link("remark")], "explained", id="explained"),
        pytest.param([link("recommendation"), link()], "promised", id="the-strongest"),
        pytest.param([link(is_inferred=True)], "possibly_answered", id="inferred"),
        pytest.param([link("meeting", is_inferred=True)], "possibly_answered", id="session"),
        pytest.param(
            [link(is_inferred=True), link("recommendation")], "advised", id="stated-beats-inferred"
        ),
        pytest.param([link(is_general=True)], "unanswered", id="general-answers-nothing"),
        pytest.param(
            [link(taken_back={"code": "CN-1"}), link("recommendation")], "advised", id="taken-back"
        ),
    ],
)
def test_answer(links, answer):
    assert answer_of(links, []) == answer


def test_promised_then_formally_declined_reads_declined():
    refusal = entry("2026-06-10", answer="declined", code="CN-9")
    promise = link(taken_back=taken_back_by(link(), "2024-02-29", [refusal]))
    assert promise["taken_back"] == {
        "code": "CN-9",
        "path": "/cam-ket/CK-1/#CN-1",
        "happened_on": "2026-06-10",
    }
    assert answer_of([promise], [refusal]) == "declined"


def test_a_promise_after_the_refusal_stands():
    refusal = entry("2024-01-05", answer="declined")
    assert taken_back_by(link(), "2024-02-29", [refusal]) is None
    assert answer_of([link()], [refusal]) == "promised"


def test_a_refusal_that_names_one_answer_ends_that_alone():
    refusal = entry("2026-06-10", answer="declined", takes_back="CK-2")
    assert taken_back_by(link(), "2024-02-29", [refusal]) is None
    assert taken_back_by(link(code="CK-2"), "2024-02-29", [refusal])


@pytest.mark.parametrize("more", [{"voice": "province"}, {"corrected_by": "CN-4"}])
def test_who_may_refuse(more):
    """The province's word ends no promise of the ministry; nor does what was corrected."""
    refusal = entry("2026-06-10", answer="declined") | more
    assert taken_back_by(link(), "2024-02-29", [refusal]) is None


def test_a_refusal_ends_the_formal_answers_before_it():
    answers = [entry(answer="explained"), entry(answer="declined"), entry(answer="passed_on")]
    assert formal_answers(answers) == ["declined", "passed_on"]
    assert answer_of([], answers) == "passed_on"
