"""A list twice as long takes twice as long."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.crypto import salted_hmac

from outreach.subscribers import lists, tables
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
