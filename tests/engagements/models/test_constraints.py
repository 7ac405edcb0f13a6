"""What must never be true belongs to the database: one line for each constraint of both apps.

A rule's line has a row that is allowed and rows that are refused, by the database itself and, in
the words written for the editor, before it.
"""

from datetime import UTC, date, datetime
from functools import partial

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, models, transaction
from django.utils.translation import override

from engagements.models import Commitment, Edition
from engagements.models.answering import ANSWERED, ANSWERS
from tests.factories import (
    make_answering,
    make_attendance,
    make_commitment,
    make_digest,
    make_figure,
    make_indicator,
    make_link_check,
    make_meeting,
    make_merge,
    make_official,
    make_organization,
    make_organization_succession,
    make_pending_reissue,
    make_post,
    make_proposal,
    make_proposed_indicator,
    make_province,
    make_reading,
    make_recommendation,
    make_remark,
    make_request,
    make_source,
    make_subscription,
    make_succession,
    make_taken_up_item,
    make_tip,
    make_topic,
    make_update,
    make_user,
    make_webhook,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

DAY = date(2025, 7, 1)
EARLIER = date(2025, 6, 30)
MOMENT = datetime(2025, 7, 1, 2, 0, tzinfo=UTC)
DECIDED = {"decided_by": make_user, "decided_at": MOMENT}
PUBLIC = {"code": "X-1", "published_at": MOMENT, "published_version": 1}

RECORDS = {
    "source": make_source,
    "meeting": make_meeting,
    "provincerequest": make_request,
    "commitment": make_commitment,
    "recommendation": make_recommendation,
    "statusupdate": make_update,
    "remark": make_remark,
    "figure": make_figure,
}
EVIDENCED = {name: make for name, make in RECORDS.items() if name != "source"}
EVIDENCED["attendance"] = make_attendance
FOLLOW_UPS = ("provincerequest", "commitment", "recommendation")


def same_as(make, *names):
    """What another row has in these columns."""

    def values(row):
        other = make()
        return {name: getattr(other, name) for name in names}

    return values


def committee_of(province):
    """What makes an organization the People's Committee of a unit, in the reference data."""
    return {"province": province, "kind": "peoples_committee", "is_reference": True}


def made_for(target, make, **values):
    """A reviewed item about a row of that kind."""
    return make_taken_up_item(**{target: make()} | values)


def made_of(one, make, **values):
    """A merge of a new person or body."""
    values = {name: value() if callable(value) else value for name, value in values.items()}
    return make_merge(**{one: make()} | values)


WHAT_ANSWERS = {
    "commitment": make_commitment,
    "recommendation": make_recommendation,
    "explanation": make_remark,
    "session": make_meeting,
    "request": make_request,
    "question": make_remark,
}


def answering(*columns):
    """Makes what one thing answers to another, by the names of their columns."""

    def make(**values):
        return make_answering(**{name: WHAT_ANSWERS[name]() for name in columns} | values)

    return make


# Constraint → how a valid row is made, what it may say, and what it may not: one case or several.
# A value that is a function makes what the row needs; a function of the row makes all values.
RULES = {
    "provinces_province_kind_in_list": (make_province, {"kind": "city"}, {"kind": "commune"}),
    "provinces_province_name_not_empty": (make_province, {"name": "Huế"}, {"name": ""}),
    "provinces_province_ceased_after_established": (
        make_province,
        {"established_on": EARLIER, "ceased_on": DAY},
        [{"established_on": DAY, "ceased_on": DAY}, {"established_on": DAY, "ceased_on": EARLIER}],
    ),
    "provinces_province_code_of_one_living": (
        make_province,
        lambda row: {"code": make_province().code, "ceased_on": DAY},
        same_as(make_province, "code"),
    ),
    "provinces_succession_kind_in_list": (
        lambda **values: make_succession(make_province(), make_province(), **values),
        {"kind": "split"},
        {"kind": "sold"},
    ),
    "provinces_succession_of_another": (
        lambda **values: make_succession(make_province(), make_province(), **values),
        {},
        lambda row: {"successor": row.predecessor},
    ),
    "provinces_succession_once": (
        lambda **values: make_succession(make_province(), make_province(), **values),
        {},
        same_as(
            lambda: make_succession(make_province(), make_province()), "predecessor", "successor"
        ),
    ),
    "provinces_organization_kind_in_list": (
        make_organization,
        {"kind": "school"},
        {"kind": "club"},
    ),
    "provinces_organization_name_not_empty": (make_organization, {"name": "Bộ"}, {"name": ""}),
    "provinces_organization_not_its_own_parent": (
        make_organization,
        {"parent": make_organization},
        lambda row: {"parent": row},
    ),
    "provinces_organization_ceased_after_established": (
        make_organization,
        {"established_on": EARLIER, "ceased_on": DAY},
        {"established_on": DAY, "ceased_on": DAY},
    ),
    "provinces_organization_reference_of_these_kinds": (
        make_organization,
        {"is_reference": True, "kind": "ministry"},
        {"is_reference": True, "kind": "school"},
    ),
    "provinces_organization_one_committee_of_a_province": (
        make_organization,
        lambda row: committee_of(make_province()),
        same_as(
            lambda: make_organization(**committee_of(make_province())),
            "province",
            "kind",
            "is_reference",
        ),
    ),
    "provinces_organizationsuccession_of_another": (
        lambda **values: make_organization_succession(
            make_organization(), make_organization(), **values
        ),
        {},
        lambda row: {"successor": row.predecessor},
    ),
    "provinces_organizationsuccession_once": (
        lambda **values: make_organization_succession(
            make_organization(), make_organization(), **values
        ),
        lambda row: {"field": "bưu chính"},
        same_as(
            lambda: make_organization_succession(make_organization(), make_organization()),
            "predecessor",
            "successor",
            "field",
        ),
    ),
    "provinces_organizationsuccession_one_principal": (
        lambda **values: make_organization_succession(
            make_organization(), make_organization(), **values
        ),
        {"is_principal": True},
        same_as(
            lambda: make_organization_succession(
                make_organization(), make_organization(), is_principal=True
            ),
            "predecessor",
            "is_principal",
        ),
    ),
    "provinces_official_full_name_not_empty": (
        make_official,
        {"full_name": "Phan Tâm"},
        {"full_name": ""},
    ),
    "provinces_official_merged_into_another": (
        make_official,
        {"merged_into": make_official},
        lambda row: {"merged_into": row},
    ),
    "provinces_organization_merged_into_another": (
        make_organization,
        {"merged_into": make_organization},
        lambda row: {"merged_into": row},
    ),
    "provinces_post_title_not_empty": (make_post, {"title": "Bộ trưởng"}, {"title": ""}),
    "provinces_post_ends_after_starts": (
        make_post,
        {"starts_on": DAY, "ends_on": DAY},
        {"starts_on": DAY, "ends_on": EARLIER},
    ),
    "provinces_post_once": (
        make_post,
        lambda row: (
            same_as(make_post, "official", "organization", "title")(row) | {"starts_on": DAY}
        ),
        same_as(make_post, "official", "organization", "title"),
    ),
    "engagements_topic_name_not_empty": (make_topic, {"name": "Hạ tầng số"}, {"name": ""}),
    "engagements_indicator_name_not_empty": (make_indicator, {"name": "DTI"}, {"name": ""}),
    "engagements_indicator_better_in_list": (
        make_indicator,
        {"better": "lower"},
        {"better": "wider"},
    ),
    "engagements_indicator_proposal_is_signed": (
        make_indicator,
        {"proposed_by": make_user, "proposed_at": MOMENT},
        [{"proposed_by": make_user}, {"proposed_at": MOMENT}],
    ),
    "engagements_indicator_acceptance_is_signed": (
        make_proposed_indicator,
        {"accepted_by": make_user, "accepted_at": MOMENT},
        [
            {"accepted_by": make_user},
            {"accepted_at": MOMENT},
            {
                "proposed_by": None,
                "proposed_at": None,
                "accepted_by": make_user,
                "accepted_at": MOMENT,
            },
        ],
    ),
    "engagements_indicator_accepted_by_another": (
        make_proposed_indicator,
        {"accepted_by": make_user, "accepted_at": MOMENT},
        lambda row: {"accepted_by": row.proposed_by, "accepted_at": MOMENT},
    ),
    # sources
    "engagements_source_type_in_list": (make_source, {"type": "minutes"}, {"type": "rumour"}),
    "engagements_source_rank_in_list": (make_source, {"rank": 1}, [{"rank": 0}, {"rank": 6}]),
    "engagements_source_title_not_empty": (make_source, {"title": "Biên bản"}, {"title": ""}),
    "source_sha256_whole": (
        make_source,
        {"sha256": "a" * 64},
        [{"sha256": "a" * 63}, {"sha256": "a"}],
    ),
    # sessions
    "engagements_meeting_title_not_empty": (make_meeting, {"title": "Buổi họp"}, {"title": ""}),
    "engagements_meeting_on_behalf_of_in_list": (
        make_meeting,
        {"on_behalf_of": "government"},
        {"on_behalf_of": "village"},
    ),
    "engagements_meeting_format_in_list": (
        make_meeting,
        {"format": "field_visit"},
        {"format": "chat"},
    ),
    "engagements_meeting_state_of_it_in_list": (
        make_meeting,
        {"state_of_it": "cancelled"},
        {"state_of_it": "dreamt"},
    ),
    "meeting_initiated_by_in_list": (
        make_meeting,
        {"initiated_by": "both"},
        {"initiated_by": "nobody"},
    ),
    "meeting_planned_has_a_window": (
        make_meeting,
        {"state_of_it": "planned", "held_on": None, "planned_from": DAY, "planned_to": DAY},
        [
            {"state_of_it": "planned", "held_on": None, "planned_from": DAY, "planned_to": None},
            {"state_of_it": "planned", "held_on": DAY, "planned_from": DAY, "planned_to": DAY},
        ],
    ),
    "meeting_held_has_a_day": (
        make_meeting,
        {"state_of_it": "held", "held_on": DAY},
        {"state_of_it": "held", "held_on": None, "planned_from": DAY, "planned_to": DAY},
    ),
    "meeting_has_some_day": (
        make_meeting,
        {"state_of_it": "cancelled", "held_on": None, "planned_from": DAY},
        [
            {"state_of_it": "cancelled", "held_on": None},
            {"state_of_it": "unknown", "held_on": None, "planned_to": DAY},
        ],
    ),
    "meeting_planned_to_after_planned_from": (
        make_meeting,
        {"planned_from": DAY, "planned_to": DAY},
        {"planned_from": DAY, "planned_to": EARLIER},
    ),
    "meeting_follows_another": (
        make_meeting,
        {"follows": make_meeting},
        lambda row: {"follows": row},
    ),
    "engagements_attendance_side_in_list": (make_attendance, {"side": "other"}, {"side": "both"}),
    "engagements_attendance_role_in_list": (make_attendance, {"role": "chair"}, {"role": "slept"}),
    "engagements_attendance_once": (
        make_attendance,
        same_as(make_attendance, "meeting"),
        same_as(make_attendance, "meeting", "official"),
    ),
    # what was said
    "engagements_commitment_strength_in_list": (
        make_commitment,
        {"strength": "offer"},
        {"strength": "weak"},
    ),
    "engagements_remark_type_in_list": (make_remark, {"type": "target"}, {"type": "joke"}),
    "engagements_remark_text_not_empty": (make_remark, {"text": "Khó khăn"}, {"text": ""}),
    "figure_period_to_after_period_from": (
        make_figure,
        {"period_from": 2022, "period_to": 2022},
        {"period_from": 2022, "period_to": 2021},
    ),
    # what became of it
    "statusupdate_about_exactly_one": (
        make_update,
        {"recommendation": make_recommendation},
        [{"commitment": None}, {"request": make_request}, {"recommendation": make_recommendation}],
    ),
    "engagements_statusupdate_status_in_list": (
        make_update,
        {"status": "paused"},
        {"status": "finished"},
    ),
    "engagements_statusupdate_voice_in_list": (
        make_update,
        {"voice": "independent"},
        {"voice": "rumour"},
    ),
    "statusupdate_completed_on_only_when_done": (
        make_update,
        {"status": "done", "completed_on": DAY},
        [{"status": status, "completed_on": DAY} for status in ("in_progress", "unknown")],
    ),
    "statusupdate_basis_is_source_or_staff": (
        make_update,
        {"basis": "source", "source": make_source},
        [
            {"basis": "source", "source": None},
            {"basis": "staff", "source": make_source},
            {"basis": "hearsay"},
        ],
    ),
    "engagements_commitment_made_by_in_list": (
        make_commitment,
        {"made_by": "jointly"},
        {"made_by": "nobody"},
    ),
    "engagements_statusupdate_response_in_list": (
        make_update,
        {"recommendation": make_recommendation, "response": "in_part"},
        {"recommendation": make_recommendation, "commitment": None, "response": "perhaps"},
    ),
    "statusupdate_response_only_to_advice": (
        make_update,
        {"recommendation": make_recommendation, "response": "taken_up"},
        {"response": "taken_up"},
    ),
    "statusupdate_takes_back_by_an_answer": (
        make_update,
        {"request": make_request, "answer": "declined", "takes_back": make_answering},
        {"takes_back": make_answering},
    ),
    "statusupdate_passed_to_says_so": (
        make_update,
        {"status": "transferred", "passed_to": make_organization},
        {"passed_to": make_organization},
    ),
    "statusupdate_next_step_in_words": (
        make_update,
        {"next_step": "Bộ gửi văn bản", "next_on": DAY, "next_by": make_organization},
        [{"next_on": DAY}, {"next_by": make_organization}],
    ),
    "answering_one_answers": (
        make_answering,
        {},
        [{"commitment": None}, {"recommendation": make_recommendation}],
    ),
    "answering_one_is_answered": (
        make_answering,
        {},
        [{"request": None}, {"question": make_remark}],
    ),
    "answering_inferred_says_why": (
        make_answering,
        {"is_inferred": True, "inference": "Cùng đề tài."},
        [{"is_inferred": True}, {"inference": "Cùng đề tài."}],
    ),
    "answering_session_is_inferred": (
        answering("session", "request"),
        {},
        {"is_inferred": False, "inference": ""},
    ),
    **{
        f"answering_{answer}_{answered}_once": (
            answering(answer, answered),
            {},
            same_as(answering(answer, answered), answer, answered),
        )
        for answer in ANSWERS
        for answered in ANSWERED
    },
    "statusupdate_answer_only_to_a_request": (
        make_update,
        {"request": make_request, "answer": "declined"},
        [
            {"answer": "explained"},
            {"request": make_request, "commitment": None, "answer": "promised"},
        ],
    ),
    "statusupdate_new_due_on_with_text": (
        make_update,
        {"new_due_on": DAY, "new_due_text": "quý III"},
        {"new_due_on": DAY},
    ),
    "engagements_statusupdate_text_not_empty": (make_update, {"text": "Đã họp"}, {"text": ""}),
    # webhooks
    "engagements_webhook_name_not_empty": (make_webhook, {"name": "Cổng"}, {"name": ""}),
    "webhook_address_of_the_web": (
        make_webhook,
        {"address": "https://nhan.example.vn/"},
        [{"address": "ftp://nhan.example.vn/"}, {"address": "nhan.example.vn"}],
    ),
    "webhook_address_once": (make_webhook, {}, same_as(make_webhook, "address")),
    "webhook_secret_has_its_form": (
        make_webhook,
        {"secret": "whsec_AAAA"},
        [{"secret": "AAAA"}, {"secret": ""}],
    ),
    "webhook_failures_are_counted": (
        make_webhook,
        [
            {"failing_since": MOMENT, "attempts": 1, "next_try_at": MOMENT},
            {"failing_since": MOMENT, "attempts": 9, "next_try_at": None},
        ],
        [
            {"failing_since": MOMENT},
            {"attempts": 1},
            {"next_try_at": MOMENT},
        ],
    ),
}
for name, make in RECORDS.items():
    RULES |= {
        f"engagements_{name}_state_in_list": (
            make,
            {"state": "in_review"},
            {"state": "deleted"} | PUBLIC,
        ),
        f"{name}_public_has_code": (
            make,
            {"state": "published"} | PUBLIC,
            [
                {"state": state} | PUBLIC | {missing: None}
                for state in ("published", "withdrawn")
                for missing in PUBLIC
            ],
        ),
        f"{name}_code_not_empty": (make, {"code": "X-1"}, {"code": ""}),
    }
for name, make in EVIDENCED.items():
    proof, no_proof = {"source": make_source}, {"source": None}
    if name == "statusupdate":
        proof, no_proof = proof | {"basis": "source"}, no_proof | {"basis": "staff"}
    RULES |= {
        f"{name}_quote_has_a_source": (
            make,
            proof | {"quote": "sát cánh"},
            no_proof | {"quote": "sát cánh"},
        ),
        f"{name}_quote_is_short": (
            make,
            proof | {"quote": "ế" * 300},
            proof | {"quote": "ế" * 301},
        ),
        f"{name}_paragraph_from_one": (make, proof | {"paragraph": 1}, proof | {"paragraph": 0}),
        f"{name}_paragraph_has_a_source": (
            make,
            proof | {"paragraph": 25},
            no_proof | {"paragraph": 25},
        ),
        f"{name}_inferred_says_why": (
            make,
            {"is_inferred": True, "inference": "Bài không ghi năm."},
            [
                {"is_inferred": True, "inference": ""},
                {"is_inferred": False, "inference": "Bài không ghi năm."},
            ],
        ),
    }
    if name not in ("attendance", "statusupdate"):
        RULES[f"{name}_published_has_a_source"] = (
            make,
            {"state": "withdrawn", "source": None} | PUBLIC,
            {"state": "published", "source": None} | PUBLIC,
        )
for name in FOLLOW_UPS:
    RULES |= {
        f"engagements_{name}_title_not_empty": (RECORDS[name], {"title": "Họp"}, {"title": ""}),
        f"engagements_{name}_status_in_list": (
            RECORDS[name],
            {"status": "transferred"},
            {"status": "finished"},
        ),
        f"{name}_due_on_with_due_text": (
            RECORDS[name],
            {"due_on": DAY, "due_text": "quý II/2025"},
            {"due_on": DAY},
        ),
        f"{name}_completed_on_only_when_done": (
            RECORDS[name],
            {"status": "done", "completed_on": DAY},
            [{"status": status, "completed_on": DAY} for status in ("in_progress", "unknown")],
        ),
    }

# What readers ask.
RULES |= {
    "subscription_once": (
        make_subscription,
        lambda row: {"email": make_subscription().email},
        same_as(make_subscription, "email", "target"),
    ),
    "engagements_tip_kind_in_list": (make_tip, {"kind": "error"}, {"kind": "praise"}),
    "engagements_tip_state_in_list": (
        make_tip,
        {"state": "accepted", "handled_by": make_user, "handled_at": MOMENT},
        {"state": "read", "handled_by": make_user, "handled_at": MOMENT},
    ),
    "tip_handled_by_somebody": (
        make_tip,
        {"state": "declined", "handled_by": make_user, "handled_at": MOMENT},
        [{"state": "accepted"}, {"handled_by": make_user, "handled_at": MOMENT}],
    ),
}

# What the desk keeps of its own work.
RULES |= {
    "takenupitem_about_exactly_one": (
        make_taken_up_item,
        {"commitment": None, "request": make_request},
        [{"commitment": None}, {"request": make_request}],
    ),
    **{
        f"engagements_taken_up_{target}_once": (
            partial(made_for, target, make),
            same_as(partial(made_for, target, make), target),
            same_as(partial(made_for, target, make), "meeting", target),
        )
        for target, make in (
            ("request", make_request),
            ("commitment", make_commitment),
            ("recommendation", make_recommendation),
        )
    },
    "engagements_linkcheck_which_in_list": (
        make_link_check,
        {"which": "archived_url"},
        {"which": "scan"},
    ),
    "engagements_linkcheck_outcome_in_list": (
        make_link_check,
        {"outcome": "gone"},
        {"outcome": "maybe"},
    ),
    "engagements_linkcheck_once": (
        make_link_check,
        lambda row: {"source": make_link_check().source, "which": "archived_url"},
        same_as(make_link_check, "source"),
    ),
    "pendingreissue_of_one": (
        make_pending_reissue,
        {"organization": None, "province": make_province},
        [{"organization": None}, {"province": make_province}],
    ),
    **{
        f"engagements_pendingreissue_{name}": (
            lambda name=name, make=make, **values: make_pending_reissue(**{name: make()} | values),
            {"total": 2},
            same_as(lambda name=name, make=make: make_pending_reissue(**{name: make()}), name),
        )
        for name, make in (
            ("official", make_official),
            ("organization", make_organization),
            ("province", make_province),
            ("indicator", make_indicator),
        )
    },
    "merge_of_exactly_one": (
        make_merge,
        {"official": None, "organization": make_organization},
        [{"official": None}, {"organization": make_organization}],
    ),
    "merge_undone_is_signed": (
        make_merge,
        {"undone_by": make_user, "undone_at": MOMENT},
        [{"undone_by": make_user}, {"undone_at": MOMENT}],
    ),
    **{
        f"engagements_merge_{one}_stands_once": (
            partial(made_of, one, make),
            same_as(partial(made_of, one, make, undone_by=make_user, undone_at=MOMENT), one),
            same_as(partial(made_of, one, make), one),
        )
        for one, make in (("official", make_official), ("organization", make_organization))
    },
    "engagements_reading_way_in_list": (make_reading, {"way": "file"}, {"way": "fax"}),
    "engagements_reading_verdict_in_list": (
        make_reading,
        {"verdict": "neither"},
        {"verdict": "unsure"},
    ),
    "engagements_reading_once": (
        make_reading,
        lambda row: {"sha256": make_reading().sha256, "engine": "model"},
        same_as(make_reading, "sha256", "engine"),
    ),
    "reading_swept_has_no_text": (
        make_reading,
        {"text": "", "swept_at": MOMENT},
        [{"text": ""}, {"swept_at": MOMENT}],
    ),
    "engagements_proposal_kind_in_list": (make_proposal, {"kind": "figure"}, {"kind": "joke"}),
    "engagements_proposal_maker_in_list": (make_proposal, {"maker": "both"}, {"maker": "dice"}),
    "engagements_proposal_state_in_list": (
        make_proposal,
        {"state": "duplicate"} | DECIDED,
        {"state": "lost"} | DECIDED,
    ),
    "engagements_proposal_reason_in_list": (
        make_proposal,
        {"state": "refused", "reason": "twice"} | DECIDED,
        {"state": "refused", "reason": "dull"} | DECIDED,
    ),
    "proposal_refused_says_why": (
        make_proposal,
        {"state": "refused", "reason": "not_said"} | DECIDED,
        [{"state": "refused"} | DECIDED, {"reason": "not_said"}],
    ),
    "proposal_decided_is_signed": (
        make_proposal,
        {"state": "accepted"} | DECIDED,
        [
            {"state": "accepted"},
            {"state": "accepted", "decided_at": MOMENT},
            {"decided_by": make_user},
        ],
    ),
    "proposal_starts_before_its_end": (make_proposal, {}, lambda row: {"end": row.start}),
    "proposal_paragraph_from_one": (make_proposal, {}, {"paragraph": 0}),
    "proposal_record_is_named": (
        make_proposal,
        {"record_kind": "provincerequest", "record_key": 7},
        [{"record_kind": "provincerequest"}, {"record_key": 7}],
    ),
    "engagements_digest_once": (
        make_digest,
        lambda row: {"user": make_user()},
        same_as(make_digest, "user"),
    ),
}


def bare_edition(sequence=100, **values):
    """A row of the edition, unsaved, with the least that it needs."""
    least = {
        "first_sequence": sequence,
        "kind": "commitment",
        "record": sequence,
        "code": f"CK-{sequence}",
        "number": sequence,
        "cause": "edited",
        "day": DAY,
        "published_at": MOMENT,
        "changed_at": MOMENT,
    }
    return Edition(sequence=sequence, **least | values)


# What the edition after the open edition 100 may not say.
EDITION_RULES = {
    "edition_one_open": {"code": "CK-100"},
    "edition_one_open_record": {"record": 100},
    "edition_kind_in_list": {"kind": "promise"},
    "edition_cause_in_list": {"cause": "whim"},
    "edition_number_once": {"record": 100, "number": 100, "superseded_at": MOMENT},
    "edition_first_is_not_later": {"first_sequence": 102},
    "edition_superseded_after_published": {"superseded_at": MOMENT.replace(hour=1)},
}


def constraints():
    return {
        constraint.name: constraint
        for label in ("provinces", "engagements")
        for model in apps.get_app_config(label).get_models()
        for constraint in model._meta.constraints
    }


def cases(refused):
    """The rules' lines, one case each: (constraint, make, values)."""
    lines = []
    for name, (make, allowed, forbidden) in RULES.items():
        found = forbidden if refused else allowed
        found = found if isinstance(found, list) else [found]
        for place, values in enumerate(found, start=1):
            case = f"{name}-{place}" if refused else name
            lines.append(pytest.param(name, make, values, id=case))
    return lines


def resolved(values, row):
    if callable(values):
        values = values(row)
    return {name: value() if callable(value) else value for name, value in values.items()}


def test_every_constraint_has_a_line():
    assert sorted([*RULES, *EDITION_RULES]) == sorted(constraints())


@pytest.fixture(scope="module")
def valid_rows(shared_rows):
    """A valid row of each maker; a case takes it and says something else of it."""
    return {make: make() for make, _allowed, _forbidden in RULES.values()}


def taken(row, values):
    """The row as it stands in the database, with these values set and not saved; and they."""
    row = type(row).objects.get(pk=row.pk)
    values = resolved(values, row)
    for field, value in values.items():
        setattr(row, field, value)
    return row, values


@pytest.mark.parametrize(("name", "make", "values"), cases(refused=False))
def test_allowed(valid_rows, name, make, values):
    row, values = taken(valid_rows[make], values)
    if {"request", "recommendation"} & set(values) and "commitment" not in values:
        row.commitment = None
    row.full_clean()
    row.save()


@pytest.mark.parametrize(("name", "make", "values"), cases(refused=True))
def test_refused(valid_rows, name, make, values):
    row, values = taken(valid_rows[make], values)
    with pytest.raises(ValidationError):
        row.full_clean()
    constraint = constraints()[name]
    with override(None):
        with pytest.raises(ValidationError) as refusal:
            row.validate_constraints()
        assert str(constraint.violation_error_message) in refusal.value.messages
    _refused_by_the_database(constraint, row.save)
    _refused_by_the_database(
        constraint, lambda: type(row).objects.filter(pk=row.pk).update(**values)
    )


def _refused_by_the_database(constraint, write):
    # PostgreSQL refuses a text that is too long by the width of the column.
    too_long = DataError if constraint.name.endswith("_is_short") else IntegrityError
    with pytest.raises((IntegrityError, too_long)) as refusal, transaction.atomic():
        write()
    if isinstance(constraint, models.CheckConstraint) and refusal.type is IntegrityError:
        assert constraint.name in str(refusal.value)


def test_rows_written_in_bulk_are_held_to_the_rules_too():
    meeting = make_meeting()
    place = {"meeting": meeting, "province": meeting.provinces.get()}
    rows = [
        Commitment(title="Cam kết", strength=strength, **place) for strength in ("explicit", "?")
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        Commitment.objects.bulk_create(rows)
    assert not Commitment.objects.exists()


@pytest.mark.parametrize("make", RECORDS.values(), ids=RECORDS)
@pytest.mark.parametrize("column", ["code", "uid"])
def test_no_two_records_share(make, column):
    one = make(code="X-1")
    with pytest.raises(IntegrityError), transaction.atomic():
        make(**{column: getattr(one, column)})


@pytest.mark.parametrize(
    "make",
    [make_province, make_organization, make_official, make_topic, make_indicator, make_meeting],
)
def test_no_two_rows_share_an_address(make):
    make(slug="dia-chi")
    with pytest.raises(IntegrityError), transaction.atomic():
        make(slug="dia-chi")


@pytest.mark.parametrize(("name", "values"), EDITION_RULES.items(), ids=EDITION_RULES)
def test_edition_refused(name, values):
    bare_edition(100).save(force_insert=True)
    refused = bare_edition(101, **values)
    with pytest.raises(ValidationError):
        refused.validate_constraints()
    _refused_by_the_database(constraints()[name], lambda: refused.save(force_insert=True))


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"code": "CK-100", "record": 100}, id="after-the-first-is-closed"),
        pytest.param({"superseded_at": MOMENT}, id="superseded-at-once"),
        pytest.param({"first_sequence": 100}, id="a-later-edition"),
        pytest.param({"kind": "remark", "record": 100}, id="another-kind"),
    ],
)
def test_edition_allowed(values):
    bare_edition(100, superseded_at=MOMENT).save(force_insert=True)
    bare_edition(101, **values).save(force_insert=True)
    assert Edition.objects.count() == 2
