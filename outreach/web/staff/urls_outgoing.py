"""Addresses of what goes out: posts, newsletters, subscribers, accounts."""

from django.urls import URLPattern, path

from outreach.web.staff import (
    accounts,
    post_write,
    posts,
    timeline,
)

urlpatterns: list[URLPattern] = [
    path("posts/", posts.index, name="posts"),
    path("posts/write/", post_write.write, name="post-write"),
    path("posts/preview/", post_write.preview, name="post-preview"),
    path("posts/<int:pk>/", posts.detail, name="post"),
    path("posts/<int:pk>/edit/", post_write.write, name="post-edit"),
    path("posts/<int:pk>/preview/", post_write.preview, name="post-preview-of"),
    path("posts/<int:pk>/approve/", posts.approve, name="post-approve"),
    path("posts/<int:pk>/submit/", posts.submit, name="post-submit"),
    path("posts/<int:pk>/cancel/", posts.cancel, name="post-cancel"),
    path("posts/<int:pk>/restore/", posts.restore, name="post-restore"),
    path("posts/pictures/<int:pk>/", posts.picture, name="post-picture"),
    path("publications/<int:pk>/cancel/", posts.cancel_publication, name="publication-cancel"),
    path("publications/<int:pk>/requeue/", posts.requeue, name="publication-requeue"),
    path("publications/<int:pk>/resolve/", posts.resolve, name="publication-resolve"),
    path("accounts/", accounts.index, name="accounts"),
    path("accounts/connect/<slug:network>/", accounts.connect, name="account-connect"),
    path("accounts/<int:pk>/", accounts.detail, name="account"),
    path("accounts/<int:pk>/reconnect/", accounts.reconnect, name="account-reconnect"),
    path("accounts/<int:pk>/check/", accounts.check, name="account-check"),
    path("accounts/<int:pk>/pause/", accounts.pause, name="account-pause"),
    path("accounts/<int:pk>/resume/", accounts.resume, name="account-resume"),
    path("accounts/<int:pk>/automatic/", accounts.automatic, name="account-automatic"),
    path("accounts/<int:pk>/timeline/", timeline.timeline, name="timeline"),
    path("accounts/<int:pk>/timeline/<str:name>/", timeline.picture, name="timeline-picture"),
]
