"""Keys that somebody fills in by hand: for the same rules as a login."""

import pytest

from outreach.core.errors import BadInput
from outreach.posts.accounts import connecting, logging_in
from outreach.posts.models import Account
from tests.fakes.graph_login import FakeGraphLogin
from tests.fakes.x_login import FakeXLogin
from tests.posts.test_logging_in import begun, read

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def net() -> None:
    """The real networks, before fakes on sockets."""


def test_a_page_that_is_connected_is_not_connected_a_second_time_with_typed_keys(
    graph: FakeGraphLogin,
) -> None:
    account = logging_in.choose(read(graph, begun("facebook")), "1000")
    with pytest.raises(BadInput, match="connected already, as “Sint-Jozef”"):
        connecting.connect("facebook", "Nog eens", graph.credentials)
    other = connecting.connect("facebook", "Andere", {"page_id": "999", "access_token": "t"})
    with pytest.raises(BadInput, match="connected already"):
        connecting.connect("facebook", "Andere", {"page_id": "1000"})
    other.refresh_from_db()
    assert other.credentials["page_id"] == "999"
    assert connecting.connect("facebook", account.name, graph.credentials).pk == account.pk


def test_typed_keys_of_x_that_another_account_has_are_refused(x_api: FakeXLogin) -> None:
    logging_in.choose(read(x_api, begun("x", number=1)), "4242")
    with pytest.raises(BadInput, match="connected already"):
        connecting.connect("x", "Nog eens", x_api.credentials)


def test_keys_that_cannot_be_read_any_more_are_given_anew(graph: FakeGraphLogin) -> None:
    account = connecting.connect("facebook", "Onze pagina", graph.credentials)
    Account.objects.update(credentials="gAAAA-of-another-key")
    with pytest.raises(BadInput, match="is missing"):
        connecting.connect("facebook", "Onze pagina", {"access_token": "new"})
    again = connecting.connect("facebook", "Onze pagina", graph.credentials)
    assert again.pk == account.pk
    again.refresh_from_db()
    assert again.credentials == graph.credentials


def test_typed_keys_of_another_page_than_before_are_refused_until_they_are_meant(
    graph: FakeGraphLogin,
) -> None:
    account = connecting.connect("facebook", "Onze pagina", {"page_id": "999", "access_token": "good"})
    with pytest.raises(BadInput, match="another one than “Onze pagina” was") as caught:
        connecting.connect("facebook", "Onze pagina", graph.credentials)
    assert caught.value.field == "other"
    account.refresh_from_db()
    assert account.credentials["page_id"] == "999"
    connecting.connect("facebook", "Onze pagina", graph.credentials, other=True)
    account.refresh_from_db()
    assert account.credentials["page_id"] == account.remote_id == "1000"
