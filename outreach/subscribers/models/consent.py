"""Confirmation and Consent: asking, and the proof of the answer."""

from hashlib import sha256

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from outreach.core import clock
from outreach.relays.models import SingleMail
from outreach.subscribers.models.subscriber import Subscriber, Subscription


class Confirmation(SingleMail):
    """One mail that asks "was it you?"."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="confirmations")
    title = models.CharField(max_length=200)  # what the person asked for, as they know it
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    name = models.CharField(max_length=200, blank=True, default="")  # what this asker called themselves
    # What was agreed to where this mail was asked for: its link confirms that, and no later yes.
    consent = models.ForeignKey("Consent", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # See `addresses.Address.mailbox`: so many a day go to one.
    mailbox = models.CharField(max_length=254, blank=True, default="", editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["mailbox", "created_at"]),
            models.Index(
                fields=["due_at"],
                condition=models.Q(state__in=["queued", "sending"]),
                name="confirmation_open",
            ),
            # How many left in the last hour.
            models.Index(fields=["handed_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.state} confirmation mail for {self.subscription}"


class Basis(models.TextChoices):
    """How people said yes to what staff bring in."""

    FORM = "form", _("Our own sign-up form")
    PAPER = "paper", _("On paper")
    MEMBERS = "members", _("Members or staff of the organisation")
    OTHER = "other", _("Another way")


class Consent(models.Model):
    """The proof: when, how, and to which exact wording somebody said yes. Rows are only added."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="consents")
    topic = models.SlugField(max_length=80)
    at = models.DateTimeField(default=clock.now)
    how = models.CharField(max_length=40)  # "sign-up page", "import", "command"
    wording = models.TextField()
    language = models.CharField(max_length=2, blank=True, default="")  # of the wording; "" where nobody said
    page = models.CharField(max_length=500, blank=True, default="")
    # What staff vouch for when they bring in a list: the sort of yes, and its day.
    basis = models.CharField(max_length=10, blank=True, default="", choices=Basis.choices)
    given_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.subscriber} said yes to {self.topic} ({self.how})"

    @property
    def version(self) -> str:
        """The name of the wording: the same letters in the same language are the same version."""
        return sha256(f"{self.language}\n{self.wording}".encode()).hexdigest()[:12]
