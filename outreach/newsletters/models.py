"""Newsletter, Issue, Delivery: what we mail, when, to whom."""

from datetime import time

from django.conf import settings
from django.db import models

from outreach.core import clock
from outreach.core.fields import SentenceField
from outreach.core.leases import Leased
from outreach.feeds.models import Entry, Rule, Source
from outreach.subscribers.models import Subscriber


class Newsletter(models.Model):
    """A newsletter: its name, its content, its days."""

    class Frequency(models.TextChoices):
        WEEKLY = "weekly"
        MONTHLY_DAY = "monthly-day"
        MONTHLY_WEEKDAY = "monthly-weekday"

    class Mode(models.TextChoices):
        AUTOMATIC = "automatic"
        APPROVAL = "approval"

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    topic = models.SlugField(max_length=80, unique=True, editable=False)  # never changes; see subscribers
    description = models.CharField(max_length=300, blank=True, default="")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    from_name = models.CharField(max_length=120, blank=True, default="")
    from_address = models.EmailField(blank=True, default="")
    reply_to = models.EmailField(blank=True, default="")
    design = models.SlugField(max_length=40, default="plain")
    sources = models.ManyToManyField(Source, related_name="newsletters", blank=True)
    # Coming events stand in each issue until they are over, not only in the first one.
    show_coming = models.BooleanField(default=True)
    mode = models.CharField(max_length=9, choices=Mode.choices, default=Mode.APPROVAL)
    active = models.BooleanField(default=True)

    # The schedule: wall-clock time in `zone`.
    frequency = models.CharField(max_length=15, choices=Frequency.choices, default=Frequency.WEEKLY)
    weekday = models.PositiveSmallIntegerField(default=1)  # 0 is Monday
    nth = models.SmallIntegerField(default=1)  # 1 to 4, or -1 for the last
    month_day = models.PositiveSmallIntegerField(default=1)  # 29 to 31: the month's last day when shorter
    at = models.TimeField(default=time(9, 0))
    zone = models.CharField(max_length=60, default=settings.LOCAL_TIME_ZONE)
    next_slot = models.DateTimeField(null=True, blank=True)
    # A slot missed while the machine was off is made up within this time, else skipped with a notice.
    make_up_hours = models.PositiveIntegerField(default=48)
    # Entries first seen before this never go into an issue: a new newsletter starts with what is new.
    starts_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Inclusion(models.Model):
    """The only newsletters that a rule of a source lets its entries into. Without one: all of the source."""

    rule = models.OneToOneField(Rule, on_delete=models.CASCADE, related_name="inclusion")
    newsletters = models.ManyToManyField(Newsletter, related_name="+")

    def __str__(self) -> str:
        return f"inclusion of rule {self.rule_id}"


class Issue(Leased):
    """One newsletter going out."""

    class State(models.TextChoices):
        DRAFT = "draft"
        APPROVED = "approved"
        SENDING = "sending"
        PAUSED = "paused"
        SENT = "sent"
        CANCELLED = "cancelled"
        SKIPPED = "skipped"

    newsletter = models.ForeignKey(Newsletter, on_delete=models.PROTECT, related_name="issues")
    slot = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    reason = SentenceField()
    subject = models.CharField(max_length=200, blank=True, default="")
    intro = models.TextField(blank=True, default="")  # Markdown, by staff
    # Frozen at approval: what was previewed is what is sent. Slots for the recipient are filled at sending.
    html = models.TextField(blank=True, default="")
    text = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    send_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-slot"]
        constraints = [models.UniqueConstraint(fields=["newsletter", "slot"], name="one_issue_per_slot")]

    def __str__(self) -> str:
        return self.subject or f"{self.newsletter} {self.slot:%Y-%m-%d}"


class IssueEntry(models.Model):
    """An entry in an issue: news in exactly one of a newsletter; an event is repeated in later ones."""

    newsletter = models.ForeignKey(Newsletter, on_delete=models.CASCADE, related_name="+")
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="items")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="issue_items")
    position = models.PositiveIntegerField()
    # Staff do not want it in this issue. It keeps its row, else it would come back in the next one.
    left_out = models.BooleanField(default=False)
    repeated = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["newsletter", "entry"],
                condition=models.Q(repeated=False),
                name="one_issue_per_entry",
            ),
            models.UniqueConstraint(fields=["issue", "entry"], name="once_in_an_issue"),
        ]

    def __str__(self) -> str:
        return f"{self.entry} in {self.issue}"


class Delivery(Leased):
    """One issue to one mailbox: the ledger. The row exists before the first byte leaves."""

    class State(models.TextChoices):
        QUEUED = "queued"
        CLAIMED = "claimed"
        SENT = "sent"
        DEFERRED = "deferred"
        BOUNCED = "bounced"
        SUPPRESSED = "suppressed"
        UNKNOWN = "unknown"

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="deliveries")
    subscriber = models.ForeignKey(
        Subscriber, null=True, on_delete=models.SET_NULL, related_name="deliveries"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    # Committed just before the message may leave. A dead worker's rows that have it are `unknown`;
    # those that do not were never sent.
    handed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    # It may have arrived twice: its outcome was unknown once and it was sent again with the same Message-ID.
    repeated = models.BooleanField(default=False)
    reply = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issue", "subscriber"], name="one_delivery_per_issue")]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(state__in=["queued", "deferred", "claimed", "unknown"]),
                name="delivery_open",
            ),
            models.Index(fields=["issue", "state"]),
        ]
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"{self.issue} to {self.subscriber}"
