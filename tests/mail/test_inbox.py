"""The demo inbox: mails as files, whole or not at all."""

from pathlib import Path

import pytest

from outreach.mail.base import RelayDown, Verdict
from outreach.mail.building import build
from outreach.mail.inbox import InboxRelay, letter, letters
from tests.mail.couriering import Notebook, all_of, parcels, verdict
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


def test_a_courier_puts_each_parcel_into_the_folder_as_it_was_written(tmp_path: Path):
    relay, witness = InboxRelay(tmp_path / "box"), Notebook(frozenset({3}))
    courier = relay.courier()
    assert courier.reports(0) == []
    assert not relay.folder.exists()
    courier.submit(parcels(range(5)), witness)
    assert {key: verdict(report) for key, report in all_of(courier).items()} == {
        key: "not begun" if key == 3 else "accepted" for key in range(5)
    }
    assert [stored.text for stored in letters(relay.folder)] == [".een punt\nklaar\n"] * 4
    assert [key for key, _ in witness.answers] == [0, 1, 2, 4]
    courier.close()


def test_what_is_recalled_does_not_get_into_the_folder(tmp_path: Path):
    courier = InboxRelay(tmp_path / "box").courier()
    courier.submit(parcels(range(2)), Notebook())
    courier.recall()
    assert {verdict(report) for report in all_of(courier).values()} == {"not begun"}
    assert letters(tmp_path / "box") == []


def test_a_folder_that_cannot_be_written_is_a_trouble_until_it_can(tmp_path: Path):
    (tmp_path / "box").write_text("in the way")
    courier = InboxRelay(tmp_path / "box").courier()
    courier.submit(parcels(range(2)), Notebook())
    assert {verdict(report) for report in all_of(courier).values()} == {"not begun"}
    assert "cannot be written" in str(courier.trouble)
    (tmp_path / "box").unlink()
    courier.submit(parcels(range(2)), Notebook())
    assert {verdict(report) for report in all_of(courier).values()} == {"accepted"}
    assert courier.trouble is None
