"""Our signature is one that others can verify, whatever the mail holds; and no longer when it was changed."""

import re
from dataclasses import replace
from email import message_from_bytes

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given

from outreach.core.errors import BadInput
from outreach.mail.building import build
from outreach.mail.dkim import Key, Signer, canonical, load
from outreach.mail.headers import newsletter_headers
from outreach.mail.stencil import Stencil
from tests.mail.test_stencil import (
    MARKS,
    NAME,
    VALUES,
    addresses,
    by_hand,
    clean_on_the_wire,
    hostile,
    letter,
    unhurried,
)


def pem(key: object, password: bytes = b"") -> bytes:
    lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    written = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)  # type: ignore[attr-defined]
    return bytes(written)


RSA = load(pem(rsa.generate_private_key(65537, 1024)), "school.example", "s1")
ED25519 = load(pem(Ed25519PrivateKey.generate()), "school.example", "s2")
BOTH = Signer((RSA, ED25519))
RECORDS = {key.name: key.record for key in BOTH.keys}


def valid(message: bytes, index: int = 0) -> bool:
    """By dkimpy, which asks a DNS of our own."""

    def record(name: bytes, **_timeout: object) -> bytes | None:
        found = RECORDS.get(name.decode().rstrip("."))
        return found.encode() if found else None

    try:
        return bool(dkim.DKIM(message).verify(index, record))
    except dkim.DKIMException:
        return False


def filled(**values: str) -> bytes:
    headers = {
        **letter().headers,
        **newsletter_headers(
            name="Één brief", list_id="brief.school.example", issue="7", unsubscribe_url=MARKS["leave"]
        ),
    }
    stencil = Stencil(letter(headers=headers), MARKS, signer=BOTH)
    return stencil.fill(list({**VALUES, **values}.values()))


def signed_names(message: bytes) -> list[str]:
    field = re.sub(r"\s", "", message_from_bytes(message)["DKIM-Signature"])
    return re.findall(r";h=([^;]*);", field)[0].split(":")


def test_both_signatures_of_a_filled_stencil_hold():
    message = filled()
    assert message.count(b"DKIM-Signature: ") == 2
    assert valid(message, 0)
    assert valid(message, 1)
    assert message == filled()
    clean_on_the_wire(message)
    assert max(len(row) for row in message.split(b"\r\n\r\n")[0].split(b"\r\n")[:20]) <= 78


def test_so_does_that_of_a_letter_that_is_built_by_itself():
    message = build(by_hand(letter(), VALUES), BOTH)
    assert valid(message, 0)
    assert valid(message, 1)


def test_what_readers_see_and_what_lets_them_leave_is_signed_and_from_cannot_be_doubled():
    names = signed_names(filled())
    assert names.count("from") == 2
    assert {"to", "subject", "date", "message-id", "mime-version", "content-type", "list-id"} <= {*names}
    assert {"list-unsubscribe", "list-unsubscribe-post", "feedback-id"} <= {*names}
    second = filled().replace(b"\r\nTo: ", b"\r\nFrom: x@stranger.example\r\nTo: ")
    assert not valid(second)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\r\nSubject: Nieuws", b"\r\nSubject: Niets"),
        (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=Two-Clicks"),
        (b"<https://a.example/u/1>", b"<https://a.example/u/2>"),
        (b"\r\nTo: An", b"\r\nTo: Els"),
        (b"begint met een punt", b"begint met een komma"),
        (b"\r\n\r\n--=_", b"\r\n\r\n\r\n--=_"),
        (b"; t=", b"; t=1"),
    ],
)
@pytest.mark.parametrize("index", [0, 1])
def test_a_mail_that_was_changed_is_not_ours_any_more(old: bytes, new: bytes, index: int):
    message = filled()
    assert old in message
    assert not valid(message.replace(old, new), index)


def test_a_server_on_the_way_may_fold_fields_anew():
    message = filled().replace(b"\r\nList-Unsubscribe: <", b"\r\nList-Unsubscribe:  \r\n\t <")
    assert valid(message, 0)
    assert valid(message, 1)


