"""Several pictures on a Facebook Page: each goes up unpublished, then one post shows them."""

import json
from dataclasses import replace

import pytest

from outreach import networks
from outreach.core import clock
from outreach.networks import errors
from outreach.networks.base import Connection
from tests.fakes.graph import FakeGraph
from tests.networks.conftest import LINK, ON_FACEBOOK, PICTURE
from tests.networks.test_facebook import parts_of

facebook = networks.get("facebook")


def test_several_pictures_go_up_unpublished_and_the_post_shows_them(
    graph: FakeGraph, page: Connection
) -> None:
    several = tuple(replace(PICTURE, alt=f"Beeld {number}") for number in range(3))
    receipt = facebook.publish(page, replace(ON_FACEBOOK, pictures=several))
    *uploads, feed = graph.requests
    assert [request.path for request in uploads] == ["/v26.0/1000/photos"] * 3
    assert {parts_of(request)["published"] for request in uploads} == {b"false"}
    assert not any("caption" in parts_of(request) for request in uploads)
    assert json.loads(feed.form["attached_media"]) == [{"media_fbid": photo} for photo in graph.photos]
    assert feed.form["message"] == f"{ON_FACEBOOK.text}\n\n{LINK}"
    assert "link" not in feed.form
    (post,) = graph.posts
    assert receipt.remote_id == post["id"]
    assert [one["alt"] for one in post["pictures"]] == ["Beeld 0", "Beeld 1", "Beeld 2"]


@pytest.mark.parametrize("nth", [1, 3])
@pytest.mark.parametrize("mode", ["drop_before", "drop_after", "truncate", "answer"])
def test_an_upload_that_failed_means_not_sent(
    graph: FakeGraph, page: Connection, mode: str, nth: int
) -> None:
    graph.fault(mode, path="/v26.0/1000/photos", nth=nth)
    with pytest.raises(errors.NotSent):
        facebook.publish(page, replace(ON_FACEBOOK, pictures=(PICTURE,) * 3))
    assert graph.posts == []


def test_a_lost_answer_to_the_post_itself_is_ambiguous(graph: FakeGraph, page: Connection) -> None:
    since, payload = clock.now(), replace(ON_FACEBOOK, pictures=(PICTURE,) * 2)
    graph.fault("drop_after", path="/v26.0/1000/feed")
    with pytest.raises(errors.Ambiguous):
        facebook.publish(page, payload)
    assert facebook.find(page, payload, since).remote_id == graph.posts[0]["id"]
