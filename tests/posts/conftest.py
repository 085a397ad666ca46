"""A website's entry, two accounts, and networks in memory."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from outreach import networks
from outreach.core import clock
from outreach.feeds.models import Entry, Event, Source
from outreach.posts.accounts import app_keys
from outreach.posts.models import Account
from tests.fakes.graph_login import FakeGraphLogin
from tests.fakes.x_login import FakeXLogin
from tests.posts.fakes import Fake, FakeFacebook, FakeX

BACK = "https://post.example.org/back/"
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(autouse=True)
def _clock() -> object:
    with clock.frozen(NOW):
        yield


@pytest.fixture(autouse=True)
def net(monkeypatch: pytest.MonkeyPatch) -> dict[str, Fake]:
    fakes: dict[str, Fake] = {"x": FakeX(), "facebook": FakeFacebook()}
    fakes["sandbox-x"], fakes["sandbox-facebook"] = FakeX(), FakeFacebook()
    monkeypatch.setattr(networks, "get", fakes.__getitem__)
    return fakes


@pytest.fixture
def x(db: object) -> Account:
    return Account.objects.create(
        network="x", name="Leraren op X", credentials={"token": "t", "handle": "leraren"}
    )


@pytest.fixture
def facebook(db: object) -> Account:
    return Account.objects.create(network="facebook", name="Lerarennetwerk", credentials={"token": "f"})


@pytest.fixture
def source(db: object) -> Source:
    return Source.objects.create(
        name="Nieuws",
        url="https://school.example/feed",
        site="school.example",
        mode=Source.Mode.REVIEW,
        language="nl",
    )


@pytest.fixture
def make_entry(source: Source) -> Callable[..., Entry]:
    def make(**values: object) -> Entry:
        number = Entry.objects.count() + 1
        known = {
            "source": source,
            "title": f"Studiedag {number}",
            "summary": "Kom ook.",
            "link": f"https://school.example/studiedag-{number}",
            "language": "nl",
            "content_hash": str(number),
            "first_seen_at": NOW - timedelta(hours=1),
        }
        return Entry.objects.create(**{**known, **values})

    return make


@pytest.fixture
def entry(make_entry: Callable[..., Entry]) -> Entry:
    return make_entry()


@pytest.fixture
def event(make_entry: Callable[..., Entry], source: Source, now: datetime, x: Account) -> Event:
    """In three weeks at seven in the evening; the source posts by itself."""
    Source.objects.update(mode="automatic")
    entry = make_entry(title="Vertelavond", summary="", link="https://school.example/vertelavond")
    return Event.objects.create(entry=entry, starts_at=now + timedelta(days=21, hours=9), place="Gent")


@pytest.fixture(params=["x", "facebook"])
def account(request: pytest.FixtureRequest) -> Account:
    return request.getfixturevalue(request.param)


@pytest.fixture
def network(account: Account, net: dict[str, Fake]) -> Fake:
    return net[account.network]


@pytest.fixture
def graph(settings: object) -> Iterator[FakeGraphLogin]:
    with FakeGraphLogin() as fake:
        fake.redirects = {BACK}
        settings.FACEBOOK_API_URL = settings.FACEBOOK_LOGIN_URL = fake.url  # type: ignore[attr-defined]
        app_keys.save(networks.get("facebook"), fake.app_keys)
        yield fake


@pytest.fixture
def x_api(settings: object) -> Iterator[FakeXLogin]:
    with FakeXLogin() as fake:
        fake.callbacks = {BACK}
        settings.X_API_URL = settings.X_LOGIN_URL = fake.url  # type: ignore[attr-defined]
        app_keys.save(networks.get("x"), fake.app_keys)
        yield fake
