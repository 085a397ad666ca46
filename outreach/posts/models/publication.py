"""One post on one account."""

from django.db import models
from django.utils.translation import gettext

from outreach.core.fields import SentenceField
from outreach.core.leases import Leased
from outreach.posts.models.account import Account
from outreach.posts.models.post import Post


class Publication(Leased):
    """One post on one account, from approval to the network's answer."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        PUBLISHED = "published"
        REFUSED = "refused"
        UNKNOWN = "unknown"
        CANCELLED = "cancelled"
        SKIPPED = "skipped"

    class Page(models.TextChoices):
        UNSEEN = "unseen"  # nobody looks at it
        WAITING = "waiting"
        READY = "ready"
        ANYWAY = "anyway"  # it is not as it should be, and the post goes out all the same
        GONE = "gone"  # the post is held until a person decides, or the page is back

    class Held(models.TextChoices):
        NOT = ""
        LATE = "late"  # staff are asked whether it still goes out
        BUDGET = "budget"  # until the month ends or the budget is raised

    class Timing(models.TextChoices):
        """Which rules of its account it goes out by, until it is overdue: then all of them."""

        HOURS = "hours"  # slots, distance and quiet hours
        AWAKE = "awake"  # only the quiet hours: it tells of an event that cannot wait for a slot
        FIXED = "fixed"  # none: a person chose the moment, or it would come too late

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="publications")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="publications")
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    # What happened last, why, what to do now and by whom, and the network's own answer.
    reason = SentenceField()
    cause = SentenceField()
    advice = SentenceField()
    raw = models.TextField(blank=True, default="")
    # What was approved, frozen: text, link, tag, images (each its sha256 and alt). Nothing else is ever sent.
    payload = models.JSONField()
    # The event that the payload names (`stating`); None when it names none.
    event_version = models.PositiveIntegerField(null=True, blank=True, editable=False)
    event_start = models.DateTimeField(null=True, blank=True, editable=False)
    # When it was last said that it may go out: at its approval, or when it was queued again.
    approved_at = models.DateTimeField(null=True, blank=True, editable=False)
    due_at = models.DateTimeField()
    # Why it is queued and not sent, or, when skipped, the question that waits for staff.
    held = models.CharField(max_length=6, choices=Held.choices, blank=True, default=Held.NOT)
    # When it was due at first: later dates of new attempts do not make it young.
    waits_since = models.DateTimeField(null=True, blank=True, editable=False)
    late_is_fine = models.BooleanField(default=False, editable=False)  # a person said so
    # What the network bills, in US dollars by the prices of that moment; None while it is not sent.
    cost = models.DecimalField(max_digits=8, decimal_places=4, null=True, blank=True, editable=False)
    charged_at = models.DateTimeField(null=True, blank=True, editable=False)
    timing = models.CharField(max_length=5, choices=Timing.choices, default=Timing.HOURS)
    attempts = models.PositiveIntegerField(default=0)
    # The first attempt that may have arrived, committed before its first byte leaves: look-ups search from
    # here. Emptied when an attempt is proven not to have arrived and none before it is in doubt.
    sent_at = models.DateTimeField(null=True, blank=True)
    # How many times in a row the network said "not there" since the outcome became unknown.
    absences = models.PositiveIntegerField(default=0)
    # The network refused it as a copy of a post that it did not name: absence then never means "send again".
    says_duplicate = models.BooleanField(default=False)
    look_at = models.DateTimeField(null=True, blank=True)
    # A person cancelled it while it was on its way or in doubt: if it is not there, it is not sent again.
    unwanted = models.BooleanField(default=False, editable=False)
    # The page that it points to (`preflight`): whether the post waits for it, since when, and why.
    page_state = models.CharField(max_length=7, choices=Page.choices, default=Page.UNSEEN, editable=False)
    page_host = models.CharField(max_length=253, blank=True, default="", editable=False)
    page_since = models.DateTimeField(null=True, blank=True, editable=False)
    page_look_at = models.DateTimeField(null=True, blank=True, editable=False)
    page_tries = models.PositiveSmallIntegerField(default=0, editable=False)
    page_reason = SentenceField()
    remote_id = models.CharField(max_length=200, blank=True, default="")
    remote_url = models.URLField(max_length=1000, blank=True, default="")
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["post", "account"], name="one_publication_per_account")
        ]
        indexes = [
            # Partial, so that a million published rows cost a tick nothing.
            models.Index(fields=["due_at"], condition=models.Q(state="queued"), name="publication_due"),
            # Which times of an account are taken.
            models.Index(
                fields=["account", "due_at"], condition=models.Q(state="queued"), name="publication_taken"
            ),
            models.Index(
                fields=["look_at"],
                condition=models.Q(state__in=["sending", "unknown"]),
                name="publication_open",
            ),
            # What Home shows of a long history.
            models.Index(fields=["due_at"], condition=models.Q(state="refused"), name="publication_refused"),
            # A month's costs are summed without its history, and few are held.
            models.Index(
                fields=["account", "charged_at"],
                condition=models.Q(charged_at__isnull=False),
                name="publication_charged",
            ),
            # By its value: SQLite would not take an index on all that is held.
            models.Index(fields=["due_at"], condition=models.Q(held="late"), name="publication_late"),
            # What comes back when its event is again what it says.
            models.Index(
                fields=["event_start"], condition=models.Q(state="cancelled"), name="publication_laid_aside"
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(post)s on %(account)s") % {"post": self.post, "account": self.account}


class LinkedSite(models.Model):
    """What the pages of one website never say: no post waits for that a second time."""

    host = models.CharField(max_length=253, unique=True)
    lacks = models.CharField(max_length=10, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.host} {self.lacks}"
