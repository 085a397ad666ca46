"""What all workers must know of a mail server: how it is, what it carried lately, whom it slows."""

from django.db import models

from outreach.core.fields import SentenceField


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
