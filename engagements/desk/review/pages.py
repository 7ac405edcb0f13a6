"""Pages of review: a record or a whole session beside what the public reads, and the page to be.

Whoever publishes sends along the version that was seen; another one is refused.
"""

from django.http import Http404, HttpResponseRedirect
from django.utils.translation import gettext as _

from engagements.desk.pages import READ, Page, desk_page, form_of, page_of
from engagements.models import State
from engagements.publication.checks import Refused, Surroundings, problems
from engagements.publication.links import key_of
from engagements.publication.publishing import (
    as_it_will_be,
    is_to_publish,
    publish,
    publish_session,
    session_records,
    withdraw,
)
from engagements.publication.together import prefetch_for_checks
from engagements.words import Kind

from .actions import NUMBER, NoteForm, StepReport, send_back, submit, versions_sent
from .course import course, own_entries, part_entries
from .differences import differences_of
from .preview import as_the_public


def _review_page(screen, request, template, record, **context):
    ways = {"change_url": page_of(record), "preview_url": page_of(record, "preview")}
    template = f"admin/engagements/{template}"
    return desk_page(screen, request, template, original=record, **ways, **context)


def _note_sent(request):
    """The form of the note that goes back with a record: bound where it was sent."""
    return NoteForm(request.POST if request.POST.get("act") == "send_back" else None)


def _is_step(request, form):
    """Whether a step was sent that can be taken; a note that is missing is asked for first."""
    return request.method == "POST" and (not form.is_bound or form.is_valid())


def told_reasons(reasons):
    """[(reason, address of the form in which it is solved, or None)] of what checks found."""
    return [
        (reason, form_of(row) if (row := getattr(reason, "row", None)) else None)
        for reason in reasons
    ]


# -- one record


def review_view(screen, request, record):
    form = _note_sent(request)
    if _is_step(request, form):
        _act(screen, request, record, form)
        return HttpResponseRedirect(page_of(record, "review"))
    (difference,) = differences_of([record])
    since = record.published_at
    context = {}
    if record.kind == Kind.MEETING:
        context["session_url"] = page_of(record, "session")
    elif getattr(record, "meeting_id", None):
        context["session_url"] = page_of(record.meeting, "session")
    return _review_page(
        screen,
        request,
        "review.html",
        record,
        title=_("Review: %(record)s") % {"record": record},
        difference=difference,
        form=form,
        offers=_offers(screen, request, record),
        in_the_way=told_reasons(problems(record, request.user)),
        entries=sorted(
            [*own_entries(record, since), *part_entries(record, since)],
            key=lambda entry: entry.at,
            reverse=True,
        ),
        course=course(record),
        **context,
    )


def _offers(screen, request, record):
    """What this person may do to the record as it stands."""
    may_change = screen.has_change_permission(request, record)
    may_review = screen.has_review_permission(request, record)
    is_submittable = record.state == State.DRAFT or record.was_sent_back
    offers = {
        "submit": may_change and is_submittable,
        "publish": may_review
        and (record.published_version is None or record.has_waiting_edit)
        and not problems(record, request.user),
        "send_back": may_review and record.waits_for_review,
        "withdraw": may_review and record.state == State.PUBLISHED,
    }
    return {name for name, is_offered in offers.items() if is_offered}


def _act(screen, request, record, form):
    """Carries out the step that the page was sent for, on the version that it showed."""
    sent, act = request.POST.get("version", ""), request.POST.get("act")
    version = int(sent) if NUMBER.fullmatch(sent) else 0
    steps = {
        "submit": ("change", _("Submitted for review."), submit),
        "publish": ("review", _("Published."), publish),
        "send_back": ("review", _("Sent back."), send_back),
        "withdraw": ("review", _("Withdrawn."), _withdraw_seen),
    }
    if act not in steps:
        raise Http404
    permission, done, step = steps[act]
    note = {"note": form.cleaned_data["note"]} if act == "send_back" else {}
    report = StepReport(screen, request)
    report.carry_out(permission, record, done, step, version=version, **note)
    report.tell(done)


