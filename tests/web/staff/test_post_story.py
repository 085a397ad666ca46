"""What a post's page, the account's page, Activity and Home say of trouble, and when they stop."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from outreach import networks
from outreach.core import clock
from outreach.core.sentences import say
from outreach.networks.errors import Ambiguous, AuthBroken, Budget, NotSent, Rejected
from outreach.posts.models import Account, Publication
from outreach.posts.sending import publishing
from outreach.web.staff import needs
from tests.posts.fakes import FakeX, Fault
from tests.posts.steps import after, queued

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def x(monkeypatch: pytest.MonkeyPatch) -> FakeX:
    fake = FakeX()
    monkeypatch.setattr(networks, "get", lambda name: fake)
    return fake


@pytest.fixture
def met(x: FakeX) -> Callable[[type], Publication]:
    """A post that was tried, and met this failure."""
    account = Account.objects.create(network="x", name="Leraren", credentials={"token": "t", "handle": "l"})

    def meet(kind: type, *, times: int = 1) -> Publication:
        row = queued(account, "Infodag")
        for number in range(times):
            error = kind(
                say("It said no."), raw="HTTP 418 teapot", cause=say("A teapot."), advice=say("Pour.")
            )
            x.faults.append(Fault(error, accepted=False))
            assert publishing.publish_one(clock.now() + number * 2 * HOUR)
        return after(row)

    return meet


def page(staff: Client, row: Publication) -> str:
    return staff.get(reverse("post", args=[row.post_id]), headers={"accept-language": "en"}).content.decode()


def about(row: Publication) -> list[needs.Need]:
    """What Home says of the post and of its account."""
    pages = (reverse("post", args=[row.post_id]), reverse("account", args=[row.account_id]))
    return [need for need in needs.needs(clock.now()) if need.address in pages]


def test_the_page_says_what_why_what_to_do_and_what_is_next(staff: Client, met: Callable) -> None:
    said = page(staff, met(Rejected))
    places = [said.index(words) for words in ("It said no.", "A teapot.", "Pour.", "Nothing more happens")]
    assert places == sorted(places)
    assert "HTTP 418 teapot" in said
    assert "Try again" in said
    assert "Leave it" in said


def test_a_post_that_is_out_says_nothing_of_old_trouble(staff: Client, met: Callable) -> None:
    row = met(NotSent)
    assert publishing.publish_one(clock.now() + 2 * HOUR)
    said = page(staff, row)
    assert "A teapot." not in said
    assert "All that happened on Leraren" in said


def test_repeated_attempts_are_one_line_on_every_page(staff: Client, met: Callable) -> None:
    row = met(NotSent, times=14)
    said = page(staff, row)
    assert said.count("Not posted on Leraren yet") == 1
    assert "14 times since" in said
    log = staff.get(reverse("activity"), headers={"accept-language": "en"}).content.decode()
    assert log.count("Not posted on Leraren yet") == 1
    assert "14 times since" in log


def test_a_paused_account_is_one_button_away(staff: Client, met: Callable) -> None:
    row = met(AuthBroken)
    assert f'href="{reverse("account", args=[row.account_id])}"' in page(staff, row)
    said = staff.get(reverse("account", args=[row.account_id])).content.decode()
    assert "A teapot." in said
    assert "Pour." in said


@pytest.mark.parametrize("kind", [Rejected, AuthBroken, Budget])
def test_each_trouble_is_on_home_once_with_its_next_step(staff: Client, met: Callable, kind: type) -> None:
    (need,) = about(met(kind))
    assert need.why == "It said no. Pour."


@pytest.mark.parametrize("kind", [NotSent, Ambiguous])
def test_what_mends_itself_is_not_on_home(met: Callable, kind: type) -> None:
    assert about(met(kind)) == []


def test_a_doubt_that_lasts_is_on_home_until_it_is_settled(staff: Client, met: Callable) -> None:
    row = met(Ambiguous)
    Publication.objects.update(sent_at=clock.now() - 3 * HOUR)
    (need,) = about(row)
    assert "Infodag" in need.what
    staff.post(reverse("publication-resolve", args=[row.pk]), {"answer": "there"})
    assert about(row) == []


@pytest.mark.parametrize("answer", ["publication-leave", "publication-requeue"])
def test_what_was_refused_leaves_home_when_it_is_answered(staff: Client, met: Callable, answer: str) -> None:
    row = met(Rejected)
    staff.post(reverse(answer, args=[row.pk]))
    assert about(row) == []
    assert not after(row).cause


def test_what_is_mended_leaves_home(staff: Client, met: Callable) -> None:
    row = met(AuthBroken)
    staff.post(reverse("account-resume", args=[row.account_id]))
    assert about(row) == []


def test_only_what_is_refused_can_be_left(staff: Client, met: Callable) -> None:
    row = met(NotSent)
    staff.post(reverse("publication-leave", args=[row.pk]))
    assert after(row).state == "queued"


def test_a_post_that_just_waits_for_its_time_says_when_once(staff: Client, x: FakeX) -> None:
    row = queued(Account.objects.create(network="x", name="Leraren", credentials={"token": "t"}), "Infodag")
    Publication.objects.update(due_at=clock.now() + HOUR)
    said = page(staff, row)
    assert said.count("Goes out") == 1
    assert "What is next" not in said


def test_a_post_that_is_held_does_not_say_when_it_goes_out(staff: Client, x: FakeX) -> None:
    row = queued(Account.objects.create(network="x", name="Leraren", credentials={"token": "t"}), "Infodag")
    gone = say("There is nothing at %(url)s (answer %(status)s).", url="https://a.example", status=404)
    Publication.objects.update(due_at=clock.now() + HOUR, page_state="gone", page_reason=gone)
    said = page(staff, row)
    assert "Goes out" not in said
    assert said.count("There is nothing at https://a.example") == 1
    listed = staff.get(reverse("posts") + "?tab=planned", headers={"accept-language": "en"})
    assert "until its page is back" in listed.content.decode()


def test_the_pause_that_a_network_asks_for_is_told_of_every_post_and_of_the_account(
    staff: Client, x: FakeX
) -> None:
    row = queued(Account.objects.create(network="x", name="Leraren", credentials={"token": "t"}), "Infodag")
    until = clock.now() + 3 * HOUR
    Account.objects.update(not_before=until)
    account = staff.get(reverse("account", args=[row.account_id]), headers={"accept-language": "en"})
    assert "The network asked for a pause" in account.content.decode()
    assert "Until then Leraren takes no posts." in page(staff, row)
    listed = staff.get(reverse("posts") + "?tab=planned", headers={"accept-language": "en"})
    assert until.isoformat()[:16] in listed.content.decode()
