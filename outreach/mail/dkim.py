"""Our signature on a mail (DKIM: RFC 6376; with Ed25519 as a second one: RFC 8463).

Canonicalisation is relaxed for the head and simple for the body, whose lines are quoted-printable and so
change nowhere on the way. What is the same for all readers of a letter is written once (`Signing`).
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say

# RFC 8058 wants both List-Unsubscribe headers signed. From is named twice: a second one makes it invalid.
_SIGNED = re.compile(
    r"from|to|reply-to|subject|date|message-id|mime-version|content-.*|list-.*|feedback-id", re.ASCII
)
_SMALLEST, _ADVISED = 1024, 2048  # bits; RFC 8301 lets nobody verify less than the first
_label = re.compile(
    r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?)*"
).fullmatch


@dataclass(frozen=True)
class Key:
    """A private key, and where its public half stands in the DNS: `selector`._domainkey.`domain`."""

    domain: str
    selector: str
    algorithm: str  # rsa-sha256 or ed25519-sha256
    sign: Callable[[bytes], bytes]
    public: str  # the p= of the record
    bits: int

    def __repr__(self) -> str:
        return f"<{self.algorithm} key {self.selector}._domainkey.{self.domain}>"

    @property
    def name(self) -> str:
        """The name of the DNS record."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """The TXT record that receivers look the public key up in (RFC 6376, 3.6.1)."""
        return f"v=DKIM1; k={self.algorithm.partition('-')[0]}; p={self.public}"

    @property
    def is_short(self) -> bool:
        """Whether mailbox providers advise a longer one."""
        return self.algorithm == "rsa-sha256" and self.bits < _ADVISED


def load(pem: bytes, domain: str, selector: str, field: str = "pem") -> Key:
    """The key in a PEM file, RSA or Ed25519. Raises BadInput about `field`, which never shows any of it."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    _refuse_unless_name(domain, selector, field)
    try:
        found = load_pem_private_key(pem, None)
    except TypeError:
        raise BadInput(
            say(N_("The DKIM key is locked with a password; save it without one.")), field
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        words = N_("The DKIM key cannot be read: a file that begins with “BEGIN PRIVATE KEY” is needed.")
        raise BadInput(say(words), field) from None
    if isinstance(found, RSAPrivateKey):
        return _rsa(found, domain, selector, field)
    if isinstance(found, Ed25519PrivateKey):
        return _ed25519(found, domain, selector)
    raise BadInput(say(N_("The DKIM key is neither an RSA key nor an Ed25519 key.")), field)


def _rsa(found: Any, domain: str, selector: str, field: str) -> Key:
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    if found.key_size < _SMALLEST:
        words = N_("The DKIM key has %(bits)s bits: receivers refuse less than 1024. Make one of 2048.")
        raise BadInput(say(words, bits=found.key_size), field)
    padding, digest = PKCS1v15(), hashes.SHA256()
    public = found.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return Key(
        domain=domain,
        selector=selector,
        algorithm="rsa-sha256",
        sign=lambda octets: bytes(found.sign(octets, padding, digest)),
        public=base64.b64encode(public).decode(),
        bits=found.key_size,
    )


def _ed25519(found: Any, domain: str, selector: str) -> Key:
    from cryptography.hazmat.primitives import serialization

    public = found.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return Key(
        domain=domain,
        selector=selector,
        algorithm="ed25519-sha256",
        sign=lambda octets: bytes(found.sign(hashlib.sha256(octets).digest())),  # RFC 8463, 3: of the hash
        public=base64.b64encode(public).decode(),
        bits=256,
    )


def _refuse_unless_name(domain: str, selector: str, field: str) -> None:
    if not _label(domain) or "." not in domain:
        words = N_("“%(domain)s” is no domain to sign for; write it like example.org.")
        raise BadInput(say(words, domain=domain), field)
    if not _label(selector):
        words = N_(
            "“%(selector)s” is no DKIM selector: lower-case letters, digits and hyphens, such as news1."
        )
        raise BadInput(say(words, selector=selector), field)


@dataclass(frozen=True)
class Signer:
    """Signs with each of `keys`; receivers take the signature that they can verify."""

    keys: tuple[Key, ...]

    def signing(self, names: Sequence[str], moment: int) -> "Signing":
        """For messages whose fields have these names, in this order, as of `moment` (seconds since 1970)."""
        return Signing(self.keys, tuple(name.lower() for name in names), moment)


@dataclass(frozen=True)
class Signing:
    """All of the signatures that does not differ from message to message."""

    keys: tuple[Key, ...]
    names: tuple[str, ...]
    moment: int

    @cached_property
    def places(self) -> tuple[int, ...]:
        """Which fields of a message are signed."""
        return tuple(at for at, name in enumerate(self.names) if _SIGNED.fullmatch(name))

    @cached_property
    def _heads(self) -> list[tuple[Key, bytes, bytes]]:
        """For each key the field as it is written, up to its bh=, and the same made canonical."""
        signed = ["from", *(self.names[at] for at in self.places)]
        return [(key, *self._head(key, signed)) for key in self.keys]

    def _head(self, key: Key, signed: list[str]) -> tuple[bytes, bytes]:
        rows = [
            f"DKIM-Signature: v=1; a={key.algorithm}; c=relaxed/simple;",
            f"d={key.domain}; s={key.selector}; t={self.moment};",
            *_colons(signed),
            "bh=",
        ]
        written = "\r\n ".join(rows).encode("ascii")
        return written, canonical(written + b"x")[:-3]

    def fields(self, canonical_fields: Sequence[bytes], body: bytes) -> bytes:
        """The DKIM-Signature fields for a message with these signed fields (see `canonical`) and this body.

        `canonical_fields` are those of `places`. `body` ends with exactly one line break (RFC 6376, 3.4.3).
        """
        head, digest = b"".join(canonical_fields), base64.b64encode(hashlib.sha256(body).digest())
        return b"".join(
            [
                b"%s%s;\r\n b=%s\r\n"
                % (written, digest, _rows(key.sign(b"%s%s%s; b=" % (head, start, digest))))
                for key, written, start in self._heads
            ]
        )


def canonical(field: bytes) -> bytes:
    """A header field in relaxed form (RFC 6376, 3.4.2), with its line break."""
    name, _, value = field.partition(b":")
    # Of blanks only space and tab count; other signs that Python takes for blanks stay.
    words = re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b"")).strip(b" ")
    return name.strip(b" \t").lower() + b":" + words + b"\r\n"


def _colons(names: list[str]) -> Iterator[str]:
    row = "h="
    for number, name in enumerate(names):
        if len(row) + len(name) > 70:
            yield row
            row = ""
        row += name + (";" if number == len(names) - 1 else ":")
    yield row


def _rows(signature: bytes) -> bytes:
    written = base64.b64encode(signature)
    return b"\r\n ".join([written[start : start + 72] for start in range(0, len(written), 72)])
