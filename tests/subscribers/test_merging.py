"""Two subscribers who are one person."""

from datetime import timedelta
from typing import Any

import pytest

from outreach.core import clock
from outreach.core.errors import BadInput
from outreach.core.models import record
from outreach.core.sentences import say
from outreach.newsletters import making
from outreach.newsletters.models import Delivery, Issue
from outreach.newsletters.personal.erasing import erase
from outreach.subscribers import aliases, joining, lists, merging, proving, tagging, tokens
from outreach.subscribers.addresses import Address
from outreach.subscribers.models import Alias, Consent, Subscriber, Subscription, Suppression
from tests.subscribers.bringing import bring_in, faults

pytestmark = pytest.mark.django_db


def person(name: str, *topics: str) -> Subscriber:
    for topic in topics or ("news",):
        wish = joining.add(topic, f"{name}@example.org", how="command", wording=name)
    return wish.subscriber


def one_of(kept: Subscriber, other: Subscriber) -> Subscriber:
    merging.merge(Subscriber.objects.get(pk=kept.pk), Subscriber.objects.get(pk=other.pk))
    return Subscriber.objects.get()


def test_everything_of_both_is_kept() -> None:
    kept, other = person("an"), person("an.peeters", "news", "events")
    tagging.change([other.pk], "gent")
    record(other, say("Something."))
    one = one_of(kept, other)
    assert one.address == "an@example.org"
    assert [wish.topic for wish in one.subscriptions.filter(lists.ACTIVE).order_by("topic")] == [
        "events",
        "news",
    ]
    assert {proof.wording for proof in Consent.objects.filter(subscriber=one)} == {"an", "an.peeters"}
    assert [tag.name for tag in one.tags.all()] == ["gent"]


def leave(who: Subscriber) -> None:
    joining.leave_by_mail(who, "news")


def complain(who: Subscriber) -> None:
    lists.suppress(who.address, Suppression.Why.COMPLAINT)


def bounce(who: Subscriber) -> None:
    lists.suppress(who.address, Suppression.Why.BOUNCE)


@pytest.mark.parametrize("which", ["kept", "other"])
@pytest.mark.parametrize(
    ("refuse", "state"), [(leave, "unsubscribed"), (complain, "complained"), (bounce, "bounced")]
)
def test_the_stronger_refusal_wins_whoever_stays(refuse: Any, state: str, which: str) -> None:
    people = {"kept": person("an"), "other": person("an.peeters")}
    refuse(people[which])
    one = one_of(people["kept"], people["other"])
    assert one.state == state
    assert not lists.recipients("news").exists()
    report = bring_in("an@example.org\nan.peeters@example.org\n")
    assert (report.added, [line for line, _ in faults(report)]) == (0, [1, 2])


def test_who_left_one_newsletter_still_gets_the_other() -> None:
    kept, other = person("an", "news", "events"), person("an.peeters")
    leave(other)
    one = one_of(kept, other)
    assert one.state == "confirmed"
    assert not lists.hears(one, "news")
    assert lists.hears(one, "events")


def test_who_left_under_one_address_and_asks_again_there_waits_for_the_answer() -> None:
    kept, other = person("an"), person("an.peeters")
    leave(other)
    joining.ask("news", "an.peeters@example.org", wording="Ja")
    one = one_of(kept, other)
    assert one.subscriptions.get().waiting
    assert not lists.hears(one, "news")


def test_an_old_link_of_the_other_address_leaves() -> None:
    kept, other = person("an"), person("an.peeters")
    link = tokens.unsubscribe_token(other, "news")
    one = one_of(kept, other)
    assert not joining.leave(link).already
    assert not lists.hears(one, "news")


def test_the_other_address_brings_nobody_in_beside() -> None:
    one = one_of(person("an"), person("an.peeters"))
    joining.add("events", "An.Peeters@example.org", how="command", wording="Ja")
    assert bring_in("an.peeters@example.org\n").known == 1
    assert Subscriber.objects.get() == one
    assert lists.hears(one, "events")


def test_a_chain_of_three_ends_at_the_last() -> None:
    first, second, third = person("a"), person("b"), person("c")
    merging.merge(second, first)
    merging.merge(third, Subscriber.objects.get(pk=second.pk))
    assert aliases.current(first.pk) == aliases.current(second.pk) == third.pk
    assert Alias.objects.count() == 2


def test_each_issue_is_mailed_to_one_of_them() -> None:
    kept, other = person("an"), person("an.peeters")
    newsletter = making.create("Nieuwsbrief")
    both, alone = (
        Issue.objects.create(newsletter=newsletter, state="sent", slot=clock.now() + timedelta(days=n))
        for n in range(2)
    )
    for issue, who in ((both, kept), (both, other), (alone, other)):
        Delivery.objects.create(issue=issue, subscriber=who, state="sent", due_at=issue.created_at)
    one = one_of(kept, other)
    assert set(one.deliveries.values_list("issue", flat=True)) == {both.pk, alone.pk}
    assert Delivery.objects.filter(issue=both, subscriber=None).count() == 1


def test_who_is_erased_comes_back_under_none_of_their_addresses() -> None:
    lists.erase(one_of(person("an"), person("an.peeters")))
    report = bring_in("an@example.org\nAn.Peeters@example.org\n")
    assert (report.added, [line for line, _ in faults(report)]) == (0, [1, 2])
    assert not Subscriber.objects.exists()


def test_who_was_made_one_with_another_is_erased_with_them() -> None:
    """The page that erases knew the one that is gone."""
    kept, other = person("an"), person("an.peeters")
    one_of(kept, other)
    erase(other)
    assert not Subscriber.objects.exists()
    assert bring_in("an@example.org\nan.peeters@example.org\n").refused == 2


@pytest.mark.parametrize("way", ["ask", "add"])
def test_who_is_made_one_with_another_while_they_sign_up_is_not_made_anew(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, other = person("an"), person("an.peeters")
    known_as, looks = aliases.known_as, iter([True])

    def then_merged(normal: Address) -> Address:
        found = known_as(normal)
        if next(looks, False):
            one_of(kept, other)
        return found

    monkeypatch.setattr(aliases, "known_as", then_merged)
    if way == "ask":
        joining.ask("events", "an.peeters@example.org", wording="Ja")
    else:
        joining.add("events", "an.peeters@example.org", wording="Ja", how="command")
    assert [wish.topic for wish in Subscriber.objects.get().subscriptions.order_by("topic")] == [
        "events",
        "news",
    ]


def test_the_other_address_finds_who_it_is() -> None:
    one = one_of(person("an"), person("an.peeters"))
    assert proving.find("An.Peeters@example.org") == one


def test_nobody_is_merged_with_themselves() -> None:
    kept = person("an")
    with pytest.raises(BadInput):
        merging.merge(kept, kept)
    assert Subscription.objects.count() == 1
