"""The mailbox that returned mails are delivered to, read over IMAP. Nothing in it is ever deleted."""

import imaplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from urllib.parse import SplitResult, unquote, urlsplit

import structlog
from django.conf import settings

from outreach.core.errors import BadInput, OutreachError
from outreach.core.models import Heartbeat
from outreach.core.pace import paced
from outreach.core.sentences import N_, say
from outreach.newsletters.returning.receiving import receive

log = structlog.get_logger(__name__)

_PORTS = {"imaps": 993, "imap": 143}
_SECONDS = 20
_AT_ONCE = 50
_BETWEEN = timedelta(minutes=2)
_BEAT = "returned-mails"
_LARGEST = 10_000_000  # bytes; a larger mail is marked as read and left there
_BROKEN = (imaplib.IMAP4.error, OSError, ValueError)


def collect_some(now: datetime) -> bool:
    """Read what is new in the mailbox, every two minutes. False when there is none, or none is set.

    A mail is marked as read after it was taken in: read twice, it changes nothing.
    """
    if not settings.RETURN_IMAP_URL or not _is_time(now):
        return False
    try:
        with _opened(_parsed(settings.RETURN_IMAP_URL)) as box:
            found = _unread(box)
            for number in found[:_AT_ONCE]:
                _take(box, number)
    except (*_BROKEN, OutreachError) as error:
        log.warning("mailbox-of-returned-mails", why=_without_secret(error))
        return False
    if len(found) > _AT_ONCE:
        Heartbeat.objects.filter(name=_BEAT).delete()  # the rest at once
    return bool(found)


def check() -> str:
    """Log in and say how many mails wait. Raises OutreachError with what to mend, never with the password."""
    if not settings.RETURN_IMAP_URL:
        raise OutreachError(say(N_("No mailbox is set: OUTREACH_RETURN_IMAP_URL is empty.")))
    parts = _parsed(settings.RETURN_IMAP_URL)
    try:
        with _opened(parts) as box:
            return f"{parts.hostname}: {len(_unread(box))}"
    except _BROKEN as error:
        words = N_("The mailbox for returned mails cannot be read: %(why)s")
        raise OutreachError(say(words, why=_without_secret(error))) from None


def _is_time(now: datetime) -> bool:
    if Heartbeat.objects.filter(name=_BEAT, at__gt=now - paced(_BETWEEN)).exists():
        return False
    Heartbeat.beat(_BEAT)
    return True


@contextmanager
def _opened(parts: SplitResult) -> Iterator[imaplib.IMAP4]:
    box = _connected(parts)
    try:
        box.login(unquote(parts.username or ""), unquote(parts.password or ""))
        folder = unquote(parts.path.strip("/")) or "INBOX"
        if box.select(f'"{folder}"')[0] != "OK":
            raise BadInput(say(N_("There is no folder %(folder)s in the mailbox."), folder=folder))
        yield box
    finally:
        _leave(box)


def _connected(parts: SplitResult) -> imaplib.IMAP4:
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    if parts.scheme == "imaps":
        import ssl

        return imaplib.IMAP4_SSL(host, port, ssl_context=ssl.create_default_context(), timeout=_SECONDS)
    return imaplib.IMAP4(host, port, timeout=_SECONDS)


def _leave(box: imaplib.IMAP4) -> None:
    try:
        box.logout()
    except (imaplib.IMAP4.error, OSError):
        box.shutdown()


def _unread(box: imaplib.IMAP4) -> list[str]:
    found = box.uid("SEARCH", "UNSEEN")[1]
    return found[0].decode().split() if found and isinstance(found[0], bytes) else []


def _take(box: imaplib.IMAP4, number: str) -> None:
    raw = _content(box, number)
    if raw is None:
        return  # it stays unread, and is asked for again
    if raw:
        receive(raw)
    box.uid("STORE", number, "+FLAGS", r"(\Seen)")


def _content(box: imaplib.IMAP4, number: str) -> bytes | None:
    """Without marking it as read: that comes after it was taken in. None when the server does not give it."""
    said, rows = box.uid("FETCH", number, f"(BODY.PEEK[]<0.{_LARGEST}>)")
    if said != "OK":
        log.warning("returned-mail-not-fetched", number=number)
        return None
    return next((row[1] for row in rows if isinstance(row, tuple)), b"")


def _parsed(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _PORTS and parts.hostname and parts.username and (parts.port or True)
    except ValueError:
        usable = False
    if not usable:
        words = N_("Write OUTREACH_RETURN_IMAP_URL as imaps://user:password@host/INBOX.")
        raise BadInput(say(words), "OUTREACH_RETURN_IMAP_URL")
    return parts


def _without_secret(error: Exception) -> str:
    """Some servers repeat the log-in in their refusal."""
    parts = urlsplit(settings.RETURN_IMAP_URL)
    words = "timeout" if isinstance(error, socket.timeout) else str(error)
    for secret in (parts.password, unquote(parts.password or "")):
        words = words.replace(secret, "***") if secret else words
    return words[:300]
