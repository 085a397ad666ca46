"""An entry with the title of an earlier one waits until a person says whether it is new."""

from datetime import timedelta

import pytest

from outreach.feeds import asking, enriching, holding
from outreach.feeds.models import Entry, Source
from tests.fakes.website import Website
from tests.feeds.conftest import NOON, poll

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
    old, new = titled("Samen lezen")
    assert (new.question, new.state) == ("", "ignored")
    assert str(new.reason) == "It is the same as “Samen lezen”, said staff."
    # Both are shown still, each in its own place.
    site.add_article("Zingen")
    poll(source, 2)
    assert [entry.link for entry in titled("Samen lezen")] == [old.link, new.link]


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


def test_an_old_title_with_the_date_of_then_is_asked_about(site: Website, source: Source) -> None:
    """Its address was made of a slug, and the slug was put right."""
    Entry.objects.update(first_seen_at=source.baseline_at - timedelta(days=40))
    article = next(one for one in site.articles if one.title == "Samen lezen")
    article.link = article.guid = f"{site.url}/samen-voorlezen/"
    poll(source)
    assert titled("Samen lezen")[1].question == "duplicate"


def test_an_article_that_got_another_title_and_address_is_asked_about(site: Website, source: Source) -> None:
    article = next(one for one in site.articles if one.title == "Samen lezen")
    article.summary = "Voorlezen is praten met een boek erbij, ook voor wie nog geen letter kent."
    poll(source)
    article.title = "Samen voorlezen"
    article.link = article.guid = f"{site.url}/samen-voorlezen/"
    poll(source, 2)
    [new] = titled("Samen voorlezen")
    assert (new.question, new.like) == ("duplicate", titled("Samen lezen")[0])
    assert "same text is not shown any more: “Samen lezen”" in str(new.reason)


def test_two_articles_of_one_moment_with_the_same_text_are_two(site: Website, source: Source) -> None:
    words = "Schrijf je in via de knop onderaan de bladzijde; de koffie staat klaar."
    for title in ("Studiedag rekenen", "Studiedag muziek"):
        site.add_article(title, words, published=NOON)
    poll(source)
    assert [titled(title)[0].question for title in ("Studiedag rekenen", "Studiedag muziek")] == ["", ""]


def _moved(site: Website, source: Source) -> None:
    """Everything that was there is at another address, with another id."""
    for article in site.articles:
        article.link, article.guid = f"{article.link}nieuw/", f"nieuw-{article.number}"
    site.add_article("Zingen")
    site.add_article("Tekenen")
    poll(source)
    source.refresh_from_db()
    assert source.held_at


def test_after_a_move_one_answer_is_enough(site: Website, source: Source) -> None:
    _moved(site, source)
    assert Entry.objects.filter(question="duplicate").count() == 3
    holding.release_as_old(source)
    assert not Entry.objects.exclude(question="").exists()


def test_after_a_move_they_may_all_be_new(site: Website, source: Source) -> None:
    _moved(site, source)
    holding.release_to_post(source)
    assert not Entry.objects.exclude(question="").exists()
    assert Entry.objects.filter(state="new").count() == 5


def test_after_a_move_the_pages_of_old_articles_are_left_alone(site: Website, source: Source) -> None:
    _moved(site, source)
    now = NOON + timedelta(hours=2)
    assert not enriching.enrich_one(now)
    holding.release_as_old(source)
    assert not enriching.enrich_one(now)
