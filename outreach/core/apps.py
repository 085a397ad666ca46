"""The shared room."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Organisation, activity log, heartbeats."""

    name = "outreach.core"
    label = "core"
