"""The main job over real sockets, in one process: `outreach serve`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import Installation
from tests.processes import wait_for


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Installation]:
    with Installation(tmp_path) as installation:
        yield installation


def test_a_new_article_reaches_each_network_once(here: Installation):
    here.site.add_article("Al lang gelezen")
    made = here.furnish()
    here.serve()
    here.site.add_article("Voorlezen in twee talen", summary="Zo begin je eraan.")
    assert here.command("source", "poll", str(made["sources"][0]))["new"] == 1
    wait_for(lambda: here.count("posts_publication", state="published") == 2, 40, "both posts")
    assert [post["message"] for post in here.graph.posts] == ["Voorlezen in twee talen\n\nZo begin je eraan."]
    assert len(here.graph.sent()) == 1
    assert len(here.x.sent()) == 1
    [on_x], link = here.x.posts, f"{here.site.url}/voorlezen-in-twee-talen/?utm_id="
    assert on_x["text"].startswith(f"Voorlezen in twee talen\n\nZo begin je eraan.\n\n{link}")
    assert here.graph.posts[0]["link"].startswith(link)
