"""The page where a reader chooses: behind a link of their own, without a log-in."""

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from outreach.core import clock
from outreach.core.models import Organisation
from outreach.newsletters.models import Newsletter
from outreach.subscribers import choosing, joining, lists, tokens
from outreach.subscribers.models import Consent, Subscriber, Suppression

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture
def newsletter() -> Newsletter:
    Organisation.objects.update_or_create(pk=1, defaults={"name": "Academy"})
    return Newsletter.objects.create(name="Nieuws & meer", slug="nieuws", topic="news-1", language="en")


@pytest.fixture
def events() -> Newsletter:
    return Newsletter.objects.create(name="Agenda", slug="agenda", topic="events-1", language="en")


@pytest.fixture
def person(newsletter: Newsletter) -> Subscriber:
    added = joining.add("news-1", "an@example.org", name="An", language="en", how="command", wording="Yes.")
    return added.subscriber


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True)


def path_of(person: Subscriber) -> str:
    return f"/preferences/{tokens.preferences_token(person)}/"


def shown(response: Any) -> str:
    return html.unescape(response.content.decode())


def save(client: Client, person: Subscriber, **values: Any) -> Any:
    """Press Save with what stands on the page, but for `values`."""
    form = {
        "shown": ["news-1", "events-1"],
        "newsletter": ["news-1"],
        "name": "An",
        "language": "en",
        "paused_until": "",
    }
    return client.post(path_of(person) + "?lang=en", {**form, **values})


def test_opening_the_page_changes_nothing_and_shows_no_whole_address(
    client: Client, person: Subscriber
) -> None:
    page = client.get(path_of(person))
    assert (page.status_code, page["Cache-Control"], page["Referrer-Policy"]) == (
        200,
        "no-store",
        "no-referrer",
    )
    assert "a•••@e•••.org" in shown(page)
    assert "an@example.org" not in shown(page)
    assert client.head(path_of(person)).status_code == 200
    assert not page.cookies
    assert lists.recipients("news-1").count() == 1


def test_switching_on_what_was_never_confirmed_is_a_confirmed_wish_with_its_proof(
    client: Client, person: Subscriber, events: Newsletter
) -> None:
    page = shown(client.get(path_of(person)))
    assert save(client, person, newsletter=["news-1", "events-1"]).status_code == 303
    assert lists.recipients("events-1").get() == person
    proof = Consent.objects.get(topic="events-1")
    assert (proof.how, proof.language) == ("preferences page", "en")
    assert "Agenda" in proof.wording
    assert proof.wording in page
    assert tokens.preferences_token(person) not in proof.page
    save(client, person, newsletter=["news-1", "events-1"])
    assert Consent.objects.filter(topic="events-1").count() == 1


def test_switching_off_leaves_at_once_and_switching_on_comes_back(client: Client, person: Subscriber) -> None:
    save(client, person, newsletter=[])
    assert not lists.recipients("news-1").exists()
    person.refresh_from_db()
    assert person.state == "unsubscribed"
    save(client, person)
    assert lists.recipients("news-1").get() == person
    assert Consent.objects.filter(topic="news-1").count() == 2


def test_one_button_leaves_all_whatever_is_ticked(
    client: Client, person: Subscriber, events: Newsletter
) -> None:
    joining.add("events-1", person.address, how="command", wording="Yes.")
    save(client, person, newsletter=["news-1", "events-1"], none="yes")
    assert not lists.recipients("news-1").exists()
    assert not lists.recipients("events-1").exists()


def test_a_newsletter_that_the_page_did_not_show_is_not_left(client: Client, person: Subscriber) -> None:
    save(client, person, shown=[], newsletter=[])
    assert lists.recipients("news-1").count() == 1


def test_a_topic_that_is_no_newsletter_cannot_be_joined(client: Client, person: Subscriber) -> None:
    save(client, person, shown=["news-1", "_tracking", "x"], newsletter=["news-1", "_tracking", "x"])
    assert choosing.receives(person) == {"news-1"}


def test_a_wish_that_waits_for_its_mail_stays_when_something_else_is_saved(
    client: Client, person: Subscriber, events: Newsletter
) -> None:
    joining.ask("events-1", person.address, wording="Yes.", title="Agenda")
    save(client, person, name="Anna")
    assert person.subscriptions.get(topic="events-1").waiting


