"""An issue in the pages: nothing typed is lost, nothing unseen is approved, and what became of it is told."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import translation

from outreach.core import clock
from outreach.core.models import Activity, subject_of
from outreach.core.sentences import say
from outreach.feeds.models import Entry, Event, Source
from outreach.newsletters import issues
from outreach.newsletters.content import reasons
from outreach.newsletters.designs.lint import Finding
from outreach.newsletters.models import Delivery, Issue, IssueEntry
from outreach.subscribers.models import Subscriber

pytestmark = pytest.mark.django_db

NEW = {"subject": "Nieuw onderwerp", "intro": "Dag **allemaal**"}


@pytest.fixture
def staff(officer: Any) -> Client:
    """A browser of an officer who reads English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(officer)
    return client


def page_of(client: Client, issue: Issue) -> str:
    return client.get(reverse("issue", args=[issue.pk])).content.decode()


def seen(client: Client, issue: Issue) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', page_of(client, issue))
    assert found
    return found[1]


def approvals(issue: Issue) -> int:
    told = Activity.objects.filter(subject=subject_of(issue))
    with translation.override("en"):
        return sum(str(line.sentence).startswith("Approved") for line in told)


def deliver(issue: Issue, state: str, reply: str = "", reader: str = "confirmed", name: str = "anna") -> None:
    address = f"{name}@example.org"
    person = Subscriber.objects.create(address=address, address_key=address, state=reader)
    Delivery.objects.create(issue=issue, subscriber=person, state=state, due_at=clock.now(), reply=reply)


# ---- Nothing typed is lost ----


def test_words_that_were_never_seen_are_stored_and_not_approved(staff: Client, issue: Issue) -> None:
    staff.post(reverse("issue-approve", args=[issue.pk]), {"seen": seen(staff, issue), **NEW})
    issue.refresh_from_db()
    assert (issue.state, issue.subject, issue.intro) == ("draft", NEW["subject"], NEW["intro"])
    assert "has changed since it was shown to you" in page_of(staff, issue)
    staff.post(reverse("issue-approve", args=[issue.pk]), {"seen": seen(staff, issue), **NEW})
    issue.refresh_from_db()
    assert issue.state == Issue.State.APPROVED
    assert "<strong>allemaal</strong>" in issue.html


def test_words_that_stand_as_they_were_shown_are_approved_at_once(staff: Client, issue: Issue) -> None:
    issues.change(issue, subject="Dag", intro="Een\n\ntwee")
    typed = {"subject": "Dag", "intro": "Een\r\n\r\ntwee"}  # as a browser sends it
    staff.post(reverse("issue-approve", args=[issue.pk]), {"seen": seen(staff, issue), **typed})
    issue.refresh_from_db()
    assert issue.state == Issue.State.APPROVED


def test_moving_an_article_keeps_what_is_typed(staff: Client, issue: Issue) -> None:
    _first, second, _third = issue.items.all()
    answer = staff.post(reverse("issue-arrange", args=[issue.pk, second.pk]), {"to": "up", **NEW})
    issue.refresh_from_db()
    assert (issue.subject, issue.intro) == (NEW["subject"], NEW["intro"])
    assert issue.items.first() == second
    assert answer["Location"].endswith(f"#item-{second.pk}")


