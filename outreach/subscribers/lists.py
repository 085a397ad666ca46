"""Who gets mail now, and who never again."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from django.core.cache import cache
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from outreach.core import clock
from outreach.core.seals import Seal, secrets
from outreach.subscribers.addresses import normalise
from outreach.subscribers.models import Subscriber, Subscription, Suppression

_STATES = {
    Suppression.Why.COMPLAINT: Subscriber.State.COMPLAINED,
    Suppression.Why.BOUNCE: Subscriber.State.BOUNCED,
}
UNREACHABLE = tuple(_STATES.values())
_CONFIRMED = Subscriber.State.CONFIRMED
_MANY, _LATELY = 5_000, 60  # people; seconds
ACTIVE = Q(confirmed_at__isnull=False, left_at__isnull=True)
# Who left are few: that `left_at` is there is said for the index of those alone.
LEFT = Q(left_at__isnull=False, left_at__gte=F("asked_at"))
WAITING = Q(confirmed_at__isnull=True, left_at__isnull=True) | Q(
    left_at__isnull=False, asked_at__gt=F("left_at")
)


@dataclass(frozen=True)
class Counts:
    """How many people, per topic."""

    receiving: int
    waiting: int  # asked, not yet confirmed
    left: int
    unreachable: int  # bounced or complained


def recipients(topic: str) -> QuerySet[Subscriber]:
    """Who get mail about `topic` now: confirmed, not left, not suppressed, not pausing. Each of them once."""
    return Subscriber.objects.filter(
        Q(paused_until__isnull=True) | Q(paused_until__lte=clock.now()),
        state=Subscriber.State.CONFIRMED,
        subscriptions__topic=topic,
        subscriptions__confirmed_at__isnull=False,
        subscriptions__left_at__isnull=True,
    )


def hears(subscriber: Subscriber, topic: str) -> bool:
    """Whether `subscriber` gets mail about `topic` at this moment; asked again just before sending."""
    return recipients(topic).filter(pk=subscriber.pk).exists()


def counts(topic: str) -> Counts:
    """The numbers of `topic`.

    All wishes are counted by themselves, and then those of the few who are not confirmed: to bring everybody
    and their wishes together takes far longer.
    """
    wishes = Subscription.objects.filter(topic=topic)
    said = {"receiving": ACTIVE, "waiting": WAITING, "left": LEFT}
    found = wishes.aggregate(**{name: Count("pk", filter=wish) for name, wish in said.items()})
    unreachable = Q(subscriber__state__in=UNREACHABLE)
    few = Subscriber.objects.filter(state__in=[one for one in Subscriber.State if one != _CONFIRMED])
    others = wishes.filter(subscriber__in=few.order_by())
    less = others.aggregate(
        receiving=Count("pk", filter=ACTIVE),
        waiting=Count("pk", filter=WAITING & unreachable),
        left=Count("pk", filter=LEFT & unreachable),
        unreachable=Count("pk", filter=unreachable),
    )
    return Counts(unreachable=less["unreachable"], **{name: found[name] - less[name] for name in said})


def counts_lately(topic: str) -> Counts:
    """The same for a page: of a long list the numbers of the last minute, for counting takes a while then."""
    kept: Counts | None = cache.get(f"counts:{topic}")
    if kept is None:
        kept = counts(topic)
        if kept.receiving + kept.waiting + kept.left + kept.unreachable > _MANY:
            cache.set(f"counts:{topic}", kept, _LATELY)
    return kept


def readers_lately(topic: str) -> int:
    """How many get `topic`, for a page: of a long list the number of the last minute."""
    kept: int | None = cache.get(f"readers:{topic}")
    if kept is None:
        kept = recipients(topic).count()
        if kept > _MANY:
            cache.set(f"readers:{topic}", kept, _LATELY)
    return kept


@transaction.atomic
def suppress(address: str, why: str) -> None:
    """Never mail `address` again (`why`: a Suppression.Why). Raises BadInput for what is no address."""
    suppress_key(normalise(address).key, why)


def suppress_key(key: str, why: str) -> None:
    """The same by the `address_key` of a subscriber: also of one whose address would not be taken today."""
    if known := barring([key]).first():
        Suppression.objects.filter(pk=known.pk, why=Suppression.Why.ERASED).update(why=why)
    else:
        Suppression.objects.get_or_create(address_hash=fingerprints(key)[0], defaults={"why": why})
    if state := _STATES.get(Suppression.Why(why)):
        Subscriber.objects.filter(address_key=key).update(state=state)


def is_suppressed(address: str) -> bool:
    """Whether `address` complained or does not exist: no mail of any kind goes there. Raises BadInput."""
    return is_suppressed_key(normalise(address).key)


def is_suppressed_key(key: str) -> bool:
    """The same by the `address_key` of a subscriber: also of one whose address would not be taken today."""
    return bool(suppressed([key], _STATES))


def suppressed(keys: Iterable[str], whys: Iterable[str] = tuple(Suppression.Why)) -> set[str]:
    """Which of `keys` (see `addresses.Address.key`) are on the suppression list for one of `whys`."""
    by_hash = {code: key for key in keys for code in fingerprints(key)}
    found = Suppression.objects.filter(address_hash__in=by_hash, why__in=list(whys))
    return {by_hash[row] for row in found.values_list("address_hash", flat=True)}


@transaction.atomic
def erase(subscriber: Subscriber) -> None:
    """Forget everything about `subscriber`, except (as hashes) that no import may bring the address back.

    Nor any earlier address of the same person (see Alias): who complained did so under each of them.
    """
    known = barring([subscriber.address_key]).first()
    whys = (why for why, state in _STATES.items() if state == subscriber.state)
    why = known.why if known else next(whys, Suppression.Why.ERASED)
    earlier = subscriber.aliases.values_list("address_key", flat=True)
    for key in (subscriber.address_key, *earlier):
        suppress_key(key, why)
    subscriber.delete()


def barring(keys: Iterable[str]) -> QuerySet[Suppression]:
    """The suppressions of the addresses with `keys`."""
    return Suppression.objects.filter(address_hash__in=[code for key in keys for code in fingerprints(key)])


def fingerprints(key: str) -> list[str]:
    """Keyed hashes (HMAC-SHA256) of an address: they say whether it is on the list, not what it is.

    The first is under the secret key of now. The others are under those of before: of an address that is
    forgotten nobody can make the new one.
    """
    return [_seal(secret).of(key.encode()).hex() for secret in secrets()]


@lru_cache(4)
def _seal(secret: str) -> Seal:
    """The key that Django's `salted_hmac` makes anew for each of the hundred thousand lines of a list."""
    return Seal(sha256(f"outreach.subscribers.suppression{secret}".encode()).digest())
