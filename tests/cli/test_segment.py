"""`outreach segment`: a search among the subscribers that is kept."""

from tests.cli.conftest import Outreach


def test_a_segment_is_kept_listed_written_over_and_forgotten(outreach: Outreach, newsletter: str) -> None:
    words = ("--newsletter", newsletter, "--wording", "Ja.", "--language", "fr")
    assert outreach("subscribers", "add", "an@example.org", *words).code == 0
    kept = outreach("segment", "keep", "Lezers", "--newsletter", newsletter, "--json").data
    assert (kept["name"], kept["people"], kept["wanted"]) == ("Lezers", 1, {"topic": "nieuws"})
    outreach("segment", "keep", "Lezers", "--language", "nl")
    [row] = outreach("segment", "list", "--json").data
    assert (row["rules"], row["people"]) == ("Language: Nederlands", 0)
    assert outreach("segment", "forget", "Lezers").code == 0
    assert "no segments yet" in outreach("segment", "list").out


def test_a_search_that_cannot_be_read_names_what_is_wrong(outreach: Outreach, newsletter: str) -> None:
    for words in (("--since", "gisteren"), ("--state", "asleep"), ("--newsletter", "Iets anders"), ()):
        ran = outreach("segment", "keep", "Lezers", *words)
        assert (ran.code, "Traceback" in ran.err) == (2, False)
    assert outreach("segment", "list", "--json").data == []
