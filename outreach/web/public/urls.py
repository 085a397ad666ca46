"""Addresses that anybody may open: no log-in, no cookie."""

from django.urls import path

from outreach.web.public import (
    agenda,
    archive,
    confirm,
    issue,
    logo,
    preferences,
    privacy,
    returned,
    sign_up,
    unsubscribe,
)

urlpatterns = [
    path("newsletter/<slug:slug>/", sign_up.page, name="sign-up"),
    path("newsletter/<slug:slug>/mailbox/", sign_up.sent, name="sign-up-sent"),
    path("newsletter/<slug:slug>/form/", sign_up.snippet, name="sign-up-form"),
    path("newsletter/<slug:slug>/archive/", archive.page, name="archive"),
    path("newsletter/<slug:slug>/archive/feed.xml", archive.feed, name="archive-feed"),
    path("confirm/<str:token>/", confirm.page, name="confirm"),
    path("unsubscribe/<str:token>/", unsubscribe.page, name="unsubscribe"),
    path("unsubscribe/undo/<str:token>/", unsubscribe.undo, name="unsubscribe-undo"),
    path("unsubscribe/reason/<str:token>/", unsubscribe.reason, name="unsubscribe-reason"),
    path("preferences/<str:token>/", preferences.page, name="preferences"),
    path("preferences/<str:token>/my-data.json", preferences.data, name="preferences-data"),
    path("preferences/<str:token>/erase/", preferences.erase, name="preferences-erase"),
    path("privacy/", privacy.page, name="privacy"),
    path("logo/<slug:key>.png", logo.picture, name="logo"),
    path("hooks/returned-mail/", returned.hook, name="returned-mail"),
    path("agenda.ics", agenda.feed, name="agenda"),
    path("agenda/<int:pk>.ics", agenda.event, name="event-in-calendar"),
    path("read/<int:pk>/agenda.ics", agenda.issue, name="issue-in-calendar"),
    path("read/<int:pk>/", issue.page, name="issue-in-browser"),
    path("read/<int:pk>/<slug:key>/", issue.page, name="letter-in-browser"),
]
