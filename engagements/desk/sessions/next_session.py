"""The next session: opened from an earlier one or from a province, with what is still open."""

import uuid
from functools import partial

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from engagements.deadlines import deadline_of
from engagements.desk.boxes import is_key
from engagements.desk.forms import RecordForm
from engagements.desk.pages import desk_page
from engagements.desk.slugs import SluggedForm
from engagements.models import (
    Commitment,
    Meeting,
    ProvinceRequest,
    Recommendation,
    ReviewedItem,
    State,
)
from engagements.roles import misplaced, organizations_of, tended_by
from engagements.words import CLOSED, MeetingState
from provinces.models import Atlas, Organization, OrganizationKind, OrganizationSuccession, Province

TARGETS = {"request": ProvinceRequest, "commitment": Commitment, "recommendation": Recommendation}
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


def heirs(unit, atlas, on=None):
    """The units that carry this one on that day: several where it was split."""
    on = on or timezone.localdate()
    found, waiting, seen = {}, [unit], set()
    while waiting:
        one = waiting.pop(0)
        if one.pk in seen:
            continue
        seen.add(one.pk)
        following = [row.successor_id for row in atlas.successions(one) if row.effective_on <= on]
        waiting += [atlas.units[key] for key in following]
        if not following:
            found[one.pk] = one
    return list(found.values())


def carriers(ministry, on=None):
    """The bodies that carry a ministry's work on that day; itself while it goes on."""
    on = on or timezone.localdate()
    following = {}
    rows = OrganizationSuccession.objects.filter(effective_on__lte=on).select_related("successor")
    for row in rows.order_by("effective_on", "pk"):
        following.setdefault(row.predecessor_id, []).append(row.successor)
    found, waiting, seen = {}, [ministry], set()
    while waiting:
        one = waiting.pop(0)
        if one.pk in seen:
            continue
        seen.add(one.pk)
        ended = one.ceased_on is not None and one.ceased_on <= on
        if ended and one.pk in following:
            waiting += following[one.pk]
        else:
            found[one.pk] = one
    return list(found.values())


def open_items(units, ministry):
    """What still waits of both sides: of these units and those before them, with that ministry.

    A ministry has what the bodies before it had.
    """
    atlas = Atlas()
    places = {one.pk for unit in units for one in atlas.lineage(unit)}
    bodies = tended_by(ministry.pk)
    found = []
    for name, model in TARGETS.items():
        rows = model.objects.filter(province__in=places, meeting__ministry__in=bodies)
        rows = rows.exclude(status__in=CLOSED).exclude(state=State.WITHDRAWN)
        rows = rows.select_related("meeting", "province", "lead", "current_lead")
        found += [
            OpenItem(name, one)
            for one in sorted(rows, key=lambda one: (one.meeting.day, one.meeting_id, one.pk))
        ]
    return found


class OpenItem:
    """A line of the list from which the next session takes its items."""

    def __init__(self, target, item):
        self.target, self.item = target, item
        self.key = f"{target}-{item.pk}"
        self.is_taken = True

    @property
    def address(self):
        return reverse(
            f"admin:engagements_{self.item._meta.model_name}_change", args=[self.item.pk]
        )

    @property
    def owed_by(self):
        return self.item.current_lead or self.item.lead

    @property
    def deadline(self):
        item = self.item
        today = timezone.localdate()
        return deadline_of(item.status, item.due_on, item.completed_on, today).label


# -- the form


class NextSessionForm(SluggedForm, RecordForm):
    """Only what is known beforehand; the rest is entered in the session's own form."""

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        places = self.fields["provinces"]
        places.queryset = Province.objects.filter(pk__in=[unit.pk for unit in units])
        self.fields["slug"].widget = forms.HiddenInput()
        self.fields["state_of_it"].choices = [
            (one.value, one.label) for one in (MeetingState.PLANNED, MeetingState.HELD)
        ]
        del self.fields["version"], self.fields["reason"]


def next_session_form(desk, request):
    base = type("NextSessionForm", (NextSessionForm,), {"slug_words": desk.form.slug_words})
    return forms.modelform_factory(
        Meeting,
        form=base,
        fields=FIELDS,
        widgets={"provinces": forms.CheckboxSelectMultiple},
        formfield_callback=partial(_box, desk, request),
    )


def _box(desk, request, field, widget=None, **kwargs):
    """The desk's own box; but the few provinces are ticked, not searched for."""
    if widget is not None:
        return field.formfield(widget=widget, help_text="", **kwargs)
    return desk.formfield_for_dbfield(field, request, **kwargs)


