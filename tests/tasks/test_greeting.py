"""What `outreach serve` says when it is up: every address it names is there."""

import pytest
from django.test import Client

from outreach.posts.accounts import connecting
from tasks import greeting

pytestmark = pytest.mark.django_db


def test_the_demo_names_each_timeline_and_the_mailbox_and_all_of_them_open(client: Client, settings):
    settings.DEMO, settings.MAIL_URL = True, "inbox://"
    for network in ("sandbox-facebook", "sandbox-x"):
        connecting.connect(network, network, {})
    client.post("/log-in/demo/")
    addresses = [line.split()[0] for line in greeting.lines() if line.startswith("  ")]
    assert len(addresses) == 4
    for address in addresses:
        answer = client.get(address.removeprefix(settings.BASE_URL))
        assert answer.status_code == 200, address


def test_without_a_demo_it_says_how_to_make_the_first_account(settings):
    settings.DEMO = False
    said = "\n".join(greeting.lines())
    assert settings.BASE_URL in said
    assert "/set-up/?key=" in said
