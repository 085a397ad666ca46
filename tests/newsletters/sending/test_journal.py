"""The journal of a claim: what it tells, and what it never tells."""

import os
from pathlib import Path
from typing import Any

import pytest

from outreach.core.errors import OutreachError
from outreach.mail.base import Outcome, Verdict
from outreach.newsletters.sending import journal

SENT = Outcome(Verdict.ACCEPTED, "250 2.0.0 kept\nas “é”")


def open_one() -> journal.Journal:
    one = journal.begin()
    one.until = journal.moment() + 60
    return one


def test_it_tells_apart_what_was_answered_and_what_was_handed_over():
    one = open_one()
    assert one.handing(1)
    assert one.handing(2)
    one.answered(1, SENT)
    found = journal.read(one.path)
    one.close()
    assert (found.whole, found.handed, found.answers) == (True, {1, 2}, {1: SENT})


def test_nothing_is_handed_over_near_the_end_of_a_lease():
    one = open_one()
    one.until = journal.moment() - 0.001
    assert not one.handing(1)
    assert journal.read(one.path).handed == set()
    one.close()


def test_a_torn_last_line_says_nothing():
    one = open_one()
    one.handing(1)
    with one.path.open("ab") as file:
        file.write(b'a 1 accepted "250 k')
    found = journal.read(one.path)
    one.close()
    assert (found.whole, found.handed, found.answers) == (True, {1}, {})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"outreach journal 1",
        b"\0" * 5000,
        b"what is this?\nh 1\n",
        b"outreach journal 1 {name} then\nh 1\n",
    ],
    ids=["empty", "torn header", "zeros", "foreign", "from before the machine started anew"],
)
def test_of_a_journal_that_cannot_be_trusted_nothing_counts_as_never_begun(data: bytes):
    one = open_one()
    one.path.write_bytes(data.replace(b"{name}", one.token.encode()))
    assert not journal.read(one.path).whole
    one.close()


@pytest.mark.parametrize("line", [b"h x", b"a 1 nonsense 250", b"a 1 accepted {", b"\xff\xfe", b"q 1", b"a"])
def test_a_line_that_is_no_line_of_ours_makes_the_rest_doubtful(line: bytes):
    one = open_one()
    one.handing(1)
    one.answered(1, SENT)
    with one.path.open("ab") as file:
        file.write(line + b"\n")
    found = journal.read(one.path)
    one.close()
    assert not found.whole
    assert found.answers == {1: SENT}


def test_only_a_journal_whose_owner_is_dead_can_be_taken():
    one, other = open_one(), open_one()
    other.close()
    with journal.dead() as paths:
        assert paths == [other.path]
        with journal.dead() as again:
            assert again == []
    one.remove()
    assert not one.path.exists()


def test_files_of_others_are_left_alone(tmp_path: Path):
    one = open_one()
    one.remove()
    folder = one.path.parent
    (folder / "notes.txt").write_text("mine")
    (folder / "0123456789abcdef.journal").symlink_to(folder / "notes.txt")
    (folder / "fedcba9876543210.journal").mkdir()
    os.mkfifo(folder / "00000000ffffffff.journal")
    with journal.dead() as paths:
        assert paths == []


def test_a_disk_that_takes_no_line_makes_everything_doubtful_and_hands_nothing_over(monkeypatch: Any):
    one = open_one()
    one.handing(1)

    monkeypatch.setattr(journal.os, "pwrite", full_disk)
    began = next(key for key in range(2, 1_000_000) if not one.handing(key))
    assert began > 1_000, "what is written into the room that it has needs no disk"
    one.answered(1, SENT)
    assert not one.handing(began + 1)
    assert journal.of(one.token) is None
    one.close()


def test_a_disk_that_is_full_from_the_start_is_said_in_words_and_leaves_no_file(
    monkeypatch: Any, settings: Any
):
    monkeypatch.setattr(journal.os, "pwrite", full_disk)
    with pytest.raises(OutreachError, match="No space left on device"):
        journal.begin()
    assert list((Path(settings.DATA_DIR) / "journals").iterdir()) == []


def test_a_journal_of_any_length_is_read_back_whole():
    one = open_one()
    words = Outcome(Verdict.ACCEPTED, "250 2.0.0 Ok: " + "queued " * 60)
    for key in range(2_000):
        assert one.handing(key)
        one.answered(key, words)
    found = journal.read(one.path)
    assert found.whole
    assert found.handed == set(range(2_000))
    assert found.answers == dict.fromkeys(range(2_000), words)
    one.remove()


@pytest.mark.parametrize("torn", range(1, 5))
def test_a_line_whose_end_was_not_written_says_nothing(torn: int):
    one = open_one()
    one.handing(1)
    end = len(one.path.read_bytes().rstrip(b"\0"))
    with one.path.open("r+b") as file:
        file.seek(end)
        file.write(b"h 23"[:torn])
    found = journal.read(one.path)
    assert (found.whole, found.handed) == (True, {1})
    one.remove()


def full_disk(file: int, data: bytes, offset: int) -> int:
    raise OSError(28, "No space left on device")


def test_a_folder_that_cannot_be_written_is_said_in_words(settings: Any, tmp_path: Path):
    settings.DATA_DIR = tmp_path / "file"
    settings.DATA_DIR.write_text("")
    with pytest.raises(OutreachError, match=r"the folder .*/file/journals cannot be written"):
        journal.begin()
