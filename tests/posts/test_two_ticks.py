"""Every tick comes twice at the same moment, as from two beats to workers on two machines."""

from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime, timedelta

import pytest

from outreach.core import clock
from outreach.feeds.models import Entry, Source
from outreach.networks.errors import Ambiguous, NotSent
from outreach.posts.models import Account, Publication
from tasks import seats, ticks
from tests.posts.fakes import Fake, Fault, error
from tests.posts.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

ENTRIES = 4


def test_each_entry_is_planned_and_posted_once(
    x: Account,
    facebook: Account,
    make_entry: Callable[..., Entry],
    now: datetime,
    net: dict[str, Fake],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(seats, "take", lambda name: nullcontext(True))  # each machine has seats of its own
    Source.objects.update(mode="automatic")
    for _ in range(ENTRIES):
        make_entry()
    for network in (net["x"], net["facebook"]):
        network.faults = [Fault(error(Ambiguous), True), None, Fault(error(Ambiguous), False)]
        network.faults.append(Fault(error(NotSent), False))
    for turn in range(14):
        with clock.frozen(now + turn * timedelta(minutes=11)):
            at_once(*[ticks.plan, ticks.publish, ticks.settle] * 2)
    assert Counter(Publication.objects.values_list("state", flat=True)) == {"published": 2 * ENTRIES}
    for network in (net["x"], net["facebook"]):
        assert len(network.posts) == len({post.text for post in network.posts}) == ENTRIES
