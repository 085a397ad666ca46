"""What holds for every network in the house, whatever it is: the contract of networks.base."""

import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from outreach import networks
from outreach.core import clock
from outreach.networks import errors
from outreach.networks.base import Connection, Health, Network, Payload, Receipt
from tests.fakes.fault_proxy import FaultProxy
from tests.fakes.graph import APP_SECRET, FakeGraph
from tests.fakes.service import Service
from tests.fakes.x_api import FakeX
from tests.networks.conftest import ON_FACEBOOK, ON_X, PICTURE

FAKES: dict[str, Callable[[], FakeGraph | FakeX]] = {"facebook": FakeGraph, "x": FakeX}
NAMES = pytest.mark.parametrize("name", networks.NAMES)
REMOTE = pytest.mark.parametrize("name", list(FAKES))
SECRETS = {"access_token", "consumer_key", "consumer_secret", "access_token_secret", "app_secret"}


@dataclass
class Place:
    """A network, with an account on it, and the machine in between (None for paper)."""

    network: Network
    connection: Connection
    payload: Payload
    proxy: FaultProxy | None = None
    service: Service | None = None


@pytest.fixture
def place(name: str, tmp_path: Path) -> Iterator[Place]:
    network = networks.get(name)
    payload = ON_FACEBOOK if network.link_is_card else ON_X
    with ExitStack() as stack:
        if name not in FAKES:
            yield Place(network, Connection({"folder": str(tmp_path)}), payload)
            return
        fake = stack.enter_context(FAKES[name]())
        proxy = stack.enter_context(FaultProxy(fake.url))
        app = {"app_secret": APP_SECRET, "app_id": "77"} if name == "facebook" else {}
        yield Place(network, Connection(fake.credentials | app, proxy.url), payload, proxy, fake)


@NAMES
def test_it_says_what_it_is(name: str) -> None:
    network = networks.get(name)
    assert network.name == name
    assert network.label
    assert network.template in ("facebook", "x")
    assert network.limits.text > 0
    assert network.can_be_asked == bool(network.look_after)
    assert all(credential.label for credential in network.credentials)
    assert {credential.key for credential in network.credentials if credential.secret} <= SECRETS


def test_a_network_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        networks.get("hyves")


@NAMES
def test_a_post_is_found_only_after_it_was_made(place: Place) -> None:
    since = clock.now()
    assert place.network.find(place.connection, place.payload, since) is None
    receipt = place.network.publish(place.connection, place.payload)
    assert isinstance(receipt, Receipt)
    assert place.network.find(place.connection, place.payload, since).remote_id == receipt.remote_id


@NAMES
def test_a_picture_goes_with_it(place: Place) -> None:
    payload, since = replace(place.payload, pictures=(PICTURE,)), clock.now()
    receipt = place.network.publish(place.connection, payload)
    assert place.network.find(place.connection, payload, since).remote_id == receipt.remote_id


@NAMES
def test_as_many_pictures_as_it_says_go_with_it(place: Place) -> None:
    several = tuple(
        replace(PICTURE, alt=f"Beeld {number}") for number in range(place.network.limits.pictures)
    )
    payload, since = replace(place.payload, pictures=several), clock.now()
    receipt = place.network.publish(place.connection, payload)
    assert place.network.find(place.connection, payload, since).remote_id == receipt.remote_id
    untagged = replace(payload, tag="")
    assert place.network.find(place.connection, untagged, since).remote_id == receipt.remote_id
    assert place.service is None or len(place.service.posts) == 1


@NAMES
def test_a_healthy_account_has_a_name_and_no_problems(place: Place) -> None:
    health = place.network.check(place.connection)
    assert isinstance(health, Health)
    assert health.name
    assert health.problems == ()


