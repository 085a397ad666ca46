"""Who hears of it by mail."""

from django.apps import AppConfig


class SubscribersConfig(AppConfig):
    """Who hears of it by mail."""

    name = "outreach.subscribers"
    label = "subscribers"
