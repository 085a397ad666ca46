"""The command line: exit codes, sentences instead of tracebacks, JSON for machines."""

import pytest

from tests.cli.conftest import Outreach
from tests.fakes.website import Website


def test_every_noun_explains_itself(outreach: Outreach):
    for noun in ("source", "account", "post", "newsletter", "issue", "subscribers", "user"):
        assert outreach(noun, "--help").code == 0


def test_an_unknown_command_is_wrong_usage(outreach: Outreach):
    ran = outreach("tweet")
    assert ran.code == 2
    assert "tweet" in ran.err


@pytest.mark.parametrize("noun", ["source", "account", "post", "issue"])
def test_an_empty_list_says_so_and_is_an_empty_list_for_machines(outreach: Outreach, noun: str):
    assert outreach(noun, "list").out.strip()
    assert outreach(noun, "list", "--json").data == []
    assert outreach("--json", noun, "list").data == []


def test_a_wrong_setting_is_named(outreach: Outreach):
    ran = outreach("source", "list", OUTREACH_LANGUAGE="de")
    assert ran.code == 2
    assert "OUTREACH_LANGUAGE" in ran.err


def test_a_database_that_is_not_there_is_said_in_a_sentence(outreach: Outreach):
    ran = outreach("source", "list", OUTREACH_DATABASE_URL="postgres://nobody@127.0.0.1:1/none")
    assert ran.code == 1
    assert "database" in ran.err


def test_a_website_that_is_not_there_is_refused_with_a_sentence(outreach: Outreach):
    ran = outreach("source", "add", "http://127.0.0.1:1/feed", OUTREACH_ALLOW_PRIVATE_ADDRESSES="yes")
    assert ran.code == 2
    assert "127.0.0.1" in ran.err
    assert outreach("source", "list", "--json").data == []


def test_what_is_refused_is_json_too(outreach: Outreach):
    ran = outreach("source", "poll", "7", "--json")
    assert ran.code == 2
    assert ran.data["done"] is False
    assert ran.data["field"] == "source"


def test_a_source_is_added_checked_and_looked_at(outreach: Outreach):
    with Website() as site:
        site.add_article("Eerste")
        assert outreach("source", "check", site.feed_url, "--json").data["items"] == 1
        assert outreach("source", "add", site.feed_url, "--name", "Site").code == 0
        site.add_article("Tweede")
        assert outreach("source", "poll", "site", "--json").data["new"] == 1
        site.mode = "404"
        ran = outreach("source", "poll", "Site")
        assert ran.code == 1
        assert ran.err.strip()
    [row] = outreach("source", "list", "--json").data
    assert row["name"] == "Site"


def test_other_words_for_one_network_are_given_and_checked(outreach: Outreach):
    for network in ("sandbox-x", "sandbox-facebook"):
        assert outreach("account", "add", network, network).code == 0
    where = ("--account", "sandbox-x", "--account", "sandbox-facebook")
    write = ("post", "write", "a" * 300, *where, "--variant")
    assert outreach(*write, "sandbox-x=Kort").code == 0
    for wrong in ("sandbox-x", "mastodon=Kort", "=Kort", f"sandbox-x={'woord ' * 46} dit past niet"):
        ran = outreach(*write, wrong)
        assert ran.code == 2
        assert "Traceback" not in ran.err
    assert "past niet" in ran.err
    assert outreach(*write, "sandbox-x=Kort", "--variant", "sandbox-x=Korter").code == 2
    assert len(outreach("post", "list", "--json").data) == 1


def test_a_post_is_written_approved_and_cancelled(outreach: Outreach):
    assert outreach("account", "add", "sandbox-x", "Proef").code == 0
    written = outreach("post", "write", "Dag allemaal", "--account", "Proef", "--json")
    assert written.data["state"] == "waiting"
    number = str(written.data["id"])
    assert outreach("post", "approve", number, "--json").data["state"] == "approved"
    [row] = outreach("post", "list", "--json").data
    assert [where["state"] for where in row["publications"]] == ["queued"]
    assert outreach("post", "cancel", number, "--json").data["state"] == "cancelled"


def test_a_post_that_is_too_long_or_goes_nowhere_is_refused_whole(outreach: Outreach):
    outreach("account", "add", "sandbox-x", "Proef")
    assert outreach("post", "write", "a" * 281, "--account", "Proef").code == 2
    assert outreach("post", "write", "Dag", "--account", "Nergens").code == 2
    assert outreach("post", "write", "Dag", "--account", "Proef", "--at", "morgen").code == 2
    assert outreach("post", "list", "--json").data == []


def test_an_account_of_an_unknown_network_is_refused(outreach: Outreach):
    ran = outreach("account", "add", "myspace", "Proef")
    assert ran.code == 2
    assert "facebook" in ran.err


def test_a_colleague_gets_in_with_a_password_from_standard_input(outreach: Outreach):
    assert outreach("user", "add", "an", stdin="kort\n").code == 2
    assert outreach("user", "add", "an", stdin="een lang wachtwoord\n").code == 0
    assert outreach("user", "add", "An", stdin="een lang wachtwoord\n").code == 2


def test_status_says_when_the_workers_are_silent(outreach: Outreach):
    ran = outreach("status", "--json")
    assert ran.code == 1
    assert ran.data["trouble"]
    assert all(tick["silent"] for tick in ran.data["ticks"])


def test_why_of_an_article_that_nobody_saw(outreach: Outreach):
    ran = outreach("why", "https://example.org/nergens")
    assert ran.code == 2
    assert "example.org" in ran.err


def test_only_two_answers_settle_a_doubt(outreach: Outreach):
    assert outreach("post", "resolve", "1", "maybe").code == 2
    assert outreach("post", "resolve", "1", "there").code == 2


def test_tables_are_in_the_language_of_the_reader_and_json_is_not(outreach: Outreach):
    outreach("account", "add", "sandbox-x", "Proef")
    outreach("post", "write", "Dag allemaal", "--account", "Proef")
    said = outreach("post", "list", OUTREACH_LANGUAGE="nl").out
    assert "wacht op goedkeuring" in said
    assert "waiting" not in said
    assert outreach("post", "list", "--json", OUTREACH_LANGUAGE="nl").data[0]["state"] == "waiting"
    said = outreach("status", OUTREACH_LANGUAGE="nl").out
    assert "wacht op goedkeuring 1" in said


@pytest.mark.parametrize("command", [("source", "add"), ("source", "check"), ("preview",), ("why",)])
def test_an_address_that_cannot_be_asked_for_ends_in_a_sentence(outreach: Outreach, command: tuple[str, ...]):
    for address in ("https://xn--/", "https://site.example/\udcff"):
        ran = outreach(*command, address)
        assert ran.code in {1, 2}
        assert "Traceback" not in ran.err
        assert ran.err.strip()


def test_new_keys_change_nothing_of_what_is_posted_by_itself(outreach: Outreach):
    keys = '{"page_id": "1000", "access_token": "%s"}'
    add = ("account", "add", "facebook", "Sint-Jozef", "--credentials", "-")
    assert outreach(*add, "--no-automatic", stdin=keys % "een").code == 0
    assert outreach(*add, stdin=keys % "twee").code == 0
    [account] = outreach("account", "list", "--json").data
    assert account["automatic"] is False
    assert outreach(*add, "--automatic", stdin=keys % "drie").code == 0
    [account] = outreach("account", "list", "--json").data
    assert account["automatic"] is True
