"""The proof of one person's consent: each step of it, in order, as a page, a table or JSON."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from outreach.core import clock
from outreach.core.errors import BadInput
from outreach.core.sentences import N_, Sentence, say
from outreach.subscribers import aliases
from outreach.subscribers.addresses import normalise
from outreach.subscribers.confirming import message_id
from outreach.subscribers.models import Confirmation, Consent, Subscriber, Subscription

_VOUCHED = N_("Added by staff, who vouch for this consent")
_HOW = {
    "sign-up page": N_("Said yes on the sign-up page"),
    "form on a website": N_("Said yes in a form on a website"),
    "confirmation mail": N_("Said yes once more, from the mailbox itself"),
    "took leaving back": N_("Took the leaving back, from the mailbox itself"),
    "import": N_("Stood in a list that staff imported, who vouch for this consent"),
    "added by staff": _VOUCHED,
    "command": _VOUCHED,
}


@dataclass(frozen=True)
class Step:
    """One thing that happened. What does not apply is ""."""

    at: datetime
    topic: str
    what: Sentence
    kind: str  # "consent", "mail" or "left": for programs
    how: str = ""
    wording: str = ""
    version: str = ""
    language: str = ""
    page: str = ""
    message_id: str = ""
    basis: str = ""  # what staff vouch for: a models.Basis, and its day
    given_on: str = ""
    reply: str = ""  # the mail server's own words


@dataclass(frozen=True)
class Proof:
    """All that is kept about one person's consent, as it is at `made_at`."""

    subscriber: Subscriber
    made_at: datetime
    steps: list[Step] = field(default_factory=list)

    def data(self) -> dict[str, Any]:
        """The same for JSON; moments in UTC."""
        person = self.subscriber
        return {
            "address": person.address,
            "name": person.name,
            "state": person.state,
            "made_at": self.made_at.isoformat(timespec="seconds"),
            "steps": [_data(step) for step in self.steps],
        }


def proof(subscriber: Subscriber) -> Proof:
    """The proof of `subscriber`, oldest step first."""
    found = [*_consents(subscriber), *_mails(subscriber), *_leavings(subscriber)]
    # A yes from the mailbox comes behind the mail of the same instant.
    found.sort(key=lambda step: (step.at, step.kind != "consent" or step.how == "confirmation mail"))
    return Proof(subscriber, clock.now(), found)


def find(address: str) -> Subscriber:
    """Who has `address`. Raises BadInput."""
    normal = aliases.known_as(normalise(address))
    found = Subscriber.objects.filter(address_key=normal.key).first()
    if found is None:
        words = N_("Nothing is kept about %(address)s: this address never signed up, or it was erased.")
        raise BadInput(say(words, address=normal.address), "address")
    return found


def _consents(subscriber: Subscriber) -> Iterator[Step]:
    for row in Consent.objects.filter(subscriber=subscriber):
        yield Step(
            at=row.at,
            topic=row.topic,
            what=say(_HOW[row.how]) if row.how in _HOW else say(N_("Said yes (%(how)s)"), how=row.how),
            kind="consent",
            how=row.how,
            wording=row.wording,
            version=row.version,
            language=row.language,
            page=row.page,
            basis=row.basis,
            given_on=row.given_on.isoformat() if row.given_on else "",
        )


def _mails(subscriber: Subscriber) -> Iterator[Step]:
    rows = Confirmation.objects.filter(subscription__subscriber=subscriber, sent_at__isnull=False)
    for row in rows.select_related("subscription"):
        yield Step(
            at=row.sent_at or row.created_at,
            topic=row.subscription.topic,
            what=say(N_("The mail that asks for confirmation was sent")),
            kind="mail",
            language=row.language,
            message_id=message_id(row),
            reply=row.reply,
        )


def _leavings(subscriber: Subscriber) -> Iterator[Step]:
    for row in Subscription.objects.filter(subscriber=subscriber, left_at__isnull=False):
        yield Step(row.left_at or row.asked_at, row.topic, say(N_("Left")), "left")


def _data(step: Step) -> dict[str, Any]:
    values = {name: value for name, value in vars(step).items() if value != ""}
    return {**values, "at": step.at.isoformat(timespec="seconds"), "what": str(step.what)}
