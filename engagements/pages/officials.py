"""Officials: the alphabetical list, and the page of a person with posts, sessions and remarks."""

from django.db.models import Count, F, Max
from django.views.generic import TemplateView

from engagements.edition.models import Edition, EditionLink
from engagements.edition.reading import public_officials, public_organizations
from engagements.words import FOLLOW_UPS, Kind
from provinces.models import Official, Post

from .base import PageMixin
from .directory import (
    NAMING_MOST,
    ReferenceDetail,
    by_letter,
    meetings_naming,
    seats,
    three_lists,
    with_anchors,
)
from .lists import meeting_rows, session_numbers
from .records import by_type, capped


class OfficialList(PageMixin, TemplateView):
    template_name = "engagements/official_list.html"

    def get_context_data(self, **kwargs):
        public = Edition.objects.public().held()
        at_the_table = EditionLink.objects.filter(edition__in=public).exclude(official=None)
        attended = {
            row["official"]: row
            for row in at_the_table.values("official").annotate(
                sessions=Count("edition", distinct=True), last=Max("edition__day")
            )
        }
        latest = {}
        last_days = {row["last"] for row in attended.values()}
        for seat in seats(public.filter(day__in=last_days).order_by("day", "pk").defer("search")):
            latest[seat.official] = seat
        people = [
            {
                "official": official,
                "sessions": attended.get(official.pk, {}).get("sessions", 0),
                "latest": latest.get(official.pk),
            }
            for official in public_officials()
        ]
        groups = by_letter(people, lambda row: row["official"].full_name.split()[-1])
        return super().get_context_data(letters=with_anchors(groups), number=len(people), **kwargs)


class OfficialDetail(ReferenceDetail):
    """A person: posts held, every session with the title of that day, what they said there."""

    model = Official
    template_name = "engagements/official_detail.html"

    def get_queryset(self):
        return public_officials()

    def get_context_data(self, **kwargs):
        person = self.object
        naming = meetings_naming(official=person)
        meetings = meeting_rows(naming[:NAMING_MOST])
        posts = Post.objects.filter(official=person).select_related("organization")
        raised = self.editions(*FOLLOW_UPS).filter(raised_by=person)
        remarks, remarks_cut = capped(self.editions(Kind.REMARK).filter(raised_by=person))
        return super().get_context_data(
            posts=posts.order_by(F("starts_on").desc(nulls_last=True), "-pk"),
            public_organizations=set(public_organizations().values_list("pk", flat=True)),
            seats=[seat for seat in seats(meetings) if seat.official == person.pk],
            session_numbers=session_numbers(naming, f"official={person.slug}"),
            lists=three_lists(raised, f"official={person.slug}"),
            remarks=by_type(remarks),
            remarks_cut=remarks_cut,
            query=f"official={person.slug}",
            **kwargs,
        )
