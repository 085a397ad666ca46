"""One issue as the letter of one reader. The same reader gets the same bytes at each attempt."""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from django.conf import settings

from outreach.core import clock
from outreach.core.errors import BadInput
from outreach.core.models import Organisation
from outreach.core.seals import Seal, same, secrets
from outreach.core.sentences import N_, say
from outreach.mail.base import Letter
from outreach.mail.couriers import Parcel
from outreach.mail.stencil import Stencil
from outreach.newsletters import archiving, headings, viewing
from outreach.newsletters.designs import slots
from outreach.newsletters.models import Issue
from outreach.relays import singly
from outreach.relays.signing import build, signer
from outreach.subscribers import origins, tokens
from outreach.subscribers.addresses import normalise
from outreach.subscribers.models import Subscriber

_OF_THE_READER = frozenset({"address", "to_address"})
_OTHER_KEY = N_(
    "The secret key of Outreach has changed since this issue was approved: readers would get no "
    "link of their own. Put the old key back, or cancel the issue."
)
_CONDITIONS = 3  # eight stencils; with more, each letter is made by itself


class Reader(NamedTuple):
    """What a letter needs to know of a subscriber."""

    id: int
    address: str
    name: str = ""


class Unmailable(BadInput):
    """No mail can be written to this reader: theirs is no mail address."""


class Letters:
    """The letters of `issue`. What is the same for all readers is looked up, rendered and encoded once."""

    def __init__(self, issue: Issue) -> None:
        self.issue, self.newsletter = issue, issue.newsletter
        self._from_name = self.newsletter.from_name or Organisation.get().name
        self._from_address = self.newsletter.from_address or settings.MAIL_FROM
        self._leave = tokens.LeaveLinks(self.newsletter.topic)
        self._choose = tokens.PreferenceLinks()
        self._back = origins.Addresses(origins.Sort.ISSUE, issue.pk)
        self._leave_by_mail = origins.Addresses(origins.Sort.LEAVE, issue.pk)
        self._message_ids = _MessageIds(issue)
        self._marks = slots.marks(issue)
        self._fits = not slots.of_another_key(issue, issue.html, issue.text)
        self._conditions = slots.used(issue, issue.html, issue.text)
        self._stencils: dict[slots.Choice, Stencil] = {}

    def parcel(self, key: int, reader: Reader) -> Parcel:
        """The mail for `reader`, ready for a courier; no query.

        Raises Unmailable when no mail to this reader can be written, and any other BadInput when a setting is
        wrong and so none to anybody.
        """
        if not self._fits:
            raise BadInput(say(_OTHER_KEY), "SECRET_KEY")
        try:
            pieces = self._pieces(reader)
        except BadInput as error:
            if error.field in _OF_THE_READER:
                raise Unmailable(error.sentence, error.field) from None
            raise
        return Parcel(key, self.envelope_from(reader), reader.address, pieces)

    def _pieces(self, reader: Reader) -> tuple[bytes, ...]:
        values, message_id = self._values(reader), self._message_ids.of(reader.id)
        if sum(self._conditions) > _CONDITIONS:
            return (build(self._letter(values, message_id, reader.id)),)
        stencil = self._stencil(self._choice(values))
        return stencil.pieces([*values, message_id, self._leave_by_mail.of(reader.id)])

    def to(self, subscriber: Subscriber) -> Letter:
        """The letter for `subscriber`; its To has no name, because the address says enough."""
        reader = Reader(subscriber.pk, subscriber.address, subscriber.name)
        return self._letter(self._values(reader), self._message_ids.of(reader.id), reader.id)

    def envelope_from(self, reader: Reader) -> str:
        """Where the mail for `reader` comes back to when it cannot be delivered."""
        return self._back.of(reader.id) or settings.MAIL_FROM

    def _values(self, reader: Reader) -> slots.Slots:
        return slots.Slots(
            reader.address, self._leave.url(reader.id), reader.name, self._choose.url(reader.id)
        )

    def _choice(self, values: slots.Slots) -> slots.Choice:
        if not any(self._conditions):
            return self._conditions
        return tuple([a and b for a, b in zip(self._conditions, slots.choice(values), strict=True)])

    def _stencil(self, choice: slots.Choice) -> Stencil:
        """The stencil for all readers of whom the same holds."""
        if choice not in self._stencils:
            marks = {name: getattr(self._marks, name) for name in slots.Slots._fields}
            marks["message_id"] = self._message_ids.mark
            marks["leave_by_mail"] = self._message_ids.mark.strip("<>").replace("message-id", "leave-by-mail")
            text, html = (slots.chosen(one, self.issue, choice) for one in (self.issue.text, self.issue.html))
            values = slots.Slots(*(marks[name] for name in slots.Slots._fields))
            letter = self._made(text, html, values, self._message_ids.mark, marks["leave_by_mail"])
            self._stencils[choice] = Stencil(letter, marks, signer=signer())
        return self._stencils[choice]

    def test_to(self, address: str) -> Letter:
        """The same for somebody who wants to see it in a real mailbox; the links to leave leave nothing."""
        shown = viewing.preview(self.issue)
        return Letter(
            from_name=self._from_name,
            from_address=self._from_address,
            to_name="",
            to_address=address,
            subject=shown.subject,
            text=shown.text,
            html=shown.html,
            message_id="",
            date=clock.now(),
        )

    def _letter(self, values: slots.Slots, message_id: str, reader: int) -> Letter:
        text = slots.fill_text(self.issue.text, self.issue, values)
        html = slots.fill_html(self.issue.html, self.issue, values)
        return self._made(text, html, values, message_id, self._leave_by_mail.of(reader))

    def _made(self, text: str, html: str, values: slots.Slots, message_id: str, leave_by_mail: str) -> Letter:
        return Letter(
            from_name=self._from_name,
            from_address=self._from_address,
            to_name="",
            to_address=values.address,
            subject=self.issue.subject,
            text=text,
            html=html,
            message_id=message_id,
            date=self.issue.started_at or clock.now(),
            headers=self._headers(values.unsubscribe_url, leave_by_mail),
            envelope_from=settings.MAIL_FROM,
        )

    def _headers(self, leave: str, leave_by_mail: str) -> Mapping[str, str]:
        return headings.of(
            self.newsletter,
            issue=str(self.issue.pk),
            leave=leave,
            leave_by_mail=leave_by_mail if settings.MAIL_RETURN else "",
            archive=archiving.url(self.newsletter) if self.newsletter.archive else "",
        )


