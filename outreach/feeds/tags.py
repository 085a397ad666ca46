"""The hashtags of an entry: its categories, or what staff say in their place."""

from outreach.feeds import matching
from outreach.feeds.models import Entry


def of(entry: Entry) -> list[str]:
    """The words that become hashtags, in the order of the categories."""
    source = entry.source if entry.source_id else None
    if source is None:
        return list(entry.categories)
    if not source.use_hashtags:
        return []
    chosen = {matching.folded(category): tag for category, tag in source.hashtags.items()}
    found = (chosen.get(matching.folded(str(category)), str(category)) for category in entry.categories)
    return [tag for tag in found if tag]
