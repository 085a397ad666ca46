"""Subscriber, Subscription, Consent, Suppression, Bounce: who hears of it by mail.

A *topic* is a word that a consent is about. This room does not know what a newsletter is; a newsletter knows
its topic.
"""

from django.conf import settings
from django.db import models

from outreach.core import clock


class Subscriber(models.Model):
    """One mailbox."""

    class State(models.TextChoices):
        PENDING = "pending"
        CONFIRMED = "confirmed"
        UNSUBSCRIBED = "unsubscribed"
        BOUNCED = "bounced"
        COMPLAINED = "complained"

    # As it is mailed to: domain in lower case and ASCII. `address_key` is what must be unique.
    address = models.EmailField(max_length=254)
    address_key = models.CharField(max_length=254, unique=True, editable=False)
    name = models.CharField(max_length=200, blank=True, default="")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PENDING)
    created_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["address_key"]
        indexes = [models.Index(fields=["state"])]

    def __str__(self) -> str:
        return self.address


class Subscription(models.Model):
    """One subscriber's wish to hear of one topic: asked, confirmed, left."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="subscriptions")
    topic = models.SlugField(max_length=80)
    asked_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "topic"], name="one_wish_per_topic")]
        indexes = [models.Index(fields=["topic", "confirmed_at"])]

    def __str__(self) -> str:
        return f"{self.subscriber} hears of {self.topic}"


class Consent(models.Model):
    """The proof: when, how, and to which exact wording somebody said yes. Rows are only added."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="consents")
    topic = models.SlugField(max_length=80)
    at = models.DateTimeField(default=clock.now)
    how = models.CharField(max_length=40)  # "sign-up page", "import", "command"
    wording = models.TextField()
    page = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.subscriber} said yes to {self.topic} ({self.how})"


class Suppression(models.Model):
    """An address that is never mailed again. Only a keyed hash is kept, so it outlives erasure."""

    address_hash = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(default=clock.now)
    why = models.CharField(max_length=40)

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
    reply = models.TextField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.kind}: {self.reply[:60]}"
