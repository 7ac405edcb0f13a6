"""Two rows for one person or body made one, and two again: nothing lost, nothing published anew."""

from datetime import date
from itertools import combinations

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation

from engagements.management.commands.load_register import DOCUMENTS, FIXTURES
from engagements.models import Attendance, Edition, Merge, Source
from engagements.publication.loading import load
from engagements.publication.merging import MergeRefused, merge, obstacles, take_back
from engagements.publication.publishing import publish, withdraw
from engagements.publication.reference_loading import REFERENCE
from engagements.readers.targets import Target
from provinces.models import Official, Organization, Post
from tests.desk import act, address, opened, said, send
from tests.factories import (
    edited,
    edition_of,
    make_attendance,
    make_commitment,
    make_meeting,
    make_merge,
    make_official,
    make_organization,
    make_organization_succession,
    make_post,
    make_recommendation,
    make_remark,
    make_request,
    make_user,
    published,
    publisher,
    unstamped,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def keeper():
    """Who keeps the lists of people and bodies."""
    return make_user("quan-tri", ["Quản trị"])


@pytest.fixture
def desk(client, keeper):
    client.force_login(keeper)
    return client


def again(row):
    return type(row).objects.get(pk=row.pk)


def in_step():
    """Every edition is what the register and today's names give."""
    call_command("recompose", "--check", verbosity=0)


def read_as(record):
    return edition_of(record).data


def merge_page(model):
    return reverse(f"admin:provinces_{model._meta.model_name}_merge")


def sent(kept, gone, given=None):
    return {"row": [kept.pk, gone.pk], "kept": kept.pk, "reason": "Cùng một người"} | (given or {})


# -- people


@pytest.fixture
def twice():
    """One person under two rows, both of whom the public reads: (kept, gone)."""
    kept = make_official(full_name="Đỗ Minh An")
    gone = make_official(full_name="Đỗ Minh Ân", slug="do-minh-an-2")
    kept.seat = make_attendance(official=kept, title="Thứ trưởng")
    published(kept.seat.meeting)
    gone.seat = make_attendance(official=gone, title="Bộ trưởng")
    gone.said = make_commitment(meeting=gone.seat.meeting, raised_by=gone)
    gone.asked = make_request(meeting=gone.seat.meeting, raised_by=gone)
    gone.noted = make_remark(meeting=gone.seat.meeting, said_by=gone)
    for one in (gone.said, gone.asked, gone.noted):
        published(one)
    return kept, gone


@pytest.mark.both_databases
def test_everything_of_one_person_moves_to_the_other(twice, keeper):
    kept, gone = twice
    gone.post = make_post(official=gone)
    done = merge(kept, gone, by=keeper, reason="Một người")
    assert set(Attendance.objects.filter(official=kept)) == {kept.seat, gone.seat}
    for row in (gone.said, gone.asked, gone.noted, gone.post):
        assert getattr(again(row), "raised_by", None) in (kept, None)
    assert again(gone.noted).said_by == kept
    assert again(gone.post).official == kept
    assert again(gone).merged_into == kept
    assert done.moved["attendance.official"] == [gone.seat.pk]
    assert (done.kept, done.reason, done.merged_by) == (kept.pk, "Một người", keeper)
    in_step()


def test_the_public_reads_the_name_that_was_kept(twice, keeper):
    kept, gone = twice
    changed = {one.code: one.changed_at for one in Edition.objects.current()}
    merge(kept, gone, by=keeper, reason="Một người")
    link = {"slug": kept.slug, "name": kept.full_name, "title": "Bộ trưởng"}
    assert read_as(gone.said)["raised_by"] == link
    assert read_as(gone.noted)["said_by"] == link
    assert read_as(gone.seat.meeting)["attendances"][0]["official"]["slug"] == kept.slug
    assert edition_of(gone.said).raised_by == kept
    assert {one.code: one.changed_at for one in Edition.objects.current()} == changed
    assert not Edition.objects.current().filter(links__official=gone).exists()


@pytest.mark.parametrize("page", ["official", "official-feed"])
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_old_address_leads_to_the_one_kept(twice, keeper, client, page, prefix):
    kept, gone = twice
    with translation.override("vi"):
        was, now = (prefix + reverse(page, args=[row.slug]) for row in twice[::-1])
    assert client.get(was).status_code == 200
    merge(kept, gone, by=keeper, reason="Một người")
    answer = client.get(was)
    assert (answer.status_code, answer["Location"]) == (301, now)
    assert client.get(now).status_code == 200


def test_the_address_of_somebody_the_public_never_read_stays_unknown(twice, keeper, client):
    kept, _gone = twice
    unknown = make_official(full_name="Người Chưa Công Bố")
    make_attendance(official=unknown)
    merge(kept, unknown, by=keeper, reason="Một người")
    assert client.get(f"/can-bo/{unknown.slug}/").status_code == 404


def test_a_merge_is_no_edit(twice, keeper):
    """Version, state and who may publish stay; the history says who merged."""
    kept, gone = twice
    before = [(again(one).version, again(one).updated_at) for one in (gone.said, gone.seat.meeting)]
    merge(kept, gone, by=keeper, reason="Một người")
    after = [(again(one).version, again(one).updated_at) for one in (gone.said, gone.seat.meeting)]
    assert after == before
    assert not again(gone.said).has_waiting_edit
    row = gone.said.history.latest()
    assert (row.history_user, row.history_change_reason) == (keeper, "merge")
    assert again(gone.said).editors() == set()


def test_nobody_may_publish_more_or_less_after_a_merge(twice, keeper):
    kept, gone = twice
    writer = make_user()
    edited(gone.said, by=writer, title="Đã sửa")
    merge(kept, gone, by=keeper, reason="Một người")
    assert again(gone.said).editors() == {writer.pk}
    published_by_keeper = publish(again(gone.said), by=make_user())
    assert published_by_keeper.data["title"] == "Đã sửa"
    in_step()


def test_a_waiting_edit_goes_on_waiting(twice, keeper):
    kept, gone = twice
    other = make_official()
    title = read_as(gone.said)["title"]
    edited(gone.said, raised_by=other, title="Đã sửa")
    merge(kept, gone, by=keeper, reason="Một người")
    assert again(gone.said).raised_by == other
    assert again(gone.said).has_waiting_edit
    assert read_as(gone.said)["title"] == title
    assert read_as(gone.said)["raised_by"]["slug"] == kept.slug
    in_step()


def test_what_was_withdrawn_stays_withdrawn(twice, keeper):
    kept, gone = twice
    withdraw(gone.noted, by=publisher())
    merge(kept, gone, by=keeper, reason="Một người")
    assert edition_of(gone.noted) is None
    in_step()


@pytest.mark.both_databases
def test_the_same_post_is_not_doubled(keeper):
    kept, gone = make_official(), make_official()
    place = make_organization()
    mine = make_post(official=kept, organization=place)
    same = make_post(official=gone, organization=place, proof="QĐ 12", ends_on=date(2024, 1, 5))
    other = make_post(official=gone, organization=place, title="Thứ trưởng")
    done = merge(kept, gone, by=keeper, reason="Một người")
    assert set(Post.objects.filter(official=kept)) == {mine, other}
    assert (again(mine).proof, again(mine).ends_on) == ("QĐ 12", date(2024, 1, 5))
    take_back(done, by=keeper)
    assert set(Post.objects.filter(official=gone)) == {same, other}
    assert again(same).proof == "QĐ 12"


@pytest.fixture
def filled(keeper):
    """A post whose end and proof came from the same post of the row merged away: (post, merge)."""
    kept, gone, place = make_official(), make_official(), make_organization()
    post = make_post(official=kept, organization=place)
    make_post(official=gone, organization=place, proof="QĐ 12", ends_on=date(2024, 1, 5))
    return post, merge(kept, gone, by=keeper, reason="Một người")


def test_taken_back_a_post_keeps_nothing_of_the_other_person(filled, keeper):
    post, done = filled
    assert take_back(done, by=keeper) == []
    assert (again(post).proof, again(post).ends_on) == ("", None)
    assert again(post).history.latest().history_change_reason == "take back a merge"
    other = Post.objects.exclude(pk=post.pk).get()
    assert (other.proof, other.ends_on) == ("QĐ 12", date(2024, 1, 5))


def test_what_a_post_took_over_and_somebody_changed_is_left_and_named(filled, keeper):
    post, done = filled
    edited(again(post), proof="QĐ 13")
    (line,) = take_back(done, by=keeper)
    assert "proof" in line
    assert str(post.organization) in line
    assert (again(post).proof, again(post).ends_on) == ("QĐ 13", None)


def test_what_a_post_took_over_is_told_with_the_merge(desk, filled):
    post, done = filled
    page = desk.get(reverse("admin:engagements_merge_take_back", args=[done.pk]))
    assert str(post.organization) in " ".join(page.context["lines"])


def test_a_merge_from_before_such_things_were_written_down_is_taken_back(filled, keeper):
    post, done = filled
    old = {name: keys for name, keys in done.moved.items() if not name.endswith(" filled")}
    Merge.objects.filter(pk=done.pk).update(moved=old)
    assert take_back(done, by=keeper) == []
    assert again(post).proof == "QĐ 12"


@pytest.mark.both_databases
def test_both_at_one_meeting_must_be_solved_first(twice, keeper):
    kept, gone = twice
    make_attendance(official=kept, meeting=gone.seat.meeting)
    with pytest.raises(MergeRefused, match="Both sat at"):
        merge(kept, gone, by=keeper, reason="Một người")
    assert again(gone).merged_into is None


def test_both_at_one_meeting_as_the_public_reads_it(twice, keeper):
    kept, gone = twice
    meeting = gone.seat.meeting
    second = make_attendance(official=kept, meeting=meeting)
    edited(meeting, title="Tên mới")
    publish(meeting, by=publisher())
    second.delete()
    assert [one.record for one in obstacles(kept, gone)] == [meeting]
    edited(meeting, title="Tên mới nữa")
    publish(meeting, by=publisher())
    assert obstacles(kept, gone) == []


def test_a_chain_of_merges_leads_to_the_last(twice, keeper, client):
    kept, gone = twice
    first = make_official()
    published(make_attendance(official=first).meeting)
    earlier = merge(gone, first, by=keeper, reason="Một người")
    merge(kept, gone, by=keeper, reason="Một người")
    assert again(first).merged_into == kept
    answer = client.get(f"/can-bo/{first.slug}/")
    assert (answer.status_code, answer["Location"]) == (301, f"/can-bo/{kept.slug}/")
    with pytest.raises(MergeRefused, match="hoàn tác lần gộp đó trước"):
        take_back(earlier, by=keeper)
    in_step()


def changes(client, after):
    return client.get("/api/v1/changes/", {"after": after, "page_size": 200}).json()


def test_who_keeps_a_copy_learns_of_the_merge_with_what_it_issued(twice, keeper, client):
    kept, gone = twice
    mark = changes(client, 0)["after"]
    done = merge(kept, gone, by=keeper, reason="Một người")
    page = changes(client, mark)
    (row,) = [one for one in page["results"] if one["state"] == "merged"]
    assert (row["kind"], row["code"], row["into"]) == ("official", gone.slug, kept.slug)
    assert (row["record"], row["sequence"]) == (None, page["after"])
    assert all(one["into"] is None for one in page["results"] if one is not row)
    assert changes(client, page["after"])["results"] == []
    take_back(done, by=keeper)
    again = changes(client, mark)["results"]
    assert "merged" not in {one["state"] for one in again}


def test_page_by_page_it_is_told_once(twice, keeper, client):
    kept, gone = twice
    merge(kept, gone, by=keeper, reason="Một người")
    path, told = "/api/v1/changes/?page_size=1", []
    while path:
        page = client.get(path).json()
        told += [(one["sequence"], one["state"]) for one in page["results"]]
        path = page["next"]
    assert [state for _sequence, state in told].count("merged") == 1
    assert [sequence for sequence, _state in told] == sorted(sequence for sequence, _ in told)


def test_of_somebody_the_public_never_read_no_copy_learns(twice, keeper, client):
    kept, _gone = twice
    unknown = make_official(full_name="Người Chưa Công Bố")
    make_attendance(official=unknown)
    merge(kept, unknown, by=keeper, reason="Một người")
    assert unknown.slug not in str(changes(client, 0))
    assert client.get(f"/api/v1/officials/{unknown.slug}/").status_code == 404


def test_of_somebody_whose_items_were_withdrawn_nothing_is_left(twice, keeper, client):
    kept, gone = twice
    merge(kept, gone, by=keeper, reason="Một người")
    for row in (gone.said, gone.asked, gone.noted, gone.seat.meeting):
        withdraw(row, by=publisher())
    assert gone.slug not in str(changes(client, 0))


def test_the_old_address_of_the_api_leads_on_too(twice, keeper, client):
    kept, gone = twice
    merge(kept, gone, by=keeper, reason="Một người")
    answer = client.get(f"/api/v1/officials/{gone.slug}/")
    assert (answer.status_code, answer["Location"]) == (308, f"/api/v1/officials/{kept.slug}/")
    assert client.get(answer["Location"]).json()["slug"] == kept.slug


# -- taken back


@pytest.mark.both_databases
def test_taken_back_all_is_as_it_was(twice, keeper, client):
    kept, gone = twice
    gone.post = make_post(official=gone)
    before = {one.code: unstamped(one) for one in Edition.objects.current()}
    done = merge(kept, gone, by=keeper, reason="Một người")
    assert take_back(done, by=keeper) == []
    assert again(gone).merged_into is None
    assert list(Attendance.objects.filter(official=kept)) == [kept.seat]
    assert again(gone.said).raised_by == gone
    assert again(gone.post).official == gone
    assert {one.code: unstamped(one) for one in Edition.objects.current()} == before
    assert client.get(f"/can-bo/{gone.slug}/").status_code == 200
    done = again(done)
    assert (done.undone_by, done.undone_at is not None) == (keeper, True)
    in_step()


@pytest.mark.both_databases
def test_what_changed_since_is_left_and_named(twice, keeper):
    kept, gone = twice
    done = merge(kept, gone, by=keeper, reason="Một người")
    other = make_official()
    edited(gone.said, raised_by=other)
    left = take_back(done, by=keeper)
    assert left == [f"commitments · said by: {gone.said}"]
    assert again(gone.said).raised_by == other
    assert read_as(gone.said)["raised_by"]["slug"] == gone.slug  # as it was published
    assert again(gone.asked).raised_by == gone
    in_step()


def test_an_edit_that_waits_through_both(twice, keeper):
    kept, gone = twice
    edited(gone.seat.meeting, title="Đã sửa")
    edited(gone.said, title="Đã sửa")
    done = merge(kept, gone, by=keeper, reason="Một người")
    take_back(done, by=keeper)
    assert read_as(gone.seat.meeting)["attendances"][0]["official"]["slug"] == gone.slug
    assert read_as(gone.said)["raised_by"] == {
        "slug": gone.slug, "name": gone.full_name, "title": "Bộ trưởng",
    }  # fmt: skip
    assert again(gone.said).has_waiting_edit
    in_step()


def test_what_was_published_since_with_another_edit_waiting_is_named(twice, keeper):
    kept, gone = twice
    done = merge(kept, gone, by=keeper, reason="Một người")
    edited(gone.said, title="Đã sửa")
    publish(gone.said, by=publisher())
    edited(gone.said, title="Lại sửa")
    assert take_back(done, by=keeper) == [f"{again(gone.said).code}, as the public reads it"]
    assert again(gone.said).raised_by == gone
    in_step()


@pytest.mark.both_databases
def test_taken_back_once(twice, keeper):
    done = merge(*twice, by=keeper, reason="Một người")
    take_back(done, by=keeper)
    with pytest.raises(MergeRefused, match="taken back already"):
        take_back(done, by=keeper)


# -- bodies


@pytest.fixture
def bodies():
    """One body under two rows that the public reads: (kept, gone)."""
    kept = make_organization(name="Sở Mẫu", short_name="SM", kind="provincial_department")
    gone = make_organization(name="Sở Mẫu tỉnh", short_name="SMT", kind="provincial_department")
    meeting = make_meeting(ministry=gone)
    make_attendance(meeting=meeting, organization=gone)
    make_attendance(meeting=meeting, organization=kept)
    gone.meeting = meeting
    gone.owed = make_commitment(meeting=meeting, lead=gone, current_lead=gone, supporting=[gone])
    gone.both = make_recommendation(meeting=meeting, supporting=[gone, kept])
    gone.asked = make_request(meeting=meeting, addressed_to=gone)
    for one in (gone.owed, gone.both, gone.asked):
        published(one)
    return kept, gone


@pytest.mark.both_databases
def test_everything_of_one_body_moves_to_the_other(bodies, keeper):
    kept, gone = bodies
    unit, post = make_organization(parent=gone), make_post(organization=gone)
    handover = make_organization_succession(make_organization(), gone)
    merge(kept, gone, by=keeper, reason="Một cơ quan")
    owed = again(gone.owed)
    assert (owed.lead, owed.current_lead, list(owed.supporting.all())) == (kept, kept, [kept])
    assert list(again(gone.both).supporting.all()) == [kept]
    assert (again(gone.meeting).ministry, again(gone.asked).addressed_to) == (kept, kept)
    assert (again(unit).parent, again(post).organization) == (kept, kept)
    assert again(handover).successor == kept
    assert again(kept).aliases.splitlines() == ["Sở Mẫu tỉnh", "SMT"]
    edition = edition_of(gone.owed)
    assert (edition.ministry, edition.lead) == (kept, kept)
    assert not Edition.objects.current().filter(links__organization=gone).exists()
    in_step()


def test_who_follows_the_body_merged_away_follows_the_one_kept(bodies, keeper):
    kept, gone = bodies
    merge(kept, gone, by=keeper, reason="Một cơ quan")
    assert Target(f"/co-quan/{gone.slug}/").address == f"/co-quan/{kept.slug}/"


@pytest.mark.both_databases
def test_bodies_taken_apart_are_as_they_were(bodies, keeper):
    kept, gone = bodies
    before = {one.code: (unstamped(one), one.ministry_id) for one in Edition.objects.current()}
    edited(gone.meeting, title="Đang sửa")
    edited(gone.both, title="Đang sửa")
    done = merge(kept, gone, by=keeper, reason="Một cơ quan")
    assert take_back(done, by=keeper) == []
    after = {one.code: (unstamped(one), one.ministry_id) for one in Edition.objects.current()}
    assert after == before
    assert set(again(gone.both).supporting.all()) == {kept, gone}
    assert again(gone.meeting).ministry == gone
    assert again(kept).aliases == ""
    in_step()


BODIES = {
    "above": (lambda a, b: edited(a, parent=b), "these are two bodies"),
    "far-above": (
        lambda a, b: edited(a, parent=make_organization(parent=b)),
        "these are two bodies",
    ),
    "took-over": (make_organization_succession, "took over"),
    "merged-already": (lambda a, b: edited(a, merged_into=make_organization()), "merged already"),
    "gone-to-two": (
        lambda *pair: [
            make_organization_succession(one, make_organization(), is_principal=True)
            for one in pair
        ],
        "mend one of them first",
    ),
}


@pytest.mark.parametrize(("make", "reason"), BODIES.values(), ids=BODIES)
def test_two_bodies_are_not_made_one(keeper, make, reason):
    one, other = make_organization(), make_organization()
    make(one, other)
    for kept, gone in ((one, other), (other, one)):
        with pytest.raises(MergeRefused, match=reason):
            merge(again(kept), again(gone), by=keeper, reason="Một cơ quan")


def test_two_bodies_that_went_whole_to_the_same_one_are_made_one(keeper):
    one, other, heir = (make_organization(is_reference=True) for _place in range(3))
    for row in (one, other):
        make_organization_succession(row, heir, is_principal=True)
    done = merge(one, other, by=keeper, reason="Một cơ quan")
    assert one.successions.get().is_principal
    assert take_back(done, by=keeper) == []
    for row in (one, other):
        assert row.successions.get().is_principal


def test_what_only_the_row_merged_away_said_of_the_rest_is_taken_back_with_it(keeper):
    one, other, heir = (make_organization() for _place in range(3))
    make_organization_succession(one, heir)
    make_organization_succession(other, heir, is_principal=True, legal_act="Nghị định 1")
    done = merge(one, other, by=keeper, reason="Một cơ quan")
    assert one.successions.get().is_principal
    assert take_back(done, by=keeper) == []
    said = [
        (row.successions.get().is_principal, row.successions.get().legal_act)
        for row in (one, other)
    ]
    assert said == [(False, ""), (True, "Nghị định 1")]


def test_one_body_that_took_the_rest_under_two_rows_is_made_one(keeper):
    old, one, other = (make_organization() for _place in range(3))
    make_organization_succession(old, one)
    make_organization_succession(old, other, is_principal=True)
    done = merge(one, other, by=keeper, reason="Một cơ quan")
    assert [(row.successor, row.is_principal) for row in old.successions.all()] == [(one, True)]
    assert take_back(done, by=keeper) == []
    said = {row.successor: row.is_principal for row in old.successions.all()}
    assert said == {one: False, other: True}


def test_a_row_is_not_merged_with_itself(keeper):
    one = make_official()
    with pytest.raises(MergeRefused, match="two different rows"):
        merge(one, one, by=keeper, reason="Một người")


# -- the loaded register


@pytest.mark.parametrize("model", [Official, Organization])
def test_the_loaded_register_there_and_back(register, keeper, model):
    """The two rows that most editions name, made one and two again: the public reads the same."""
    name = model._meta.model_name
    named = sorted(
        model.objects.all(),
        key=lambda row: -Edition.objects.current().filter(**{f"links__{name}": row}).count(),
    )
    kept, gone = next(pair for pair in combinations(named, 2) if not obstacles(*pair))
    before = {one.code: unstamped(one) for one in Edition.objects.current()}
    done = merge(kept, gone, by=keeper, reason="Thử")
    in_step()
    assert {one.code: unstamped(one) for one in Edition.objects.current()} != before
    assert take_back(done, by=keeper) == []
    in_step()
    assert {one.code: unstamped(one) for one in Edition.objects.current()} == before


def test_loading_the_documents_again_brings_nothing_back(register, keeper):
    gone = Official.objects.filter(posts__isnull=False, attendances__isnull=False).first()
    kept = make_official()
    merge(kept, gone, by=keeper, reason="Thử")
    counts = (Post.objects.count(), Attendance.objects.count(), Source.objects.count())
    load([FIXTURES / name for name in (*REFERENCE, *DOCUMENTS)])
    assert (Post.objects.count(), Attendance.objects.count(), Source.objects.count()) == counts
    in_step()


def test_who_is_erased_is_erased_with_the_rows_merged_into_theirs(twice, keeper):
    kept, gone = twice
    done = merge(kept, gone, by=keeper, reason="Đỗ Minh Ân là một người")
    arguments = {"reason": "đơn", "username": keeper.username, "yes": True, "verbosity": 0}
    call_command("erase_person", kept.slug, **arguments)
    for row in (kept, gone):
        assert again(row).full_name == "(đã xoá theo yêu cầu)"
        assert set(row.history.values_list("slug", flat=True)) == {f"da-xoa-{row.pk}"}
    done = again(done)
    assert "Đỗ" not in f"{done.kept_name} {done.reason} {done}"
    assert not Edition.objects.filter(payload__contains="Đỗ Minh").exists()
    in_step()


def test_erasing_the_row_merged_away_names_the_other(twice, keeper):
    kept, gone = twice
    merge(kept, gone, by=keeper, reason="Một người")
    with pytest.raises(Exception, match=kept.slug):
        call_command("erase_person", gone.slug, reason="đơn", username=keeper.username, yes=True)


# -- at the desk


def test_two_chosen_in_the_list_are_compared(desk, twice):
    kept, gone = twice
    shown = act(desk, "merge_chosen", kept, gone)
    text = shown.content.decode()
    assert kept.slug in text
    assert gone.slug in text
    assert str(gone.said) in text
    assert again(gone).merged_into is None


def test_two_of_one_name_are_told_apart(desk, keeper):
    pair = [make_official(full_name="Lê Văn Giả Định", slug=f"gia-dinh-{n}") for n in (1, 2)]
    posts = [make_post(official=one, organization=make_organization()) for one in pair]
    page = desk.get(merge_page(Official), {"row": [one.pk for one in pair]}).content.decode()
    for one, post in zip(pair, posts, strict=True):
        assert f'<th scope="col">{one.full_name} ({one.slug})</th>' in page
        assert f"{post}, {post.organization}" in page
    done = merge(*pair, by=keeper, reason="Một người")
    for page in (address(Merge), address(Merge, "change", done.pk)):
        text = desk.get(page).content.decode()
        for one in pair:
            assert f"{one.full_name} ({one.slug})" in text


@pytest.mark.parametrize("chosen", [1, 3])
def test_the_action_wants_two(desk, twice, chosen):
    rows = [*twice, make_official()][:chosen]
    answer = act(desk, "merge_chosen", *rows)
    assert len(said(answer)) == 1
    assert "cl" in answer.context


def test_merged_at_the_desk(desk, twice):
    kept, gone = twice
    answer = desk.post(merge_page(Official), sent(kept, gone), follow=True)
    assert answer.status_code == 200
    assert again(gone).merged_into == kept
    assert Merge.objects.get().reason == "Cùng một người"


@pytest.mark.both_databases
def test_sent_twice_is_merged_once(desk, twice):
    kept, gone = twice
    for _time in range(2):
        answer = desk.post(merge_page(Official), sent(kept, gone))
        assert answer.status_code == 302
    assert Merge.objects.count() == 1


@pytest.mark.parametrize("given", [{"reason": ""}, {"kept": ""}, {"kept": 0}, {"kept": "x"}])
def test_a_merge_has_a_reason_and_a_row_that_stays(desk, twice, given):
    answer = desk.post(merge_page(Official), sent(*twice, given))
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not Merge.objects.exists()


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ([], 200),
        (["", ""], 200),
        ([1, 2, 3], 400),
        (["x"], 400),
        (["9" * 30, 1], 400),
        ([987654, 1], 404),
    ],
)
def test_a_wrong_choice_is_answered(desk, rows, status):
    assert desk.get(merge_page(Official), {"row": rows}).status_code == status


