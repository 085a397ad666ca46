"""facebook-sdk, mended.

The library (2018) builds requests and knows the paths; what it gets wrong is put right here: it refuses every
living version, encodes lists and booleans as Python, sets no time-out and never looks at an answer's status.
Errors: https://developers.facebook.com/docs/graph-api/guides/error-handling and …/overview/rate-limiting.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import facebook
import requests

from outreach.core import clock
from outreach.networks import wire
from outreach.networks.base import Connection
from outreach.networks.errors import NetworkError
from outreach.networks.facebook.errors import ROWS
from outreach.networks.table import Told, first

URL = "https://graph.facebook.com"
VERSION = "v26.0"
FULL = 90  # percent of a quota at which the account pauses: calls over the quota make the wait longer
_PAUSE = timedelta(minutes=30)

_DAY = 24 * 60  # minutes; a wait that is told longer is a mistake


class Graph(facebook.GraphAPI):  # type: ignore[misc]
    """The client of one Page. Every failure is raised as one class of `networks.errors`."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(
            connection.credentials["access_token"].strip(), session=wire.session(until=connection.until)
        )
        self.version = "v" + (connection.api_version or VERSION).removeprefix(
            "v"
        )  # the constructor's own argument refuses "26.0"
        self.api = (connection.api_url or URL).rstrip("/")
        self.page_id = connection.credentials["page_id"].strip()
        self.app_id = str(connection.credentials.get("app_id") or "").strip()
        self.app_secret = str(connection.credentials.get("app_secret") or "").strip()
        self.pause: datetime | None = None

    def request(
        self,
        path: str,
        args: Mapping[str, Any] | None = None,
        post_args: Mapping[str, Any] | None = None,
        files: Any = None,
        method: str | None = None,
    ) -> dict[str, Any]:
        """One call; what the library does, with the answer looked at."""
        fields = {key: _encoded(value) for key, value in (post_args or args or {}).items()}
        fields = self._with_token(fields)
        posting = post_args is not None
        parts = {"data": fields, "files": files} if posting else {"params": fields}
        answer = self._send(method or ("POST" if posting else "GET"), f"{self.api}/{path}", parts)
        result = wire.body(answer)
        if answer.status_code != 200 or "error" in result or not result:
            raise classify(answer, self.secrets())
        self.pause = pause(answer.headers)
        return result

    def secrets(self) -> list[str]:
        """What must not be kept anywhere."""
        return [self.app_secret, self.access_token, self._proof()]

    def _send(self, method: str, url: str, parts: Mapping[str, Any]) -> requests.Response:
        try:
            answer: requests.Response = self.session.request(method, url, **parts)
        except requests.RequestException as error:
            raise wire.failure(error, "Facebook", self.secrets()) from None
        return answer

    def _with_token(self, fields: dict[str, str]) -> dict[str, str]:
        if "access_token" in fields:  # the app's own, for debug_token
            return fields
        proof = {"appsecret_proof": self._proof()} if self.app_secret else {}
        return {**fields, "access_token": self.access_token, **proof}

    def _proof(self) -> str:
        return hmac.new(self.app_secret.encode(), self.access_token.encode(), hashlib.sha256).hexdigest()


def _encoded(value: Any) -> str:
    """Lists, numbers and booleans are JSON to the Graph API; text is itself."""
    return value if isinstance(value, str) else json.dumps(value)


def classify(answer: requests.Response, secrets: list[str]) -> NetworkError:
    """The one class that an answer without success belongs to, by the table of `facebook.errors`."""
    error = wire.body(answer).get("error")
    if not isinstance(error, dict):
        if answer.status_code != 429:
            return wire.no_answer(answer, "Facebook", secrets)
        error = {}
    told = _told(error, answer.status_code, secrets)
    row = first(ROWS, told)
    return row.error(told, "Facebook", wire.answer(answer, secrets), _until(answer, row.rest or _PAUSE))


def _told(error: Mapping[str, Any], status: int, secrets: list[str]) -> Told:
    code, subcode = _whole(error.get("code")), _whole(error.get("error_subcode"))
    words = error.get("error_user_msg") or error.get("message")
    said = wire.clean(str(words or f"code {code}/{subcode}, HTTP {status}"), secrets)
    return Told(said[:300], status, code, subcode, heard=str(error.get("message") or ""))


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) else None


def pause(headers: Mapping[str, str]) -> datetime | None:
    """Until when the account should rest because a quota is nearly used up; None when there is room."""
    waits = [_wait(usage) for usage in _usages(headers) if _fullest(usage) >= FULL]
    return clock.now() + max(waits) if waits else None


def _until(answer: requests.Response, least: timedelta) -> datetime:
    waits = [_wait(usage) for usage in _usages(answer.headers)]
    return clock.now() + max([*waits, least])


def _usages(headers: Mapping[str, str]) -> list[dict[str, Any]]:
    """Every quota that the answer tells of: the app's, the Page's, the business's."""
    found: list[Any] = []
    for name in ("x-app-usage", "x-page-usage", "x-business-use-case-usage"):
        try:
            told = json.loads(headers.get(name) or "{}")
        except ValueError:
            continue
        # The business's are listed by id; the others are one.
        lists = [many for many in told.values() if isinstance(many, list)] if isinstance(told, dict) else []
        found += [usage for many in lists for usage in many] or [told]
    return [usage for usage in found if isinstance(usage, dict)]


def _fullest(usage: Mapping[str, Any]) -> float:
    return max(_number(usage, key) for key in ("call_count", "total_time", "total_cputime"))


def _wait(usage: Mapping[str, Any]) -> timedelta:
    return timedelta(minutes=min(_number(usage, "estimated_time_to_regain_access"), _DAY)) or _PAUSE


def _number(usage: Mapping[str, Any], key: str) -> float:
    value = usage.get(key)
    return max(value, 0) if isinstance(value, int | float) and value == value else 0  # NaN is not itself
