"""The ways that a returned mail comes in by: a listener, a web hook, a pipe."""

import hashlib
import hmac
import imaplib
import smtplib
import subprocess
import sys
from typing import Any, cast

import pytest
from django.db import connections
from django.test import Client

from outreach.core.errors import BadInput
from outreach.newsletters.models import Returned
from outreach.newsletters.returning import listener, mailbox
from outreach.subscribers.origins import Addresses, Sort
from tests.mail.bounces.samples import report

pytestmark = pytest.mark.django_db
GONE = report("550 5.1.1 <x>: User unknown", status="5.1.1")
PLAIN = "terug@netwerk.example"


@pytest.fixture(autouse=True)
def _returns_are_set_up(settings: Any) -> None:
    settings.MAIL_RETURN, settings.RETURN_SECRET = PLAIN, "een geheim voor de proef"


def ours() -> str:
    return Addresses(Sort.ISSUE, 7).of(8)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scheme", ["lmtp", "smtp"])
def test_a_mail_server_hands_over_and_it_is_stored_before_it_hears_yes(scheme: str):
    with listener.listening(f"{scheme}://127.0.0.1:0") as (host, port):
        client = smtplib.LMTP(host, port) if scheme == "lmtp" else smtplib.SMTP(host, port)
        with client:
            client.sendmail("", [ours()], GONE)
            assert Returned.objects.get().origin == "n7.8"
            client.sendmail("", [ours()], GONE)
    assert Returned.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_it_is_no_relay():
    with listener.listening("smtp://127.0.0.1:0") as (host, port), smtplib.SMTP(host, port) as client:
        for stranger in ("iemand@elders.example", ours().replace("n7", "n9"), "terug+x@netwerk.example"):
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                client.sendmail("", [stranger], GONE)
        client.sendmail("", [PLAIN], GONE)
    assert Returned.objects.get().origin == ""


@pytest.mark.django_db(transaction=True)
def test_while_the_database_is_away_the_mail_stays_where_it_is(monkeypatch: pytest.MonkeyPatch):
    def away(*_: object) -> None:
        raise ConnectionError("the database is away")

    with listener.listening("lmtp://127.0.0.1:0") as (host, port), smtplib.LMTP(host, port) as client:
        with monkeypatch.context() as patched:
            patched.setattr(listener, "receive", away)
            with pytest.raises(smtplib.SMTPDataError, match="451"):
                client.sendmail("", [ours()], GONE)
        client.sendmail("", [ours()], GONE)
    assert Returned.objects.count() == 1
    connections.close_all()


@pytest.mark.parametrize("url", ["", "lmtp://", "http://127.0.0.1:1", "lmtp://127.0.0.1", "lmtp://h:x"])
def test_an_address_to_listen_at_that_is_none_is_told(url: str):
    with pytest.raises(BadInput, match="OUTREACH_RETURN_LISTEN"), listener.listening(url):
        pass


def signed(recipient: str, body: bytes) -> str:
    return (
        "sha256="
        + hmac.digest(b"een geheim voor de proef", recipient.encode() + b"\n" + body, "sha256").hex()
    )


def posted(client: Client, recipient: str, signature: str, body: bytes = GONE) -> int:
    return client.post(
        "/hooks/returned-mail/",
        data=body,
        content_type="message/rfc822",
        headers={"X-Outreach-Recipient": recipient, "X-Outreach-Signature": signature},
    ).status_code


def test_the_web_hook_takes_what_is_signed(client: Client):
    assert posted(client, ours(), signed(ours(), GONE)) == 200
    assert Returned.objects.get().origin == "n7.8"


def test_the_web_hook_takes_nothing_else(client: Client, settings: Any):
    wrong = [
        signed(PLAIN, GONE),
        signed(ours(), b"other"),
        "",
        "sha256=",
        "sha256=é",
        signed(ours(), GONE)[7:],
    ]
    assert {posted(client, ours(), signature) for signature in wrong} == {403}
    assert client.get("/hooks/returned-mail/").status_code == 405
    settings.RETURN_SECRET = ""
    assert posted(client, ours(), "sha256=" + hashlib.sha256(GONE).hexdigest()) == 404
    assert not Returned.objects.exists()


def test_the_pipe_of_a_mail_server_may_end_in_our_command(tmp_path: Any):
    environment = {
        "OUTREACH_DATA_DIR": str(tmp_path),
        "OUTREACH_MAIL_RETURN": PLAIN,
        "PYTHONPATH": ".",
        "PATH": "",
    }
    run = [sys.executable, "-m", "outreach"]
    receive = [*run, "--json", "mail", "receive", "--to", PLAIN]
    base = tmp_path / "outreach.sqlite3"
    base.write_bytes(b"no database" * 1000)
    kept = subprocess.run(receive, input=GONE, env=environment, capture_output=True, check=False)
    assert kept.returncode == 75, kept.stderr  # the mail server tries again
    base.unlink()
    subprocess.run([*run, "migrate"], env=environment, check=True, capture_output=True)
    took = subprocess.run(receive, input=GONE, env=environment, capture_output=True, check=False)
    assert took.returncode == 0
    assert b'"kind": "hard"' in took.stdout or b'"kind":"hard"' in took.stdout, (took.stdout, took.stderr)


@pytest.mark.django_db(transaction=True)
def test_two_readers_in_one_hand_over_are_two_mails():
    with listener.listening("lmtp://127.0.0.1:0") as (host, port), smtplib.LMTP(host, port) as client:
        client.ehlo_or_helo_if_needed()
        client.mail("")
        assert client.rcpt(ours())[0] == 250
        assert client.rcpt(Addresses(Sort.ISSUE, 7).of(9))[0] == 452
        assert client.data(GONE)[0] == 250
    assert Returned.objects.get().origin == "n7.8"


@pytest.mark.django_db(transaction=True)
def test_a_line_without_an_end_is_no_reason_to_refuse_what_came_back():
    with listener.listening("lmtp://127.0.0.1:0") as (host, port), smtplib.LMTP(host, port) as client:
        client.sendmail("", [ours()], GONE + b"x" * 50_000)
    assert Returned.objects.get().kind == "hard"


class _Box:
    """A mailbox whose server does not give what it lists."""

    def __init__(self, said: str, rows: list[Any]) -> None:
        self.answer, self.asked = (said, rows), list[str]()

    def uid(self, command: str, *_: str) -> tuple[str, list[Any]]:
        self.asked.append(command)
        return self.answer


def test_a_mail_that_the_mailbox_does_not_give_now_stays_unread():
    box = _Box("NO", [None])
    mailbox._take(cast(imaplib.IMAP4, box), "7")
    assert box.asked == ["FETCH"]
    box = _Box("OK", [(b"1 (UID 7 BODY[] {9}", GONE), b")"])
    mailbox._take(cast(imaplib.IMAP4, box), "7")
    assert box.asked == ["FETCH", "STORE"]
    assert Returned.objects.count() == 1
