"""`outreach newsletter`: its welcome mail, from the command line."""

import sqlite3
from pathlib import Path

from outreach.mail.inbox import letters
from tests.cli.conftest import Outreach


def write_welcome(folder: Path, words: str) -> None:
    with sqlite3.connect(folder / "data" / "outreach.sqlite3") as database:
        database.execute("UPDATE newsletters_newsletter SET welcome = ?", [words])


def test_the_welcome_mail_is_shown_and_tested(outreach: Outreach, newsletter: str, tmp_path: Path) -> None:
    ran = outreach("newsletter", "welcome", newsletter)
    assert (ran.code, "no welcome mail yet" in ran.err) == (2, True)
    write_welcome(tmp_path, "Dag **lezer**!")
    assert "Dag lezer!" in outreach("newsletter", "welcome", newsletter).out
    data = outreach("newsletter", "welcome", newsletter, "--json").data
    assert (data["subject"], "<strong>lezer</strong>" in data["html"]) == ("Welkom bij Nieuws", True)
    ran = outreach("newsletter", "welcome", newsletter, "--test", "chef@example.org")
    assert (ran.code, "chef@example.org" in ran.out) == (0, True)
    (mail,) = letters(tmp_path / "data" / "inbox")
    assert (mail.to, mail.subject) == ("chef@example.org", "[Test] Welkom bij Nieuws")
    assert outreach("newsletter", "welcome", newsletter, "--test", "chef").code == 2
    assert outreach("newsletter", "welcome", "Iets anders").code == 2
