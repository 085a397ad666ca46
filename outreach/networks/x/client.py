"""tweepy, with time-outs, and with failures in the words of networks.errors.

Each answer is looked at before tweepy sees it: tweepy has no class for 402, and stumbles over a list as a
body and over a reset time that is no number.
Errors: https://docs.x.com/x-api/fundamentals/response-codes-and-errors.
"""

import base64
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
import tweepy

from outreach.core import clock
from outreach.networks import wire
from outreach.networks.base import Connection
from outreach.networks.errors import NetworkError, Rejected
from outreach.networks.table import Told, first
from outreach.networks.x.errors import ROWS

URL = "https://api.twitter.com"  # tweepy's own; requests are signed for it
_PAUSE = timedelta(minutes=15)
_FIELDS = "created_at,entities"
_TOO_MANY = (420, 429)
_DAILY = ("x-user-limit-24hour", "x-app-limit-24hour")
_VAGUE = "One or more parameters to your request was invalid."  # the list below it says which


class XClient:
    """What Outreach asks of X, for one account."""

    def __init__(self, connection: Connection) -> None:
        given = _tokens(connection.credentials)
        self._secrets = list(given.values())
        self._client = tweepy.Client(**given, return_type=requests.Response)
        # tweepy calls an OAuth 2 user token a bearer token, and sends it when user_auth is False.
        self._signs = "bearer_token" not in given
        base = connection.api_url.rstrip("/")
        elsewhere = (base, URL) if base not in ("", URL) else ("", "")
        self._client.session = wire.session(*elsewhere, connection.until)
        self._client.session.hooks["response"].append(self._judge)
        self.pause: datetime | None = None
        self.may_write = True

    def post(self, text: str, media: list[str] | None) -> dict[str, Any]:
        """POST /2/tweets: the post that was made, with its id."""
        answer = self._ask(
            lambda: self._client.create_tweet(text=text, media_ids=media, user_auth=self._signs)
        )
        self.pause = _pause(answer.headers)
        made = wire.body(answer).get("data")
        if not isinstance(made, dict) or not made.get("id"):
            raise classify(answer, self._secrets)
        return made

    def upload(self, content: bytes) -> str:
        """POST /2/media/upload: the picture's id, good for a day."""
        body = {"media": base64.b64encode(content).decode(), "media_category": "tweet_image"}
        answer = self._call("POST", "/2/media/upload", body)
        media = wire.body(answer).get("data")
        if not isinstance(media, dict) or not media.get("id"):
            raise wire.unclear("X", wire.answer(answer, self._secrets))
        return str(media["id"])

    def describe(self, media: str, alt: str) -> None:
        """POST /2/media/metadata: the text for those who cannot see the picture."""
        self._call("POST", "/2/media/metadata", {"id": media, "metadata": {"alt_text": {"text": alt}}})

    def posts(self, user: str, since: datetime, most: int, token: str = "") -> dict[str, Any]:
        """GET /2/users/{id}/tweets: the account's own posts, newest first, with what their links lead to.

        X's documentation asks for links by `tweet.fields`, its specification since 2.167 by `post.fields`. A
        list without them would look as if our post were not there, so the second name is tried before that.
        """
        query = {
            "max_results": str(most),
            "exclude": "retweets",
            "start_time": f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        } | ({"pagination_token": token} if token else {})
        try:
            found = self._list(user, query | {"tweet.fields": _FIELDS})
            if _shows_links(found):
                return found
        except Rejected:
            pass
        found = self._list(user, query | {"post.fields": _FIELDS})
        if not _shows_links(found):
            raise wire.unclear("X", "posts without entities")
        return found

    def me(self) -> dict[str, Any]:
        """GET /2/users/me: id and username."""
        answer = self._ask(lambda: self._client.get_me(user_auth=self._signs))
        self.may_write = answer.headers.get("x-access-level") != "read"
        self.pause = _pause_of_posting(answer.headers)
        me = wire.body(answer).get("data")
        if not isinstance(me, dict) or not me.get("id") or not me.get("username"):
            raise wire.unclear("X", wire.answer(answer, self._secrets))
        return me

    def _list(self, user: str, query: Mapping[str, str]) -> dict[str, Any]:
        route = f"/2/users/{user}/tweets"
        return wire.body(self._ask(lambda: self._client.request("GET", route, query, user_auth=self._signs)))

    def _call(self, method: str, route: str, body: Mapping[str, Any]) -> requests.Response:
        return self._ask(lambda: self._client.request(method, route, json=body, user_auth=self._signs))

    def _ask(self, call: Callable[[], requests.Response]) -> requests.Response:
        try:
            return call()
        except requests.RequestException as error:
            raise wire.failure(error, "X", self._secrets) from None

    def _judge(self, answer: requests.Response, *_: Any, **__: Any) -> None:
        if not 200 <= answer.status_code < 300:
            raise classify(answer, self._secrets)


