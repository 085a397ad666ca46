"""From nothing to a connection that carries mail: greeting, encryption, log-in; how many, for how long."""

import ssl
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from outreach.mail import loops
from outreach.mail.base import RelayDown
from outreach.mail.connecting import Tls
from outreach.mail.couriers import Parcel
from tests.fakes.scripted_mail import Do, ScriptedMail, make_certificate, trusting
from tests.mail.couriering import MESSAGE, PATIENT, Notebook, all_of, parcels, relay, said_of, verdict
from tests.processes import free_port

HASTY = replace(PATIENT, connect=1.0)
SECRET = "s3cret-ü"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def trust(certificate: Path) -> ssl.SSLContext:
    return trusting(certificate)


@pytest.fixture(params=["uvloop", "asyncio"])
def any_loop(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where uvloop has no wheel, Python's own loop does the same."""
    if request.param == "asyncio":
        monkeypatch.setitem(sys.modules, "uvloop", None)


TLS = {"host": "localhost", "tls": Tls.REQUIRED}
LOGIN = {"user": "els", "password": SECRET}


@pytest.mark.parametrize(
    ("stage", "do", "how", "trouble"),
    [
        ("connect", Do("", "close"), {}, "was lost"),
        ("connect", Do("", "rst"), {}, "was lost"),
        ("connect", Do("", "hang"), {}, "did not answer in time"),
        ("greeting", Do("554 5.7.1 not you"), {}, "refuses us: 554 5.7.1 not you"),
        ("greeting", Do("421-4.7.0 too many\r\n421 4.7.0 connections"), {}, "refuses us: 421 4.7.0 too many"),
        ("greeting", Do(b"HTTP/1.1 400 Bad Request"), {}, "was lost"),
        ("greeting", Do(b"220 " + b"x" * 100_000), {}, "was lost"),
        ("greeting", Do("220 hello\r\n250 and more"), {}, "was lost"),
        ("greeting", Do("", "hang"), {}, "did not answer in time"),
        ("greeting", Do("", "half"), {}, "was lost"),
        ("ehlo", Do("421 4.3.2 closing"), {}, "refuses us: 421"),
        ("ehlo", Do("450 later"), {}, "refuses us: 450"),
        ("ehlo", Do("", "close"), {}, "was lost"),
        ("ehlo", Do("", "hang"), {}, "did not answer in time"),
        ("ehlo", Do(b"\xff\xfe"), {}, "was lost"),
        ("starttls", Do("454 4.7.0 no TLS now"), TLS, "refuses us: 454"),
        ("starttls", Do("421 4.3.2 closing"), TLS, "refuses us: 421"),
        ("starttls", Do("", "close"), TLS, "was lost"),
        ("starttls", Do("", "hang"), TLS, "did not answer in time"),
        ("starttls", Do("220 go ahead\r\n250 put in before encryption"), TLS, "was lost"),
        ("auth", Do("535 5.7.8 no"), TLS | LOGIN, "does not accept the user name or the password: 535 5.7.8"),
        ("auth", Do("454 4.7.0 later"), TLS | LOGIN, "does not accept the user name or the password: 454"),
        ("auth", Do(f"535 you said {SECRET}"), TLS | LOGIN, "you said …"),
        ("auth", Do("", "close"), TLS | LOGIN, "was lost"),
        ("auth", Do("", "hang"), TLS | LOGIN, "did not answer in time"),
        ("auth", Do("what?"), TLS | LOGIN, "was lost"),
    ],
)
def test_without_a_connection_nothing_begins_and_the_next_attempt_goes_through(
    stage: str, do: Do, how: dict[str, Any], trouble: str, certificate: Path, trust: ssl.SSLContext
):
    extensions = ("AUTH PLAIN",) if "user" in how else ()
    with ScriptedMail(certificate=certificate, extensions=extensions) as server:
        server.next_connection(stage, do)
        patience = HASTY if do.then == "hang" else PATIENT
        one = relay(server.port, **how, context=trust, timeouts=patience)
        found, said = said_of(one)
        assert (found, server.begun.total()) == ({"not begun"}, 0)
        assert trouble in said
        assert SECRET not in said
        assert said_of(one) == ({"accepted"}, "")
        one.close()


def test_a_server_that_knows_no_ehlo_is_greeted_with_helo():
    with ScriptedMail() as server:
        server.next_connection("ehlo", Do("502 5.5.1 what"))
        assert said_of(relay(server.port, connections=1)) == ({"accepted"}, "")
    assert server.commands[1].startswith(b"HELO ")
    assert not server.wrong


def test_without_encryption_where_it_is_required_the_password_stays_here():
    with ScriptedMail(extensions=("AUTH PLAIN",)) as server:
        found, said = said_of(relay(server.port, **TLS | LOGIN))
    assert (found, server.secrets) == ({"not begun"}, [])
    assert "the password was not sent" in said


@pytest.mark.usefixtures("any_loop")
@pytest.mark.parametrize("tls", [Tls.REQUIRED, Tls.FROM_THE_START])
def test_mail_goes_encrypted(tls: Tls, certificate: Path, trust: ssl.SSLContext):
    with ScriptedMail(certificate=certificate, tls=tls is Tls.FROM_THE_START) as server:
        one = relay(server.port, host="localhost", tls=tls, context=trust)
        courier = one.courier()
        large = b"x" * 70 + b"\r\n" * 500_000
        courier.submit([*parcels(range(30)), *parcels(range(30, 33), large)], Notebook())
        assert {verdict(report) for report in all_of(courier).values()} == {"accepted"}
        assert "TLSv1.3" in one.check()
        one.close()
    assert sorted(server.received()) == list(range(33))
    assert max(len(message) for _, message in server.kept) == len(large)
    assert not server.wrong


def test_a_certificate_that_nobody_vouches_for_is_named(certificate: Path):
    with ScriptedMail(certificate=certificate) as server:
        found, said = said_of(relay(server.port, **TLS | LOGIN))
    assert (found, server.secrets) == ({"not begun"}, [])
    assert "The certificate of the mail server localhost" in said


def test_the_certificate_of_another_host_is_named(certificate: Path, trust: ssl.SSLContext):
    with ScriptedMail(certificate=certificate) as server:
        _, said = said_of(relay(server.port, host="127.0.0.1", tls=Tls.REQUIRED, context=trust))
    assert "The certificate of the mail server 127.0.0.1" in said


def test_an_encrypted_greeting_from_a_plain_port_is_named():
    with ScriptedMail() as server:
        _, said = said_of(relay(server.port, tls=Tls.FROM_THE_START))
    assert "is it the right port?" in said


@pytest.mark.parametrize("answer", [Do("454 4.7.0 no TLS now"), Do("501 eh")])
def test_where_encryption_is_a_choice_its_refusal_costs_nothing(answer: Do, certificate: Path):
    with ScriptedMail(certificate=certificate) as server:
        server.next_connection("starttls", answer)
        one = relay(server.port, connections=1, tls=Tls.WHEN_OFFERED)
        assert said_of(one) == ({"accepted"}, "")


@pytest.mark.usefixtures("any_loop")
@pytest.mark.parametrize(
    ("offered", "used"),
    [
        ("AUTH PLAIN LOGIN", "PLAIN AGVscwBzM2NyZXQtw7w="),
        ("AUTH=PLAIN LOGIN", "PLAIN AGVscwBzM2NyZXQtw7w="),
        ("AUTH LOGIN", "LOGIN ZWxz czNjcmV0LcO8"),
    ],
)
def test_each_way_to_log_in_speaks_utf8(offered: str, used: str, certificate: Path, trust: ssl.SSLContext):
    with ScriptedMail(certificate=certificate, extensions=(offered,)) as server:
        one = relay(server.port, connections=1, **TLS | LOGIN, context=trust)
        assert said_of(one) == ({"accepted"}, "")
        assert one.check().endswith("user els")
    assert server.secrets[0] == used


def test_a_challenge_is_answered_as_in_the_example_of_rfc_2195():
    with ScriptedMail(extensions=("AUTH XOAUTH2 CRAM-MD5",)) as server:
        relay(server.port, user="tim", password="tanstaaftanstaaf").check()
    assert server.secrets == ["CRAM-MD5 dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw"]


def test_a_password_that_is_too_long_for_one_line_follows_the_command():
    with ScriptedMail(extensions=("AUTH PLAIN",)) as server:
        one = relay(server.port, connections=1, user="els", password="p" * 600)
        assert said_of(one) == ({"accepted"}, "")
    assert max(len(line) for line in server.commands) <= 512


def test_a_log_in_that_the_server_does_not_know_after_all_is_followed_by_the_next():
    with ScriptedMail(extensions=("AUTH CRAM-MD5 PLAIN",)) as server:
        server.next_connection("auth", Do("535 5.7.8 no such secret"))
        assert said_of(relay(server.port, connections=1, **LOGIN)) == ({"accepted"}, "")
    assert [secret.partition(" ")[0] for secret in server.secrets] == ["CRAM-MD5", "PLAIN"]


@pytest.mark.parametrize("port", [0, None])
def test_check_says_what_is_wrong(port: int | None):
    one = relay(free_port())
    with pytest.raises(RelayDown, match="Nothing answers"):
        one.check()
    with pytest.raises(RelayDown, match="Nothing answers"), one.session():
        pass


def test_a_message_above_the_announced_size_is_about_us_and_not_sent():
    with ScriptedMail(extensions=("SIZE 1000",)) as server:
        courier, witness = relay(server.port, connections=1).courier(), Notebook()
        courier.submit(parcels(range(1), b"x" * 998 + b"\r\n" * 40) + parcels(range(1, 2)), witness)
        reports = all_of(courier)
        courier.close()
    assert [verdict(reports[key]) for key in (0, 1)] == ["about-us", "accepted"]
    assert (witness.handed, server.begun) == ([1], {1: 1})


@pytest.mark.parametrize("message", [b"", b"x", b"x\n", b"x\r"])
def test_a_message_without_a_last_line_break_would_not_end_and_is_not_begun(message: bytes):
    with ScriptedMail() as server:
        courier = relay(server.port, connections=1).courier()
        courier.submit(parcels(range(1), message) + parcels(range(1, 3)), Notebook())
        found = [verdict(report) for _, report in sorted(all_of(courier).items())]
        courier.close()
    assert found == ["about-us", "accepted", "accepted"]
    assert server.begun == {1: 1, 2: 1}


@pytest.mark.parametrize("extension", ["SIZE", "SIZE 0", "SIZE x", "SIZE ²"])
def test_a_size_that_is_no_limit_is_none(extension: str):
    with ScriptedMail(extensions=(extension,)) as server:
        assert said_of(relay(server.port, connections=1)) == ({"accepted"}, "")


def test_an_address_outside_ascii_goes_where_it_is_taken():
    with ScriptedMail(extensions=("SMTPUTF8",)) as server:
        courier = relay(server.port, connections=1).courier()
        courier.submit([Parcel(1, "a1@example.org", "jürgen1@exämple.org", (MESSAGE,))], Notebook())
        assert verdict(all_of(courier)[1]) == "accepted"
        courier.close()
    assert b"MAIL FROM:<a1@example.org> SMTPUTF8 BODY=8BITMIME" in server.commands
    assert "RCPT TO:<jürgen1@exämple.org>".encode() in server.commands


@pytest.mark.parametrize(
    ("to", "said", "means"),
    [
        ("jürgen1@example.org", "553 5.6.7", "refused"),
        ("b1@example.org>\r\nRCPT TO:<c1@example.org", "553 5.1.3", "gone"),
        ("b1@example.org\0", "553 5.1.3", "gone"),
    ],
)
def test_an_address_that_cannot_be_said_is_refused_here_and_the_next_goes_through(
    to: str, said: str, means: str
):
    with ScriptedMail(extensions=()) as server:
        courier = relay(server.port, connections=1).courier()
        courier.submit([Parcel(1, "a1@example.org", to, (MESSAGE,)), *parcels(range(2, 3))], Notebook())
        reports = all_of(courier)
        courier.close()
    assert [verdict(reports[key]) for key in (1, 2)] == [means, "accepted"]
    assert reports[1].outcome is not None
    assert reports[1].outcome.reply.startswith(said)
    assert not any(b"c1@" in line for line in server.commands)


def test_the_next_address_of_a_server_is_tried(monkeypatch: pytest.MonkeyPatch):
    """A name with two addresses, of which the first does not answer."""
    with ScriptedMail() as server:
        port = server.port
        found = [(2, 1, 6, "", (host, port)) for host in ("127.0.0.2", "127.0.0.1")]

        async def getaddrinfo(*_: object, **__: object) -> object:
            return found

        loop = loops._new_loop()
        monkeypatch.setattr(type(loop), "getaddrinfo", getaddrinfo, raising=False)
        loop.close()
        assert said_of(relay(port, host="mail.example.org", connections=1)) == ({"accepted"}, "")


def test_without_uvloop_pythons_own_loop_serves(monkeypatch: pytest.MonkeyPatch):
    usual = loops._new_loop()
    monkeypatch.setitem(sys.modules, "uvloop", None)
    own = loops._new_loop()
    assert (type(usual).__module__, type(own).__module__) == ("uvloop", "asyncio.unix_events")
    usual.close()
    own.close()
