"""What we mail, when, to whom."""

from django.apps import AppConfig


class NewslettersConfig(AppConfig):
    """What we mail, when, to whom."""

    name = "outreach.newsletters"
    label = "newsletters"
