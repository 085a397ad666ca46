"""A letter as bytes: what every mail program must read the same."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.core.errors import BadInput
from outreach.mail.base import Letter
from outreach.mail.building import build
from outreach.mail.headers import newsletter_headers


def letter(**values: Any) -> Letter:
    known = {
        "from_name": "Netwerk Kleine Kinderen",
        "from_address": "nieuws@school.example",
        "to_name": "",
        "to_address": "an@example.org",
        "subject": "Nieuwsbrief: één & ander ✓",
        "text": "Dag An,\n.begint met een punt\n" + "lang " * 60,
        "html": "<p>Dag An, één</p>",
        "message_id": "<1.2.abc@school.example>",
        "date": datetime(2026, 3, 10, 8, 0, tzinfo=UTC),
    }
    return Letter(**{**known, **values})


def parsed(built: bytes) -> Any:
    return message_from_bytes(built, policy=policy.default)


def test_both_parts_and_all_headers_come_back_as_they_were_given():
    mail = parsed(build(letter(headers={"Reply-To": "els@school.example"})))
    assert mail["Subject"] == "Nieuwsbrief: één & ander ✓"
    assert mail["From"] == "Netwerk Kleine Kinderen <nieuws@school.example>"
    assert mail["To"] == "an@example.org"
    assert mail["Message-ID"] == "<1.2.abc@school.example>"
    assert mail["Date"] == "Tue, 10 Mar 2026 08:00:00 +0000"
    assert mail["Reply-To"] == "els@school.example"
    assert mail.get_content_type() == "multipart/alternative"
    plain, html = (part.get_content() for part in mail.iter_parts())
    assert plain.splitlines() == letter().text.splitlines()
    assert html.strip() == letter().html


def test_no_line_is_longer_than_mail_allows_and_all_bytes_are_ascii():
    built = build(letter(subject="Een heel lang onderwerp met ✓ " * 8))
    assert built.isascii()
    assert max(len(line) for line in built.split(b"\r\n")) <= 998  # RFC 5322, 2.1.1
    assert b"\n" not in built.replace(b"\r\n", b"")


def test_the_same_letter_is_the_same_bytes():
    assert build(letter()) == build(letter())


def test_the_address_to_leave_stays_in_one_piece():
    leave = "https://nieuws.school.example/unsubscribe/" + "a" * 180 + "/"
    headers = newsletter_headers(
        name="Één brief", list_id="brief.school.example", issue="7", unsubscribe_url=leave
    )
    built = build(letter(headers=headers))
    assert f"List-Unsubscribe: <{leave}>\r\n".encode() in built
    mail = parsed(built)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"] == "Één brief <brief.school.example>"
    assert mail["Precedence"] == "bulk"


@pytest.mark.parametrize("mark", ["\r", "\n", "\0", "\r\nBcc: x@example.org"])
@pytest.mark.parametrize(
    "field", ["from_name", "from_address", "to_name", "to_address", "subject", "message_id", "envelope_from"]
)
def test_nobody_adds_a_header_through_a_field(field: str, mark: str):
    with pytest.raises(BadInput) as caught:
        build(letter(**{field: f"a{mark}b@example.org"}))
    assert caught.value.field == field


@pytest.mark.parametrize("name", ["Reply-To", "List-Id", "X-Anything"])
def test_nor_through_a_header_of_its_own(name: str):
    with pytest.raises(BadInput, match=name):
        build(letter(headers={name: "a\r\nBcc: x@example.org"}))


@pytest.mark.parametrize("address", ["", "geen adres", "a@b@c"])
def test_what_is_no_address_is_named(address: str):
    with pytest.raises(BadInput) as caught:
        build(letter(to_address=address))
    assert caught.value.field == "to_address"


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=300)


@settings(deadline=None)
@given(texts, texts)
def test_any_text_survives(plain: str, html: str):
    mail = parsed(build(letter(text=plain, html=html)))
    parts = [part.get_content().replace("\r\n", "\n") for part in mail.iter_parts()]
    assert parts == [plain + "\n", html + "\n"]
