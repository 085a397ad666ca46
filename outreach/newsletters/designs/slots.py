"""The places in a frozen issue that are filled for each recipient, at the moment of sending.

What was approved is what is sent: only these two differ from mailbox to mailbox. Their marks cannot be
guessed, else an article could hold one and have a recipient's own link sent to a stranger's server.
"""

from dataclasses import dataclass
from html import escape

from django.utils.crypto import salted_hmac

from outreach.newsletters.models import Issue


@dataclass(frozen=True)
class Slots:
    """What stands in the design (as marks), or in one recipient's mail (as values)."""

    address: str
    unsubscribe_url: str


def marks(issue: Issue) -> Slots:
    """The marks that `issue` is frozen with. They survive escaping: letters, digits, dots and slashes."""
    secret = salted_hmac("outreach.newsletters.slots", str(issue.pk), algorithm="sha256").hexdigest()[:24]
    host = f"{secret}.invalid"  # RFC 2606: never a real host, should one ever be left unfilled
    return Slots(address=f"recipient@{host}", unsubscribe_url=f"https://{host}/unsubscribe")


def fill_html(html: str, issue: Issue, values: Slots) -> str:
    """`html` of `issue` for one recipient."""
    return _filled(html, marks(issue), Slots(escape(values.address), escape(values.unsubscribe_url)))


def fill_text(text: str, issue: Issue, values: Slots) -> str:
    """`text` of `issue` for one recipient."""
    return _filled(text, marks(issue), values)


def _filled(content: str, old: Slots, new: Slots) -> str:
    content = content.replace(old.unsubscribe_url, new.unsubscribe_url)
    return content.replace(old.address, new.address)
