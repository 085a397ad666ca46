"""Send the mails that ask "was it you?": claim, commit, send, record.

A mail whose fate is unknown is sent once more and marked as repeated: two questions are better than none.
"""

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet
from django.utils.crypto import salted_hmac

from outreach.core import colours, leases
from outreach.core.errors import OutreachError
from outreach.core.models import Organisation
from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.core.templating import render
from outreach.mail.base import Letter, Outcome, Relay, Verdict
from outreach.mail.replies import reason_of
from outreach.relays.signing import build
from outreach.relays.using import relay_or_none
from outreach.subscribers import lid, lists, origins, tokens
from outreach.subscribers.models import Bounce, Confirmation, Subscriber

log = structlog.get_logger(__name__)

_State = Confirmation.State
# Longer than the mail server may take for one message (see outreach.mail.connecting.Timeouts).
_LEASE = timedelta(minutes=8)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
_GIVE_UP_AFTER = timedelta(days=3)
_NO_UTF8 = "553 5.6.7"  # RFC 6531, 3.5; said by outreach.mail.envelopes too
NO_UTF8 = N_("Our mail server takes no addresses with letters such as é before the @ (SMTPUTF8).")
_HANDED_BEFORE = ExpressionWrapper(Q(repeated=True) | Q(handed_at__isnull=False), output_field=BooleanField())


def confirm_mail_one(now: datetime) -> bool:
    """Send one confirmation mail that is due. False when there is none, none may leave in this hour any more,
    or the mail server is away.
    """
    relay = relay_or_none()
    row = Confirmation.objects.filter(_due(now)).order_by("due_at", "pk").first() if relay else None
    if relay is None or row is None or lid.on(now):
        return False
    claim = leases.claim(
        Confirmation.objects.filter(_due(now), pk=row.pk),
        now,
        _LEASE,
        state=_State.SENDING,
        attempts=F("attempts") + 1,
        # The lease ran out after the message may have left: a worker died there.
        repeated=_HANDED_BEFORE,
    )
    if not claim:
        return True  # somebody else was first; there may be more
    taken = Confirmation.objects.select_related("subscription__subscriber").get(pk=row.pk)
    if why := _needless(taken, now):
        leases.settle(_rows(taken), claim, state=_State.CANCELLED, reason=why)
        return True
    return _send(relay, taken, claim, now)


def _due(now: datetime) -> Q:
    return leases.free(now) & leases.among("state", (_State.QUEUED, _State.SENDING)) & Q(due_at__lte=now)


def _needless(row: Confirmation, now: datetime) -> Sentence:
    subscriber = row.subscription.subscriber
    if subscriber.state in {Subscriber.State.BOUNCED, Subscriber.State.COMPLAINED}:
        return say(N_("This address gets no more mail."))
    if lists.is_suppressed(subscriber.address):
        return say(N_("This address gets no more mail."))
    if not row.subscription.active and not row.subscription.waiting:
        return say(N_("This person left meanwhile."))
    if now - row.created_at > _GIVE_UP_AFTER:
        return say(N_("It could not be sent for three days."))
    return NOTHING


def _send(relay: Relay, row: Confirmation, claim: str, now: datetime) -> bool:
    try:
        letter = _letter(row)
        message = build(letter)
        with relay.session() as session:
            if not _rows(row).filter(claim=claim).update(handed_at=now):
                return True  # our lease ran out: the row is another's
            outcome = session.send(letter.envelope_from, letter.to_address, message)
    except OutreachError as error:  # RelayDown, or a setting that makes no letter: nothing left
        leases.settle(_rows(row), claim, **_again(row, now), handed_at=None, reason=error.sentence)
        log.warning("confirmation-waits", why=str(error))
        return False
    leases.settle(_rows(row), claim, reply=outcome.reply[:1000], **_recorded(row, outcome, now))
    log.info("confirmation", id=row.pk, verdict=outcome.verdict.value)
    return True


def _recorded(row: Confirmation, outcome: Outcome, now: datetime) -> dict[str, object]:
    """What the row says after `outcome`."""
    if outcome.verdict is Verdict.ACCEPTED or (outcome.verdict is Verdict.UNKNOWN and row.repeated):
        return {"state": _State.SENT, "sent_at": now, "reason": NOTHING}
    if outcome.verdict is Verdict.UNKNOWN:
        sentence = say(N_("The connection broke while it was being sent; it is sent once more."))
        return _again(row, now) | {"reason": sentence}  # handed_at stays: the next claim marks it repeated
    if outcome.verdict is Verdict.REFUSED and outcome.reply.startswith(_NO_UTF8):
        return {"state": _State.REFUSED, "reason": say(NO_UTF8)}
    if outcome.verdict in {Verdict.REFUSED, Verdict.GONE}:
        _note(row, outcome, now)
        return {"state": _State.REFUSED, "reason": say(N_("The mail server refuses this address."))}
    sentence = say(N_("The mail server does not take it now; it is tried again."))
    return _again(row, now) | {"handed_at": None, "reason": sentence}


def _note(row: Confirmation, outcome: Outcome, now: datetime) -> None:
    kind = Bounce.Kind.HARD if outcome.verdict is Verdict.GONE else Bounce.Kind.SOFT
    person, reason = row.subscription.subscriber, reason_of(outcome)
    Bounce.objects.create(subscriber=person, at=now, kind=kind, reason=reason, reply=outcome.reply[:1000])


def _again(row: Confirmation, now: datetime) -> dict[str, object]:
    wait = min(_FIRST_WAIT * 2 ** min(row.attempts - 1, 10), _LONGEST_WAIT)
    return {"state": _State.QUEUED, "due_at": now + wait}


def _rows(row: Confirmation) -> QuerySet[Confirmation]:
    return Confirmation.objects.filter(pk=row.pk)


def _letter(row: Confirmation) -> Letter:
    context = _context(row)
    subject = " ".join(render("mail/confirm/subject.txt", context, row.language).split())
    return Letter(
        from_name=str(context["organisation"]),
        from_address=settings.MAIL_FROM,
        to_name="",  # a stranger may have typed it
        to_address=row.subscription.subscriber.address,
        subject=subject,
        text=render("mail/confirm/body.txt", context, row.language),
        html=render("mail/confirm/body.html", context | {"subject": subject}, row.language),
        message_id=message_id(row),
        date=row.created_at,
        headers={"Auto-Submitted": "auto-generated"},
        envelope_from=_back(row),
    )


def _context(row: Confirmation) -> dict[str, object]:
    organisation = Organisation.get()
    accent = colours.parse(organisation.accent)
    return {
        "title": row.title,
        "language": row.language,
        "already": row.subscription.active,
        "address": tokens.confirm_url(row.subscription),
        "organisation": organisation.name,
        "postal_address": organisation.postal_address,
        "contact": organisation.contact,
        "accent": colours.css(accent),
        "on_accent": colours.css(colours.best_on(accent)),
    }


def _back(row: Confirmation) -> str:
    """Where it comes back to when the address cannot be reached."""
    addresses = origins.Addresses(origins.Sort.CONFIRMATION, row.pk)
    return addresses.of(row.subscription.subscriber_id) or settings.MAIL_FROM


def message_id(row: Confirmation) -> str:
    """The same at each attempt: a mailbox that already has it may drop the second one."""
    mark = salted_hmac("outreach.subscribers.message-id", str(row.pk)).hexdigest()[:12]
    return f"<confirm.{row.pk}.{mark}@{settings.MAIL_FROM.rpartition('@')[2]}>"
