"""URLs of open data: what there is, the data dictionary, the catalogue, files of dumps."""

from django.urls import path

from . import views

urlpatterns = [
    path("du-lieu/", views.OpenData.as_view(), name="open-data"),
    path("du-lieu/tu-dien/", views.Dictionary.as_view(), name="data-dictionary"),
    path("du-lieu/catalog.jsonld", views.catalog, name="data-catalog"),
    path("du-lieu/<str:day>/<str:name>", views.DumpFile.as_view(), name="dump-file"),
]
