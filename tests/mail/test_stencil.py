"""One letter for many readers: what each of them decodes is what a letter of their own would have been."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from html import escape
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from outreach.core.errors import BadInput
from outreach.mail.base import Letter
from outreach.mail.building import build
from outreach.mail.stencil import Stencil
from tests.mail import reference

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
MARKS = {
    "address": "recipient@5ecre7.invalid",
    "leave": "https://5ecre7.invalid/unsubscribe",
    "name": "reader.5ecre7.invalid",
    "number": "<message-id@5ecre7.invalid>",
}
ADDRESS, LEAVE, NAME, NUMBER = MARKS.values()
VALUES = {
    "address": "an@example.org",
    "leave": "https://a.example/u/1",
    "name": "An",
    "number": "<1@a.example>",
}


def letter(**values: Any) -> Letter:
    known = {
        "from_name": "Netwerk Kleine Kinderen",
        "from_address": "nieuws@school.example",
        "to_name": NAME,
        "to_address": ADDRESS,
        "subject": f"Nieuws voor {NAME}",
        "text": f"Dag {NAME},\n.begint met een punt\n{'lang ' * 60}\n{NAME}{ADDRESS}{LEAVE}\nUit: {LEAVE}",
        "html": f'<p>Dag {NAME}, één</p><a href="{LEAVE}">{ADDRESS}</a>',
        "message_id": NUMBER,
        "date": datetime(2026, 3, 10, 8, 0, tzinfo=UTC),
        "headers": {"List-Unsubscribe": f"<{LEAVE}>", "X-Reader": NAME},
    }
    return Letter(**{**known, **values})


def by_hand(template: Letter, values: dict[str, str]) -> Letter:
    """`template` with the values in it; a value that looks like a mark stays what it is."""

    def said(text: str, values: dict[str, str]) -> str:
        for number, mark in enumerate(MARKS.values()):
            text = text.replace(mark, f"\ue000{number}\ue001")
        for number, value in enumerate(values.values()):
            text = text.replace(f"\ue000{number}\ue001", value.replace("\ue000", "\ue002"))
        return text.replace("\ue002", "\ue000")

    changed: dict[str, Any] = {
        name: said(getattr(template, name), values)
        for name in ("to_name", "to_address", "subject", "text", "message_id")
    }
    changed["html"] = said(template.html, {name: escape(value) for name, value in values.items()})
    changed["headers"] = {name: said(value, values) for name, value in template.headers.items()}
    return replace(template, **changed)


def fill(template: Letter, **values: str) -> bytes:
    return Stencil(template, MARKS).fill(list({**VALUES, **values}.values()))


def parsed(built: bytes) -> Any:
    return message_from_bytes(built, policy=policy.default)


def parts(mail: Any) -> list[tuple[str, str, str]]:
    return [
        (p.get_content_type(), str(p["Content-Transfer-Encoding"]), p.get_content().replace("\r\n", "\n"))
        for p in mail.iter_parts()
    ]


def heads(mail: Any) -> list[tuple[str, str]]:
    """All headers as a reader sees them; the boundary is each writer's own."""
    return [(name, str(value)) for name, value in mail.items() if name != "Content-Type"]


def recipient(mail: Any) -> str:
    return mail["To"].addresses[0].addr_spec.encode("utf-8", "surrogateescape").decode()


def clean_on_the_wire(built: bytes) -> None:
    head, _, body = built.partition(b"\r\n\r\n")
    rows = built.split(b"\r\n")
    assert b"\n" not in b"".join(rows)
    assert b"\r" not in b"".join(rows)
    assert not [row for row in rows if row.startswith(b".")]
    assert max(len(row) for row in head.split(b"\r\n")) <= 998
    assert max(len(row) for row in body.split(b"\r\n")) <= 76
    assert body.isascii()
    boundary = parsed(built).get_boundary().encode()
    assert body.count(boundary) == 3
    assert built.endswith(b"--" + boundary + b"--\r\n")


def test_a_reader_gets_what_a_letter_of_their_own_would_be():
    mine = by_hand(letter(), VALUES)
    filled, whole = parsed(fill(letter())), parsed(reference.build(mine))
    assert heads(filled) == heads(whole)
    assert parts(filled) == parts(whole)
    assert filled.get_content_type() == whole.get_content_type() == "multipart/alternative"
    assert filled["To"].addresses[0].display_name == "An"


# Line breaks are another test's; the private signs are this module's own.
signs = st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\r\n\0\ue000\ue001\ue002")
hostile = st.one_of(
    st.sampled_from(
        [
            "",
            ".",
            "..",
            ". a",
            "=",
            "=3D",
            "a=\tb ",
            " ",
            "a" * 80 + "." * 80,
            "." * 200,
            "é" * 300,
            "👩‍👩‍👧‍👦" * 30,
            '"Els", <els@example.org>',
            'a\\b"c',
            "Els (de) Wit; Jan, Piet: x",
            "=?utf-8?q?=0D=0ABcc:_x@y.example?=",
            "=?utf-8?b?",
            "--=_",
            "From a",
            "a\x85b\u2028c\x0bd\x1ce",
            NAME,
            ADDRESS,
            LEAVE,
            "<script>&amp;</script>",
            "trailing   ",
            "  leading",
        ]
    ),
    st.text(signs, max_size=40),
    st.text(st.sampled_from(". =\té<a\"'"), max_size=200),
)
literals = st.text(st.one_of(st.sampled_from(". =\té<a\n\r"), signs), max_size=120)
templates = st.lists(st.one_of(literals, st.sampled_from([NAME, LEAVE, ADDRESS])), max_size=8).map("".join)
local = st.text(st.sampled_from("abcXYZ019.!#$%&'*+/^_`{|}~-é中"), min_size=1, max_size=60)
addresses = local.filter(lambda a: not a.startswith(".") and not a.endswith(".") and ".." not in a).map(
    lambda a: f"{a}@voorbeeld.example"
)


