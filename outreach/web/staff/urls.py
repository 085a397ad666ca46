"""Addresses of the desk: what comes in here, what goes out in `urls_outgoing`."""

from django.urls import URLPattern, path

from outreach.web.staff import home, login, urls_outgoing

urlpatterns: list[URLPattern] = [
    path("log-in/", login.log_in, name="log-in"),
    path("log-in/demo/", login.enter_demo, name="log-in-demo"),
    path("log-out/", login.log_out, name="log-out"),
    path("", home.home, name="home"),
    *urls_outgoing.urlpatterns,
]
