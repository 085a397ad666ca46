"""What the single mails have in common: the organisation's words around them, how templates are filled."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.utils.crypto import salted_hmac

from outreach.core import colours
from outreach.core.models import Organisation
from outreach.core.templating import render
from outreach.mail.base import Letter

_OURS: Mapping[str, str] = {"Auto-Submitted": "auto-generated"}


def letterhead() -> dict[str, str]:
    """What each of these mails says of the organisation, and its colour."""
    organisation = Organisation.get()
    accent = colours.parse(organisation.accent)
    return {
        "organisation": organisation.name,
        "postal_address": organisation.postal_address,
        "contact": organisation.contact,
        "accent": colours.css(accent),
        "on_accent": colours.css(colours.best_on(accent)),
    }


def letter(
    folder: str,
    words: Mapping[str, object],
    *,
    to: str,
    message_id: str,
    date: datetime,
    subject: str = "",
    from_name: str = "",
    from_address: str = "",
    envelope_from: str = "",
    headers: Mapping[str, str] = _OURS,
) -> Letter:
    """The mail of templates/mail/`folder`/, filled with `words` in their `language` and the letterhead.

    Without `subject` it is that of subject.txt, on one line. The name of the reader is not in it: a stranger
    may have typed it.
    """
    language, words = str(words["language"]), {**letterhead(), **words}
    subject = subject or " ".join(render(f"mail/{folder}/subject.txt", words, language).split())
    words["subject"] = subject
    return Letter(
        from_name=from_name or str(words["organisation"]),
        from_address=from_address or settings.MAIL_FROM,
        to_name="",
        to_address=to,
        subject=subject,
        text=render(f"mail/{folder}/body.txt", words, language),
        html=render(f"mail/{folder}/body.html", words, language),
        message_id=message_id,
        date=date,
        headers=headers,
        envelope_from=envelope_from or settings.MAIL_FROM,
    )


def message_id(name: str, number: int, salt: str) -> str:
    """The same at each attempt: a mailbox that already has it may drop the second one."""
    mark = salted_hmac(salt, str(number)).hexdigest()[:12]
    return f"<{name}.{number}.{mark}@{settings.MAIL_FROM.rpartition('@')[2]}>"