@NAMES
def test_an_empty_account_needs_a_person(name: str) -> None:
    network, empty = networks.get(name), Connection({})
    for step in (
        lambda: network.publish(empty, ON_X),
        lambda: network.find(empty, ON_X, clock.now()),
        lambda: network.check(empty),
    ):
        with pytest.raises(errors.AuthBroken):
            step()


@REMOTE
@pytest.mark.parametrize(
    ("mode", "there"), [("drop_before", False), ("drop_after", True), ("truncate", True)]
)
def test_a_lost_answer_is_ambiguous_and_the_network_knows(place: Place, mode: str, there: bool) -> None:
    since = clock.now()
    place.proxy.fault(mode)
    with pytest.raises(errors.Ambiguous):
        place.network.publish(place.connection, place.payload)
    assert bool(place.network.find(place.connection, place.payload, since)) is there
    assert len(place.service.posts) == int(there)
    assert len(place.service.sent()) == int(there)


@REMOTE
def test_nothing_is_posted_once_the_claim_is_over(place: Place) -> None:
    late = replace(place.connection, until=clock.now() - timedelta(seconds=1))
    with pytest.raises(errors.NotSent):
        place.network.publish(late, place.payload)
    assert place.service.sent() == []
    assert place.network.find(late, place.payload, clock.now()) is None


@REMOTE
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_page_instead_of_an_answer_is_ambiguous(place: Place, status: int) -> None:
    since = clock.now()
    place.proxy.html(status, acted=True)
    with pytest.raises(errors.Ambiguous):
        place.network.publish(place.connection, place.payload)
    assert place.network.find(place.connection, place.payload, since) is not None


@REMOTE
def test_an_answer_that_trickles_on_is_given_up(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outreach.networks.wire._WHOLE", -1)
    with pytest.raises(errors.Ambiguous):
        place.network.publish(place.connection, place.payload)


@REMOTE
def test_a_fault_can_wait_for_the_nth_post(place: Place) -> None:
    place.proxy.fault("drop_after", nth=2)
    place.network.publish(place.connection, Payload("Een"))
    with pytest.raises(errors.Ambiguous):
        place.network.publish(place.connection, Payload("Twee"))
    place.network.publish(place.connection, Payload("Drie"))
    assert len(place.service.posts) == 3


@REMOTE
@pytest.mark.parametrize("mode", ["drop_after", "echo", "refused"])
def test_no_secret_leaves_with_an_error_or_a_log(
    place: Place, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Servers repeat what they were sent, and exceptions hold addresses: neither may reach a row or a log."""
    caplog.set_level(logging.DEBUG)
    secrets = [place.connection.credentials[key] for key in SECRETS if key in place.connection.credentials]
    echo = " ".join(secrets)
    kinds = {"drop_after": {}, "echo": {"status": 500, "body": echo}, "refused": {}}
    for method in ("GET", "POST"):
        place.proxy.fault("answer" if mode == "echo" else mode, method=method, **kinds[mode])
    if mode == "refused":
        place.proxy.stop()
    said = []
    for step in (
        lambda: place.network.publish(place.connection, place.payload),
        lambda: place.network.find(place.connection, place.payload, clock.now()),
    ):
        with pytest.raises(errors.NetworkError) as caught:
            step()
        said += [str(caught.value), repr(caught.value), caught.value.raw, repr(caught.value.__cause__)]
        said += [str(caught.getrepr(style="native"))]
    heard = "\n".join(said) + caplog.text
    assert [secret for secret in secrets if secret in heard] == []
    assert all(said)


@REMOTE
def test_a_connection_can_be_printed(place: Place) -> None:
    printed = repr(place.connection) + repr(place.payload)
    assert [
        value for key, value in place.connection.credentials.items() if key in SECRETS and value in printed
    ] == []


def test_a_process_that_posts_nothing_does_not_load_the_libraries() -> None:
    code = (
        "import sys; from outreach import networks; [network.measure('x') for network in networks.every()]; "
        "print([name for name in ('requests', 'tweepy', 'facebook', 'twitter_text') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
