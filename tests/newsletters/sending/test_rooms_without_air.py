"""A disk that is full, a folder that is not ours: mailing waits, says so, and takes nothing with it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from outreach.core.errors import OutreachError
from outreach.newsletters import issues
from outreach.newsletters.models import Issue, Newsletter
from outreach.newsletters.sending import journal
from tests.fakes.mail_server import MailServer
from tests.newsletters.sending.scene import run, states

pytestmark = pytest.mark.django_db


@pytest.fixture
def issue(newsletter: Newsletter, write: Callable[..., Any], readers: Callable[[int], list[str]]) -> Issue:
    """Approved, with five readers."""
    readers(5)
    write("Voorlezen")
    issue = issues.make_now(newsletter)
    issues.approve(issue)
    return issue


def full(file: int, data: bytes, offset: int) -> int:
    raise OSError(28, "No space left on device")


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_journal_that_cannot_be_begun_leaves_neither_a_file_nor_a_number_behind(
    monkeypatch: Any, tmp_path: Path
):
    before = open_files()
    monkeypatch.setattr(journal.os, "pwrite", full)
    for _ in range(20):
        with pytest.raises(OutreachError):
            journal.begin()
    assert open_files() == before
    assert not list((tmp_path / "journals").iterdir())


def test_an_issue_whose_journal_cannot_be_written_says_so_and_goes_on_by_itself(
    issue: Issue, server: MailServer, tmp_path: Path
):
    (tmp_path / "journals").write_text("in the way")
    run()
    issue.refresh_from_db()
    assert "journals cannot be written" in str(issue.reason)
    assert states(issue) == {"queued": 5}
    (tmp_path / "journals").unlink()
    run()
    issue.refresh_from_db()
    assert (issue.state, str(issue.reason), len(server.got)) == ("sent", "", 5)


def test_a_disk_that_fills_up_meanwhile_stops_the_step_and_says_so(
    issue: Issue, server: MailServer, monkeypatch: Any
):
    write = os.pwrite
    header = f"{journal._HEADER} {'0' * 16} {journal._boot()}\n"

    def no_more(file: int, data: bytes, offset: int) -> int:
        return full(file, data, offset) if offset else write(file, data, offset)

    with monkeypatch.context() as patch:
        patch.setattr(journal, "_PAGES", len(header))  # at first there is no room for a line
        patch.setattr(journal.os, "pwrite", no_more)
        run(most=1)
    issue.refresh_from_db()
    assert "journals cannot be written" in str(issue.reason)
    assert states(issue) == {"queued": 5}
    assert not server.got
