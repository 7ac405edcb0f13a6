"""URL configuration: sitemaps and robots, the API, the admin, pages in both languages."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps import views as sitemaps
from django.urls import include, path

from engagements.pages.robots import robots, security
from engagements.pages.sitemaps import SITEMAPS

SECTIONS = {"sitemaps": SITEMAPS}
INDEX = {**SECTIONS, "sitemap_url_name": "sitemap"}

urlpatterns = [
    path("sitemap.xml", sitemaps.index, INDEX, name="sitemap-index"),
    path("sitemap-<section>.xml", sitemaps.sitemap, SECTIONS, name="sitemap"),
    path("robots.txt", robots, name="robots"),
    path(".well-known/security.txt", security, name="security"),
    path("api/", include("engagements.api.urls")),
    path("admin/quen-mat-khau/", include("engagements.desk.passwords")),
    path("admin/", admin.site.urls),
    # Vietnamese at the root, English under /en/: the address alone says which.
    *i18n_patterns(
        path("", include("engagements.pages.urls")),
        path("", include("engagements.open_data.urls")),
        path("", include("engagements.readers.urls")),
        prefix_default_language=False,
    ),
]
handler400 = "config.errors.bad_request"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
