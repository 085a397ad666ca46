"""What a publication says of an event, and whether that is still so: a frozen text follows nothing."""

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from outreach import networks
from outreach.feeds import events
from outreach.feeds.models import Entry, Event
from outreach.posts.models import Post, Publication

OUT = (Publication.State.PUBLISHED, Publication.State.SENDING, Publication.State.UNKNOWN)
"""It is there, or may be."""


def hold(entry_id: int | None) -> Event | None:
    """Lock the event of this entry until the transaction ends, whoever believes it.

    Always before its posts: approving and following would else wait for each other.
    """
    return Event.objects.select_for_update().filter(entry=entry_id).first() if entry_id else None


def columns(entry: Entry | None) -> dict[str, Any]:
    """What a publication made now keeps of the event that it names; nothing for an article."""
    event = events.event_of(entry)
    return {
        "event_version": event.version if event else None,
        "event_start": event.starts_at if event else None,
    }


def is_untrue(publication: Publication) -> bool:
    """Whether it names a date or a status that its event has not (any more)."""
    return Publication.objects.filter(_untrue(), pk=publication.pk).exists()


def outdated() -> QuerySet[Publication]:
    """What is queued and may not go out as it is."""
    queued = Publication.objects.filter(state=Publication.State.QUEUED)
    return queued.filter(_untrue() | _silent() | not_shown())


def not_shown() -> Q:
    """Since it was approved the website does not show the event any more: perhaps it is off."""
    left = Q(approved_at__lt=F("post__entry__withdrawn_at"))
    gone = Q(approved_at__lt=F("post__entry__page_gone_at"))
    return (left | gone) & Q(event_version__isnull=False) & ~Q(post__kind=Post.Kind.OFF)


def held_back() -> QuerySet[Publication]:
    """What is queued and is not sent now."""
    return Publication.objects.filter(_disputed(), state=Publication.State.QUEUED) | outdated()


def _disputed() -> Q:
    """The website contradicts the date that it names: it waits until staff say which is right."""
    asked = Q(post__entry__question=Entry.Question.DATE, event_version__isnull=False)
    return asked & ~Q(post__kind=Post.Kind.OFF)


def _untrue() -> Q:
    true = Event.objects.filter(
        entry=OuterRef("post__entry"),
        trust__in=events.BELIEVED,
        version=OuterRef("event_version"),
        starts_at=OuterRef("event_start"),
    )
    return Q(~Exists(true), event_version__isnull=False)


def _silent() -> Q:
    """It was an article when it was approved, and is an event now. What staff wrote themselves stays true,
    and where half of it is out the other half says the same.
    """
    now_known = Event.objects.filter(entry=OuterRef("post__entry"), trust__in=events.BELIEVED)
    siblings = Publication.objects.filter(post=OuterRef("post"), state__in=OUT)
    article = {"event_version": None, "post__kind": Post.Kind.ENTRY, "post__text": ""}
    return Q(Exists(now_known), ~Exists(siblings), **article) & ~_own_words()


def _own_words() -> Q:
    """Staff wrote other words for its network."""
    networks_named = (Q(account__network=name, post__variants__has_key=name) for name in networks.NAMES)
    return reduce(or_, networks_named)
