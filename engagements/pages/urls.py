"""Addresses of the pages: in the language of the field, stable."""

from django.urls import path

from engagements.edition import search
from engagements.edition.models import (
    CommitmentEdition,
    MeetingEdition,
    RecommendationEdition,
    RequestEdition,
    SourceEdition,
)
from engagements.open_data import views as open_data

from . import about as method
from . import briefing, calendars, downloads, feeds, lists, people, places, records

urlpatterns = [
    path("", places.Home.as_view(), name="home"),
    path("tinh/", places.ProvinceList.as_view(), name="province-list"),
    path("tinh/<slug:slug>/", places.ProvinceDetail.as_view(), name="province"),
    path("tinh/<slug:slug>/ho-so/", briefing.Briefing.as_view(), name="province-briefing"),
    path(
        "tinh/<slug:slug>/ho-so.xlsx",
        briefing.BriefingBook.as_view(),
        name="province-briefing-xlsx",
    ),
    path("kien-nghi/", lists.RequestList.as_view(), name="request-list"),
    path("kien-nghi/<slug:code>/", records.RequestDetail.as_view(), name="request"),
    path("cam-ket/", lists.CommitmentList.as_view(), name="commitment-list"),
    path("cam-ket/<slug:code>/", records.CommitmentDetail.as_view(), name="commitment"),
    path("khuyen-nghi/", lists.RecommendationList.as_view(), name="recommendation-list"),
    path("khuyen-nghi/<slug:code>/", records.RecommendationDetail.as_view(), name="recommendation"),
    path("cap-nhat/", lists.LatestList.as_view(), name="latest-list"),
    path("buoi-lam-viec/", lists.MeetingList.as_view(), name="meeting-list"),
    path("buoi-lam-viec/<slug:code>/", records.MeetingDetail.as_view(), name="meeting"),
    path("nguon/", lists.SourceList.as_view(), name="source-list"),
    path("nguon/<slug:code>/", records.SourceDetail.as_view(), name="source"),
    path("can-bo/", people.OfficialList.as_view(), name="official-list"),
    path("can-bo/<slug:slug>/", people.OfficialDetail.as_view(), name="official"),
    path("co-quan/", people.OrganizationList.as_view(), name="organization-list"),
    path("co-quan/<slug:slug>/", people.OrganizationDetail.as_view(), name="organization"),
    path("linh-vuc/", people.TopicList.as_view(), name="topic-list"),
    path("linh-vuc/<slug:slug>/", people.TopicDetail.as_view(), name="topic"),
    path("tim-kiem/", search.Search.as_view(), name="search"),
    path("gioi-thieu/", method.About.as_view(), name="about"),
    path("du-lieu/", open_data.OpenData.as_view(), name="open-data"),
    path("du-lieu/tu-dien/", open_data.Dictionary.as_view(), name="data-dictionary"),
    path("du-lieu/catalog.jsonld", open_data.catalog, name="data-catalog"),
    path("du-lieu/<str:day>/<str:name>", open_data.DumpFile.as_view(), name="dump-file"),
]

# Each record that has a page has one of its editions.
RECORDS = {
    "kien-nghi": RequestEdition,
    "cam-ket": CommitmentEdition,
    "khuyen-nghi": RecommendationEdition,
    "buoi-lam-viec": MeetingEdition,
    "nguon": SourceEdition,
}
urlpatterns += [
    path(
        f"{where}/<slug:code>/ban-cong-bo/",
        records.Editions.as_view(model=model),
        name=f"{model.kept}-editions",
    )
    for where, model in RECORDS.items()
]

# What follows a page, under its address: as Atom, and as a calendar where there are days.
LISTS = {
    "cap-nhat": ("latest-list", lists.LatestList),
    "kien-nghi": ("request-list", lists.RequestList),
    "cam-ket": ("commitment-list", lists.CommitmentList),
    "khuyen-nghi": ("recommendation-list", lists.RecommendationList),
    "buoi-lam-viec": ("meeting-list", lists.MeetingList),
    "nguon": ("source-list", lists.SourceList),
}
FOLLOWED = {where: (name, feeds.of_list(page)) for where, (name, page) in LISTS.items()}
FOLLOWED |= {
    "tinh/<slug:slug>": ("province", feeds.of_province),
    "linh-vuc/<slug:slug>": ("topic", feeds.of_topic),
    "can-bo/<slug:slug>": ("official", feeds.of_official),
    "tim-kiem": ("search", feeds.of_search),
}
WITH_DAYS = ("kien-nghi", "cam-ket", "khuyen-nghi", "buoi-lam-viec", "tinh/<slug:slug>")
urlpatterns += [
    path(f"{where}/atom.xml", feeds.Feed.as_view(shown=shown), name=f"{name}-feed")
    for where, (name, shown) in FOLLOWED.items()
]
urlpatterns += [
    path(f"{where}/lich.ics", calendars.Dates.as_view(shown=shown), name=f"{name}-calendar")
    for where, (name, shown) in FOLLOWED.items()
    if where in WITH_DAYS
]
# The lists of one kind as files.
FILED = {
    where: (name, page) for where, (name, page) in LISTS.items() if hasattr(page.model, "kept")
}
urlpatterns += [
    path(
        f"{where}/du-lieu.{wanted}",
        downloads.Download.as_view(shown=feeds.of_list(page), kind=page.model.kept, wanted=wanted),
        name=f"{name}-{wanted}",
    )
    for where, (name, page) in FILED.items()
    for wanted in downloads.WANTED
]
