from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("api/", include("engagements.edition.api_urls")),
    path("admin/", admin.site.urls),
    # Vietnamese at the root, English under /en/: the address alone says which.
    *i18n_patterns(path("", include("engagements.edition.urls")), prefix_default_language=False),
]
handler400 = "engagements.edition.views.bad_request"
handler404 = "engagements.edition.views.not_found"
handler500 = "engagements.edition.views.server_error"
