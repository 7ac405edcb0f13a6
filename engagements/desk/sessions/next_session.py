"""Page that opens the next session, from an earlier one or a province, with what is still open."""

import uuid
from functools import partial

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import Http404, HttpResponseRedirect
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engagements.deadlines import COLUMNS, FIRST_COLUMNS, both_states, deadline_words
from engagements.desk.pages import Page, desk_page, page_of, page_of_table, record_or_404
from engagements.models import (
    Commitment,
    Meeting,
    ProvinceRequest,
    Recommendation,
    State,
    TakenUpItem,
)
from engagements.roles import misplaced, organizations_of, tended_by
from engagements.words import CLOSED, MeetingState
from provinces.models import Atlas, Organization, OrganizationKind, OrganizationSuccession, Province

from .forms import SessionForm

TARGET_MODELS = {
    "request": ProvinceRequest,
    "commitment": Commitment,
    "recommendation": Recommendation,
}
FIELDS = (
    "title",
    "state_of_it",
    "format",
    "held_on",
    "planned_from",
    "planned_to",
    "planned_text",
    "place",
    "provinces",
    "slug",
)


# -- who meets again


def carriers(ministry, on=None):
    """The organizations that carry a ministry's work on that day; itself while it goes on."""
    on = on or timezone.localdate()
    following = {}
    rows = OrganizationSuccession.objects.filter(effective_on__lte=on).select_related("successor")
    for row in rows.order_by("effective_on", "pk"):
        following.setdefault(row.predecessor_id, []).append(row.successor)
    carrying, waiting, seen = {}, [ministry], set()
    while waiting:
        organization = waiting.pop(0)
        if organization.pk in seen:
            continue
        seen.add(organization.pk)
        ended = organization.ceased_on is not None and organization.ceased_on <= on
        if ended and organization.pk in following:
            waiting += following[organization.pk]
        else:
            carrying[organization.pk] = organization
    return list(carrying.values())


def open_items(units, ministry):
    """What still waits of both sides: of these units and those before them, with that ministry.

    A ministry has what the organizations before it had.
    """
    atlas = Atlas()
    provinces = {before.pk for unit in units for before in atlas.lineage(unit)}
    ministries = tended_by(ministry.pk)
    items = []
    for target, model in TARGET_MODELS.items():
        rows = model.objects.filter(province__in=provinces, meeting__ministry__in=ministries)
        rows = rows.exclude(status__in=CLOSED).exclude(state=State.WITHDRAWN)
        rows = rows.select_related("meeting", "province", "lead", "current_lead")
        rows = rows.with_deadline_in_force()
        rows = sorted(rows, key=lambda item: (item.meeting.day, item.meeting_id, item.pk))
        items += [OpenItem(target, item) for item in rows]
    return items


def due_words(item):
    """The deadline in force of an item, and the first beside it where an update moved that."""
    due = item.due
    words = deadline_words(*(due[name] for name in COLUMNS))
    if not due["moves"]:
        return words
    first = deadline_words(*(due[name] for name in FIRST_COLUMNS.values()))
    return _("%(due)s, first: %(first)s") % {"due": words, "first": first or _("none")}


def states_today(item):
    """How an item stands to the deadline in force, and to the first."""
    today = timezone.localdate()
    return both_states(item.deadline(today), item.first_deadline(today))


class OpenItem:
    """A line of the list from which the next session takes its items."""

    def __init__(self, target, item):
        self.target, self.item = target, item
        self.key = f"{target}-{item.pk}"
        self.is_taken = True

    @property
    def address(self):
        return page_of(self.item)

    @property
    def owed_by(self):
        return self.item.current_lead or self.item.lead

    @property
    def due(self):
        return due_words(self.item)

    @property
    def deadline(self):
        return states_today(self.item)


# -- the form


class NextSessionForm(SessionForm):
    """Only what is known beforehand; the rest is entered in the session's own form."""

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        provinces = self.fields["provinces"]
        provinces.queryset = Province.objects.filter(pk__in=[unit.pk for unit in units])
        self.fields["slug"].widget = forms.HiddenInput()
        self.fields["state_of_it"].choices = [
            (state.value, state.label) for state in (MeetingState.PLANNED, MeetingState.HELD)
        ]
        del self.fields["version"], self.fields["reason"]


def next_session_form(screen, request):
    return forms.modelform_factory(
        Meeting,
        form=NextSessionForm,
        fields=FIELDS,
        widgets={"provinces": forms.CheckboxSelectMultiple},
        formfield_callback=partial(_opening_box, screen, request),
    )


def _opening_box(screen, request, field, widget=None, **kwargs):
    """The desk's own box; but the few provinces are ticked, not searched for."""
    if widget is not None:
        return field.formfield(widget=widget, help_text="", **kwargs)
    return screen.formfield_for_dbfield(field, request, **kwargs)


