"""A letter to a segment: what it may hold, to whom it goes, and what was approved is what is sent."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from outreach.core import clock
from outreach.core.errors import BadInput, OutreachError
from outreach.core.models import Activity, subject_of
from outreach.feeds.models import Entry
from outreach.newsletters import archiving, audience, issues, making
from outreach.newsletters.models import Issue, IssueEntry, Newsletter
from outreach.newsletters.opening import open_one
from outreach.subscribers import joining, lists, searching, tagging
from outreach.subscribers.models import Segment, Subscriber, Tag
from outreach.subscribers.searching import Filter
from tests.newsletters.conftest import NOW

pytestmark = pytest.mark.django_db
Readers = Callable[[int], list[str]]


@pytest.fixture
def segment(readers: Readers) -> Segment:
    """Two of five readers are students."""
    readers(5)
    tagging.change(
        Subscriber.objects.filter(address__in=["lezer1@example.org", "lezer3@example.org"]).values_list(
            "pk", flat=True
        ),
        "Student",
    )
    return searching.keep("Studenten", Filter(tag="student"))


@pytest.fixture
def letter(newsletter: Newsletter, segment: Segment) -> Issue:
    """A draft to the students."""
    with clock.frozen(NOW - timedelta(minutes=1)):
        issue = issues.write_letter(newsletter, segment)
        issues.change(issue, subject="Aan de studenten", intro="Dag allemaal")
    return issue


def history(row: Any) -> list[str]:
    told = Activity.objects.filter(subject=subject_of(row)).order_by("pk")
    with translation.override("en"):
        return [str(line.sentence) for line in told]


def who(issue: Issue) -> list[str]:
    found = audience.readers(issue).order_by("address_key").values_list("address", flat=True)
    return [address.partition("@")[0] for address in found]


def test_it_goes_to_the_readers_in_the_segment_and_says_how_many(letter: Issue):
    assert who(letter) == ["lezer1", "lezer3"]
    with translation.override("en"):
        assert str(audience.count(letter)) == "2 of 5 readers"
        assert [str(rule) for rule in audience.of(letter).words] == ["Tag: Student"]
    issues.approve(letter)
    assert "It goes to 2 of 5 readers: to those in the segment “Studenten”." in history(letter)


def test_nobody_who_left_pauses_or_is_never_mailed_is_in_and_nobody_who_reads_another_newsletter(
    letter: Issue,
):
    joining.add("iets-anders", "vreemd@example.org", how="test", wording="Ja.", language="nl")
    tagging.change(Subscriber.objects.all().values_list("pk", flat=True), "Student")
    assert len(who(letter)) == 5
    reader = Subscriber.objects.get(address="lezer0@example.org")
    reader.subscriptions.update(left_at=NOW)
    Subscriber.objects.filter(address="lezer1@example.org").update(paused_until=NOW + timedelta(days=1))
    lists.suppress("lezer2@example.org", "bounce")
    assert who(letter) == ["lezer3", "lezer4"]


def test_what_was_approved_stays_whatever_becomes_of_the_segment(letter: Issue, segment: Segment):
    issues.approve(letter)
    searching.keep("Studenten", Filter(tag="leraar"))
    letter.refresh_from_db()
    assert who(letter) == ["lezer1", "lezer3"]
    segment.delete()
    Tag.objects.filter(key="student").update(name="Studente")
    chosen = audience.of(letter)
    with translation.override("en"):
        assert (chosen.name, [str(one) for one in chosen.words]) == ("Studenten", ["Tag: Student"])
    assert (chosen.readers, chosen.total, bool(chosen.trouble)) == (2, 5, False)
    assert who(letter) == ["lezer1", "lezer3"]


def test_a_segment_that_is_gone_is_said_and_never_means_everybody(letter: Issue, segment: Segment):
    segment.delete()
    assert audience.count(letter).readers == 0
    with pytest.raises(OutreachError, match="“Studenten” is not there any more"):
        issues.approve(letter)
    letter.refresh_from_db()
    assert letter.state == "draft"
    with pytest.raises(OutreachError):
        audience.readers(letter)
    audience.choose(letter, None)
    assert len(who(letter)) == 5


def test_a_segment_without_readers_is_not_approved(letter: Issue, segment: Segment):
    tagging.change(Subscriber.objects.all().values_list("pk", flat=True), "Student", off=True)
    with pytest.raises(OutreachError, match="None of the readers"):
        issues.approve(letter)
    letter.refresh_from_db()
    assert (letter.state, "wanted" in letter.audience) == ("draft", False)


def test_a_segment_that_was_changed_since_it_was_shown_is_looked_at_again(letter: Issue):
    seen = issues.fingerprint(letter)
    searching.keep("Studenten", Filter(language="nl"))
    with pytest.raises(OutreachError, match="has changed since"):
        issues.approve(letter, seen=seen)
    issues.approve(letter, seen=issues.fingerprint(letter))
    assert len(who(letter)) == 5


def test_who_joined_meanwhile_is_no_reason_to_look_again(letter: Issue):
    seen = issues.fingerprint(letter)
    tagging.change(Subscriber.objects.all().values_list("pk", flat=True), "Student")
    issues.approve(letter, seen=seen)
    assert audience.of(letter).readers == 5


@pytest.mark.parametrize("wanted", [{}, {"tag": "student", "opened": "often"}, {"state": "asleep"}])
def test_a_rule_that_is_not_known_is_never_passed_over(
    letter: Issue, segment: Segment, wanted: dict[str, str]
):
    Segment.objects.update(wanted=wanted)
    with pytest.raises(OutreachError):
        issues.approve(letter)
    assert Issue.objects.get(pk=letter.pk).state == "draft"


def test_every_rule_has_words_of_its_own(newsletter: Newsletter, letter: Issue):
    known = {
        "search": "an",
        "topic": newsletter.topic,
        "language": "nl",
        "tag": "student",
        "state": "confirmed",
        "since": "2026-01-31",
        "before": "2026-03-01",
    }
    assert known.keys() == vars(Filter()).keys()
    Segment.objects.update(wanted=known)
    with translation.override("en"):
        said = [str(one) for one in audience.of(letter).words]
    assert said == [
        "“an” in the address, the name or a tag",
        "Reads the newsletter “Nieuwsbrief”",
        "Language: Nederlands",
        "Tag: Student",
        "State: reader",
        "Joined from 31 January 2026",
        "Joined before 1 March 2026",
    ]


@pytest.mark.parametrize(
    ("state", "words"),
    [("unsubscribed", "Left the newsletter “Nieuwsbrief”"), ("bounced", "State: did not arrive")],
)
def test_a_newsletter_and_a_state_are_said_as_they_are_meant(
    newsletter: Newsletter, letter: Issue, state: str, words: str
):
    Segment.objects.update(wanted={"topic": newsletter.topic, "state": state})
    with translation.override("en"):
        assert str(audience.of(letter).words[-1]) == words


def test_two_who_choose_at_once_are_told(letter: Issue, segment: Segment):
    seen = audience.version(letter)
    audience.choose(letter, None, seen=seen)
    with pytest.raises(BadInput) as told:
        audience.choose(letter, segment, seen=seen)
    assert told.value.field == "audience"


def test_an_issue_with_the_news_goes_to_all_and_an_approved_letter_stays(
    letter: Issue, newsletter: Newsletter, segment: Segment, write: Callable[..., Entry]
):
    write("Voorlezen")
    issue = issues.make_now(newsletter)
    with pytest.raises(OutreachError, match="goes to all readers"):
        audience.choose(issue, segment)
    with pytest.raises(OutreachError, match="Only a letter"):
        audience.publish(issue, False)
    issues.approve(letter)
    with pytest.raises(OutreachError, match="not a draft any more"):
        audience.choose(letter, None)


def test_taken_back_it_follows_the_segment_again(letter: Issue):
    Issue.objects.update(slot=NOW + timedelta(hours=1))
    issues.approve(letter)
    issues.reopen(letter)
    assert "wanted" not in letter.audience
    searching.keep("Studenten", Filter(language="nl"))
    assert len(who(letter)) == 5


# ---- What it holds ----


def test_the_news_of_the_website_stays_for_the_issue_for_all(
    letter: Issue, newsletter: Newsletter, write: Callable[..., Entry]
):
    new, event = write("Voorlezen"), write("Infodag", NOW + timedelta(days=9))
    assert not letter.items.exists()
    for entry in (new, event):
        assert "as it would without it" in str(issues.put_in(letter, entry))
    issues.approve(letter)
    assert "Voorlezen" in letter.html
    assert "Infodag" in letter.html
    Newsletter.objects.update(next_slot=NOW)
    assert open_one(NOW)
    [regular] = Issue.objects.filter(letter=False)
    assert set(regular.items.filter(repeated=False).values_list("entry", flat=True)) == {new.pk, event.pk}
    assert not IssueEntry.objects.filter(issue=letter, repeated=False).exists()
    issues.cancel(regular)
    assert not IssueEntry.objects.filter(issue=letter, repeated=False).exists()
    with clock.frozen(NOW + timedelta(minutes=1)):
        assert issues.make_now(newsletter).items.count() == 2


def test_a_mention_alone_is_enough_and_an_empty_letter_is_not(letter: Issue, write: Callable[..., Entry]):
    issues.change(letter, subject="Dag", intro="")
    with pytest.raises(OutreachError, match="empty"):
        issues.approve(letter)
    issues.put_in(letter, write("Infodag", NOW + timedelta(days=9)))
    issues.approve(letter)
    assert letter.state == "approved"


def test_an_event_that_comes_too_late_is_told_at_the_issue_for_all_not_at_a_letter(
    letter: Issue, newsletter: Newsletter, write: Callable[..., Entry]
):
    write("Voorlezen")
    over = write("Voorbij", NOW - timedelta(hours=1), first_seen_at=NOW - timedelta(hours=2))
    issues.make_now(newsletter)
    assert any("had begun" in line for line in history(over))


# ---- Who may read it afterwards ----


def test_a_letter_is_in_the_archive_only_when_staff_say_so(letter: Issue, newsletter: Newsletter):
    assert making.change(newsletter, archive=True).archive
    Issue.objects.update(state="sent", started_at=NOW, html="<p>Dag</p>", text="Dag")
    assert not archiving.sent(newsletter).exists()
    audience.publish(letter, True)
    assert archiving.sent(newsletter).get() == letter
    audience.publish(letter, False)
    assert not archiving.has_issues(newsletter)


def test_its_readers_have_a_link_of_its_own_in_the_mail(letter: Issue):
    issues.approve(letter)
    assert archiving.own_url(letter) in letter.html
    assert archiving.opens(letter.pk, archiving.own_url(letter).rstrip("/").rpartition("/")[2])
    assert not archiving.opens(letter.pk, "0" * 20)
