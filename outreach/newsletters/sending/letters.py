"""One issue as the letter of one reader. The same reader gets the same bytes at each attempt."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.crypto import salted_hmac

from outreach.core import clock
from outreach.core.errors import BadInput, OutreachError
from outreach.core.models import Organisation
from outreach.core.sentences import N_, say
from outreach.mail.base import Letter, Outcome, Verdict
from outreach.mail.building import build
from outreach.mail.headers import newsletter_headers
from outreach.newsletters import viewing
from outreach.newsletters.designs import slots
from outreach.newsletters.models import Issue
from outreach.relays.using import relay
from outreach.subscribers import tokens
from outreach.subscribers.addresses import normalise
from outreach.subscribers.models import Subscriber


class Letters:
    """The letters of `issue`. What is the same for all readers is looked up once."""

    def __init__(self, issue: Issue) -> None:
        self.issue, self.newsletter = issue, issue.newsletter
        self._from_name = self.newsletter.from_name or Organisation.get().name
        self._from_address = self.newsletter.from_address or settings.MAIL_FROM

    def to(self, subscriber: Subscriber) -> Letter:
        """The letter for `subscriber`; the name is left out, because the address says enough."""
        leave = tokens.unsubscribe_url(subscriber, self.newsletter.topic)
        values = slots.Slots(address=subscriber.address, unsubscribe_url=leave)
        headers = newsletter_headers(
            name=self.newsletter.name,
            list_id=f"{self.newsletter.topic}.{_host()}",
            issue=str(self.issue.pk),
            unsubscribe_url=leave,
        )
        date = self.issue.started_at or clock.now()
        return self._letter(values, self.issue.subject, self._message_id(subscriber.pk), date, dict(headers))

    def test_to(self, address: str) -> Letter:
        """The same for somebody who wants to see it in a real mailbox; the links to leave leave nothing."""
        shown = viewing.preview(self.issue)
        now = clock.now()
        mark = salted_hmac("outreach.newsletters.test", f"{self.issue.pk} {address} {now}").hexdigest()[:16]
        return Letter(
            from_name=self._from_name,
            from_address=self._from_address,
            to_name="",
            to_address=address,
            subject=f"[Test] {shown.subject}",
            text=shown.text,
            html=shown.html,
            message_id=f"<test.{mark}@{_domain()}>",
            date=now,
            headers={"Auto-Submitted": "auto-generated"},
            envelope_from=settings.MAIL_FROM,
        )

    def _letter(
        self, values: slots.Slots, subject: str, message_id: str, date: datetime, headers: dict[str, str]
    ) -> Letter:
        if self.newsletter.reply_to:
            headers["Reply-To"] = self.newsletter.reply_to
        return Letter(
            from_name=self._from_name,
            from_address=self._from_address,
            to_name="",
            to_address=values.address,
            subject=subject,
            text=slots.fill_text(self.issue.text, self.issue, values),
            html=slots.fill_html(self.issue.html, self.issue, values),
            message_id=message_id,
            date=date,
            headers=headers,
            envelope_from=settings.MAIL_FROM,
        )

    def _message_id(self, reader: int) -> str:
        """The same at each attempt: a mailbox that has it already may drop the second one."""
        name = f"{self.issue.pk}.{reader}"
        mark = salted_hmac("outreach.newsletters.message-id", name).hexdigest()[:12]
        return f"<{name}.{mark}@{_domain()}>"


def send_test(issue: Issue, address: str) -> None:
    """Mail `issue` to one address, to look at it. Raises BadInput, or OutreachError in the server's words."""
    try:
        to = normalise(address).address
    except BadInput as error:
        raise BadInput(error.sentence, "address") from None
    letter = Letters(issue).test_to(to)
    message = build(letter)
    with relay().session() as session:
        outcome = session.send(letter.envelope_from, to, message)
    _refuse_unless_accepted(outcome)


def _refuse_unless_accepted(outcome: Outcome) -> None:
    if outcome.verdict is Verdict.ACCEPTED:
        return
    if outcome.verdict is Verdict.UNKNOWN:
        raise OutreachError(say(N_("The connection broke at the end: look whether the test mail arrived.")))
    words = N_("The mail server did not take it: %(reply)s")
    raise OutreachError(say(words, reply=outcome.reply))


def _host() -> str:
    """A List-Id looks like a host name and never changes (RFC 2919)."""
    return urlsplit(settings.BASE_URL).hostname or "localhost"


def _domain() -> str:
    return settings.MAIL_FROM.rpartition("@")[2]
