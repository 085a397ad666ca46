"""Source, Entry, Event: what the website publishes."""

from django.conf import settings
from django.db import models

from outreach.core import clock
from outreach.core.fields import SentenceField
from outreach.core.leases import Leased


class Source(Leased):
    """A feed that is watched."""

    class Mode(models.TextChoices):
        AUTOMATIC = "automatic"
        REVIEW = "review"

    name = models.CharField(max_length=200)
    url = models.URLField(max_length=1000, unique=True)
    # Entries of all sources of one site share their keys: the same article in two feeds is one entry.
    site = models.CharField(max_length=253, editable=False)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    mode = models.CharField(max_length=9, choices=Mode.choices, default=Mode.REVIEW)
    active = models.BooleanField(default=True)
    cooling_minutes = models.PositiveIntegerField(default=10)
    remind = models.BooleanField(default=True)  # of its events: a week and a day before they begin
    interval_minutes = models.PositiveIntegerField(default=15)

    etag = models.CharField(max_length=500, blank=True, default="")
    last_modified = models.CharField(max_length=100, blank=True, default="")
    body_hash = models.CharField(max_length=64, blank=True, default="")
    next_poll_at = models.DateTimeField(default=clock.now)
    last_poll_at = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    # The first valid look stores what is there as seen and posts nothing; from then on new means new.
    baseline_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    problem = SentenceField()
    # The website says that the feed moved for good. Believed when it has said so for a week.
    moved_to = models.URLField(max_length=1000, blank=True, default="", editable=False)
    moved_since = models.DateTimeField(null=True, blank=True, editable=False)
    # Nothing new for unusually long; said once, until something new comes.
    silent_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Too much looked new at once (a site migration?): nothing is planned until staff decide.
    held_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    """An article or event that a source showed, stored once."""

    class State(models.TextChoices):
        NEW = "new"
        PLANNED = "planned"
        IGNORED = "ignored"

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="entries")
    state = models.CharField(max_length=7, choices=State.choices, default=State.NEW)
    reason = SentenceField()
    title = models.CharField(max_length=500, blank=True, default="")
    summary = models.TextField(blank=True, default="")
    link = models.URLField(max_length=2000, blank=True, default="")
    image_url = models.URLField(max_length=2000, blank=True, default="")
    image_alt = models.CharField(max_length=1000, blank=True, default="")
    author = models.CharField(max_length=200, blank=True, default="")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    categories = models.JSONField(default=list, blank=True)
    content_hash = models.CharField(max_length=64)
    # Three different things: what the site says, what we saw, and (on Event) when it takes place.
    published_at = models.DateTimeField(null=True, blank=True)
    first_seen_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(null=True, blank=True)
    # Left the feed before it was posted. Set by a poll; cleared when it comes back.
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-first_seen_at", "-id"]
        indexes = [models.Index(fields=["state", "first_seen_at"]), models.Index(fields=["link"])]
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return self.title or self.link


class EntryKey(models.Model):
    """One way to recognise an entry again; any hit is the same entry. Never deleted."""

    class Kind(models.TextChoices):
        GUID = "guid"
        GUID_PATH = "guidpath"
        CMS = "cms"
        URL = "url"
        TEXT = "text"

    site = models.CharField(max_length=253)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    value = models.CharField(max_length=64)  # sha256 of the key: guids have no length limit
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="keys")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "kind", "value"], name="one_entry_per_key")]

    def __str__(self) -> str:
        return f"{self.kind} {self.value[:12]}"


class Event(models.Model):
    """When and where an entry takes place, if it is an event."""

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, related_name="event")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    all_day = models.BooleanField(default=False)
    place = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["starts_at"]

    def __str__(self) -> str:
        return f"{self.entry} at {self.starts_at:%Y-%m-%d %H:%M}"
