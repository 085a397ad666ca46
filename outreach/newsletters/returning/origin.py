"""Whose mail came back: by the address that it came to, else by the Message-ID that it quotes."""

import re
from collections.abc import Iterable

from outreach.mail.bounces import reading
from outreach.newsletters.sending.letters import reader_of
from outreach.subscribers import origins
from outreach.subscribers.origins import Origin, Sort

_HEADERS = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
_MESSAGE_ID = re.compile(rb"<(\d{1,18}\.\d{1,18}\.[0-9a-f]{12})@")
_ADDRESS = re.compile(r"[^\s<>\"(),;:@]{1,128}@[^\s<>\"(),;:@]{1,253}")
_MOST, _LONGEST = 20, 10_000  # headers of a name; characters of one
_LOOKED_AT = 500_000  # bytes


def of(raw: bytes, recipients: Iterable[str]) -> Origin | None:
    """Of the envelope's recipients first, then of the headers, then of what the mail quotes. Never by a
    plain address in its text: that anybody can write.
    """
    addressed = (origins.read(address) for address in [*recipients, *_headers(raw)])
    found = next((one for one in addressed if one), None)
    return found or _quoted(raw)


def _headers(raw: bytes) -> list[str]:
    message = reading.parsed(raw)
    if message is None:
        return []
    values = [str(value) for name in _HEADERS for value in message.get_all(name, [])[:_MOST]]
    # Not by the rules of address lists: a million nested comments is one too.
    return [one for value in values for one in _ADDRESS.findall(value[:_LONGEST])]


def _quoted(raw: bytes) -> Origin | None:
    for match in _MESSAGE_ID.finditer(raw[:_LOOKED_AT]):
        if found := reader_of(match[1].decode()):
            return Origin(Sort.ISSUE, *found)
    return None
