"""Welcome: one mail to somebody who has just confirmed."""

from django.db import models

from outreach.newsletters.models.newsletter import Newsletter
from outreach.relays.models import SingleMail
from outreach.subscribers.models import Subscriber


class Welcome(SingleMail):
    """The row stays: a reader is welcomed once, ever."""

    newsletter = models.ForeignKey(Newsletter, on_delete=models.CASCADE, related_name="welcomes")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="welcomes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["newsletter", "subscriber"], name="one_welcome")]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(state__in=["queued", "sending"]), name="welcome_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.state} welcome of {self.newsletter} to {self.subscriber}"
