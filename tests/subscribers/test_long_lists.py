"""A list twice as long takes twice as long."""

import io
from datetime import timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.crypto import salted_hmac

from outreach.core import clock
from outreach.subscribers import lists, tables
from outreach.subscribers.models import Subscriber, Subscription, Tag
from tests.subscribers.bringing import bring_in

pytestmark = pytest.mark.django_db


def test_a_batch_takes_as_many_statements_whoever_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """None per person, else a long list takes minutes."""
    monkeypatch.setattr("outreach.subscribers.importing.looking.BATCH", 50)
    monkeypatch.setattr("outreach.subscribers.importing.writing.BATCH", 50)

    def taken(content: str) -> int:
        with CaptureQueriesContext(connection) as statements:
            bring_in(content)
        return len(statements)

    Tag.objects.create(name="gent", key="gent")
    few = taken("e-mail;tags\n" + "".join(f"a{n}@example.org;gent\n" for n in range(5)))
    many = taken("e-mail;tags\n" + "".join(f"b{n}@example.org;gent\n" for n in range(50)))
    assert many == few


def test_the_code_of_an_address_is_the_one_that_was_always_kept() -> None:
    code = salted_hmac("outreach.subscribers.suppression", "zoë@example.org", algorithm="sha256").hexdigest()
    assert lists.fingerprints("zoë@example.org")[0] == code


@pytest.mark.parametrize("header", ["", "e-mail\n", "\n\ne-mail\n"])
def test_a_list_is_gone_on_with_behind_any_of_its_lines(header: str) -> None:
    stream = io.BytesIO(f'{header}an@example.org\n\n"bert@example.org"\nchris@example.org'.encode())
    layout = tables.guess(stream)
    everybody = list(tables.rows(stream, layout))
    assert len(everybody) == 3
    for place, row in enumerate(everybody):
        assert list(tables.rows(stream, layout, row.last)) == everybody[place + 1 :]


def test_the_numbers_of_a_newsletter_are_those_of_everybody_looked_at_one_by_one() -> None:
    asked, later = clock.now(), clock.now() + timedelta(days=1)
    wishes = [
        {"asked_at": at, "confirmed_at": confirmed, "left_at": left}
        for at in (asked, later + timedelta(days=1))
        for confirmed in (None, asked)
        for left in (None, later)
    ]
    for number, (state, wish) in enumerate(product(Subscriber.State, wishes)):
        key = f"p{number}@example.org"
        person = Subscriber.objects.create(address=key, address_key=key, state=state)
        Subscription.objects.create(subscriber=person, topic="news", **wish)
        Subscription.objects.create(subscriber=person, topic="events", confirmed_at=asked)
    everybody = Subscription.objects.filter(topic="news").select_related("subscriber")
    reached = [one for one in everybody if one.subscriber.state not in ("bounced", "complained")]
    assert lists.counts("news") == lists.Counts(
        receiving=sum(one.active and one.subscriber.state == "confirmed" for one in everybody),
        waiting=sum(one.waiting for one in reached),
        left=sum(bool(one.left_at) and not one.waiting for one in reached),
        unreachable=len(everybody) - len(reached),
    )