def _tokens(credentials: Mapping[str, str]) -> dict[str, str]:
    """What tweepy's client is given: an OAuth 2 user token, or the four keys of OAuth 1.0a."""
    if token := credentials.get("oauth2_token", "").strip():
        return {"bearer_token": token}
    keys = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
    return {key: credentials[key].strip() for key in keys}


def _shows_links(found: Mapping[str, Any]) -> bool:
    """Whether every post that holds a t.co address says where that leads."""
    posts = found.get("data") or []
    return all("entities" in post or "https://t.co/" not in str(post.get("text")) for post in posts)


def classify(answer: requests.Response, secrets: list[str]) -> NetworkError:
    """The one class that an answer without success belongs to, by the table of `x.errors`."""
    problem = _problem(answer)
    refused = 400 <= answer.status_code < 500
    if not problem and answer.status_code != 429 and (wire.is_page(answer) or not refused):
        return wire.no_answer(answer, "X", secrets)
    told = _told(problem, answer, secrets)
    row = first(ROWS, told)
    return row.error(told, "X", wire.answer(answer, secrets), _until(answer, row.rest))


def _problem(answer: requests.Response) -> dict[str, Any]:
    found = wire.parsed(answer)
    return {"errors": found} if isinstance(found, list) else wire.body(answer)


def _told(problem: Mapping[str, Any], answer: requests.Response, secrets: list[str]) -> Told:
    """X's problem, or the first of the list that the older API and some refusals give."""
    errors = problem.get("errors")
    one = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    words = [problem.get("detail"), one.get("message"), one.get("detail"), problem.get("title")]
    heard = list(dict.fromkeys(wire.clean(str(word), secrets) for word in words if word))
    said = heard[0] if heard else f"HTTP {answer.status_code}"
    if said == _VAGUE and len(heard) > 1:
        said = heard[1]
    code, kind = one.get("code"), str(problem.get("type") or one.get("type") or "").rpartition("/")[2]
    return Told(
        said[:300],
        answer.status_code,
        code if isinstance(code, int) else None,
        problem="day-limit" if answer.status_code == 429 and _is_for_the_day(answer.headers) else kind,
        heard=" ".join(heard),
    )


def _is_for_the_day(headers: Mapping[str, str]) -> bool:
    return any(headers.get(f"{name}-remaining") == "0" for name in _DAILY)


def _pause(headers: Mapping[str, str]) -> datetime | None:
    """Until when to rest because this was the last post that X takes for now; None when there is room."""
    return _reset(headers, ("x-rate-limit", *_DAILY))


def _pause_of_posting(headers: Mapping[str, str]) -> datetime | None:
    """The same by the answer to a question: its own short limit says nothing of posts."""
    return _reset(headers, _DAILY)


def _reset(headers: Mapping[str, str], limits: Iterable[str]) -> datetime | None:
    resets = [
        wire.instant(headers.get(f"{name}-reset"))
        for name in limits
        if headers.get(f"{name}-remaining") == "0"
    ]
    return max(filter(None, resets), default=None)


def _until(answer: requests.Response, rest: timedelta | None) -> datetime:
    """When X takes posts again. Every answer tells when the quarter of an hour ends: that is an answer only
    to a 429, and never for a `rest` of hours.
    """
    told = _pause(answer.headers)
    if told is None and answer.status_code in _TOO_MANY:
        told = wire.instant(answer.headers.get("x-rate-limit-reset"))
    least = clock.now() + (rest or _PAUSE)
    return max(told or least, least) if rest else told or least
