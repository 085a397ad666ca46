"""Who got an issue, in the pages: in parts, as a file, and tried again."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from outreach.core import clock
from outreach.newsletters.models import Delivery, Issue
from outreach.subscribers import joining
from outreach.subscribers.models import Subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(officer: Any) -> Client:
    """A browser of an officer who reads English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(officer)
    return client


@pytest.fixture
def sent(issue: Issue) -> Issue:
    """To sixty readers; the second one was refused, of the third the mailbox does not exist."""
    for number in range(60):
        address = f"lezer{number:02}@example.org"
        joining.add(issue.newsletter.topic, address, how="test", wording="Ja.", language="nl")
        person = Subscriber.objects.get(address_key=address)
        state, reply = {1: ("bounced", "552 5.2.2 Full"), 2: ("bounced", "550 5.1.1 No user")}.get(
            number, ("sent", "250 ok")
        )
        Delivery.objects.create(
            issue=issue, subscriber=person, state=state, reply=reply, due_at=clock.now(), attempts=1
        )
    Issue.objects.update(state="sent", started_at=clock.now(), finished_at=clock.now())
    issue.refresh_from_db()
    return issue


def page(client: Client, issue: Issue, query: str = "") -> str:
    answer = client.get(reverse("issue-deliveries", args=[issue.pk]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def shown(text: str) -> list[int]:
    return [int(number) for number in re.findall(r">lezer(\d\d)@", text)]


def test_a_long_list_is_turned_over_and_back(staff: Client, sent: Issue) -> None:
    first = page(staff, sent)
    assert shown(first) == list(range(50))
    there = re.search(r'href="([^"]+)" rel="next"', first)
    assert there
    second = page(staff, sent, there[1].replace("&amp;", "&"))
    assert shown(second) == list(range(50, 60))
    back = re.search(r'href="([^"]+)" rel="prev"', second)
    assert back
    assert shown(page(staff, sent, back[1].replace("&amp;", "&"))) == list(range(50))


@pytest.mark.parametrize("query", ["?after=x", "?before=-1", "?after=99999999999999999999", "?which=none"])
def test_an_address_that_was_typed_by_hand_breaks_nothing(staff: Client, sent: Issue, query: str) -> None:
    page(staff, sent, query)


def test_the_whole_list_is_a_file_for_a_spreadsheet(staff: Client, sent: Issue) -> None:
    answer = staff.get(reverse("issue-deliveries-csv", args=[sent.pk]) + "?which=refused")
    text = b"".join(answer.streaming_content).decode()
    assert answer["Content-Disposition"].endswith(f'"issue-{sent.pk}.csv"')
    assert text.startswith("\ufeff")
    assert text.count("\n") == 3


def test_all_that_were_refused_are_tried_again_but_not_where_no_mailbox_is(
    staff: Client, sent: Issue
) -> None:
    text = page(staff, sent, "?which=refused")
    assert "Try all again" in text
    assert "taken for a spammer" in text
    answer = staff.post(reverse("issue-retry", args=[sent.pk]), {"all": "yes"}, follow=True)
    assert "1 mail is tried again." in answer.content.decode()
    assert list(Delivery.objects.filter(state="queued").values_list("subscriber__address", flat=True)) == [
        "lezer01@example.org"
    ]


def test_chosen_ones_are_tried_again(staff: Client, sent: Issue) -> None:
    row = Delivery.objects.get(subscriber__address="lezer02@example.org")
    address = reverse("issue-retry", args=[sent.pk])
    said = staff.post(address, {"delivery": [row.pk]}, follow=True).content.decode()
    assert "nothing that can be tried again" in said
    staff.post(address, {"delivery": [row.pk], "gone": "yes"})
    row.refresh_from_db()
    assert row.state == "queued"


def test_the_progress_says_how_far_it_is_in_words(staff: Client, sent: Issue) -> None:
    Issue.objects.update(state="sending")
    Delivery.objects.filter(state="bounced").update(state="queued")
    text = staff.get(reverse("issue-progress", args=[sent.pk])).content.decode()
    assert "58 of 60 readers" in text
    assert "58 of 60 are sent." in staff.get(reverse("home")).content.decode()
