"""What the website publishes."""

from django.apps import AppConfig


class FeedsConfig(AppConfig):
    """What the website publishes."""

    name = "outreach.feeds"
    label = "feeds"
