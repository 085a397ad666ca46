"""A form that a program fills in a thousand times; and what it tells of who subscribes: nothing."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from outreach.core import clock
from outreach.newsletters.models import Newsletter
from outreach.subscribers import joining, limits, lists, puzzles, taking_up
from outreach.subscribers.models import Confirmation, SignUp, Spent, Suppression

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with clock.frozen(NOON):
        yield


@pytest.fixture(autouse=True)
def newsletter() -> Newsletter:
    return Newsletter.objects.create(name="Nieuws", slug="nieuws", topic="news-1", language="en")


def sign_up(client: Client, address: str, *, visitor: str = "192.0.2.1", **more: str) -> Any:
    return client.post("/newsletter/nieuws/", {"address": address, **more}, REMOTE_ADDR=visitor)


def proof() -> dict[str, str]:
    """What a browser that runs our script sends along."""
    challenge = puzzles.challenge("news-1", clock.now())
    return {"challenge": challenge, "solution": solved(challenge)}


def solved(challenge: str) -> str:
    return next(str(number) for number in count() if puzzles.solves(challenge, str(number)))


def easy(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of a thousand: a sum that is found at once."""
    monkeypatch.setattr(puzzles, "BITS", 1)


def ticked() -> None:
    while taking_up.take_up_one(clock.now()):
        pass


def test_a_visitor_without_scripts_may_sign_up_five_times_an_hour(client: Client) -> None:
    codes = [sign_up(client, f"a{n}@example.org").status_code for n in range(7)]
    assert codes == [303] * 5 + [429] * 2
    answer = sign_up(client, "b@example.org")
    assert answer["Retry-After"] == "3600"
    assert "Press the button once more" in answer.content.decode()
    assert 'value="b@example.org"' in answer.content.decode()
    assert sign_up(client, "b@example.org", visitor="192.0.2.2").status_code == 303


def test_the_page_that_asks_once_more_lets_a_browser_with_scripts_in(client: Client) -> None:
    for n in range(5):
        sign_up(client, f"a{n}@example.org")
    page = sign_up(client, "jan@gmail.con", use="jan@gmail.com").content.decode()
    assert 'value="jan@gmail.com"' in page
    [challenge] = re.findall(r'data-challenge="([^"]+)"', page)
    more = {"challenge": challenge, "solution": solved(challenge), "use": "as-typed"}
    assert sign_up(client, "jan@gmail.com", **more).status_code == 303
    assert SignUp.objects.last().address == "jan@gmail.com"


def test_when_an_hours_mails_wait_no_form_takes_more(client: Client, settings: Any) -> None:
    settings.CONFIRMATIONS_PER_HOUR = 2
    for n in range(4):
        assert sign_up(client, f"a{n}@example.org").status_code == 303
    ticked()
    assert sign_up(client, "b@example.org").status_code == 303  # none has left: the mail server may be away
    Confirmation.objects.filter(pk__in=Confirmation.objects.all()[:2]).update(state="sent", handed_at=NOON)
    answer = sign_up(client, "c@example.org", visitor="192.0.2.8", **proof())
    assert (answer.status_code, answer["Retry-After"]) == (429, "3600")
    with clock.frozen(NOON + timedelta(hours=1)):
        assert sign_up(client, "c@example.org").status_code == 303


def test_a_sum_serves_once_for_its_newsletter_and_in_time(client: Client) -> None:
    given = proof()
    challenge, solution = given["challenge"], given["solution"]
    assert not puzzles.spend(challenge, solution, "another", NOON)
    assert not puzzles.spend(challenge, solution, "news-1", NOON + timedelta(hours=2))
    assert not puzzles.spend(challenge, str(int(solution) + 10**6), "news-1", NOON)
    assert not puzzles.spend(challenge.replace(".1", ".2", 1), solution, "news-1", NOON)
    assert puzzles.spend(challenge, solution, "news-1", NOON)
    assert not puzzles.spend(challenge, solution, "news-1", NOON)
    puzzles.spend(**proof(), topic="news-1", now=NOON + timedelta(hours=1))
    with clock.frozen(NOON + timedelta(hours=3)):
        assert puzzles.spend(**proof(), topic="news-1", now=clock.now())
    assert Spent.objects.count() == 1  # those that are too old anyway are not kept


