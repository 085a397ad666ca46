"""What is sent and what the fakes answer, beside the networks' published specifications.

The specifications are no part of the project: where they are not at hand these tests are not defined, and the
field lists in tests/fakes, which these tests compare, are what the fakes are strict about.
"""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from outreach.core import clock
from outreach.networks import errors, get
from outreach.networks.base import Connection, Payload
from tests.fakes import graph as graph_fake
from tests.fakes.graph import FakeGraph
from tests.fakes.service import Answer, Request, Service
from tests.fakes.x_api import PROBLEMS, FakeX
from tests.networks.conftest import ON_FACEBOOK, ON_X, PICTURE, with_
from tests.shared import shared

SPECS = shared("specs")
# Seen in real answers, not in the specification.
ONLY_IN_THE_FIELD = {"about:blank", f"{PROBLEMS}credits", f"{PROBLEMS}oauth1-permissions"}
# The documentation's name for what the specification calls post.fields; we ask by both.
ONLY_IN_THE_DOCUMENTATION = {"tweet.fields"}

Exchange = tuple[Request, Answer]


def watched(service: Service) -> list[Exchange]:
    """What `service` is asked from now on, and what it answers."""
    seen: list[Exchange] = []
    answer = service.answer

    def noted(request: Request) -> Answer:
        seen.append((request, answer(request)))
        return seen[-1][1]

    service.answer = noted  # type: ignore[method-assign]
    return seen


def tried(step: Callable[[], object]) -> None:
    """Done, whatever comes of it."""
    try:
        step()
    except errors.NetworkError:
        return


def all_of_x(fake: FakeX, profile: Connection) -> None:
    """Everything that we ask of X, and everything that it can say to that."""
    x, pictured = get("x"), replace(ON_X, text=f"Foto {ON_X.text}", pictures=(PICTURE,))
    x.check(profile)
    for payload in (ON_X, Payload("Tekst"), pictured):
        x.publish(profile, payload)
        x.find(profile, payload, clock.now())
    tried(lambda: x.publish(profile, ON_X))
    tried(lambda: x.publish(profile, Payload("a" * 281)))
    tried(lambda: x.publish(with_(profile, access_token_secret="another"), ON_X))
    fake.fields = ["post.fields"]
    x.find(profile, ON_X, clock.now())
    for name, value in (("access", "read"), ("credits", 0.0), ("window", 0), ("media_life", 0)):
        before = getattr(fake, name)
        setattr(fake, name, value)
        tried(lambda: x.publish(profile, replace(pictured, text=f"Andere {ON_X.text}")))
        setattr(fake, name, before)


def all_of_facebook(fake: FakeGraph, page: Connection) -> None:
    """Everything that we ask of Facebook, and what it says."""
    facebook = get("facebook")
    app = with_(page, app_id=graph_fake.APP, app_secret=graph_fake.APP_SECRET)
    facebook.check(app)
    for payload in (ON_FACEBOOK, Payload("Tekst"), replace(ON_FACEBOOK, pictures=(PICTURE,))):
        facebook.publish(app, payload)
        facebook.find(app, payload, clock.now())
        tried(lambda payload=payload: facebook.publish(app, payload))
    tried(lambda: facebook.publish(with_(page, access_token="another"), ON_FACEBOOK))
    tried(lambda: facebook.publish(with_(page, page_id="2000"), ON_FACEBOOK))
    fake.rights = []
    tried(lambda: facebook.publish(page, ON_FACEBOOK))
    tried(lambda: facebook.find(page, ON_FACEBOOK, clock.now()))


def test_an_error_of_the_graph_has_the_fields_that_meta_names(graph: FakeGraph, page: Connection) -> None:
    seen = watched(graph)
    all_of_facebook(graph, page)
    said = [json.loads(answer.body)["error"] for _, answer in seen if answer.status != 200]
    must, may = {"message", "type", "code", "fbtrace_id"}, {"error_subcode", "is_transient"}
    assert len(said) >= 6
    for error in said:
        assert must <= set(error) <= must | may | {"error_user_title", "error_user_msg"}
    assert {error["code"] for error in said} == {100, 10, 190, 200, 506}
    for request, answer in seen:
        assert answer.headers["facebook-api-version"] == "v26.0", request.path
        assert {"x-app-usage", "x-page-usage", "x-business-use-case-usage"} <= set(answer.headers)


