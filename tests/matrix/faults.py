"""The moments at which something goes wrong between us and a network.

A fault is a context manager around the first attempt to post; what it set up beforehand may strike later.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from unittest import mock

from django.db import OperationalError, connection

from outreach.networks import wire
from outreach.posts.sending.outcomes import LEASE
from tests.matrix.scene import Killed, Scene, network_of

Arm = Callable[[Scene], Any]
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
NETWORKS, KINDS = ("facebook", "x"), ("text", "link", "image", "images")
Place = tuple[str, str]  # network, kind
EVERY: tuple[Place, ...] = tuple((network, kind) for network in NETWORKS for kind in KINDS)
# Facebook takes a single picture in the request that makes the post.
# Facebook refuses a status that repeats the latest one; of pictures that is not documented.
REFUSED = tuple(place for place in EVERY if place not in {("facebook", "image"), ("facebook", "images")})
UPLOADS = (("facebook", "images"), ("x", "image"), ("x", "images"))


@dataclass(frozen=True)
class Fault:
    """One fault point: its name, where it can strike, and how."""

    name: str
    around: Arm
    where: tuple[Place, ...] = EVERY


def _struck(name: str, arm: Arm, where: tuple[Place, ...] = EVERY) -> Fault:
    @contextmanager
    def around(scene: Scene) -> Iterator[None]:
        arm(scene)
        yield

    return Fault(name, around, where)


def _proxy(mode: str, path: str = "", **how: Any) -> Arm:
    return lambda scene: scene.proxy.fault(mode, path=path or scene.path, **how)


def _upload(mode: str) -> Arm:
    return lambda scene: scene.proxy.fault(
        mode, path="/2/media/upload" if scene.network == "x" else "/photos"
    )


def _json(status: int, body: Any, *, acted: bool) -> Arm:
    return lambda scene: scene.proxy.json(status, body, acted=acted, path=scene.path)


def _page(*, acted: bool) -> Arm:
    return lambda scene: scene.proxy.html(502, acted=acted, path=scene.path)


def _fails(*, acted: bool) -> Arm:
    """As the network itself says it: Facebook's code 2, X's 503."""

    def arm(scene: Scene) -> None:
        if scene.network == "x":
            scene.fake.over_capacity(acted=acted, path=scene.path)
        else:
            scene.fake.error(2, acted=acted, path=scene.path)

    return arm


def _a_copy_of_itself(scene: Scene) -> None:
    if scene.network == "x":
        scene.fake.problem(403, DUPLICATE, acted=True, path=scene.path)
    else:
        scene.fake.error(506, 1455006, acted=True, path=scene.path)


def _throttled(scene: Scene) -> None:
    if scene.network == "x":
        reset = str(int((scene.at + timedelta(minutes=7)).timestamp()))
        told = {"x-rate-limit-reset": reset, "x-rate-limit-remaining": "0"}
        scene.fake.problem(429, headers=told, path=scene.path)
    else:
        scene.fake.error(80001, path=scene.path)


def _lagging(*, beyond: bool) -> Arm:
    """Reading back lags by one look, or by one more than there are looks."""

    def arm(scene: Scene) -> None:
        scene.fake.lag = len(network_of(scene).look_after) + 1 if beyond else 1
        scene.fake.refuses_copies = beyond
        scene.proxy.fault("drop_after", path=scene.path)

    return arm


def _unasked(times: int) -> Arm:
    """The answer is lost, and so are the first look-ups."""

    def arm(scene: Scene) -> None:
        scene.proxy.fault("drop_after", path=scene.path)
        scene.proxy.fault("drop_before", method="GET", times=times)

    return arm


@contextmanager
def _delayed(scene: Scene) -> Iterator[None]:
    scene.proxy.fault("delay", path=scene.path, seconds=60)
    with mock.patch.object(wire, "TIMEOUT", (5, 0.3)):
        yield


@contextmanager
def _late(scene: Scene) -> Iterator[None]:
    scene.proxy.fault("late", path=scene.path)
    yield
    scene.row.refresh_from_db()
    scene.at = scene.row.look_at or scene.at
    scene.step()  # the first look: it is not there
    scene.proxy.arrive()


@contextmanager
def _refused(scene: Scene) -> Iterator[None]:
    with scene.proxy.refused():
        yield


def _in_our_process(around: Callable[[Scene, Callable[[], Any]], Any]) -> Arm:
    """`around` is called instead of the first call of `Network.publish`, and given that call."""

    @contextmanager
    def patched(scene: Scene) -> Iterator[None]:
        network, waiting = network_of(scene), [True]
        publish = network.publish

        def struck(self: Any, *words: Any) -> Any:
            if not waiting:
                return publish(self, *words)
            waiting.clear()
            return around(scene, lambda: publish(self, *words))

        with mock.patch.object(network, "publish", struck):
            yield
        assert not waiting, "nothing was published, so nothing was struck"

    return patched


def _dies_before(scene: Scene, publish: Callable[[], Any]) -> Any:
    raise Killed


def _dies_after(scene: Scene, publish: Callable[[], Any]) -> Any:
    publish()
    raise Killed


def _hangs_before(scene: Scene, publish: Callable[[], Any]) -> Any:
    scene.run(hours=(3 * LEASE) / timedelta(hours=1))
    return publish()


def _hangs_after(scene: Scene, publish: Callable[[], Any]) -> Any:
    receipt = publish()
    scene.run(hours=(3 * LEASE) / timedelta(hours=1))
    return receipt


@contextmanager
def _unrecorded(scene: Scene) -> Iterator[None]:
    """From the moment at which the network acted, no row can be changed until the tick is over."""

    refused = []

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if scene.fake.posts and sql.startswith(("UPDATE", "INSERT")):
            refused.append(sql)
            raise OperationalError("the disk is full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield
    assert refused, "nothing was recorded, so nothing was refused"


FAULTS = [
    Fault("the connection is refused", _refused),
    _struck("the request is lost on its way", _proxy("drop_before")),
    _struck("the answer is lost", _proxy("drop_after")),
    Fault("the answer comes after our time-out", _delayed),
    Fault("the request arrives after we gave up", _late),
    _struck("half of the answer arrives", _proxy("truncate")),
    _struck("an error of the server, nothing was done", _fails(acted=False)),
    _struck("an error of the server, yet it was done", _fails(acted=True)),
    _struck("an error page in between, nothing was done", _page(acted=False)),
    _struck("an error page in between, yet it was done", _page(acted=True)),
    _struck("too much at once", _throttled),
    _struck("it is refused as a copy, of itself", _a_copy_of_itself),
    _struck("an empty answer, yet it was done", _json(200, None, acted=True)),
    _struck("an answer without an id, yet it was done", _json(200, {"data": {}}, acted=True)),
    _struck("the post shows at the second look only", _lagging(beyond=False)),
    _struck("the post shows after all looks: sent again, refused as a copy", _lagging(beyond=True), REFUSED),
    _struck("the first two look-ups fail", _unasked(2)),
    Fault("the process dies after the claim, before the request", _in_our_process(_dies_before)),
    Fault("the process dies when the network has acted", _in_our_process(_dies_after)),
    Fault("the database refuses to record the answer", _unrecorded),
    Fault("the process hangs past its lease, before the request", _in_our_process(_hangs_before)),
    Fault("the process hangs past its lease, when the network has acted", _in_our_process(_hangs_after)),
    _struck("the picture is lost on its way", _upload("drop_before"), UPLOADS),
    _struck("the answer to the picture is lost", _upload("drop_after"), UPLOADS),
    _struck("the alt text is lost on its way", _proxy("drop_before", "/2/media/metadata"), UPLOADS[1:]),
]
