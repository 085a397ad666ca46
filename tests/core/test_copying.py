"""Rows made from other rows, and rows that are found by their keys."""

import pytest
from django.db import connection, transaction

from outreach.core.copying import copy
from outreach.core.keyed import by_keys, count_anew
from outreach.subscribers.models import Subscriber, Subscription

pytestmark = pytest.mark.django_db


def test_a_row_is_made_for_each_row_that_is_chosen_and_what_is_there_stays() -> None:
    an, bert, _chris = (
        Subscriber.objects.create(address=f"{n}@x.org", address_key=f"{n}@x.org") for n in "abc"
    )
    old = Subscription.objects.create(subscriber=an, topic="news")
    some, blank = Subscriber.objects.filter(pk__in=[an.pk, bert.pk]), Subscription(topic="news")
    assert copy(some, blank, subscriber_id="pk") == 1
    made = Subscription.objects.exclude(pk=old.pk).get()
    assert (made.subscriber, made.topic, made.left_at) == (bert, "news", None)
    assert made.asked_at == blank.asked_at
    assert copy(Subscriber.objects.filter(pk__in=[]), blank, subscriber_id="pk") == 0
    old.refresh_from_db()
    assert old.asked_at != blank.asked_at


def test_what_is_asked_by_key_ends_with_the_transaction() -> None:
    if connection.vendor != "postgresql":
        by_keys()  # there is nothing to ask of SQLite
        return

    def goes_through_all() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW enable_seqscan")
            return str(cursor.fetchone()[0])

    def inside() -> str:
        with transaction.atomic():
            by_keys()
            said = goes_through_all()
            transaction.set_rollback(True)
        return said

    assert inside() == "off"
    assert goes_through_all() == "on"


def test_a_table_that_grew_is_counted_at_once() -> None:
    Subscriber.objects.bulk_create(
        Subscriber(address=f"{n}@x.org", address_key=f"{n}@x.org") for n in range(50)
    )
    count_anew(Subscriber)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'subscribers_subscriber'")
            assert cursor.fetchone() == (50,)
