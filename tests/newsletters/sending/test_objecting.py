"""Which answers stop an issue at once, which only when they are many, and which never."""

from collections.abc import Iterator

import pytest

from outreach.mail.replies import outcome
from outreach.newsletters.sending import objecting
from outreach.newsletters.sending.picking import Row


@pytest.fixture(autouse=True)
def _counted_anew() -> Iterator[None]:
    objecting.forget()
    yield
    objecting.forget()


def row(before: str = "") -> Row:
    return Row(1, 1, "an@school.example", "", True, None, False, 0, before)


def stops(reply: str, stage: str = "rcpt", before: str = "") -> bool:
    return objecting.stops(1, row(before), outcome(int(reply[:3]), reply[4:], stage=stage))


def taken(count: int) -> None:
    for _ in range(count):
        assert not stops("250 2.0.0 ok", "dot")


@pytest.mark.parametrize(
    ("reply", "stage"),
    [
        ("550 5.7.26 not authenticated", "rcpt"),
        ("535 5.7.8 who are you", "rcpt"),
        ("530 Authentication required", "rcpt"),
        ("503 out of order", "rcpt"),
        ("553 5.1.8 bad sender", "rcpt"),
        ("550 no", "mail"),
        ("554 no", "data"),
    ],
)
def test_what_holds_for_every_reader_stops_it_at_once(reply: str, stage: str):
    taken(150)
    assert stops(reply, stage)


@pytest.mark.parametrize(
    "reply", ["550 5.7.1 not welcome", "554 Client host blocked using list.example", "550 looks like spam"]
)
def test_what_may_be_the_policy_of_one_mailbox_stops_it_when_it_is_more_than_that(reply: str):
    taken(150)
    assert [stops(reply) for _ in range(4)] == [False, False, False, True]
    objecting.forget()
    assert stops(reply)
    assert not stops(reply, before=reply)  # staff went on, and it says so again


@pytest.mark.parametrize(
    "reply", ["550 5.1.1 <spam@school.example>: User unknown", "552 5.2.2 full", "550 no"]
)
def test_what_is_about_one_reader_never_stops_it(reply: str):
    assert not any(stops(reply) for _ in range(50))
