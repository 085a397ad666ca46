"""The decision log of an entry."""

from outreach.core.errors import BadInput
from outreach.core.models import Activity, subject_of
from outreach.core.sentences import N_, say
from outreach.feeds.identity import Key, url_key
from outreach.feeds.models import Entry, EntryKey


def why(url: str) -> tuple[Entry, list[Activity]]:
    """The entry at `url` and what happened to it, oldest first. Raises BadInput when it was never seen."""
    url = url.strip()
    if not url:
        raise BadInput(say(N_("Give the web address of the article.")), field="url")
    entry = _entry_at(url)
    if entry is None:
        raise BadInput(
            say(N_("No source has shown an article with the address %(url)s."), url=url[:200]), field="url"
        )
    return entry, list(Activity.objects.filter(subject=subject_of(entry)).order_by("at", "pk"))


def _entry_at(url: str) -> Entry | None:
    entry = Entry.objects.filter(link=url).first()
    if entry or not (key := _key_of(url)):
        return entry
    row = EntryKey.objects.filter(kind=key.kind, value=key.value).select_related("entry").first()
    return row.entry if row else None


def _key_of(url: str) -> Key | None:
    try:
        return url_key(url if "://" in url else f"https://{url}")
    except ValueError:
        return None
