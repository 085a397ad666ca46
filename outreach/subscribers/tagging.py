"""Tags: staff's own words about people, put on one, on a list, or on all that a search finds."""

import re
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say
from outreach.subscribers.models import Subscriber, Tag
from outreach.subscribers.models.subscriber import folded

_LONGEST = 60
_BATCH = 1_000
_APART = re.compile(r"[,;|\n]")


def words(text: str) -> list[str]:
    """The tags that `text` names, with commas between them. Raises BadInput (tags)."""
    found = dict.fromkeys(" ".join(word.split()) for word in _APART.split(text))
    for word in found:
        if len(word) > _LONGEST or not word.isprintable():
            raise BadInput(say(N_("A tag can have %(limit)s characters at most."), limit=_LONGEST), "tags")
    return [word for word in found if key(word)]


def key(word: str) -> str:
    """What is the same for every spelling of a tag."""
    return folded(word.strip())[:_LONGEST]


def tag(word: str) -> Tag:
    """The tag with this name, made if need be."""
    return Tag.objects.get_or_create(key=key(word), defaults={"name": word})[0]


def put(chosen: Tag, people: Iterable[int]) -> None:
    """Put `chosen` on the subscribers with these numbers. Who has it keeps it."""
    through = Tag.people.through
    rows = [through(tag_id=chosen.pk, subscriber_id=pk) for pk in people]
    through.objects.bulk_create(rows, ignore_conflicts=True, batch_size=_BATCH)


def take(chosen: Tag, people: Iterable[int]) -> None:
    """Take `chosen` off the subscribers with these numbers."""
    Tag.people.through.objects.filter(tag=chosen, subscriber__in=list(people)).delete()


def change(found: QuerySet[Subscriber], word: str, *, off: bool = False) -> int:
    """Put the tag `word` on all of `found`, or take it `off`; in batches, so that nobody waits for it.

    Returns how many people there are. Raises BadInput (tags) for what is no tag.
    """
    names = words(word)
    if len(names) != 1:
        raise BadInput(say(N_("Write one tag.")), "tags")
    chosen, count, last = tag(names[0]), 0, 0
    # The keys first: what is put on changes who is found, where the tag is what was searched for.
    keys = list(found.order_by("pk").values_list("pk", flat=True))
    for last in range(0, len(keys), _BATCH):
        with transaction.atomic():
            (take if off else put)(chosen, keys[last : last + _BATCH])
        count += len(keys[last : last + _BATCH])
    if off and not chosen.people.exists():
        chosen.delete()
    return count