def test_the_other_row_is_asked_for(desk, twice):
    shown = desk.get(merge_page(Official), {"row": twice[0].pk})
    assert len(shown.context["boxes"]) == 1


def test_one_row_written_in_two_ways_is_one_row(desk, twice):
    key = twice[0].pk
    shown = desk.get(merge_page(Official), {"row": [key, f"0{key}"]})
    assert len(shown.context["boxes"]) == 1


@pytest.mark.parametrize("role", ["Biên tập", "Duyệt", "Xem nội bộ"])
def test_who_does_not_keep_the_lists_merges_nothing(client, twice, role, keeper):
    client.force_login(make_user(roles=[role]))
    assert client.get(merge_page(Official)).status_code == 403
    assert client.post(merge_page(Official), sent(*twice)).status_code == 403
    done = merge(*twice, by=keeper, reason="Một người")
    page = reverse("admin:engagements_merge_take_back", args=[done.pk])
    assert client.get(page).status_code == 403
    assert client.post(page).status_code == 403
    assert again(done).undone_at is None


def test_who_was_merged_away_is_out_of_sight(desk, twice, keeper):
    kept, gone = twice
    merge(kept, gone, by=keeper, reason="Một người")
    shown = desk.get(address(Official)).context["cl"].queryset
    assert gone not in shown
    assert kept in shown
    assert list(desk.get(address(Official), {"merged": "yes"}).context["cl"].queryset) == [gone]
    asked = {"app_label": "engagements", "model_name": "remark", "field_name": "said_by"}
    found = desk.get(reverse("admin:autocomplete"), asked | {"term": "do minh"}).json()["results"]
    assert [one["id"] for one in found] == [str(kept.pk)]
    assert desk.post(address(Official, "change", gone.pk), {"full_name": "X"}).status_code == 403


