"""What we want to say, and the pictures with it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext

from outreach.core import clock
from outreach.core.fields import SentenceField
from outreach.core.measure import shorten
from outreach.feeds.models import Entry
from outreach.posts.models.account import Account


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

    OPEN = (State.DRAFT, State.WAITING)
    """States in which it can still be changed: nobody has approved or cancelled it."""

    class Kind(models.TextChoices):
        ENTRY = "entry"
        REMINDER = "reminder"
        MOVED = "moved"  # an event that was announced has another date now
        OFF = "off"  # an event that was announced does not take place
        RESHARE = "reshare"  # an article that was posted before, again: only ever by a person's choice
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
    # Staff's other words for one network, by its name: {"x": "…"}. They stand in for `text` there.
    variants = models.JSONField(blank=True, default=dict)
    link = models.URLField(max_length=2000, blank=True, default="")
    # Nowhere where a web address in a post costs more.
    without_link = models.BooleanField(default=False)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    accounts = models.ManyToManyField(Account, related_name="posts")
    # When the picture of its entry is to be fetched (`illustrating`), and whether it is approved after that.
    illustrate_at = models.DateTimeField(null=True, blank=True, editable=False)
    illustrate_tries = models.PositiveSmallIntegerField(default=0, editable=False)
    approves_itself = models.BooleanField(default=False, editable=False)
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
            models.Index(fields=["created_at"], condition=models.Q(state="waiting"), name="post_waiting"),
            models.Index(
                fields=["illustrate_at"],
                condition=models.Q(illustrate_at__isnull=False),
                name="post_to_illustrate",
            ),
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
        if said := self.text or (not self.entry_id and next(iter(self.variants.values()), "")):
            return shorten(" ".join(said.split()), 60, len)
        name = str(self.entry or self.link)
        about = {
            self.Kind.REMINDER: gettext("Reminder: %(name)s"),
            self.Kind.MOVED: gettext("New date: %(name)s"),
            self.Kind.OFF: gettext("Does not take place: %(name)s"),
            self.Kind.RESHARE: gettext("Again: %(name)s"),
        }.get(self.Kind(self.kind))
        return about % {"name": name} if about else name

    @property
    def has_own_words(self) -> bool:
        """Whether staff say it themselves, on one network or on all."""
        return bool(self.text or self.variants)

    def own_words(self, network: str) -> str:
        """What staff say on `network`; "" when the text is composed from the entry."""
        return self.variants.get(network) or self.text


class PostImage(models.Model):
    """One picture of a post, with the words for those who cannot see it."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="images")
    image = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="+")
    alt = models.CharField(max_length=1000, blank=True, default="")
    position = models.PositiveSmallIntegerField(default=0)  # from 0
    # Where it was found, for the picture of an entry: each account decides whether it is attached. Else "".
    address = models.URLField(max_length=2000, blank=True, default="")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["post", "position"], name="one_image_per_position")]

    def __str__(self) -> str:
        return self.alt
