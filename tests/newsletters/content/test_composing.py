"""The order of an issue, as a design gets it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from outreach.feeds.models import Entry
from outreach.newsletters import issues
from outreach.newsletters.content import composing
from outreach.newsletters.designs import mjml
from outreach.newsletters.models import Issue, IssueText, Newsletter
from tests.newsletters.conftest import NOW

pytestmark = pytest.mark.django_db
Write = Callable[..., Entry]
PICTURE = "https://school.example/foto.jpg"


@pytest.fixture
def issue(newsletter: Newsletter, write: Write) -> Issue:
    """Three articles, the middle one with a picture, and an event."""
    for hours, title in ((3, "Een"), (2, "Twee"), (1, "Drie")):
        image = PICTURE if title == "Twee" else ""
        write(title, published_at=NOW - timedelta(hours=hours), image_url=image)
    write("Lezing", starts_at=NOW + timedelta(days=9))
    return issues.make_now(newsletter)


def order(issue: Issue) -> list[tuple[str, ...]]:
    issue.refresh_from_db()
    return [
        (part.kind, *([part.text] if part.kind == "text" else [entry.title for entry in part.entries]))
        for part in composing.sections(issue)
    ]


def test_it_begins_with_the_newest_article_that_has_a_picture(issue: Issue) -> None:
    assert order(issue) == [("lead", "Twee"), ("articles", "Drie", "Een"), ("agenda", "Lezing")]
    assert issue.subject == "Nieuwsbrief: Twee"


def test_without_a_picture_no_article_stands_above_the_others(issue: Issue) -> None:
    Entry.objects.update(image_url="")
    assert order(issue) == [("articles", "Drie", "Twee", "Een"), ("agenda", "Lezing")]


def test_staff_choose_another_or_none(issue: Issue) -> None:
    chosen = Entry.objects.get(title="Een")
    Issue.objects.update(lead_by="chosen", lead=chosen)
    assert order(issue)[:2] == [("lead", "Een"), ("articles", "Drie", "Twee")]
    Issue.objects.update(lead_by="none")
    assert order(issue)[0] == ("articles", "Drie", "Twee", "Een")


def test_a_chosen_story_that_is_left_out_leaves_its_place_to_the_newest(issue: Issue) -> None:
    chosen = Entry.objects.get(title="Een")
    Issue.objects.update(lead_by="chosen", lead=chosen)
    issues.leave_out(issue.items.get(entry=chosen))
    assert order(issue)[:2] == [("lead", "Twee"), ("articles", "Drie")]


def test_texts_of_staff_stand_anywhere_and_part_the_articles(issue: Issue) -> None:
    for position, words in ((0, "Voor"), (1, "Midden"), (2, "Tussen"), (2_000_000, "Slot")):
        IssueText.objects.create(issue=issue, position=position, words=words)
    IssueText.objects.create(issue=issue, position=0, words="Weg", left_out=True)
    assert order(issue) == [
        ("text", "Voor"),
        ("lead", "Twee"),
        ("articles", "Drie"),
        ("text", "Midden"),
        ("text", "Tussen"),
        ("articles", "Een"),
        ("agenda", "Lezing"),
        ("text", "Slot"),
    ]


def test_the_agenda_stands_where_staff_put_it(issue: Issue) -> None:
    Issue.objects.update(agenda_position=0)
    assert order(issue)[0] == ("lead", "Twee")
    assert order(issue)[1] == ("articles", "Drie")
    assert order(issue)[2] == ("agenda", "Lezing")


@pytest.mark.parametrize("design", mjml.shipped())
def test_both_parts_of_the_mail_hold_all_of_it_in_its_order(issue: Issue, design: str) -> None:
    IssueText.objects.create(issue=issue, position=1, heading="Let op", words="Wij zijn **dicht**.")
    Newsletter.objects.update(language="en", design=design)
    rendered = issues.preview(Issue.objects.get())
    for part, words in (
        (rendered.text, ["Twee", "MORE NEWS", "Drie", "Let op", "Wij zijn dicht.", "Een", "AGENDA"]),
        (rendered.html, ["Twee", "More news", "Drie", "Let op", "<strong>dicht</strong>", "Een", "Agenda"]),
    ):
        place = max(part.find("<h1"), 0)  # behind the words that a mailbox shows beside the subject
        for word in words:
            place = part.index(word, place)
        assert f"/agenda/{Entry.objects.get(title='Lezing').pk}.ics" in part
        assert f"/read/{issue.pk}/agenda.ics" in part


def test_an_article_whose_picture_is_left_out_leads_only_where_no_other_one_can(issue: Issue) -> None:
    Entry.objects.filter(title="Drie").update(image_url="https://far.example/foto.jpg")
    assert order(issue)[0] == ("lead", "Twee")
    Newsletter.objects.update(pictures="any")
    assert order(Issue.objects.get())[0] == ("lead", "Drie")
    Newsletter.objects.update(pictures="none")
    assert order(Issue.objects.get())[0] == ("lead", "Drie")
