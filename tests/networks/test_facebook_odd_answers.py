"""What Facebook says now and then: empty parts, posts without words, numbers that make no sense."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from outreach.core import clock
from outreach.networks import errors
from outreach.networks.base import Connection, Payload
from outreach.networks.facebook.network import Facebook
from tests.fakes.graph import FakeGraph
from tests.networks.conftest import ON_FACEBOOK, PICTURE

facebook = Facebook()
NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def test_an_empty_part_of_the_list_that_goes_on_is_no_absence(graph: FakeGraph, page: Connection) -> None:
    since = clock.now()
    receipt = facebook.publish(page, ON_FACEBOOK)
    part = {"data": [], "paging": {"cursors": {"after": "0"}, "next": "https://graph…"}}
    graph.json(200, part, method="GET")
    assert facebook.find(page, ON_FACEBOOK, since).remote_id == receipt.remote_id
    graph.json(200, part, method="GET", times=99)
    with pytest.raises(errors.Ambiguous):
        facebook.find(page, ON_FACEBOOK, since)


@pytest.mark.parametrize("ours", [Payload("", pictures=(PICTURE,)), Payload("", pictures=(PICTURE, PICTURE))])
def test_a_post_without_words_is_not_taken_for_another_one(
    graph: FakeGraph, page: Connection, ours: Payload
) -> None:
    since = clock.now()
    assert facebook.find(page, ours, since) is None
    facebook.publish(page, Payload("", pictures=(PICTURE,)))  # somebody else's, by hand
    with pytest.raises(errors.Ambiguous, match="Look there yourself"):
        facebook.find(page, ours, since)


def test_the_same_words_with_the_tag_of_another_post_are_that_other_post(
    graph: FakeGraph, page: Connection
) -> None:
    since, address = clock.now(), "https://www.kleuter.example/nieuws?utm_id="
    ours, theirs = "o1234567890", "oabcdef0123"
    facebook.publish(page, Payload("Nieuws", address + theirs, theirs))
    assert facebook.find(page, Payload("Nieuws", address + ours, ours), since) is None
    graph.posts[-1]["link"] = "https://www.kleuter.example/nieuws"  # the page's own address, without a tag
    assert facebook.find(page, Payload("Nieuws", address + ours, ours), since) is not None


@pytest.mark.parametrize("told", [None, "", "/1000/videos/7/", "javascript:alert(1)"])
def test_a_post_that_is_found_without_a_whole_address_has_one_all_the_same(
    graph: FakeGraph, page: Connection, told: str | None
) -> None:
    row = {
        "id": "1000_7",
        "message": ON_FACEBOOK.link,
        "created_time": clock.now().isoformat(),
        "permalink_url": told,
    }
    graph.json(200, {"data": [row]}, method="GET")
    found = facebook.find(page, ON_FACEBOOK, clock.now())
    assert (found.remote_id, found.url) == ("1000_7", "https://www.facebook.com/1000_7")


@pytest.mark.parametrize("minutes", ["NaN", "-1" + "0" * 400, "-Infinity", "-30"])
def test_a_waiting_time_that_makes_no_sense_is_not_waited_for(
    graph: FakeGraph, page: Connection, minutes: str
) -> None:
    usage = '{"call_count": 95, "estimated_time_to_regain_access": %s}'
    graph.usage = {"x-app-usage": usage % minutes}
    with clock.frozen(NOON):
        assert facebook.publish(page, ON_FACEBOOK).not_before == NOON + timedelta(minutes=30)


def test_a_picture_that_facebook_has_already_says_nothing_of_the_post(
    graph: FakeGraph, page: Connection
) -> None:
    graph.error(100, 1366051, path="photos")
    with pytest.raises(errors.NotSent):
        facebook.publish(page, replace(ON_FACEBOOK, pictures=(PICTURE, PICTURE)))
