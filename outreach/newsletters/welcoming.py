"""A welcome to who has just confirmed, where staff wrote one; sent by `relays.singly`.

One that may have arrived is not repeated: the reader is on the list all the same.
"""

from datetime import datetime

from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.mail.base import Letter
from outreach.newsletters import archiving, headings
from outreach.newsletters.content import intro
from outreach.newsletters.models import Newsletter, Welcome
from outreach.relays import singly, writing
from outreach.subscribers import lists, origins, tokens
from outreach.subscribers.models import Subscriber


def queue(newsletter: Newsletter, subscriber: Subscriber) -> None:
    """Somebody has just confirmed. Nothing where there is no welcome, or where they had it before."""
    if newsletter.welcome:
        Welcome.objects.get_or_create(newsletter=newsletter, subscriber=subscriber)


def welcome_one(now: datetime) -> bool:
    """Send one welcome that is due. False when there is none, or the mail server is away."""
    return singly.send_one(_WELCOMES, now)


def _needless(row: Welcome) -> Sentence:
    if not row.newsletter.welcome:
        return say(N_("The welcome was taken away meanwhile."))
    if not lists.hears(row.subscriber, row.newsletter.topic):
        return say(N_("This person left meanwhile."))
    return NOTHING


def letter_of(row: Welcome) -> Letter:
    """The mail, in the language of the newsletter: so are the words of staff."""
    newsletter, reader = row.newsletter, row.subscriber
    leave = tokens.unsubscribe_url(reader, newsletter.topic)
    words = {
        "title": newsletter.name,
        "language": newsletter.language,
        "words": newsletter.welcome,
        "words_html": intro.html(newsletter.welcome),
        "leave": leave,
        "archive": archiving.url(newsletter) if archiving.has_issues(newsletter) else "",
    }
    return writing.letter(
        "welcome",
        words,
        to=reader.address,
        from_name=newsletter.from_name,
        from_address=newsletter.from_address,
        message_id=writing.message_id("welcome", row.pk, "outreach.newsletters.welcome"),
        date=row.created_at,
        headers=headings.of(newsletter, issue=f"welcome-{newsletter.pk}", leave=leave),
        envelope_from=origins.Addresses(origins.Sort.WELCOME, row.pk).of(reader.pk),
    )


_WELCOMES = singly.Sort(
    name="welcome",
    rows=Welcome,
    beside=("newsletter", "subscriber"),
    needless=_needless,
    letter=letter_of,
    doubt=singly.Doubt.LEAVE,
)