if SPECS:

    @cache
    def spec(name: str) -> Any:
        assert SPECS
        return json.loads((SPECS / name).read_text(encoding="utf-8"))

    def check(schema: Any, value: Any) -> None:
        import jsonschema

        whole = {**schema, "components": spec("x-openapi.json")["components"]}
        jsonschema.Draft202012Validator(whole).validate(value)

    def operation(request: Request) -> dict[str, Any]:
        path = re.sub(r"/\d{2,}/", "/{id}/", request.path)
        return dict(spec("x-openapi.json")["paths"][path][request.method.lower()])

    def parameters_of(known: dict[str, Any]) -> dict[str, Any]:
        shared_ones = spec("x-openapi.json")["components"]["parameters"]
        listed = known.get("parameters", [])
        found = [shared_ones[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in listed]
        return {one["name"]: one["schema"] for one in found}

    def typed(schema: dict[str, Any], text: str) -> Any:
        kinds = {"integer": int, "array": lambda many: many.split(",")}
        return kinds.get(schema.get("type", ""), str)(text)

    def test_what_we_ask_of_x_is_what_its_specification_takes(x_api: FakeX, profile: Connection) -> None:
        seen = watched(x_api)
        all_of_x(x_api, profile)
        assert {request.path for request, _ in seen} >= {"/2/tweets", "/2/media/upload", "/2/media/metadata"}
        for request, _ in seen:
            known = operation(request)
            if request.method == "POST":
                check(known["requestBody"]["content"]["application/json"]["schema"], request.json)
            takes = parameters_of(known)
            for name in request.query.keys() - ONLY_IN_THE_DOCUMENTATION:
                check(takes[name], typed(takes[name], request.query[name]))

    def test_what_the_fake_x_answers_is_what_its_specification_says(
        x_api: FakeX, profile: Connection
    ) -> None:
        seen = watched(x_api)
        all_of_x(x_api, profile)
        for request, answer in seen:
            known, body = operation(request)["responses"], json.loads(answer.body)
            told = known.get(str(answer.status), known["default"])["content"]
            if body.get("type") in ONLY_IN_THE_FIELD:
                assert set(body) == {"type", "title", "detail", "status"}
                continue
            check(told[answer.headers["Content-Type"].partition(";")[0]]["schema"], body)
        assert {answer.status for _, answer in seen} == {200, 201, 400, 401, 402, 403, 429}

    def params(edge: str, method: str) -> dict[str, str]:
        apis = spec("meta-Page.json")["apis"]
        (found,) = [api for api in apis if (api.get("endpoint"), api["method"]) == (edge, method)]
        return {one["name"]: one["type"] for one in found["params"]}

    def fields_of(node: str) -> set[str]:
        return {one["name"] for one in spec(f"meta-{node}.json")["fields"]}

    def test_what_we_ask_of_facebook_is_what_its_specification_takes(
        graph: FakeGraph, page: Connection
    ) -> None:
        seen = watched(graph)
        all_of_facebook(graph, page)
        edges = set()
        for request, _ in seen:
            edge = request.path.rpartition("/")[2]
            if edge in ("me", "debug_token"):
                continue
            edges.add((request.method, edge))
            given, _ = graph_fake.fields_of(request)
            known = params(edge, request.method)
            for name in given.keys() - graph_fake.ALWAYS:
                assert name in known, (edge, name)
                assert known[name] != "bool" or given[name] in ("true", "false")
                assert not known[name].startswith("list") or isinstance(json.loads(given[name]), list)
        assert edges == {("POST", "feed"), ("POST", "photos"), ("GET", "published_posts")}

    def test_the_fields_of_a_post_are_those_of_the_specification() -> None:
        assert fields_of("PagePost") >= graph_fake.POST_FIELDS
        edges = {api.get("endpoint") for api in spec("meta-PagePost.json")["apis"]}
        assert edges >= graph_fake.POST_EDGES

    def test_the_fake_graph_shows_only_what_a_post_has(graph: FakeGraph, page: Connection) -> None:
        seen = watched(graph)
        all_of_facebook(graph, page)
        lists = [json.loads(answer.body) for request, answer in seen if "published_posts" in request.path]
        shown = [post for listed in lists for post in listed.get("data", [])]
        assert shown
        for post in shown:
            assert set(post) <= fields_of("PagePost") | graph_fake.POST_EDGES


@pytest.mark.parametrize(
    ("version", "serves", "code"),
    [("v26.0", False, 0), ("v20.0", True, 0), ("v20.0", False, 2635), ("v99.0", True, 2500)],
)
def test_an_unknown_version_and_an_ended_one_are_told_apart(
    graph: FakeGraph, page: Connection, version: str, serves: bool, code: int
) -> None:
    graph.serves_ended = serves
    seen = watched(graph)
    tried(lambda: get("facebook").publish(replace(page, api_version=version), ON_FACEBOOK))
    ((_, answer),) = seen
    assert json.loads(answer.body).get("error", {}).get("code", 0) == code
    assert answer.headers["facebook-api-version"] == ("v26.0" if version == "v26.0" else "v21.0")


def test_a_token_that_is_refused_is_named_in_a_header_too(graph: FakeGraph, page: Connection) -> None:
    graph.dead = True
    seen = watched(graph)
    tried(lambda: get("facebook").publish(page, ON_FACEBOOK))
    assert seen[0][1].headers["WWW-Authenticate"].startswith('OAuth "Facebook Platform" "invalid_token"')


def test_a_post_does_not_exist_by_its_id_while_reading_lags(graph: FakeGraph, page: Connection) -> None:
    from outreach.networks.facebook.graph import Graph

    graph.lag = 1
    made = get("facebook").publish(page, ON_FACEBOOK)
    with pytest.raises(errors.AuthBroken):  # the class of (100, 33), which says "or hides it"
        Graph(page).get_object(made.remote_id, fields="id,message")
    assert Graph(page).get_object(made.remote_id, fields="id,message")["message"] == ON_FACEBOOK.text


def test_an_app_that_wants_proof_gets_it(graph: FakeGraph, page: Connection) -> None:
    graph.wants_proof = True
    with pytest.raises(errors.AuthBroken, match="app secret"):
        get("facebook").publish(page, ON_FACEBOOK)
    assert get("facebook").publish(with_(page, app_secret=graph_fake.APP_SECRET), ON_FACEBOOK)


def test_a_picture_that_went_off_is_refused_by_x_and_uploaded_anew(x_api: FakeX, profile: Connection) -> None:
    x_api.media_life = 0
    with pytest.raises(errors.Rejected):
        get("x").publish(profile, replace(ON_X, pictures=(PICTURE,)))
    x_api.media_life = 60
    assert get("x").publish(profile, replace(ON_X, pictures=(PICTURE,)))


def test_x_takes_four_pictures_and_not_five(x_api: FakeX, profile: Connection) -> None:
    from outreach.networks.x.client import XClient

    client = XClient(profile)
    media = [client.upload(PICTURE.content) for _ in range(9)]
    assert client.post("Vier", media[:4])
    with pytest.raises(errors.Rejected):
        client.post("Vijf", media[4:])


def test_x_tells_of_the_limits_of_the_quarter_and_of_the_day(x_api: FakeX, profile: Connection) -> None:
    x_api.window, x_api.day = 100, 2
    seen = watched(x_api)
    assert get("x").publish(profile, ON_X).not_before is None
    assert get("x").publish(profile, Payload("Nog een")).not_before is not None
    tried(lambda: get("x").publish(profile, Payload("Te veel")))
    left = [answer.headers["x-user-limit-24hour-remaining"] for _, answer in seen]
    assert (left, [answer.status for _, answer in seen]) == (["1", "0", "0"], [201, 201, 429])
    assert [answer.headers["x-rate-limit-remaining"] for _, answer in seen] == ["99", "98", "98"]


def test_503_after_the_post_was_taken_is_in_doubt_and_found(x_api: FakeX, profile: Connection) -> None:
    since = clock.now()
    x_api.over_capacity(acted=True)
    with pytest.raises(errors.Ambiguous):
        get("x").publish(profile, ON_X)
    assert get("x").find(profile, ON_X, since)
