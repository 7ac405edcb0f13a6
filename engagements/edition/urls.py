"""Addresses of the pages: in the language of the field, stable."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("tinh/", views.ProvinceList.as_view(), name="province-list"),
    path("tinh/<slug:slug>/", views.ProvinceDetail.as_view(), name="province"),
    path("kien-nghi/", views.RequestList.as_view(), name="request-list"),
    path("kien-nghi/<slug:code>/", views.RequestDetail.as_view(), name="request"),
    path("cam-ket/", views.CommitmentList.as_view(), name="commitment-list"),
    path("cam-ket/<slug:code>/", views.CommitmentDetail.as_view(), name="commitment"),
    path("khuyen-nghi/", views.RecommendationList.as_view(), name="recommendation-list"),
    path("khuyen-nghi/<slug:code>/", views.RecommendationDetail.as_view(), name="recommendation"),
    path("buoi-lam-viec/", views.MeetingList.as_view(), name="meeting-list"),
    path("buoi-lam-viec/<slug:code>/", views.MeetingDetail.as_view(), name="meeting"),
    path("nguon/", views.SourceList.as_view(), name="source-list"),
    path("nguon/<slug:code>/", views.SourceDetail.as_view(), name="source"),
    path("gioi-thieu/", views.About.as_view(), name="about"),
]
