"""A mail that came to the address for bounces: what it is, and whom it is about."""

import logging
import re
from dataclasses import replace
from email.message import Message

from outreach.mail.bounces import judging, reading
from outreach.mail.bounces.base import Kind, Return

_AWAY = re.compile(
    r"^(?:auto(?:matic(?:ally)?)?[- :]*(?:reply|response|submitted)|out of (?:the )?office|vacation"
    r"|afwezig|absen[tc]e|abwesen|automatisch antwoord|r.ponse automatique)",
    re.IGNORECASE,
)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_MOST_FOR_LIBRARY = 200_000  # bytes: its patterns take time with the square of a mail's length
_NO_COMPLAINT = frozenset({"auth-failure", "not-spam", "dmarc"})


def read(raw: bytes) -> list[Return]:
    """What `raw` says of each of its recipients: one line for each, never an error, whatever it holds.

    Empty when it says nothing about any delivery: somebody wrote a mail of their own to this address.
    """
    message = reading.parsed(raw)
    return [_clean(one) for one in _found(message, raw)] if message is not None else []


def _found(message: Message, raw: bytes) -> list[Return]:
    if complaints := _complaints(message):
        return complaints
    if _comes_from_a_server(message):
        found = [judging.judge(clue) for clue in reading.clues(raw)]
        return _named(found, message) if len(raw) < _MOST_FOR_LIBRARY else found
    if _is_automatic(message):
        return [Return(Kind.AUTOMATIC, "away", words=_subject(message))]
    return []


def _clean(found: Return) -> Return:
    """Without NUL, halves of signs and the like, which no database takes."""
    words = (found.reason, found.recipient, found.status, found.words)
    return Return(found.kind, *(_UNPRINTABLE.sub(" ", one).strip() for one in words))


def _complaints(message: Message) -> list[Return]:
    """Of a feedback report (ARF, RFC 5965). Reports about signatures only are addressed to postmasters."""
    found = []
    for part in reading.parts(message):
        if part.get_content_type() != "message/feedback-report":
            continue
        fields = reading.fields(reading.raw_text(part))
        kind = fields.get("feedback-type", "abuse").lower()
        if kind in _NO_COMPLAINT:
            found.append(Return(Kind.ABOUT_US, "authentication", words=kind))
            continue
        address = reading.address(fields.get("original-rcpt-to", ""))
        found.append(Return(Kind.COMPLAINT, kind, address, words=fields.get("user-agent", "")))
    return found


def _named(found: list[Return], message: Message) -> list[Return]:
    """The recipient of a mail that hides it, by a library that knows the forms of some eighty servers."""
    if len(found) != 1 or found[0].recipient:
        return found
    from flufl.bounce import all_failures

    # Whoever writes to us would else have a traceback written for each of its detectors that stumbles.
    logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)
    try:
        addresses = set().union(*all_failures(message))
    except Exception:  # noqa: BLE001 (its detectors raise whatever a mail that they did not foresee makes of them)
        return found
    names = [address.decode("ascii", "replace").lower() for address in addresses]
    return [replace(found[0], recipient=names[0])] if len(names) == 1 else found


def _comes_from_a_server(message: Message) -> bool:
    """By its form or its names. What a person writes is no bounce, whatever words are in it."""
    if message.get("X-Failed-Recipients") or any(
        part.get_content_type() in _ENCLOSED for part in message.walk()
    ):
        return True
    if _SERVERS.search(str(message.get("From", ""))) or _SUBJECTS.search(_subject(message)):
        return True
    return _has_null_sender(message) and not _is_automatic(message)


def _is_automatic(message: Message) -> bool:
    """A reply by a machine of the reader's (RFC 3834): on holiday, or "we have received your mail"."""
    said = str(message.get("Auto-Submitted", "")).lower()
    marked = said.startswith("auto-replied") or any(message.get(name) for name in _REPLIERS)
    return bool(marked or _AWAY.match(_subject(message)))


_ENCLOSED = frozenset({"multipart/report", "message/delivery-status", "message/rfc822"})
_REPLIERS = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress")
_SERVERS = re.compile(
    r"mailer-?daemon|postmaster|mail delivery|delivery (sub)?system|mail administrator|bounce", re.I
)
_SUBJECTS = re.compile(
    r"undeliver|returned mail|delivery (status|failure|notification|has failed|report)|failure notice"
    r"|mail delivery|delivery.{0,20}(failed|delayed)|could not be delivered|non remis"
    r"|onbestelbaar|unzustellbar"
    r"|message not delivered"
    r"|warning: (message|could not send)|failed mail|nondeliver|bounce|mail system error|rejected",
    re.IGNORECASE,
)


def _has_null_sender(message: Message) -> bool:
    return str(message.get("Return-Path", "")).strip() == "<>"


def _subject(message: Message) -> str:
    return " ".join(str(message.get("Subject", "")).split())[:200]
