"""Fake networks on real sockets, and connections to them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from outreach.networks.base import Connection, Payload, Picture
from tests.fakes.graph import FakeGraph
from tests.fakes.x_api import FakeX

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
PICTURE = Picture(PNG, "image/png", "Kinderen bouwen een toren")
TAG = "utm_id=o7f3a9c21"
LINK = f"https://www.kleuter.example/nieuws/toren?{TAG}"
ON_X = Payload(f"Een toren van blokken & een brug\n{LINK}", tag=TAG)
ON_FACEBOOK = Payload("Een toren van blokken & een brug", LINK, TAG)


@pytest.fixture
def graph() -> Iterator[FakeGraph]:
    with FakeGraph() as fake:
        yield fake


@pytest.fixture
def x_api() -> Iterator[FakeX]:
    with FakeX() as fake:
        yield fake


@pytest.fixture
def page(graph: FakeGraph) -> Connection:
    return Connection(graph.credentials, graph.url, "v26.0")


@pytest.fixture
def profile(x_api: FakeX) -> Connection:
    return Connection(x_api.credentials, x_api.url)


def with_(connection: Connection, **credentials: str) -> Connection:
    """`connection` with other credentials."""
    return replace(connection, credentials={**connection.credentials, **credentials})
