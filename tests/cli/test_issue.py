"""`outreach issue`: a newsletter going out, from the command line."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from outreach.mail.inbox import letters
from tests.cli.conftest import Outreach
from tests.fakes.website import Website

NEW = "Voorlezen in twee talen"


@pytest.fixture
def site() -> Iterator[Website]:
    """A website with one article."""
    with Website() as site:
        site.add_article("Al lang gelezen")
        yield site


@pytest.fixture
def issue(outreach: Outreach, site: Website, request: pytest.FixtureRequest) -> str:
    """The number of a draft with one new article."""
    assert outreach("source", "add", site.feed_url, "--name", "Site", "--cooling", "0").code == 0
    name = request.getfixturevalue("newsletter")
    site.add_article(NEW, summary="Zo begin je eraan.", published=datetime.now(UTC))
    assert outreach("source", "poll", "Site", "--json").data["new"] == 1
    return str(outreach("issue", "make", name, "--json").data["id"])


def test_an_issue_is_made_shown_approved_paused_resumed_and_cancelled(outreach: Outreach, issue: str) -> None:
    shown = outreach("issue", "show", issue)
    assert shown.out.startswith(f"Nieuws: {NEW}")
    assert "Zo begin je eraan." in shown.out
    assert "Al lang gelezen" not in shown.out
    data = outreach("issue", "show", issue, "--json").data
    assert (data["state"], data["progress"]["total"]) == ("draft", 0)
    assert NEW in data["html"]
    states = {"approve": "approved", "pause": "paused", "resume": "approved", "cancel": "cancelled"}
    for action, state in states.items():
        assert outreach("issue", action, issue, "--json").data["state"] == state
    assert outreach("issue", "approve", issue).code == 1


def test_its_list_speaks_the_language_of_the_reader(outreach: Outreach, issue: str) -> None:
    outreach("issue", "approve", issue)
    said = outreach("issue", "list", OUTREACH_LANGUAGE="nl").out
    assert "Nieuwsbrief" in said
    assert "goedgekeurd" in said
    assert "approved" not in said
    assert outreach("issue", "list", "--json").data[0]["state"] == "approved"
    assert "goedgekeurd" in outreach("issue", "approve", issue, OUTREACH_LANGUAGE="nl").out


def test_a_second_issue_without_news_is_refused(outreach: Outreach, issue: str) -> None:
    ran = outreach("issue", "make", "nieuws")
    assert ran.code == 1
    assert "Nothing new" in ran.err


def test_a_test_mail_goes_to_one_address_and_nowhere_without_a_server(
    outreach: Outreach, issue: str, tmp_path: Path
) -> None:
    assert outreach("issue", "test", issue, "els@example.org").code == 0
    [letter] = letters(tmp_path / "data" / "inbox")
    assert "els@example.org" in letter.to
    assert NEW in letter.html
    assert outreach("issue", "test", issue, "els").code == 2
    ran = outreach("issue", "test", issue, "els@example.org", OUTREACH_MAIL_URL="")
    assert ran.code == 1
    assert "OUTREACH_MAIL_URL" in ran.err
    assert len(letters(tmp_path / "data" / "inbox")) == 1


def test_an_issue_or_newsletter_that_is_not_there_is_wrong_usage(outreach: Outreach, newsletter: str) -> None:
    for words in (("show", "7"), ("approve", "7"), ("make", "Iets anders"), ("test", "7", "els@example.org")):
        assert outreach("issue", *words).code == 2


def test_a_draft_is_looked_over_and_what_must_be_mended_ends_with_1(
    outreach: Outreach, issue: str, tmp_path: Path
) -> None:
    told = outreach("issue", "check", issue)
    assert told.code == 0
    assert "△ Your postal address is not in the mail." in told.out
    with sqlite3.connect(tmp_path / "data" / "outreach.sqlite3") as database:
        database.execute("UPDATE newsletters_issue SET subject = ''")
    told = outreach("issue", "check", issue)
    assert told.code == 1
    assert told.out.startswith("✗ The mail has no subject")
    data = outreach("issue", "check", issue, "--json").data
    assert data["stops"] is True
    assert data["findings"][0]["code"] == "subject-empty"
    assert outreach("issue", "approve", issue).code == 1


def test_a_draft_is_held_let_go_and_an_early_approval_taken_back(
    outreach: Outreach, issue: str, tmp_path: Path
) -> None:
    refused = outreach("issue", "release", issue)
    assert refused.code == 1
    assert "approve the issue" in refused.err
    with sqlite3.connect(tmp_path / "data" / "outreach.sqlite3") as database:
        database.execute("UPDATE newsletters_newsletter SET mode = 'automatic'")
    assert outreach("issue", "release", issue, "--json").data["state"] == "draft"
    assert "does not go out by itself" in outreach("issue", "hold", issue).out
    outreach("issue", "approve", issue)
    assert outreach("issue", "reopen", issue).code == 1  # its time has come


def test_who_got_it_is_listed_exported_and_tried_again(
    outreach: Outreach, issue: str, tmp_path: Path
) -> None:
    outreach("issue", "approve", issue)
    assert "0 of 0 readers" in outreach("issue", "watch", issue, "--once").out
    people = tmp_path / "lezers.csv"
    people.write_text("e-mail\nanna@example.org\nbert@example.org\n")
    ran = outreach(
        "subscribers", "import", str(people), "--newsletter", "nieuws", "--wording", "Ja.", "--basis", "paper"
    )
    assert ran.code == 0, ran.err
    with sqlite3.connect(tmp_path / "data" / "outreach.sqlite3") as database:
        database.execute("UPDATE newsletters_issue SET state = 'sent'")
        rows = database.execute("SELECT id FROM subscribers_subscriber ORDER BY address_key").fetchall()
        for (pk,), (state, reply) in zip(rows, [("sent", "250 ok"), ("bounced", "552 full")], strict=True):
            database.execute(
                "INSERT INTO newsletters_delivery (claim, state, due_at, attempts, repeated, reply, "
                "issue_id, subscriber_id) VALUES ('', ?, '2026-03-10 08:00:00', 1, 0, ?, ?, ?)",
                (state, reply, issue, pk),
            )
    assert "1 of 2" not in outreach("issue", "watch", issue).out
    watched = outreach("issue", "watch", issue, "--json").data
    assert (watched["sent"], watched["bounced"]) == (1, 1)
    assert "552 full" in outreach("issue", "deliveries", issue, "--which", "refused").out
    assert "anna@example.org" not in outreach("issue", "deliveries", issue, "--which", "refused").out
    text = outreach("issue", "deliveries", issue, "--csv").out
    assert text.startswith("\ufeff")
    assert "bert@example.org;did not arrive" in text
    wrong = outreach("issue", "deliveries", issue, "--which", "iedereen")
    assert wrong.code == 2
    assert "refused" in wrong.err
    assert outreach("issue", "retry", issue, "anna@example.org").code == 2
    assert outreach("issue", "retry", issue, "bert@example.org", "--json").data["count"] == 1
    assert outreach("issue", "show", issue, "--json").data["state"] == "sending"
    assert outreach("issue", "retry", issue).code == 1


def test_its_sections_are_listed_and_an_old_article_is_put_in(
    outreach: Outreach, site: Website, issue: str
) -> None:
    old = site.articles[-1].link
    assert "it was put aside. It was already there" in outreach("why", old).out
    done = outreach("issue", "put-in", issue, old)
    assert (done.code, done.out.strip()) == (0, "It stands in this issue now.")
    shown = outreach("issue", "show", issue)
    assert "Articles" in shown.out
    assert "Al lang gelezen" in shown.out
    [section] = outreach("issue", "show", issue, "--json").data["sections"]
    assert (section["kind"], section["entries"]) == ("articles", [NEW, "Al lang gelezen"])
    assert outreach("issue", "put-in", issue, "https://x.example/").code == 2
    assert "In a draft of the newsletter" in outreach("why", old).out


def test_an_issue_of_words_of_its_own_is_made_when_nothing_is_new(
    outreach: Outreach, newsletter: str
) -> None:
    assert outreach("issue", "make", newsletter).code == 1
    number = str(outreach("issue", "make", newsletter, "--own", "--json").data["id"])
    assert "Nothing stands in it." in outreach("issue", "show", number).out
    assert "holds nothing new" in outreach("issue", "approve", number).err


def test_a_letter_to_a_segment_is_written_counted_approved_and_stays_out_of_the_archive(
    outreach: Outreach, newsletter: str
) -> None:
    for name, language in (("an", "fr"), ("bert", "nl"), ("cem", "fr")):
        words = ("--newsletter", newsletter, "--wording", "Ja.", "--language", language)
        assert outreach("subscribers", "add", f"{name}@example.org", *words).code == 0
    ran = outreach("issue", "letter", newsletter, "--segment", "Franstaligen")
    assert (ran.code, "there are none yet" in ran.err) == (2, True)
    assert outreach("issue", "list", "--json").data == []
    assert outreach("segment", "keep", "Franstaligen", "--language", "fr").code == 0
    words = ("--segment", "Franstaligen", "--subject", "Bonjour", "--words", "-")
    made = outreach("issue", "letter", newsletter, *words, "--json", stdin="Bonjour **à tous**").data
    assert (made["readers"], made["of"], made["segment"], made["public"]) == (2, 3, "Franstaligen", False)
    number = str(made["id"])
    assert "2 of 3 readers" in outreach("issue", "to", number).out
    assert outreach("issue", "to", number, "--all", "--json").data["readers"] == 3
    assert outreach("issue", "to", number, "Nederlanders").code == 2
    assert outreach("issue", "to", number, "Franstaligen", "--json").data["rules"] == {"language": "fr"}
    shown = outreach("issue", "show", number).out
    assert "Language: Français" in shown
    assert "à tous" in shown
    assert "Nothing stands in it." not in shown
    assert "2 of 3 readers" in outreach("issue", "approve", number).out
    assert outreach("issue", "to", number, "--all").code == 1
    assert outreach("issue", "publish", number, "--json").data["public"]
    assert not outreach("issue", "publish", number, "--off", "--json").data["public"]
    assert outreach("issue", "list", "--json").data[0]["segment"] == "Franstaligen"
    missing = outreach("issue", "letter", newsletter, "--words", "nergens.md")
    assert (missing.code, "nergens.md" in missing.err) == (2, True)
