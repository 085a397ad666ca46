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

    class Doubt(models.TextChoices):
        ASK = "ask"
        TRUST = "trust"
        NEVER = "never"

    name = models.CharField(max_length=200)
    url = models.URLField(max_length=1000, unique=True)
    # Entries of all sources of one site share their keys: the same article in two feeds is one entry.
    site = models.CharField(max_length=253, editable=False)
    # The website that the feed says it is of: another one where the feed is kept by a service.
    home = models.CharField(max_length=253, blank=True, default="", editable=False)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    mode = models.CharField(max_length=9, choices=Mode.choices, default=Mode.REVIEW)
    active = models.BooleanField(default=True)
    cooling_minutes = models.PositiveIntegerField(default=10)
    remind = models.BooleanField(default=True)  # of its events: a week and a day before they begin
    interval_minutes = models.PositiveIntegerField(default=0)  # 0: as its own pace asks for
    # What the feed lacks (picture, summary, date of an event) is looked up on the article's own page.
    read_pages = models.BooleanField(default=True)
    # Before a post of an entry goes out, its page is looked at: is it there, with its picture?
    looks_first = models.BooleanField(default=True)
    # A date in running text, or in a <time> element, may be that of an event. Staff are asked, or trust it.
    doubtful_dates = models.CharField(max_length=5, choices=Doubt.choices, default=Doubt.ASK)
    # All its entries are events (or those of these categories): what they are dated is when they take place.
    agenda = models.BooleanField(default=False)
    agenda_categories = models.JSONField(default=list, blank=True)
    # Hashtags come from the categories; this says another for some ({"Taal": "Nederlands"}), or none ("").
    use_hashtags = models.BooleanField(default=True)
    hashtags = models.JSONField(default=dict, blank=True)

    etag = models.CharField(max_length=500, blank=True, default="")
    last_modified = models.CharField(max_length=100, blank=True, default="")
    body_hash = models.CharField(max_length=64, blank=True, default="")
    next_poll_at = models.DateTimeField(default=clock.now)
    last_poll_at = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    # The first valid look stores what is there as seen and posts nothing; from then on new means new.
    baseline_at = models.DateTimeField(null=True, blank=True)
    # Since when it is written down which entries of other feeds it shows too.
    showings_since = models.DateTimeField(null=True, blank=True, editable=False)
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

    class Question(models.TextChoices):
        EVENT = "event"  # is it one, on this date?
        DUPLICATE = "duplicate"  # is it the same as `like`?
        DATE = "date"  # the website contradicts what is known of the event: which is right?

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
    # While it is new: when to decide (again) what becomes of it.
    decide_at = models.DateTimeField(default=clock.now)
    # Left the feed before it was posted, or before its event. Set by a poll; cleared when it comes back.
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # Since when its own feed does not show it. What that means is decided once: by its page, or at once.
    missing_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Its own page answered that there is none; cleared when it is there again.
    page_gone_at = models.DateTimeField(null=True, blank=True)
    # What only a person can say. While it stands open the entry goes nowhere by itself.
    question = models.CharField(max_length=9, choices=Question.choices, blank=True, default="")
    like = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    downloads = models.JSONField(default=list, blank=True)
    # What its own page says, used where the feed says nothing; and when that page is (next) to be read.
    page = models.JSONField(default=dict, blank=True)
    page_due_at = models.DateTimeField(null=True, blank=True)
    page_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-first_seen_at", "-id"]
        indexes = [
            models.Index(fields=["state", "first_seen_at"]),
            models.Index(fields=["link"]),
            models.Index(fields=["decide_at"], condition=models.Q(state="new"), name="entry_undecided"),
            models.Index(fields=["question"], condition=~models.Q(question=""), name="entry_question"),
            models.Index(
                fields=["page_due_at"], condition=models.Q(page_due_at__isnull=False), name="entry_page_due"
            ),
        ]
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return self.title or self.link


class LastLook(models.Model):
    """What the last look at a source found, so that the next one reads only what is new (`remembering`)."""

    source = models.OneToOneField(
        Source, on_delete=models.CASCADE, primary_key=True, related_name="last_look"
    )
    whole_at = models.DateTimeField()  # when everything was last read
    frame = models.CharField(max_length=32)
    items = models.JSONField(default=dict)  # digest: [entry, date that the item gave, is an event]

    def __str__(self) -> str:
        return f"{self.source}: {len(self.items)} items"


