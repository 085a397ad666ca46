"""The whole embedded process is killed -9 ten times in a run of 2,000 mails, with 200 posts between them.

What went out is counted at the networks and at the mail server, never in our own rows.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.installation import Installation
from tests.processes import wait_for

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

KILLS, POSTS, PAGES, READERS = 10, 100, 20, 2000
CONNECTIONS = 10  # OUTREACH_MAIL_CONNECTIONS: each may be in the middle of one mail when it is killed


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Installation]:
    with Installation(tmp_path, pace=60) as installation:
        yield installation


def test_no_post_and_no_mail_is_lost_and_few_mails_are_repeated(here: Installation):
    here.office.slowness = 0.01
    made = here.furnish(posts=POSTS, pages=PAGES, subscribers=READERS, mode="review")
    here.site.add_article("Voorlezen in twee talen")
    here.command("source", "poll", str(made["sources"][0]))
    here.slot_now()
    _kill_again_and_again(here, lambda here: _requests(here) + len(here.office.mails), READERS + 2 * POSTS)
    here.serve()
    wait_for(lambda: here.count("newsletters_issue", state="sent") == 1, 180, "the issue")
    received = here.office.received()
    repeats = received.total() - READERS
    print(f"{repeats} of {READERS} mails came twice in {KILLS} kills")
    assert set(received) == {f"lezer{number}@example.org" for number in range(READERS)}
    assert max(received.values()) <= 2
    assert repeats <= KILLS * CONNECTIONS
    marked = here.rows("SELECT count(*) FROM newsletters_delivery WHERE repeated")
    assert repeats <= marked[0][0]
    _every_post_is_out_once(here)


def _every_post_is_out_once(here: Installation) -> None:
    """Sent == unique == approved, as the networks count."""
    wait_for(lambda: here.count("posts_publication", state="published") == 2 * POSTS, 180, "every post")
    for network, word in ((here.graph, "message"), (here.x, "text")):
        taken = Counter(post[word] for post in network.posts)
        assert len(taken) == POSTS
        assert set(taken.values()) == {1}


def _kill_again_and_again(here: Installation, done: Callable[[Installation], int], whole: int) -> None:
    """Each time as soon as a random number of units more have gone out, so always in the middle of work.

    What is left of the `whole` is shared by the kills that are left: a fast machine does more between a look
    and a kill, and must not run out of work before the last.
    """
    for left in range(KILLS, 0, -1):
        here.serve()
        share = (whole - done(here)) // (left + 1)
        assert share > 3, "the work is done before the last kill"
        enough = done(here) + random.randint(3, share)
        wait_for(lambda least=enough: done(here) >= least, 60, "work to go on")
        here.kill()


def _requests(here: Installation) -> int:
    return len(here.graph.sent()) + len(here.x.sent())
