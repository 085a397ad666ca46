"""One mail that came back: who it was for, what it means, what that changes. Once, however often it comes."""

import hashlib
from collections.abc import Iterable
from datetime import timedelta

import structlog
from django.db import transaction

from outreach.core import clock
from outreach.core.models import record
from outreach.core.sentences import N_, say
from outreach.core.veils import without_mailboxes
from outreach.mail.bounces import returns
from outreach.mail.bounces.base import Kind, Return
from outreach.newsletters.models import Delivery, Issue, Returned
from outreach.newsletters.returning import origin
from outreach.notices.telling import tell
from outreach.subscribers import aliases, bounces, joining
from outreach.subscribers.models import Bounce, Confirmation, Subscriber
from outreach.subscribers.origins import Origin, Sort

log = structlog.get_logger(__name__)

# The worst of several decides: a report about one reader may hold more than one line.
_ORDER = (Kind.COMPLAINT, Kind.HARD, Kind.ABOUT_US, Kind.SOFT, Kind.UNKNOWN, Kind.DELAYED, Kind.AUTOMATIC)
_LATE = timedelta(days=14)
_MOST_OF_ONE, _MOST_OF_NOBODY = 20, 1_000  # mails a day about one mail of ours; about none
_DID_NOT_ARRIVE = (Kind.HARD, Kind.SOFT, Kind.ABOUT_US)


def receive(raw: bytes, recipients: Iterable[str] = ()) -> Returned:
    """Take one mail in. Safe to repeat and never an error, whatever `raw` holds: the row says what it was.

    `recipients` are those of the envelope, where the way that it came by knows them. Nobody is unsubscribed
    or given up by a mail that does not prove whom it is about.
    """
    about = origin.of(raw, recipients)
    kind, found = _verdict(raw, about)
    name = f"{about.sort.value}{about.number}.{about.reader}" if about else ""
    if _is_flooded(name):
        log.warning("returned-mail-left-out", origin=name)
        if about and about.sort is Sort.LEAVE:
            _apply(about, kind, found)
        return Returned(kind=kind, reason="flood", origin=name)
    with transaction.atomic():
        row, made = Returned.objects.get_or_create(
            digest=_digest(raw, about),
            defaults={
                "at": clock.now(),
                "kind": kind,
                "reason": found.reason[:40],
                "origin": name,
                "words": found.words[:1000] if _is_known(about) else "",
            },
        )
        if made and about:
            _apply(about, kind, found)
    log.info("returned-mail", kind=kind, reason=found.reason, known=about is not None, again=not made)
    return row


def _verdict(raw: bytes, about: Origin | None) -> tuple[str, Return]:
    if about and about.sort is Sort.LEAVE:
        return Returned.Kind.LEAVE, Return(Kind.AUTOMATIC, "by-mail")
    try:
        found = returns.read(raw)
    except Exception:  # one mail that nobody can read must not stand before all others for ever
        log.exception("returned-mail-not-understood")
        found = []
    if not found:
        return Returned.Kind.OTHER, Return(Kind.UNKNOWN, "")
    worst = min(found, key=lambda one: _ORDER.index(one.kind))
    return worst.kind.value, worst


def _is_flooded(name: str) -> bool:
    """Whether more came from there today than can be meant: somebody fills the database."""
    since = clock.now() - timedelta(days=1)
    most = _MOST_OF_ONE if name else _MOST_OF_NOBODY
    return Returned.objects.filter(at__gt=since, origin=name)[:most].count() >= most


def _is_known(about: Origin | None) -> bool:
    """Of who was forgotten meanwhile nothing is written down."""
    return about is None or Subscriber.objects.filter(pk=aliases.current(about.reader)).exists()


def _apply(about: Origin, kind: str, found: Return) -> None:
    about = about._replace(reader=aliases.current(about.reader))
    subscriber = Subscriber.objects.filter(pk=about.reader).first()
    issue = Issue.objects.filter(pk=about.number).select_related("newsletter").first()
    if about.sort is Sort.LEAVE:
        if subscriber and issue:
            joining.leave_by_mail(subscriber, issue.newsletter.topic)
        return
    if kind == Returned.Kind.OTHER:
        return
    if about.sort is Sort.ISSUE and found.kind is not Kind.COMPLAINT and _is_late(issue):
        return
    if about.sort is Sort.ISSUE and issue:
        _mark(issue, about.reader, found)
    if about.sort is Sort.CONFIRMATION and found.kind in _DID_NOT_ARRIVE:
        _refuse_confirmation(about)
    if subscriber:
        _blame(subscriber, found)


def _is_late(issue: Issue | None) -> bool:
    """No server tries for so long: somebody kept the address, and writes by himself."""
    if issue is None or issue.state != Issue.State.SENT:
        return issue is None  # some are tried again, long after the others
    return (issue.finished_at or clock.now()) < clock.now() - _LATE


def _mark(issue: Issue, reader: int, found: Return) -> None:
    """On the delivery, and to staff when the fault is ours."""
    if found.kind in _DID_NOT_ARRIVE:
        # In doubt no more: it was taken, and came back.
        known = (Delivery.State.SENT, Delivery.State.UNKNOWN)
        rows = Delivery.objects.filter(issue=issue, subscriber_id=reader, state__in=known)
        rows.update(state=Delivery.State.BOUNCED, handed_at=None, reply=found.words[:1000])
    if found.kind is Kind.ABOUT_US:
        title = say(N_("Mail servers object to our mail"))
        said = without_mailboxes(found.words[:1000])  # it stays when the reader is forgotten
        text = say(N_("One said of “%(name)s”: “%(reply)s”."), name=str(issue), reply=said[:300])
        advice = say(N_("Ask whoever runs the mail server; no reader is to blame, and none was removed."))
        if tell(issue, "returned-about-us", title, text, advice):
            record(issue, text, "trouble", raw=said)


def _refuse_confirmation(about: Origin) -> None:
    rows = Confirmation.objects.filter(pk=about.number, state=Confirmation.State.SENT)
    why = say(N_("The mail came back: the address cannot be reached."))
    rows.update(state=Confirmation.State.REFUSED, reason=why)


def _blame(subscriber: Subscriber, found: Return) -> None:
    """What it changes for the reader. What is about us, on its way or away changes nothing."""
    if found.kind is Kind.COMPLAINT:
        bounces.note_complaint(subscriber, found.words)
    elif found.kind in _DID_NOT_ARRIVE:
        bounces.note_refusal(subscriber, found.words, Bounce.Kind(found.kind.value), found.reason)


def _digest(raw: bytes, about: Origin | None) -> str:
    """Stands for this mail: the same one that is delivered twice, or read again, has the same."""
    return hashlib.sha256(repr(about).encode() + b"\0" + raw).hexdigest()
