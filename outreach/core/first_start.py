"""The first start: nobody can log in yet, and whoever holds a one-time key makes the first account."""

import hmac
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse

from outreach.core import environment


def setup_url() -> str | None:
    """The address that makes the first account, for `outreach serve` to print; None when there is one."""
    if has_users():
        return None
    return f"{settings.BASE_URL}{reverse('set-up')}?key={_key()}"


def has_users() -> bool:
    """Whether the door is shut for good."""
    return bool(get_user_model().objects.exists())


def opens(key: str) -> bool:
    """Whether `key` is the one that was printed. Takes the same time for any wrong one."""
    return hmac.compare_digest(key.encode(), _key().encode())


def forget_key() -> None:
    """It was used."""
    _place().unlink(missing_ok=True)


def _key() -> str:
    return environment.secret("OUTREACH_SETUP_KEY", _place())


def _place() -> Path:
    return Path(settings.DATA_DIR) / "setup_key"
