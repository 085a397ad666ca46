"""Mailing notices: a row before the mail, and never a second one.

`handed_at` is committed before a mail may leave. Of a worker that died after that, or a connection that broke
after the final dot, nobody knows whether the mail arrived: it is not repeated, for Home says the same.
"""

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, ngettext

from outreach.core import colours, dates, leases
from outreach.core.errors import OutreachError
from outreach.core.models import Organisation
from outreach.core.pace import paced
from outreach.core.templating import render
from outreach.mail.base import Letter, Outcome, Relay, Verdict
from outreach.notices import people
from outreach.notices.models import Mailing, Notice, NoticeMail
from outreach.relays.signing import build
from outreach.relays.using import relay_or_none

log = structlog.get_logger(__name__)

_State = NoticeMail.State
# Longer than the mail server may take for one message (see outreach.mail.connecting.Timeouts).
_LEASE = timedelta(minutes=8)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
# Older news of an account only confuses; the pages tell how it is now.
_STALE = timedelta(days=3)
_VERDICTS = {
    Verdict.ACCEPTED: _State.SENT,
    Verdict.REFUSED: _State.REFUSED,
    Verdict.GONE: _State.REFUSED,
    Verdict.UNKNOWN: _State.UNKNOWN,
}


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
    relay = relay_or_none()
    row = NoticeMail.objects.filter(_due(now)).order_by("due_at", "pk").first() if relay else None
    if relay is None or row is None:
        return False
    mine = leases.claim(
        NoticeMail.objects.filter(_due(now), pk=row.pk),
        now,
        paced(_LEASE),
        state=_State.SENDING,
        attempts=F("attempts") + 1,
    )
    if not mine:
        return True  # somebody else was first; there may be more
    row.refresh_from_db()
    if row.handed_at:
        leases.settle(_rows(row), mine, state=_State.UNKNOWN)
        return True
    if now - row.created_at > _STALE:
        leases.settle(_rows(row), mine, state=_State.CANCELLED)
        return True
    return _send(relay, row, mine, now)


def _make_mails(mailing: Mailing, now: datetime) -> None:
    NoticeMail.objects.bulk_create(
        NoticeMail(mailing=mailing, address=address, language=language, due_at=now, created_at=now)
        for address, language in people.recipients().items()
    )


def _due(now: datetime) -> Q:
    return leases.free(now) & Q(state__in=[_State.QUEUED, _State.SENDING], due_at__lte=now)


def _rows(row: NoticeMail) -> QuerySet[NoticeMail]:
    return NoticeMail.objects.filter(pk=row.pk)


def _send(relay: Relay, row: NoticeMail, mine: str, now: datetime) -> bool:
    try:
        letter = letter_of(row)
        message = build(letter)
        with relay.session() as session:
            if not _rows(row).filter(claim=mine).update(handed_at=now):
                return True  # our lease ran out: the row is another's
            outcome = session.send(letter.envelope_from, letter.to_address, message)
    except OutreachError as error:  # RelayDown, or a setting that makes no letter: nothing left
        leases.settle(_rows(row), mine, **_again(row, now))
        log.warning("notice-waits", why=str(error))
        return False
    leases.settle(_rows(row), mine, reply=outcome.reply[:1000], **_recorded(row, outcome, now))
    log.info("notice", id=row.pk, verdict=outcome.verdict.value)
    return True


def _recorded(row: NoticeMail, outcome: Outcome, now: datetime) -> dict[str, object]:
    state = _VERDICTS.get(outcome.verdict)
    return {"state": state} if state else _again(row, now)


def _again(row: NoticeMail, now: datetime) -> dict[str, object]:
    wait = min(_FIRST_WAIT * 2 ** min(row.attempts - 1, 10), _LONGEST_WAIT)
    return {"state": _State.QUEUED, "due_at": now + paced(wait), "handed_at": None}


def letter_of(row: NoticeMail) -> Letter:
    """The mail, in the language of who gets it."""
    with translation.override(row.language):
        context = _context(row)
        subject = str(context["subject"])
        return Letter(
            from_name=str(context["organisation"]),
            from_address=settings.MAIL_FROM,
            to_name="",
            to_address=row.address,
            subject=subject,
            text=render("mail/notice/body.txt", context, row.language),
            html=render("mail/notice/body.html", context, row.language),
            message_id=_message_id(row),
            date=row.created_at,
            headers={"Auto-Submitted": "auto-generated"},
            envelope_from=settings.MAIL_FROM,
        )


def _context(row: NoticeMail) -> dict[str, object]:
    organisation = Organisation.get()
    accent = colours.parse(organisation.accent)
    page, _, number = row.mailing.about.partition(":")
    notices = list(row.mailing.notices.order_by("at", "pk"))
    return {
        "notices": notices,
        "subject": _subject(notices),
        "page": page,
        "number": int(number),
        "language": row.language,
        "organisation": organisation.name,
        "accent": colours.css(accent),
        "on_accent": colours.css(colours.best_on(accent)),
    }


def _subject(notices: list[Notice]) -> str:
    """One line, whatever a name holds."""
    if not notices:
        return gettext("Outreach")
    if len(notices) == 1:
        return " ".join(str(notices[0].title).split())
    count = len(notices)
    words = ngettext("%(name)s: %(count)s notice", "%(name)s: %(count)s notices", count)
    return " ".join((words % {"name": notices[0].name, "count": count}).split())


def _message_id(row: NoticeMail) -> str:
    """The same at each attempt: a mailbox that already has it may drop the second one."""
    mark = salted_hmac("outreach.notices.message-id", str(row.pk)).hexdigest()[:12]
    return f"<notice.{row.pk}.{mark}@{settings.MAIL_FROM.rpartition('@')[2]}>"
