"""`outreach preview`: what would be posted and mailed, without any set-up."""

from pathlib import Path

from tests.cli.conftest import Outreach
from tests.fakes.website import Website


def test_each_article_is_shown_as_each_network_would_get_it(outreach: Outreach):
    link = "https://kleurrijk.example.org/een/lang/adres/dat/op-x/als-23/tekens/telt"
    with Website() as site:
        site.add_article("Voorlezen in twee talen", summary="Zo begin je eraan.", link=link)
        site.add_article("Studiedag", starts="2030-03-01T09:00:00+01:00", place="Bosveld")
        seen = outreach("preview", site.feed_url, "--json").data
    day, article = seen["entries"]
    assert day["event"]["place"] == "Bosveld"
    assert article["posts"]["x"]["text"] == f"Voorlezen in twee talen\n\nZo begin je eraan.\n\n{link}"
    assert article["posts"]["x"]["length"] == len("Voorlezen in twee talen\n\nZo begin je eraan.\n\n") + 23
    assert article["posts"]["x"]["limit"] == 280
    assert article["posts"]["facebook"]["link"] == link
    mail = seen["newsletter"]
    assert mail["subject"].endswith(": Voorlezen in twee talen")
    assert [section["entries"] for section in mail["sections"]] == [
        ["Voorlezen in twee talen"],
        ["Studiedag"],
    ]
    assert link in mail["text"]


def test_what_may_be_an_event_is_said_to_be_asked_about(outreach: Outreach, tmp_path: Path):
    text = "&lt;time datetime='2030-03-01T14:00'&gt;1 maart&lt;/time&gt;"
    item = f"<item><title>Lezing</title><description>{text}</description></item>"
    file = tmp_path / "feed.xml"
    file.write_text(f"<rss version='2.0'><channel><title>Site</title>{item}</channel></rss>")
    asked = "Perhaps it is an event, on 01-03-2030 14:00. It waits until you say so."
    assert outreach("preview", str(file), "--json").data["entries"][0]["question"] == asked
    assert asked in outreach("preview", str(file)).out


def test_a_language_that_is_none_of_ours_is_named(outreach: Outreach):
    ran = outreach("preview", "feed.xml", "--language", "de")
    assert ran.code == 2
    assert "use nl, fr" in ran.err


def test_people_see_the_texts_and_their_counts(outreach: Outreach):
    with Website() as site:
        site.add_article("Voorlezen in twee talen")
        ran = outreach("preview", site.feed_url)
    assert ran.code == 0
    assert "of 280" in ran.out
    assert "Voorlezen in twee talen" in ran.out


def test_a_file_is_looked_at_too_and_nothing_is_left_behind(outreach: Outreach, tmp_path: Path):
    with Website() as site:
        site.add_article("Een artikel")
        (tmp_path / "feed.xml").write_bytes(site.feed())
    assert outreach("preview", str(tmp_path / "feed.xml"), "--json").data["entries"]
    assert list((tmp_path / "here").iterdir()) == []
    assert not (tmp_path / "data").exists()


def test_it_needs_no_working_installation(outreach: Outreach, tmp_path: Path):
    with Website() as site:
        site.add_article("Een artikel")
        ran = outreach("preview", site.feed_url, OUTREACH_DATABASE_URL="postgres://nobody@127.0.0.1:1/none")
    assert ran.code == 0


def test_a_page_an_empty_file_and_no_file_get_a_sentence(outreach: Outreach, tmp_path: Path):
    (tmp_path / "page.html").write_text("<!doctype html><html><body><h1>Welkom</h1></body></html>")
    (tmp_path / "empty.xml").write_text("")
    assert outreach("preview", str(tmp_path / "page.html")).code == 1
    assert outreach("preview", str(tmp_path / "empty.xml")).code == 1
    ran = outreach("preview", str(tmp_path / "nothing.xml"))
    assert ran.code == 2
    assert "nothing.xml" in ran.err
    refused = outreach("preview", str(tmp_path / "page.html"), "--json")
    assert refused.data["done"] is False


def test_rules_are_tried_on_a_feed(outreach, tmp_path):
    feed = tmp_path / "feed.xml"
    items = "".join(
        f"<item><title>{title}</title><link>https://s.example/{title}</link><category>{category}</category></item>"
        for title, category in (("Leraar", "Vacatures"), ("Studiedag", "Nieuws"))
    )
    feed.write_text(f"<rss version='2.0'><channel><title>S</title>{items}</channel></rss>")
    ran = outreach("preview", str(feed), "--rule", "ignore if category = Vacatures", "--language", "en")
    assert "The rule “the category is Vacatures” keeps it off the networks" in ran.out
    assert "No rule fits: you approve it first." in ran.out
    refused = outreach("preview", str(feed), "--rule", "ignore if kleur = rood")
    assert "“kleur” is nothing that a rule can look at" in refused.err
