"""The smallest valid rows, in words of the field. Every default can be given by its name.

A record rests on a source, so that it can be published, and is entered by `author()`; `published`
publishes it, with what it needs before, under `publisher()`.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection, transaction

from engagements.edition.triggers import lock_register
from engagements.models import (
    Answering,
    Attendance,
    Commitment,
    Digest,
    Edition,
    Figure,
    Indicator,
    LinkCheck,
    Meeting,
    Merge,
    Proposal,
    ProvinceRequest,
    Reading,
    Recommendation,
    Remark,
    Source,
    StatusUpdate,
    Subscription,
    TakenUpItem,
    Tip,
    Topic,
    Webhook,
)
from engagements.models.answering import set_answered
from engagements.models.sources import fingerprint
from engagements.publication.act import Act
from engagements.publication.kinds import RECORDS
from engagements.publication.links import key_of
from engagements.publication.models import RENAMED, PendingReissue
from engagements.publication.publishing import publish, publish_in
from provinces.models import (
    Officer,
    Official,
    Organization,
    OrganizationSuccession,
    Post,
    Province,
    Succession,
)
from provinces.vietnamese import slugify_vi

HELD_ON = date(2024, 2, 29)
MERGED_ON = date(2025, 7, 1)
HOME = "home"  # a desk at the ministry of the tests' sessions

numbers = count(1)


def many(make, n, **values):
    """n rows made alike."""
    return [make(**values) for _place in range(n)]


# -- accounts


def make_user(username=None, roles=(), *, desk=HOME, password=None, **values):
    """A staff account with these roles (names of groups); who writes does so for `home()`.

    `desk` names another body; None leaves the account without one.
    """
    values = {"is_staff": True} | values
    user = get_user_model().objects.create_user(
        username or f"can-bo-{next(numbers)}", password=password, **values
    )
    user.groups.set(Group.objects.filter(name__in=roles))
    desk = home() if desk is HOME and "Biên tập" in roles else desk
    if isinstance(desk, Organization):
        Officer.objects.create(user=user, organization=desk)
    return user


def home():
    """The ministry whose sessions these are, unless a test names another."""
    body = Organization.objects.filter(slug="bo-chu-tri").first()
    return body or make_organization(name="Bộ Chủ Trì")


def account(username):
    user, _new = get_user_model().objects.get_or_create(username=username)
    return user


def author():
    """Who enters the records of tests unless `by` names another."""
    return account("bien-tap")


def publisher():
    """Who publishes them: never one who entered them."""
    return account("duyet")


# -- who we talk to


def _save(model, values, by=None, **many_to_many):
    one = model(**values)
    if model in RECORDS:
        one.created_by = one.updated_by = by or author()
    if hasattr(model, "history"):
        one._history_user = by or author()
    one.save()
    for name, others in many_to_many.items():
        if name == "answers":
            set_answered(one, others, by or author())
        elif others:
            getattr(one, name).set(others)
    return one


def make_province(**values):
    n = next(numbers)
    values = {"name": f"Bình Minh {n}", "kind": "province", "code": f"T{n}"} | values
    return _save(Province, {"slug": slugify_vi(values["name"])} | values)


def make_succession(predecessor, successor, **values):
    """The first unit ends in the second; the predecessor's last day is not touched."""
    values = {"effective_on": MERGED_ON, "kind": "merged"} | values
    return _save(Succession, {"predecessor": predecessor, "successor": successor} | values)


def make_merger(successor, *predecessors, on=MERGED_ON):
    """Units that ceased on that day and live on in the successor."""
    for one in predecessors:
        one.ceased_on = on
        one.save()
        make_succession(one, successor, effective_on=on)
    successor.established_on = on
    successor.save()
    return successor


def make_organization(**values):
    values = {"name": f"Bộ Mẫu {next(numbers)}", "kind": "ministry"} | values
    return _save(Organization, {"slug": slugify_vi(values["name"])} | values)


def make_organization_succession(predecessor, successor, **values):
    values = {"effective_on": date(2025, 3, 1)} | values
    return _save(
        OrganizationSuccession, {"predecessor": predecessor, "successor": successor} | values
    )


def make_official(**values):
    values = {"full_name": f"Trần Văn An {next(numbers)}"} | values
    return _save(Official, {"slug": slugify_vi(values["full_name"])} | values)


def make_post(**values):
    values = {"title": "Bộ trưởng"} | values
    if "official" not in values:
        values["official"] = make_official()
    if "organization" not in values:
        values["organization"] = make_organization()
    return _save(Post, values)


def make_topic(**values):
    values = {"name": f"Lĩnh vực {next(numbers)}"} | values
    return _save(Topic, {"slug": slugify_vi(values["name"])} | values)


def make_indicator(**values):
    values = {"name": f"Chỉ số {next(numbers)}", "unit": "%"} | values
    return _save(Indicator, {"slug": slugify_vi(values["name"])} | values)


def make_proposed_indicator(*, by=None, **values):
    """One that waits for a second person; proposed by `author()` unless `by` names another."""
    at = datetime(2025, 7, 1, 2, 0, tzinfo=UTC)
    return make_indicator(proposed_by=by or author(), proposed_at=at, **values)