def _withdraw_seen(record, *, by, version):
    """Withdrawing takes away what the public reads, whatever edit waits: no version matters."""
    return withdraw(record, by=by)


# -- a whole session


def session_view(screen, request, meeting):
    form = _note_sent(request)
    screen_of = screen.admin_site.get_model_admin
    records = [
        record
        for record in session_records(meeting)
        if screen_of(type(record)).has_view_permission(request, record)
    ]
    prefetch_for_checks(records)
    if _is_step(request, form):
        _act_on_session(screen, request, meeting, records, form)
        return HttpResponseRedirect(page_of(meeting, "session"))
    rows, around = [], Surroundings(records, request.user)
    for difference in differences_of(records):
        record = difference.record
        is_open = is_to_publish(record)
        in_the_way = problems(record, request.user, around) if is_open else []
        rows.append(
            {
                "difference": difference,
                "is_open": is_open,
                "in_the_way": told_reasons(in_the_way),
                "review_url": page_of(record, "review"),
                "state": screen_of(type(record)).shown_state(record),
            }
        )
        around.public.add(key_of(record))
    waiting = [row for row in rows if row["is_open"]]
    open_records = [row["difference"].record for row in waiting]
    return _review_page(
        screen,
        request,
        "review_session.html",
        meeting,
        title=_("Review of the session: %(meeting)s") % {"meeting": meeting},
        rows=rows,
        waiting=waiting,
        form=form,
        may_submit=any(
            screen_of(type(record)).has_change_permission(request, record)
            for record in open_records
        ),
        may_review=screen.has_review_permission(request, meeting),
        is_clear=not any(row["in_the_way"] for row in waiting),
    )


def _act_on_session(screen, request, meeting, records, form):
    """The step for the records that were chosen, each in the version that was shown."""
    shown = {f"{record.kind}:{record.pk}": record for record in records}
    sent = versions_sent(request, "chosen")
    chosen = {shown[name]: version for name, version in sent.items() if name in shown}
    act, report = request.POST.get("act"), StepReport(screen, request)
    if act == "publish":
        _publish_chosen(report, meeting, chosen)
    elif act == "submit":
        for record, version in chosen.items():
            done = _("Submitted for review.")
            report.carry_out("change", record, done, submit, version=version)
        report.tell(_("Submitted for review: %(n)d"))
    elif act == "send_back":
        note = form.cleaned_data["note"]
        for record, version in chosen.items():
            done = _("Sent back.")
            report.carry_out("review", record, done, send_back, version=version, note=note)
        report.tell(_("Sent back: %(n)d"))
    else:
        raise Http404


def _publish_chosen(report, meeting, chosen):
    """All that was chosen, or nothing."""
    allowed = [record for record in chosen if report.may("review", record)]
    done = ""
    if not allowed:
        report.refused.append(_("Nothing was chosen."))
    elif len(allowed) == len(chosen):
        seen = {(record.kind, record.pk): version for record, version in chosen.items()}
        try:
            editions = publish_session(meeting, by=report.request.user, seen=seen)
        except Refused as refusal:
            report.refused += refusal.messages
        else:
            for edition in editions:
                report.did(meeting, _("Published as %(edition)s.") % {"edition": edition})
            done = _("Published: %(n)d")
    report.tell(done)


# -- the page as it will be


def preview_view(screen, request, record):
    back = page_of(record, "review")
    try:
        return as_it_will_be(record, lambda address: as_the_public(request, address, back))
    except Refused as refusal:
        reasons = refusal.messages
    title = _("It cannot be shown as the public will")
    return _review_page(
        screen, request, "preview_refused.html", record, title=title, reasons=reasons
    )


REVIEW_PAGES = (
    Page("<path:object_id>/review/", review_view, "review"),
    Page("<path:object_id>/preview/", preview_view, "preview", methods=READ),
)
SESSION_PAGE = Page("<path:object_id>/session/", session_view, "session")
