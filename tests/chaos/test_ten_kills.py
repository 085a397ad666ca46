"""The whole embedded process is killed -9 ten times in a run of 200 posts and 2,000 mails."""

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import Installation
from tests.processes import wait_for

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

KILLS, POSTS, PAGES, READERS = 10, 100, 20, 2000
CONNECTIONS = 2


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Installation]:
    with Installation(tmp_path, pace=60) as installation:
        yield installation


def test_no_post_is_lost_or_doubled_and_no_mail_is_lost(here: Installation):
    here.site.add_article("Al lang gelezen")
    here.furnish(posts=POSTS, pages=PAGES)
    random.seed(2)
    for _ in range(KILLS):
        here.serve()
        enough = _requests(here) + random.randint(3, 25)
        wait_for(lambda least=enough: _requests(here) >= least, 30, "posts to come")
        here.kill()
    print("after the kills:", here.rows("SELECT state, count(*) FROM posts_publication GROUP BY 1"))
    here.serve()
    wait_for(lambda: here.count("posts_publication", state="published") == 2 * POSTS, 120, "every post")
    for network, word in ((here.graph, "message"), (here.x, "text")):
        taken = Counter(post[word] for post in network.posts)
        assert len(taken) == POSTS
        assert set(taken.values()) == {1}
    print("requests:", len(here.graph.sent()), len(here.x.sent()))


def _requests(here: Installation) -> int:
    return len(here.graph.sent()) + len(here.x.sent())
