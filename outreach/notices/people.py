"""Who is told, and in which language."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.translation import get_language

from outreach.core.models import Organisation
from outreach.notices.models import Speaks


def recipients() -> dict[str, str]:
    """The mail addresses of staff with their languages; the organisation's own when nobody gave one."""
    users = get_user_model().objects.filter(is_active=True).exclude(email="")
    speaks = dict(Speaks.objects.values_list("user_id", "language"))
    found = {user.email.strip(): speaks.get(user.pk, settings.LANGUAGE_CODE) for user in users}
    if not found and (contact := Organisation.get().contact):
        found = {contact: settings.LANGUAGE_CODE}
    return found


def remember(user: Any, **_: Any) -> None:
    """Somebody logs in: the language of that page is theirs."""
    language = (get_language() or "").split("-")[0]
    if language in dict(settings.LANGUAGES):
        Speaks.objects.update_or_create(user=user, defaults={"language": language})
