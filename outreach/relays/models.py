"""What all workers must know of a mail server: how it is, what it carried lately, whom it slows.

And SingleMail: the columns of every mail that is sent by itself (see `singly`).
"""

from django.db import models

from outreach.core import clock
from outreach.core.fields import SentenceField
from outreach.core.leases import Leased


class MailServer(models.Model):
    """One that is in trouble. `key` stands for its address, so one that is set anew is tried."""

    key = models.CharField(max_length=16, primary_key=True)
    down_since = models.DateTimeField()
    look_at = models.DateTimeField()  # nobody tries it before
    looks = models.PositiveIntegerField(default=0)
    why = SentenceField()

    def __str__(self) -> str:
        return f"{self.key} down since {self.down_since:%Y-%m-%d %H:%M}"


class Usage(models.Model):
    """How many mails a server was given lately, or those of them for one domain: counts per slice of time."""

    server = models.CharField(max_length=16)
    domain = models.CharField(max_length=253, blank=True, default="")
    seconds = models.PositiveIntegerField()  # the window of the limit; a slice is a sixtieth of it
    slices = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)  # who read another one was too late
    # Until when its mails have been put off, so that those behind them are put off further.
    waits_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["server", "domain", "seconds"], name="one_usage")]

    def __str__(self) -> str:
        return f"{self.server} {self.domain} in {self.seconds} s"


class SlowDomain(models.Model):
    """A domain whose servers said that we are too fast."""

    server = models.CharField(max_length=16)
    domain = models.CharField(max_length=253)
    per_minute = models.FloatField()  # at `changed_at`; a tenth more each minute since
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["server", "domain"], name="one_slow_domain")]

    def __str__(self) -> str:
        return f"{self.domain}: {self.per_minute:.0f} per minute"


class SingleMail(Leased):
    """One mail to one mailbox: the row exists before the first byte leaves."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        REFUSED = "refused"
        UNKNOWN = "unknown"
        CANCELLED = "cancelled"

    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    reason = SentenceField()
    created_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now)
    attempts = models.PositiveIntegerField(default=0)
    # Committed just before the message may leave: a dead worker's row that has it may have been sent.
    handed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    # It may have arrived twice, where that is better than not at all.
    repeated = models.BooleanField(default=False)
    reply = models.TextField(blank=True, default="")

    class Meta:
        abstract = True
