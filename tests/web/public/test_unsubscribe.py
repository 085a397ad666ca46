"""RFC 8058 exactly as Gmail does it, over a real connection; and the page for people."""

import html
import http.client
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from outreach.newsletters.models import Newsletter
from outreach.subscribers import joining, lists, tokens
from outreach.subscribers.models import Consent, LeaveReason, Subscriber, Subscription

FORM = ("application/x-www-form-urlencoded", b"List-Unsubscribe=One-Click")
MULTIPART = (
    "multipart/form-data; boundary=x",
    b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
)


@pytest.fixture
def newsletter(db: None) -> Newsletter:
    return Newsletter.objects.create(name="Nieuws", slug="nieuws", topic="news-1", language="en")


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True)


def reader(topic: str = "news-1") -> Subscriber:
    return joining.add(topic, "an@example.org", how="command", wording="Yes.").subscriber


def path_of(person: Subscriber, topic: str = "news-1") -> str:
    return f"/unsubscribe/{tokens.unsubscribe_token(person, topic)}/"


def shown(response: Any) -> str:
    return html.unescape(response.content.decode())


def leaves(client: Client, path: str, kind: str, body: bytes) -> Any:
    return client.generic("POST", path, body, content_type=kind)  # as it is, in whatever letters


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("kind", "body"), [FORM, MULTIPART])
def test_one_click_as_a_mailbox_provider_sends_it(live_server: Any, kind: str, body: bytes) -> None:
    Newsletter.objects.create(name="Nieuws", slug="nieuws", topic="news-1", language="en")
    path = path_of(reader())
    for _ in range(2):  # providers repeat themselves
        connection = http.client.HTTPConnection(live_server.thread.host, live_server.thread.port, timeout=20)
        connection.request("POST", path, body, {"Content-Type": kind, "User-Agent": "Google-Unsubscribe"})
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("Location"), answer.getheader("Set-Cookie")) == (
            200,
            None,
            None,
        )
        connection.close()
    assert not lists.recipients("news-1").exists()
    assert Subscriber.objects.get().state == "unsubscribed"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=x", b"--y\r\nnot what was announced"),
        ("multipart/form-data", b"no boundary"),
        ("application/json", b"{}"),
        ("application/x-www-form-urlencoded", b""),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(1100))),
        ("application/x-www-form-urlencoded; charset=base64", b"List-Unsubscribe=One-Click"),
        ("multipart/form-data; boundary=x; charset=rot13", MULTIPART[1]),
    ],
)
def test_a_strange_body_leaves_all_the_same(
    client: Client, newsletter: Newsletter, kind: str, body: bytes
) -> None:
    answer = leaves(client, path_of(reader()), kind, body)
    assert answer.status_code == 200
    assert not lists.recipients("news-1").exists()


@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-16", "UTF-8", "base64", "no-such-thing", "idna"])
@pytest.mark.parametrize(("kind", "body"), [FORM, MULTIPART])
def test_one_click_is_understood_whatever_letters_it_says_to_be_in(
    client: Client, newsletter: Newsletter, kind: str, body: bytes, charset: str
) -> None:
    answer = leaves(client, path_of(reader()), f"{kind}; charset={charset}", body)
    assert (answer.status_code, answer.content) == (200, b"unsubscribed\n")
    assert not lists.recipients("news-1").exists()


def test_a_reason_with_a_sign_that_no_database_keeps_is_kept_without_it(
    client: Client, newsletter: Newsletter
) -> None:
    left = client.post(path_of(reader()) + "?lang=en")
    assert client.post(reason_form(left), {"why": "\0", "words": "te\0 veel"}).status_code == 200
    told = LeaveReason.objects.get()
    assert (told.why, told.words) == ("other", "te veel")


def test_opening_the_link_does_nothing(client: Client, newsletter: Newsletter) -> None:
    path = path_of(reader())
    for visit in (client.get, client.head, client.get):
        assert visit(path).status_code == 200
    assert client.get(path + "?List-Unsubscribe=One-Click").status_code == 200
    assert lists.recipients("news-1").count() == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1],
        lambda token: token + "x",
        lambda token: token.swapcase(),
        lambda token: "x",
        lambda token: "." + token,
    ],
)
def test_a_forged_link_is_a_clear_page_and_changes_nothing(
    client: Client, newsletter: Newsletter, spoil: Callable[[str], str]
) -> None:
    token = spoil(tokens.unsubscribe_token(reader(), "news-1"))
    for answer in (
        client.get(f"/unsubscribe/{token}/?lang=en"),
        leaves(client, f"/unsubscribe/{token}/", *FORM),
    ):
        assert answer.status_code == 404
        assert "<h1>" in shown(answer)
    assert lists.recipients("news-1").count() == 1


def test_the_link_of_another_newsletter_leaves_only_that_one(client: Client, newsletter: Newsletter) -> None:
    person = reader()
    reader("events-1")
    assert leaves(client, path_of(person, "events-1"), *FORM).status_code == 200
    assert lists.recipients("news-1").count() == 1
    assert not lists.recipients("events-1").exists()


def test_the_token_counts_from_the_path_only(client: Client, newsletter: Newsletter) -> None:
    token = tokens.unsubscribe_token(reader(), "news-1")
    assert (
        client.post("/unsubscribe/x/", {"token": token, "List-Unsubscribe": "One-Click"}).status_code == 404
    )
    assert lists.recipients("news-1").count() == 1


