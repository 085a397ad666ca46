"""The headers that each mail of one newsletter has, so that a reader's filter catches all of them."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from django.conf import settings

from outreach.mail.headers import newsletter_headers
from outreach.newsletters.models import Newsletter


def of(
    newsletter: Newsletter, *, issue: str, leave: str, leave_by_mail: str = "", archive: str = ""
) -> Mapping[str, str]:
    """`leave` is for one recipient only; `issue` for none (see `newsletter_headers`)."""
    headers = newsletter_headers(
        name=newsletter.name,
        list_id=f"{newsletter.topic}.{_host()}",
        issue=issue,
        unsubscribe_url=leave,
        unsubscribe_mailto=leave_by_mail,
        archive_url=archive,
    )
    return {**headers, **({"Reply-To": newsletter.reply_to} if newsletter.reply_to else {})}


def _host() -> str:
    """A List-Id looks like a host name and never changes (RFC 2919)."""
    return urlsplit(settings.BASE_URL).hostname or "localhost"
