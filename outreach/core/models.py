"""What every room shares: the organisation, the log of what happened, and the sign of life of the ticks."""

from typing import Any

from django.conf import settings
from django.db import models

from outreach.core import clock
from outreach.core.fields import SentenceField
from outreach.core.sentences import N_, NOTHING, Sentence, say


class Logo(models.Model):
    """A logo. Never changed, never deleted: mails that went out years ago show it."""

    key = models.CharField(max_length=24, unique=True)  # of its bytes
    content = models.BinaryField()  # PNG
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.key


class Organisation(models.Model):
    """Whose posts and newsletters these are. One row."""

    name = models.CharField(max_length=200, default="Outreach")
    postal_address = models.CharField(max_length=300, blank=True, default="")
    site_url = models.URLField(max_length=500, blank=True, default="")
    accent = models.CharField(max_length=7, default="#0b6e69")
    contact = models.EmailField(blank=True, default="")
    logo = models.ForeignKey(Logo, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def get(cls) -> "Organisation":
        """The one row, made at the first call."""
        return cls.objects.get_or_create(pk=1)[0]


class PrivacyText(models.Model):
    """What the organisation itself says about privacy, in one language. Without a row: templates/privacy."""

    language = models.CharField(max_length=2, choices=settings.LANGUAGES, unique=True)
    text = models.TextField()  # Markdown

    def __str__(self) -> str:
        return f"privacy text in {self.language}"


class Activity(models.Model):
    """One thing that happened, in words: what, to which row, why, and by whom.

    `subject` is the row's "kind:id" (see `subject_of`). The decision log of an entry, the history of a
    publication and the Activity page are all read from here.
    """

    class Level(models.TextChoices):
        INFO = "info"
        WARNING = "warning"
        TROUBLE = "trouble"

    at = models.DateTimeField(default=clock.now)
    subject = models.CharField(max_length=60)
    level = models.CharField(max_length=8, choices=Level.choices, default=Level.INFO)
    sentence = SentenceField()
    raw = models.TextField(blank=True, default="")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    # How many times it happened in a row, `at` the first and `last_at` the last time: an outage is one line.
    times = models.PositiveIntegerField(default=1)
    last_at = models.DateTimeField(null=True, blank=True)
    # Told on another row too, for who looks at that one. The Activity page shows what happened once.
    echo = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["subject", "at"]), models.Index(fields=["-at"])]

    def __str__(self) -> str:
        return f"{self.subject}: {self.sentence}"

    @property
    def repeated(self) -> Sentence:
        """How many times it happened, where that is more than once."""
        if self.times < 2 or not self.last_at:
            return NOTHING
        return say(
            N_("%(times)s times since %(first)s, the last time %(last)s."),
            times=self.times,
            first=self.at,
            last=self.last_at,
        )

    def happened_again(self, sentence: Sentence, raw: str) -> None:
        """The same as this line, now: counted, with the newest words."""
        Activity.objects.filter(pk=self.pk).update(
            times=models.F("times") + 1, last_at=clock.now(), sentence=sentence, raw=raw[:4000]
        )


def subject_of(row: models.Model) -> str:
    """`entry:12`."""
    return f"{row._meta.model_name}:{row.pk}"


def person(by: Any) -> Any:
    """`by` when it is somebody who is logged in; None for the machine and for visitors."""
    return by if getattr(by, "is_authenticated", False) else None


def record(
    row: models.Model,
    sentence: Sentence,
    level: str = Activity.Level.INFO,
    *,
    raw: str = "",
    actor: Any = None,
    echo: bool = False,
) -> Activity:
    """Write down what happened to `row`. `raw` is a server's own answer, already free of secrets.

    `echo`: it is written down on another row as well, where it belongs more.
    """
    return Activity.objects.create(
        at=clock.now(),
        subject=subject_of(row),
        sentence=sentence,
        level=level,
        raw=raw[:4000],
        actor=person(actor),
        echo=echo,
    )


class Heartbeat(models.Model):
    """When a tick last ran: how a page knows that the workers are alive."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%Y-%m-%d %H:%M:%S}"

    @classmethod
    def beat(cls, name: str) -> None:
        """The tick `name` ran now."""
        cls.objects.update_or_create(name=name, defaults={"at": clock.now()})
