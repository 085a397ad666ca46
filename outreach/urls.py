"""Every address of the pages: the public ones first, staff's behind the log-in."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from outreach.web.look import look

urlpatterns = [
    path("look.css", look, name="look"),
    path("language/", login_not_required(set_language), name="language"),
    path("", include("outreach.web.public.urls")),
    path("", include("outreach.web.staff.urls")),
]

handler400 = "outreach.web.failures.bad_request"
handler403 = "outreach.web.failures.forbidden"
handler404 = "outreach.web.failures.not_found"
handler500 = "outreach.web.failures.broken"
