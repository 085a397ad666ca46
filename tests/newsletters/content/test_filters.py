"""What a newsletter takes of its sources, and that nobody is flooded when that is changed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from outreach.core import clock
from outreach.core.errors import BadInput
from outreach.feeds.models import Entry, Event, Rule, Source
from outreach.newsletters import issues, making
from outreach.newsletters.content import digest, reasons
from outreach.newsletters.models import Inclusion, Issue, Newsletter, PassedOver
from tests.newsletters.conftest import NOW

pytestmark = pytest.mark.django_db
Write = Callable[..., Entry]
WEEK = timedelta(days=7)


def open_at(newsletter: Newsletter, weeks: int) -> list[str]:
    """The articles of the issue that its slot of that week brings."""
    with clock.frozen(NOW + weeks * WEEK):
        while issues.open_one(NOW + weeks * WEEK):
            pass
    issue = newsletter.issues.latest("slot")
    return sorted(item.entry.title for item in issue.items.filter(repeated=False).select_related("entry"))


def why(entry: Entry, newsletter: Newsletter) -> str:
    entry = Entry.objects.select_related("source", "event").get(pk=entry.pk)
    [found] = [one for one in reasons.of(entry, clock.now()) if one.newsletter == newsletter]
    return str(found.sentence)


@pytest.mark.parametrize(
    ("filters", "taken"),
    [
        ({}, ["Appel", "Bus", "Chou", "Dag"]),
        ({"languages": ["nl"]}, ["Appel", "Bus", "Dag"]),
        ({"languages": ["fr", "en"]}, ["Chou"]),
        ({"categories": ["NIEUWS"]}, ["Appel", "Chou"]),
        ({"categories": "nieuws, Café*"}, ["Appel", "Bus", "Chou"]),
        ({"without": ["stages"]}, ["Appel", "Chou", "Dag"]),
        ({"categories": ["nieuws"], "languages": ["nl"]}, ["Appel"]),
    ],
)
def test_a_newsletter_takes_what_its_filters_let_through(
    newsletter: Newsletter, write: Write, filters: dict[str, Any], taken: list[str]
) -> None:
    making.change(newsletter, **filters)
    write("Appel", categories=["Nieuws"])
    write("Bus", categories=["cafépraat", "Stages"])
    write("Chou", categories=["nieuws", "x"], language="fr")
    write("Dag")
    assert open_at(newsletter, 0) == taken


def test_what_one_newsletter_does_not_take_another_one_has(
    newsletter: Newsletter, source: Source, write: Write
) -> None:
    with clock.frozen(NOW - timedelta(days=6)):
        french = making.create("Lettre", sources=[source], mode="automatic", languages=["fr"])
    making.change(newsletter, languages=["nl"])
    write("Appel")
    chou = write("Chou", language="fr")
    assert open_at(newsletter, 0) == ["Appel"]
    assert open_at(french, 0) == ["Chou"]
    assert why(chou, newsletter) == "Not in the newsletter “Nieuwsbrief”: its language is French."
    assert why(chou, french).startswith("In the newsletter “Lettre” of ")


def test_a_wider_filter_brings_nothing_of_before(newsletter: Newsletter, write: Write) -> None:
    making.change(newsletter, languages=["nl"])
    write("Appel")
    old = write("Chou", language="fr")
    open_at(newsletter, 0)
    making.change(newsletter, languages=[])
    with clock.frozen(NOW + WEEK):
        write("Dattes", language="fr")
        assert open_at(newsletter, 1) == ["Dattes"]
        assert why(old, newsletter) == "Not in the newsletter “Nieuwsbrief”: its language is French."


def test_what_came_since_the_last_issue_goes_by_the_filter_of_today(
    newsletter: Newsletter, write: Write
) -> None:
    making.change(newsletter, languages=["nl"])
    write("Chou", language="fr")
    making.change(newsletter, languages=["fr"])
    appel = write("Appel")
    assert why(appel, newsletter) == "Not in the newsletter “Nieuwsbrief”: its language is Dutch."
    assert open_at(newsletter, 0) == ["Chou"]


def test_an_issue_that_is_skipped_passes_over_too(newsletter: Newsletter, write: Write) -> None:
    making.change(newsletter, languages=["nl"])
    write("Chou", language="fr")
    assert open_at(newsletter, 0) == []
    assert newsletter.issues.get().state == Issue.State.SKIPPED
    making.change(newsletter, languages=[])
    assert open_at(newsletter, 1) == []


def test_a_rule_that_is_changed_later_brings_nothing_of_before(
    newsletter: Newsletter, source: Source, write: Write
) -> None:
    other = making.create("Andere", sources=[])
    conditions = [{"field": "title", "op": "has", "value": "Vacature"}]
    rule = Rule.objects.create(source=source, conditions=conditions, action="newsletter")
    Inclusion.objects.create(rule=rule).newsletters.set([other])
    job = write("Vacature")
    expected = (
        "Not in the newsletter “Nieuwsbrief”: the rule “the title holds Vacature” does not send it there."
    )
    assert why(job, newsletter) == expected
    assert open_at(newsletter, 0) == []
    rule.delete()
    assert open_at(newsletter, 1) == []
    assert why(job, newsletter) == expected


def test_of_a_source_that_is_added_only_what_comes_from_then_on(
    newsletter: Newsletter, source: Source, write: Write
) -> None:
    other = Source.objects.create(name="Blog", url="https://blog.example/feed", site="blog.example")
    old = write("Oud", source=other)
    assert why(old, newsletter) == "Not in the newsletter “Nieuwsbrief”: it takes no articles from “Blog”."
    making.change(newsletter, sources=[source, other])
    write("Vers", source=other)
    assert open_at(newsletter, 0) == ["Vers"]
    assert why(old, newsletter).endswith("it was there before the newsletter took articles from “Blog”.")


def test_a_look_at_the_feed_writes_no_line_for_what_is_not_taken(
    newsletter: Newsletter, write: Write
) -> None:
    making.change(newsletter, languages=["nl"])
    write("Chou", language="fr")
    for _look in range(3):
        digest.gather(newsletter, NOW)
    assert not PassedOver.objects.exists()
    open_at(newsletter, 0)
    open_at(newsletter, 1)
    assert PassedOver.objects.count() == 1


# ---- Dates ahead ----


def test_what_is_dated_ahead_waits_for_its_date(newsletter: Newsletter, write: Write) -> None:
    later = write("Straks", published_at=NOW + timedelta(days=10))
    assert why(later, newsletter).startswith("In the newsletter “Nieuwsbrief” it waits for its date: ")
    assert open_at(newsletter, 0) == []
    assert open_at(newsletter, 1) == []
    assert open_at(newsletter, 2) == ["Straks"]


def test_a_date_in_another_century_holds_it_up_for_a_month(newsletter: Newsletter, write: Write) -> None:
    write("Tikfout", published_at=NOW.replace(year=2062))
    assert [open_at(newsletter, week) for week in range(6)] == [[], [], [], [], [], ["Tikfout"]]


def test_a_website_whose_clock_is_two_hours_ahead_is_not_late(newsletter: Newsletter, write: Write) -> None:
    write("Nu", published_at=NOW + timedelta(hours=1))
    assert open_at(newsletter, 0) == ["Nu"]


def test_an_event_does_not_wait_until_it_takes_place(newsletter: Newsletter, write: Write) -> None:
    starts = NOW + timedelta(days=10)
    write("Lezing", starts_at=starts, published_at=starts)
    assert open_at(newsletter, 0) == ["Lezing"]


# ---- Why ----


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "It comes into the next issue of the newsletter “Nieuwsbrief”"),
        ({"first_seen_at": NOW - timedelta(days=400)}, "it was there before the newsletter began."),
        (
            {"state": "ignored", "reason": digest.say(digest.news.BY_STAFF)},
            "it was put aside. Staff decided not to post it.",
        ),
        ({"withdrawn_at": NOW}, "as long as it is not on the website."),
        ({"question": "event"}, "before staff answer what is asked about it."),
    ],
)
def test_it_says_why_an_entry_is_not_in_a_newsletter(
    newsletter: Newsletter, write: Write, values: dict[str, Any], expected: str
) -> None:
    assert expected in why(write("Vers", **values), newsletter)


def test_it_says_why_an_event_is_not_in_a_newsletter(newsletter: Newsletter, write: Write) -> None:
    off, over = write("Af", starts_at=NOW + WEEK), write("Voorbij", starts_at=NOW - WEEK)
    Event.objects.filter(entry=off).update(status="cancelled")
    assert why(off, newsletter).endswith("the event is cancelled or postponed.")
    assert why(over, newsletter).endswith("the event had begun before it went out.")


def test_it_says_that_its_source_is_held(newsletter: Newsletter, write: Write) -> None:
    entry = write("Verhuisd")
    Source.objects.update(held_at=NOW - timedelta(hours=2))
    assert why(entry, newsletter).endswith("as long as its source is held.")


# ---- What may be asked for ----


def test_categories_are_typed_with_commas_and_kept_once(newsletter: Newsletter) -> None:
    making.change(newsletter, categories=" Nieuws,  stage plaatsen ,nieuws,", without="")
    assert (newsletter.categories, newsletter.without) == (["Nieuws", "stage plaatsen"], [])


def test_all_languages_are_none_in_particular(newsletter: Newsletter) -> None:
    making.change(newsletter, languages=["en", "nl", "fr"])
    assert newsletter.languages == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"languages": ["de"]}, "languages"),
        ({"categories": ["x" * 121]}, "categories"),
        ({"without": [f"nummer {number}" for number in range(31)]}, "without"),
    ],
)
def test_what_cannot_be_meant_is_refused(newsletter: Newsletter, values: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        making.change(newsletter, **values)
    assert caught.value.field == field
