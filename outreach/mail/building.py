"""A letter as the bytes that go over the wire."""

import hashlib
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any

from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say
from outreach.mail.base import Letter

_FORBIDDEN = ("\r", "\n", "\0")


class _Policy(EmailPolicy):
    """Left alone, the standard library hides a long unsubscribe address in RFC 2047 words.

    No mail program finds it then. So headers for machines stay on one line (RFC 5322 allows 998 octets).
    Quoted-printable lines take 76 columns (RFC 2045, 6.7): hence `max_line_length`.
    """

    _FOLDED = frozenset({"subject", "from", "to", "reply-to", "content-type"})

    def fold_binary(self, name: str, value: Any) -> bytes:
        """One header as bytes."""
        if name.lower() in self._FOLDED or not str(value).isascii():
            return super().fold_binary(name, value)
        return f"{name}: {value}{self.linesep}".encode("ascii")


_POLICY = _Policy(linesep="\r\n", max_line_length=76, cte_type="7bit")
_POLICY_UTF8 = _POLICY.clone(utf8=True)


def build(letter: Letter) -> bytes:
    """`letter` as a message (RFC 5322) with a text and an HTML part, ready to hand to a session.

    The same letter gives the same bytes. Raises BadInput when a header would hold a line break or a NUL:
    somebody tries to add headers of their own.
    """
    _check(letter)
    ascii_only = letter.to_address.isascii() and letter.from_address.isascii()
    message = EmailMessage(policy=_POLICY if ascii_only else _POLICY_UTF8)
    message["From"] = _mailbox(letter.from_name, letter.from_address, "from_address")
    message["To"] = _mailbox(letter.to_name, letter.to_address, "to_address")
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.date)
    message["Message-ID"] = letter.message_id
    for name, value in letter.headers.items():
        message[name] = value
    message.set_content(letter.text, charset="utf-8", cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", charset="utf-8", cte="quoted-printable")
    # Not a random one: a letter that is sent a second time is the same letter.
    message.set_boundary("=_" + hashlib.sha256(letter.message_id.encode()).hexdigest()[:32])
    return message.as_bytes()


def _check(letter: Letter) -> None:
    fixed = ("from_name", "from_address", "to_name", "to_address", "subject", "message_id", "envelope_from")
    values = {name: getattr(letter, name) for name in fixed}
    values |= {name: name + value for name, value in letter.headers.items()}
    for field, value in values.items():
        if any(mark in value for mark in _FORBIDDEN):
            raise BadInput(say(N_("A line break is not allowed in %(field)s."), field=field), field)


def _mailbox(name: str, address: str, field: str) -> Address:
    try:
        return Address(display_name=name, addr_spec=address)
    except (ValueError, IndexError, MessageError):  # IndexError: the standard library on an empty address
        raise BadInput(say(N_("“%(address)s” is not a mail address."), address=address), field) from None