@unhurried
@given(templates, templates, st.builds(dict, name=hostile, leave=hostile, address=addresses))
@example(f"{NAME}", f"a\r{NAME}\nb", {"name": "", "leave": "", "address": "a@b.example"})
@example(f"x\n{NAME}{LEAVE}", "", {"name": "", "leave": "", "address": "a@b.example"})
@example(f"x\n{NAME}{LEAVE}\n", f"{NAME} \n", {"name": "", "leave": ".", "address": "a@b.example"})
def test_bodies_decode_to_the_same_whatever_the_values_are(text: str, html: str, values: dict[str, str]):
    template = letter(text=text, html=html, to_name="", subject="Nieuws", headers={})
    full = {**VALUES, **values}
    built = fill(template, **values)
    clean_on_the_wire(built)
    assert parts(parsed(built)) == parts(parsed(reference.build(by_hand(template, full))))
    assert recipient(parsed(built)) == values["address"]
    assert built == fill(template, **values)


@unhurried
@given(
    templates,
    st.text(st.sampled_from("a\r\n. =é"), max_size=30),
    st.text(st.sampled_from("\r\n. x"), max_size=9),
)
def test_line_breaks_in_values_of_a_body_are_those_of_the_letter(text: str, name: str, leave: str):
    template = letter(text=text, html=text, to_name="", subject="Nieuws", headers={})
    built = fill(template, name=name, leave=leave)
    clean_on_the_wire(built)
    whole = reference.build(by_hand(template, {**VALUES, "name": name, "leave": leave}))
    assert parts(parsed(built)) == parts(parsed(whole))


KNOWN = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Unsubscribe",
    "X-Reader",
    "MIME-Version",
    "Content-Type",
}


@unhurried
@given(hostile, addresses, st.sampled_from(["", "Dag ", "Één brief: "]))
def test_headers_say_what_they_were_given_and_are_no_others(name: str, address: str, before: str):
    template = letter(subject=f"{before}{NAME}", text="a", html="b")
    built = fill(template, name=name, address=address)
    clean_on_the_wire(built)
    mail = parsed(built)
    assert set(mail.keys()) == KNOWN
    assert len(mail.keys()) == len(KNOWN)
    assert decoded(mail, "Subject") == f"{before}{name}"
    assert decoded(mail, "X-Reader") == name
    assert recipient(mail) == address


def decoded(mail: Any, name: str) -> str:
    """By the older half of the standard library, which does not tidy what it reads."""
    from email.header import decode_header

    value = dict(mail.raw_items())[name].replace("\r\n ", " ").replace("\n ", " ")
    return "".join(
        piece if isinstance(piece, str) else piece.decode(code or "ascii")
        for piece, code in decode_header(value)
    )


@unhurried
@given(
    hostile.filter(
        lambda name: (
            "=?" not in name
            and name.isprintable()
            and name == " ".join(name.split())
            and len(name.encode()) < 40
        )
    )
)
def test_headers_are_those_of_the_standard_library_where_it_does_not_err(name: str):
    template = letter(text="a", html="b")
    whole = parsed(reference.build(by_hand(template, {**VALUES, "name": name})))
    filled = parsed(fill(template, name=name))
    assert heads(filled) == heads(whole)
    assert filled["To"].addresses == whole["To"].addresses


@pytest.mark.parametrize("sign", ["\r", "\n", "\0", "\r\nBcc: x@example.org"])
@pytest.mark.parametrize("name", ["address", "leave", "name", "number"])
def test_no_value_adds_a_header(name: str, sign: str):
    with pytest.raises(BadInput) as caught:
        fill(letter(), **{name: f"a{sign}b@example.org"})
    assert caught.value.field == name


@pytest.mark.parametrize("field", ["subject", "to_name", "from_name"])
def test_what_looks_like_an_encoded_word_is_read_as_it_was_written(field: str):
    """The standard library decodes it before it writes it, line breaks and all."""
    hostile = "=?utf-8?q?a=0D=0ABcc:_x@y.example?="
    mail = parsed(build(replace(by_hand(letter(), VALUES), **{field: hostile})))
    assert "Bcc" not in mail
    shown = mail["Subject"] if field == "subject" else mail[field[:-5]].addresses[0].display_name
    assert shown == hostile


def test_an_address_that_is_none_is_refused_by_name():
    with pytest.raises(BadInput) as caught:
        fill(letter(), address="geen adres")
    assert caught.value.field == "to_address"


def test_a_sign_that_cannot_be_written_is_bad_input_not_a_traceback():
    with pytest.raises(BadInput):
        fill(letter(), name="a\ud800b")


def test_values_that_look_like_marks_stay_what_they_are():
    mail = parsed(fill(letter(text=f"{NAME}|{LEAVE}"), name=LEAVE, leave=NAME))
    assert parts(mail)[0][2] == f"{LEAVE}|{NAME}\n"