# -- what was said and what became of it


def make_source(*, by=None, **values):
    values = {
        "type": "press_article",
        "rank": 4,
        "title": f"Bài về buổi làm việc số {next(numbers)}",
        "issued_on": date(2024, 3, 1),
    } | values
    return _save(Source, values, by)


def make_meeting(*, provinces=None, topics=(), cited=(), by=None, **values):
    n = next(numbers)
    begun = [one.established_on for one in provinces or () if one.established_on]
    values = {
        "slug": f"2024-02-29-binh-minh-{n}",
        "title": f"Buổi làm việc số {n}",
        "held_on": max([HELD_ON, *begun]),  # no unit meets before it is there
    } | values
    if "source" not in values:
        values["source"] = make_source(by=by)
    if "ministry" not in values:
        values["ministry"] = home()
    if provinces is None:
        provinces = [make_province()]
    return _save(Meeting, values, by, provinces=provinces, topics=topics, cited=cited)


def make_attendance(*, by=None, **values):
    values = {"title": "Bộ trưởng", "side": "ministry"} | values
    if "meeting" not in values:
        values["meeting"] = make_meeting(by=by)
    if "official" not in values:
        values["official"] = make_official()
    values.setdefault("source", values["meeting"].source)
    return _save(Attendance, values, by)


def _at_a_meeting(values, by):
    if "meeting" not in values:
        places = [values["province"]] if values.get("province") else None
        values["meeting"] = make_meeting(provinces=places, by=by)
    meeting = values["meeting"]  # a figure may have none
    if "province" not in values:
        values["province"] = (
            meeting.provinces.order_by("pk").first() if meeting else make_province()
        )
    if "source" not in values:
        values["source"] = meeting.source if meeting else make_source(by=by)
    return values


def make_request(*, topics=(), supporting=(), by=None, **values):
    values = {"title": f"Đề nghị số {next(numbers)}"} | _at_a_meeting(values, by)
    return _save(ProvinceRequest, values, by, topics=topics, supporting=supporting)


def make_answering(*, by=None, **values):
    """Of a commitment to a request, unless it says otherwise."""
    if not set(values) & {"commitment", "recommendation", "explanation", "session"}:
        values["commitment"] = make_commitment()
    if not set(values) & {"request", "question"}:
        values["request"] = make_request()
    if values.get("session"):
        values = {"is_inferred": True, "inference": "Cả buổi bàn về việc này."} | values
    return _save(Answering, values, by)


def make_commitment(*, topics=(), supporting=(), answers=(), supports=(), by=None, **values):
    if answers:
        values = {"meeting": answers[0].meeting, "province": answers[0].province} | values
    values = {"title": f"Cam kết số {next(numbers)}", "strength": "explicit"} | values
    values = _at_a_meeting(values, by)
    lists = {"topics": topics, "supporting": supporting, "answers": answers, "supports": supports}
    return _save(Commitment, values, by, **lists)


def make_recommendation(*, topics=(), supporting=(), answers=(), by=None, **values):
    if answers:
        values = {"meeting": answers[0].meeting, "province": answers[0].province} | values
    values = {"title": f"Khuyến nghị số {next(numbers)}"} | _at_a_meeting(values, by)
    return _save(Recommendation, values, by, topics=topics, supporting=supporting, answers=answers)


def make_update(*, by=None, **values):
    """News that staff know of; about a new commitment unless a target is given."""
    values = {
        "happened_on": date(2024, 6, 3),
        "status": "in_progress",
        "voice": "ministry",
        "basis": "source" if values.get("source") else "staff",
        "text": f"Tin số {next(numbers)}",
    } | values
    if not {"request", "commitment", "recommendation"} & set(values):
        values["commitment"] = make_commitment(by=by)
    return _save(StatusUpdate, values, by)


def make_remark(*, by=None, **values):
    values = {"type": "difficulty", "text": f"Khó khăn số {next(numbers)}"} | values
    return _save(Remark, _at_a_meeting(values, by), by)


def make_figure(*, by=None, **values):
    values = {"value": Decimal("12.5"), "period": "2023", "unit": "%"} | values
    if "indicator" not in values:
        values["indicator"] = make_indicator()
    return _save(Figure, _at_a_meeting(values, by), by)


# -- what readers ask


MAKERS = {  # of a record, by its kind
    Source.kind: make_source,
    Meeting.kind: make_meeting,
    ProvinceRequest.kind: make_request,
    Commitment.kind: make_commitment,
    Recommendation.kind: make_recommendation,
    StatusUpdate.kind: make_update,
    Remark.kind: make_remark,
    Figure.kind: make_figure,
}


def make_subscription(**values):
    """One that was never confirmed, of a page of its own."""
    n = next(numbers)
    values = {"email": f"nguoi-doc-{n}@example.vn", "target": f"/kien-nghi/KN-{n}/"} | values
    return _save(Subscription, {"language": "vi"} | values)


def make_tip(**values):
    values = {"about": "CK-1", "kind": "error", "text": "Ngày ghi sai."} | values
    return _save(Tip, {"language": "vi"} | values)


