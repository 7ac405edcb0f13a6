from django.urls import include, path, re_path
from rest_framework.routers import SimpleRouter

from . import changes, stats
from . import views as api

router = SimpleRouter()
for name, viewset in api.VIEWSETS.items():
    router.register(name, viewset, basename=f"api-{name}")
router.register("followups", api.FollowUpViewSet, basename="api-followups")

references = []
for name in api.REFERENCES:
    several, one = api.reference_views(name)
    references += [
        path(f"{name}/", several, name=f"api-{name}-list"),
        path(f"{name}/<slug:slug>/", one, name=f"api-{name}-detail"),
    ]

v1 = [
    path("", api.Index.as_view(), name="api-index"),
    path("changes/", changes.Changes.as_view(), name="api-changes"),
    path("stats/", stats.Stats.as_view(), name="api-stats"),
    path("choices/", api.Choices.as_view(), name="api-choices"),
    *references,
    *router.urls,
]
urlpatterns = [
    path("v1/", include(v1)),
    path("schema/", api.Schema.as_view(), name="api-schema"),
    path("docs/", api.Docs.as_view(), name="api-docs"),
    re_path(r"^.*/$", api.NotThere.as_view()),  # an unknown address is a problem too, not a page
]
