"""What is kept about a person in odd places: other spellings, earlier addresses, words of mail servers."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db.models import CharField, Field, JSONField, Model, TextField

from outreach.core.models import Activity
from outreach.mail.base import Outcome, Verdict
from outreach.newsletters.models import Delivery, Issue, Newsletter, Returned
from outreach.newsletters.personal import copying
from outreach.newsletters.personal.erasing import erase
from outreach.newsletters.personal.nobodys import NOBODYS
from outreach.newsletters.personal.register import REGISTER
from outreach.newsletters.returning import receive
from outreach.newsletters.sending import objecting, recording
from outreach.newsletters.sending.picking import Row
from outreach.notices.models import Notice
from outreach.subscribers import choosing, joining, lists, merging, origins, tokens
from outreach.subscribers.models import (
    Alias,
    Import,
    ImportFault,
    LeaveReason,
    SignUp,
    Subscriber,
    Suppression,
)
from tests.newsletters.conftest import NOW

pytestmark = pytest.mark.django_db


def joined(newsletter: Newsletter, address: str) -> Subscriber:
    return joining.add(newsletter.topic, address, how="test", wording="Ja.", language="nl").subscriber


def told(person: Subscriber) -> dict[str, Any]:
    return {kind["kind"]: kind["rows"] for kind in json.loads(copying.as_json(person))["kept"]}


def words_of_all_rows() -> Iterator[str]:
    for model in apps.get_models(include_auto_created=True):
        for row in model._default_manager.all():
            yield " ".join(str(getattr(row, one.attname)) for one in model._meta.concrete_fields)


def sent(newsletter: Newsletter, person: Subscriber, reply: str, **values: Any) -> Delivery:
    issue = Issue.objects.get_or_create(newsletter=newsletter, slot=NOW, state="sent")[0]
    return Delivery.objects.create(
        issue=issue, subscriber=person, reply=reply, due_at=NOW, **{"state": "sent", **values}
    )


def signed_up(address: str) -> None:
    SignUp.objects.create(topic="t", title="T", address=address, language="nl", how="x", wording="Ja")


def faulty(line: int, given: str) -> None:
    job = Import.objects.get_or_create(topic="t", title="T", file_name="x.csv", language="nl")[0]
    ImportFault.objects.create(job=job, line=line, given=given)


def merged(newsletter: Newsletter) -> Subscriber:
    """Who was anna@oud.example too."""
    kept, other = joined(newsletter, "anna@example.org"), joined(newsletter, "anna@oud.example")
    sent(newsletter, kept, "250 ok")
    sent(newsletter, other, "550 <anna@oud.example> unknown")
    for one in (kept, other):
        left = joining.leave(tokens.unsubscribe_token(one, newsletter.topic)).subscription
        assert left
        choosing.give_reason(tokens.reason_token(left), "other", f"Ik, {one.address}, heb geen tijd")
    Returned.objects.create(digest="1", kind="soft", origin=f"n1.{other.pk}", words="<anna@oud.example> full")
    return merging.merge(kept, other)


def test_the_copy_of_a_short_address_holds_no_line_of_a_longer_one(newsletter: Newsletter) -> None:
    person = joined(newsletter, "an@example.org")
    others = (
        "jan@example.org",
        "x.an@example.org",
        "an@example.organ",
        "d'an@example.org",
        "an@example.org.be",
    )
    own = ("AN@example.org;An", "<an@example.org>", "'an@example.org'", "mailto:an@example.org.")
    for line, given in enumerate((*others, *own)):
        faulty(line, given)
    assert [row["given"] for row in told(person)["importfault"]] == list(own)
    erase(person)
    assert [row.given for row in ImportFault.objects.order_by("pk")] == list(others)


def test_a_sign_up_in_other_letters_is_theirs_too(newsletter: Newsletter) -> None:
    person = joined(newsletter, "René.Anna@example.org")
    signed_up("RENÉ.ANNA@example.org")
    signed_up("bert@example.org")
    assert [row["address"] for row in told(person)["signup"]] == ["RENÉ.ANNA@example.org"]
    erase(person)
    assert [row.address for row in SignUp.objects.all()] == ["bert@example.org"]


def test_what_went_to_an_earlier_address_is_in_the_copy_and_goes_with_the_person(
    newsletter: Newsletter,
) -> None:
    person = merged(newsletter)
    signed_up("Anna@oud.example")
    faulty(1, "anna@oud.example")
    kinds = told(person)
    assert [row["words"] for row in kinds["returned"]] == ["<anna@oud.example> full"]
    assert len(kinds["signup"]) == len(kinds["importfault"]) == 1
    erase(person)
    assert not [words for words in words_of_all_rows() if "anna" in words.lower()]


def test_a_mail_that_came_back_and_names_only_the_address_is_theirs(newsletter: Newsletter) -> None:
    person = joined(newsletter, "an@example.org")
    for number, words in enumerate(("550 <An@example.org>: unknown", "550 <jan@example.org>: unknown")):
        Returned.objects.create(digest=str(number), kind="hard", origin="", words=words)
    assert [row["words"] for row in told(person)["returned"]] == ["550 <An@example.org>: unknown"]
    erase(person)
    assert sorted(row.words for row in Returned.objects.all()) == ["", "550 <jan@example.org>: unknown"]


def test_what_a_merge_leaves_without_a_person_says_nothing_of_one(newsletter: Newsletter) -> None:
    merged(newsletter)
    assert Delivery.objects.get(subscriber=None).reply == ""
    assert LeaveReason.objects.get(subscriber=None).words == ""
    assert LeaveReason.objects.exclude(subscriber=None).get().words


def test_who_has_an_address_that_would_not_be_taken_today_can_be_forgotten(newsletter: Newsletter) -> None:
    person = joined(newsletter, "anna@example.org")
    Alias.objects.create(subscriber=person, address="anna@intranet", address_key="anna@intranet", was=-1)
    erase(person)
    assert lists.suppressed(["anna@intranet", "anna@example.org"]) == {"anna@intranet", "anna@example.org"}


def test_who_complained_did_so_under_each_address_also_when_forgotten(newsletter: Newsletter) -> None:
    person = joined(newsletter, "anna@example.org")
    Alias.objects.create(subscriber=person, address="a@oud.example", address_key="a@oud.example", was=-1)
    lists.suppress(person.address, Suppression.Why.COMPLAINT)
    assert len(told(person)["suppression"]) == 1
    erase(person)
    assert lists.is_suppressed("a@oud.example")


def test_an_answer_that_comes_after_the_person_was_forgotten_is_not_kept(newsletter: Newsletter) -> None:
    people = [joined(newsletter, f"anna{number}@example.org") for number in range(2)]
    rows = [sent(newsletter, one, "", state="claimed", claim="c", lease_until=NOW) for one in people]
    for one in people:
        erase(one)
    results = [
        recording.Result(
            "c", Row(row.pk, None, "anna@example.org", "", True, None, False, 0, ""), Outcome(verdict, said)
        )
        for row, verdict, said in zip(
            rows,
            (Verdict.ACCEPTED, Verdict.GONE),
            ("250 anna0@example.org", "550 5.1.1 <anna1@example.org> unknown"),
            strict=True,
        )
    ]
    assert recording.record(rows[0].issue, results) == 2
    assert sorted(Delivery.objects.values_list("state", "reply")) == [("bounced", ""), ("sent", "")]


def test_a_mail_that_comes_back_after_the_person_was_forgotten_leaves_no_words(
    newsletter: Newsletter, settings: Any
) -> None:
    settings.MAIL_RETURN = "terug@example.org"
    person = joined(newsletter, "anna@example.org")
    issue = sent(newsletter, person, "250 ok").issue
    address = origins.Addresses(origins.Sort.ISSUE, issue.pk).of(person.pk)
    erase(person)
    receive(b"Subject: Undelivered\n\n550 5.1.1 <anna@example.org>: user unknown\n", [address])
    assert Returned.objects.get().words == ""


def test_what_staff_are_told_of_an_issue_names_no_reader(newsletter: Newsletter, settings: Any) -> None:
    settings.MAIL_RETURN = "terug@example.org"
    person = joined(newsletter, "anna@example.org")
    issue = sent(newsletter, person, "250 ok").issue
    address = origins.Addresses(origins.Sort.ISSUE, issue.pk).of(person.pk)
    said = "550 5.7.26 <anna@example.org>: this mail is not authenticated (SPF, DKIM)"
    row = receive(f"From: MAILER-DAEMON@mx.example\nSubject: Undelivered\n\n{said}\n".encode(), [address])
    assert row.kind == "about-us"
    assert "5.7.26" in str(Notice.objects.get().text)
    assert "anna" not in str(Notice.objects.get().text)
    activity = Activity.objects.get(subject=f"issue:{issue.pk}")
    assert "5.7.26" in str(activity.sentence)
    assert "anna" not in f"{activity.sentence}{activity.raw}"


def test_an_issue_that_a_server_objects_to_is_paused_in_words_without_a_reader(
    newsletter: Newsletter,
) -> None:
    issue = Issue.objects.create(newsletter=newsletter, slot=NOW, state="sending")
    outcome = Outcome(Verdict.ABOUT_US, "550 5.7.26 <anna@example.org> not authenticated")
    objecting.pause(issue, objecting.words(outcome), outcome.reply)
    issue.refresh_from_db()
    activity, notice = Activity.objects.get(subject=f"issue:{issue.pk}"), Notice.objects.get()
    assert issue.state == "paused"
    for words in (str(issue.reason), str(activity.sentence), activity.raw, str(notice.text)):
        assert "5.7.26" in words
        assert "anna" not in words


def _holds_words(model: type[Model]) -> bool:
    fields: tuple[Field[Any, Any], ...] = tuple(model._meta.concrete_fields)
    free = (TextField, JSONField)
    return any(
        isinstance(one, free)
        or one.get_internal_type() in {"BinaryField", "EmailField", "GenericIPAddressField"}
        or (isinstance(one, CharField) and not one.choices)
        for one in fields
    )


def test_every_table_that_can_hold_words_is_in_the_register_or_said_to_hold_nothing_of_readers() -> None:
    kept = {one.model._meta.label for one in REGISTER}
    tables = {one._meta.label for one in apps.get_models(include_auto_created=True) if _holds_words(one)}
    missing = tables - kept - set(NOBODYS)
    assert not missing, f"say in newsletters/personal/register.py, or in nobodys.py: {missing}"
    assert not kept & set(NOBODYS)
    assert set(NOBODYS) <= tables, "nothing stands there any more"


def test_the_copy_names_what_is_kept_and_cannot_be_in_it(newsletter: Newsletter) -> None:
    found = copying.copy(joined(newsletter, "anna@example.org"))
    named = {kind["kind"] for kind in found["not_here"]}
    assert named == {kept.model._meta.model_name for kept in REGISTER if kept.of is None}
    assert {"knock", "importpiece"} <= named
    assert all(kind["what"] and kind["why"] and kind["how_long"] for kind in found["not_here"])
