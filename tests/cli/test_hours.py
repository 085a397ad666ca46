"""When posts go out, on the command line."""

import pytest

from tests.cli.conftest import Outreach


@pytest.fixture
def page(outreach: Outreach) -> str:
    assert outreach("account", "add", "sandbox-x", "@leraren").code == 0
    return "@leraren"


def test_hours_are_set_in_the_words_of_people_and_told_with_the_next_free_times(
    outreach: Outreach, page: str
):
    options = ["--slots", "ma-vr 9:00,12:30; za 10:00", "--quiet", "21:00-7:30; zo", "--distance", "60"]
    found = outreach("account", "hours", page, *options, "--json", OUTREACH_LANGUAGE="nl").data
    assert found["slots"] == "maandag-vrijdag 09.00, 12.30; zaterdag 10.00"
    assert found["quiet"] == "21.00-07.30; zondag"
    assert (found["distance"], len(found["next"]), found["zone"]) == (60, 3, "Europe/Brussels")
    assert outreach("account", "hours", page, "--slots", "none").code == 0
    left = outreach("account", "hours", page, "--json").data
    assert (left["slots"], left["distance"]) == ("", 60)
    assert "as soon as it is approved" in outreach("account", "hours", page).out


@pytest.mark.parametrize(
    ("option", "typed", "field", "named"),
    [
        ("--slots", "blursday 9:00", "slots", "blursday"),
        ("--slots", "ma 26:00", "slots", "26:00"),
        ("--quiet", "21:00", "quiet", "21:00"),
        ("--quiet", "ma-zo", "quiet", "at least one day"),
        ("--distance", "-5", "distance", "10080"),
    ],
)
def test_bad_hours_are_named(outreach: Outreach, page: str, option: str, typed: str, field: str, named: str):
    ran = outreach("account", "hours", page, f"{option}={typed}", "--json", OUTREACH_LANGUAGE="en")
    assert (ran.code, ran.data["field"]) == (2, field)
    assert named in ran.data["sentence"]


def test_what_is_queued_is_moved(outreach: Outreach, page: str):
    assert outreach("account", "hours", page, "--quiet", "22:00-7:00").code == 0
    outreach("post", "write", "Welkom", "--account", page, "--at", "2030-12-02 12:00")
    outreach("post", "approve", "1")
    assert (
        outreach("post", "move", "1", "2030-12-03 14:00", "--json").data["due_at"].startswith("2030-12-03T13")
    )
    refused = outreach("post", "move", "1", "2030-12-03 23:00")
    assert refused.code == 2
    assert "quiet hours" in refused.err
    assert outreach("post", "move", "1", "2030-12-03 23:00", "--anyway").code == 0
    assert outreach("post", "move", "1", "next").code == 0
    assert outreach("post", "move", "1", "now").code == 0
    assert outreach("post", "move", "1", "morgen").code == 2


def test_an_article_that_is_not_there_is_not_shared_again(outreach: Outreach):
    assert outreach("post", "reshare", "7").code == 2
