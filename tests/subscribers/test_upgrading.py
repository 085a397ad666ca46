"""What was there before an upgrade goes on after it."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from outreach.core import clock
from outreach.subscribers import importing
from outreach.subscribers.models import Import, Subscriber
from outreach.subscribers.searching import Filter

BEFORE = ("subscribers", "0005_bounce_reason")


@pytest.mark.django_db(transaction=True)
def test_who_was_on_a_list_that_was_half_brought_in_is_found_by_name() -> None:
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    MigrationExecutor(connection).migrate([BEFORE])
    old = MigrationExecutor(connection).loader.project_state([BEFORE]).apps
    says = {"topic": "news", "language": "nl", "basis": "paper", "wording": "Yes.", "state": "importing"}
    job = old.get_model("subscribers", "Import").objects.create(**says)
    line = {"address": "An@example.org", "address_key": "an@example.org", "name": "Noé", "language": "nl"}
    old.get_model("subscribers", "ImportLine").objects.create(job=job, line=1, **line)
    MigrationExecutor(connection).migrate(latest)
    while importing.import_some(clock.now()):
        pass
    assert Import.objects.get().state == Import.State.IMPORTED
    assert [person.address for person in Filter(search="noe").people()] == ["An@example.org"]
    assert Subscriber.objects.get().state == Subscriber.State.CONFIRMED
