"""An X account, over real sockets: what is sent, what each answer means, how a post is found again."""

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from outreach.core import clock
from outreach.networks import errors
from outreach.networks.base import Connection, Payload
from outreach.networks.x.network import X
from tests.fakes.x_api import FakeX
from tests.networks.conftest import LINK, ON_X, PICTURE, PNG, with_

x = X()
NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
PROBLEMS = "https://api.twitter.com/2/problems/"
JSON = {"Content-Type": "application/json"}


def test_a_post_is_its_text_and_nothing_else(x_api: FakeX, profile: Connection) -> None:
    receipt = x.publish(profile, ON_X)
    (request,) = x_api.requests
    assert (request.method, request.path, request.query) == ("POST", "/2/tweets", {})
    assert request.json == {"text": ON_X.text}
    assert receipt.remote_id == x_api.posts[0]["id"]
    assert receipt.url == f"https://x.com/i/web/status/{receipt.remote_id}"
    assert receipt.not_before is None


def test_a_wrong_secret_makes_a_wrong_signature(x_api: FakeX, profile: Connection) -> None:
    with pytest.raises(errors.AuthBroken):
        x.publish(with_(profile, access_token_secret="another"), ON_X)
    assert x_api.posts == []


def test_a_picture_is_uploaded_described_and_attached(x_api: FakeX, profile: Connection) -> None:
    x.publish(profile, replace(ON_X, pictures=(PICTURE,)))
    upload, describe, post = x_api.requests
    assert upload.path == "/2/media/upload"
    assert upload.json == {"media": base64.b64encode(PNG).decode(), "media_category": "tweet_image"}
    (media,) = x_api.media
    assert describe.path == "/2/media/metadata"
    assert describe.json == {"id": media, "metadata": {"alt_text": {"text": PICTURE.alt}}}
    assert post.json == {"text": ON_X.text, "media": {"media_ids": [media]}}
    assert x_api.posts[0]["alt"] == [PICTURE.alt]


def test_a_picture_without_alt_text_is_not_described(x_api: FakeX, profile: Connection) -> None:
    x.publish(profile, replace(ON_X, pictures=(replace(PICTURE, alt=""),)))
    assert [request.path for request in x_api.requests] == ["/2/media/upload", "/2/tweets"]


def test_several_pictures_go_up_in_their_order(x_api: FakeX, profile: Connection) -> None:
    several = tuple(replace(PICTURE, alt=f"Beeld {number}") for number in range(4))
    x.publish(profile, replace(ON_X, pictures=several))
    (post,) = x_api.posts
    assert post["media"] == list(x_api.media)
    assert post["alt"] == ["Beeld 0", "Beeld 1", "Beeld 2", "Beeld 3"]


