"""What staff do with a draft: order, lead story, texts of their own, and what they put in by hand."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from outreach.core import clock
from outreach.core.errors import BadInput, OutreachError
from outreach.core.models import Activity, subject_of
from outreach.feeds.models import Entry, Event
from outreach.newsletters import adding, arranging, issues, making
from outreach.newsletters.content import composing, digest
from outreach.newsletters.models import Issue, IssueEntry, Newsletter
from tests.newsletters.conftest import NOW

pytestmark = pytest.mark.django_db
Write = Callable[..., Entry]
WEEK = timedelta(days=7)


@pytest.fixture
def issue(newsletter: Newsletter, write: Write) -> Issue:
    """A, B with a picture, C, in that order of age; events E and F."""
    for number, title in enumerate("ABC"):
        image = "https://school.example/b.jpg" if title == "B" else ""
        write(title, published_at=NOW - timedelta(hours=1 + number), image_url=image)
    write("E", starts_at=NOW + timedelta(days=8))
    write("F", starts_at=NOW + timedelta(days=9))
    return issues.make_now(newsletter)


def order(issue: Issue) -> str:
    """ "*B A [T] C | E F": what readers see; * is the lead story, […] a text, | the agenda."""
    issue = Issue.objects.get(pk=issue.pk)
    parts = []
    for section in composing.sections(issue):
        titles = [entry.title for entry in [*section.entries, *section.again]]
        signs = {"lead": "*", "agenda": "| "}
        parts.append(
            f"[{section.text}]" if section.kind == "text" else signs.get(section.kind, "") + " ".join(titles)
        )
    return " ".join(parts)


def row(issue: Issue, name: str) -> composing.Row:
    if name == "|":
        return Issue.objects.get(pk=issue.pk)
    if name.startswith("["):
        return issue.texts.get(words=name.strip("[]"))
    return issue.items.get(entry__title=name)


# ---- Up and down ----


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        ([], "*B A C | E F"),
        ([("C", -1)], "*B C A | E F"),
        ([("A", -1)], "*B A C | E F"),  # nothing goes above the lead story
        ([("B", 1)], "*B A C | E F"),
        ([("|", -1)], "*B A | E F C"),
        ([("|", -1), ("|", -1), ("|", -1), ("|", -1)], "| E F *B A C"),
        ([("C", 1)], "*B A | E F C"),
        ([("F", -1)], "*B A C | F E"),
        ([("E", -1)], "*B A C | E F"),
    ],
)
def test_all_of_it_goes_up_and_down(issue: Issue, moves: list[tuple[str, int]], expected: str) -> None:
    for name, step in moves:
        (issues.move_up if step < 0 else issues.move_down)(row(issue, name))
    assert order(issue) == expected


def test_a_text_goes_through_the_whole_issue(issue: Issue) -> None:
    text = issues.add_text(issue, "T")
    seen = [order(issue)]
    for _step in range(5):
        issues.move_up(text)
        seen.append(order(issue))
    assert seen == [
        "*B A C | E F [T]",
        "*B A C [T] | E F",
        "*B A [T] C | E F",
        "*B [T] A C | E F",
        "[T] *B A C | E F",
        "[T] *B A C | E F",
    ]
    issues.move_down(text)
    assert order(issue) == "*B [T] A C | E F"


def test_each_press_of_a_button_that_is_offered_changes_what_readers_see(issue: Issue) -> None:
    issues.add_text(issue, "T", at="top")
    issues.leave_out(row(issue, "C"))
    for name in ("A", "B", "E", "F", "[T]", "|"):
        for step in (-1, 1):
            before, found = order(issue), row(issue, name)
            offered = arranging.can_move(composing.order_of(Issue.objects.get(pk=issue.pk)), found, step)
            (issues.move_up if step < 0 else issues.move_down)(found)
            assert (order(issue) != before) == offered, (name, step)


def test_what_is_left_out_is_passed_over_by_what_moves(issue: Issue) -> None:
    issues.leave_out(row(issue, "A"))
    assert order(issue) == "*B C | E F"
    issues.add_text(issue, "T", at="agenda")
    issues.move_up(row(issue, "[T]"))
    assert order(issue) == "*B [T] C | E F"
    issues.put_back(row(issue, "A"))
    assert sorted(order(issue)) == sorted("*B A [T] C | E F")


def test_an_agenda_without_events_is_nothing_to_pass(issue: Issue) -> None:
    issues.leave_out(row(issue, "E"))
    issues.leave_out(row(issue, "F"))
    issues.add_text(issue, "T")
    issues.move_up(row(issue, "[T]"))
    assert order(issue) == "*B A [T] C"


# ---- The lead story ----


def test_staff_choose_the_lead_story(issue: Issue) -> None:
    issues.lead_with(row(issue, "C"))
    assert order(issue) == "*C A B | E F"
    issues.lead_with_none(issue)
    assert "*" not in order(issue)
    issues.lead_with_newest(issue)
    assert order(issue).startswith("*B ")


@pytest.mark.parametrize("name", ["E", "A"])
def test_an_event_or_what_is_left_out_cannot_lead(issue: Issue, name: str) -> None:
    issues.leave_out(row(issue, "A"))
    with pytest.raises(OutreachError, match="Only an article"):
        issues.lead_with(row(issue, name))


# ---- Texts ----


@pytest.mark.parametrize(
    ("place", "expected"),
    [("top", "[T] *B A C | E F"), ("agenda", "*B A C [T] | E F"), ("end", "*B A C | E F [T]")],
)
def test_a_text_begins_where_staff_want_it(issue: Issue, place: str, expected: str) -> None:
    issues.add_text(issue, "T", at=place)
    assert order(issue) == expected


def test_a_text_is_changed_taken_away_and_put_back(issue: Issue) -> None:
    text = issues.add_text(issue, "T", at="top")
    issues.change_text(text, "Dag **allen**", "Welkom")
    assert "<strong>allen</strong>" in issues.preview(issue).html
    issues.leave_out(text)
    assert "allen" not in issues.preview(issue).html
    issues.put_back(text)
    assert "Welkom" in issues.preview(issue).text


@pytest.mark.parametrize(
    ("words", "heading", "field"),
    [
        ("  ", "Kop", "words"),
        ("x" * 5001, "", "words"),
        ("x", "k" * 121, "heading"),
        ("x", "a\nb", "heading"),
    ],
)
def test_a_text_that_cannot_stand_there_is_refused(
    issue: Issue, words: str, heading: str, field: str
) -> None:
    with pytest.raises(BadInput) as caught:
        issues.add_text(issue, words, heading)
    assert caught.value.field == field
    assert not issue.texts.exists()


def test_an_issue_has_an_end(issue: Issue) -> None:
    for number in range(20):
        issues.add_text(issue, f"T{number}")
    with pytest.raises(BadInput, match="at most 20 texts"):
        issues.add_text(issue, "Nog een")


def test_a_text_alone_is_enough_when_staff_wrote_it(issue: Issue) -> None:
    issues.change(issue, subject="Dag", intro="")
    for item in issue.items.all():
        issues.leave_out(item)
    with pytest.raises(OutreachError, match="empty"):
        issues.approve(issue)
    issue.refresh_from_db()
    issues.add_text(issue, "Wij verhuizen.")
    issues.approve(issue)
    assert issue.state == Issue.State.APPROVED


@pytest.mark.parametrize(
    "change",
    [
        lambda issue: issues.add_text(issue, "T"),
        lambda issue: issues.lead_with(row(issue, "C")),
        lambda issue: issues.lead_with_none(issue),
        lambda issue: issues.move_up(row(issue, "C")),
        lambda issue: issues.move_up(row(issue, "|")),
        lambda issue: issues.leave_out(row(issue, "C")),
    ],
)
def test_what_changes_the_mail_changes_what_is_approved(issue: Issue, change: Callable[[Issue], Any]) -> None:
    seen = issues.fingerprint(issue)
    change(issue)
    with pytest.raises(OutreachError, match="has changed since"):
        issues.approve(Issue.objects.get(pk=issue.pk), seen=seen)


@pytest.mark.parametrize(
    "change",
    [
        lambda issue: issues.add_text(issue, "T"),
        lambda issue: issues.change_text(issue.texts.get(), "U"),
        lambda issue: issues.leave_out(issue.texts.get()),
        lambda issue: issues.lead_with(row(issue, "C")),
        lambda issue: issues.lead_with_none(issue),
        lambda issue: issues.move_up(row(issue, "|")),
        lambda issue: issues.put_in(issue, Entry.objects.get(title="Oud")),
    ],
)
def test_an_approved_issue_stays_as_it_is(issue: Issue, write: Write, change: Callable[[Issue], Any]) -> None:
    write("Oud", first_seen_at=NOW - timedelta(days=99))
    issues.add_text(issue, "W")
    issues.approve(issue)
    with pytest.raises(OutreachError, match="not a draft any more"):
        change(issue)


# ---- Put in by hand ----


def said(newsletter: Newsletter, entry: Entry) -> list[str]:
    return [str(line.sentence) for line in Activity.objects.filter(subject=subject_of(entry))]


def test_an_old_article_is_put_in_and_that_is_its_one_issue(
    issue: Issue, newsletter: Newsletter, write: Write
) -> None:
    old = write("Oud", first_seen_at=NOW - timedelta(days=99))
    assert [entry.title for entry in adding.found(issue, "oud")] == ["Oud"]
    assert str(issues.put_in(issue, old)) == "It stands in this issue now."
    assert order(issue) == "*B A C Oud | E F"
    assert not issue.items.get(entry=old).repeated
    assert not adding.found(issue, "oud")
    assert said(newsletter, old) == ["Put into the newsletter “Nieuwsbrief” by staff."]


def test_an_event_is_put_in_at_its_date(issue: Issue, write: Write) -> None:
    early = write("D", starts_at=NOW + timedelta(days=3), first_seen_at=NOW - timedelta(days=99))
    issues.put_in(issue, early)
    assert order(issue) == "*B A C | D E F"


def test_what_readers_had_before_is_repeated_with_a_warning(
    issue: Issue, newsletter: Newsletter, write: Write
) -> None:
    issues.approve(issue)
    again = Entry.objects.get(title="A")
    with clock.frozen(NOW + WEEK):
        write("Nieuw")
        second = issues.make_now(newsletter)
        assert str(issues.put_in(second, again)).startswith(
            "It stands in this issue now. Note: readers had it before, in the issue of "
        )
    assert second.items.get(entry=again).repeated
    assert "Nieuw A" in order(second)


def test_it_is_taken_out_of_another_draft(issue: Issue, newsletter: Newsletter, write: Write) -> None:
    with clock.frozen(NOW + WEEK):
        write("Nieuw")
        second = issues.make_now(newsletter)
    words = "It stands in this issue now, and not in the other draft any more."
    assert str(issues.put_in(second, Entry.objects.get(title="A"))) == words
    assert "A" not in order(issue)
    assert not second.items.get(entry__title="A").repeated


def test_what_a_filter_keeps_out_is_put_in_all_the_same(newsletter: Newsletter, write: Write) -> None:
    making.change(newsletter, languages=["nl"])
    french = write("Chou", language="fr")
    write("Appel")
    issue = issues.make_now(newsletter)
    assert order(issue) == "Appel"
    issues.put_in(issue, french)
    assert order(issue) == "Appel Chou"
    issues.cancel(issue)
    making.change(newsletter, languages=[])
    with clock.frozen(NOW + WEEK):
        assert order(issues.make_now(newsletter)) == "Appel"


def test_what_was_left_out_is_put_back(issue: Issue) -> None:
    issues.leave_out(row(issue, "A"))
    assert [entry.title for entry in adding.found(issue)] == ["A"]
    issues.put_in(issue, Entry.objects.get(title="A"))
    assert order(issue) == "*B A C | E F"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"starts_at": NOW - WEEK}, "has begun or is over"),
        ({"status": "cancelled"}, "cancelled or postponed"),
        ({"withdrawn_at": NOW}, "not on the website any more"),
    ],
)
def test_what_readers_would_not_see_is_not_put_in(
    issue: Issue, write: Write, values: dict[str, Any], words: str
) -> None:
    entry = write("G", starts_at=NOW + WEEK, first_seen_at=NOW - timedelta(days=99))
    rows = (
        Entry.objects.filter(pk=entry.pk) if "withdrawn_at" in values else Event.objects.filter(entry=entry)
    )
    rows.update(**values)
    with pytest.raises(OutreachError, match=words):
        issues.put_in(issue, Entry.objects.select_related("event").get(pk=entry.pk))


def test_when_the_first_issue_is_cancelled_the_one_that_repeats_it_is_its_issue(
    issue: Issue, newsletter: Newsletter, write: Write
) -> None:
    issues.approve(issue)
    with clock.frozen(NOW + WEEK):
        write("Nieuw")
        second = issues.make_now(newsletter)
        issues.put_in(second, Entry.objects.get(title="A"))
        issues.cancel(issue)
        rows = {item.entry.title: item.repeated for item in second.items.select_related("entry")}
        assert rows == {"Nieuw": False, "A": False, "E": False, "F": False}
        issues.approve(second)
    with clock.frozen(NOW + WEEK + timedelta(hours=1)):
        assert order(issues.make_now(newsletter)) == "*B C | E F"


def test_what_comes_into_a_draft_later_stands_with_its_like(
    issue: Issue, newsletter: Newsletter, write: Write
) -> None:
    issues.move_up(row(issue, "F"))
    issues.move_up(row(issue, "|"))
    issues.add_text(issue, "T")
    assert order(issue) == "*B A | F E C [T]"
    write("D")
    write("G", starts_at=NOW + timedelta(days=8, hours=1))
    write("H", starts_at=NOW + timedelta(days=30))
    digest.put(issue, digest.gather(newsletter, NOW))
    assert order(issue) == "*B A | G F E H C D [T]"


@pytest.mark.django_db(transaction=True)
def test_who_puts_it_in_while_a_worker_opens_an_issue_has_it_in_one(
    newsletter: Newsletter, write: Write
) -> None:
    with clock.frozen(NOW - timedelta(hours=2)):
        draft = issues.make_now(newsletter, own_words=True)
    entry = write("A")
    start = threading.Barrier(3)

    def work(act: Callable[[], Any]) -> None:
        start.wait()
        try:
            act()
        finally:
            connections.close_all()

    def put() -> None:
        issues.put_in(draft, entry)

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(work, [put, put, lambda: issues.open_one(NOW)]))
    rows = IssueEntry.objects.filter(entry=entry)
    assert rows.filter(repeated=False).count() == 1
    assert rows.filter(issue=draft).count() == 1
