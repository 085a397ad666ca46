"""The mails that ask "was it you?", sent by `relays.singly`.

A mail whose fate is unknown is sent once more and marked as repeated: two questions are better than none.
"""

from datetime import datetime

from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.mail.base import Letter, Outcome, Verdict
from outreach.mail.replies import reason_of
from outreach.relays import singly, writing
from outreach.subscribers import lid, lists, origins, tokens
from outreach.subscribers.models import Bounce, Confirmation

_NO_UTF8 = "553 5.6.7"  # RFC 6531, 3.5; said by outreach.mail.envelopes too
NO_UTF8 = N_("Our mail server takes no addresses with letters such as é before the @ (SMTPUTF8).")


def confirm_mail_one(now: datetime) -> bool:
    """Send one confirmation mail that is due. False when there is none, none may leave in this hour any more,
    or the mail server is away.
    """
    return singly.send_one(_CONFIRMATIONS, now)


def message_id(row: Confirmation) -> str:
    """As it stands in the mail."""
    return writing.message_id("confirm", row.pk, "outreach.subscribers.message-id")


def _needless(row: Confirmation) -> Sentence:
    subscriber = row.subscription.subscriber
    unreachable = subscriber.state in lists.UNREACHABLE
    if unreachable or lists.is_suppressed_key(subscriber.address_key):
        return say(N_("This address gets no more mail."))
    if not row.subscription.active and not row.subscription.waiting:
        return say(N_("This person left meanwhile."))
    return NOTHING


def _refused(row: Confirmation, outcome: Outcome, now: datetime) -> Sentence:
    if outcome.verdict is Verdict.REFUSED and outcome.reply.startswith(_NO_UTF8):
        return say(NO_UTF8)
    kind = Bounce.Kind.HARD if outcome.verdict is Verdict.GONE else Bounce.Kind.SOFT
    person, reason = row.subscription.subscriber, reason_of(outcome)
    Bounce.objects.create(subscriber=person, at=now, kind=kind, reason=reason, reply=outcome.reply[:1000])
    return say(N_("The mail server refuses this address."))


def _letter(row: Confirmation) -> Letter:
    person = row.subscription.subscriber
    words = {
        "title": row.title,
        "language": row.language,
        "already": row.subscription.active,
        "address": tokens.confirm_url(row.subscription, row.pk, row.language),
    }
    return writing.letter(
        "confirm",
        words,
        to=person.address,
        message_id=message_id(row),
        date=row.created_at,
        envelope_from=origins.Addresses(origins.Sort.CONFIRMATION, row.pk).of(person.pk),
    )


_CONFIRMATIONS = singly.Sort(
    name="confirmation",
    rows=Confirmation,
    beside=("subscription__subscriber",),
    may_leave=lambda now: not lid.on(now),
    needless=_needless,
    letter=_letter,
    refused=_refused,
    doubt=singly.Doubt.REPEAT,
)
