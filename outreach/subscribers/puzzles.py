"""A sum that a visitor's browser does before it signs up: nothing for one, dear for a thousand.

It is ours alone: no other service hears of the visitor, nothing is kept in their browser, and the page works
without it (see `limits`). The challenge carries its own proof (HMAC), so that none is kept here until it is
answered; it is bound to one topic, ends after two hours, and serves once.

The idea is that of Hashcash (http://www.hashcash.org/papers/hashcash.pdf): find a number that gives a hash
beginning with so many zero bits.
"""

import hmac
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from outreach.subscribers.models import Spent

BITS = 16
"""65,536 hashes on average: a tenth of a second in a browser of today, a second in an old telephone."""
_LIFETIME = timedelta(hours=2)


def challenge(topic: str, now: datetime) -> str:
    """A new sum for the form of `topic`."""
    said = f"{secrets.token_hex(16)}.{int((now + _LIFETIME).timestamp())}"
    return f"{said}.{_mark(said, topic)}"


def spend(challenge: str, solution: str, topic: str, now: datetime) -> bool:
    """Whether `solution` is one of a challenge of ours for `topic`, in time and for the first time."""
    nonce, _, rest = challenge.partition(".")
    until, _, mark = rest.partition(".")
    if not hmac.compare_digest(_mark(f"{nonce}.{until}", topic).encode(), mark.encode()):
        return False
    ends = datetime.fromtimestamp(int(until), UTC)  # ours, so it is a number
    return now < ends and solves(challenge, solution) and _first(nonce, ends, now)


def solves(challenge: str, solution: str) -> bool:
    """Whether the SHA-256 of both begins with BITS zero bits."""
    if not (solution.isascii() and solution.isdigit() and len(solution) <= 12):
        return False
    digest = sha256(f"{challenge}:{solution}".encode()).digest()
    return int.from_bytes(digest) >> (len(digest) * 8 - BITS) == 0


def _first(nonce: str, ends: datetime, now: datetime) -> bool:
    Spent.objects.filter(until__lt=now).delete()
    try:
        with transaction.atomic():
            Spent.objects.create(nonce=nonce, until=ends)
    except IntegrityError:
        return False
    return True


def _mark(said: str, topic: str) -> str:
    return salted_hmac("outreach.subscribers.puzzle", f"{topic} {said}", algorithm="sha256").hexdigest()[:32]
