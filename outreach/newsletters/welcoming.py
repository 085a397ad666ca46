"""A welcome to who has just confirmed, where staff wrote one: a row before the mail, and never a second one.

Of a worker that died after handing over, or a connection that broke after the final dot, nobody knows whether
the mail arrived. It is not repeated: the reader is on the list all the same.
"""

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils.crypto import salted_hmac

from outreach.core import colours, leases
from outreach.core.errors import OutreachError
from outreach.core.models import Organisation
from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.core.templating import render
from outreach.mail.base import Letter, Outcome, Relay, Verdict
from outreach.newsletters import archiving, headings
from outreach.newsletters.content import intro
from outreach.newsletters.models import Newsletter, Welcome
from outreach.relays.signing import build
from outreach.relays.using import relay_or_none
from outreach.subscribers import lists, origins, tokens
from outreach.subscribers.models import Subscriber

log = structlog.get_logger(__name__)

_State = Welcome.State
# Longer than the mail server may take for one message (see outreach.mail.connecting.Timeouts).
_LEASE = timedelta(minutes=8)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
_GIVE_UP_AFTER = timedelta(days=3)
_OPEN = ("queued", "sending")
_LOST = say(N_("The connection broke while it was being sent. It may have arrived, so it is not sent again."))
_VERDICTS = {
    Verdict.ACCEPTED: (_State.SENT, NOTHING),
    Verdict.REFUSED: (_State.REFUSED, say(N_("The mail server refuses this address."))),
    Verdict.GONE: (_State.REFUSED, say(N_("The mail server refuses this address."))),
    Verdict.UNKNOWN: (_State.UNKNOWN, _LOST),
}


def queue(newsletter: Newsletter, subscriber: Subscriber) -> None:
    """Somebody has just confirmed. Nothing where there is no welcome, or where they had it before."""
    if newsletter.welcome:
        Welcome.objects.get_or_create(newsletter=newsletter, subscriber=subscriber)


def welcome_one(now: datetime) -> bool:
    """Send one welcome that is due. False when there is none, or the mail server is away."""
    relay = relay_or_none()
    row = Welcome.objects.filter(_due(now)).order_by("due_at", "pk").first() if relay else None
    if relay is None or row is None:
        return False
    changes = {"state": _State.SENDING, "attempts": F("attempts") + 1}
    claim = leases.claim(Welcome.objects.filter(_due(now), pk=row.pk), now, _LEASE, **changes)
    if not claim:
        return True  # somebody else was first; there may be more
    taken = Welcome.objects.select_related("newsletter", "subscriber").get(pk=row.pk)
    if taken.handed_at:  # a worker died there
        leases.settle(_rows(taken), claim, state=_State.UNKNOWN, reason=_LOST)
        return True
    if why := _needless(taken, now):
        leases.settle(_rows(taken), claim, state=_State.CANCELLED, reason=why)
        return True
    return _send(relay, taken, claim, now)


def _due(now: datetime) -> Q:
    return leases.free(now) & leases.among("state", _OPEN) & Q(due_at__lte=now)


def _needless(row: Welcome, now: datetime) -> Sentence:
    if not row.newsletter.welcome:
        return say(N_("The welcome was taken away meanwhile."))
    if not lists.hears(row.subscriber, row.newsletter.topic):
        return say(N_("This person left meanwhile."))
    if now - row.created_at > _GIVE_UP_AFTER:
        return say(N_("It could not be sent for three days."))
    return NOTHING


def _send(relay: Relay, row: Welcome, claim: str, now: datetime) -> bool:
    try:
        letter = letter_of(row)
        message = build(letter)
        with relay.session() as session:
            if not _rows(row).filter(claim=claim).update(handed_at=now):
                return True  # our lease ran out: the row is another's
            outcome = session.send(letter.envelope_from, letter.to_address, message)
    except OutreachError as error:  # RelayDown, or a setting that makes no letter: nothing left
        leases.settle(_rows(row), claim, **_again(row, now), reason=error.sentence)
        log.warning("welcome-waits", why=str(error))
        return False
    leases.settle(_rows(row), claim, reply=outcome.reply[:1000], **_recorded(row, outcome, now))
    log.info("welcome", id=row.pk, verdict=outcome.verdict.value)
    return True


def _recorded(row: Welcome, outcome: Outcome, now: datetime) -> dict[str, object]:
    """What the row says after `outcome`."""
    if outcome.verdict not in _VERDICTS:
        sentence = say(N_("The mail server does not take it now; it is tried again."))
        return _again(row, now) | {"reason": sentence}
    state, reason = _VERDICTS[outcome.verdict]
    sent_at = now if state == _State.SENT else None
    return {"state": state, "reason": reason, "sent_at": sent_at}


def _again(row: Welcome, now: datetime) -> dict[str, object]:
    wait = min(_FIRST_WAIT * 2 ** min(row.attempts - 1, 10), _LONGEST_WAIT)
    return {"state": _State.QUEUED, "due_at": now + wait, "handed_at": None}


def _rows(row: Welcome) -> QuerySet[Welcome]:
    return Welcome.objects.filter(pk=row.pk)


def letter_of(row: Welcome) -> Letter:
    """The mail, in the language of the newsletter: so are the words of staff."""
    newsletter = row.newsletter
    context = _context(row)
    subject = " ".join(render("mail/welcome/subject.txt", context, newsletter.language).split())
    return Letter(
        from_name=newsletter.from_name or str(context["organisation"]),
        from_address=newsletter.from_address or settings.MAIL_FROM,
        to_name="",
        to_address=row.subscriber.address,
        subject=subject,
        text=render("mail/welcome/body.txt", context, newsletter.language),
        html=render("mail/welcome/body.html", context | {"subject": subject}, newsletter.language),
        message_id=_message_id(row),
        date=row.created_at,
        headers=headings.of(newsletter, issue=f"welcome-{newsletter.pk}", leave=str(context["leave"])),
        envelope_from=_back(row),
    )


def _context(row: Welcome) -> dict[str, object]:
    organisation, newsletter = Organisation.get(), row.newsletter
    accent = colours.parse(organisation.accent)
    return {
        "title": newsletter.name,
        "language": newsletter.language,
        "words": newsletter.welcome,
        "words_html": intro.html(newsletter.welcome),
        "leave": tokens.unsubscribe_url(row.subscriber, newsletter.topic),
        "archive": archiving.url(newsletter) if archiving.has_issues(newsletter) else "",
        "organisation": organisation.name,
        "postal_address": organisation.postal_address,
        "contact": organisation.contact,
        "accent": colours.css(accent),
    }


def _back(row: Welcome) -> str:
    """Where it comes back to when the address cannot be reached."""
    addresses = origins.Addresses(origins.Sort.WELCOME, row.pk)
    return addresses.of(row.subscriber_id) or settings.MAIL_FROM


def _message_id(row: Welcome) -> str:
    """The same at each attempt: a mailbox that already has it may drop the second one."""
    mark = salted_hmac("outreach.newsletters.welcome", str(row.pk)).hexdigest()[:12]
    return f"<welcome.{row.pk}.{mark}@{settings.MAIL_FROM.rpartition('@')[2]}>"
