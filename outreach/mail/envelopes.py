"""What is said before a message: MAIL, RCPT, DATA; or why this server cannot take it."""

from typing import TYPE_CHECKING

from outreach.mail.base import Outcome, Verdict
from outreach.mail.couriers import Parcel, Witness
from outreach.mail.greeting import Offers

if TYPE_CHECKING:
    from outreach.mail.carrying import SmtpCourier

_DATA = b"DATA\r\n"
_NOT_ONE_LINE = Outcome(
    Verdict.GONE, "553 5.1.3 The mail address holds a line break or another control sign."
)
_NOT_ASCII = Outcome(Verdict.REFUSED, "553 5.6.7 The mail server takes no addresses outside ASCII.")


_NO_END = Outcome(Verdict.ABOUT_US, "554 5.6.0 The message does not end with a line break.")


class Job:
    """A parcel on its way."""

    __slots__ = ("desk", "losses", "parcel", "witness")

    def __init__(self, parcel: Parcel, witness: Witness, desk: "SmtpCourier") -> None:
        self.parcel, self.witness, self.desk = parcel, witness, desk
        self.losses = 0  # connections that were found dead with it


def commands(parcel: Parcel, offers: Offers) -> tuple[bytes, ...] | Outcome:
    """The three commands; an outcome when the server is known to refuse."""
    if 0 < offers.size < parcel.size:
        return _too_large(parcel.size, offers.size)
    # Else its dot would be no line of its own, and the next command its text.
    if not parcel.pieces or not parcel.pieces[-1].endswith(b"\r\n"):
        return _NO_END
    sender, to = parcel.envelope_from, parcel.to
    if not (sender + to).isprintable():  # a line break would be a command of somebody else's
        return _NOT_ONE_LINE
    try:
        return f"MAIL FROM:<{sender}>\r\n".encode("ascii"), f"RCPT TO:<{to}>\r\n".encode("ascii"), _DATA
    except UnicodeEncodeError:
        return _international(sender, to) if offers.utf8 else _NOT_ASCII


def accepted(line: bytes) -> Outcome:
    """The outcome of a reply of one line that begins with 250."""
    text = " ".join(line.decode("utf-8", "replace").replace("\0", "").split())
    return Outcome(Verdict.ACCEPTED, text[:500])


def _international(sender: str, to: str) -> tuple[bytes, ...]:
    """RFC 6531, 3.4."""
    mail = f"MAIL FROM:<{sender}> SMTPUTF8 BODY=8BITMIME\r\n"
    return mail.encode(), f"RCPT TO:<{to}>\r\n".encode(), _DATA


def _too_large(size: int, most: int) -> Outcome:
    """RFC 1870: no recipient is to blame."""
    return Outcome(
        Verdict.ABOUT_US, f"552 5.3.4 The message has {size} octets; the mail server takes {most}."
    )
