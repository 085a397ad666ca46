"""From an address to a mail server: what is wrong with one is said without its password."""

from pathlib import Path

import pytest

from outreach.core.errors import BadInput
from outreach.mail.inbox import InboxRelay
from outreach.mail.smtp import SmtpRelay, Tls
from outreach.mail.urls import relay_for


@pytest.mark.parametrize(
    ("url", "port", "tls"),
    [
        ("smtp://mail.example.org", 587, Tls.WHEN_OFFERED),
        ("smtp://user:pass@mail.example.org", 587, Tls.REQUIRED),
        ("smtps://user:pass@mail.example.org", 465, Tls.FROM_THE_START),
        ("smtp://127.0.0.1:25?tls=no", 25, Tls.NEVER),
        ("smtp://mail.example.org:25?tls=required", 25, Tls.REQUIRED),
        ("smtp://user:pass@mail.example.org?tls=optional", 587, Tls.WHEN_OFFERED),
    ],
)
def test_an_address_names_the_port_and_how_it_is_encrypted(url: str, port: int, tls: Tls):
    relay = relay_for(url)
    assert isinstance(relay, SmtpRelay)
    assert (relay.server.port, relay.server.tls) == (port, tls)


def test_an_address_says_how_many_connections_and_how_many_messages_on_each():
    server = relay_for("smtp://mail.example.org?connections=20&messages=50&tls=no").server
    assert (server.connections, server.messages, server.tls) == (20, 50, Tls.NEVER)
    assert relay_for("smtp://mail.example.org", connections=3).server.connections == 3
    usual = relay_for("smtp://mail.example.org").server
    assert (usual.connections, usual.messages) == (10, 100)


def test_special_signs_in_a_password_are_percent_encoded():
    relay = relay_for("smtp://els%40school.example:ge%3Aheim%2F1@mail.example.org")
    assert isinstance(relay, SmtpRelay)
    assert (relay.server.user, relay.server.password) == ("els@school.example", "ge:heim/1")
    assert "heim" not in repr(relay.server)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mail.example.org", "must start with smtp://"),
        ("http://mail.example.org", "must start with smtp://"),
        ("smtp://", "names no server"),
        ("smtp://:587", "names no server"),
        ("smtp://mail.example.org:poort", "cannot be read"),
        ("smtp://user@mail.example.org", "but not both"),
        ("smtp://user:s3cret/x@mail.example.org", "cannot be read"),
        ("smtp://user:s3cret@mail.example.org?tls=yes", "tls is “yes”; use no, optional or required."),
        ("smtp://mail.example.org?connections=0", "connections is “0”; use a number from 1 to 200."),
        ("smtp://mail.example.org?messages=veel", "messages is “veel”; use a number from 1 to 10000."),
        ("smtp://mail.example.org?messages=", "messages is “”; use a number"),
        ("inbox://folder/sub", "inbox:///path"),
        ("inbox://", "inbox:///path"),
    ],
)
def test_what_cannot_be_meant_is_said_without_the_password(url: str, said: str):
    with pytest.raises(BadInput, match=said) as caught:
        relay_for(url)
    assert "s3cret" not in str(caught.value)
    assert caught.value.field == "OUTREACH_MAIL_URL"


def test_an_inbox_is_a_folder(tmp_path: Path):
    for relay in (relay_for(f"inbox://{tmp_path}/box"), relay_for("inbox://", inbox=tmp_path / "box")):
        assert isinstance(relay, InboxRelay)
        assert relay.folder == tmp_path / "box"


def test_the_same_address_is_the_same_relay_so_that_its_connections_are_kept():
    assert relay_for("smtp://mail.example.org") is relay_for(" smtp://mail.example.org ")
