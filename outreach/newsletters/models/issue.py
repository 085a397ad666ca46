"""Issue: one newsletter going out; IssueEntry and IssueText: what stands in it."""

from django.conf import settings
from django.db import models

from outreach.core import clock
from outreach.core.fields import SentenceField
from outreach.core.leases import Leased
from outreach.feeds.models import Entry
from outreach.newsletters.models.newsletter import Newsletter


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

    class Lead(models.TextChoices):
        NEWEST = "newest"  # the newest article that has a picture
        CHOSEN = "chosen"  # by staff: `lead`
        NONE = "none"

    newsletter = models.ForeignKey(Newsletter, on_delete=models.PROTECT, related_name="issues")
    slot = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    reason = SentenceField()
    subject = models.CharField(max_length=200, blank=True, default="")
    intro = models.TextField(blank=True, default="")  # Markdown, by staff
    # The story that the issue begins with, larger than the others.
    lead_by = models.CharField(max_length=6, choices=Lead.choices, default=Lead.NEWEST)
    lead = models.ForeignKey(Entry, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # Where the agenda stands among the articles and texts: behind them, until staff move it.
    agenda_position = models.PositiveIntegerField(default=1_000_000)
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
    # When all had it. It stays while some are tried again: what was out is out.
    finished_at = models.DateTimeField(null=True, blank=True)
    # At its slot this draft approves itself. Staff may hold it, and a held one waits for them.
    by_itself = models.BooleanField(default=False)
    # A letter of staff, outside the schedule: no entry is news in it, so it uses up none.
    letter = models.BooleanField(default=False)
    # To whom a letter goes; {} is all readers. See newsletters/audience.py.
    audience = models.JSONField(default=dict, blank=True)
    # Whether everybody may read it in the archive of its newsletter, where that has one.
    public = models.BooleanField(default=True)
    # How many of `newsletters.reminding.STAGES` staff have been told that this draft waits.
    reminded = models.PositiveSmallIntegerField(default=0, editable=False)

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
        ordering = ["position", "pk"]
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


class IssueText(models.Model):
    """Words of staff at any place in an issue."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="texts")
    position = models.PositiveIntegerField()  # among the articles: one order holds both
    heading = models.CharField(max_length=120, blank=True, default="")
    words = models.TextField()  # Markdown
    left_out = models.BooleanField(default=False)  # taken away by staff, who may put it back

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.heading or self.words[:60]
