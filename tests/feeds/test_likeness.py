"""An entry with the title of an earlier one waits until a person says whether it is new."""

from datetime import timedelta

import pytest

from outreach.feeds import asking
from outreach.feeds.models import Entry, Source
from tests.fakes.website import Website
from tests.feeds.conftest import poll

pytestmark = pytest.mark.django_db


def titled(title: str) -> list[Entry]:
    return list(Entry.objects.filter(title=title).order_by("pk"))


def test_the_same_title_at_another_address_is_asked_about(site: Website, source: Source) -> None:
    site.add_article("Samen lezen", link="/opnieuw/samen-lezen")
    poll(source)
    old, new = titled("Samen lezen")
    assert (new.question, new.like, new.state) == ("duplicate", old, "new")
    assert "An earlier article has the same title" in str(new.reason)


def test_staff_say_that_it_is_new(site: Website, source: Source) -> None:
    site.add_article("Samen lezen", link="/opnieuw/samen-lezen")
    poll(source)
    asking.it_is_new(titled("Samen lezen")[1])
    new = titled("Samen lezen")[1]
    assert (new.question, new.state, str(new.reason)) == ("", "new", "")


def test_staff_say_that_it_is_the_same(site: Website, source: Source) -> None:
    site.add_article("Samen lezen", link="/opnieuw/samen-lezen")
    poll(source)
    asking.it_is_the_same(titled("Samen lezen")[1])
    new = titled("Samen lezen")[1]
    assert (new.question, new.state) == ("", "ignored")
    assert str(new.reason) == "It is the same as “Samen lezen”, said staff."


def test_a_title_that_the_site_often_uses_is_not_asked_about(site: Website, source: Source) -> None:
    for number in range(3):
        site.add_article("Onze nieuwsbrief", link=f"/nieuwsbrief/{number}")
        poll(source, hours=number + 1)
    assert [entry.question for entry in titled("Onze nieuwsbrief")] == ["", "duplicate", ""]


def test_an_old_title_may_come_back(site: Website, source: Source) -> None:
    Entry.objects.update(first_seen_at=source.baseline_at - timedelta(days=40))
    site.add_article("Samen lezen", link="/opnieuw/samen-lezen")
    poll(source)
    assert titled("Samen lezen")[1].question == ""
