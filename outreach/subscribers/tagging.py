"""Tags: staff's own words about people, put on one or on a list; on all whom a search finds by `marking`."""

import re
from collections.abc import Iterable

from django.db import transaction

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
    """The tag with this name, made if need be, and ours until the transaction ends: nobody throws it away.

    Who holds subscribers too has taken those first, and several tags in the order of their keys.
    """
    rows = Tag.objects.select_for_update(no_key=True)
    return rows.get_or_create(key=key(word), defaults={"name": word})[0]


def put(chosen: Tag, people: Iterable[int]) -> None:
    """Put `chosen` on the subscribers with these numbers. Who has it keeps it."""
    through = Tag.people.through
    rows = [through(tag_id=chosen.pk, subscriber_id=pk) for pk in people]
    through.objects.bulk_create(rows, ignore_conflicts=True, batch_size=_BATCH)


def take(word: str, people: Iterable[int]) -> None:
    """Take the tag `word` off the subscribers with these numbers."""
    Tag.people.through.objects.filter(tag__key=key(word), subscriber__in=list(people)).delete()


def one(word: str) -> str:
    """The one tag that `word` names. Raises BadInput (tags)."""
    names = words(word)
    if len(names) != 1:
        raise BadInput(say(N_("Write one tag.")), "tags")
    return names[0]


@transaction.atomic
def change(people: Iterable[int], word: str, *, off: bool = False) -> None:
    """Put the tag `word` on the subscribers with these numbers, or take it `off`. Raises BadInput (tags)."""
    name = one(word)
    rows = Subscriber.objects.filter(pk__in=list(people)).order_by("pk")
    # Held: who is erased at this moment would else be tagged when they are gone.
    there = list(rows.select_for_update(no_key=True).values_list("pk", flat=True))
    if off:
        take(name, there)
    else:
        put(tag(name), there)


@transaction.atomic
def tidy(word: str) -> None:
    """Throw the tag `word` away when nobody has it."""
    found = Tag.objects.select_for_update().filter(key=key(word)).first()
    if found and not found.people.exists():
        found.delete()
