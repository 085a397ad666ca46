"""LeaveReason: why somebody left, for who wanted to say so."""

from django.db import models

from outreach.core import clock
from outreach.subscribers.models.subscriber import Subscriber


class LeaveReason(models.Model):
    """What somebody who had left answered to "why?". It changes nothing; staff see how often each was said.

    Who is erased leaves the answer without the words, and without a name.
    """

    class Why(models.TextChoices):
        OFTEN = "often"
        SUBJECT = "subject"
        UNASKED = "unasked"
        ELSEWHERE = "elsewhere"
        OTHER = "other"

    subscriber = models.ForeignKey(
        Subscriber, null=True, on_delete=models.SET_NULL, related_name="leave_reasons"
    )
    topic = models.SlugField(max_length=80)
    at = models.DateTimeField(default=clock.now)
    why = models.CharField(max_length=9, choices=Why.choices)
    words = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["subscriber", "topic"], name="one_reason_per_topic")]
        indexes = [models.Index(fields=["topic", "at"])]

    def __str__(self) -> str:
        return f"left {self.topic}: {self.why}"
