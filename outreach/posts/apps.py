"""What we say on the networks."""

from django.apps import AppConfig


class PostsConfig(AppConfig):
    """What we say on the networks."""

    name = "outreach.posts"
    label = "posts"
