"""The demo inbox: mails as files, whole or not at all."""

from pathlib import Path

import pytest

from outreach.mail.base import RelayDown, Verdict
from outreach.mail.building import build
from outreach.mail.inbox import InboxRelay, letter, letters
from tests.mail.test_building import letter as made


def test_a_mail_is_read_back_as_its_reader_sees_it(tmp_path: Path):
    with InboxRelay(tmp_path / "box").session() as session:
        for name in ("an", "bilal"):
            outcome = session.send(
                "a@b.example", f"{name}@example.org", build(made(to_address=f"{name}@example.org"))
            )
            assert outcome.verdict is Verdict.ACCEPTED
    newest, oldest = letters(tmp_path / "box")
    assert (oldest.to, newest.to) == ("an@example.org", "bilal@example.org")
    assert newest.subject == "Nieuwsbrief: één & ander ✓"
    assert newest.html.strip() == "<p>Dag An, één</p>"
    assert newest.text.startswith("Dag An,\n.begint met een punt")
    assert letter(tmp_path / "box", newest.key) == newest
    assert letter(tmp_path / "box", "../../etc/passwd") is None


def test_an_inbox_that_is_not_there_is_empty(tmp_path: Path):
    assert letters(tmp_path / "nowhere") == []


def test_what_is_no_mail_is_shown_empty_rather_than_breaking_the_page(tmp_path: Path):
    with InboxRelay(tmp_path).session() as session:
        session.send("a@b.example", "c@example.org", b"\xff\x00 no mail\r\nDate: soon\r\n\r\nx")
    [found] = letters(tmp_path)
    assert found.date is None


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(RelayDown, match="cannot be written"), InboxRelay(tmp_path / "file/box").session():
        pass
