"""The pages."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The pages."""

    name = "outreach.web"
    label = "web"
