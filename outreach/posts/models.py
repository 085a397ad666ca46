"""Account, Post, Publication: what we say on the networks."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext

from outreach.core import clock
from outreach.core.fields import EncryptedJSONField, SentenceField
from outreach.core.leases import Leased
from outreach.core.measure import shorten
from outreach.feeds.models import Entry, Rule


class Account(Leased):
    """One Page or profile on one network. Its lease keeps two workers from posting on it at once."""

    class State(models.TextChoices):
        ACTIVE = "active"
        PAUSED = "paused"

    network = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=6, choices=State.choices, default=State.ACTIVE)
    reason = SentenceField()
    credentials = EncryptedJSONField()
    remote_id = models.CharField(max_length=100, blank=True, default="")
    # New entries are posted here without being asked for.
    automatic = models.BooleanField(default=True)
    # A tag in the link makes "was it posted?" certain; constant over all attempts.
    tag_links = models.BooleanField(default=True)
    not_before = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["network", "name"], name="one_account_per_name")]

    def __str__(self) -> str:
        return self.name


class Route(models.Model):
    """The accounts that a rule of a source posts on. Without one: those that new entries are posted on."""

    rule = models.OneToOneField(Rule, on_delete=models.CASCADE, related_name="route")
    accounts = models.ManyToManyField(Account, related_name="routes")

    def __str__(self) -> str:
        return f"route of rule {self.rule_id}"


class Image(models.Model):
    """A picture for a post, already checked, turned upright, stripped of private data and re-encoded.

    Kept in the database: it must be there on every machine and in every backup, like the post itself.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    content = models.BinaryField()
    mime = models.CharField(max_length=20)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.mime} {self.width}×{self.height}"


class Post(models.Model):
    """What we want to say: from an entry, or written by staff."""

    class State(models.TextChoices):
        DRAFT = "draft"
        WAITING = "waiting"
        APPROVED = "approved"
        CANCELLED = "cancelled"

    class Kind(models.TextChoices):
        ENTRY = "entry"
        REMINDER = "reminder"
        MOVED = "moved"  # an event that was announced has another date now
        OFF = "off"  # an event that was announced does not take place
        STAFF = "staff"

    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.STAFF)
    remind_days = models.PositiveSmallIntegerField(default=0, editable=False)  # before the event begins
    # Of the event that it tells of: a new date gets reminders of its own.
    event_version = models.PositiveIntegerField(default=0, editable=False)
    entry = models.ForeignKey(Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="posts")
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    reason = SentenceField()
    # Staff's own words. Empty for a post of an entry: its text is composed from the entry until approval.
    text = models.TextField(blank=True, default="")
    link = models.URLField(max_length=2000, blank=True, default="")
    image = models.ForeignKey(Image, null=True, blank=True, on_delete=models.PROTECT)
    image_alt = models.CharField(max_length=1000, blank=True, default="")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    accounts = models.ManyToManyField(Account, related_name="posts")
    planned_at = models.DateTimeField(null=True, blank=True)  # None: as soon as it is approved
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-created_at", "-id"]
        # Of the posts of many years few wait, and each tick looks for those. Partial: with an index on every
        # state SQLite would go through all that were ever approved to find the few that are due.
        indexes = [
            models.Index(fields=["created_at"], condition=models.Q(state="waiting"), name="post_waiting")
        ]
        constraints = [
            # Planning an entry twice is harmless: the second one finds the first.
            models.UniqueConstraint(
                fields=["entry"], condition=models.Q(kind="entry"), name="one_post_per_entry"
            ),
            models.UniqueConstraint(
                fields=["entry", "kind", "remind_days", "event_version"],
                condition=models.Q(kind__in=["reminder", "moved", "off"]),
                name="one_post_per_date",
            ),
        ]

    def __str__(self) -> str:
        if self.text:
            return shorten(" ".join(self.text.split()), 60, len)
        name = str(self.entry or self.link)
        about = {
            self.Kind.REMINDER: gettext("Reminder: %(name)s"),
            self.Kind.MOVED: gettext("New date: %(name)s"),
            self.Kind.OFF: gettext("Does not take place: %(name)s"),
        }.get(self.Kind(self.kind))
        return about % {"name": name} if about else name


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

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="publications")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="publications")
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    reason = SentenceField()
    raw = models.TextField(blank=True, default="")
    # What was approved, frozen: text, link, tag, image (sha256), alt. Nothing else is ever sent.
    payload = models.JSONField()
    # The event that the payload names (`stating`); None when it names none.
    event_version = models.PositiveIntegerField(null=True, blank=True, editable=False)
    event_start = models.DateTimeField(null=True, blank=True, editable=False)
    # When it was last said that it may go out: at its approval, or when it was queued again.
    approved_at = models.DateTimeField(null=True, blank=True, editable=False)
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    # The first attempt that may have arrived, committed before its first byte leaves: look-ups search from
    # here. Emptied when an attempt is proven not to have arrived and none before it is in doubt.
    sent_at = models.DateTimeField(null=True, blank=True)
    # How many times in a row the network said "not there" since the outcome became unknown.
    absences = models.PositiveIntegerField(default=0)
    # The network refused it as a copy of a post that it did not name: absence then never means "send again".
    says_duplicate = models.BooleanField(default=False)
    look_at = models.DateTimeField(null=True, blank=True)
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
            models.Index(
                fields=["look_at"],
                condition=models.Q(state__in=["sending", "unknown"]),
                name="publication_open",
            ),
            # What comes back when its event is again what it says.
            models.Index(
                fields=["event_start"], condition=models.Q(state="cancelled"), name="publication_laid_aside"
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(post)s on %(account)s") % {"post": self.post, "account": self.account}
