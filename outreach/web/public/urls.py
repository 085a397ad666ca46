"""Addresses that anybody may open: no log-in, no cookie."""

from django.urls import path

from outreach.web.public import confirm, unsubscribe

urlpatterns = [
    path("confirm/<str:token>/", confirm.page, name="confirm"),
    path("unsubscribe/<str:token>/", unsubscribe.page, name="unsubscribe"),
]
