"""The head of a letter: its fields as bytes, and how those are written that differ from reader to reader."""

from collections.abc import Callable
from email.utils import format_datetime

from outreach.mail import fields
from outreach.mail.base import Letter
from outreach.mail.cutting import Cut, Values

Field = Callable[[Values], bytes]


class Head:
    """The fields of `letter`, in their order. Raises BadInput where one cannot be written."""

    def __init__(self, letter: Letter, cut: Cut, boundary: str) -> None:
        self._cut = cut
        self.slots: set[int] = set()
        self.names: list[str] = []
        self.fixed: list[bytes] = []  # b"" where `own` has the field
        self.own: list[tuple[int, Field]] = []
        self._mailbox("From", letter.from_name, letter.from_address, "from_address")
        self._mailbox("To", letter.to_name, letter.to_address, "to_address")
        self._field("Subject", letter.subject, fields.text)
        self._field("Date", format_datetime(letter.date), fields.exact)
        self._field("Message-ID", letter.message_id, fields.exact)
        for name, value in letter.headers.items():
            self._field(name, value, _reply_to if name.lower() == "reply-to" else fields.exact)
        self._add("MIME-Version", b"MIME-Version: 1.0\r\n")
        kind = f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n'
        self._add("Content-Type", kind.encode("ascii"))

    def fill(self, values: Values) -> list[bytes]:
        """The fields for one reader."""
        found = self.fixed.copy()
        for at, write in self.own:
            found[at] = write(values)
        return found

    def _mailbox(self, name: str, shown: str, address: str, field: str) -> None:
        slots = self._cut.slots(shown) | self._cut.slots(address)
        if not slots:
            return self._add(name, fields.mailbox(name, shown, address, field))
        said, spec = self._cut.filler(shown), self._cut.filler(address)
        return self._add(name, lambda values: fields.mailbox(name, said(values), spec(values), field), slots)

    def _field(self, name: str, template: str, write: Callable[[str, str], bytes]) -> None:
        slots = self._cut.slots(template)
        if not slots:
            return self._add(name, write(name, template))
        filled, has_words = self._cut.filler(template), "=?" in template

        def one(values: Values) -> bytes:
            value = filled(values)
            # What only looks like an encoded word (RFC 2047) is written as one, and so is read as it is.
            return fields.text(name, value) if "=?" in value and not has_words else write(name, value)

        return self._add(name, one, slots)

    def _add(self, name: str, field: bytes | Field, slots: set[int] | None = None) -> None:
        self.names.append(name)
        self.slots |= slots or set()
        if not isinstance(field, bytes):
            self.own.append((len(self.fixed), field))
        self.fixed.append(field if isinstance(field, bytes) else b"")


def _reply_to(name: str, value: str) -> bytes:
    return fields.any_mailbox(name, value, name)
