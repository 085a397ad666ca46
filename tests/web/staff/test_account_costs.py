"""What an account costs, in the pages and on the command line; and what comes too late."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from typer.testing import CliRunner

from outreach.cli import account as command
from outreach.cli import post as post_command
from outreach.core import clock
from outreach.core.errors import BadInput
from outreach.feeds.models import Source
from outreach.posts import approving, writing
from outreach.posts.models import Account, Publication
from tests.web.staff import samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def x(db: None) -> Account:
    return samples.account(network="x", name="Op X", credentials={"access_token": "1-a"})


@pytest.fixture
def website(db: None) -> Source:
    return samples.source()


def queued(x: Account, text: str = "Kom https://a.example/kom") -> Publication:
    post = writing.write(text=text, accounts=[x], language="nl")
    approving.approve(post)
    return post.publications.get()


ENGLISH = {"Accept-Language": "en"}


def page(staff: Client, name: str, *args: int) -> str:
    return staff.get(reverse(name, args=args), headers=ENGLISH).content.decode()


def save(staff: Client, x: Account, **form: Any) -> Any:
    return staff.post(reverse("account-costs", args=[x.pk]), form, headers=ENGLISH)


def test_the_pages_tell_what_the_month_costs(staff: Client, x: Account) -> None:
    queued(x)
    Account.objects.update(budget=Decimal(20))
    Publication.objects.update(state="published", cost=Decimal("0.2"), charged_at=clock.now())
    queued(x, "Zonder link")
    said = "This month: 0.20 dollars spent, 0.015 queued, of a budget of 20.00"
    for shown in (page(staff, "accounts"), page(staff, "account", x.pk), page(staff, "account-costs", x.pk)):
        assert said in shown
        assert "costs-spent" in shown


def test_a_budget_and_no_links_are_set(staff: Client, x: Account, website: Source) -> None:
    save(staff, x, budget="20,50", linkless=[website.pk])
    x.refresh_from_db()
    assert (x.budget, x.with_links, list(x.linkless.all())) == (Decimal("20.50"), False, [website])
    save(staff, x, budget="", with_links="yes")
    x.refresh_from_db()
    assert (x.budget, x.with_links, list(x.linkless.all())) == (None, True, [])


@pytest.mark.parametrize("budget", ["veel", "-1", "1e9", "20.555", "NaN"])
def test_what_is_no_amount_is_named_and_nothing_is_kept(staff: Client, x: Account, budget: str) -> None:
    response = save(staff, x, budget=budget, with_links="yes")
    assert response.status_code == 422
    assert "is not an amount in dollars" in response.content.decode()
    x.refresh_from_db()
    assert x.budget is None


def test_where_posting_is_free_there_is_nothing_to_set(staff: Client) -> None:
    free = samples.account()
    assert staff.get(reverse("account-costs", args=[free.pk])).status_code == 404
    assert "What it costs" not in page(staff, "account", free.pk)


def test_a_post_goes_out_without_its_link_by_a_button(staff: Client, x: Account) -> None:
    post = writing.write(text="Kom", link="https://a.example/kom", accounts=[x], language="nl")
    assert "No link on X" in page(staff, "post", post.pk)
    staff.post(reverse("post-link", args=[post.pk]), {"link": "no"})
    shown = page(staff, "post", post.pk)
    assert "With its link on X too" in shown
    [preview] = approving.preview(type(post).objects.get(pk=post.pk))
    assert preview.text == "Kom"


def test_what_is_late_is_asked_on_home_and_on_its_page(staff: Client, x: Account) -> None:
    row = queued(x)
    Publication.objects.update(held="late")
    assert "still go out on Op X?" in page(staff, "home")
    assert "Send anyway" in page(staff, "post", row.post_id)
    staff.post(reverse("publication-late", args=[row.pk]), {"answer": "send"})
    row.refresh_from_db()
    assert (row.held, row.state, row.late_is_fine) == ("", "queued", True)
    assert "still go out" not in page(staff, "home")


def test_what_is_late_is_left_by_the_other_button(staff: Client, x: Account) -> None:
    row = queued(x)
    Publication.objects.update(held="late")
    staff.post(reverse("publication-late", args=[row.pk]), {"answer": "leave"})
    row.refresh_from_db()
    assert row.state == "skipped"


def test_a_trouble_of_an_account_is_on_home(staff: Client, x: Account) -> None:
    ends = (clock.now() + timedelta(days=5)).isoformat()
    problem = {"kind": "token-ends", "severity": "warning", "ends_at": ends, "told": True}
    Account.objects.update(problems=[problem | {"sentence": {"text": "It ends soon.", "values": {}}}])
    assert "Op X needs a look" in page(staff, "home")
    assert "It ends soon." in page(staff, "account", x.pk)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(command, "setup", lambda: None)
    monkeypatch.setattr(post_command, "setup", lambda: None)
    return CliRunner().invoke


def test_the_command_sets_and_tells_the_same(run: Any, x: Account, website: Source) -> None:
    words = [
        "set",
        "Op X",
        "--budget",
        "20",
        "--no-links",
        "--no-links-from",
        website.name,
        "--price",
        "0.02",
    ]
    ran = run(command.app, words)
    x.refresh_from_db()
    assert (ran.exit_code, x.budget, x.with_links, x.price_plain) == (0, 20, False, Decimal("0.02"))
    assert "Budget: 20.00" in ran.output
    assert f"Never of these sources: {website.name}" in ran.output
    assert run(command.app, ["set", "Op X", "--budget", "none", "--price", "none"]).exit_code == 0
    x.refresh_from_db()
    assert (x.budget, x.price_plain, x.with_links) == (None, None, False)


def test_the_command_refuses_what_is_no_amount(run: Any, x: Account) -> None:
    ran = run(command.app, ["set", "Op X", "--budget", "veel"])
    assert isinstance(ran.exception, BadInput)
    assert ran.exception.field == "budget"


def test_the_command_answers_for_what_is_late(run: Any, x: Account) -> None:
    row = queued(x)
    Publication.objects.update(held="late")
    assert run(post_command.app, ["late", str(row.pk), "send"]).exit_code == 0
    row.refresh_from_db()
    assert (row.held, row.state) == ("", "queued")


def test_the_command_leaves_out_a_link(run: Any, x: Account) -> None:
    post = writing.write(text="Kom", link="https://a.example/kom", accounts=[x], language="nl")
    assert run(post_command.app, ["link", str(post.pk), "no"]).exit_code == 0
    post.refresh_from_db()
    assert post.without_link
