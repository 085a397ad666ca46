"""The fakes are as strict as the networks' published specifications, and work from another process."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from outreach.core.measure import weighted_length
from outreach.networks import errors, get
from outreach.networks.base import Connection, Payload
from tests.fakes import graph, x_api
from tests.networks.conftest import ON_FACEBOOK, ON_X
from tests.shared import shared

ROOT = Path(__file__).parents[2]
SPECS = shared("specs")


def _schemas() -> dict[str, Any]:
    assert SPECS
    return json.loads((SPECS / "x-openapi.json").read_text(encoding="utf-8"))


def _edges() -> dict[tuple[str, str], set[str]]:
    assert SPECS
    apis = json.loads((SPECS / "meta-Page.json").read_text(encoding="utf-8"))["apis"]
    known = [api for api in apis if "endpoint" in api]
    return {(api["method"], api["endpoint"]): {one["name"] for one in api["params"]} for api in known}


if SPECS:

    @pytest.mark.parametrize(
        ("method", "edge", "names"),
        [
            ("POST", "feed", graph.FEED),
            ("POST", "photos", graph.PHOTOS),
            ("GET", "published_posts", graph.PUBLISHED_POSTS),
        ],
    )
    def test_the_fake_graph_knows_no_parameter_that_facebook_does_not(
        method: str, edge: str, names: set[str]
    ) -> None:
        assert names - _edges()[method, edge] == set()

    @pytest.mark.parametrize(
        ("schema", "names"),
        [
            ("CreatePostsRequest", x_api.POST),
            ("CreatePostsMedia", x_api.POST_MEDIA),
            ("MediaUploadRequest", x_api.UPLOAD),
            ("CreateMediaMetadataRequest", x_api.METADATA),
        ],
    )
    def test_the_fake_x_knows_no_field_that_x_does_not(schema: str, names: set[str]) -> None:
        found = _schemas()["components"]["schemas"][schema]
        assert names - set(found["properties"]) == set()
        assert set(found.get("required", [])) <= names

    def test_the_fake_x_reads_by_parameters_that_x_has() -> None:
        spec = _schemas()
        parameters = spec["paths"]["/2/users/{id}/tweets"]["get"]["parameters"]
        own = {one["name"] for one in parameters if "name" in one}
        shared = {one["name"] for one in spec["components"]["parameters"].values()}
        assert x_api.TWEETS - own == set()
        assert {name for name in x_api.TWEETS_SHARED if name not in shared} == set()


def _ask(url: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data)) as answer:
        return json.loads(answer.read())


@pytest.fixture
def started() -> Iterator[Any]:
    processes = []

    def start(module: str, *options: str) -> str:
        command = [sys.executable, "-m", f"tests.fakes.{module}", *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        processes.append(process)
        return process.stdout.readline().strip()

    yield start
    for process in processes:
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    ("module", "name", "credentials", "payload"),
    [
        ("graph", "facebook", {"page_id": graph.PAGE, "access_token": graph.TOKEN}, ON_FACEBOOK),
        ("x_api", "x", x_api.FakeX().credentials, ON_X),
    ],
)
def test_a_fake_and_its_proxy_work_as_processes(
    started: Any, module: str, name: str, credentials: dict[str, str], payload: Payload
) -> None:
    fake = started(module)
    proxy = started("fault_proxy", "--to", fake)
    connection = Connection(credentials, proxy)
    _ask(f"{proxy}/__faults", {"mode": "drop_after", "nth": 2})
    _ask(f"{fake}/__settings", {"lag": 1})
    get(name).publish(connection, payload)
    with pytest.raises(errors.Ambiguous):
        get(name).publish(connection, Payload("Nog een"))
    posts = _ask(f"{fake}/__posts")
    assert [post.get("message", post.get("text")) for post in posts] == [payload.text, "Nog een"]
    assert [post["unseen"] for post in posts] == [1, 1]
    assert len(_ask(f"{fake}/__requests")) == 2
    with pytest.raises(urllib.error.HTTPError):
        _ask(f"{fake}/__nothing")


def test_an_unknown_parameter_is_refused(page: Connection) -> None:
    from outreach.networks.facebook.graph import Graph

    with pytest.raises(errors.Rejected, match="Unknown parameter"):
        Graph(page).put_object(graph.PAGE, "feed", message="x", colour="red")


def test_python_words_for_true_and_false_are_refused_by_the_fake(graph: Any, page: Connection) -> None:
    """Else a test could not see that the library's own way of sending them is wrong."""
    body = f"message=x&published=False&access_token={graph.token}".encode()
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{graph.url}/v26.0/1000/feed", body)
    assert "boolean" in caught.value.read().decode()


def test_the_fake_x_weighs_with_a_second_implementation() -> None:
    for text in (
        "Dag",
        "https://www.kleuter.example/a",
        "http://127.0.0.1:8000/nieuws/een-lang-adres",
        "日本",
    ):
        assert x_api.weight(text) <= weighted_length(text)
