"""Home: what goes out, what needs somebody."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from outreach.core import clock
from outreach.core.models import Heartbeat
from outreach.core.sentences import say
from outreach.newsletters.models import Issue
from outreach.posts.models import Account, Post, Publication
from outreach.web.staff import needs, outlook
from tests.web.staff import samples

pytestmark = pytest.mark.django_db


def text(client: Client, name: str = "home", **query: str) -> str:
    return client.get(reverse(name), query, headers={"accept-language": "en"}).content.decode()


def test_the_first_page_of_an_empty_house_says_what_to_do_first(staff: Client) -> None:
    page = text(staff)
    assert page.index("Add your website") < page.index("Connect an account") < page.index("Make a newsletter")


def test_the_first_steps_go_away_when_they_are_done(staff: Client) -> None:
    samples.everything(clock.now())
    assert "To begin" not in text(staff)


def test_home_names_everything_that_needs_somebody(staff: Client) -> None:
    samples.everything(clock.now())
    page = text(staff)
    for words in (
        "Nog te keuren",
        "Andere is paused",
        "The token is gone.",
        "Blog cannot be read",
        "The website did not answer.",
        "Agenda: many articles look new at once",
        "Nobody knows whether it is there.",
        "Lerarennieuws november",
    ):
        assert words in page


def test_a_percent_sign_in_a_post_whose_page_is_gone_breaks_nothing(staff: Client) -> None:
    post = Post.objects.create(kind="staff", state="approved", language="nl", text="50% korting")
    gone: dict[str, Any] = {"page_state": "gone", "due_at": clock.now(), "payload": {"text": "x"}}
    Publication.objects.create(post=post, account=samples.account(), state="queued", **gone)
    home = text(staff)
    assert "“50% korting” is held on Onze pagina: its page is gone" in home
    assert "Nothing is planned" in home  # it does not go out, so it is not among what does


def test_silent_workers_are_the_first_thing_said(staff: Client) -> None:
    samples.everything(clock.now())
    assert "The workers are not running" not in text(staff)
    Heartbeat.objects.update(at=clock.now() - needs.SILENCE - timedelta(seconds=1))
    assert needs.needs(clock.now())[0].kind == "bad"
    assert "The workers are not running" in text(staff)


def test_newsletters_without_a_mail_server_are_said_at_once(staff: Client, settings: Any) -> None:
    samples.everything(clock.now())
    assert "No mail server is set" in text(staff)
    settings.MAIL_URL = "smtp://mail.example.org:587"
    assert "No mail server is set" not in text(staff)
    settings.MAIL_URL = "smtp://user@mail.example.org"
    assert "The mail server is set wrongly" in text(staff)
    assert "but not both" in text(staff)


def test_a_paused_issue_needs_somebody_and_says_why(staff: Client) -> None:
    samples.everything(clock.now())
    Issue.objects.update(state="paused", reason=say("The mail server refuses the password."))
    page = text(staff)
    assert "Lerarennieuws november is paused" in page
    assert "The mail server refuses the password." in page


def test_a_doubt_that_the_machine_still_settles_itself_needs_nobody() -> None:
    page = samples.account()
    row = samples.publication(samples.entry(samples.source()), page, clock.now(), state="unknown")
    assert any(need.kind == "warn" for need in needs.needs(clock.now()))
    Publication.objects.filter(pk=row.pk).update(look_at=clock.now())
    assert not any(need.kind == "warn" for need in needs.needs(clock.now()))
    assert [going.state for going in outlook.coming()] == ["unknown"]


def test_a_post_that_fares_the_same_on_two_accounts_is_one_line() -> None:
    entry = samples.entry(samples.source())
    for name in ("Onze pagina", "Tweede"):
        at = clock.now() + timedelta(hours=1)
        samples.publication(entry, samples.account(name=name), at, state="queued")
    (line,) = outlook.coming()
    assert line.where == "Onze pagina, Tweede"


def test_what_was_refused_is_shown_with_its_reason(staff: Client) -> None:
    entry = samples.entry(samples.source())
    why = say("The network says that the picture is too large.")
    samples.publication(entry, samples.account(), clock.now(), state="refused", reason=why)
    assert str(why) in text(staff)


def test_the_next_ones_come_soonest_first() -> None:
    entry_a, entry_b = (
        samples.entry(samples.source()),
        samples.entry(samples.source(url="https://b.example/")),
    )
    page, now = samples.account(), clock.now()
    samples.publication(entry_a, page, now + timedelta(hours=2), state="queued")
    samples.publication(entry_b, page, now + timedelta(hours=1), state="queued")
    moments = [row.at for row in outlook.coming()]
    assert moments == sorted(moments, key=lambda at: at or now)


def test_posts_are_counted_on_the_day_of_the_organisation() -> None:
    entry, now = samples.entry(samples.source()), clock.now()
    samples.publication(entry, samples.account(), now, state="published", published_at=now)
    counted = outlook.per_day(now)
    assert (len(counted), counted[-1], sum(counted)) == (28, 1, 1)


def test_a_part_that_has_not_changed_is_not_swapped(staff: Client) -> None:
    samples.everything(clock.now())
    seen = text(staff).split("?seen=")[1][:16]
    english = {"accept-language": "en"}
    assert staff.get(reverse("home-live"), {"seen": seen}, headers=english).status_code == 204
    Account.objects.filter(state="paused").update(name="Een andere naam")
    response = staff.get(reverse("home-live"), {"seen": seen}, headers=english)
    assert response.status_code == 200
    assert "Een andere naam" in response.content.decode()
