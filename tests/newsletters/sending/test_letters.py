"""The mail of one reader: from the stencil of the issue, without a query, and the same at each attempt."""

from collections.abc import Callable
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import salted_hmac

from outreach.core.errors import BadInput
from outreach.mail.building import build
from outreach.newsletters import issues
from outreach.newsletters.designs import slots
from outreach.newsletters.models import Issue, Newsletter
from outreach.newsletters.sending import letters
from outreach.newsletters.sending.letters import Letters, Reader, Unmailable
from outreach.subscribers import tokens
from outreach.subscribers.models import Subscriber

AN = Reader(7, "an@example.org", "An & <Els>")
GREETING = "{if}Dag {name},{else}Beste lezer,{end}"


@pytest.fixture
def issue(newsletter: Newsletter, write: Callable[..., Any]) -> Issue:
    write("Voorlezen in twee talen")
    made = issues.make_now(newsletter)
    issues.approve(made)
    made.refresh_from_db()
    return made


def greeting(issue: Issue) -> Issue:
    """`issue` as a design would have made it that greets by name."""
    found = slots.marks(issue)
    words = GREETING.format(
        **{"if": found.if_name, "else": found.else_name, "end": found.end_name, "name": found.name}
    )
    issue.html, issue.text = f"<p>{words}</p>{issue.html}", f"{words}\n{issue.text}"
    return issue


def parsed(message: bytes) -> Any:
    return message_from_bytes(message, policy=policy.default)


def contents(message: bytes) -> list[str]:
    return [part.get_content() for part in parsed(message).iter_parts()]


def heads(message: bytes) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, value in parsed(message).items() if name != "Content-Type"]


def test_a_parcel_is_the_letter_of_its_reader(issue: Issue):
    reader = Subscriber(pk=AN.id, address=AN.address, name=AN.name)
    made = Letters(issue)
    parcel, whole = made.parcel(3, AN), build(made.to(reader))
    assert (parcel.key, parcel.to, parcel.envelope_from) == (3, AN.address, settings.MAIL_FROM)
    assert heads(parcel.message) == heads(whole)
    assert contents(parcel.message) == contents(whole)
    assert parcel == Letters(issue).parcel(3, AN)


def test_a_parcel_asks_no_database(issue: Issue, django_assert_num_queries: Any):
    made = Letters(issue)
    with django_assert_num_queries(0):
        made.parcel(3, AN)


def test_the_links_and_numbers_are_those_that_older_mails_hold(issue: Issue, newsletter: Newsletter):
    mail = parsed(Letters(issue).parcel(3, AN).message)
    signer = signing.Signer(salt="outreach.subscribers.unsubscribe", sep=".")
    token = signer.sign_object([AN.id, newsletter.topic])
    url = settings.BASE_URL + reverse("unsubscribe", args=[token])
    assert mail["List-Unsubscribe"] == f"<{url}>"
    assert tokens.read(token, tokens.UNSUBSCRIBE) == tokens.Token(AN.id, newsletter.topic)
    mark = salted_hmac("outreach.newsletters.message-id", f"{issue.pk}.{AN.id}").hexdigest()[:12]
    assert mail["Message-ID"].startswith(f"<{issue.pk}.{AN.id}.{mark}@")


def test_no_mark_is_left_in_a_mail(issue: Issue):
    secret = slots.marks(issue).address.partition("@")[2].encode()
    assert secret not in Letters(greeting(issue)).parcel(3, AN).message


def test_who_has_a_name_is_greeted_by_it_and_who_has_none_is_not(issue: Issue):
    made = Letters(greeting(issue))
    text, html = contents(made.parcel(1, AN).message)
    assert text.startswith("Dag An & <Els>,")
    assert html.startswith("<p>Dag An &amp; &lt;Els&gt;,</p>")
    text, html = contents(made.parcel(2, Reader(8, "els@example.org")).message)
    assert text.startswith("Beste lezer,")
    assert html.startswith("<p>Beste lezer,</p>")


def test_an_article_cannot_write_a_condition(issue: Issue):
    issue.text = f"if-name.abc.invalid{GREETING}\n{issue.text}"
    text, _html = contents(Letters(issue).parcel(1, AN).message)
    assert text.startswith(f"if-name.abc.invalid{GREETING}")


def test_one_stencil_is_cut_for_readers_of_whom_the_same_holds(issue: Issue, monkeypatch: pytest.MonkeyPatch):
    cut: list[Any] = []
    real = letters.Stencil
    monkeypatch.setattr(
        letters, "Stencil", lambda *given, **named: cut.append(given) or real(*given, **named)
    )
    made = Letters(greeting(issue))
    for number in range(4):
        made.parcel(number, Reader(number, f"lezer{number}@example.org", "An" if number % 2 else ""))
    assert len(cut) == 2


def test_with_more_conditions_than_stencils_are_kept_for_each_letter_is_made_by_itself(
    issue: Issue, monkeypatch: pytest.MonkeyPatch
):
    made, both = Letters(greeting(issue)), (AN, Reader(8, "els@example.org"))
    quick = [made.parcel(3, one).message for one in both]
    monkeypatch.setattr(letters, "_CONDITIONS", 0)
    slow = [made.parcel(3, one).message for one in both]
    assert [contents(one) for one in quick] == [contents(one) for one in slow]
    assert [heads(one) for one in quick] == [heads(one) for one in slow]


def test_a_reader_without_a_mail_address_is_told_from_a_setting_that_is_wrong(
    issue: Issue, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    for conditions in (3, -1):  # filled in a stencil, and made for this reader alone
        monkeypatch.setattr(letters, "_CONDITIONS", conditions)
        with pytest.raises(Unmailable):
            Letters(issue).parcel(3, Reader(7, "geen adres"))
    settings.DKIM_KEY_FILE = "/nergens/sleutel.pem"
    with pytest.raises(BadInput, match=r"/nergens/sleutel\.pem") as caught:
        Letters(issue).parcel(3, AN)
    assert not isinstance(caught.value, Unmailable)


def test_an_issue_that_was_frozen_with_another_key_goes_to_nobody(issue: Issue, settings: Any):
    assert Letters(issue).parcel(1, AN)
    settings.SECRET_KEY = "another-one-" * 5
    with pytest.raises(BadInput, match="secret key of Outreach has changed") as refused:
        Letters(Issue.objects.get()).parcel(1, AN)
    assert not isinstance(refused.value, Unmailable)
