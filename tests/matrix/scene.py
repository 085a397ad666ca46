"""One account on a network of this machine, a fault proxy in between, and time that passes as we say."""

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any
from unittest import mock

from django.db import DatabaseError
from django.test import override_settings

from outreach import networks
from outreach.core import clock
from outreach.posts import approving, images, writing
from outreach.posts.models import Account, Publication
from outreach.posts.sending import outcomes, publishing
from tests.fakes.fault_proxy import FaultProxy
from tests.fakes.graph import FakeGraph
from tests.fakes.x_api import FakeX

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
TEXT, NEXT = "Open deurdag op zaterdag & zondag", "Daarna: het verslag"
FAKES: dict[str, Callable[[], FakeGraph | FakeX]] = {"facebook": FakeGraph, "x": FakeX}
# Where the request goes that makes the post, and those that only prepare it.
POST_PATHS = {"text": "/feed", "link": "/feed", "image": "/photos", "images": "/feed"}
SOON = timedelta(minutes=10)


class Killed(BaseException):
    """The process dies here: nothing of ours runs any more."""


@cache
def png(colour: str) -> bytes:
    """A small picture."""
    from PIL import Image

    target = io.BytesIO()
    Image.new("RGB", (30, 20), colour).save(target, "PNG")
    return target.getvalue()


@dataclass
class Scene:
    """Two posts are queued on one account: the one that is struck, and the next one."""

    network: str
    kind: str
    fake: FakeGraph | FakeX
    proxy: FaultProxy
    at: datetime = NOON
    row: Publication = field(init=False)
    next: Publication = field(init=False)
    open_since: datetime | None = None
    open_for: timedelta = timedelta()
    known_after: timedelta | None = None

    @property
    def path(self) -> str:
        """Of the request that makes the post."""
        return "/2/tweets" if self.network == "x" else POST_PATHS[self.kind]

    def queue(self) -> None:
        """Both posts, approved at this moment."""
        account = Account.objects.create(
            network=self.network, name="Lerarennetwerk", credentials=dict(self.fake.credentials)
        )
        self.row = self._approved(account, TEXT, self.kind)
        self.next = self._approved(account, NEXT, "text")

    def _approved(self, account: Account, text: str, kind: str) -> Publication:
        with_it: dict[str, Any] = {}
        if kind != "text":
            with_it["link"] = "https://school.example/opendeurdag"
        if kind.startswith("image"):
            colours = ("red", "blue")[: 1 if kind == "image" else 2]
            with_it["images"] = [(images.accept(png(colour)), f"Een deur: {colour}") for colour in colours]
        post = writing.write(text=text, accounts=[account], language="nl", **with_it)
        approving.approve(post)
        return post.publications.get()

    def step(self) -> bool:
        """One thing that a tick does now; that a process dies, or the database refuses, is one too."""
        try:
            done = publishing.settle_one(self.at) or publishing.publish_one(self.at)
        except Killed:
            done = True
        except DatabaseError:
            done = False  # the tick ends; the next one comes
        self._watch()
        return done

    def run(self, hours: float = 24) -> None:
        """Let time pass, from one moment that matters to the next, until nothing is left to do."""
        ends = self.at + timedelta(hours=hours)
        while self.at <= ends:
            while self.step():
                pass
            later = self._next_moment()
            if later is None:
                return
            self.at = later

    def _next_moment(self) -> datetime | None:
        rows = Publication.objects.filter(state__in=["queued", "sending", "unknown"])
        names = ("due_at", "look_at", "lease_until", "account__not_before", "account__lease_until")
        later = [moment for row in rows.values_list(*names) for moment in row if moment and moment >= self.at]
        return min(later) + timedelta(seconds=1) if later else None

    def _watch(self) -> None:
        self.row.refresh_from_db()
        if self.row.state == Publication.State.PUBLISHED and self.known_after is None:
            self.known_after = self.at - NOON
        unknown = self.row.state == Publication.State.UNKNOWN
        if unknown and self.open_since is None:
            self.open_since = self.at
        if not unknown and self.open_since is not None:
            self.open_for = max(self.open_for, self.at - self.open_since)
            self.open_since = None

    def texts(self) -> list[str]:
        """What the network has, oldest first."""
        return [post.get("message", post.get("text", "")) for post in self.fake.posts]

    def copies(self, text: str) -> int:
        """How many posts of the network begin with `text`."""
        return sum(shown.startswith(text) for shown in self.texts())

    def ids(self, text: str) -> list[str]:
        """The ids of these."""
        return [
            post["id"]
            for post, shown in zip(self.fake.posts, self.texts(), strict=True)
            if shown.startswith(text)
        ]

    def looks(self) -> int:
        """How many times the network was asked for its posts."""
        return len([one for one in self.proxy.sent("GET") if one.path.endswith(("posts", "/tweets"))])


@contextmanager
def scene(network: str, kind: str) -> Iterator[Scene]:
    """A scene in an empty database. All waits are simulated."""
    with ExitStack() as stack:
        fake = stack.enter_context(FAKES[network]())
        proxy = stack.enter_context(FaultProxy(fake.url))
        made = Scene(network, kind, fake, proxy)
        addresses = {"FACEBOOK_API_URL": proxy.url, "X_API_URL": proxy.url, "PACE": 1}
        stack.enter_context(override_settings(**addresses))
        stack.enter_context(mock.patch.object(clock, "_source", lambda: made.at))  # noqa: PT008 (it moves)
        # What a request takes on this machine is no part of the simulated time.
        passing = SimpleNamespace(monotonic=lambda: made.at.timestamp())
        stack.enter_context(mock.patch.object(publishing, "time", passing))
        stack.enter_context(mock.patch.object(outcomes.random, "uniform", return_value=1.0))
        fake.refuses_copies = False  # no promise leans on it, but for one row of the table
        made.queue()
        yield made


def network_of(made: Scene) -> type:
    """The class of the network, for faults inside our own process."""
    return type(networks.get(made.network))
