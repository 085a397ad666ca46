"""Tag, Tagging, Segment, Alias: words of staff about people, filters they keep, who was two people once."""

from django.db import models

from outreach.core import clock
from outreach.core.leases import Leased
from outreach.subscribers.models.subscriber import Subscriber


class Tag(models.Model):
    """A word of staff about some people. Readers never see it, except in what is kept about them."""

    name = models.CharField(max_length=60)
    key = models.CharField(max_length=60, unique=True, editable=False)  # the name in one spelling
    people = models.ManyToManyField(Subscriber, related_name="tags")

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name


class Tagging(Leased):
    """A tag that is put on everybody whom a search finds, or taken off: of many people a worker's job.

    `last` says how far it is, in the order of the subscribers' numbers, and is committed together with what
    it counts. Who came in after it began (above `until`) is not among them.
    """

    class State(models.TextChoices):
        WORKING = "working"
        DONE = "done"

    word = models.CharField(max_length=60)
    off = models.BooleanField(default=False)
    wanted = models.JSONField(default=dict)  # see outreach.subscribers.searching.Filter
    state = models.CharField(max_length=7, choices=State.choices, default=State.WORKING)
    created_at = models.DateTimeField(default=clock.now)
    last = models.BigIntegerField(default=0)
    until = models.BigIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)  # people
    total = models.PositiveIntegerField(default=0)  # 0 until somebody counted

    class Meta:
        indexes = [
            models.Index(
                fields=["created_at"], condition=models.Q(state__in=["working"]), name="tagging_open"
            )
        ]

    def __str__(self) -> str:
        return self.word


class Segment(models.Model):
    """A filter over the subscribers that staff keep under a name. It is asked anew each time."""

    name = models.CharField(max_length=80, unique=True)
    wanted = models.JSONField(default=dict)  # see outreach.subscribers.searching.Filter
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Alias(models.Model):
    """A subscriber who turned out to be `subscriber`: what goes to the old row reaches that one."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="aliases")
    address = models.EmailField(max_length=254)
    address_key = models.CharField(max_length=254, unique=True)
    was = models.BigIntegerField(unique=True)  # the number that old links name
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "aliases"

    def __str__(self) -> str:
        return f"{self.address}, now {self.subscriber}"
