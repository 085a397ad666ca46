"""Whatever a website, its newsletters and their staff do: each entry in one issue of each newsletter."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db.models import Q
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from outreach.core import clock
from outreach.feeds import events, news
from outreach.feeds.models import Entry
from outreach.newsletters.content import composing, reasons
from outreach.newsletters.models import Issue, Newsletter
from tests.newsletters.history import DAY, Article, World

Numbers = tuple[int, int, int]
STEPS: tuple[Callable[[World, Numbers], Any], ...] = (
    lambda world, n: world.do(lambda: world.write(n[0] % 2, n[1])),
    lambda world, n: world.do(lambda: world.write(n[0] % 2, n[1], None)),
    lambda world, n: world.do(lambda: world.write(n[0] % 2, n[1], -DAY * (n[2] % 4))),
    lambda world, n: world.do(lambda: world.write(n[0] % 2, n[1], DAY * (n[2] % 40))),
    lambda world, n: world.do(lambda: world.edit(n[0] % 2, n[1], n[2])),
    lambda world, n: world.do(world.look),
    lambda world, n: world.do(lambda: world.decide(n[0], n[1])),
    lambda world, n: world.do(lambda: world.decide(n[0], n[1])),
    lambda world, n: world.do(lambda: world.letter(n[1])),
    lambda world, n: world.do(lambda: world.filter(n[0], n[1])),
    lambda world, n: world.pass_by(1 + n[0] % 30, working=True),
    lambda world, n: world.pass_by(24 * (1 + n[0] % 6), working=True),
    lambda world, n: world.pass_by(24 * (1 + n[0] % 20), working=False),
)
A_LIFE = st.lists(
    st.tuples(st.sampled_from(range(len(STEPS))), st.tuples(*[st.integers(0, 60)] * 3)),
    min_size=10,
    max_size=45,
)


def mailed(newsletter: Newsletter) -> list[Issue]:
    """The issues that (some) readers got; no letter uses up anything."""
    went = Q(state__in=("approved", "sending", "sent")) | Q(started_at__isnull=False)
    return list(newsletter.issues.filter(went, letter=False).exclude(html=""))


def takes(filters: dict[str, list[str]], language: str, category: str) -> bool:
    """Whether a newsletter with these `filters` wants such an article, in plain words."""
    if filters["languages"] and language not in filters["languages"]:
        return False
    return category not in filters["without"] and category in (filters["categories"] or [category])


class EachOnce(TestCase):
    """Random lives, and what must be true of them all."""

    # Not made smaller when it fails: each life takes a second or two, and a test has five minutes.
    @settings(
        max_examples=10,
        phases=[Phase.generate],
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(A_LIFE)
    def test_each_entry_is_in_exactly_one_issue_of_each_newsletter_that_wants_it(
        self, life: list[tuple[int, Numbers]]
    ) -> None:
        world = World()
        world.begin()
        for step, numbers in life:
            STEPS[step](world, numbers)
        world.end()
        with clock.frozen(world.now):
            for newsletter in world.newsletters:
                self.each_article(world, newsletter)
                self.no_empty_issue(newsletter)
                self.everything_has_its_reason(newsletter)

    def each_article(self, world: World, newsletter: Newsletter) -> None:
        """Never twice; and once, or never, where it was always wanted, or never."""
        texts = [issue.text for issue in mailed(newsletter)]
        for source, shelf in zip(world.sources, world.articles, strict=True):
            is_source = newsletter.sources.filter(pk=source.pk).exists()
            for article in shelf:
                times = sum(article.item.link in text for text in texts)
                entry = Entry.objects.filter(link=article.item.link).first()
                if entry is None or (newsletter.pk, entry.pk) in world.by_hand:
                    continue
                if events.event_of(entry) is None:
                    assert times <= 1, (article, texts)
                if newsletter.pk in world.moved:
                    continue
                verdicts = self.verdicts(world, newsletter, article) if is_source else {False}
                if verdicts == {False} or not news.of(Entry.objects.filter(pk=entry.pk)).exists():
                    assert times == 0, (article, texts)
                elif verdicts == {True} and article.steady:
                    # Left out of an issue that was cancelled, it came back; left out of one that went, not.
                    out = newsletter.issues.filter(letter=False, items__entry=entry, items__left_out=True)
                    expected = 0 if out.exists() else 1
                    assert times == expected, (article, reasons.for_newsletter(entry, newsletter, world.now))

    def verdicts(self, world: World, newsletter: Newsletter, article: Article) -> set[bool]:
        """What all filters that it ever had say of all that the article ever was."""
        filters = world.filters[newsletter.pk]
        return {takes(one, *went_by) for one in filters for went_by in article.went_by}

    def no_empty_issue(self, newsletter: Newsletter) -> None:
        """Each holds news or words of staff, and each moment has one."""
        for issue in mailed(newsletter):
            fresh = [item for item in issue.items.filter(left_out=False) if not item.repeated]
            by_hand = [item for item in issue.items.all() if not events.event_of(item.entry)]
            assert fresh or by_hand or issue.texts.filter(left_out=False), issue.text
        slots = Counter(newsletter.issues.values_list("slot", flat=True))
        assert not slots or max(slots.values()) == 1

    def everything_has_its_reason(self, newsletter: Newsletter) -> None:
        """What is in no issue says why, and nothing still says that it comes."""
        for entry in Entry.objects.select_related("source", "event"):
            reason = reasons.for_newsletter(entry, newsletter, clock.now())
            if reason.issue is None:
                words = str(reason.sentence)
                assert words.startswith("Not in the newsletter"), (entry, words, composing.is_off(entry))
