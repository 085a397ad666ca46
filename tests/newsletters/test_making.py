"""Making and changing a newsletter: what is wrong is said beside its field, and nothing is half done."""

from datetime import timedelta
from typing import Any

import pytest

from outreach.core import clock
from outreach.core.errors import BadInput
from outreach.feeds.models import Source
from outreach.newsletters import making
from outreach.newsletters.models import Newsletter
from tests.newsletters.conftest import NOW

pytestmark = pytest.mark.django_db


def test_a_new_newsletter_knows_its_next_slot_and_begins_with_what_is_new(source: Source):
    newsletter = making.create("Nieuws voor kleuterjuffen", sources=[source])
    assert (newsletter.slug, newsletter.topic) == ("nieuws-voor-kleuterjuffen", "nieuws-voor-kleuterjuffen")
    assert newsletter.next_slot == NOW + timedelta(days=7)
    assert newsletter.starts_at == NOW
    assert list(newsletter.sources.all()) == [source]


def test_a_renamed_newsletter_keeps_its_topic_because_links_in_old_mails_hold_it():
    newsletter = making.create("Nieuws")
    making.change(newsletter, name="Berichten", slug="berichten")
    assert (newsletter.name, newsletter.slug, newsletter.topic) == ("Berichten", "berichten", "nieuws")
    assert making.create("Nieuws").topic == "nieuws-2"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", " ", "Give the newsletter a name."),
        ("name", "Nieuws\nBcc: iedereen@example.org", "on one line"),
        ("name", "x" * 121, "at most 120"),
        ("slug", "Mijn Nieuws", "such as mijn-nieuws"),
        ("from_address", "geen adres", "e-mail address has an @"),
        ("from_address", "nieuws@", "not an e-mail address"),
        ("reply_to", "a@b@c", "not an e-mail address"),
        ("from_name", "Els\r\nBcc: x@example.org", "on one line"),
        ("language", "de", "Dutch, English or French"),
        ("mode", "never", "looked at before"),
        ("frequency", "hourly", "how often"),
        ("weekday", 7, "day of the week"),
        ("weekday", True, "day of the week"),
        ("weekdays", [], "at least one day"),
        ("weekdays", [2, 7], "at least one day"),
        ("weekdays", "maandag", "at least one day"),
        ("every", 0, "a number of them up to 52"),
        ("anchor", "morgen", "such as 2026-12-01"),
        ("anchor", "0001-01-01", "such as 2026-12-01"),
        ("nth", 5, "first, second, third"),
        ("month_day", 0, "from 1 to 31"),
        ("at", "kwart voor negen", "such as 09:00"),
        ("at", "25:00", "such as 09:00"),
        ("zone", "Europe/Brussel", "did you mean Europe/Brussels?"),
        ("make_up_hours", 0, "from 1 to 672"),
        ("colour", "red", "has no colour"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_field(field: str, value: Any, said: str):
    with pytest.raises(BadInput, match=said) as caught:
        making.create(**{"name": "Nieuws", field: value})
    assert caught.value.field == field
    assert not Newsletter.objects.exists()


def test_a_name_is_given_once_whatever_its_capitals():
    making.create("Nieuws")
    with pytest.raises(BadInput, match="called “NIEUWS” already"):
        making.create("NIEUWS")


def test_another_schedule_counts_from_now_on(newsletter: Newsletter):
    making.change(newsletter, weekdays=[3])
    assert newsletter.next_slot == NOW + timedelta(days=2)
    before = newsletter.next_slot
    making.change(newsletter, description="Voor iedereen")
    assert newsletter.next_slot == before


def test_which_weeks_count_stays_as_it_is_until_staff_change_it(newsletter: Newsletter):
    making.change(newsletter, every=2, weekdays=[2])
    first = NOW + timedelta(days=1)
    assert (newsletter.anchor, newsletter.next_slot) == (first.date(), first)
    with clock.frozen(NOW + timedelta(days=8)):  # in a week that does not count
        making.change(newsletter, description="Om de twee weken")
        assert newsletter.next_slot == first
        making.change(newsletter, weekdays=[4])
        assert newsletter.next_slot == NOW + timedelta(days=17)
        making.change(newsletter, anchor="2026-03-20")
        assert newsletter.next_slot == NOW + timedelta(days=10)


def test_switched_off_it_has_no_slot_and_switched_on_it_makes_up_for_nothing(newsletter: Newsletter):
    making.change(newsletter, active=False)
    assert newsletter.next_slot is None
    with clock.frozen(NOW + timedelta(days=30)):
        making.change(newsletter, active=True)
        assert newsletter.next_slot is not None
        assert newsletter.next_slot > clock.now()


def test_a_refused_change_changes_nothing(newsletter: Newsletter):
    with pytest.raises(BadInput):
        making.change(newsletter, name="Anders", zone="Mars/Olympus")
    newsletter.refresh_from_db()
    assert newsletter.name == "Nieuwsbrief"