def test_name_and_language_are_kept_and_the_page_goes_on_in_that_language(
    client: Client, person: Subscriber
) -> None:
    answer = save(client, person, name="Anna  Peeters", language="fr")
    person.refresh_from_db()
    assert (person.name, person.language) == ("Anna Peeters", "fr")
    page = client.get(answer["Location"])
    assert '<html lang="fr">' in shown(page)
    assert 'role="status"' in shown(page)
    assert '<html lang="fr">' in shown(client.get(path_of(person)))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "An\nBcc: all@example.org"}, "name"),
        ({"name": "win at www.example.org"}, "name"),
        ({"language": "de"}, "language"),
        ({"language": ""}, "language"),
        ({"paused_until": "yesterday"}, "paused_until"),
        ({"paused_until": "2026-11-25"}, "paused_until"),
        ({"paused_until": "2028-01-01"}, "paused_until"),
    ],
)
def test_what_cannot_be_saved_is_said_beside_its_field_and_nothing_is_half_done(
    client: Client, person: Subscriber, values: dict[str, str], field: str
) -> None:
    with clock.frozen(NOON):
        answer = save(client, person, newsletter=[], tracking="yes", **values)
    assert answer.status_code == 422
    assert re.search(rf'id="{field}-error" role="alert">[^<]+<', shown(answer))
    before = (person.name, person.language, person.tracking, person.paused_until)
    person.refresh_from_db()
    assert (person.name, person.language, person.tracking, person.paused_until) == before
    assert lists.recipients("news-1").count() == 1


def test_a_pause_ends_by_itself_at_the_start_of_that_day(client: Client, person: Subscriber) -> None:
    with clock.frozen(NOON):
        save(client, person, paused_until="2026-12-24")
        assert not lists.recipients("news-1").exists()
        assert "You get no newsletter until" in shown(client.get(path_of(person)))
        assert 'value="2026-12-24"' in shown(client.get(path_of(person)))
    midnight = datetime(2026, 12, 23, 23, 0, tzinfo=UTC)  # in Brussels
    with clock.frozen(midnight - timedelta(seconds=1)):
        assert not lists.recipients("news-1").exists()
    with clock.frozen(midnight):
        assert lists.recipients("news-1").get() == person
        assert "You get no newsletter until" not in shown(client.get(path_of(person)))


def test_an_empty_day_ends_a_pause(client: Client, person: Subscriber) -> None:
    with clock.frozen(NOON):
        save(client, person, paused_until="2026-12-24")
        save(client, person, paused_until="")
        assert lists.recipients("news-1").get() == person


def test_nobody_is_counted_who_did_not_say_so_and_saying_so_is_proven(
    client: Client, person: Subscriber
) -> None:
    assert not person.tracking
    page = shown(client.get(path_of(person)))
    save(client, person, tracking="yes")
    person.refresh_from_db()
    assert person.tracking
    assert Consent.objects.get(topic=choosing.TRACKING).wording in page
    save(client, person)
    person.refresh_from_db()
    assert not person.tracking


def test_who_complained_cannot_come_back_without_a_person(client: Client, person: Subscriber) -> None:
    lists.suppress(person.address, Suppression.Why.COMPLAINT)
    assert "We do not mail this address any more" in shown(client.get(path_of(person)))
    joining.leave(tokens.unsubscribe_token(person, "news-1"))
    assert save(client, person).status_code == 422
    assert not lists.recipients("news-1").exists()


@pytest.mark.parametrize(
    "make", [tokens.preferences_token, lambda who: tokens.unsubscribe_token(who, "news-1")]
)
def test_a_link_of_another_purpose_or_person_opens_nothing(
    client: Client, person: Subscriber, make: Any
) -> None:
    good = make(person)
    for token in (good[:-1], good + "x", "x", good if make is not tokens.preferences_token else "y"):
        assert client.get(f"/preferences/{token}/").status_code == 404
        assert client.post(f"/preferences/{token}/", {"shown": "news-1"}).status_code == 404
    assert client.get(f"/unsubscribe/{tokens.preferences_token(person)}/").status_code == 404
    assert lists.recipients("news-1").count() == 1


def test_the_link_of_somebody_who_was_erased_says_so(client: Client, person: Subscriber) -> None:
    path = path_of(person)
    lists.erase(person)
    for answer in (client.get(path + "?lang=en"), client.post(path + "?lang=en", {"shown": "news-1"})):
        assert answer.status_code == 404
        assert "We keep nothing about this address any more." in shown(answer)
    assert not Subscriber.objects.exists()


# ---- Two tabs, old pages, and fields that stand in the way ----


def form_of(client: Client, person: Subscriber) -> dict[str, list[str]]:
    """What a browser would send when Save is pressed on the page as it is now."""
    page = client.get(path_of(person) + "?lang=en").content.decode()
    form: dict[str, list[str]] = {"language": ["en"]}
    for tag in re.findall(r"<input[^>]*>", page):
        found = {name: html.unescape(value) for name, value in re.findall(r'([a-z]+)="([^"]*)"', tag)}
        if found.get("type") != "checkbox" or " checked" in tag:
            form.setdefault(found["name"], []).append(found.get("value", ""))
    return form


def test_a_page_that_was_open_since_before_leaving_brings_nobody_back(
    client: Client, person: Subscriber, events: Newsletter
) -> None:
    old = form_of(client, person)
    joining.leave(tokens.unsubscribe_token(person, "news-1"))
    assert client.post(path_of(person), {**old, "name": "Anna"}).status_code == 303
    person.refresh_from_db()
    assert (person.name, choosing.receives(person)) == ("Anna", set())


