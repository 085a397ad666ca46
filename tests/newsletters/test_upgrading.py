"""A newsletter that was there before several days and weeks could be chosen goes out as it did."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from outreach.core.models import Activity
from outreach.core.sentences import say
from outreach.newsletters import schedule
from outreach.newsletters.models import Delivery, Issue, Newsletter
from outreach.notices.models import Notice
from outreach.subscribers.models import LeaveReason
from tests.newsletters.conftest import NOW

BEFORE = ("newsletters", "0003_inclusions")


@pytest.mark.django_db(transaction=True)
def test_the_next_date_of_each_newsletter_is_what_it_was() -> None:
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    MigrationExecutor(connection).migrate([BEFORE])
    old = MigrationExecutor(connection).loader.project_state([BEFORE]).apps
    shapes = [
        ({"frequency": "weekly", "weekday": 4}, "2026-03-13"),
        ({"frequency": "monthly-weekday", "weekday": 2, "nth": -1}, "2026-03-25"),
        ({"frequency": "monthly-day", "month_day": 31}, "2026-03-31"),
    ]
    for number, (values, _day) in enumerate(shapes):
        names = {"name": f"N{number}", "slug": f"n{number}", "topic": f"n{number}", "next_slot": NOW}
        old.get_model("newsletters", "Newsletter").objects.create(**names, **values, zone="UTC")
    MigrationExecutor(connection).migrate(latest)
    rows = list(Newsletter.objects.order_by("pk"))
    assert {row.next_slot for row in rows} == {NOW}
    found = [f"{schedule.next_slot(schedule.of(row), NOW):%Y-%m-%d}" for row in rows]
    assert found == [day for _values, day in shapes]


@pytest.mark.django_db(transaction=True)
def test_what_mail_servers_said_of_readers_is_told_to_staff_without_them() -> None:
    before = ("newsletters", "0014_welcome_repeated")
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    MigrationExecutor(connection).migrate([before])
    others = [node for node in latest if node[0] != "newsletters"]
    old = MigrationExecutor(connection).loader.project_state([before, *others]).apps
    letter = old.get_model("newsletters", "Newsletter").objects.create(name="N", slug="n", topic="n")
    said = say("Objects: %(reply)s (%(why)s)", reply="550 <anna@example.org> no", why=say("x %(y)s", y="a@b"))
    issue = old.get_model("newsletters", "Issue").objects.create(newsletter=letter, slot=NOW, reason=said)
    about = f"issue:{issue.pk}"
    old.get_model("core", "Activity").objects.create(subject=about, sentence=said, raw="<anna@example.org>")
    old.get_model("core", "Activity").objects.create(subject=about, sentence=say("Sent."), raw="")
    told = {"title": say("T"), "text": said, "advice": say("A")}
    old.get_model("notices", "Notice").objects.create(key="k", about=about, name="N", **told)
    old.get_model("newsletters", "Delivery").objects.create(issue=issue, due_at=NOW, reply="250 anna@")
    old.get_model("subscribers", "LeaveReason").objects.create(topic="n", why="other", words="Anna hier")
    MigrationExecutor(connection).migrate(latest)
    clean = "Objects: 550 <…@example.org> no (x …@b)"
    assert str(Issue.objects.get().reason) == str(Notice.objects.get().text) == clean
    rows = [(str(row.sentence), row.raw) for row in Activity.objects.order_by("pk")]
    assert rows == [(clean, "<…@example.org>"), ("Sent.", "")]
    assert (Delivery.objects.get().reply, LeaveReason.objects.get().words) == ("", "")