def test_a_person_presses_one_button_and_may_come_back(client: Client, newsletter: Newsletter) -> None:
    path = path_of(reader())
    page = shown(client.get(path))
    assert page.count("<button") == 1
    left = client.post(path + "?lang=en")
    assert left.status_code == 200
    assert "You have left" in shown(left)
    assert not lists.recipients("news-1").exists()
    action = re.search(r'action="(/unsubscribe/undo/[^"]+)"', shown(left))
    assert action
    assert client.get(action[1]).status_code == 200
    assert not lists.recipients("news-1").exists()
    assert "You are back" in shown(client.post(action[1]))
    assert lists.recipients("news-1").count() == 1
    assert "keep receiving" in Consent.objects.latest("pk").wording


def test_who_has_left_is_told_so_and_not_asked_again(client: Client, newsletter: Newsletter) -> None:
    path = path_of(reader())
    leaves(client, path, *FORM)
    assert "You have left" in shown(client.get(path))


def test_leaving_works_when_the_newsletter_or_the_person_is_gone(
    client: Client, newsletter: Newsletter
) -> None:
    person = reader()
    path = path_of(person)
    newsletter.delete()
    assert client.get(path).status_code == 200
    assert leaves(client, path, *FORM).status_code == 200
    person.delete()
    assert client.get(path).status_code == 200
    assert leaves(client, path, *FORM).status_code == 200


def test_other_ways_of_asking_are_refused(client: Client, newsletter: Newsletter) -> None:
    assert client.put(path_of(reader())).status_code == 405
    assert client.delete(path_of(reader())).status_code == 405
    assert lists.recipients("news-1").count() == 1


def test_the_link_of_one_reader_leaves_for_no_other(client: Client, newsletter: Newsletter) -> None:
    mine, other = path_of(reader()), joining.add("news-1", "bo@example.org", how="command", wording="Yes.")
    token = tokens.unsubscribe_token(other.subscriber, "news-1")
    signature = token.partition(".")[2]
    body = mine.split("/")[2].partition(".")[0]
    for kind, content in (FORM, MULTIPART):
        assert leaves(client, f"/unsubscribe/{body}.{signature}/", kind, content).status_code == 404
        assert leaves(client, mine, kind, content).status_code == 200
    assert lists.recipients("news-1").get() == other.subscriber


def test_no_other_link_of_ours_leaves(client: Client, newsletter: Newsletter) -> None:
    person = reader()
    wish = Subscription.objects.get()
    for token in (tokens.confirm_token(wish), tokens.preferences_token(person)):
        assert leaves(client, f"/unsubscribe/{token}/", *FORM).status_code == 404
    assert lists.recipients("news-1").count() == 1


def test_one_click_is_answered_in_plain_words_and_without_a_page(
    client: Client, newsletter: Newsletter
) -> None:
    for kind, body in (FORM, MULTIPART):
        answer = leaves(client, path_of(reader()), kind, body)
        assert (answer.status_code, answer.content) == (200, b"unsubscribed\n")
        assert not answer.cookies
        Subscription.objects.update(left_at=None)
        Subscriber.objects.update(state="confirmed")


def reason_form(page: Any) -> str:
    found = re.search(r'action="(/unsubscribe/reason/[^"]+)"', shown(page))
    assert found
    return found[1]


def test_why_is_asked_when_it_has_happened_and_changes_nothing(
    client: Client, newsletter: Newsletter
) -> None:
    path = path_of(reader())
    assert "unsubscribe/reason" not in shown(client.get(path))
    left = client.post(path + "?lang=en")
    assert not lists.recipients("news-1").exists()
    assert "(optional)" in shown(left)
    action = reason_form(left)
    assert client.get(action).status_code == 200
    assert not LeaveReason.objects.exists()
    answer = client.post(action, {"why": "often", "words": "Elke  dag is\nte veel"})
    assert "Thank you" in shown(answer)
    told = LeaveReason.objects.get()
    assert (told.why, told.words, told.topic) == ("often", "Elke dag is te veel", "news-1")
    client.post(action, {"why": "other"})
    told.refresh_from_db()
    assert (told.why, told.words) == ("other", "")
    assert not lists.recipients("news-1").exists()


@pytest.mark.parametrize("sent", [{}, {"why": "x"}, {"words": "  "}, {"why": "", "words": ""}])
def test_an_answer_that_says_nothing_is_thanked_for_and_not_kept(
    client: Client, newsletter: Newsletter, sent: dict[str, str]
) -> None:
    left = client.post(path_of(reader()) + "?lang=en")
    assert client.post(reason_form(left), sent).status_code == 200
    assert not LeaveReason.objects.exists()


def test_words_without_a_choice_are_something_else_and_cut_where_they_are_long(
    client: Client, newsletter: Newsletter
) -> None:
    left = client.post(path_of(reader()) + "?lang=en")
    client.post(reason_form(left), {"words": "x" * 5000})
    told = LeaveReason.objects.get()
    assert (told.why, len(told.words)) == ("other", 500)


def test_a_reason_needs_the_link_of_that_leaving(client: Client, newsletter: Newsletter) -> None:
    person = reader()
    for token in ("x", tokens.unsubscribe_token(person, "news-1"), tokens.preferences_token(person)):
        assert client.post(f"/unsubscribe/reason/{token}/", {"why": "often"}).status_code == 404
    assert not LeaveReason.objects.exists()


def test_who_has_left_finds_the_way_to_their_preferences(client: Client, newsletter: Newsletter) -> None:
    person = reader()
    left = client.post(path_of(person) + "?lang=en")
    assert f"/preferences/{tokens.preferences_token(person)}/" in shown(left)
