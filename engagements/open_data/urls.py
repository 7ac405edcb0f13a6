"""URLs of open data: what there is, the data dictionary, the catalogue, files of dumps."""

from django.urls import path

from . import catalog, views

urlpatterns = [
    path("du-lieu/", views.OpenDataPage.as_view(), name="open-data"),
    path("du-lieu/tu-dien/", views.DictionaryPage.as_view(), name="data-dictionary"),
    path("du-lieu/catalog.jsonld", catalog.catalog, name="data-catalog"),
    path("du-lieu/<str:day>/<str:name>", views.DumpDownload.as_view(), name="dump-file"),
]
