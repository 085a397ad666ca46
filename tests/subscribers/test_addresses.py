"""One spelling of each address, and a hint for a mistyped one."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from outreach.core.errors import BadInput
from outreach.subscribers import addresses
from outreach.subscribers.addresses import clean_name, hint, likely, normalise


@pytest.mark.parametrize(
    ("given", "address", "key"),
    [
        ("An.Peeters@Example.ORG", "An.Peeters@example.org", "an.peeters@example.org"),
        ("  an@example.org\n", "an@example.org", "an@example.org"),
        ("an@bücher.example", "an@xn--bcher-kva.example", "an@xn--bcher-kva.example"),
        ("an@ｅｘａｍｐｌｅ.org", "an@example.org", "an@example.org"),
        ("Zoë@bücher.example", "Zoë@xn--bcher-kva.example", "zoë@xn--bcher-kva.example"),
        ("zoe\u0308@example.org", "zoë@example.org", "zoë@example.org"),
        ("用户@例え.jp", "用户@xn--r8jz45g.jp", "用户@xn--r8jz45g.jp"),
        ("an+nieuws@example.org", "an+nieuws@example.org", "an+nieuws@example.org"),
    ],
)
def test_an_address_has_one_spelling(given: str, address: str, key: str) -> None:
    normal = normalise(given)
    assert (normal.address, normal.key) == (address, key)


@pytest.mark.parametrize(
    "given",
    [
        "",
        "an",
        "an@",
        "@example.org",
        "an@localhost",
        "an@@example.org",
        "an@example..org",
        "an@example.org\r\nBcc: everyone@example.org",
        "an@example.org\x00",
        "an@example.org, jan@example.org",
        "An <an@example.org>",
        "zo\u202eë@example.org",
        "zo\u200bë@example.org",
        f"{'ë' * 64}@example.org",
        f"{'a' * 65}@example.org",
    ],
)
def test_what_is_no_address_is_refused_with_the_field_named(given: str) -> None:
    with pytest.raises(BadInput) as refused:
        normalise(given)
    assert refused.value.field == "address"
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("jan@gmail.con", "jan@gmail.com"),
        ("jan@telenet.bee", "jan@telenet.be"),
        ("jan@gmial.com", "jan@gmail.com"),
        ("jan@hotmail.co", "jan@hotmail.com"),
        ("jan@gmail.com", ""),
        ("jan@live.nl", ""),
        ("jan@mail.com", ""),
        ("jan@hotmail.de", ""),
        ("jan@yahoo.es", ""),
        ("\ufeffjan@gmail.con", "jan@gmail.com"),
        ("jan@school.be", ""),
        ("jan", ""),
    ],
)
def test_a_mistyped_domain_gets_a_hint(typed: str, meant: str) -> None:
    assert likely(typed) == meant
    assert (meant in str(hint(typed))) if meant else hint(typed) is None


@pytest.mark.parametrize(
    "name",
    [
        "An\r\nBcc: everyone@example.org",
        "An\x00",
        "An\u2028Peeters",
        "x" * 201,
        "WIN https://evil.example",
        "www.evil.example",
    ],
)
def test_a_name_that_would_harm_a_mail_is_refused(name: str) -> None:
    with pytest.raises(BadInput) as refused:
        clean_name(name)
    assert refused.value.field == "name"


def test_a_name_keeps_its_accents_and_loses_its_double_spaces() -> None:
    assert clean_name("  Noë  D’Hondt ") == "Noë D’Hondt"


def test_what_is_pasted_along_and_cannot_be_seen_stops_nobody() -> None:
    assert clean_name("Jan\u00a0Peeters\u200b \ufeffDe\u00adWit") == "Jan Peeters DeWit"
    assert normalise("\ufeffan@example.org\u200b\u00a0").address == "an@example.org"


def what_is_said(address: str) -> str:
    try:
        return str(normalise(address))
    except BadInput as refused:
        return f"{refused.field}: {refused}"


LOCAL = st.text("aZ9.-+_'\"@ ë\\(", max_size=66)
DOMAIN = st.one_of(
    st.sampled_from(["example.org", "Example.ORG", "xn--bcher-kva.example", "xn--a.org", "localhost"]),
    st.text("aB1.-_ë ", max_size=70),
    st.lists(st.sampled_from(["a", "-", "xn--", "b" * 60, "Bücher"]), max_size=6).map(".".join),
)


@settings(max_examples=400, deadline=None)
@given(LOCAL, DOMAIN)
@example("a" * 64, "b" * 59 + ".org")
@example("a" * 65, "example.org")
@example("a.", "example.org")
def test_the_short_way_for_plain_addresses_says_what_the_long_one_says(local: str, domain: str) -> None:
    address = f"{local}@{domain}"
    said = what_is_said(address)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(addresses, "_PLAIN", re.compile("(?!)"))
        assert said == what_is_said(address)
