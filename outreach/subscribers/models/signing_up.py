"""SignUp, Knock, Spent: what was typed in a form, who uses one how often, and which sums are used up."""

from django.conf import settings
from django.db import models

from outreach.core import clock
from outreach.core.leases import Leased


class SignUp(Leased):
    """What somebody typed in a sign-up form. It waits for the next tick, and is then deleted.

    The page that takes it looks at no subscriber, so it cannot tell, by what it answers or by how long that
    takes, whether the address is known.
    """

    topic = models.SlugField(max_length=80)
    title = models.CharField(max_length=200)
    address = models.EmailField(max_length=254)
    name = models.CharField(max_length=200, blank=True, default="")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    how = models.CharField(max_length=40)
    wording = models.TextField()
    page = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.address} wishes to hear of {self.topic}"


class Knock(models.Model):
    """Somebody used a sign-up form. Kept for a day, to see when one visitor asks too much."""

    visitor = models.CharField(max_length=64)  # a keyed hash of the network address
    at = models.DateTimeField(default=clock.now)
    # Their browser did the sum (see `puzzles`): that costs a program that floods us more than it costs us.
    proven = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["at", "visitor"])]

    def __str__(self) -> str:
        return f"{self.visitor[:8]} at {self.at:%H:%M}"


class Spent(models.Model):
    """A challenge that was answered: it serves once. Kept until it would have been too old anyway."""

    nonce = models.CharField(max_length=32, unique=True)
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.nonce
