"""Staff see why readers left."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from outreach.newsletters.models import Newsletter
from outreach.subscribers import choosing, joining, tokens
from outreach.subscribers.models import Subscription

pytestmark = pytest.mark.django_db


def test_staff_see_how_often_each_reason_was_given_and_nobodys_address() -> None:
    newsletter = Newsletter.objects.create(name="Nieuws", slug="nieuws", topic="news-1", language="en")
    for number, why in enumerate(["often", "subject", "often"]):
        added = joining.add("news-1", f"lezer{number}@example.org", how="test", wording="Ja.")
        left = joining.leave(tokens.unsubscribe_token(added.subscriber, "news-1")).subscription
        assert isinstance(left, Subscription)
        choosing.give_reason(tokens.reason_token(left), why, "Elke dag <b>!" if why == "subject" else "")
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(get_user_model().objects.create_user("els", "els@example.org", "x"))
    page = client.get(f"/newsletters/{newsletter.pk}/").content.decode()
    assert "<dt>Too many mails</dt><dd>2</dd>" in page
    assert page.index("Too many mails") < page.index("It is not about what interests me")
    assert "Elke dag &lt;b&gt;!" in page
    assert "lezer1@" not in page
