"""Columns of our own: sentences, and secrets that are never stored in the clear."""

import base64
import hashlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models

from outreach.core.errors import OutreachError
from outreach.core.seals import secrets
from outreach.core.sentences import N_, NOTHING, Sentence, say

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

    _TextField = models.TextField[Any, Any]
else:  # Django's own class takes no type arguments while it runs
    _TextField = models.TextField


class SentenceField(models.JSONField):
    """A `Sentence`, kept as JSON; an empty one by default."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(default=dict, blank=True)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sentence:
        """The row's JSON as a sentence."""
        return Sentence.from_json(super().from_db_value(value, expression, connection))

    def to_python(self, value: Any) -> Any:
        """A sentence stays one."""
        return value if isinstance(value, Sentence) else Sentence.from_json(value)

    def get_prep_value(self, value: Any) -> Any:
        """The sentence as JSON."""
        return super().get_prep_value(value.to_json() if isinstance(value, Sentence) else value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Updates go through here: they too may be given a sentence."""
        data = value.to_json() if isinstance(value, Sentence) else value
        return super().get_db_prep_value(data, connection, prepared)

    def get_default(self) -> Any:
        """A new row says nothing."""
        return NOTHING


class EncryptedJSONField(_TextField):
    """JSON that is encrypted (Fernet, key derived from SECRET_KEY) before it reaches the database."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(default=dict, blank=True)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: str, expression: Any, connection: Any) -> Any:
        """The clear value."""
        return decrypt(value) if value else {}

    def to_python(self, value: Any) -> Any:
        """Already clear."""
        return value

    def get_prep_value(self, value: Any) -> str:
        """The encrypted text; of nothing, nothing."""
        if isinstance(value, str):
            return value
        return encrypt(value) if value else ""


def encrypt(value: Any) -> str:
    """`value` as encrypted text."""
    return _fernet_for(settings.SECRET_KEY).encrypt(json.dumps(value).encode()).decode()


def decrypt(text: str) -> Any:
    """The value of `encrypt`, also under a key of before. Raises OutreachError when it was another one."""
    from cryptography.fernet import InvalidToken, MultiFernet

    try:
        return json.loads(MultiFernet(map(_fernet_for, secrets())).decrypt(text.encode()))
    except InvalidToken:
        raise OutreachError(
            say(
                N_(
                    "A stored secret cannot be read: OUTREACH_SECRET_KEY is not the one it was stored with. "
                    "Put the old key back, or connect the account again."
                )
            )
        ) from None


@lru_cache(maxsize=4)
def _fernet_for(secret: str) -> "Fernet":
    from cryptography.fernet import Fernet  # 8 MB, for who has a secret

    key = hashlib.scrypt(secret.encode(), salt=b"outreach.fields", n=2**12, r=8, p=1, dklen=32)
    return Fernet(base64.urlsafe_b64encode(key))
