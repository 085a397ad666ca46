"""To whom a letter goes, in the pages: chosen, counted, confirmed, and told afterwards."""

import html
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from outreach.newsletters import archiving, audience
from outreach.newsletters.models import Issue, Newsletter
from outreach.subscribers import joining, searching, tagging
from outreach.subscribers.models import Segment, Subscriber
from outreach.subscribers.searching import Filter

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(officer: User) -> Client:
    """A browser of an officer who reads English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(officer)
    return client


@pytest.fixture
def segment(newsletter: Newsletter) -> Segment:
    """Two of three readers."""
    for name in ("an", "bert", "cem"):
        joining.add(newsletter.topic, f"{name}@example.org", how="test", wording="Ja.", language="nl")
    tagging.change(
        Subscriber.objects.exclude(address="cem@example.org").values_list("pk", flat=True), "Student"
    )
    return searching.keep("Studenten", Filter(tag="student"))


@pytest.fixture
def letter(staff: Client, newsletter: Newsletter, segment: Segment) -> Issue:
    staff.post(reverse("newsletter-write-letter", args=[newsletter.pk]))
    return Issue.objects.get()


def page_of(client: Client, issue: Issue) -> str:
    return html.unescape(client.get(reverse("issue", args=[issue.pk])).content.decode())


def form(client: Client, issue: Issue, **typed: object) -> dict[str, object]:
    """What a browser sends of the form as it stands there, with what somebody `typed`."""
    page = page_of(client, issue)
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    stands = {"subject": issue.subject, "intro": issue.intro, "audience": issue.audience.get("segment", "")}
    return {**hidden, **stands, **typed}


def press(client: Client, issue: Issue, button: str, **typed: object) -> str:
    sent = form(client, issue, **typed)
    answer = client.post(reverse(f"issue-{button}", args=[issue.pk]), sent, follow=True)
    issue.refresh_from_db()
    return html.unescape(answer.content.decode())


def test_a_letter_begins_with_all_readers_and_out_of_the_archive(staff: Client, letter: Issue):
    page = page_of(staff, letter)
    assert "Goes to 3 readers: everybody." in page
    assert "Letter to all readers" in page
    assert (letter.letter, letter.audience, letter.public, letter.items.count()) == (True, {}, False, 0)


def test_a_letter_begins_at_the_segment_among_the_subscribers(staff: Client, segment: Segment):
    page = html.unescape(staff.get(reverse("subscribers"), segment.wanted).content.decode())
    assert "Write to them: Nieuwsbrief" in page
    address = reverse("newsletter-write-letter", args=[Newsletter.objects.get().pk])
    answer = staff.post(address, {"audience": segment.pk}, follow=True)
    assert "Goes to 2 of 3 readers." in html.unescape(answer.content.decode())
    assert "Write to them" not in staff.get(reverse("subscribers")).content.decode()
    staff.post(address, {"audience": "999"})
    assert Issue.objects.count() == 1


def test_a_segment_is_chosen_counted_confirmed_and_told(staff: Client, letter: Issue, segment: Segment):
    typed = {"subject": "Aan jullie", "intro": "Dag allemaal"}
    page = press(staff, letter, "save", audience=segment.pk, **typed)
    assert "Goes to 2 of 3 readers." in page
    assert "Tag: Student" in page
    assert "2 readers in the segment “Studenten” get this mail" in page
    page = press(staff, letter, "approve")
    assert letter.state == "approved"
    assert "Letter to the segment “Studenten”" in page
    assert "2 of 3 readers when it was approved" in page
    listed = staff.get(reverse("newsletter", args=[letter.newsletter_id])).content.decode()
    assert "Letter to the segment “Studenten”" in html.unescape(listed)


def test_a_choice_that_was_never_shown_is_stored_and_not_approved(
    staff: Client, letter: Issue, segment: Segment
):
    page = press(staff, letter, "approve", audience=segment.pk, subject="Aan jullie", intro="Dag")
    assert (letter.state, letter.audience["name"]) == ("draft", "Studenten")
    assert "has changed since it was shown to you" in page
    press(staff, letter, "approve")
    assert letter.state == "approved"


def test_while_choosing_the_page_says_how_many_without_storing_it(
    staff: Client, letter: Issue, segment: Segment
):
    look = reverse("issue-to", args=[letter.pk])
    assert "2 of 3 readers" in staff.get(look, {"audience": segment.pk}).content.decode()
    assert "everybody" in staff.get(look, {"audience": ""}).content.decode()
    for gone in ("999", "x", "9" * 30):
        assert "not there any more" in staff.get(look, {"audience": gone}).content.decode()
    letter.refresh_from_db()
    assert letter.audience == {}


def test_a_segment_that_is_gone_is_told_and_there_is_no_button_to_approve(
    staff: Client, letter: Issue, segment: Segment
):
    audience.choose(letter, segment)
    staff.post(reverse("segment-forget", args=[segment.pk]))
    page = page_of(staff, letter)
    assert "The segment “Studenten” is not there any more" in page
    assert "Approve and send" not in page
    page = press(staff, letter, "save", intro="Meer woorden")  # its words are kept all the same
    assert letter.intro == "Meer woorden"
    page = press(staff, letter, "save", audience="")
    assert "Goes to 3 readers: everybody." in page


@pytest.mark.parametrize("typed", ["999", "x", "9" * 30])
def test_a_segment_that_is_not_there_names_the_field(staff: Client, letter: Issue, typed: str):
    answer = staff.post(reverse("issue-save", args=[letter.pk]), form(staff, letter, audience=typed))
    assert answer.status_code == 422
    assert 'id="error-audience"' in answer.content.decode()
    letter.refresh_from_db()
    assert letter.audience == {}


def test_a_segment_without_readers_shows_nobody_and_no_button(staff: Client, letter: Issue):
    nobody = searching.keep("Leraren", Filter(tag="leraar"))
    page = press(staff, letter, "save", audience=nobody.pk)
    assert "There is nobody in it who reads this newsletter." in page
    assert "Approve and send" not in page


def test_who_did_not_choose_leaves_what_somebody_else_chose(staff: Client, letter: Issue, segment: Segment):
    shown = form(staff, letter, subject="Mijn onderwerp")
    audience.choose(letter, segment)
    audience.publish(letter, True)
    answer = staff.post(reverse("issue-save", args=[letter.pk]), shown)
    letter.refresh_from_db()
    assert answer.status_code == 422
    assert (letter.audience["name"], letter.public) == ("Studenten", True)


def test_the_archive_shows_it_once_staff_say_so_also_afterwards(staff: Client, letter: Issue):
    Newsletter.objects.update(archive=True)
    press(staff, letter, "save", public="yes")
    assert letter.public
    press(staff, letter, "save")
    assert not letter.public
    Issue.objects.update(state="sent", started_at=letter.slot, html="<body>Dag</body>", text="Dag")
    publish, archive = reverse("issue-publish", args=[letter.pk]), reverse("archive", args=["nieuwsbrief"])
    assert "Show it in the archive" in page_of(staff, letter)
    assert f"/read/{letter.pk}/" not in _links(archive)
    staff.post(publish, {"public": "yes"})
    assert f"/read/{letter.pk}/" in _links(archive)
    staff.post(publish)
    assert f"/read/{letter.pk}/" not in _links(archive)


def test_who_has_the_mail_reads_it_in_the_browser_and_nobody_else_does(letter: Issue):
    Issue.objects.update(state="sent", started_at=letter.slot, html="<body>Geheim</body>", text="Dag")
    own = "/" + archiving.own_url(letter).split("/", 3)[3]
    answer = Client().get(own)
    assert b"Geheim" in answer.content
    assert answer["X-Robots-Tag"] == "noindex"
    plain = reverse("issue-in-browser", args=[letter.pk])
    for address in (plain, f"{plain}{'0' * 20}/", own.replace(f"/{letter.pk}/", f"/{letter.pk + 1}/")):
        assert Client().get(address).status_code == 404
    Issue.objects.update(public=True)
    assert b"Geheim" in Client().get(plain).content


def test_an_issue_with_the_news_says_that_it_goes_to_all(staff: Client, issue: Issue, segment: Segment):
    page = page_of(staff, issue)
    assert "To all readers" in page
    assert 'name="audience"' not in page
    sent = {"audience": segment.pk, "subject": "Dag", "intro": ""}
    answer = staff.post(reverse("issue-save", args=[issue.pk]), sent)
    assert answer.status_code == 422
    issue.refresh_from_db()
    assert issue.audience == {}


def _links(address: str) -> str:
    return Client().get(address).content.decode()
