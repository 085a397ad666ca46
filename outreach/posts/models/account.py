"""The Pages and profiles that we post on."""

from django.db import models

from outreach.core.fields import EncryptedJSONField, SentenceField
from outreach.core.leases import Leased
from outreach.feeds.models import Rule, Source


class Account(Leased):
    """One Page or profile on one network. Its lease keeps two workers from posting on it at once."""

    class State(models.TextChoices):
        ACTIVE = "active"
        PAUSED = "paused"

    class Pictures(models.TextChoices):
        CARD = "card"
        ATTACH = "attach"

    network = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=6, choices=State.choices, default=State.ACTIVE)
    # What is the matter, why, what to do now and by whom, and the network's own answer.
    reason = SentenceField()
    cause = SentenceField()
    advice = SentenceField()
    raw = models.TextField(blank=True, default="")
    credentials = EncryptedJSONField()
    remote_id = models.CharField(max_length=100, blank=True, default="")
    # New entries are posted here without being asked for.
    automatic = models.BooleanField(default=True)
    # A tag in the link makes "was it posted?" certain; constant over all attempts.
    tag_links = models.BooleanField(default=True)
    not_before = models.DateTimeField(null=True, blank=True)
    # When it may be posted on, by the organisation's clock (`accounts.hours`); its time slots are rows.
    distance_minutes = models.PositiveIntegerField(default=0)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    quiet_days = models.CharField(max_length=7, blank=True, default="")  # "56": Saturday and Sunday
    # What was last posted here, or may have been: the distance counts from it.
    last_post_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What was due before is overdue because of a pause: it goes out spread.
    resumed_at = models.DateTimeField(null=True, blank=True, editable=False)
    checked_at = models.DateTimeField(null=True, blank=True)
    # What the last look found (`accounts.health`), the first of its ends, and when to look again.
    problems = models.JSONField(default=list, blank=True, editable=False)
    ends_at = models.DateTimeField(null=True, blank=True, editable=False)
    check_at = models.DateTimeField(null=True, blank=True, editable=False)
    # US dollars a month; None: no limit. The prices of one post are the network's where none is set.
    budget = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    price_plain = models.DecimalField(max_digits=8, decimal_places=4, null=True, blank=True)
    price_link = models.DecimalField(max_digits=8, decimal_places=4, null=True, blank=True)
    # Where a web address in a post costs more: whether posts carry their link, and of which sources never.
    with_links = models.BooleanField(default=True)
    linkless = models.ManyToManyField(Source, related_name="+", blank=True)
    # For a token that is renewed by the machine: until when it works, and when the next one is fetched.
    token_ends_at = models.DateTimeField(null=True, blank=True)
    renew_at = models.DateTimeField(null=True, blank=True)
    # The picture of an article: left to the card that its link shows, or attached.
    pictures = models.CharField(max_length=6, choices=Pictures.choices, default=Pictures.CARD)
    # A picture that nobody described: the post waits for a person, or goes out without the picture.
    needs_words = models.BooleanField(default=False)
    # Before a post goes out, the page that it points to is looked at (`preflight`).
    looks_first = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["network", "name"], name="one_account_per_name")]

    def __str__(self) -> str:
        return self.name


class Slot(models.Model):
    """A time of the week at which one post goes out on an account, by the organisation's clock."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="slots")
    weekday = models.PositiveSmallIntegerField()  # 0 is Monday
    at = models.TimeField()

    class Meta:
        ordering = ["weekday", "at"]
        constraints = [models.UniqueConstraint(fields=["account", "weekday", "at"], name="one_slot_per_time")]

    def __str__(self) -> str:
        return f"slot {self.weekday} {self.at:%H:%M} of account {self.account_id}"


class Route(models.Model):
    """The accounts that a rule of a source posts on. Without one: those that new entries are posted on."""

    rule = models.OneToOneField(Rule, on_delete=models.CASCADE, related_name="route")
    accounts = models.ManyToManyField(Account, related_name="routes")

    def __str__(self) -> str:
        return f"route of rule {self.rule_id}"