class Rule(models.Model):
    """Where some entries of a source go. The first rule that fits decides, else the source's mode."""

    class Action(models.TextChoices):
        AUTOMATIC = "automatic"
        REVIEW = "review"
        NEWSLETTER = "newsletter"
        IGNORE = "ignore"

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="rules")
    position = models.PositiveIntegerField(default=0)
    # All must hold: [{"field": "category", "op": "has", "value": "Vacatures, Stages"}]
    conditions = models.JSONField(default=list)
    action = models.CharField(max_length=10, choices=Action.choices, default=Action.REVIEW)
    cooling_minutes = models.PositiveIntegerField(null=True, blank=True)  # None: the source's

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"{self.action} {self.conditions}"


class EntryKey(models.Model):
    """One way to recognise an entry again; any hit is the same entry. Never deleted."""

    class Kind(models.TextChoices):
        GUID = "guid"
        GUID_PATH = "guidpath"
        CMS = "cms"
        URL = "url"
        TEXT = "text"

    site = models.CharField(max_length=253)  # that the key names, else that of its feed
    kind = models.CharField(max_length=8, choices=Kind.choices)
    value = models.CharField(max_length=64)  # sha256 of the key: guids have no length limit
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="keys")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "kind", "value"], name="one_entry_per_key")]

    def __str__(self) -> str:
        return f"{self.kind} {self.value[:12]}"


class Showing(models.Model):
    """Another feed of the site shows the entry too: who follows only that one is to hear of it as well."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="showings")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="showings")
    at = models.DateTimeField(null=True, blank=True)  # None: it was there at the first look, and is no news

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "entry"], name="shown_once_by_a_source")]

    def __str__(self) -> str:
        return f"{self.entry} in {self.source}"


class EntryChange(models.Model):
    """What an entry said before the website changed it."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    before = models.JSONField()  # only the columns that changed

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.entry} before {self.at:%Y-%m-%d %H:%M}"


class Event(models.Model):
    """When and where an entry takes place, if it is an event."""

    class Origin(models.TextChoices):
        """Where it was read, the most trusted first; staff may correct it."""

        STAFF = "staff"
        CALENDAR = "calendar"
        PAGE = "page"
        FEED = "feed"
        TIME = "time"
        DATE = "date"
        TEXT = "text"

    class Trust(models.TextChoices):
        SURE = "sure"
        ASKED = "asked"
        CONFIRMED = "confirmed"
        DENIED = "denied"
        LAPSED = "lapsed"  # nobody answered before the date was over
        WITHDRAWN = "withdrawn"  # the website does not say any more that it is an event

    class Status(models.TextChoices):
        SCHEDULED = "scheduled"
        POSTPONED = "postponed"
        CANCELLED = "cancelled"

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, related_name="event")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    all_day = models.BooleanField(default=False)
    place = models.CharField(max_length=300, blank=True, default="")
    online_url = models.URLField(max_length=2000, blank=True, default="")
    zone = models.CharField(max_length=60, blank=True, default="")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.SCHEDULED)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.FEED)
    trust = models.CharField(max_length=9, choices=Trust.choices, default=Trust.SURE)
    # Counts the times that its start, its status or whether it is one changed; the posts know `followed`.
    version = models.PositiveIntegerField(default=0)
    followed = models.PositiveIntegerField(default=0)
    dated = models.PositiveIntegerField(default=0)  # the version that brought the present start
    # One of a series (every week): its next day. `occurrence` counts the days that went by since it was seen.
    repeats = models.BooleanField(default=False)
    occurrence = models.PositiveIntegerField(default=0)
    # What each origin says (provenance.py), and which of them contradicts the rest and waits for an answer.
    said = models.JSONField(default=dict, blank=True)
    disputed = models.CharField(max_length=8, choices=Origin.choices, blank=True, default="")

    class Meta:
        ordering = ["starts_at"]
        indexes = [
            # Of the events of many years few are to come, and each tick looks for those.
            models.Index(fields=["starts_at"], name="event_start"),
            models.Index(
                fields=["followed"], condition=~models.Q(version=models.F("followed")), name="event_changed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} at {self.starts_at:%Y-%m-%d %H:%M}"