class _From:
    """From what the next session is opened: an earlier one, or a province."""

    def __init__(self, desk, request):
        self.session = self._row(request, "meeting", Meeting, desk)
        self.province = self._row(request, "province", Province, desk)
        if (self.session is None) is (self.province is None):
            raise Http404
        self.atlas = Atlas()
        unit_of = [self.province] if self.province else list(self.session.provinces.all())
        units = [heir for unit in unit_of for heir in heirs(unit, self.atlas)]
        self.units = list({unit.pk: unit for unit in units}.values())
        self.ministries = self._ministries()
        self.ministry = self._chosen(request)

    def _row(self, request, name, model, desk):
        key = request.GET.get(name)
        if key is None:
            return None
        if not is_key(model._meta.pk, key):
            raise Http404
        row = model.objects.filter(pk=key).first()
        admin = desk.admin_site.get_model_admin(model)
        if row is None or not admin.has_view_permission(request, row):
            raise Http404
        return row

    def _ministries(self):
        """Who may sit on the other side; who met them last comes first."""
        if self.session:
            return carriers(self.session.ministry)
        places = {one.pk for unit in self.units for one in self.atlas.lineage(unit)}
        met = Meeting.objects.filter(provinces__in=places).order_by("-held_on", "-pk")
        found = {}
        for body in Organization.objects.in_bulk(met.values_list("ministry", flat=True)).values():
            found |= {one.pk: one for one in carriers(body)}
        if found:
            return list(found.values())
        living = Organization.objects.not_merged().filter(kind=OrganizationKind.MINISTRY)
        return list(living.filter(ceased_on=None))

    def _chosen(self, request):
        asked = request.GET.get("ministry")
        if asked is None:
            own = [one for one in self.ministries if one.pk in organizations_of(request.user)]
            return next(iter(own or self.ministries), None)
        for one in self.ministries:
            if str(one.pk) == asked:
                return one
        raise Http404

    @property
    def title(self):
        """A first wording, in the language of the records."""
        names = [f"{unit.full_name[0].lower()}{unit.full_name[1:]}" for unit in self.units]
        return f"{self.ministry} làm việc với {', '.join(names)}"[:200]


# -- the desk


class NextSessions:
    """Of the list of sessions: the page that opens the next one."""

    def get_urls(self):
        view = self.admin_site.admin_view(
            require_http_methods(["GET", "HEAD", "POST"])(self.next_view)
        )
        return [path("next/", view, name="engagements_meeting_next"), *super().get_urls()]

    def ways_on(self, request, obj):
        found = list(super().ways_on(request, obj))
        if obj.code is not None or obj.state_of_it != MeetingState.PLANNED:
            found += next_session_way(self, request, meeting=obj.pk)
        return found

    def next_view(self, request):
        if not self.has_add_permission(request):
            raise PermissionDenied
        start = _From(self, request)
        key = request.POST.get("uid", "")
        if made := _made_by(key):
            return self._again(request, made)
        meeting = Meeting(ministry=start.ministry, follows=start.session)
        meeting.created_by = meeting.updated_by = meeting._history_user = request.user
        form = next_session_form(self, request)(
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
            for one in items:
                one.is_taken = one.key in chosen
            if start.ministry and self._is_allowed(request, form):
                try:
                    with transaction.atomic():
                        self._open(request, form, [one for one in items if one.is_taken])
                except IntegrityError:  # the same form, sent twice at once
                    made = _made_by(key)
                    if made is None:
                        raise
                    return self._again(request, made)
                return HttpResponseRedirect(review_address(form.instance))
        return desk_page(
            self,
            request,
            "admin/engagements/next_session.html",
            title=_("The next session"),
            start=start,
            form=form,
            items=items,
            media=form.media,
        )

    def _is_allowed(self, request, form):
        if not form.is_valid():
            return False
        for message in misplaced(request.user, form.instance, ["ministry"]).values():
            form.add_error(None, message)
        return not form.errors

    def _open(self, request, form, items):
        meeting = form.save()
        places = {unit.pk for unit in form.cleaned_data["provinces"]}
        atlas, taken = Atlas(), 0
        for one in items:
            if places & {unit.pk for unit in heirs(one.item.province, atlas)}:
                ReviewedItem(meeting=meeting, **{one.target: one.item}).save()
                taken += 1
        self.log_addition(request, meeting, _("Opened as the next session."))
        text = ngettext(
            "The session was opened, with %(n)d item to take up.",
            "The session was opened, with %(n)d items to take up.",
            taken,
        )
        self.message_user(request, text % {"n": taken}, messages.SUCCESS)

    def _again(self, request, meeting):
        text = _("This form was sent already; it made “%(record)s”.") % {"record": meeting}
        self.message_user(request, text, messages.WARNING)
        return HttpResponseRedirect(review_address(meeting))


def _made_by(key):
    try:
        return Meeting.objects.filter(uid=uuid.UUID(key)).first()
    except ValueError:
        return None


def review_address(meeting):
    return reverse("admin:engagements_meeting_reviewed", args=[meeting.pk])


def next_session_way(desk, request, **start):
    """The link to the page, for who may open a session."""
    if not desk.admin_site.get_model_admin(Meeting).has_add_permission(request):
        return []
    ((name, key),) = start.items()
    return [(f"{reverse('admin:engagements_meeting_next')}?{name}={key}", NEXT)]


NEXT = gettext_lazy("Next session")


class FromProvince:
    """Of the list of provinces: the way to that page."""

    def ways_on(self, request, obj):
        return [
            *super().ways_on(request, obj),
            *next_session_way(self, request, province=obj.pk),
        ]
