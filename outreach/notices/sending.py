"""Mailing notices: gathered once a day for each thing, and sent by `relays.singly`.

One that may have arrived is not repeated, for Home says the same.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext, ngettext

from outreach.core import dates
from outreach.core.sentences import NOTHING
from outreach.mail.base import Letter
from outreach.notices import people
from outreach.notices.models import Mailing, Notice, NoticeMail
from outreach.relays import singly, writing

# Older news of an account only confuses; the pages tell how it is now.
_STALE = timedelta(days=3)


def gather_one(now: datetime) -> bool:
    """Make the mails of today about one thing that something is to be told of. False when there is none."""
    today = dates.local(now).date()
    mailed = Mailing.objects.filter(day=today).values("about")
    waiting = Notice.objects.filter(mailing__isnull=True, at__gt=now - _STALE)
    first = waiting.exclude(about__in=mailed).order_by("at", "pk").first()
    if first is None or not settings.MAIL_URL:
        return False
    with transaction.atomic():
        mailing, mine = Mailing.objects.get_or_create(about=first.about, day=today)
        if mine:
            waiting.filter(about=first.about).update(mailing=mailing)
            _make_mails(mailing, now)
    return True


def mail_one(now: datetime) -> bool:
    """Send one mail that is due. False when there is none, or the mail server is away."""
    return singly.send_one(_NOTICES, now)


def _make_mails(mailing: Mailing, now: datetime) -> None:
    NoticeMail.objects.bulk_create(
        NoticeMail(mailing=mailing, address=address, language=language, due_at=now, created_at=now)
        for address, language in people.recipients().items()
    )


def letter_of(row: NoticeMail) -> Letter:
    """The mail, in the language of who gets it."""
    page, _, number = row.mailing.about.partition(":")
    notices = list(row.mailing.notices.order_by("at", "pk"))
    with translation.override(row.language):
        subject = _subject(notices)
    words = {"notices": notices, "page": page, "number": int(number), "language": row.language}
    return writing.letter(
        "notice",
        words,
        subject=subject,
        to=row.address,
        message_id=writing.message_id("notice", row.pk, "outreach.notices.message-id"),
        date=row.created_at,
    )


def _subject(notices: list[Notice]) -> str:
    """One line, whatever a name holds."""
    if not notices:
        return gettext("Outreach")
    if len(notices) == 1:
        return " ".join(str(notices[0].title).split())
    count = len(notices)
    words = ngettext("%(name)s: %(count)s notice", "%(name)s: %(count)s notices", count)
    return " ".join((words % {"name": notices[0].name, "count": count}).split())


_NOTICES = singly.Sort(
    name="notice",
    rows=NoticeMail,
    beside=("mailing",),
    needless=lambda row: NOTHING,
    letter=letter_of,
    doubt=singly.Doubt.LEAVE,
)
