"""A Facebook Page, over real sockets: what is sent, what each answer means, how a post is found again."""

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import HTTP

import pytest

from outreach.core import clock
from outreach.networks import errors
from outreach.networks.base import Connection, Payload
from outreach.networks.facebook.network import Facebook, caption
from tests.fakes.graph import APP, APP_SECRET, TOKEN, USER_TOKEN, FakeGraph
from tests.fakes.service import Request
from tests.networks.conftest import LINK, ON_FACEBOOK, PICTURE, PNG, TAG, with_

facebook = Facebook()
NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def parts_of(request: Request) -> dict[str, bytes]:
    """The parts of a multipart body."""
    kind = request.headers["content-type"].encode()
    whole = message_from_bytes(b"Content-Type: " + kind + b"\r\n\r\n" + request.body, policy=HTTP)
    return {
        part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
        for part in whole.iter_parts()
    }


def test_a_post_is_its_text_and_its_link_and_nothing_else(graph: FakeGraph, page: Connection) -> None:
    receipt = facebook.publish(page, ON_FACEBOOK)
    (request,) = graph.requests
    assert (request.method, request.path, request.query) == ("POST", "/v26.0/1000/feed", {})
    assert request.form == {"message": ON_FACEBOOK.text, "link": LINK, "access_token": TOKEN}
    assert receipt.remote_id == graph.posts[0]["id"]
    assert receipt.url == f"https://www.facebook.com/{receipt.remote_id}"
    assert receipt.not_before is None


def test_without_a_link_no_link_is_sent(graph: FakeGraph, page: Connection) -> None:
    facebook.publish(page, Payload("Dag allemaal"))
    assert graph.requests[0].form == {"message": "Dag allemaal", "access_token": TOKEN}


def test_the_version_is_the_one_of_the_connection(graph: FakeGraph, page: Connection) -> None:
    for version in ("v25.0", "25.0", ""):
        facebook.publish(replace(page, api_version=version), Payload(f"Versie {version}"))
    paths = [request.path for request in graph.requests]
    assert paths == ["/v25.0/1000/feed", "/v25.0/1000/feed", "/v26.0/1000/feed"]


