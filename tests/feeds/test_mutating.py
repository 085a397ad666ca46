"""Whatever happens to a feed, what was there stays known and what is new is seen: once.

`mutations` names the kinds of change; each befalls the feed of every system. Then several befall it at once,
look after look. What no machine can know is left to people: the source is held, or the entry waits as a
question.
"""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from outreach.core import clock
from outreach.feeds.models import Entry
from tests.fakes import changing_site
from tests.fakes.cms.systems import SYSTEMS
from tests.feeds.conftest import NOON
from tests.feeds.ledger import Ledger, watched
from tests.feeds.mutations import CHANGES, DAMAGES, NEWS

ALL = CHANGES | DAMAGES | NEWS
# After more than a month: an older article with the same title is not asked about then.
_LATER = 45
# Every address and guid is another one, or no article of before is there: staff say what it is.
HELD = {
    *(("all numbers and slugs", system) for system in SYSTEMS),
    *(("only its archive", system) for system in SYSTEMS),
    ("a folder before all addresses", "joomla"),
}
ASKED = {
    # Its guid is its address, which is made of its title.
    ("one slug", "joomla"),
    ("one title and slug", "joomla"),
    # On top, and older than the watch: a draft of then, or an article of then that is kept on top.
    *(("new with an old date", system) for system in SYSTEMS),
}


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("change", ALL)
def test_a_change_of_the_feed_repeats_nothing_and_hides_nothing(change: str, system: str) -> None:
    with clock.frozen(NOON):
        site = changing_site.site(system)
    with watched(site) as source:
        ledger = Ledger(site)
        with clock.frozen(NOON + timedelta(days=_LATER)):
            site.publish()
            ALL[change](site)
        ledger.look(_LATER)
        with clock.frozen(NOON + timedelta(days=_LATER, hours=7)):
            site.mend()
            site.publish()
        ledger.look(0.3)
        ledger.look(0.3)
        source.refresh_from_db()
    assert not ledger.problems()
    case, asked = (change, system), Entry.objects.exclude(question="").exists()
    assert bool(source.held_at) == (case in HELD)
    assert bool(source.held_at) or asked == (case in ASKED)
    assert case in HELD | ASKED or not ledger.spare()


Step = tuple[list[str], int, float]
STEPS = st.lists(
    st.tuples(
        st.lists(st.sampled_from(sorted(ALL)), min_size=1, max_size=3),
        st.integers(0, 2),
        st.sampled_from([0.02, 0.3, 3.0, 40.0]),
    ),
    min_size=2,
    max_size=7,
)


def problems_of_a_life(system: str, steps: list[Step], *, answered: bool, here: bool = True) -> list[str]:
    """What went wrong with a site that changes and publishes `steps` long, and is whole again in the end."""
    with clock.frozen(NOON):
        site = changing_site.site(system)
    with watched(site, here=here):
        ledger = Ledger(site)
        for kinds, count, days in steps:
            with clock.frozen(NOON + timedelta(days=ledger.days + days)):
                site.mend()
                for kind in kinds:
                    ALL[kind](site)
                for _ in range(count):
                    site.publish()
            ledger.look(days, answered=answered)
        site.mend()
        ledger.look(0.5, answered=answered)
        ledger.look(0.5, answered=answered)
        return ledger.problems()


@pytest.mark.once
class Years(TestCase):
    """Several changes at once, again and again."""

    @settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(sorted(SYSTEMS)), STEPS, st.booleans())
    def test_over_many_changes_nothing_is_posted_twice_and_nothing_is_lost(
        self, system: str, steps: list[Step], answered: bool
    ) -> None:
        assert not problems_of_a_life(system, steps, answered=answered)


LIVES: list[tuple[str, list[Step]]] = [
    (
        "wordpress",
        [(["http and https"], 1, 0.3), (["cut off in the middle"], 1, 0.3), (["one bumped"], 0, 3.0)],
    ),
    ("atom", [(["encoding (UTF-16)"], 1, 0.3), (["error page"], 1, 0.3), (["one title and slug"], 1, 40.0)]),
]


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize(("system", "steps"), LIVES)
def test_the_process_that_parses_makes_no_difference(system: str, steps: list[Step]) -> None:
    assert not problems_of_a_life(system, steps, answered=False, here=False)