def test_a_button_pressed_on_an_old_page_keeps_what_somebody_else_wrote_meanwhile(
    staff: Client, issue: Issue
) -> None:
    issues.change(issue, subject="Eerst", intro="Eerst")
    version = re.search(r'name="version" value="([^"]+)"', page_of(staff, issue))
    assert version
    old = {"subject": "Eerst", "intro": "Eerst", "version": version[1]}
    issues.change(issue, subject="Van Els", intro="Van Els")
    staff.post(reverse("issue-save", args=[issue.pk]), old)
    issue.refresh_from_db()
    assert (issue.subject, issue.intro) == ("Van Els", "Van Els")
    answer = staff.post(reverse("issue-save", args=[issue.pk]), old | {"intro": "Van Jan"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody else has changed this meanwhile" in page
    assert "Van Jan" in page
    assert f'name="version" value="{version[1]}"' in page
    issue.refresh_from_db()
    assert issue.intro == "Van Els"


def test_a_text_that_somebody_else_has_changed_meanwhile_is_not_written_over(
    staff: Client, issue: Issue
) -> None:
    text = issues.add_text(issue, "Eerst")
    url = reverse("issue-text-edit", args=[issue.pk, text.pk])
    version = re.search(r'name="version" value="([^"]+)"', staff.get(url).content.decode())
    assert version
    issues.change_text(text, "Van Els")
    answer = staff.post(url, {"words": "Van Jan", "heading": "", "version": version[1]})
    assert answer.status_code == 422
    assert "Van Jan" in answer.content.decode()
    text.refresh_from_db()
    assert text.words == "Van Els"


def test_a_test_mail_has_the_words_that_are_typed(
    staff: Client, issue: Issue, settings: Any, tmp_path: Path
) -> None:
    settings.MAIL_URL, settings.DATA_DIR = "inbox://", tmp_path
    staff.post(reverse("issue-test", args=[issue.pk]), {"address": "els@example.org", **NEW})
    assert NEW["subject"] in staff.get(reverse("inbox")).content.decode()
    assert 'value="els@example.org"' in page_of(staff, issue)


@pytest.mark.parametrize("door", ["issue-save", "issue-approve", "issue-test", "issue-arrange"])
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"subject": " ", "intro": "Lang verhaal"}, "subject"),
        ({"subject": "x", "intro": "y" * 5001}, "intro"),
    ],
)
def test_words_that_are_refused_stand_in_their_fields_still(
    staff: Client, issue: Issue, door: str, wrong: dict[str, str], field: str
) -> None:
    first, second, _third = issue.items.all()
    args = [issue.pk, second.pk] if door == "issue-arrange" else [issue.pk]
    typed = {"seen": seen(staff, issue), "to": "up", "address": "els@example.org", **wrong}
    answer = staff.post(reverse(door, args=args), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="error-{field}"' in page
    assert wrong["intro"] in page
    issue.refresh_from_db()
    assert (issue.state, issue.subject) == ("draft", "Nieuws van december")
    assert issue.items.first() == first


def test_words_typed_while_somebody_else_approved_change_nothing_and_are_shown(
    staff: Client, issue: Issue
) -> None:
    issues.approve(issue)
    answer = staff.post(reverse("issue-save", args=[issue.pk]), NEW)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert NEW["subject"] in page
    assert NEW["intro"] in page
    issue.refresh_from_db()
    assert issue.subject == "Nieuws van december"


def test_what_enter_means_is_save_and_never_approve(staff: Client, issue: Issue) -> None:
    buttons = re.findall(r"<button[^>]*>", page_of(staff, issue).partition('id="words"')[2])
    assert "formaction" not in buttons[0]
    before = page_of(staff, issue).partition('id="words"')[0]
    assert 'form="words"' not in before


# ---- Approving ----


@pytest.mark.django_db(transaction=True)
def test_two_people_who_approve_at_once_approve_it_once(staff: Client, issue: Issue) -> None:
    shown, start = seen(staff, issue), threading.Barrier(2)
    people = [get_user_model().objects.create(username=name) for name in ("an", "bo")]

    def approve(person: Any) -> int:
        try:
            client = Client()
            client.force_login(person)
            start.wait(10)
            return client.post(reverse("issue-approve", args=[issue.pk]), {"seen": shown}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(approve, people)) == [302, 302]
    issue.refresh_from_db()
    assert issue.state == Issue.State.APPROVED
    assert approvals(issue) == 1


def test_an_issue_that_was_cancelled_meanwhile_is_not_approved(staff: Client, issue: Issue) -> None:
    shown = seen(staff, issue)
    issues.cancel(issue)
    staff.post(reverse("issue-approve", args=[issue.pk]), {"seen": shown})
    issue.refresh_from_db()
    assert (issue.state, approvals(issue)) == ("cancelled", 0)
    assert "cannot go out any more" in page_of(staff, issue)


def test_an_approval_that_names_nothing_it_saw_is_refused(staff: Client, issue: Issue) -> None:
    staff.post(reverse("issue-approve", args=[issue.pk]))
    issue.refresh_from_db()
    assert issue.state == Issue.State.DRAFT


def test_an_issue_is_paused_goes_on_and_is_called_off(staff: Client, issue: Issue) -> None:
    issues.approve(issue)
    for door, state in [("pause", "paused"), ("resume", "approved"), ("cancel", "cancelled")]:
        staff.post(reverse(f"issue-{door}", args=[issue.pk]))
        issue.refresh_from_db()
        assert issue.state == state


@pytest.mark.parametrize("door", ["pause", "resume", "cancel"])
def test_what_is_too_late_is_refused_in_words(staff: Client, issue: Issue, door: str) -> None:
    Issue.objects.update(state=Issue.State.SENT, html="<p>Dag</p>", started_at=clock.now())
    staff.post(reverse(f"issue-{door}", args=[issue.pk]))
    issue.refresh_from_db()
    assert issue.state == Issue.State.SENT
    assert "This is not possible any more" in page_of(staff, issue)


def test_what_cannot_be_undone_asks_first(staff: Client, issue: Issue) -> None:
    page = page_of(staff, issue)
    for door in ("issue-approve", "issue-cancel"):
        asking = page.rpartition(reverse(door, args=[issue.pk]))[0]
        assert asking.rfind('<details class="ask">') > asking.rfind("</details>")


# ---- The order ----


def test_events_move_among_events_only(staff: Client, issue: Issue, source: Source) -> None:
    for title in ("Infoavond", "Studiedag"):
        entry = Entry.objects.create(source=source, title=title, language="nl", content_hash=title)
        Event.objects.create(entry=entry, starts_at=clock.now() + timedelta(days=9))
        IssueEntry.objects.create(newsletter=issue.newsletter, issue=issue, entry=entry, position=9)
    page = page_of(staff, issue)
    stuck = re.findall(r'value="(up|down)" disabled aria-label="Move \w+: (\w+)', page)
    assert stuck == [("up", "Infodag"), ("down", "Agenda"), ("up", "Infoavond"), ("down", "Studiedag")]


def test_an_article_of_another_issue_is_not_found(staff: Client, issue: Issue) -> None:
    other = Issue.objects.create(newsletter=issue.newsletter, slot=clock.now() + timedelta(days=1))
    item = issue.items.first()
    assert item
    answer = staff.post(reverse("issue-arrange", args=[other.pk, item.pk]), {"to": "out"})
    assert answer.status_code == 404
    assert not issue.items.filter(left_out=True).exists()


# ---- How it goes ----


def test_an_approved_issue_is_watched_until_it_begins(staff: Client, issue: Issue) -> None:
    issues.approve(issue)
    page = page_of(staff, issue)
    assert reverse("issue-progress", args=[issue.pk]) in page
    assert "every 2s" in page


def test_the_progress_tells_of_every_reader(staff: Client, issue: Issue) -> None:
    for number, state in enumerate(
        ["sent", "sent", "queued", "deferred", "bounced", "unknown", "suppressed"]
    ):
        deliver(issue, state, name=f"lezer{number}")
    why = say("The mail server does not take it now; it is tried again.")
    Issue.objects.update(state="sending", started_at=clock.now(), reason=why)
    page = staff.get(reverse("issue-progress", args=[issue.pk])).content.decode()
    told = [int(number) for number in re.findall(r"<dd>(\d+)</dd>", page)]
    assert told == [7, 2, 1, 1, 1, 1, 1]
    assert "does not take it now" in page


def test_the_page_is_loaded_anew_when_the_sending_is_over(staff: Client, issue: Issue) -> None:
    address = reverse("issue-progress", args=[issue.pk])
    for state, anew in [("sending", False), ("sent", True), ("paused", True)]:
        Issue.objects.update(state=state, started_at=clock.now())
        assert ("HX-Refresh" in staff.get(address, headers={"HX-Request": "true"})) is anew


@pytest.mark.parametrize(
    ("state", "reply", "reader", "of_issue", "told"),
    [
        ("bounced", "550 5.1.1 User unknown", "bounced", "sent", "The mail server refuses this address."),
        ("bounced", "552 5.2.2 Over quota", "confirmed", "sent", "did not take it: 552 5.2.2 Over quota"),
        ("deferred", "451 4.7.1 Try later", "confirmed", "sending", "it is tried again."),
        ("suppressed", "", "unsubscribed", "sent", "This person left meanwhile."),
        ("suppressed", "", "complained", "sent", "This address is never mailed again."),
        ("suppressed", "", "confirmed", "cancelled", "The issue was cancelled."),
        ("unknown", "", "confirmed", "sending", "It will be sent again."),
    ],
)
def test_why_a_reader_did_not_get_it_is_told_in_plain_words(
    staff: Client, issue: Issue, state: str, reply: str, reader: str, of_issue: str, told: str
) -> None:
    deliver(issue, state, reply, reader)
    Issue.objects.update(state=of_issue)
    page = staff.get(reverse("issue-deliveries", args=[issue.pk])).content.decode()
    assert told in page
    assert reply in page


def test_nothing_is_promised_of_an_issue_that_is_over(staff: Client, issue: Issue) -> None:
    deliver(issue, "unknown")
    Issue.objects.update(state=Issue.State.CANCELLED)
    page = staff.get(reverse("issue-deliveries", args=[issue.pk])).content.decode()
    assert "not sure yet" in page
    assert "It will be sent again." not in page


def test_the_servers_words_are_no_page_of_ours(staff: Client, issue: Issue) -> None:
    deliver(issue, "bounced", "550 <script>alert(1)</script>")
    page = staff.get(reverse("issue-deliveries", args=[issue.pk])).content.decode()
    assert "<script>alert" not in page


def test_what_must_be_mended_is_told_above_the_words_and_takes_the_button_away(staff: Client, issue: Issue):
    page = reverse("issue", args=[issue.pk])
    shown = staff.get(page).content.decode()
    assert reverse("issue-approve", args=[issue.pk]) in shown
    assert "Your postal address is not in the mail" in shown
    Entry.objects.filter(title="Infodag").update(link="verslag.html")
    shown = staff.get(page).content.decode()
    assert reverse("issue-approve", args=[issue.pk]) not in shown
    assert "Something must be mended first" in shown
    assert "verslag.html" in shown
    seen = issues.fingerprint(Issue.objects.get())
    staff.post(reverse("issue-approve", args=[issue.pk]), {"seen": seen})
    assert Issue.objects.get().state == "draft"


def test_what_the_sending_waits_for_is_said_once_and_by_whom_it_was_paused(
    staff: Client, issue: Issue
) -> None:
    Issue.objects.filter(pk=issue.pk).update(state="sending", started_at=clock.now(), reason=say("Waits."))
    assert page_of(staff, issue).count("Waits.") == 1
    staff.post(reverse("issue-pause", args=[issue.pk]))
    assert re.search(r"<span>Paused by \w+\.</span>", page_of(staff, issue))
    reason = reasons.for_newsletter(issue.items.all()[0].entry, issue.newsletter, clock.now())
    assert str(reason.sentence).endswith("which is paused.")


def test_of_many_things_to_look_at_the_first_stand_open_and_none_is_lost(
    staff: Client, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [Finding("stop", say("Stop %(n)s.", n=n), stops=True) for n in range(2)]
    found += [Finding("look", say("Look %(n)s.", n=n)) for n in range(9)]
    monkeypatch.setattr("outreach.newsletters.issues.findings", lambda issue: found)
    page = page_of(staff, issue)
    open_part, _details, rest = page.partition("6 more things to look at")
    assert [one for one in map(str, (f.sentence for f in found)) if one not in page] == []
    assert "Look 2." in open_part
    assert "Look 3." in rest


def test_two_people_who_save_at_once_do_not_lose_a_word(staff: Client, issue: Issue) -> None:
    version = issues.version(issue.subject, issue.intro)
    for words in ("Van Els", "Van Jan"):
        answer = staff.post(
            reverse("issue-save", args=[issue.pk]), {"subject": "S", "intro": words, "version": version}
        )
    assert answer.status_code == 422
    issue.refresh_from_db()
    assert issue.intro == "Van Els"