def test_when_the_uploads_take_too_long_nothing_is_sent(
    x_api: FakeX, profile: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("outreach.networks.uploading.LONGEST", -1.0)
    with pytest.raises(errors.NotSent):
        x.publish(profile, replace(ON_X, pictures=(PICTURE, PICTURE)))
    assert x_api.posts == []


@pytest.mark.parametrize(
    ("path", "mode"),
    [
        *[("/2/media/upload", mode) for mode in ("drop_before", "drop_after", "truncate", "answer")],
        *[("/2/media/metadata", mode) for mode in ("drop_before", "drop_after", "answer")],
    ],
)
def test_a_picture_that_failed_to_upload_means_not_sent(
    x_api: FakeX, profile: Connection, path: str, mode: str
) -> None:
    x_api.fault(mode, path=path)
    with pytest.raises(errors.NotSent):
        x.publish(profile, replace(ON_X, pictures=(PICTURE,)))
    assert x_api.posts == []


def test_a_picture_that_x_cannot_read_is_rejected(profile: Connection) -> None:
    with pytest.raises(errors.Rejected):
        x.publish(profile, replace(ON_X, pictures=(replace(PICTURE, content=b"GIF89a"),)))


BY_STATUS = [
    (400, "Bad", f"{PROBLEMS}invalid-request", errors.Rejected),
    (401, "Unauthorized", "about:blank", errors.AuthBroken),
    (402, "no credits", f"{PROBLEMS}credits", errors.Budget),
    (403, DUPLICATE, "about:blank", errors.Duplicate),
    (403, "You are not permitted to perform this action.", "about:blank", errors.Rejected),
    (403, "App only", f"{PROBLEMS}unsupported-authentication", errors.AuthBroken),
    (403, "No", f"{PROBLEMS}client-forbidden", errors.AuthBroken),
    (403, "No", f"{PROBLEMS}oauth1-permissions", errors.AuthBroken),
    (403, "Your account is suspended", "about:blank", errors.AuthBroken),
    (403, "Usage cap exceeded", f"{PROBLEMS}usage-capped", errors.Budget),
    (429, "Usage cap exceeded", f"{PROBLEMS}usage-capped", errors.Budget),
    (404, "Not found", f"{PROBLEMS}resource-not-found", errors.Rejected),
    (429, "Too many", "about:blank", errors.Throttled),
    (500, "Oops", "about:blank", errors.Ambiguous),
    (503, "Over capacity", "about:blank", errors.Ambiguous),
    (408, "Slow", "about:blank", errors.Ambiguous),
    (418, "Tea", "about:blank", errors.Ambiguous),
]


@pytest.mark.parametrize(("status", "detail", "kind", "expected"), BY_STATUS)
def test_each_answer_is_one_class(
    x_api: FakeX,
    profile: Connection,
    status: int,
    detail: str,
    kind: str,
    expected: type[errors.NetworkError],
) -> None:
    x_api.problem(status, detail, kind)
    with pytest.raises(errors.NetworkError) as caught:
        x.publish(profile, ON_X)
    assert type(caught.value) is expected
    assert str(caught.value)
    assert detail in caught.value.raw
    assert len(x_api.sent()) == 1


BY_BODY = [
    {"status": 502, "body": "<html>Bad Gateway</html>", "headers": {"Content-Type": "text/html"}},
    {"status": 500, "body": '[{"message": "a list"}]', "headers": JSON},
    {"status": 503, "body": ""},
    {"status": 200, "body": "<html>Hello</html>", "headers": {"Content-Type": "text/html"}},
    {"status": 201, "body": '[{"id": "1"}]', "headers": JSON},
    {"status": 201, "body": '{"data": {"id"', "headers": JSON},
    {"status": 200, "body": '{"data": null, "errors": [{"detail": "It went wrong"}]}', "headers": JSON},
    {"status": 200, "body": '{"errors": [{"detail": "It went wrong"}]}', "headers": JSON},
    {"status": 201, "body": '{"data": []}', "headers": JSON},
    {"status": 200, "body": ""},
    {"status": 302, "headers": {"Location": "/2/tweets"}},
    {"status": 308, "headers": {"Location": "/2/tweets"}},
    {"status": 201, "body": '{"data": {"id": "1"}, "meta": {"result_count": 0}}' + " " * 3_000_000},
]


@pytest.mark.parametrize("answer", BY_BODY)
def test_an_answer_that_proves_nothing_is_ambiguous(x_api: FakeX, profile: Connection, answer: dict) -> None:
    x_api.fault("answer", **answer)
    with pytest.raises(errors.Ambiguous):
        x.publish(profile, ON_X)
    assert len(x_api.requests) == 1


@pytest.mark.parametrize("answer", BY_BODY)
def test_a_failed_look_is_never_an_absence(x_api: FakeX, profile: Connection, answer: dict) -> None:
    x_api.fault("answer", method="GET", **answer)
    with pytest.raises(errors.NetworkError):
        x.find(profile, ON_X, clock.now())


ODD_LISTS = [
    '{"data": {}, "meta": {"result_count": 1}}',
    '{"data": [1], "meta": {"result_count": 1}}',
    '{"data": [{"text": "a", "entities": []}, {"entities": [1]}], "meta": {"result_count": 1}}',
    '{"meta": {"result_count": 3}}',
    '{"meta": []}',
]


@pytest.mark.parametrize("body", ODD_LISTS)
def test_a_list_of_another_shape_is_never_an_absence(x_api: FakeX, profile: Connection, body: str) -> None:
    x_api.fault("answer", method="GET", status=200, body=body, headers=JSON)
    with pytest.raises(errors.Ambiguous):
        x.find(profile, ON_X, clock.now())


def test_a_refusal_as_a_list_is_still_a_refusal(x_api: FakeX, profile: Connection) -> None:
    x_api.fault("answer", status=400, body="[]", headers=JSON)
    with pytest.raises(errors.Rejected):
        x.publish(profile, ON_X)


def test_a_pause_lasts_until_the_reset(x_api: FakeX, profile: Connection) -> None:
    reset = NOON + timedelta(minutes=7)
    x_api.problem(429, headers={"x-rate-limit-reset": str(int(reset.timestamp()))})
    with pytest.raises(errors.Throttled) as caught:
        x.publish(profile, ON_X)
    assert caught.value.until == reset


def test_the_limit_of_the_day_outlasts_that_of_the_quarter(x_api: FakeX, profile: Connection) -> None:
    tomorrow, soon = NOON + timedelta(days=1), NOON + timedelta(minutes=7)
    headers = {
        "x-rate-limit-remaining": "0",
        "x-rate-limit-reset": str(int(soon.timestamp())),
        "x-user-limit-24hour-remaining": "0",
        "x-user-limit-24hour-reset": str(int(tomorrow.timestamp())),
    }
    x_api.problem(429, headers=headers)
    with pytest.raises(errors.Throttled) as caught:
        x.publish(profile, ON_X)
    assert caught.value.until == tomorrow


@pytest.mark.parametrize("headers", [{}, {"x-rate-limit-reset": "soon"}, {"x-rate-limit-reset": "9" * 30}])
def test_a_pause_without_an_end_has_a_sane_one(
    x_api: FakeX, profile: Connection, headers: dict[str, str]
) -> None:
    x_api.problem(429, headers=headers)
    with clock.frozen(NOON), pytest.raises(errors.Throttled) as caught:
        x.publish(profile, ON_X)
    assert caught.value.until == NOON + timedelta(minutes=15)


def test_the_last_post_of_the_quarter_asks_for_a_pause(x_api: FakeX, profile: Connection) -> None:
    x_api.window = 1
    receipt = x.publish(profile, ON_X)
    assert receipt.not_before > clock.now()
    with pytest.raises(errors.Throttled):
        x.publish(profile, Payload("Nog een"))


def test_without_credits_nothing_is_posted(x_api: FakeX, profile: Connection) -> None:
    x_api.credits = 0.1
    with pytest.raises(errors.Budget):
        x.publish(profile, ON_X)
    assert x.publish(profile, Payload("Zonder link")).remote_id


def test_a_refused_connection_was_not_sent(x_api: FakeX, profile: Connection) -> None:
    x_api.stop()
    with pytest.raises(errors.NotSent):
        x.publish(profile, ON_X)


def test_a_host_without_an_address_was_not_sent(profile: Connection) -> None:
    with pytest.raises(errors.NotSent):
        x.publish(replace(profile, api_url="http://x.invalid"), ON_X)


def test_a_slow_answer_is_ambiguous(
    x_api: FakeX, profile: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("outreach.networks.wire.TIMEOUT", (5, 0.2))
    x_api.fault("delay", seconds=20)
    with pytest.raises(errors.Ambiguous):
        x.publish(profile, ON_X)


@pytest.mark.parametrize("mode", ["drop_after", "truncate"])
def test_a_post_whose_answer_was_lost_is_found(x_api: FakeX, profile: Connection, mode: str) -> None:
    since = clock.now()
    x_api.fault(mode)
    with pytest.raises(errors.Ambiguous):
        x.publish(profile, ON_X)
    assert x.find(profile, ON_X, since).remote_id == x_api.posts[0]["id"]
    assert len(x_api.posts) == 1


def test_a_post_that_never_arrived_is_not_found(x_api: FakeX, profile: Connection) -> None:
    since = clock.now()
    x_api.fault("drop_before")
    with pytest.raises(errors.Ambiguous):
        x.publish(profile, ON_X)
    assert x.find(profile, ON_X, since) is None
    x.publish(profile, Payload("Iets anders"))
    assert x.find(profile, ON_X, since) is None


def test_a_look_asks_for_little_and_only_since_the_attempt(x_api: FakeX, profile: Connection) -> None:
    x.find(profile, ON_X, NOON)
    (request,) = x_api.requests
    assert request.path == "/2/users/4242/tweets"
    assert request.query == {
        "max_results": "25",
        "exclude": "retweets",
        "start_time": "2026-12-01T11:59:00Z",
        "tweet.fields": "created_at,entities",
    }


@pytest.mark.parametrize("name", ["tweet.fields", "post.fields"])
@pytest.mark.parametrize("ignores", [True, False])
def test_links_are_asked_for_by_the_name_that_x_knows(
    x_api: FakeX, profile: Connection, name: str, ignores: bool
) -> None:
    x_api.fields, x_api.ignores, since = [name], ignores, clock.now()
    receipt = x.publish(profile, ON_X)
    assert x.find(profile, ON_X, since).remote_id == receipt.remote_id


def test_posts_that_do_not_show_their_links_are_no_absence(x_api: FakeX, profile: Connection) -> None:
    x_api.fields, x_api.ignores, since = [], True, clock.now()
    x.publish(profile, ON_X)
    with pytest.raises(errors.Ambiguous):
        x.find(profile, ON_X, since)


def test_keys_that_do_not_name_the_account_are_asked_about(x_api: FakeX, profile: Connection) -> None:
    x_api.keys["access_token"] = "without-a-number"
    receipt = x.publish(with_(profile, access_token="without-a-number"), ON_X)
    found = x.find(with_(profile, access_token="without-a-number"), ON_X, clock.now())
    assert found.remote_id == receipt.remote_id
    assert [request.path for request in x_api.sent("GET")] == ["/2/users/me", "/2/users/4242/tweets"]


def test_a_post_without_a_tag_is_found_by_its_text(x_api: FakeX, profile: Connection) -> None:
    since = clock.now()
    text = f"Kleuters & <blokken>: een «toren»\n\nhttps://www.kleuter.example/a {LINK}"
    words = Payload(text, pictures=(PICTURE,))
    receipt = x.publish(profile, words)
    assert x.find(profile, words, since).remote_id == receipt.remote_id
    assert x.find(profile, replace(words, text=words.text + "!"), since) is None


def test_a_post_that_shows_late_is_found_at_the_next_look(x_api: FakeX, profile: Connection) -> None:
    since, x_api.lag = clock.now(), 1
    x.publish(profile, ON_X)
    assert x.find(profile, ON_X, since) is None
    assert x.find(profile, ON_X, since) is not None


def test_a_repeated_post_is_a_duplicate(x_api: FakeX, profile: Connection) -> None:
    x.publish(profile, ON_X)
    with pytest.raises(errors.Duplicate):
        x.publish(profile, ON_X)
    assert len(x_api.posts) == 1


def test_a_text_over_the_limit_is_rejected_there_too(x_api: FakeX, profile: Connection) -> None:
    assert x.publish(profile, Payload("a" * 280)).remote_id
    with pytest.raises(errors.Rejected):
        x.publish(profile, Payload("a" * 281))


def test_a_look_at_the_account_names_it(profile: Connection) -> None:
    health = x.check(profile)
    assert (health.name, health.remote_id, health.problems) == ("@sintjozef", "4242", ())


def test_keys_that_may_only_read_are_noticed_before_a_post_fails(x_api: FakeX, profile: Connection) -> None:
    x_api.access = "read"
    assert "not post" in str(x.check(profile).problems[0])
    with pytest.raises(errors.AuthBroken):
        x.publish(profile, ON_X)


@pytest.mark.parametrize("step", [lambda c: x.check(c), lambda c: x.find(c, ON_X, NOON)])
def test_keys_that_were_taken_back_need_a_person(
    profile: Connection, step: Callable[[Connection], object]
) -> None:
    with pytest.raises(errors.AuthBroken):
        step(with_(profile, consumer_secret="another"))


@pytest.mark.parametrize("absent", [credential.key for credential in X.credentials])
def test_a_missing_credential_is_named(profile: Connection, absent: str) -> None:
    with pytest.raises(errors.AuthBroken, match=absent):
        x.publish(with_(profile, **{absent: ""}), ON_X)


def _newer_posts(x_api: FakeX, count: int) -> None:
    for number in range(count):
        x_api.posts.append({**x_api.posts[0], "id": str(2_000 + number), "text": f"Later {number}"})


def test_a_post_under_many_newer_ones_is_found_on_a_later_page(x_api: FakeX, profile: Connection) -> None:
    receipt = x.publish(profile, ON_X)
    _newer_posts(x_api, 60)
    found = x.find(profile, ON_X, clock.now())
    assert found is not None
    assert found.remote_id == receipt.remote_id


def test_what_was_not_read_is_not_absent(x_api: FakeX, profile: Connection) -> None:
    x.publish(profile, ON_X)
    _newer_posts(x_api, 400)
    with pytest.raises(errors.Ambiguous):
        x.find(profile, ON_X, clock.now())
