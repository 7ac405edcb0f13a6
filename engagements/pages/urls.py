"""URLs of public pages, feeds, calendars and downloads: in the language of the field, stable."""

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from engagements.edition.kinds import KINDS
from engagements.edition.models import (
    CommitmentEdition,
    MeetingEdition,
    RecommendationEdition,
    RequestEdition,
    SourceEdition,
)
from engagements.edition.selections import SELECTIONS

from . import (
    about,
    briefing,
    briefing_workbook,
    calendars,
    downloads,
    feeds,
    home,
    lists,
    officials,
    organizations,
    provinces,
    records,
    search,
    topics,
)


class EditionConverter(IntConverter):
    """The number of an edition: from 1, and never more than its column holds."""

    regex = "[1-9][0-9]{0,5}"


register_converter(EditionConverter, "edition")

urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("tinh/", provinces.ProvinceList.as_view(), name="province-list"),
    path("tinh/<slug:slug>/", provinces.ProvinceDetail.as_view(), name="province"),
    path("tinh/<slug:slug>/ho-so/", briefing.BriefingPage.as_view(), name="province-briefing"),
    path(
        "tinh/<slug:slug>/ho-so.xlsx",
        briefing_workbook.BriefingWorkbook.as_view(),
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
    path("can-bo/", officials.OfficialList.as_view(), name="official-list"),
    path("can-bo/<slug:slug>/", officials.OfficialDetail.as_view(), name="official"),
    path("co-quan/", organizations.OrganizationList.as_view(), name="organization-list"),
    path("co-quan/<slug:slug>/", organizations.OrganizationDetail.as_view(), name="organization"),
    path("linh-vuc/", topics.TopicList.as_view(), name="topic-list"),
    path("linh-vuc/<slug:slug>/", topics.TopicDetail.as_view(), name="topic"),
    path("tim-kiem/", search.SearchPage.as_view(), name="search"),
    path("gioi-thieu/", about.About.as_view(), name="about"),
]

# Each record that has a page has one of its editions, and one of each of them.
EDITION_PATHS = {
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
        name=f"{model.read_kind}-editions",
    )
    for where, model in EDITION_PATHS.items()
]
urlpatterns += [
    path(
        f"{where}/<slug:code>/ban-cong-bo/<edition:number>/",
        records.OneEdition.as_view(model=model),
        name=f"{model.read_kind}-edition",
    )
    for where, model in EDITION_PATHS.items()
]

# A page can be followed under its address: by an Atom feed, and by a calendar where it has days.
FEED_PATHS = {
    "cap-nhat": "latest-list",
    "kien-nghi": "request-list",
    "cam-ket": "commitment-list",
    "khuyen-nghi": "recommendation-list",
    "buoi-lam-viec": "meeting-list",
    "nguon": "source-list",
    "tinh/<slug:slug>": "province",
    "linh-vuc/<slug:slug>": "topic",
    "can-bo/<slug:slug>": "official",
    "tim-kiem": "search",
}
CALENDAR_PATHS = ("kien-nghi", "cam-ket", "khuyen-nghi", "buoi-lam-viec", "tinh/<slug:slug>")
urlpatterns += [
    path(f"{where}/atom.xml", feeds.Feed.as_view(shown=SELECTIONS[name]), name=f"{name}-feed")
    for where, name in FEED_PATHS.items()
]
urlpatterns += [
    path(
        f"{where}/lich.ics",
        calendars.PageCalendar.as_view(shown=SELECTIONS[name]),
        name=f"{name}-calendar",
    )
    for where, name in FEED_PATHS.items()
    if where in CALENDAR_PATHS
]
# The lists of one kind as files.
FILE_PATHS = {read.path.strip("/"): read for read in KINDS.values() if read.has_page}
urlpatterns += [
    path(
        f"{where}/du-lieu.{wanted}",
        downloads.Download.as_view(
            shown=SELECTIONS[FEED_PATHS[where]], kind=read.kind, wanted=wanted
        ),
        name=f"{FEED_PATHS[where]}-{wanted}",
    )
    for where, read in FILE_PATHS.items()
    for wanted in downloads.DOWNLOAD_FORMATS
]