def test_a_page_that_was_open_since_before_joining_takes_nobody_off(
    client: Client, person: Subscriber, events: Newsletter
) -> None:
    old = form_of(client, person)
    joining.add("events-1", person.address, how="command", wording="Yes.")
    client.post(path_of(person), old)
    assert choosing.receives(person) == {"news-1", "events-1"}
    client.post(path_of(person), {**old, "newsletter": []})
    assert choosing.receives(person) == {"events-1"}
    client.post(path_of(person), {**old, "none": "yes"})
    assert choosing.receives(person) == set()


def test_a_page_that_was_open_since_before_agrees_to_nothing_again(
    client: Client, person: Subscriber
) -> None:
    save(client, person, tracking="yes")
    old = form_of(client, person)
    assert old["tracking"]
    save(client, person)
    client.post(path_of(person), old)
    person.refresh_from_db()
    assert not person.tracking


@pytest.mark.parametrize(
    "wrong", [{"paused_until": "soon"}, {"name": "An\nx"}, {"language": ""}, {"name": "x" * 300}]
)
def test_leaving_all_waits_for_no_other_field(
    client: Client, person: Subscriber, wrong: dict[str, str]
) -> None:
    answer = save(client, person, none="yes", **wrong)
    assert answer.status_code == 303
    person.refresh_from_db()
    assert not lists.recipients("news-1").exists()
    assert (person.name, person.language, person.paused_until) == ("An", "en", None)


def test_leaving_all_leaves_also_what_the_page_did_not_show(
    client: Client, person: Subscriber, events: Newsletter
) -> None:
    joining.add("events-1", person.address, how="command", wording="Yes.")
    save(client, person, shown=["news-1"], none="yes")
    assert choosing.receives(person) == set()


def test_a_pause_that_ended_while_the_page_was_open_does_not_stand_in_the_way(
    client: Client, person: Subscriber
) -> None:
    with clock.frozen(NOON):
        save(client, person, paused_until="2026-11-26")
        old = form_of(client, person)
        assert old["paused_until"] == ["2026-11-26"]
    with clock.frozen(NOON + timedelta(days=1)):
        assert client.post(path_of(person), {**old, "name": "Anna"}).status_code == 303
        assert lists.recipients("news-1").get().name == "Anna"


def test_who_cannot_be_reached_may_still_change_the_rest(client: Client, person: Subscriber) -> None:
    save(client, person, tracking="yes")
    lists.suppress(person.address, Suppression.Why.BOUNCE)
    assert client.post(path_of(person), {**form_of(client, person), "name": "Anna"}).status_code == 303
    assert save(client, person, language="fr").status_code == 303
    person.refresh_from_db()
    assert (person.language, person.tracking, person.state) == ("fr", False, "bounced")


def test_who_cannot_be_reached_is_told_so_without_the_whole_address(
    client: Client, person: Subscriber, events: Newsletter
) -> None:
    lists.suppress(person.address, Suppression.Why.COMPLAINT)
    answer = save(client, person, newsletter=["news-1", "events-1"])
    assert answer.status_code == 422
    assert "We do not mail this address any more" in shown(answer)
    assert "an@example.org" not in shown(answer)


def test_a_page_of_somebody_with_an_odd_address_opens(client: Client, person: Subscriber) -> None:
    Subscriber.objects.filter(pk=person.pk).update(address="an@intranet", address_key="an@intranet")
    assert client.get(path_of(person)).status_code == 200


@pytest.mark.parametrize("field", ["shown", "newsletter", "name", "language", "paused_until", "had"])
def test_a_sign_that_no_database_keeps_is_no_error_of_ours(
    client: Client, person: Subscriber, field: str
) -> None:
    assert save(client, person, **{field: "a\0b"}).status_code in {303, 422}


def test_a_newsletter_that_is_over_cannot_be_joined(
    client: Client, person: Subscriber, events: Newsletter
) -> None:
    Newsletter.objects.filter(pk=events.pk).update(active=False)
    save(client, person, newsletter=["news-1", "events-1"])
    assert choosing.receives(person) == {"news-1"}


def test_who_complained_is_not_told_to_sign_up_again_when_erased(client: Client, person: Subscriber) -> None:
    path = f"{path_of(person)}erase/?lang=en"
    lists.suppress(person.address, Suppression.Why.COMPLAINT)
    page = shown(client.post(path))
    assert "You are forgotten" in page
    assert "sign up again" not in page


def test_who_pauses_and_confirms_another_newsletter_is_told_of_the_pause(
    client: Client, person: Subscriber, events: Newsletter
) -> None:
    joining.ask("events-1", person.address, wording="Yes.", title="Agenda")
    path = f"/confirm/{tokens.confirm_token(person.subscriptions.get(topic='events-1'))}/?lang=en"
    assert "You get no newsletter until" not in shown(client.post(path))
    Subscriber.objects.update(paused_until=clock.now() + timedelta(days=9))
    assert "You get no newsletter until" in shown(client.post(path))


def test_a_shown_address_tells_no_more_than_its_owner_needs() -> None:
    assert choosing.masked("an@example.org") == "a•••@e•••.org"
    assert choosing.masked("an@mail.janpeeters.be") == "a•••@m•••.be"
