"""Returned: a mail that came back, or that came to us, and what we made of it."""

from django.db import models

from outreach.core import clock


class Returned(models.Model):
    """One mail at the address for returned mails. The row makes a second delivery of it harmless."""

    class Kind(models.TextChoices):
        HARD = "hard"
        SOFT = "soft"
        ABOUT_US = "about-us"
        DELAYED = "delayed"
        COMPLAINT = "complaint"
        AUTOMATIC = "automatic"
        UNKNOWN = "unknown"
        LEAVE = "leave"  # somebody unsubscribed by mail
        OTHER = "other"  # no bounce at all, or of a mail that is not ours

    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(default=clock.now)
    kind = models.CharField(max_length=9, choices=Kind.choices)
    reason = models.CharField(max_length=40, blank=True, default="")
    origin = models.CharField(max_length=60, blank=True, default="")  # "n12.345": issue 12, reader 345
    words = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["at"])]
        verbose_name_plural = "returned mails"

    def __str__(self) -> str:
        return f"{self.kind}: {self.words[:60]}"
