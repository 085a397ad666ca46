"""Welcome: one mail to somebody who has just confirmed."""

from django.db import models

from outreach.core import clock
from outreach.core.fields import SentenceField
from outreach.core.leases import Leased
from outreach.newsletters.models.newsletter import Newsletter
from outreach.subscribers.models import Subscriber


class Welcome(Leased):
    """The row exists before the first byte leaves, and stays: a reader is welcomed once, ever."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        REFUSED = "refused"
        UNKNOWN = "unknown"
        CANCELLED = "cancelled"

    newsletter = models.ForeignKey(Newsletter, on_delete=models.CASCADE, related_name="welcomes")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="welcomes")
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    reason = SentenceField()
    created_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now)
    attempts = models.PositiveIntegerField(default=0)
    # Committed just before the message may leave: it is not sent again after that.
    handed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    reply = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["newsletter", "subscriber"], name="one_welcome")]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(state__in=["queued", "sending"]), name="welcome_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.state} welcome of {self.newsletter} to {self.subscriber}"
