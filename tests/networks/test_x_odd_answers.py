"""What X says now and then: links that nobody meant, posts without words, a yes with errors."""

from datetime import UTC, datetime, timedelta

import pytest

from outreach.core import clock
from outreach.networks import errors
from outreach.networks.base import Connection, Payload
from outreach.networks.x.network import X
from tests.fakes.x_api import FakeX
from tests.networks.conftest import ON_X, PICTURE

x = X()
NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["Kleuter.be is vernieuwd", "Nieuw op school.In de klas bouwen ze", "Kijk op www.kleuter.be/toren!"],
)
def test_a_domain_that_x_makes_a_link_of_does_not_hide_a_post(
    x_api: FakeX, profile: Connection, text: str
) -> None:
    since, words = clock.now(), Payload(text)
    receipt = x.publish(profile, words)
    assert x.find(profile, words, since).remote_id == receipt.remote_id
    assert x.find(profile, Payload(text + " nu"), since) is None


def test_a_post_without_words_is_not_taken_for_another_one(x_api: FakeX, profile: Connection) -> None:
    since, ours = clock.now(), Payload("", pictures=(PICTURE,))
    assert x.find(profile, ours, since) is None
    x.publish(profile, ours)
    with pytest.raises(errors.Ambiguous, match="Look there yourself"):
        x.find(profile, ours, since)


def test_the_end_of_the_quarter_of_an_hour_does_not_cut_a_rest_of_hours_short(
    x_api: FakeX, profile: Connection
) -> None:
    soon = {"x-rate-limit-remaining": "93", "x-rate-limit-reset": str(int(NOON.timestamp()) + 600)}
    x_api.problem(403, "This request looks like it might be automated.", headers=soon)
    with clock.frozen(NOON), pytest.raises(errors.Throttled) as caught:
        x.publish(profile, ON_X)
    assert caught.value.until == NOON + timedelta(hours=6)


@pytest.mark.parametrize(
    "error",
    [
        {"code": 187, "message": "Status is a duplicate."},
        {"type": "https://api.x.com/2/problems/usage-capped", "detail": "Usage cap exceeded"},
        {"type": "https://api.x.com/2/problems/disallowed-resource", "detail": "No."},
        {"code": 89, "message": "Invalid or expired token."},
    ],
)
def test_a_call_that_x_took_proves_nothing_whatever_it_says(
    x_api: FakeX, profile: Connection, error: dict[str, object]
) -> None:
    x_api.json(200, {"errors": [error]})
    with pytest.raises(errors.Ambiguous):
        x.publish(profile, ON_X)


def test_an_old_post_with_the_same_words_is_not_ours_whatever_x_lists(
    x_api: FakeX, profile: Connection
) -> None:
    words = Payload("Prettige vakantie")
    old = {"id": "7", "text": words.text, "created_at": "2024-07-01T10:00:00.000Z"}
    x_api.json(200, {"data": [old], "meta": {"result_count": 1}}, method="GET")
    assert x.find(profile, words, clock.now()) is None
