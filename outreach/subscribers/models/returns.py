"""Bounce and Suppression: what came back, and who is never mailed again."""

from django.db import models

from outreach.core import clock
from outreach.core.sentences import Sentence
from outreach.mail.bounces.judging import answered
from outreach.subscribers.models.subscriber import Subscriber
from outreach.subscribers.reasons import in_words


class Suppression(models.Model):
    """An address that is never mailed again. Only a keyed hash is kept, so it outlives erasure."""

    class Why(models.TextChoices):
        COMPLAINT = "complaint"
        BOUNCE = "bounce"
        # Forgotten at the person's own wish: no import brings it back, the person may.
        ERASED = "erased"

    address_hash = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(default=clock.now)
    why = models.CharField(max_length=40, choices=Why.choices)

    def __str__(self) -> str:
        return f"{self.address_hash[:12]} ({self.why})"


class Bounce(models.Model):
    """A mail that did not arrive, and the server's words."""

    class Kind(models.TextChoices):
        HARD = "hard"
        SOFT = "soft"
        ABOUT_US = "about-us"

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="bounces")
    at = models.DateTimeField(default=clock.now)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    reason = models.CharField(max_length=40, blank=True, default="")  # of mail/bounces/rules.toml
    reply = models.TextField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.kind}: {self.reply[:60]}"

    @property
    def why(self) -> Sentence:
        """The reason in words for people; of a row from before it was kept, as its words are judged now."""
        return in_words(self.reason or answered(self.reply).reason)
