"""A browser that is logged in, and one that is not."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client


@pytest.fixture
def officer(db: None) -> Any:
    """The communication officer."""
    return get_user_model().objects.create_user("els", password="een lang wachtwoord")


@pytest.fixture
def staff(officer: Any) -> Client:
    """A browser in which the officer is logged in."""
    client = Client()
    client.force_login(officer)
    return client