@pytest.mark.parametrize(
    "challenge", ["", "x", "a.b.c", "..", "é.1.x", "a.99999999999999999999.x", "\u0661.1.1"]
)
@pytest.mark.parametrize("solution", ["", "x", "-1", "1e9", "٣", "9" * 5000])
def test_a_sum_that_is_nonsense_counts_as_none(client: Client, challenge: str, solution: str) -> None:
    answer = sign_up(client, "an@example.org", challenge=challenge, solution=solution)
    assert answer.status_code == 303
    assert not Spent.objects.exists()


def test_a_thousand_sign_ups_for_one_address_send_three_mails_a_day(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    easy(monkeypatch)
    for n in range(1000):
        with clock.frozen(NOON + timedelta(seconds=80 * n)):  # over most of a day, from as many visitors
            visitor = f"198.51.{n % 100}.{n // 100}"
            assert sign_up(client, "an@example.org", visitor=visitor, **proof()).status_code == 303
            ticked()
    assert Confirmation.objects.count() == 3


@pytest.mark.parametrize(("scripts", "most"), [(True, 40), (False, 5)])
def test_a_thousand_sign_ups_from_one_visitor_in_an_hour_send_no_more_than_is_said(
    client: Client, monkeypatch: pytest.MonkeyPatch, scripts: bool, most: int
) -> None:
    easy(monkeypatch)
    for n in range(1000):
        with clock.frozen(NOON + timedelta(seconds=3 * n)):
            address = f"2001:db8:1:2::{n:x}"  # a household's machine takes new addresses at will
            sign_up(client, f"a{n}@example.org", visitor=address, **(proof() if scripts else {}))
    ticked()
    limit = limits.PROVEN if scripts else limits.PLAIN
    assert Confirmation.objects.count() == most == limit.visitor_hour


def test_the_same_work_is_done_for_every_address(client: Client) -> None:
    joining.add("news-1", "known@example.org", how="command", wording="Yes.")
    joining.ask("news-1", "asked@example.org", wording="Yes.")
    for why in Suppression.Why:
        lists.suppress(f"{why}@example.org", why)
    sign_up(client, "first@example.org", visitor="192.0.2.99")  # what a process does once is done
    known = ["known", "asked", "new", "complaint", "bounce", "erased"]
    assert len({seen(client, f"{name}@example.org", number) for number, name in enumerate(known)}) == 1


def seen(client: Client, address: str, number: int) -> tuple[object, ...]:
    """All that a stranger can see of an answer, and the shape of each statement that it took."""
    with CaptureQueriesContext(connection) as caught:
        answer = sign_up(client, address, visitor=f"192.0.2.{number}")
    shapes = tuple(re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in caught)
    assert not any("subscribers_subscri" in shape or "suppression" in shape for shape in shapes)
    return answer.status_code, answer.content, tuple(sorted(answer.headers.items())), shapes


def test_behind_our_own_proxy_the_visitors_address_counts(client: Client, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for n in range(limits.PLAIN.visitor_hour + 1):
        forwarded = {"X-Forwarded-For": f"203.0.113.9, 192.0.2.{n}"}
        fields = {"address": f"a{n}@example.org"}
        assert client.post("/newsletter/nieuws/", fields, headers=forwarded).status_code == 303


def test_a_sign_up_that_a_dead_worker_held_is_taken_up_later(client: Client) -> None:
    sign_up(client, "an@example.org")
    SignUp.objects.update(claim="dead", lease_until=NOON + timedelta(minutes=1))
    assert not taking_up.take_up_one(NOON)
    assert taking_up.take_up_one(NOON + timedelta(minutes=2))
    assert (SignUp.objects.count(), Confirmation.objects.count()) == (0, 1)
