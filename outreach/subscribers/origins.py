"""The address that a mail of ours comes back to. It says whom the mail was for, and cannot be forged.

A returned mail often hides its reader, or names another address that the first one forwards to; the address
that it came to does not (VERP). It is made of what every mail server leaves as it is: small letters, digits
and dots behind a plus.
"""

import re
from enum import Enum
from typing import NamedTuple

from django.conf import settings
from django.utils.crypto import salted_hmac

from outreach.core.seals import Seal, same, secrets

_SALT = "outreach.subscribers.origins"
_ORIGIN = re.compile(r"([a-z])(\d{1,18})\.(\d{1,18})\.([0-9a-f]{12})")


class Sort(Enum):
    """What came back, or what a mail to us asks."""

    ISSUE = "n"
    CONFIRMATION = "c"
    WELCOME = "w"
    LEAVE = "u"  # a mail to this address unsubscribes (RFC 2369: the mailto beside the link)


class Origin(NamedTuple):
    """One mail of ours. `number` is that of the issue, the confirmation or the welcome."""

    sort: Sort
    number: int
    reader: int


class Addresses:
    """The addresses of one sort and number; the key is made once for all readers."""

    def __init__(self, sort: Sort, number: int) -> None:
        self._begin = f"{sort.value}{number}."
        self._seal = _seal()
        self._local, _, self._domain = settings.MAIL_RETURN.rpartition("@")

    def of(self, reader: int) -> str:
        """Where a mail for `reader` comes back to; "" when no such address is set."""
        if not self._local:
            return ""
        name = f"{self._begin}{reader}"
        return f"{self._local}+{name}.{_mark(self._seal, name)}@{self._domain}"


def read(address: str) -> Origin | None:
    """What `address` says; None for one that was not made here."""
    local = address.rpartition("@")[0].lower()
    found = _ORIGIN.fullmatch(local.partition("+")[2])
    if not found:
        return None
    name = f"{found[1]}{found[2]}.{found[3]}"
    known = found[1] in {sort.value for sort in Sort}
    if not known or not same(found[4], *(_mark(_seal(secret), name) for secret in secrets())):
        return None
    return Origin(Sort(found[1]), int(found[2]), int(found[3]))


def _seal(secret: str | None = None) -> Seal:
    return Seal(salted_hmac(_SALT, "", secret=secret, algorithm="sha256").digest())


def _mark(seal: Seal, name: str) -> str:
    return seal.of(name.encode()).hex()[:12]
