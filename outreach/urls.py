"""Every address of the pages: the public ones first, staff's behind the log-in."""

from django.urls import include, path

urlpatterns = [
    path("", include("outreach.web.public.urls")),
    path("", include("outreach.web.staff.urls")),
]
