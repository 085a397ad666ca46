"""A list twice as long takes twice as long."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from outreach.subscribers.models import Tag
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
