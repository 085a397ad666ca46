"""Newsletter: a name, its content, its days; which rules of sources name it, and what it passed over."""

from datetime import time

from django.conf import settings
from django.db import models

from outreach.core import clock
from outreach.core.fields import SentenceField
from outreach.feeds.models import Entry, Rule, Source


class Newsletter(models.Model):
    """A newsletter: its name, its content, its days."""

    class Frequency(models.TextChoices):
        WEEKLY = "weekly"
        MONTHLY_DAY = "monthly-day"
        MONTHLY_WEEKDAY = "monthly-weekday"

    class Mode(models.TextChoices):
        AUTOMATIC = "automatic"
        APPROVAL = "approval"

    class OnUnknown(models.TextChoices):
        AGAIN = "again"
        LEAVE = "leave"

    class Pictures(models.TextChoices):
        """Whose pictures of articles readers see."""

        SITE = "site"  # those of the websites that the articles are of
        ANY = "any"
        NONE = "none"

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    topic = models.SlugField(max_length=80, unique=True, editable=False)  # never changes; see subscribers
    description = models.CharField(max_length=300, blank=True, default="")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    # Markdown, mailed once to who has just confirmed; empty: no welcome.
    welcome = models.TextField(blank=True, default="")
    from_name = models.CharField(max_length=120, blank=True, default="")
    from_address = models.EmailField(blank=True, default="")
    reply_to = models.EmailField(blank=True, default="")
    design = models.SlugField(max_length=40, default="plain")
    pictures = models.CharField(max_length=4, choices=Pictures.choices, default=Pictures.SITE)
    sources = models.ManyToManyField(Source, related_name="newsletters", blank=True)
    # Of their entries only those in these languages, of these categories, and of none of those; empty: all.
    languages = models.JSONField(default=list, blank=True)
    categories = models.JSONField(default=list, blank=True)
    without = models.JSONField(default=list, blank=True)
    # Coming events stand in each issue until they are over, not only in the first one.
    show_coming = models.BooleanField(default=True)
    mode = models.CharField(max_length=9, choices=Mode.choices, default=Mode.APPROVAL)
    active = models.BooleanField(default=True)
    # Whether everybody may read what was sent: a page of its issues, and a feed of them.
    archive = models.BooleanField(default=True)

    # The schedule: wall-clock time in `zone`.
    frequency = models.CharField(max_length=15, choices=Frequency.choices, default=Frequency.WEEKLY)
    weekdays = models.CharField(max_length=7, default="1")  # weekly: "03" is Monday and Thursday
    weekday = models.PositiveSmallIntegerField(default=1)  # of MONTHLY_WEEKDAY; 0 is Monday
    nth = models.SmallIntegerField(default=1)  # 1 to 4, or -1 for the last
    month_day = models.PositiveSmallIntegerField(default=1)  # 29 to 31: the month's last day when shorter
    # Only each so-many-th week or month. That of `anchor` is one of them.
    every = models.PositiveSmallIntegerField(default=1)
    anchor = models.DateField(null=True, blank=True)
    at = models.TimeField(default=time(9, 0))
    zone = models.CharField(max_length=60, default=settings.LOCAL_TIME_ZONE)
    # The next one of which no issue is opened yet.
    next_slot = models.DateTimeField(null=True, blank=True)
    # A draft is made so long before its slot, to be looked at.
    draft_ahead_hours = models.PositiveSmallIntegerField(default=0)
    # When it was last looked for what is new, for a draft that is made ahead.
    looked_at = models.DateTimeField(null=True, blank=True, editable=False)
    # A slot missed while the machine was off is made up within this time, else skipped with a notice.
    make_up_hours = models.PositiveIntegerField(default=48)
    # A mail of which nobody knows whether it arrived: once more (perhaps twice in a mailbox), or left so.
    on_unknown = models.CharField(max_length=5, choices=OnUnknown.choices, default=OnUnknown.AGAIN)
    # A mailbox that does not take the mail now is tried again until this long after the issue began.
    max_age_hours = models.PositiveIntegerField(default=24)
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


class PassedOver(models.Model):
    """An entry that could have been in an issue, but for what the newsletter takes. Written at that issue.

    It keeps the entry out of the later ones too: who changes a filter does not send the news of last year.
    """

    newsletter = models.ForeignKey(Newsletter, on_delete=models.CASCADE, related_name="passed_over")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="passed_over")
    reason = SentenceField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["newsletter", "entry"], name="passed_over_once")]
        verbose_name_plural = "passed over"

    def __str__(self) -> str:
        return f"{self.entry} not in {self.newsletter}"
