"""The places that differ from mailbox to mailbox."""

from outreach.newsletters.designs.slots import Slots, fill_html, fill_text, marks, unpaired
from outreach.newsletters.models import Issue


def test_each_issue_has_marks_of_its_own_and_they_stay_the_same():
    one, other = Issue(pk=1), Issue(pk=2)
    assert marks(one) == marks(Issue(pk=1))
    assert marks(one) != marks(other)
    assert marks(one).unsubscribe_url.startswith("https://")


def test_an_article_that_holds_a_mark_of_another_issue_gets_no_readers_link():
    stolen = f"https://stranger.example/?to={marks(Issue(pk=1)).unsubscribe_url}"
    values = Slots("an@example.org", "https://post.example/unsubscribe/secret/")
    assert fill_html(stolen, Issue(pk=2), values) == stolen
    assert "secret" in fill_text(stolen, Issue(pk=1), values)


def test_what_is_filled_in_is_words_in_html():
    issue = Issue(pk=1)
    values = Slots('"<b>"@example.org', "https://post.example/?a=1&b=2")
    html = fill_html(f"<p>{marks(issue).address} {marks(issue).unsubscribe_url}</p>", issue, values)
    assert html == "<p>&quot;&lt;b&gt;&quot;@example.org https://post.example/?a=1&amp;b=2</p>"


def test_a_choice_that_does_not_end_is_seen_before_readers_see_it():
    issue = Issue(pk=1)
    found = marks(issue)
    whole = f"{found.if_name}Dag {found.name}{found.else_name}Dag{found.end_name}"
    assert not unpaired(issue, whole, f"{whole} en nog eens: {whole}")
    for half in (
        whole.replace(found.end_name, ""),
        whole.replace(found.if_name, ""),
        f"{whole}{found.else_name}",
    ):
        assert unpaired(issue, "<p>niets</p>", half)
    nested = f"{found.if_name}{whole}{found.else_name}{found.end_name}"
    assert unpaired(issue, nested)
    assert whole not in fill_text(whole, issue, Slots("an@example.org", "https://a.example/"))


def test_an_issue_frozen_before_there_was_a_page_to_choose_is_filled_as_it_was():
    issue = Issue(pk=1)
    found = marks(issue)
    values = Slots("an@example.org", "https://a.example/u/", "An", "https://a.example/p/")
    assert fill_text(f"{found.address} {found.unsubscribe_url}", issue, values) == (
        "an@example.org https://a.example/u/"
    )
    assert fill_text(found.preferences_url, issue, values) == "https://a.example/p/"
