"""Whatever people, networks and crashes do, in any order: at most once, and in the end exactly once."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from outreach import networks
from outreach.core import clock
from outreach.core.errors import OutreachError
from outreach.networks.errors import Ambiguous, AuthBroken, Budget, NotSent, Throttled
from outreach.posts import approving, writing
from outreach.posts.accounts import pausing
from outreach.posts.models import Account, Post, Publication
from outreach.posts.sending import publishing
from tests.posts.conftest import NOW
from tests.posts.fakes import Fake, FakeFacebook, FakeX, Fault, Killed, error

LATER = st.sampled_from([0, 20, 45, 130, 400, 700, 30_000])
IN_DOUBT = [Killed(), error(Ambiguous), TimeoutError()]
FAULTS = st.sampled_from(
    [Fault(failure, accepted=True) for failure in IN_DOUBT]
    + [Fault(failure, accepted=False) for failure in IN_DOUBT]
    + [Fault(error(kind), accepted=False) for kind in (NotSent, Throttled, Budget, AuthBroken)]
)
FAILURES = st.sampled_from([Killed(), TimeoutError(), error(Throttled), error(AuthBroken)])


class Walk(RuleBasedStateMachine):
    """Staff, workers and two networks, step by step."""

    @initialize()
    def begin(self) -> None:
        for model in (Publication, Post, Account):  # of the walk before
            model.objects.all().delete()
        self.now: datetime = NOW
        self.fakes: dict[str, Fake] = {"x": FakeX(), "facebook": FakeFacebook()}
        self.real, networks.get = networks.get, self.fakes.__getitem__  # type: ignore[assignment]
        self.accounts = [Account.objects.create(network=name, name=name) for name in self.fakes]
        self.posts: list[Post] = []
        self.can_lag = True

    def teardown(self) -> None:
        if hasattr(self, "real"):
            self.come_to_rest()
            networks.get = self.real

    @rule()
    def write_and_approve(self) -> None:
        with clock.frozen(self.now):
            post = writing.write(
                text=f"Bericht {len(self.posts)}",
                link="https://a.example",
                accounts=self.accounts,
                language="nl",
            )
            self.posts.append(post)
            approving.approve(post)

    @precondition(lambda self: self.posts)
    @rule(data=st.data())
    def cancel_or_restore(self, data: st.DataObject) -> None:
        post = data.draw(st.sampled_from(self.posts))
        act = data.draw(st.sampled_from([approving.cancel, approving.restore, approving.approve]))
        with clock.frozen(self.now), suppress(OutreachError):
            act(Post.objects.get(pk=post.pk))

    @precondition(lambda self: self.can_lag)
    @rule(name=st.sampled_from(["x", "facebook"]))
    def a_post_shows_up_late(self, name: str) -> None:
        """One look late, once: a network that never shows what it took cannot be helped."""
        self.fakes[name].lag, self.can_lag = 1, False

    @rule(later=LATER, fault=st.none() | FAULTS)
    def a_worker_publishes(self, later: int, fault: Fault | None) -> None:
        """The next request of each network meets `fault`."""
        self.now += timedelta(seconds=later)
        for fake in self.fakes.values():
            fake.faults = [fault]
        for _ in self.fakes:
            self._survive(publishing.publish_one)

    @rule(later=LATER, failure=st.none() | FAILURES)
    def a_worker_settles(self, later: int, failure: BaseException | None) -> None:
        """The next look-up at each network meets `failure`."""
        self.now += timedelta(seconds=later)
        for fake in self.fakes.values():
            fake.answers = [failure] if failure else []
        for _ in self.fakes:
            self._survive(publishing.settle_one)

    @rule()
    def a_person_resumes(self) -> None:
        for account in self.accounts:
            pausing.resume(account)

    @invariant()
    def no_post_is_ever_there_twice(self) -> None:
        for fake in getattr(self, "fakes", {}).values():
            texts = [post.text for post in fake.posts]
            assert len(texts) == len(set(texts)), texts

    @invariant()
    def what_is_there_is_what_was_approved(self) -> None:
        if not hasattr(self, "fakes"):
            return
        payloads = list(Publication.objects.values_list("payload", flat=True))
        for fake in self.fakes.values():
            for post in fake.posts:
                assert {
                    "text": post.text,
                    "link": post.link,
                    "tag": post.tag,
                    "images": [],
                } in payloads

    def come_to_rest(self) -> None:
        """All goes well from here on: whatever was approved goes out, and then nothing more happens."""
        for fake in self.fakes.values():
            fake.faults, fake.answers, fake.lag = [], [], 0
        self.a_person_resumes()
        for _ in range(len(self.posts) * 30 + 30):
            while publishing.settle_one(self.now) or publishing.publish_one(self.now):
                pass
            self.now += timedelta(minutes=6)
        self.no_post_is_ever_there_twice()
        self.what_is_there_is_what_was_approved()
        assert set(Publication.objects.values_list("state", flat=True)) <= {"published", "cancelled"}
        for name, fake in self.fakes.items():
            published = Publication.objects.filter(account__network=name, state="published").count()
            assert published == len(fake.posts)

    def _survive(self, step: Callable[[datetime], bool]) -> None:
        with suppress(Killed):
            step(self.now)


@pytest.mark.django_db
def test_whatever_happens_in_any_order_a_post_is_there_once_or_was_cancelled() -> None:
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
