"""A welcome to who has just confirmed, where staff wrote one; sent by `relays.singly`.

One that may have arrived is not repeated: the reader is on the list all the same.
"""

from dataclasses import replace
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from outreach.core import clock
from outreach.core.errors import BadInput
from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.mail.base import Letter
from outreach.newsletters import archiving, headings, viewing
from outreach.newsletters.content import intro
from outreach.newsletters.models import Newsletter, Welcome
from outreach.relays import singly, writing
from outreach.subscribers import choosing, lists, origins, tokens
from outreach.subscribers.addresses import normalise
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
    if choosing.paused(row.subscriber):
        return say(N_("This person takes a break from newsletters."))
    if not lists.hears(row.subscriber, row.newsletter.topic):
        return say(N_("This person left meanwhile."))
    return NOTHING


def preview(newsletter: Newsletter) -> Letter:
    """What readers get; nobody's own link is in it. Raises BadInput where staff wrote none."""
    _refuse_without_words(newsletter)
    with translation.override(newsletter.language):
        nobody = _("(your address)")
    return _letter(
        newsletter, to=nobody, leave=viewing.joining_page(newsletter), message_id="", date=clock.now()
    )


def send_test(newsletter: Newsletter, address: str) -> None:
    """Mail it to one address, to look at it; its link to leave leaves nothing, and nobody counts as welcomed.

    Raises BadInput (address, welcome), or OutreachError in the mail server's words.
    """
    _refuse_without_words(newsletter)
    singly.send_test(replace(preview(newsletter), to_address=normalise(address).address))


def _refuse_without_words(newsletter: Newsletter) -> None:
    if not newsletter.welcome:
        raise BadInput(say(N_("“%(name)s” has no welcome mail yet."), name=newsletter.name), "welcome")


def letter_of(row: Welcome) -> Letter:
    """The mail, in the language of the newsletter: so are the words of staff."""
    newsletter, reader = row.newsletter, row.subscriber
    leave = tokens.unsubscribe_url(reader, newsletter.topic)
    letter = _letter(
        newsletter,
        to=reader.address,
        leave=leave,
        message_id=writing.message_id("welcome", row.pk, "outreach.newsletters.welcome"),
        date=row.created_at,
    )
    back = origins.Addresses(origins.Sort.WELCOME, row.pk).of(reader.pk)
    headers = headings.of(newsletter, issue=f"welcome-{newsletter.pk}", leave=leave)
    return replace(letter, headers=headers, envelope_from=back or letter.envelope_from)


def _letter(newsletter: Newsletter, *, to: str, leave: str, message_id: str, date: datetime) -> Letter:
    words = {
        "title": newsletter.name,
        "language": newsletter.language,
        "words": intro.text(newsletter.welcome),
        "words_html": intro.html(newsletter.welcome),
        "leave": leave,
        "archive": archiving.url(newsletter) if archiving.has_issues(newsletter) else "",
    }
    return writing.letter(
        "welcome",
        words,
        to=to,
        from_name=newsletter.from_name,
        from_address=newsletter.from_address,
        message_id=message_id,
        date=date,
    )


_WELCOMES = singly.Sort(
    name="welcome",
    rows=Welcome,
    beside=("newsletter", "subscriber"),
    needless=_needless,
    letter=letter_of,
    doubt=singly.Doubt.LEAVE,
)