def make_webhook(**values):
    n = next(numbers)
    values = {"name": f"Cổng số {n}", "address": f"https://nhan-{n}.example.vn/tin"} | values
    return _save(Webhook, values)


# -- the desk's own work


def make_taken_up_item(**values):
    """A commitment of an earlier session on the list of a later one."""
    if "meeting" not in values:
        values["meeting"] = make_meeting()
    if not {"request", "commitment", "recommendation"} & set(values):
        values["commitment"] = make_commitment()
    return _save(TakenUpItem, values)


def make_link_check(**values):
    values = {
        "which": "url",
        "address": "https://example.vn/bai-bao",
        "checked_at": datetime(2025, 7, 1, 2, 0, tzinfo=UTC),
        "outcome": "opens",
        "answer": 200,
    } | values
    if "source" not in values:
        values["source"] = make_source()
    return _save(LinkCheck, values)


def make_merge(**values):
    """A person merged away; what moved is for the test to say."""
    values = {
        "kept": 1,
        "kept_name": "Trần Văn A",
        "moved": {"attendance.official": [1]},
        "reason": "Cùng một người",
        "merged_at": datetime(2025, 7, 1, 2, 0, tzinfo=UTC),
    } | values
    if "merged_by" not in values:
        values["merged_by"] = author()
    if not {"official", "organization"} & set(values):
        values["official"] = make_official()
    return _save(Merge, values)


def make_pending_reissue(**values):
    if not set(values) & set(RENAMED):
        values["organization"] = make_organization()
    return _save(PendingReissue, {"total": 1} | values)


def make_digest(**values):
    values = {"week": date(2025, 6, 30)} | values
    if "user" not in values:
        values["user"] = make_user()
    return _save(Digest, values)


READ = "Tỉnh đề nghị Bộ cho thử nghiệm giấy phép mới.\nBộ trưởng hứa trả lời trong quý II."


def make_reading(**values):
    """A short text that was read; its proposals are for the test to make."""
    n = next(numbers)
    values = {
        "text": f"{READ}\nBản tin số {n}.",
        "engine": "rules 1",
        "way": "paste",
        "verdict": "session",
        "rule": "gate.with_ministry",
        "created_at": datetime(2025, 7, 1, 2, 0, tzinfo=UTC),
    } | values
    if "created_by" not in values:
        values["created_by"] = author()
    values.setdefault("sha256", fingerprint(values["text"]))
    return _save(Reading, values)


def make_proposal(quote="đề nghị Bộ cho thử nghiệm", **values):
    """A request that the reading's text holds, unless told otherwise."""
    if "reading" not in values:
        values["reading"] = make_reading()
    for paragraph, text in enumerate(values["reading"].paragraphs, start=1):
        if (start := text.find(quote)) >= 0:
            place = {"paragraph": paragraph, "start": start, "end": start + len(quote)}
            values = place | {"quote": quote} | values
            break
    return _save(Proposal, {"kind": "request", "rule": "request.asks"} | values)


# -- from the register to the public


def edited(record, *, by=None, **changes):
    """The record with these changes saved, as the staff desk saves them."""
    record = type(record).objects.get(pk=record.pk)
    for name, value in changes.items():
        setattr(record, name, value)
    who = by or author()
    record._history_user = who
    if isinstance(record, RECORDS):
        record.updated_by = who
    record.save()
    return record


def edition_of(record):
    """What the public reads of the record now; None if nothing."""
    return Edition.objects.public().filter(kind=record.kind, record=record.pk).first()


def _needed_before(record):
    """What must be public before the record, in order."""
    needed = [getattr(record, "source", None)]
    if isinstance(record, Meeting):
        needed += [one.source for one in record.attendances.order_by("pk")]
        needed += record.cited.order_by("pk")
    needed.append(getattr(record, "meeting", None))
    if "answerings" in record.children and not isinstance(record, Meeting):
        needed += [row.answered for row in record.answerings.order_by("pk")]
    if isinstance(record, Commitment):
        needed += record.supports.order_by("pk")
    if isinstance(record, StatusUpdate):
        needed.append(record.target)
    return [one for one in needed if one is not None]


def published(record, *, by=None):
    """The record as the public reads it from now on, with whatever must be public before it."""
    for one in _needed_before(record):
        if edition_of(one) is None:
            published(one, by=by)
    publish(record, by=by or publisher())
    record.refresh_from_db()
    return record


def published_together(records, *, by=None):
    """The same of several in one act, which asks far less: a session goes out like this."""
    records, along = list(records), {}

    def visit(record):
        for needed in _needed_before(record):
            if key_of(needed) not in along and edition_of(needed) is None:
                visit(needed)
        along.setdefault(key_of(record), record)

    for record in records:
        visit(record)
    with transaction.atomic():
        lock_register(connection)
        act = Act()
        publish_in(act, along.values(), by=by or publisher())
        act.carry_out()
    for record in records:
        record.refresh_from_db()
    return records


def unstamped(edition):
    """What an edition says, without its number, cause and instants."""
    stamp = ("edition", "cause", "published_at", "changed_at")
    return {name: value for name, value in edition.data.items() if name not in stamp}
