"""How long a look at a feed is good for: what staff chose, and what the website asks for."""

import re
from datetime import timedelta

from outreach.core.http import Fetched
from outreach.feeds import pace
from outreach.feeds.models import Source
from outreach.feeds.parsing import Feed

# A website that asks for a day between two looks would have its news posted a day late.
_LONGEST = timedelta(hours=1)
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)


def wait(source: Source, answer: Fetched, feed: Feed | None) -> timedelta:
    """The interval of `source`, or longer where the website asks for it, up to an hour."""
    asked = max(_max_age(answer), timedelta(minutes=feed.ttl if feed else 0))
    return max(pace.interval(source), min(asked, _LONGEST))


def _max_age(answer: Fetched) -> timedelta:
    """Cache-Control: max-age (RFC 9111 5.2.2.1), less the time that the answer lay in a cache (Age)."""
    found = _MAX_AGE.search(answer.headers.get("cache-control", ""))
    age = answer.headers.get("age", "").strip()
    seconds = int(found[1]) - (int(age[:9]) if age.isdecimal() else 0) if found else 0
    return timedelta(seconds=max(seconds, 0))
