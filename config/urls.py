"""URL configuration: sitemaps and robots, the API, the admin, pages in both languages."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps import views as sitemaps
from django.urls import include, path

from engagements.pages import crawlers

SITEMAPS = {"sitemaps": crawlers.SITEMAPS}
INDEX = {**SITEMAPS, "sitemap_url_name": "sitemap"}

urlpatterns = [
    path("sitemap.xml", sitemaps.index, INDEX, name="sitemap-index"),
    path("sitemap-<section>.xml", sitemaps.sitemap, SITEMAPS, name="sitemap"),
    path("robots.txt", crawlers.robots, name="robots"),
    path(".well-known/security.txt", crawlers.security, name="security"),
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
