"""Colours, dates and logo of a mail, and the shelf of designs."""

from datetime import UTC, datetime

import pytest
from django.contrib.staticfiles import finders
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from outreach.core import colours
from outreach.core.models import Logo, Organisation
from outreach.feeds.models import Entry, Event
from outreach.newsletters.designs import looks, mjml, shelf

CHANNEL = st.integers(0, 255)


@given(st.tuples(CHANNEL, CHANNEL, CHANNEL))
def test_whatever_colour_is_chosen_its_words_can_be_read(colour):
    found = {name: colours.parse(css) for name, css in looks.palette(colours.css(colour)).items()}
    for ink, grounds in (
        ("day", (colours.parse("#fcfcfa"), colours.parse("#f6f6f4"), found["wash"], found["on_day"])),
        (
            "night",
            (colours.parse("#16191d"), colours.parse("#1b1f23"), found["night_wash"], found["on_night"]),
        ),
    ):
        for ground in grounds:
            assert colours.contrast(found[ink], ground) >= 4.5, (ink, ground)
    assert not {(0, 0, 0), (255, 255, 255)} & set(found.values())


@pytest.mark.parametrize(
    ("language", "leaf"),
    [("nl", ("do", "12", "mrt")), ("fr", ("jeu", "12", "mars")), ("en", ("Thu", "12", "March"))],
)
def test_a_date_is_short_and_on_the_organisations_clock(language, leaf):
    late = datetime(2026, 3, 11, 23, 30, tzinfo=UTC)  # the next day in Brussels
    with translation.override(language):
        for found in (looks.leaf(Event(starts_at=late)), looks.published(Entry(published_at=late))):
            assert (found.weekday, found.number, found.month) == leaf
        assert looks.published(Entry(first_seen_at=late)).number == "12"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("size", "shown"),
    [((440, 110), (220, 55)), ((300, 440), (44, 64)), ((90, 30), (90, 30)), ((440, 1), (220, 1))],
)
def test_a_logo_is_shown_small_enough_and_never_larger_than_it_is(size, shown):
    logo = Logo.objects.create(key="ab", content=b"", width=size[0], height=size[1])
    found = looks.logo(Organisation(logo=logo))
    assert found is not None
    assert (found.width, found.height) == shown


def test_without_a_logo_there_is_none():
    assert looks.logo(Organisation()) is None


@pytest.mark.django_db
def test_each_design_that_ships_has_a_name_and_a_small_picture():
    found = [design for design in shelf.designs() if not design.own]
    assert [design.slug for design in found] == ["plain", "magazine", "letter", "bulletin"]
    assert {design.slug for design in found} == set(mjml.shipped())
    for design in found:
        assert design.about.endswith(".")
        assert finders.find(f"outreach/design-{design.slug}.webp")
