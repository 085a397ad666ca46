"""The mail servers of this installation."""

from django.apps import AppConfig


class RelaysConfig(AppConfig):
    """The mail servers of this installation."""

    name = "outreach.relays"
    label = "relays"
