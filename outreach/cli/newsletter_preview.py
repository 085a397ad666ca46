"""What a newsletter of some entries would be."""

from typing import Any

from outreach.feeds.models import Entry


def of(name: str, entries: list[Entry], language: str) -> dict[str, Any]:
    """Subject and sections."""
    return {}