def test_a_form_that_was_opened_before_does_not_bring_the_row_back(client, twice, keeper):
    kept, gone = twice
    client.force_login(make_user(roles=["Biên tập"], is_superuser=True))
    form = opened(client, gone.noted)
    assert form["said_by"] == str(gone.pk)
    merge(kept, gone, by=keeper, reason="Một người")
    answer = send(client, gone.noted, form | {"text": "Lời mới"})
    assert "said_by" in answer.context["adminform"].form.errors
    assert again(gone.noted).said_by == kept


def test_taken_back_at_the_desk(desk, twice, keeper):
    kept, gone = twice
    done = merge(kept, gone, by=keeper, reason="Một người")
    page = reverse("admin:engagements_merge_take_back", args=[done.pk])
    assert desk.get(address(Merge, "change", done.pk)).status_code == 200
    assert desk.get(page).status_code == 200
    assert again(gone).merged_into == kept
    assert desk.post(page).status_code == 302
    assert again(gone).merged_into is None
    assert desk.post(page).status_code == 302  # said, not done again
    assert desk.get(reverse("admin:engagements_merge_take_back", args=["x"])).status_code == 404


def test_the_list_of_merges(desk):
    make_merge()
    assert desk.get(address(Merge)).context["cl"].result_count == 1
    assert desk.get(address(Merge), {"standing": "taken-back"}).context["cl"].result_count == 0
