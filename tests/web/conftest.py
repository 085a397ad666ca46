"""A browser that is logged in, and one that is not."""

from functools import cache
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.test import Client


@pytest.fixture
def officer(db: None) -> Any:
    """The communication officer."""
    return get_user_model().objects.create(username="els", password=_hashed("een lang wachtwoord"))


@pytest.fixture
def staff(officer: Any) -> Client:
    """A browser in which the officer is logged in."""
    client = Client()
    client.force_login(officer)
    return client


@cache
def _hashed(password: str) -> str:
    """Once for all tests: argon2 is slow on purpose."""
    return make_password(password)
