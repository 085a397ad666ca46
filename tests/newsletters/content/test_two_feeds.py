"""Two feeds of one website: whichever shows an article first, each newsletter has it once."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from outreach.core import clock
from outreach.feeds.models import Entry, Rule, Showing, Source
from outreach.newsletters import making
from outreach.newsletters.content import digest, reasons
from outreach.newsletters.models import Newsletter
from tests.newsletters.conftest import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def other(source: Source) -> Source:
    """A feed of one category of the same website."""
    return Source.objects.create(
        name="Stages", url="https://school.example/stages/feed", site="school.example", language="nl"
    )


@pytest.fixture
def of_other(other: Source) -> Newsletter:
    """Takes that category only."""
    with clock.frozen(NOW - timedelta(days=6)):
        return making.create("Stagebrief", sources=[other], language="nl")


def titles(newsletter: Newsletter) -> list[str]:
    return [entry.title for entry in digest.gather(newsletter, NOW + HOUR).articles]


def test_a_newsletter_of_the_second_feed_has_the_article_too(
    newsletter: Newsletter, of_other: Newsletter, other: Source, write: Callable[..., Entry]
):
    entry = write("In twee rubrieken")
    assert titles(of_other) == []
    Showing.objects.create(source=other, entry=entry, at=NOW)
    assert titles(of_other) == ["In twee rubrieken"] == titles(newsletter)
    assert "It comes into the next issue" in reasons.for_newsletter(entry, of_other, NOW).sentence.text


def test_what_the_second_feed_had_from_the_start_is_no_news(
    of_other: Newsletter, other: Source, write: Callable[..., Entry]
):
    entry = write("Van vroeger")
    Showing.objects.create(source=other, entry=entry, at=None)
    assert titles(of_other) == []


def test_what_it_showed_before_the_newsletter_began_is_no_news(
    of_other: Newsletter, other: Source, write: Callable[..., Entry]
):
    Showing.objects.create(source=other, entry=write("Van vroeger"), at=of_other.starts_at - HOUR)
    assert titles(of_other) == []


def test_an_article_that_a_newsletter_of_both_feeds_has_comes_once(
    newsletter: Newsletter, other: Source, write: Callable[..., Entry]
):
    newsletter.sources.add(other)
    Showing.objects.create(source=other, entry=write("Een keer"), at=NOW)
    assert titles(newsletter) == ["Een keer"]


def test_the_rules_of_the_feed_that_a_newsletter_takes_are_asked(
    of_other: Newsletter, other: Source, source: Source, write: Callable[..., Entry]
):
    Rule.objects.create(source=source, position=1, action="ignore", conditions={})
    Showing.objects.create(source=other, entry=write("Toch"), at=NOW)
    assert titles(of_other) == ["Toch"]
