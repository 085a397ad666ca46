"""The notices room."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class NoticesConfig(AppConfig):
    """Django's handle on this room."""

    name = "outreach.notices"

    def ready(self) -> None:
        """The language in which somebody logs in is the one they are written to in."""
        from outreach.notices import people

        user_logged_in.connect(people.remember, dispatch_uid="outreach.notices")