class _MessageIds:
    """The same at each attempt: a mailbox that has it already may drop the second one."""

    def __init__(self, issue: Issue) -> None:
        self._issue, self._domain, self._seal = issue.pk, _domain(), _message_seal()
        self.mark = f"<message-id@{slots.marks(issue).address.partition('@')[2]}>"

    def of(self, reader: int) -> str:
        """With its angle brackets."""
        name = f"{self._issue}.{reader}"
        return f"<{name}.{_signed(self._seal, name)}@{self._domain}>"


def reader_of(message_id: str) -> tuple[int, int] | None:
    """Issue and reader of the part before the @ of a Message-ID; None for one that was not made here."""
    name, _, mark = message_id.rpartition(".")
    if not same(mark, *(_signed(_message_seal(secret), name) for secret in secrets())):
        return None
    issue, _, reader = name.partition(".")
    return int(issue), int(reader)


def _message_seal(secret: str = "") -> Seal:
    salt = "outreach.newsletters.message-id"  # as Django's salted_hmac has it
    key = hashlib.sha1((salt + (secret or settings.SECRET_KEY)).encode(), usedforsecurity=False).digest()
    return Seal(key, "sha1")


def _signed(seal: Seal, name: str) -> str:
    return seal.of(name.encode()).hex()[:12]


def send_test(issue: Issue, address: str) -> None:
    """Mail `issue` to one address, to look at it. Raises BadInput, or OutreachError in the server's words."""
    try:
        to = normalise(address).address
    except BadInput as error:
        raise BadInput(error.sentence, "address") from None
    singly.send_test(Letters(issue).test_to(to))


def _domain() -> str:
    return settings.MAIL_FROM.rpartition("@")[2]
