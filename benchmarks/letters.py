"""Making the mail of one reader: by the standard library, and from a stencil, signed by us or not."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

MARKS = {
    "address": "recipient@5ecre7.invalid",
    "leave": "https://5ecre7.invalid/unsubscribe",
    "name": "reader.5ecre7.invalid",
    "number": "<message-id@5ecre7.invalid>",
}
LEAVE = "https://post.example.org/unsubscribe/WzEyMyJuaWV1d3MiXQ.kHRtVE343434345565645645645-tregt45t45abc/"
VALUES = ("an.peeters@example.org", LEAVE, "Anneliës & Co", "<7.1234.0123456789ab@example.org>")
STORY = """<tr><td style="padding:0 0 8px"><p>Voorlezen in twee talen: zo begin je eraan, één keer per week.
</p></td></tr>
"""
LINE = "Voorlezen in twee talen: zo begin je eraan.\n"


def measure() -> Iterator[tuple[str, str]]:
    """All in turn, many times over, so that what else runs on the machine weighs the same on each."""
    from outreach.mail.dkim import Signer
    from outreach.mail.stencil import Stencil

    rsa, ed25519 = _keys()
    letter = _letter()
    plain = Stencil(letter, MARKS)
    by_rsa = Stencil(letter, MARKS, signer=Signer((rsa,)))
    by_ed25519 = Stencil(letter, MARKS, signer=Signer((ed25519,)))
    whole, fill, signed, curve = _microseconds(
        (lambda: _by_standard_library(letter), 3),
        (lambda: plain.fill(VALUES), 300),
        (lambda: by_rsa.fill(VALUES), 30),
        (lambda: by_ed25519.fill(VALUES), 100),
    )
    yield "size of a message", f"{len(plain.fill(VALUES)) / 1000:.0f} kB"
    yield "a letter by EmailMessage", f"{whole:.0f} µs"
    yield "a stencil filled", f"{fill:.1f} µs"
    yield "a stencil filled and signed with RSA of 2048 bits", f"{signed:.0f} µs"
    yield "a stencil filled and signed with Ed25519", f"{curve:.0f} µs"
    yield "time of a letter: EmailMessage / a stencil", f"{whole / fill:.0f}"
    yield "time of a letter: EmailMessage / a stencil signed with RSA", f"{whole / signed:.1f}"
    yield "time of a letter: EmailMessage / a stencil signed with Ed25519", f"{whole / curve:.1f}"


def _letter() -> Any:
    from outreach.mail.base import Letter
    from outreach.mail.headers import newsletter_headers

    address, leave, name, number = MARKS.values()
    foot = f'<p>Deze mail kreeg je op {address}. <a href="{leave}">Uitschrijven</a></p>'
    return Letter(
        from_name="Netwerk Kleine Kinderen",
        from_address="nieuws@example.org",
        to_name="",
        to_address=address,
        subject="Nieuwsbrief: één keer per week",
        text=f"Dag {name},\n\n" + LINE * 60 + f"{address}\n{leave}\n",
        html=f"<html><body><p>Dag {name},</p><table>{STORY * 240}</table>{foot}</body></html>",
        message_id=number,
        date=datetime(2026, 11, 30, 9, 0, tzinfo=UTC),
        headers=newsletter_headers(
            name="Nieuwsbrief", list_id="nieuws.example.org", issue="7", unsubscribe_url=leave
        ),
    )


def _by_standard_library(letter: Any) -> bytes:
    from outreach.mail.cutting import Cut
    from tests.mail import reference

    return reference.build(Cut(MARKS).letter(letter, VALUES))


def _keys() -> tuple[Any, Any]:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

    from outreach.mail.dkim import load

    made = (rsa.generate_private_key(65537, 2048), ed25519.Ed25519PrivateKey.generate())
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    first, second = (load(key.private_bytes(*form), "example.org", "news") for key in made)
    return first, second


def _microseconds(*works: tuple[Callable[[], object], int]) -> list[float]:
    """The shortest of thirty rounds for each."""
    best = [float("inf")] * len(works)
    for _round in range(30):
        for number, (work, times) in enumerate(works):
            began = time.perf_counter()
            for _time in range(times):
                work()
            best[number] = min(best[number], (time.perf_counter() - began) / times * 1e6)
    return best
