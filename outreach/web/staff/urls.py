"""Addresses of the desk: who comes in, and what comes in. What goes out is in `urls_outgoing`."""

from django.urls import URLPattern, path

from outreach.web.staff import (
    activity,
    entries,
    home,
    inbox,
    login,
    settings,
    setup,
    sources,
    urls_outgoing,
)

urlpatterns: list[URLPattern] = [
    path("log-in/", login.log_in, name="log-in"),
    path("log-in/demo/", login.enter_demo, name="log-in-demo"),
    path("log-out/", login.log_out, name="log-out"),
    path("set-up/", setup.set_up, name="set-up"),
    path("", home.home, name="home"),
    path("live/", home.live, name="home-live"),
    path("entries/", entries.index, name="entries"),
    path("entries/<int:pk>/", entries.detail, name="entry"),
    path("entries/<int:pk>/post/", entries.post, name="entry-post"),
    path("entries/<int:pk>/ignore/", entries.ignore, name="entry-ignore"),
    path("sources/", sources.index, name="sources"),
    path("sources/add/", sources.add, name="source-add"),
    path("sources/<int:pk>/", sources.detail, name="source"),
    path("sources/<int:pk>/state/", sources.state, name="source-state"),
    path("sources/<int:pk>/edit/", sources.edit, name="source-edit"),
    path("sources/<int:pk>/pause/", sources.pause, name="source-pause"),
    path("sources/<int:pk>/resume/", sources.resume, name="source-resume"),
    path("sources/<int:pk>/look/", sources.look_now, name="source-look"),
    path("sources/<int:pk>/release/", sources.release, name="source-release"),
    path("activity/", activity.index, name="activity"),
    path("settings/", settings.index, name="settings"),
    path("settings/people/add/", settings.add_person, name="settings-person-add"),
    path("settings/people/<int:pk>/", settings.switch_person, name="settings-person"),
    path("settings/people/<int:pk>/password/", settings.new_password, name="settings-person-password"),
    path("settings/password/", settings.password, name="settings-password"),
    path("inbox/", inbox.index, name="inbox"),
    path("inbox/<str:key>/", inbox.detail, name="inbox-letter"),
    path("inbox/<str:key>/body/", inbox.body, name="inbox-body"),
    *urls_outgoing.urlpatterns,
]
