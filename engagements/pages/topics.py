"""Topics: the list with counts by kind, and the page of one with its requests by province."""

from collections import Counter, defaultdict

from django.db.models import Count, Q
from django.views.generic import DetailView, TemplateView

from engagements.edition.models import Edition
from engagements.reference import Topic
from engagements.words import FOLLOW_UPS, Kind

from .base import MEETINGS_MOST, PageMixin
from .directory import three_lists
from .figures import Figures
from .lists import meeting_rows, session_numbers

REQUESTS_MOST = 500  # requests on the page of a topic


class TopicList(PageMixin, TemplateView):
    template_name = "engagements/topic_list.html"

    def get_context_data(self, **kwargs):
        public = Edition.objects.public().exclude(topics="").order_by()
        rows = public.filter(Q(kind__in=FOLLOW_UPS) | Q(pk__in=public.held().values("pk")))
        counts = defaultdict(Counter)
        for kind, slugs, number in rows.values_list("kind", "topics").annotate(Count("pk")):
            for slug in slugs.strip("|").split("|"):
                counts[slug][kind] += number
        rows = [
            {
                "topic": topic,
                "counts": [(f"{kind}-list", counts[topic.slug][kind]) for kind in FOLLOW_UPS],
                "held": counts[topic.slug][Kind.MEETING],
            }
            for topic in Topic.objects.all()
        ]
        return super().get_context_data(rows=rows, **kwargs)


class TopicDetail(PageMixin, DetailView):
    """A field of work: what each province asked in it, side by side, and what was answered."""

    model = Topic
    context_object_name = "topic"
    template_name = "engagements/topic_detail.html"

    def get_context_data(self, **kwargs):
        items = self.editions(*FOLLOW_UPS).with_topic(self.object.slug)
        requests = list(items.of_kind(Kind.REQUEST)[:REQUESTS_MOST])
        groups = defaultdict(list)
        for request in requests:
            groups[self.atlas.units[request.heir_id]].append(request)
        meetings = self.editions(Kind.MEETING).with_topic(self.object.slug)
        query = f"topic={self.object.slug}"
        lists = three_lists(items, query)
        return super().get_context_data(
            places=sorted(groups.items(), key=lambda pair: pair[0].sort_key),
            answers=Figures(items.of_kind(Kind.REQUEST), query).answers(),
            is_cut=len(requests) == REQUESTS_MOST,
            asked=lists[0],
            lists=lists[1:],
            meetings=meeting_rows(meetings[:MEETINGS_MOST]),
            session_numbers=session_numbers(meetings, query),
            query=query,
            **kwargs,
        )
