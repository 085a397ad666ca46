"""From an entry to a post: planning, approving and posting beside the least that could do the same."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from benchmarks import ground
from benchmarks.timing import seconds
from tests.fakes.graph import FakeGraph
from tests.fakes.x_api import FakeX

ENTRIES = 200


def measure() -> Iterator[tuple[str, str]]:
    """Each entry becomes one post for two accounts, on networks of this machine that answer at once."""
    ground.prepare()
    with FakeGraph() as graph, FakeX() as x:
        x.window = 100_000
        accounts = _accounts(graph, x)
        _entries()
        planned = seconds(_plan) / ENTRIES
        inserted = seconds(lambda: _insert(accounts)) / ENTRIES
        yield (
            "entries a second: planned, composed, approved and frozen for two accounts",
            f"{1 / planned:.0f}",
        )
        yield "time of an entry: planned / the same rows, bare inserts", f"{planned / inserted:.1f}"
        posted = seconds(_publish) / (2 * ENTRIES)
        sent = len(graph.posts) + len(x.posts)
        assert sent == 2 * ENTRIES, sent
        bare = {account.network: seconds(lambda one=account: _bare(one), 50) for account in accounts}
        yield "posts a second, claimed, sent and recorded", f"{1 / posted:.0f}"
        both = sum(bare.values()) / 2
        yield "time of a post: claimed, sent and recorded / the request alone", f"{posted / both:.1f}"
        yield "what we add to a post / the request alone", f"{posted / both - 1:.1f}"
        yield from _looking(accounts, bare, graph, x)


def _looking(
    accounts: list[Any], bare: dict[str, float], graph: FakeGraph, x: FakeX
) -> Iterator[tuple[str, str]]:
    """Asking the network whether a post is there, among the latest few hundred."""
    for account, fake in zip(accounts, (graph, x), strict=True):
        before = len(fake.requests)
        found = seconds(lambda one=account: _find(one), 5)
        asked = (len(fake.requests) - before) / 5
        yield (
            f"{account.network}: time of looking a post up / of posting it",
            f"{found / bare[account.network]:.1f}",
        )
        yield f"{account.network}: requests of looking a post up", f"{asked:.0f}"


def _accounts(graph: FakeGraph, x: FakeX) -> list[Any]:
    from django.conf import settings

    from outreach.posts.accounts import connecting

    settings.FACEBOOK_API_URL, settings.X_API_URL = graph.url, x.url
    return [
        connecting.connect("facebook", "Pagina", graph.credentials),
        connecting.connect("x", "Profiel", x.credentials),
    ]


def _entries() -> None:
    from outreach.core import clock
    from outreach.feeds.models import Entry, Source

    source = Source.objects.create(
        name="Nieuws", url="https://a.example/feed", site="a.example", mode="automatic", cooling_minutes=0
    )
    Entry.objects.bulk_create(
        Entry(
            source=source,
            title=f"Voorlezen in twee talen, deel {number}",
            summary="Zo begin je eraan met kleuters. " * 8,
            link=f"https://a.example/{number}",
            language="nl",
            content_hash=str(number),
            first_seen_at=clock.now() - timedelta(hours=1),
        )
        for number in range(ENTRIES)
    )


def _plan() -> None:
    from outreach.core import clock
    from outreach.posts.planning import plan_one

    while plan_one(clock.now()):
        pass


def _insert(accounts: list[Any]) -> None:
    """The rows of a planned entry: a post, two publications, four lines of log. Nothing acts on them."""
    from django.db import transaction

    from outreach.core import clock
    from outreach.core.models import Activity
    from outreach.posts.models import Post, Publication

    model = Publication.objects.all()[0]
    for number in range(ENTRIES):
        with transaction.atomic():
            post = Post.objects.create(text=f"Bericht {number}", state="cancelled", language="nl")
            post.accounts.set(accounts)
            for account in accounts:
                Publication.objects.create(
                    post=post, account=account, state="cancelled", due_at=clock.now(), payload=model.payload
                )
            for _ in range(4):
                Activity.objects.create(at=clock.now(), subject=f"post:{post.pk}")


def _publish() -> None:
    from outreach.core import clock
    from outreach.posts.models import Account
    from outreach.posts.sending.publishing import publish_one

    while publish_one(clock.now()):
        Account.objects.exclude(not_before=None).update(not_before=None)  # the networks' spacing


def _bare(account: Any) -> None:
    from outreach import networks
    from outreach.networks.base import Payload
    from outreach.posts.accounts.reaching import connection_of

    _bare.number += 1  # type: ignore[attr-defined]
    payload = Payload(text=f"Proef {_bare.number}", link=f"https://a.example/proef/{_bare.number}")  # type: ignore[attr-defined]
    networks.get(account.network).publish(connection_of(account), payload)


_bare.number = 0  # type: ignore[attr-defined]


def _find(account: Any) -> None:
    """The oldest one: the look-up reads as far as it ever must."""
    from outreach import networks
    from outreach.core import clock
    from outreach.posts import payloads
    from outreach.posts.accounts.reaching import connection_of
    from outreach.posts.models import Publication

    oldest = Publication.objects.filter(account=account, state="published").order_by("pk")[0]
    since = clock.now() - timedelta(hours=1)
    found = networks.get(account.network).find(connection_of(account), payloads.thawed(oldest.payload), since)
    assert found is not None
