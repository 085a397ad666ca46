"""An account is connected again while something that went out with its old keys is under way."""

from datetime import datetime

import pytest

from outreach.networks.errors import Ambiguous, AuthBroken
from outreach.posts.accounts import connecting
from outreach.posts.models import Account
from outreach.posts.sending import publishing
from tests.posts.fakes import Fake, error
from tests.posts.steps import HOUR, after, answer, queued, settle_until_quiet

pytestmark = pytest.mark.django_db


def test_the_refusal_of_the_old_keys_says_nothing_of_those_that_came_meanwhile(
    account: Account, network: Fake, now: datetime
) -> None:
    row = queued(account)
    network.before = lambda: connecting.connect(account.network, account.name, {"token": "new"}) and None
    answer(network, AuthBroken)
    publishing.publish_one(now)
    account.refresh_from_db()
    assert (account.state, after(row).state) == ("active", "queued")
    settle_until_quiet(now)
    assert after(row).state == "published"


def test_a_look_up_with_the_old_keys_does_not_pause_the_account_with_its_new_ones(
    account: Account, network: Fake, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = queued(account)
    answer(network, Ambiguous, accepted=True)
    publishing.publish_one(now)

    def refused(*_: object) -> None:
        connecting.connect(account.network, account.name, {"token": "new"})
        raise error(AuthBroken)

    with monkeypatch.context() as old:
        old.setattr(network, "find", refused)
        assert publishing.settle_one(now + HOUR)
    account.refresh_from_db()
    assert (account.state, after(row).state) == ("active", "unknown")