def test_the_apps_secret_proves_the_token(graph: FakeGraph, page: Connection) -> None:
    facebook.publish(with_(page, app_secret=APP_SECRET), ON_FACEBOOK)
    proof = hmac.new(APP_SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
    assert graph.requests[0].form["appsecret_proof"] == proof


def test_a_picture_goes_with_its_alt_text_and_the_link_ends_the_caption(
    graph: FakeGraph, page: Connection
) -> None:
    receipt = facebook.publish(page, replace(ON_FACEBOOK, pictures=(PICTURE,)))
    (request,) = graph.requests
    assert (request.path, request.query) == ("/v26.0/1000/photos", {})
    assert parts_of(request) == {
        "caption": f"{ON_FACEBOOK.text}\n\n{LINK}".encode(),
        "alt_text_custom": PICTURE.alt.encode(),
        "access_token": TOKEN.encode(),
        "source": PNG,
    }
    assert receipt.remote_id == graph.posts[0]["id"]


def test_a_caption_never_repeats_a_link_that_its_text_holds() -> None:
    assert caption(Payload(f"Kijk: {LINK}", LINK)) == f"Kijk: {LINK}"
    assert caption(Payload("", LINK)) == LINK


def test_lists_and_booleans_are_sent_as_json(graph: FakeGraph, page: Connection) -> None:
    from outreach.networks.facebook.graph import Graph

    graph.photos["1"] = {"bytes": 9, "alt": "", "used": False}
    Graph(page).put_object("1000", "feed", message="x", published=False, attached_media=[{"media_fbid": "1"}])
    assert graph.requests[0].form["published"] == "false"
    assert json.loads(graph.requests[0].form["attached_media"]) == [{"media_fbid": "1"}]


BY_CODE = [
    *[(code, None, errors.Ambiguous) for code in (1, 2, 9999)],
    (1, 99, errors.Ambiguous),
    *[(code, None, errors.Throttled) for code in (4, 17, 32, 341, 613, 80001, 368)],
    *[(code, None, errors.AuthBroken) for code in (3, 10, 102, 190, 200, 299, 2500)],
    *[(190, subcode, errors.AuthBroken) for subcode in (458, 459, 460, 463, 464, 467, 492)],
    (100, 33, errors.AuthBroken),
    (100, None, errors.Rejected),
    (324, 1366046, errors.Rejected),
    (506, None, errors.Duplicate),
    (100, 1609005, errors.NotSent),
]


@pytest.mark.parametrize(("code", "subcode", "kind"), BY_CODE)
def test_each_code_is_one_class(
    graph: FakeGraph, page: Connection, code: int, subcode: int | None, kind: type[errors.NetworkError]
) -> None:
    graph.error(code, subcode)
    with pytest.raises(errors.NetworkError) as caught:
        facebook.publish(page, ON_FACEBOOK)
    assert type(caught.value) is kind
    assert str(caught.value)
    assert str(code) in caught.value.raw
    assert len(graph.sent()) == 1


BY_ANSWER = [
    {"status": 502, "body": "<html>Bad Gateway</html>", "headers": {"Content-Type": "text/html"}},
    {"status": 200, "body": "<html>Hello</html>", "headers": {"Content-Type": "text/html"}},
    {"status": 500, "body": "for (;;);", "headers": {"Content-Type": "text/javascript"}},
    {"status": 200, "body": '{"id": ', "headers": {"Content-Type": "application/json"}},
    {"status": 200, "body": '["id"]', "headers": {"Content-Type": "application/json"}},
    {"status": 200, "body": "{}", "headers": {"Content-Type": "application/json"}},
    {"status": 200, "body": '{"done": true}', "headers": {"Content-Type": "application/json"}},
    {"status": 200, "body": "nothing"},
    {"status": 400, "body": '{"error": "a word"}'},
    {"status": 302, "headers": {"Location": "/v26.0/1000/feed"}},
    {"status": 307, "headers": {"Location": "/v26.0/1000/feed"}},
    {"status": 200, "body": '{"id": "1_1", "data": []}' + " " * 3_000_000},
]


@pytest.mark.parametrize("answer", BY_ANSWER)
def test_an_answer_that_proves_nothing_is_ambiguous(graph: FakeGraph, page: Connection, answer: dict) -> None:
    graph.fault("answer", **answer)
    with pytest.raises(errors.Ambiguous):
        facebook.publish(page, ON_FACEBOOK)
    assert len(graph.requests) == 1


def test_a_cut_off_answer_is_ambiguous_and_the_post_is_found(graph: FakeGraph, page: Connection) -> None:
    since = clock.now()
    graph.fault("truncate")
    with pytest.raises(errors.Ambiguous):
        facebook.publish(page, ON_FACEBOOK)
    assert facebook.find(page, ON_FACEBOOK, since).remote_id == graph.posts[0]["id"]


def test_a_429_without_a_code_waits(graph: FakeGraph, page: Connection) -> None:
    graph.html(429)
    with pytest.raises(errors.Throttled):
        facebook.publish(page, ON_FACEBOOK)


def test_a_refused_connection_was_not_sent(graph: FakeGraph, page: Connection) -> None:
    graph.stop()
    with pytest.raises(errors.NotSent):
        facebook.publish(page, ON_FACEBOOK)


def test_a_host_without_an_address_was_not_sent(page: Connection) -> None:
    with pytest.raises(errors.NotSent):
        facebook.publish(replace(page, api_url="http://graph.invalid"), ON_FACEBOOK)


def test_a_slow_answer_is_ambiguous(
    graph: FakeGraph, page: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("outreach.networks.wire.TIMEOUT", (5, 0.2))
    graph.fault("delay", seconds=20)
    with pytest.raises(errors.Ambiguous):
        facebook.publish(page, ON_FACEBOOK)


def test_a_post_whose_answer_was_lost_is_found_by_its_tag(graph: FakeGraph, page: Connection) -> None:
    since = clock.now()
    graph.fault("drop_after")
    with pytest.raises(errors.Ambiguous):
        facebook.publish(page, ON_FACEBOOK)
    found = facebook.find(page, ON_FACEBOOK, since)
    assert found.remote_id == graph.posts[0]["id"]
    assert found.url == f"https://www.facebook.com/{found.remote_id}"
    assert len(graph.posts) == 1


def test_a_post_that_never_arrived_is_not_found(graph: FakeGraph, page: Connection) -> None:
    since = clock.now()
    facebook.publish(page, Payload("Iets anders", "https://www.kleuter.example/anders"))
    graph.fault("drop_before")
    with pytest.raises(errors.Ambiguous):
        facebook.publish(page, ON_FACEBOOK)
    assert facebook.find(page, ON_FACEBOOK, since) is None


def test_code_2_after_the_post_was_taken_is_found(graph: FakeGraph, page: Connection) -> None:
    since = clock.now()
    graph.error(2, acted=True)
    with pytest.raises(errors.Ambiguous):
        facebook.publish(page, ON_FACEBOOK)
    assert facebook.find(page, ON_FACEBOOK, since).remote_id == graph.posts[0]["id"]


def test_a_post_that_shows_late_is_found_at_the_next_look(graph: FakeGraph, page: Connection) -> None:
    since = clock.now()
    graph.lag = 2
    facebook.publish(page, ON_FACEBOOK)
    assert facebook.find(page, ON_FACEBOOK, since) is None
    assert facebook.find(page, ON_FACEBOOK, since) is None
    assert facebook.find(page, ON_FACEBOOK, since) is not None


def test_a_repeated_post_is_a_duplicate(graph: FakeGraph, page: Connection) -> None:
    facebook.publish(page, ON_FACEBOOK)
    with pytest.raises(errors.Duplicate):
        facebook.publish(page, ON_FACEBOOK)


def test_a_post_without_a_tag_is_found_by_its_text(graph: FakeGraph, page: Connection) -> None:
    since, words = clock.now(), Payload("Open  dag\nop zaterdag")
    facebook.publish(page, words)
    graph.posts[0]["message"] = "Open dag op zaterdag"
    assert facebook.find(page, words, since) is not None
    assert facebook.find(page, Payload("Open dag op zondag"), since) is None


def test_the_same_words_about_another_page_are_another_post(graph: FakeGraph, page: Connection) -> None:
    since = clock.now()
    facebook.publish(page, Payload("Nieuws", "https://www.kleuter.example/een"))
    assert facebook.find(page, Payload("Nieuws", "https://www.kleuter.example/twee"), since) is None


def test_a_picture_post_is_found(graph: FakeGraph, page: Connection) -> None:
    since, payload = clock.now(), replace(ON_FACEBOOK, pictures=(PICTURE,))
    receipt = facebook.publish(page, payload)
    assert facebook.find(page, payload, since).remote_id == receipt.remote_id
    untagged = replace(payload, tag="")
    assert facebook.find(page, untagged, since).remote_id == receipt.remote_id


def test_an_old_post_with_the_same_text_is_not_ours(graph: FakeGraph, page: Connection) -> None:
    facebook.publish(page, Payload("Prettige vakantie"))
    graph.posts[0]["created_time"] = "2024-07-01T10:00:00+0000"
    assert facebook.find(page, Payload("Prettige vakantie"), clock.now()) is None


def test_a_look_reads_on_past_the_first_page(graph: FakeGraph, page: Connection) -> None:
    since = clock.now()
    receipt = facebook.publish(page, ON_FACEBOOK)
    for number in range(30):
        facebook.publish(page, Payload(f"Bericht {number}"))
    assert facebook.find(page, ON_FACEBOOK, since).remote_id == receipt.remote_id
    assert len(graph.sent("GET")) == 2


def test_a_failed_look_is_never_an_absence(graph: FakeGraph, page: Connection) -> None:
    for answer in BY_ANSWER:
        graph.fault("answer", method="GET", **answer)
        with pytest.raises(errors.NetworkError):
            facebook.find(page, ON_FACEBOOK, clock.now())


ODD_LISTS = ['{"data": {"a": 1}}', '{"data": [{"id": "1"}]}', '{"data": null}', '{"paging": {}}']


@pytest.mark.parametrize("body", ODD_LISTS)
def test_a_list_of_another_shape_is_never_an_absence(graph: FakeGraph, page: Connection, body: str) -> None:
    graph.fault("answer", method="GET", status=200, body=body)
    with pytest.raises(errors.Ambiguous):
        facebook.find(page, ON_FACEBOOK, clock.now())


def test_a_nearly_used_up_quota_asks_for_a_pause(graph: FakeGraph, page: Connection) -> None:
    usage = {"1000": [{"type": "pages", "call_count": 95, "estimated_time_to_regain_access": 45}]}
    graph.usage = {"x-business-use-case-usage": json.dumps(usage), "x-app-usage": '{"call_count": 10}'}
    with clock.frozen(NOON):
        receipt = facebook.publish(page, ON_FACEBOOK)
    assert receipt.not_before == NOON + timedelta(minutes=45)


def test_headers_that_make_no_sense_ask_for_nothing(graph: FakeGraph, page: Connection) -> None:
    graph.usage = {
        "x-app-usage": "much",
        "x-page-usage": '{"call_count": "lots"}',
        "x-business-use-case-usage": '["a", 1]',
    }
    assert facebook.publish(page, ON_FACEBOOK).not_before is None


def test_a_throttled_account_waits_as_long_as_facebook_says(graph: FakeGraph, page: Connection) -> None:
    usage = {"1000": [{"type": "pages", "call_count": 101, "estimated_time_to_regain_access": 90}]}
    graph.error(80001, headers={"x-business-use-case-usage": json.dumps(usage)})
    with clock.frozen(NOON), pytest.raises(errors.Throttled) as caught:
        facebook.publish(page, ON_FACEBOOK)
    assert caught.value.until == NOON + timedelta(minutes=90)


def test_spam_waits_for_hours(graph: FakeGraph, page: Connection) -> None:
    graph.error(368, 1390008)
    with clock.frozen(NOON), pytest.raises(errors.Throttled) as caught:
        facebook.publish(page, ON_FACEBOOK)
    assert caught.value.until >= NOON + timedelta(hours=2)


def test_a_page_token_is_well(page: Connection) -> None:
    health = facebook.check(with_(page, app_id=APP, app_secret=APP_SECRET))
    assert (health.name, health.remote_id, health.problems) == ("Sint-Jozef", "1000", ())


@pytest.mark.parametrize("app", [{}, {"app_id": APP, "app_secret": APP_SECRET}])
def test_a_persons_token_is_noticed(page: Connection, app: dict[str, str]) -> None:
    health = facebook.check(with_(page, access_token=USER_TOKEN, **app))
    assert "An Persoon" in str(health.problems[0])


def test_a_persons_token_cannot_post(page: Connection) -> None:
    with pytest.raises(errors.AuthBroken):
        facebook.publish(with_(page, access_token=USER_TOKEN), ON_FACEBOOK)


def test_a_token_that_ends_soon_or_lacks_a_right_is_noticed(graph: FakeGraph, page: Connection) -> None:
    graph.expires_at = int((NOON + timedelta(days=3)).timestamp())
    graph.rights = ["pages_manage_posts", "pages_read_engagement"]
    with clock.frozen(NOON):
        ends, rights = facebook.check(with_(page, app_id=APP, app_secret=APP_SECRET)).problems
    assert (ends.kind, ends.ends_at) == ("token-ends", NOON + timedelta(days=3))
    assert "pages_read_user_content" in str(rights)


def test_a_token_that_was_taken_back_needs_a_person(graph: FakeGraph, page: Connection) -> None:
    graph.dead = True
    for step in (
        lambda: facebook.publish(page, ON_FACEBOOK),
        lambda: facebook.find(page, ON_FACEBOOK, clock.now()),
        lambda: facebook.check(page),
    ):
        with pytest.raises(errors.AuthBroken):
            step()


def test_an_ended_version_pauses_the_account_and_loses_nothing(page: Connection) -> None:
    with pytest.raises(errors.AuthBroken) as caught:
        facebook.publish(replace(page, api_version="v19.0"), ON_FACEBOOK)
    assert "OUTREACH_FACEBOOK_API_VERSION" in str(caught.value.advice)


def test_a_wrong_app_secret_pauses_the_account_and_loses_nothing(page: Connection) -> None:
    with pytest.raises(errors.AuthBroken, match="app secret"):
        facebook.publish(with_(page, app_secret="another"), ON_FACEBOOK)


@pytest.mark.parametrize("absent", ["page_id", "access_token"])
def test_a_missing_credential_is_named(page: Connection, absent: str) -> None:
    with pytest.raises(errors.AuthBroken, match=absent):
        facebook.publish(with_(page, **{absent: " "}), ON_FACEBOOK)


def test_the_tag_is_what_tells_two_posts_with_one_text_apart(graph: FakeGraph, page: Connection) -> None:
    since = clock.now()
    first = facebook.publish(page, ON_FACEBOOK)
    other = replace(ON_FACEBOOK, link=LINK.replace(TAG, "utm_id=other"), tag="utm_id=other")
    second = facebook.publish(page, other)
    assert facebook.find(page, ON_FACEBOOK, since).remote_id == first.remote_id
    assert facebook.find(page, other, since).remote_id == second.remote_id
