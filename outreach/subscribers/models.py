"""Subscriber, Subscription, Confirmation, Consent, Suppression, Bounce: who hears of it by mail.

A *topic* is a word that a consent is about. This room does not know what a newsletter is; a newsletter knows
its topic.
"""

from django.conf import settings
from django.db import models

from outreach.core import clock
from outreach.core.fields import SentenceField
from outreach.core.leases import Leased


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
    """One subscriber's wish to hear of one topic: asked, confirmed, left.

    Who left and asks again keeps `left_at` until the new confirmation: a stranger who types somebody's
    address must not be able to wipe out that this person left.
    """

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

    @property
    def active(self) -> bool:
        """Confirmed, and not left since."""
        return self.confirmed_at is not None and self.left_at is None

    @property
    def waiting(self) -> bool:
        """Asked for, and not yet confirmed."""
        if self.left_at:
            return self.asked_at > self.left_at
        return self.confirmed_at is None


class Confirmation(Leased):
    """One mail that asks "was it you?": the ledger. The row exists before the first byte leaves."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        REFUSED = "refused"
        CANCELLED = "cancelled"

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="confirmations")
    title = models.CharField(max_length=200)  # what the person asked for, as they know it
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    reason = SentenceField()
    created_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now)
    attempts = models.PositiveIntegerField(default=0)
    # Committed just before the message may leave: a dead worker's row that has it may have been sent.
    handed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    # It may have arrived twice. For this mail that is better than not at all.
    repeated = models.BooleanField(default=False)
    reply = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(state__in=["queued", "sending"]),
                name="confirmation_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} confirmation mail for {self.subscription}"


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
    reply = models.TextField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.kind}: {self.reply[:60]}"


class Knock(models.Model):
    """Somebody used a sign-up form. Kept for a day, to see when one visitor asks too much."""

    visitor = models.CharField(max_length=64)  # a keyed hash of the network address
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["at", "visitor"])]

    def __str__(self) -> str:
        return f"{self.visitor[:8]} at {self.at:%H:%M}"
