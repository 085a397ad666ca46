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
from outreach.core.sentences import N_, Sentence, say
from outreach.networks import wire
from outreach.networks.base import Connection
from outreach.networks.errors import AuthBroken, Duplicate, NetworkError, NotSent, Rejected, Throttled

URL = "https://graph.facebook.com"
VERSION = "v26.0"
FULL = 90  # percent of a quota at which the account pauses: calls over the quota make the wait longer
_PAUSE, _SPAM_PAUSE = timedelta(minutes=30), timedelta(hours=6)

_DAY = 24 * 60  # minutes; a wait that is told longer is a mistake

_TOKEN = {102, 190}
_RIGHTS = {3, 10, *range(200, 300)}
_THROTTLE = {4, 17, 32, 341, 613, 80001}
_REFUSED = {100, 324}
_OLD_VERSION = {2500, 2635}  # an unknown one, and one that has ended
_SPAM, _COPY, _UNKNOWN_OBJECT, _LINK_UNREAD = 368, 506, 33, 1609005


class Graph(facebook.GraphAPI):  # type: ignore[misc]
    """The client of one Page. Every failure is raised as one class of `networks.errors`."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection.credentials["access_token"].strip(), session=wire.session())
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
    """The one class that an answer without success belongs to."""
    raw = wire.answer(answer, secrets)
    error = wire.body(answer).get("error")
    if not isinstance(error, dict):
        return (
            Throttled(_TOO_MUCH, _until(answer), raw)
            if answer.status_code == 429
            else wire.unclear("Facebook", raw)
        )
    said = wire.clean(str(error.get("error_user_msg") or error.get("message") or ""), secrets)[:300]
    return _by_code(error, said, answer, raw) or wire.unclear("Facebook", raw)


_TOO_MUCH = say(N_("Facebook asks for a pause."))


def _by_code(error: Mapping[str, Any], said: str, answer: requests.Response, raw: str) -> NetworkError | None:
    code, subcode = error.get("code"), error.get("error_subcode")
    if code in _THROTTLE:
        return Throttled(_TOO_MUCH, _until(answer), raw)
    if code == _SPAM:
        return Throttled(_spam(said), clock.now() + _SPAM_PAUSE, raw)
    if code == _COPY:
        return Duplicate(say(N_("Facebook says that this post is there already.")), raw=raw)
    if sentence := _broken(code, subcode, said):
        return AuthBroken(sentence, raw)
    if _LINK_UNREAD in (code, subcode):
        return NotSent(say(N_("Facebook could not read the page behind the link.")), raw)
    if code in _REFUSED:
        return Rejected(
            say(
                N_("Facebook does not take this post: %(said)s. Change it and approve it again."),
                said=said.rstrip("."),
            ),
            raw,
        )
    return None


def _broken(code: Any, subcode: Any, said: str) -> Sentence | None:
    if code in _TOKEN:
        return say(
            N_("Facebook no longer accepts the access token (%(said)s). Connect the Page again."), said=said
        )
    if code in _RIGHTS:
        return say(
            N_("The access token lacks a right (%(said)s). Connect the Page again, with all rights."),
            said=said,
        )
    if code == 100 and "appsecret_proof" in said:
        return say(
            N_("The app secret is missing or is not that of this access token. Connect the Page again.")
        )
    if code == 100 and subcode == _UNKNOWN_OBJECT:
        return say(N_("Facebook does not know this Page, or hides it from this token. Check the Page ID."))
    if code in _OLD_VERSION:
        return say(N_("Facebook has ended this version of its interface. Set OUTREACH_FACEBOOK_API_VERSION."))
    return None


def _spam(said: str) -> Sentence:
    return say(
        N_("Facebook takes this for spam (%(said)s). Post less often."),
        said=said,
    )


def pause(headers: Mapping[str, str]) -> datetime | None:
    """Until when the account should rest because a quota is nearly used up; None when there is room."""
    waits = [_wait(usage) for usage in _usages(headers) if _fullest(usage) >= FULL]
    return clock.now() + max(waits) if waits else None


def _until(answer: requests.Response) -> datetime:
    waits = [_wait(usage) for usage in _usages(answer.headers)]
    return clock.now() + max([*waits, _PAUSE])


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
    return value if isinstance(value, int | float) else 0
