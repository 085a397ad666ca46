"""The mail server of this installation, as its settings name it."""

import structlog
from django.conf import settings

from outreach.core.errors import OutreachError
from outreach.core.sentences import N_, say
from outreach.mail.base import Relay
from outreach.mail.urls import relay_for

log = structlog.get_logger(__name__)


def relay() -> Relay:
    """Raises OutreachError that says what to set when there is none, or when the setting cannot be used."""
    if not settings.MAIL_URL:
        raise OutreachError(say(N_("No mail server is set. Whoever runs the server sets OUTREACH_MAIL_URL.")))
    return relay_for(settings.MAIL_URL, inbox=settings.DATA_DIR / "inbox")


def relay_or_none() -> Relay | None:
    """The same for the ticks: without a server rows wait, and the pages say so."""
    if not settings.MAIL_URL:
        return None
    try:
        return relay()
    except OutreachError as error:
        log.warning("mail-settings", why=str(error))
        return None
