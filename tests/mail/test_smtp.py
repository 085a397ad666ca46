"""Handing mail to a real server that may refuse, vanish or lie at any stage."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from outreach.mail.base import RelayDown, Verdict
from outreach.mail.connecting import Server, Timeouts
from outreach.mail.smtp import SmtpRelay, Tls, prepared
from tests.fakes.mail_server import MailServer
from tests.processes import free_port

FAST = Timeouts(connect=2, command=2, body=2, dot=2)
MESSAGE = b"Subject: dag\r\n\r\n.een punt\r\n..twee\r\nklaar"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


def relay(server: MailServer, **values: object) -> SmtpRelay:
    port = int(server.url.partition("?")[0].rpartition(":")[2])
    return SmtpRelay(Server(**{"host": "127.0.0.1", "port": port, "timeouts": FAST, **values}))


def test_a_message_arrives_as_it_was_given(server: MailServer):
    with relay(server).session() as session:
        assert session.send("a@example.org", "b@example.org", MESSAGE).verdict is Verdict.ACCEPTED
    assert server.got[0].get_payload() == ".een punt\n..twee\nklaar\n".replace("\n", "\r\n")


def test_one_connection_carries_many_messages_also_of_a_later_session(server: MailServer):
    one = relay(server)
    for _ in range(2):
        with one.session() as session:
            for number in range(10):
                session.send("a@example.org", f"b{number}@example.org", MESSAGE)
    assert (len(server.got), server.connections) == (20, 1)


def test_a_worn_out_connection_is_replaced(server: MailServer):
    with relay(server).session() as session:
        for number in range(150):
            session.send("a@example.org", f"b{number}@example.org", MESSAGE)
    assert (len(server.got), server.connections) == (150, 2)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("450 4.2.1 later", Verdict.DEFERRED),
        ("421 4.3.2 closing down", Verdict.DEFERRED),
        ("550 5.1.1 no such user", Verdict.GONE),
        ("552 5.2.2 mailbox full", Verdict.REFUSED),
        ("550 5.7.26 not authenticated", Verdict.ABOUT_US),
        ("mail:451 4.7.0 busy", Verdict.DEFERRED),
        ("mail:553 5.1.8 bad sender", Verdict.ABOUT_US),
        ("dot:451 4.3.0 try again", Verdict.DEFERRED),
        ("dot:554 5.7.1 spam", Verdict.ABOUT_US),
        ("dot:550 5.1.1 after all not here", Verdict.GONE),
        ("drop", Verdict.DEFERRED),
        ("vanish", Verdict.UNKNOWN),
    ],
)
def test_each_answer_has_its_verdict_and_the_next_message_goes_through(
    server: MailServer, answer: str, verdict: Verdict
):
    server.answers = [answer]
    with relay(server).session() as session:
        outcome = session.send("a@example.org", "b@example.org", MESSAGE)
        assert outcome.verdict is verdict
        assert session.send("a@example.org", "c@example.org", MESSAGE).verdict is Verdict.ACCEPTED
    said = answer.removeprefix("mail:").removeprefix("dot:")
    assert outcome.reply == said or answer in ("drop", "vanish")


def test_a_kept_connection_that_died_meanwhile_is_replaced_unseen(server: MailServer):
    one = relay(server)
    with one.session() as session:
        session.send("a@example.org", "b@example.org", MESSAGE)
    server.hang_up()
    with one.session() as session:
        assert session.send("a@example.org", "c@example.org", MESSAGE).verdict is Verdict.ACCEPTED
    assert (len(server.got), server.connections) == (2, 2)


def test_nobody_listens():
    server = Server("127.0.0.1", free_port(), timeouts=FAST)
    with (
        pytest.raises(RelayDown, match="Nothing answers at the mail server"),
        SmtpRelay(server).session(),
    ):
        pass


def test_a_name_that_does_not_exist():
    server = Server("mail.invalid", 25, timeouts=FAST)
    with (
        pytest.raises(RelayDown, match="There is no mail server with the name"),
        SmtpRelay(server).session(),
    ):
        pass


def test_a_password_is_not_sent_in_the_clear(server: MailServer):
    one = relay(server, user="els", password="s3cret", tls=Tls.REQUIRED)
    with pytest.raises(RelayDown, match="the password was not sent") as caught, one.session():
        pass
    assert "s3cret" not in str(caught.value)


def test_a_server_without_a_log_in_is_named(server: MailServer):
    one = relay(server, user="els", password="s3cret", tls=Tls.NEVER)
    with pytest.raises(RelayDown, match="no log-in that Outreach knows"), one.session():
        pass


@pytest.mark.parametrize(
    ("speech", "said"),
    [
        (b"554 no mail from you\r\n", "refuses us: 554 no mail from you"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "was lost|refuses us"),
        (b"", "was lost|not answer in time"),
    ],
)
def test_something_that_is_no_mail_server(speech: bytes, said: str):
    with _speaker(speech) as port:
        server = Server("127.0.0.1", port, timeouts=FAST)
        with pytest.raises(RelayDown, match=said), SmtpRelay(server).session():
            pass


def test_a_server_that_never_answers_is_given_up_in_time():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = Server("127.0.0.1", silent.getsockname()[1], timeouts=Timeouts(connect=0.3))
        with pytest.raises(RelayDown, match="did not answer in time"), SmtpRelay(server).session():
            pass


@pytest.mark.parametrize(
    ("message", "on_the_wire"),
    [
        (b"a\n.b\nc", b"a\r\n..b\r\nc\r\n"),
        (b".\n", b"..\r\n"),
        (b"a\r\n.\r\nMAIL FROM:<x>\r\n", b"a\r\n..\r\nMAIL FROM:<x>\r\n"),
        (b"a\r.\rb", b"a\r\n..\r\nb\r\n"),
        (b"", b"\r\n"),
    ],
)
def test_no_message_ends_early(message: bytes, on_the_wire: bytes):
    assert prepared(message) == on_the_wire


@contextmanager
def _speaker(speech: bytes) -> Iterator[int]:
    """Says `speech` to whoever connects, then hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def speak() -> None:
            connection, _ = listener.accept()
            connection.sendall(speech)
            connection.close()

        thread = threading.Thread(target=speak, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)
