"""URLs of subscriptions and tips; under /en/ the same in English."""

from django.urls import path

from . import views

urlpatterns = [
    path("theo-doi/", views.FollowPage.as_view(), name="follow"),
    path("theo-doi/da-gui/", views.FollowSent.as_view(), name="follow-sent"),
    path("theo-doi/xac-nhan/<str:token>/", views.FollowConfirm.as_view(), name="follow-confirm"),
    path("theo-doi/huy/<str:token>/", views.FollowStop.as_view(), name="follow-stop"),
    path(
        "theo-doi/huy/<str:token>/tat-ca/",
        views.FollowStop.as_view(ends_all=True),
        name="follow-stop-all",
    ),
    path("bao-loi/", views.TipPage.as_view(), name="tip"),
    path("bao-loi/cam-on/", views.TipThanks.as_view(), name="tip-thanks"),
]
