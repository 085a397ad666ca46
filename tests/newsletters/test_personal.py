"""What is kept about a person: the register, the copy, the end of it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessLog
from django.apps import apps
from django.db.models import Field, Model

from outreach.core import clock
from outreach.core.errors import BadInput
from outreach.core.models import Activity, record, subject_of
from outreach.core.sentences import Sentence
from outreach.newsletters.models import Delivery, Issue, Newsletter, Returned, Welcome
from outreach.newsletters.personal import copying
from outreach.newsletters.personal.erasing import erase
from outreach.newsletters.personal.register import REGISTER
from outreach.subscribers import bounces, choosing, joining, lists, tokens
from outreach.subscribers.models import (
    Alias,
    Bounce,
    Confirmation,
    Consent,
    Import,
    ImportFault,
    ImportLine,
    Knock,
    LeaveReason,
    SignUp,
    Subscriber,
    Subscription,
    Suppression,
    Tag,
)
from tasks.pruning import LOGINS_KEPT, prune_one
from tests.newsletters.conftest import NOW

pytestmark = pytest.mark.django_db
BY_MODEL = {kept.model: kept for kept in REGISTER}


def _pointing() -> set[type[Model]]:
    """Every model from which rows lead to a subscriber, however far, and those of many-to-many fields."""
    found: set[type[Model]] = {Subscriber}
    models = apps.get_models(include_auto_created=True)
    while True:
        more = {one for one in models if one not in found and _leads_to(one, found)}
        if not more:
            return found
        found |= more


def _leads_to(model: type[Model], found: set[type[Model]]) -> bool:
    return any(field.remote_field.model in found for field in _columns(model) if field.remote_field)


def _columns(model: type[Model]) -> Iterator["Field[Any, Any]"]:
    yield from model._meta.concrete_fields


def test_every_model_that_leads_to_a_reader_stands_in_the_register():
    missing = [one._meta.label for one in _pointing() - set(BY_MODEL)]
    assert not missing, f"say in newsletters/personal/register.py what is kept, why and how long: {missing}"


@pytest.mark.parametrize("model", BY_MODEL, ids=lambda model: model.__name__)
def test_every_field_of_such_a_model_is_named_or_says_nothing_of_anybody(model: type[Model]):
    kept = BY_MODEL[model]
    names = {field.name for field in _columns(model)}
    assert set(kept.fields) | kept.without == names
    assert not set(kept.fields) & kept.without
    assert kept.what
    assert kept.why
    assert str(kept.until())


def full(newsletter: Newsletter, name: str) -> Subscriber:
    """Somebody of whom every kind of row is kept."""
    address = f"{name}@example.org"
    joining.ask(newsletter.topic, address, wording=f"Ja, {name}.", name=name, language="nl")
    wish = Subscription.objects.get(subscriber__address=address)
    joining.confirm(tokens.confirm_token(wish))
    person = Subscriber.objects.get(address=address)
    left = joining.leave(tokens.unsubscribe_token(person, newsletter.topic)).subscription
    assert left
    choosing.give_reason(tokens.reason_token(left), "often", f"Te veel voor {name}")
    bounces.note_refusal(person, f"452 {address} is full", Bounce.Kind.SOFT)
    issue = Issue.objects.get_or_create(newsletter=newsletter, slot=NOW, state="sent")[0]
    Delivery.objects.create(issue=issue, subscriber=person, state="sent", due_at=NOW, reply=f"250 {address}")
    Welcome.objects.create(newsletter=newsletter, subscriber=person, reply=f"250 {address}")
    Returned.objects.create(
        digest=str(person.pk), kind="soft", origin=f"n{issue.pk}.{person.pk}", words=address
    )
    record(person, Sentence("Confirmed %(topic)s.", {"topic": newsletter.topic}), raw=address)
    SignUp.objects.create(topic="t", title="T", address=address, language="nl", how="x", wording="Ja")
    Tag.objects.create(name=f"school {name[0]}", key=name[0]).people.add(person)
    Alias.objects.create(
        subscriber=person, address=f"oud.{address}", address_key=f"oud.{address}", was=-person.pk
    )
    job = Import.objects.create(topic="t", title="T", file_name="x.csv", language="nl", basis="paper")
    ImportLine.objects.create(job=job, line=1, address=address, address_key=address, language="nl")
    ImportFault.objects.create(job=job, line=2, given=f"{address};x")
    lists.suppress(address, Suppression.Why.ERASED)
    Subscriber.objects.filter(pk=person.pk).update(paused_until=NOW + timedelta(days=9), tracking=True)
    person.refresh_from_db()
    return person


def test_the_copy_holds_every_kind_of_row_with_all_its_fields_and_nobody_elses(newsletter: Newsletter):
    person = full(newsletter, "anna")
    full(newsletter, "bert")
    found = json.loads(copying.as_json(person))
    by_kind = {kind["kind"]: kind for kind in found["kept"]}
    assert found["about"] == "anna@example.org"
    for kept in REGISTER:
        if kept.of:
            told = by_kind[kept.model._meta.model_name]
            assert told["rows"], kept.model
            assert all(set(row) == set(kept.fields) for row in told["rows"])
            assert told["why"]
            assert told["how_long"]
    assert "bert" not in copying.as_json(person)
    assert by_kind["subscriber"]["rows"][0]["paused_until"] == (NOW + timedelta(days=9)).isoformat()
    assert by_kind["consent"]["rows"][0]["wording"] == "Ja, anna."


def test_who_is_erased_is_nowhere_any_more(newsletter: Newsletter):
    person, other = full(newsletter, "anna"), full(newsletter, "bert")
    key, secret = person.address_key, "anna"
    erase(person)
    for model in apps.get_models(include_auto_created=True):
        for row in model._default_manager.all():
            assert secret not in " ".join(str(getattr(row, one.attname)) for one in _columns(type(row)))
    assert not Activity.objects.filter(subject=subject_of(Subscriber(pk=person.pk or 0))).exists()
    assert lists.suppressed([key, f"oud.{key}"]) == {key, f"oud.{key}"}
    assert Delivery.objects.filter(subscriber=None).count() == 1
    assert LeaveReason.objects.get(subscriber=None).why == "often"
    assert copying.copy(other)["kept"][0]["rows"]


# ---- How long ----


def prune(days: float) -> None:
    moment = NOW + timedelta(days=days)
    with clock.frozen(moment):
        for _ in range(100):
            if not prune_one(moment):
                return
    raise AssertionError("pruning finds no end")


def joined(newsletter: Newsletter, address: str) -> Subscriber:
    return joining.add(newsletter.topic, address, how="test", wording="Ja.", language="nl").subscriber


def test_who_left_long_ago_is_erased_and_no_import_brings_them_back(newsletter: Newsletter, settings: Any):
    person, stays = joined(newsletter, "an@example.org"), joined(newsletter, "bo@example.org")
    joining.leave(tokens.unsubscribe_token(person, newsletter.topic))
    prune(settings.KEEP["left"].days)
    assert Subscriber.objects.count() == 2
    prune(settings.KEEP["left"].days + 1)
    assert Subscriber.objects.get() == stays
    assert lists.suppressed(["an@example.org"])
    with pytest.raises(BadInput):
        joined(newsletter, "an@example.org")


def test_the_consent_to_a_newsletter_that_was_left_goes_though_another_is_read(
    newsletter: Newsletter, settings: Any
):
    person = joined(newsletter, "an@example.org")
    joining.add("events", person.address, how="test", wording="Ook dat.")
    joining.leave(tokens.unsubscribe_token(person, newsletter.topic))
    prune(settings.KEEP["left"].days + 1)
    assert [one.topic for one in Consent.objects.all()] == ["events"]
    assert lists.recipients("events").get() == person
    with pytest.raises(BadInput):  # that they left is still known
        joined(newsletter, "an@example.org")


def test_who_asks_again_after_leaving_is_not_erased(newsletter: Newsletter, settings: Any):
    person = joined(newsletter, "an@example.org")
    joining.leave(tokens.unsubscribe_token(person, newsletter.topic))
    with clock.frozen(NOW + timedelta(days=settings.KEEP["left"].days)):
        joining.ask(newsletter.topic, person.address, wording="Ja.")
    prune(settings.KEEP["left"].days + 1)
    assert Subscriber.objects.get() == person


def test_a_mailbox_that_refuses_us_for_a_year_is_erased_and_stays_suppressed(
    newsletter: Newsletter, settings: Any
):
    person, reader = joined(newsletter, "an@example.org"), joined(newsletter, "bo@example.org")
    bounces.note_refusal(person, "550 no such user", Bounce.Kind.HARD)
    bounces.note_refusal(reader, "452 full", Bounce.Kind.SOFT)
    prune(settings.KEEP["bounces"].days)
    assert Bounce.objects.count() == 2
    prune(settings.KEEP["bounces"].days + 1)
    assert Subscriber.objects.get() == reader
    assert not Bounce.objects.exists()
    assert lists.is_suppressed("an@example.org")


def test_who_got_an_old_issue_is_not_told_but_how_many_is(newsletter: Newsletter, settings: Any):
    person = joined(newsletter, "an@example.org")
    for age, state in ((0, "sent"), (0.5, "cancelled"), (30, "sent")):
        issue = Issue.objects.create(newsletter=newsletter, slot=NOW + timedelta(days=age), state=state)
        Delivery.objects.create(issue=issue, subscriber=person, state="sent", due_at=NOW, reply="250 an@")
    prune(settings.KEEP["deliveries"].days)
    assert person.deliveries.count() == 3
    prune(settings.KEEP["deliveries"].days + 1)
    assert person.deliveries.count() == 1
    assert Delivery.objects.filter(subscriber=None, state="sent", reply="").count() == 2


def test_the_rest_is_kept_as_long_as_its_setting_says(newsletter: Newsletter, settings: Any):
    settings.KEEP = {**settings.KEEP, "returned": timedelta(days=10), "unconfirmed": timedelta(days=5)}
    full(newsletter, "anna")
    Knock.objects.create(visitor="x", at=NOW)
    left = {Knock: "knocks", Confirmation: "unconfirmed", Returned: "returned", LeaveReason: "deliveries"}
    for model, name in left.items():
        days = settings.KEEP[name].days
        prune(days)
        assert model._default_manager.exists(), model
        prune(days + 1)
        assert not model._default_manager.exists(), model
    joining.ask(newsletter.topic, "new@example.org", wording="Ja.")
    prune(5)
    assert Subscriber.objects.filter(address="new@example.org").exists()
    prune(6)
    assert not Subscriber.objects.filter(address="new@example.org").exists()


def test_a_strangers_typing_does_not_keep_somebody_who_left_for_ever(
    newsletter: Newsletter, settings: Any
) -> None:
    person = joined(newsletter, "an@example.org")
    joining.leave(tokens.unsubscribe_token(person, newsletter.topic))
    with clock.frozen(NOW + timedelta(days=100)):
        joining.ask(newsletter.topic, person.address, wording="Ja.")
    prune(settings.KEEP["left"].days + 1)
    assert not Subscriber.objects.exists()


def test_what_a_reader_asked_for_too_and_never_confirmed_is_forgotten(
    newsletter: Newsletter, settings: Any
) -> None:
    person = joined(newsletter, "an@example.org")
    joining.ask("events", person.address, wording="Ook dat.", page="https://elders.example/")
    Consent.objects.create(subscriber=person, topic=choosing.TRACKING, how="x", wording="Tel mij")
    days = settings.KEEP["unconfirmed"].days
    prune(days)
    assert person.subscriptions.count() == 2
    prune(days + 1)
    assert person.subscriptions.get().topic == newsletter.topic
    assert {one.topic for one in person.consents.all()} == {newsletter.topic, choosing.TRACKING}
    assert lists.recipients(newsletter.topic).get() == person


def test_what_a_reader_asked_for_again_lately_still_waits(newsletter: Newsletter, settings: Any) -> None:
    person = joined(newsletter, "an@example.org")
    joining.ask("events", person.address, wording="Ook dat.")
    days = settings.KEEP["unconfirmed"].days
    with clock.frozen(NOW + timedelta(days=days - 1)):
        joining.ask("events", person.address, wording="Ook dat.")
    prune(days + 1)
    assert person.subscriptions.get(topic="events").waiting


def test_who_complained_is_erased_when_that_is_long_ago_and_stays_suppressed(
    newsletter: Newsletter, settings: Any
) -> None:
    person, recent = joined(newsletter, "an@example.org"), joined(newsletter, "bo@example.org")
    bounces.note_complaint(person, "abuse")
    days = settings.KEEP["bounces"].days
    with clock.frozen(NOW + timedelta(days=days - 1)):
        bounces.note_complaint(recent, "abuse")
    prune(days)
    assert Subscriber.objects.count() == 2
    prune(days + 1)
    assert Subscriber.objects.get() == recent
    assert lists.is_suppressed("an@example.org")


def test_who_never_confirmed_leaves_no_trace_and_is_not_barred(newsletter: Newsletter, settings: Any) -> None:
    address = "anna@example.org"
    joining.ask(newsletter.topic, address, wording="Ja.")
    person = Subscriber.objects.get()
    record(person, Sentence("Is the same person as %(address)s.", {"address": address}), raw=address)
    Returned.objects.create(digest="1", kind="soft", origin=f"c1.{person.pk}", words=address)
    prune(settings.KEEP["unconfirmed"].days + 1)
    for model in apps.get_models(include_auto_created=True):
        for row in model._default_manager.all():
            assert "anna" not in " ".join(str(getattr(row, one.attname)) for one in _columns(type(row)))
    assert not lists.suppressed([address])


def test_who_tried_to_log_in_is_not_kept_for_ever() -> None:
    AccessAttempt.objects.create(username="x", ip_address="192.0.2.1", failures_since_start=1)
    AccessLog.objects.create(username="x", ip_address="192.0.2.1")
    for model in (AccessAttempt, AccessLog):
        model.objects.update(attempt_time=NOW)
    prune(LOGINS_KEPT.days)
    assert (AccessAttempt.objects.count(), AccessLog.objects.count()) == (1, 1)
    prune(LOGINS_KEPT.days + 1)
    assert (AccessAttempt.objects.count(), AccessLog.objects.count()) == (0, 0)