class _From:
    """From what the next session is opened: an earlier one, or a province."""

    def __init__(self, screen, request):
        self.session = self._row(request, "meeting", screen)
        self.province = self._row(request, "province", screen.admin_site.get_model_admin(Province))
        if (self.session is None) is (self.province is None):
            raise Http404
        self.atlas = Atlas()
        unit_of = [self.province] if self.province else list(self.session.provinces.all())
        units = [heir for unit in unit_of for heir in self.atlas.heirs(unit)]
        self.units = list({unit.pk: unit for unit in units}.values())
        self.ministries = self._ministries()
        self.ministry = self._chosen(request)

    def _row(self, request, name, screen):
        key = request.GET.get(name)
        if key is None:
            return None
        try:
            return record_or_404(screen, request, key, "view")
        except PermissionDenied as error:
            raise Http404 from error

    def _ministries(self):
        """Who may sit on the other side; who met them last comes first."""
        if self.session:
            return carriers(self.session.ministry)
        provinces = {before.pk for unit in self.units for before in self.atlas.lineage(unit)}
        met = Meeting.objects.filter(provinces__in=provinces)
        met = met.order_by(F("held_on").desc(nulls_last=True), "-pk")  # a plan is no meeting yet
        keys = met.values_list("ministry", flat=True)
        carrying = {}
        for ministry in Organization.objects.in_bulk(keys).values():
            carrying |= {heir.pk: heir for heir in carriers(ministry)}
        if carrying:
            return list(carrying.values())
        living = Organization.objects.not_merged().filter(kind=OrganizationKind.MINISTRY)
        return list(living.filter(ceased_on=None))

    def _chosen(self, request):
        asked = request.GET.get("ministry")
        if asked is None:
            desk = organizations_of(request.user)
            own = [ministry for ministry in self.ministries if ministry.pk in desk]
            return next(iter(own or self.ministries), None)
        for ministry in self.ministries:
            if str(ministry.pk) == asked:
                return ministry
        raise Http404

    @property
    def title(self):
        """A first wording, in the language of the records."""
        names = [f"{unit.full_name[0].lower()}{unit.full_name[1:]}" for unit in self.units]
        return f"{self.ministry} làm việc với {', '.join(names)}"[:200]


# -- the page


def next_view(screen, request):
    start = _From(screen, request)
    key = request.POST.get("uid", "")
    if made := _made_by(key):
        return _again(screen, request, made)
    meeting = Meeting(ministry=start.ministry, follows=start.session)
    meeting.created_by = meeting.updated_by = meeting._history_user = request.user
    form = next_session_form(screen, request)(
        request.POST if request.method == "POST" else None,
        instance=meeting,
        units=start.units,
        initial={
            "title": start.title if start.ministry else "",
            "state_of_it": MeetingState.PLANNED,
            "provinces": [unit.pk for unit in start.units],
            "uid": uuid.uuid4(),
        },
    )
    items = open_items(start.units, start.ministry) if start.ministry else []
    if request.method == "POST":
        chosen = set(request.POST.getlist("item"))
        for item in items:
            item.is_taken = item.key in chosen
        if start.ministry and _is_allowed(request, form):
            try:
                with transaction.atomic():
                    _open(screen, request, form, [item for item in items if item.is_taken])
            except IntegrityError:  # the same form, sent twice at once
                made = _made_by(key)
                if made is None:
                    raise
                return _again(screen, request, made)
            return HttpResponseRedirect(page_of(form.instance, "taken_up"))
    return desk_page(
        screen,
        request,
        "admin/engagements/next_session.html",
        title=_("The next session"),
        start=start,
        form=form,
        items=items,
        media=form.media,
    )


def _is_allowed(request, form):
    if not form.is_valid():
        return False
    for message in misplaced(request.user, form.instance, ["ministry"]).values():
        form.add_error(None, message)
    return not form.errors


def _open(screen, request, form, items):
    meeting = form.save()
    units = {unit.pk for unit in form.cleaned_data["provinces"]}
    atlas, taken = Atlas(), 0
    for open_item in items:
        if units & {unit.pk for unit in atlas.heirs(open_item.item.province)}:
            TakenUpItem(meeting=meeting, **{open_item.target: open_item.item}).save()
            taken += 1
    screen.log_addition(request, meeting, _("Opened as the next session."))
    text = ngettext(
        "The session was opened, with %(n)d item to take up.",
        "The session was opened, with %(n)d items to take up.",
        taken,
    )
    screen.message_user(request, text % {"n": taken}, messages.SUCCESS)


def _again(screen, request, meeting):
    text = _("This form was sent already; it made “%(record)s”.") % {"record": meeting}
    screen.message_user(request, text, messages.WARNING)
    return HttpResponseRedirect(page_of(meeting, "taken_up"))


def _made_by(key):
    try:
        return Meeting.objects.filter(uid=uuid.UUID(key)).first()
    except ValueError:
        return None


NEXT_PAGE = Page("next/", next_view, "next", "add")


# -- ways to it


def ways_from(screen, request, start):
    """The way on from a session that was held or published, or from a province.

    For who may open a session.
    """
    is_draft = isinstance(start, Meeting) and start.code is None
    is_to_come = is_draft and start.state_of_it == MeetingState.PLANNED
    if is_to_come or not screen.admin_site.get_model_admin(Meeting).has_add_permission(request):
        return []
    query = urlencode({start._meta.model_name: start.pk})
    return [(f"{page_of_table(Meeting, 'next')}?{query}", _("Next session"))]
