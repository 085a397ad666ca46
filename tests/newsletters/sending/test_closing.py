"""An issue is closed at the very instant at which staff try something again."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from outreach.newsletters import issues, sending
from outreach.newsletters.models import Delivery, Issue, Newsletter
from outreach.newsletters.sending import finishing, retrying
from tests.newsletters.conftest import NOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def issue(newsletter: Newsletter, write: Callable[..., Any], readers: Callable[[int], list[str]]) -> Issue:
    """Through, but for its closing; one mail was refused."""
    readers(3)
    write("Voorlezen")
    issue = issues.make_now(newsletter)
    issues.approve(issue)
    sending.start_one(NOW)
    Delivery.objects.update(state="sent")
    Delivery.objects.filter(pk=Delivery.objects.first().pk).update(state="bounced")  # type: ignore[union-attr]
    issue.refresh_from_db()
    return issue


def both(one: Callable[[], object], other: Callable[[], object]) -> None:
    def work(act: Callable[[], object]) -> None:
        try:
            act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(work, (one, other)))


def is_open_or_has_nothing_to_do(issue: Issue) -> bool:
    issue.refresh_from_db()
    return issue.state == "sending" or not issue.deliveries.filter(state="queued").exists()


def test_what_is_queued_while_it_is_being_closed_keeps_it_open(issue: Issue, monkeypatch: pytest.MonkeyPatch):
    queued, closing = threading.Event(), threading.Event()
    queue, tell = retrying._queue, finishing._tell

    def slow_queue(batch: list[int]) -> int:
        count = queue(batch)
        queued.set()  # now the other one asks whether the issue is through
        closing.wait(0.5)
        return count

    def slow_tell(issue: Issue) -> None:
        closing.wait(0.5)  # the one who retries has committed, and looks whether it was closed
        tell(issue)

    monkeypatch.setattr(retrying, "_queue", slow_queue)
    monkeypatch.setattr(finishing, "_tell", slow_tell)
    both(lambda: retrying.retry(issue), lambda: queued.wait(5) and sending.deliver_some(NOW))
    assert is_open_or_has_nothing_to_do(issue)


def test_what_is_tried_again_while_it_is_being_closed_opens_it(issue: Issue, monkeypatch: pytest.MonkeyPatch):
    closed, tell = threading.Event(), finishing._tell

    def slow_tell(issue: Issue) -> None:
        closed.set()
        threading.Event().wait(0.3)
        tell(issue)

    monkeypatch.setattr(finishing, "_tell", slow_tell)
    both(lambda: closed.wait(5) and retrying.retry(issue), lambda: finishing.finish_one(NOW))
    assert issue.deliveries.get(state="queued")
    assert is_open_or_has_nothing_to_do(issue)
