"""Subscriber and Subscription: one mailbox, and what it wishes to hear of.

A *topic* is a word that a consent is about. This room does not know what a newsletter is; a newsletter knows
its topic.
"""

import unicodedata
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models

from outreach.core import clock

if TYPE_CHECKING:
    _TextField = models.TextField[Any, Any]
else:  # Django's own class takes no type arguments while it runs
    _TextField = models.TextField


def folded(text: str) -> str:
    """`text` as it is searched for: small letters without accents ("Noé" → "noe")."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in apart if not unicodedata.combining(char))


def sought(address_key: str, name: str) -> str:
    """What a search goes through: address and name, folded; the address also as people write it.

    Nobody types xn--bcher-kva.example for bücher.example.
    """
    local, _, domain = address_key.rpartition("@")
    shown = f"{local}@{_written(domain)}" if "xn--" in domain else ""
    return folded(f"{address_key} {shown} {name}" if shown else f"{address_key} {name}")


def _written(domain: str) -> str:
    import idna  # a table of all letters, which a process at rest need not hold

    try:
        return idna.decode(domain)
    except idna.IDNAError:  # of an address that an earlier rule let in
        return domain


class SoughtField(_TextField):
    """What `sought` makes of the row. Written whenever the row is, also in bulk."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """What the row's other columns say now."""
        row: Any = model_instance
        row.sought = sought(row.address_key, row.name)
        return str(row.sought)


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
    # No newsletter before this moment: their own wish, on their preferences page.
    paused_until = models.DateTimeField(null=True, blank=True)
    # Whether they agreed that what they open and click may be counted. Nothing is counted without.
    tracking = models.BooleanField(default=False)
    sought = SoughtField(blank=True, default="", editable=False)

    class Meta:
        ordering = ["address_key"]
        indexes = [models.Index(fields=["state", "address_key"])]

    def __str__(self) -> str:
        return self.address

    def save(self, *args: Any, **kwargs: Any) -> None:
        """What is searched follows the name also where only some columns are written."""
        some = kwargs.get("update_fields")
        if some is not None and {"name", "address_key"} & set(some):
            kwargs["update_fields"] = {*some, "sought"}
        super().save(*args, **kwargs)


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
        indexes = [
            models.Index(fields=["topic", "confirmed_at"]),
            models.Index(fields=["topic"], condition=models.Q(left_at__isnull=False), name="left_by_topic"),
        ]

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
