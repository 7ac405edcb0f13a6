"""URLs of the API."""

from django.urls import include, path, re_path
from rest_framework.routers import SimpleRouter

from engagements.edition.references import REFERENCES

from .changes import Changes
from .docs import Docs, Schema
from .index import ChoicesView, Index, NotThere
from .lists import VIEWSETS, FollowUpViewSet
from .references import detail_view, list_view
from .stats import Stats

router = SimpleRouter()
for name, viewset in VIEWSETS.items():
    router.register(name, viewset, basename=f"api-{name}")
router.register("followups", FollowUpViewSet, basename="api-followups")

references = []
for name, listed in REFERENCES.items():
    references += [
        path(f"{name}/", list_view(listed), name=f"api-{name}-list"),
        path(f"{name}/<slug:slug>/", detail_view(listed), name=f"api-{name}-detail"),
    ]

v1 = [
    path("", Index.as_view(), name="api-index"),
    path("changes/", Changes.as_view(), name="api-changes"),
    path("stats/", Stats.as_view(), name="api-stats"),
    path("choices/", ChoicesView.as_view(), name="api-choices"),
    *references,
    *router.urls,
]
urlpatterns = [
    path("v1/", include(v1)),
    path("schema/", Schema.as_view(), name="api-schema"),
    path("docs/", Docs.as_view(), name="api-docs"),
    re_path(r"^.*/$", NotThere.as_view()),  # an unknown address is a problem too, not a page
]
