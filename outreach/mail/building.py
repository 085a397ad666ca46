"""A letter as the bytes that go over the wire."""

from outreach.mail.base import Letter
from outreach.mail.dkim import Signer
from outreach.mail.stencil import Stencil


def build(letter: Letter, signer: Signer | None = None) -> bytes:
    """`letter` as a message (RFC 5322) with a text and an HTML part, ready to hand to a session.

    The same letter gives the same bytes. Raises BadInput when a header would hold a line break or a NUL:
    somebody tries to add headers of their own.
    """
    return Stencil(letter, signer=signer).fill()