@unhurried
@given(hostile, addresses.filter(str.isascii))
def test_it_holds_whatever_the_values_are(name: str, address: str):
    message = filled(name=name, address=address)
    assert valid(message, 0)
    assert valid(message, 1)


@unhurried
@given(hostile)
def test_a_letter_and_its_stencil_are_signed_the_same_way(name: str):
    template = replace(letter(), subject=f"  {NAME}\t ", text="a\n\n\n\n", html="")
    values = {**VALUES, "name": name}
    assert valid(Stencil(template, MARKS, signer=BOTH).fill(list(values.values())))
    assert valid(build(by_hand(template, values), BOTH))


@pytest.mark.parametrize(
    ("field", "found"),
    [
        (b"SUBJECT : a  b\t\tc \r\n", b"subject:a b c\r\n"),
        (b"X:\r\n \xe9\r\n\t y \r\n", b"x:\xe9 y\r\n"),
        (b"X: \r\n", b"x:\r\n"),
        (b"X: a: b\r\n", b"x:a: b\r\n"),
    ],
)
def test_only_blanks_are_made_one_blank(field: bytes, found: bytes):
    assert canonical(field) == found
    relaxed = dkim.CanonicalizationPolicy.from_c_value(b"relaxed/simple")
    name, _, value = field.partition(b":")
    assert relaxed.canonicalize_headers([(name, value)]) == [
        (found.partition(b":")[0], found.partition(b":")[2])
    ]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (b"", "cannot be read"),
        (b"-----BEGIN PRIVATE KEY-----\nZWVuIGdlaGVpbQ==\n-----END PRIVATE KEY-----\n", "cannot be read"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "neither an RSA key nor an Ed25519 key"),
        (pem(Ed25519PrivateKey.generate(), b"geheim"), "locked with a password"),
    ],
)
def test_a_file_that_holds_no_key_for_this_says_so_without_showing_it(wrong: bytes, words: str):
    with pytest.raises(BadInput, match=words) as caught:
        load(wrong, "school.example", "s1", "OUTREACH_DKIM_KEY_FILE")
    assert caught.value.field == "OUTREACH_DKIM_KEY_FILE"
    assert "ZWVu" not in str(caught.value)


def test_a_key_that_receivers_refuse_is_refused_here():
    short = b"".join(
        [
            b"-----BEGIN RSA PRIVATE KEY-----\n",
            b"MIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu\n",
            b"KUpRKfFLfRYC9AIKjbJTWit+CqvjWYzvQwECAwEAAQJAIJLixBy2qpFoS4DSmoEm\n",
            b"o3qGy0t6z09AIJtH+5OeRV1be+N4cDYJKffGzDa88vQENZiRm0GRq6a+HPGQMd2k\n",
            b"TQIhAKMSvzIBnni7ot/OSie2TmJLY4SwTQAevXysE2RbFDYdAiEBCUEaRQnMnbp7\n",
            b"9mxDXDf6AU0cN/RPBjb9qSHDcWZHGzUCIG2Es59z8ugGrDY+pxLQnwfotadxd+Uy\n",
            b"v/Ow5T0q5gIJAiEAyS4RaI9YG8EWx/2w0T67ZUVAw8eOMB6BIUg0Xcu+3okCIBOs\n",
            b"/5OiPgoTdSy7bcF9IGpSE8ZgGKzgYQVZeN97YE00\n",
            b"-----END RSA PRIVATE KEY-----\n",
        ]
    )
    with pytest.raises(BadInput, match="512 bits"):
        load(short, "school.example", "s1")


@pytest.mark.parametrize(
    ("domain", "selector"), [("school", "s1"), ("a b.example", "s1"), ("a.example", "s 1")]
)
def test_names_that_no_dns_holds_are_refused(domain: str, selector: str):
    with pytest.raises(BadInput):
        load(pem(Ed25519PrivateKey.generate()), domain, selector)


def test_a_key_shows_itself_without_its_secret():
    assert repr(RSA) == "<rsa-sha256 key s1._domainkey.school.example>"
    assert isinstance(RSA, Key)
    assert RSA.is_short
    assert not ED25519.is_short
    assert ED25519.record.startswith("v=DKIM1; k=ed25519; p=")
