"""Which pictures of articles a mail shows. A picture tells its website who opened the mail, and when."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings

from outreach.core.models import Organisation
from outreach.feeds.models import Entry
from outreach.newsletters.models import Newsletter

_Choice = Newsletter.Pictures


def shown(newsletter: Newsletter, organisation: Organisation, entry: Entry) -> str:
    """The address of the picture of `entry`; "" when it has none that `newsletter` shows."""
    if newsletter.pictures == _Choice.NONE or not _host(entry.image_url):
        return ""
    if newsletter.pictures == _Choice.SITE and not _is_at_home(entry, organisation):
        return ""
    return entry.image_url


def elsewhere(newsletter: Newsletter, organisation: Organisation, entries: Iterable[Entry]) -> list[str]:
    """The hosts of the pictures that are left out because they are not on the websites of `newsletter`."""
    if newsletter.pictures != _Choice.SITE:
        return []
    return sorted({_host(e.image_url) for e in entries if not _is_at_home(e, organisation)} - {""})


def _is_at_home(entry: Entry, organisation: Organisation) -> bool:
    """On the website that tells of it (or in it: media.school.example), the organisation's or ours."""
    source = [entry.source.site, entry.source.home] if entry.source_id else []
    homes = [*source, _host(organisation.site_url), _host(settings.BASE_URL)]
    host = _host(entry.image_url)
    return any(host == home or host.endswith(f".{home}") for home in map(_bare, homes) if home)


def _host(url: str) -> str:
    """Its host, without "www."; "" unless it is a whole http(s) address."""
    try:
        parts = urlsplit(url)
        return _bare(parts.hostname or "") if parts.scheme in {"http", "https"} else ""
    except ValueError:  # such as http://[
        return ""


def _bare(host: str) -> str:
    return host.removeprefix("www.")
