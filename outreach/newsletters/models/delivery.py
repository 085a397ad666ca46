"""Delivery: one issue to one mailbox."""

from django.db import models

from outreach.core.leases import Leased
from outreach.newsletters.models.issue import Issue
from outreach.subscribers.models import Subscriber


class Delivery(Leased):
    """One issue to one mailbox: the ledger. The row exists before the first byte leaves."""

    class State(models.TextChoices):
        QUEUED = "queued"
        CLAIMED = "claimed"
        SENT = "sent"
        DEFERRED = "deferred"
        BOUNCED = "bounced"
        SUPPRESSED = "suppressed"
        UNKNOWN = "unknown"

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="deliveries")
    subscriber = models.ForeignKey(
        Subscriber, null=True, on_delete=models.SET_NULL, related_name="deliveries"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    # When it was handed over without an answer: it may have arrived. See sending/journal.py.
    handed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    # It may have arrived twice: its outcome was unknown once and it was sent again with the same Message-ID.
    repeated = models.BooleanField(default=False)
    reply = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issue", "subscriber"], name="one_delivery_per_issue")]
        indexes = [
            models.Index(
                fields=["issue", "due_at", "id"],
                condition=models.Q(state__in=["queued", "deferred", "unknown"]),
                name="delivery_due",
            ),
            # A few hundred rows at any moment: who has them, and until when.
            models.Index(
                fields=["claim", "lease_until"],
                condition=models.Q(state__in=["claimed"]),
                name="delivery_claimed",
            ),
            models.Index(fields=["issue", "state"]),
        ]
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"{self.issue} to {self.subscriber}"
