"""Rules in the pages, and what they do to posts and newsletters."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from outreach.core import clock
from outreach.feeds.models import Entry, Rule, Source
from outreach.newsletters import making
from outreach.newsletters.content import digest
from outreach.posts import planning
from outreach.posts.models import Post
from outreach.posts.text import composing
from tests.fakes.website import Website
from tests.web.staff import samples

pytestmark = pytest.mark.django_db

NOW = datetime.fromisoformat("2026-11-25T10:00:00+00:00")
JOBS = {"field": ["category"], "op": ["has"], "value": ["Vacatures"], "action": "ignore"}


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    cache.clear()
    with clock.frozen(NOW):
        yield


@pytest.fixture
def site() -> Iterator[Website]:
    with Website() as website:
        website.add_article("Leraar gezocht", categories=["Vacatures"])
        website.add_article("Studiedag taal", categories=["Nieuws"])
        yield website


@pytest.fixture
def source(site: Website) -> Source:
    return samples.source(url=site.feed_url, cooling_minutes=0, mode="automatic")


def entry(source: Source, title: str, category: str, **more: Any) -> Entry:
    return samples.entry(
        source, title, categories=[category], first_seen_at=NOW - timedelta(minutes=5), **more
    )


def add(client: Client, source: Source, **form: Any) -> Any:
    return client.post(reverse("rule-new", args=[source.pk]), JOBS | form, headers={"accept-language": "en"})


def plan() -> None:
    while planning.plan_one(NOW):
        pass


def test_a_rule_is_written_and_read_in_words(staff: Client, source: Source) -> None:
    assert add(staff, source).status_code == 302
    shown = staff.get(reverse("rules", args=[source.pk]), headers={"accept-language": "en"}).content.decode()
    assert "Articles of this kind go nowhere" in shown
    assert "the category is Vacatures" in shown


def test_what_it_would_do_is_shown_before_it_is_kept(staff: Client, source: Source) -> None:
    address = reverse("rule-preview", args=[source.pk])
    shown = staff.post(address, JOBS, headers={"accept-language": "en"}).content.decode()
    assert "This rule decides about 1 of the" in shown
    mine, others = shown.split("What becomes of the others")
    assert mine.index("Leraar gezocht") < mine.index("goes nowhere")
    assert "posted without review" in others
    assert not Rule.objects.exists()


def test_without_javascript_there_is_a_button_for_it(staff: Client, source: Source) -> None:
    response = add(staff, source, action_of_form="preview")
    assert "This rule decides about 1 of the" in response.content.decode()
    assert not Rule.objects.exists()


def test_a_feed_that_cannot_be_read_is_said_so(staff: Client, source: Source, site: Website) -> None:
    site.mode = "html"
    shown = staff.post(reverse("rule-preview", args=[source.pk]), JOBS, headers={"accept-language": "en"})
    assert "answers with a web page, not with a feed" in shown.content.decode()


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"value": [""]}, "fill in at least one line"),
        ({"field": ["kleur"]}, "“kleur” is nothing that a rule can look at"),
        ({"op": ["matches"], "value": ["("]}, "is no pattern that can be used"),
        ({"action": "verdwijnen"}, "Say what becomes of these articles."),
        ({"cooling_minutes": "straks"}, "Give the minutes as a number."),
        ({"cooling_minutes": "99999"}, "0 to 10080"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    staff: Client, source: Source, form: dict[str, Any], says: str
) -> None:
    response = add(staff, source, **form)
    assert response.status_code == 422
    assert says in response.content.decode()
    assert not Rule.objects.exists()


def test_rules_change_places_and_go(staff: Client, source: Source) -> None:
    for value in ("Een", "Twee", "Drie"):
        add(staff, source, value=[value])
    last = Rule.objects.last()
    assert last is not None
    there = reverse("rule-arrange", args=[source.pk, last.pk])
    staff.post(there, {"to": "up"})
    assert [rule.conditions[0]["value"] for rule in source.rules.all()] == ["Een", "Drie", "Twee"]
    staff.post(there, {"to": "away"})
    assert [rule.conditions[0]["value"] for rule in source.rules.all()] == ["Een", "Twee"]


def test_a_rule_is_changed_in_its_place(staff: Client, source: Source) -> None:
    account = samples.account()
    add(staff, source)
    add(staff, source, value=["Nieuws"])
    rule = source.rules.first()
    assert rule is not None
    address = reverse("rule", args=[source.pk, rule.pk])
    assert 'value="Vacatures"' in staff.get(address).content.decode()
    staff.post(address, JOBS | {"action": "review", "accounts": [account.pk], "cooling_minutes": "30"})
    rule.refresh_from_db()
    assert (rule.action, rule.cooling_minutes, rule.position) == ("review", 30, 0)
    assert "checked> Onze pagina" in staff.get(address).content.decode()


def test_another_sources_rule_is_not_found(staff: Client, source: Source) -> None:
    add(staff, source)
    other = samples.source(url="https://other.example/feed")
    address = reverse("rule", args=[other.pk, Rule.objects.get().pk])
    assert staff.get(address).status_code == 404


def test_what_goes_nowhere_is_neither_posted_nor_mailed(staff: Client, source: Source) -> None:
    samples.account()
    newsletter = making.create("Brief", sources=[source])
    newsletter.starts_at = NOW - timedelta(days=1)
    newsletter.save()
    add(staff, source)
    job, news = entry(source, "Leraar gezocht", "Vacatures"), entry(source, "Studiedag", "Nieuws")
    assert [one.title for one in digest.gather(newsletter, NOW).articles] == ["Studiedag"]
    plan()
    job.refresh_from_db()
    news.refresh_from_db()
    assert (job.state, news.state) == ("ignored", "planned")
    assert str(job.reason).startswith("The rule “the category is Vacatures” keeps it off")
    Rule.objects.all().delete()
    assert [one.title for one in digest.gather(newsletter, NOW).articles] == ["Studiedag"]


def test_what_is_for_the_newsletter_only_is_mailed(staff: Client, source: Source) -> None:
    samples.account()
    newsletter = making.create("Brief", sources=[source])
    newsletter.starts_at = NOW - timedelta(days=1)
    newsletter.save()
    add(staff, source, action="newsletter")
    entry(source, "Leraar gezocht", "Vacatures")
    plan()
    assert not Post.objects.exists()
    assert [one.title for one in digest.gather(newsletter, NOW).articles] == ["Leraar gezocht"]


def test_a_rule_may_name_its_newsletters(staff: Client, source: Source) -> None:
    jobs, news = (making.create(name, sources=[source]) for name in ("Jobs", "Nieuws"))
    for one in (jobs, news):
        one.starts_at = NOW - timedelta(days=1)
        one.save()
    add(staff, source, action="automatic", newsletters=[jobs.pk])
    entry(source, "Leraar gezocht", "Vacatures")
    assert [one.title for one in digest.gather(jobs, NOW).articles] == ["Leraar gezocht"]
    assert digest.gather(news, NOW).articles == []


def test_a_rule_may_name_its_accounts_and_ask_for_review(staff: Client, source: Source) -> None:
    samples.account()
    other = samples.account(name="Vacatures", automatic=False)
    add(staff, source, action="review", accounts=[other.pk])
    entry(source, "Leraar gezocht", "Vacatures")
    plan()
    post = Post.objects.get()
    assert (post.state, list(post.accounts.all())) == (Post.State.WAITING, [other])


def test_a_rule_may_wait_longer_without_holding_up_the_others(staff: Client, source: Source) -> None:
    samples.account()
    add(staff, source, action="automatic", cooling_minutes="60")
    entry(source, "Leraar gezocht", "Vacatures")
    entry(source, "Studiedag", "Nieuws")
    plan()
    assert [str(post) for post in Post.objects.all()] == ["Studiedag"]
    later = NOW + timedelta(minutes=55)
    with clock.frozen(later):
        assert planning.plan_one(later)
    assert Post.objects.count() == 2


def test_a_rule_may_wait_shorter_than_its_source(staff: Client, source: Source) -> None:
    samples.account()
    Source.objects.update(cooling_minutes=600)
    add(staff, source, action="automatic", cooling_minutes="0")
    entry(source, "Leraar gezocht", "Vacatures")
    entry(source, "Studiedag", "Nieuws")
    plan()
    assert [str(post) for post in Post.objects.all()] == ["Leraar gezocht"]


def test_hashtags_are_said_by_staff(staff: Client, source: Source) -> None:
    form = {
        "name": "Nieuws",
        "mode": "automatic",
        "language": "nl",
        "cooling_minutes": 0,
        "interval_minutes": 0,
        "doubtful_dates": "ask",
        "use_hashtags": "on",
        "hashtags": "vacatures = #Jobs\nNieuws =",
    }
    address = reverse("source-edit", args=[source.pk])
    assert staff.post(address, form).status_code == 302
    source.refresh_from_db()
    one = samples.entry(source, "Titel", categories=["Vacatures", "Nieuws", "Taal"])
    assert "#Jobs #Taal" in composing.compose("facebook", one).text
    assert "vacatures = Jobs" in staff.get(address).content.decode()
    staff.post(address, {**form, "use_hashtags": ""})
    one.source.refresh_from_db()
    assert "#" not in composing.compose("facebook", one).text
    response = staff.post(address, {**form, "hashtags": "zomaar"})
    assert response.status_code == 422
    assert "zomaar" in response.content.decode()


@pytest.mark.parametrize("mode", ["500", "hang-up", ""])
def test_a_rule_that_is_typed_asks_the_website_once(
    staff: Client, site: Website, source: Source, mode: str
) -> None:
    site.mode = mode
    address = reverse("rule-preview", args=[source.pk])
    shown = {staff.post(address, JOBS | {"value": [word]}).content for word in ("V", "Va", "Vac")}
    assert len(shown) == 1
    assert len(site.requests) == 1
