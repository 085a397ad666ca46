"""A fake of X's API v2, as far as one account's posts go.

It verifies OAuth 1.0a signatures, counts lengths with another implementation than ours, refuses what the
published specification does not name, knows duplicates, credits, rate limits and pictures that go off.
"""

import base64
import binascii
import hashlib
import hmac
import html
import json
import re
import time
from datetime import UTC, timedelta
from typing import Any
from urllib.parse import quote, unquote

from outreach.core import clock
from tests.fakes.service import Answer, Request, Service, json_answer, serve
from tests.fakes.tokens import secret
from tests.fakes.x_rates import Rates

POST = {
    "text",
    "media",
    "reply",
    "reply_settings",
    "poll",
    "geo",
    "quote_tweet_id",
    "made_with_ai",
    "nullcast",
}
POST_MEDIA = {"media_ids", "tagged_user_ids"}
UPLOAD = {"media", "media_category", "additional_owners"}
METADATA = {"id", "metadata"}
TWEETS = {"max_results", "pagination_token", "start_time", "end_time", "since_id", "until_id", "exclude"}
TWEETS_SHARED = {"post.fields", "expansions", "user.fields", "media.fields"}
PROBLEMS = "https://api.x.com/2/problems/"
_PLAIN, _WITH_LINK = 0.015, 0.2  # dollars a post
_MEDIA_LIFE = 86_400  # seconds that an uploaded picture can be used
_PHOTOS = 4  # of one post
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")
_CLOCKS = 300  # seconds by which the clock of a signature may be off
_BASE = "https://api.twitter.com"
# Not among X's top-level domains, yet the hosts of tests: they count as the real ones of a site do.
_TEST_HOST = re.compile(
    r"(https?://)(?:[\w.-]+\.(?:example|test|invalid|localhost)|localhost|127\.0\.0\.1)(?::\d+)?"
)
_LINK = re.compile(r"https?://[^\s]+")
_BARE = re.compile(r"\w\.[a-z]{2}", re.IGNORECASE)


class FakeX(Service):
    """One account. `posts` are dicts with id, text (as sent), media (ids), alt.

    `lag`: reads of the list of posts that do not show a new post yet. `credits`: dollars left, None: plenty.
    `window`, `day`: how many posts a quarter of an hour and a day take. `media_life`: seconds until an
    uploaded picture can no longer be used. `refuses_copies`: how long X does is not documented.
    """

    def __init__(self) -> None:
        super().__init__()
        self.user, self.username = "4242", "sintjozef"
        self.keys = {
            "consumer_key": secret("consumer-key"),
            "consumer_secret": secret("consumer-secret"),
            "access_token": f"{self.user}-{secret('access-token')}",
            "access_token_secret": secret("access-token-secret"),
        }
        self.lag = 0
        self.access = "read-write"
        # What asks for links: the first is the documentation's name, the second the specification's.
        self.fields = ["tweet.fields", "post.fields"]
        self.ignores = False  # what it does not know, instead of refusing it
        self.credits: float | None = None
        self.window, self.day = 100, 10_000
        self.media_life = _MEDIA_LIFE
        self.refuses_copies = True
        self.media: dict[str, dict[str, Any]] = {}
        self._nonces: set[str] = set()
        self._rates = Rates()

    @property
    def credentials(self) -> dict[str, str]:
        """What an account needs to post here."""
        return dict(self.keys)

    def problem(self, status: int, detail: str = "", kind: str = "about:blank", **how: Any) -> None:
        """Let the next POST be refused like this."""
        answer = _problem(status, detail or "It went wrong", kind, how.pop("title", "Forbidden"))
        headers = answer.headers | how.pop("headers", {})
        self.fault("answer", status=status, body=answer.body.decode(), headers=headers, **how)

    def over_capacity(self, *, acted: bool = False, **how: Any) -> None:
        """Let the next POST be answered 503; `acted`: although it was done."""
        self.problem(503, "Over capacity", title="Service Unavailable", acted=acted, **how)

    def answer(self, request: Request) -> Answer:
        """X's answer."""
        try:
            self._verify(request)
            answer = self._do(request)
            return Answer(answer.status, answer.body, answer.headers | {"x-access-level": self.access})
        except _Refused as refused:
            return refused.answer

    def _do(self, request: Request) -> Answer:
        if request.method == "GET":
            return self._read(request)
        body = request.json
        if self.access == "read":
            detail = "Your client app is not configured with the appropriate oauth1 app permissions."
            raise _Refused(_problem(403, detail, _kind("oauth1-permissions")))
        if not isinstance(body, dict):
            raise _invalid("The body is not JSON")
        if request.path == "/2/tweets":
            return self._post(body)
        if request.path == "/2/media/upload":
            return self._upload(body)
        if request.path == "/2/media/metadata":
            return self._describe(body)
        raise _nowhere(request.path)

    def _read(self, request: Request) -> Answer:
        if request.path == "/2/users/me":
            return json_answer(
                200, {"data": {"id": self.user, "name": "Sint-Jozef", "username": self.username}}
            )
        if request.path == f"/2/users/{self.user}/tweets":
            return self._timeline(request.query)
        raise _nowhere(request.path)

    def _post(self, body: dict[str, Any]) -> Answer:
        _known(body, POST)
        media = body.get("media") or {}
        _known(media, POST_MEDIA)
        headers = self._rate("posts")
        text, ids = body.get("text", ""), media.get("media_ids", [])
        self._acceptable(text, ids)
        self._pay(text)
        post_id = str(1900000000000000000 + len(self.posts))
        alt = [self.media[one]["alt"] for one in ids]
        made = clock.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        self.posts.append(
            {"id": post_id, "text": text, "media": ids, "alt": alt, "created_at": made, "unseen": self.lag}
        )
        shown = _shown(self.posts[-1], linked=False)["text"]
        data = {"id": post_id, "text": shown, "edit_history_tweet_ids": [post_id]}
        return json_answer(201, {"data": data}, headers)

    def _acceptable(self, text: str, ids: list[str]) -> None:
        if not text and not ids:
            raise _invalid("text or media is required")
        if weight(text) > 280:
            raise _invalid("Your Tweet text is too long.")
        if len(ids) > _PHOTOS or not all(map(self._usable, ids)):
            raise _invalid("Your media IDs are invalid.")
        if self.refuses_copies and any(post["text"] == text for post in self.posts):
            raise _Refused(_problem(403, "You are not allowed to create a Tweet with duplicate content."))
        for one in ids:
            self.media[one]["used"] = True

    def _usable(self, media_id: str) -> bool:
        known = self.media.get(media_id)
        return known is not None and not known["used"] and clock.now() < known["until"]

    def _pay(self, text: str) -> None:
        price = _WITH_LINK if _linked(text) else _PLAIN
        if self.credits is None:
            return
        if self.credits < price:
            detail = "Your enrolled account [1] does not have any credits to fulfill this request."
            raise _Refused(_problem(402, detail, _kind("credits"), "CreditsDepleted"))
        self.credits -= price

    def _rate(self, what: str) -> dict[str, str]:
        limits = (self.window, self.day) if what == "posts" else (900, 0)
        room, headers = self._rates.count(what, *limits)
        if not room:
            raise _Refused(_problem(429, "Too Many Requests", title="Too Many Requests", headers=headers))
        return headers

    def _upload(self, body: dict[str, Any]) -> Answer:
        _known(body, UPLOAD)
        try:
            content = base64.b64decode(body["media"], validate=True)
        except (KeyError, binascii.Error):
            content = b""
        right = content.startswith(_PICTURES) and len(content) <= 5_000_000
        if not right or body.get("media_category") != "tweet_image":
            raise _invalid("The media could not be read.")
        media_id = str(1700000000000000000 + len(self.media))
        until = clock.now() + timedelta(seconds=self.media_life)
        self.media[media_id] = {"bytes": len(content), "alt": "", "used": False, "until": until}
        data = {
            "id": media_id,
            "media_key": f"3_{media_id}",
            "expires_after_secs": self.media_life,
            "size": len(content),
        }
        return json_answer(200, {"data": data})

    def _describe(self, body: dict[str, Any]) -> Answer:
        _known(body, METADATA)
        if body.get("id") not in self.media:
            raise _invalid("No such media.")
        alt = body["metadata"]["alt_text"]["text"]
        if len(alt) > 1000:
            raise _invalid("The alt text is too long.")
        self.media[body["id"]]["alt"] = alt
        return json_answer(200, {"data": {"id": body["id"], "associated_metadata": body["metadata"]}})

    def _timeline(self, query: dict[str, str]) -> Answer:
        shared = TWEETS_SHARED - {"post.fields"} | set(self.fields)
        if not self.ignores:
            _known(query, TWEETS | shared)
        most, start = int(query.get("max_results", 10)), query.get("start_time", "")
        if not 5 <= most <= 100 or not re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)?", start):
            raise _invalid("One or more parameters to your request was invalid.")
        headers = self._rate("reads")
        seen = [post for post in self.posts if post["unseen"] <= 0 and post["created_at"][:19] >= start[:19]]
        for post in self.posts:
            post["unseen"] -= 1
        linked = any("entities" in query.get(name, "") for name in self.fields)
        skipped = int(query.get("pagination_token") or 0)
        newest = [_shown(post, linked=linked) for post in reversed(seen)][skipped:]
        shown = newest[:most]
        meta: dict[str, Any] = {"result_count": len(shown)}
        if shown:
            meta |= {"newest_id": shown[0]["id"], "oldest_id": shown[-1]["id"]}
        if len(newest) > most:
            meta["next_token"] = str(skipped + most)
        return json_answer(200, ({"data": shown} if shown else {}) | {"meta": meta}, headers)

    def _verify(self, request: Request) -> None:
        """The signature of RFC 5849, made over X's own address; a JSON body is no part of it."""
        given = request.headers.get("authorization", "")
        oauth = {key: unquote(value) for key, value in re.findall(r'(\w+)="([^"]*)"', given)}
        signature = oauth.pop("oauth_signature", "")
        keys = (oauth.get("oauth_consumer_key"), oauth.get("oauth_token"))
        right = self._sign(request, oauth)
        if keys != (self.keys["consumer_key"], self.keys["access_token"]) or signature != right:
            raise _Refused(_problem(401, "Unauthorized", title="Unauthorized"))
        if oauth["oauth_nonce"] in self._nonces:
            raise _Refused(_problem(401, "The nonce was used before", title="Unauthorized"))
        if abs(time.time() - int(oauth["oauth_timestamp"])) > _CLOCKS:
            raise _Refused(_problem(401, "Timestamp out of bounds.", title="Unauthorized"))
        self._nonces.add(oauth["oauth_nonce"])

    def _sign(self, request: Request, oauth: dict[str, str]) -> str:
        pairs = sorted((_quoted(k), _quoted(v)) for k, v in {**request.query, **oauth}.items())
        parameters = "&".join(f"{key}={value}" for key, value in pairs)
        base = "&".join(map(_quoted, (request.method, _BASE + request.path, parameters)))
        key = f"{_quoted(self.keys['consumer_secret'])}&{_quoted(self.keys['access_token_secret'])}"
        return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()).decode()


def weight(text: str) -> int:
    """The weighted length, by the reference implementation."""
    from twitter_text import parse_tweet  # 21 MB: only when something is posted

    return int(parse_tweet(_TEST_HOST.sub(r"\1example.com", text)).weightedLength)


class _Refused(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def _kind(name: str) -> str:
    return PROBLEMS + name


def _invalid(detail: str) -> _Refused:
    return _Refused(_problem(400, detail, _kind("invalid-request"), "Invalid Request"))


def _nowhere(path: str) -> _Refused:
    answer = _problem(404, "Not Found", _kind("resource-not-found"), "Not Found Error")
    body = json.loads(answer.body) | {"resource_type": "post", "parameter": "id", "value": path}
    return _Refused(Answer(404, json.dumps(body).encode(), answer.headers))


def _problem(
    status: int,
    detail: str,
    kind: str = "about:blank",
    title: str = "Forbidden",
    headers: dict[str, str] | None = None,
) -> Answer:
    told = {"Content-Type": "application/problem+json"} | (headers or {})
    return json_answer(status, {"title": title, "detail": detail, "type": kind, "status": status}, told)


def _known(given: dict[str, Any], names: set[str]) -> None:
    if unknown := set(given) - names:
        detail = f"The query parameter [{sorted(unknown)[0]}] is not one of [{', '.join(sorted(names))}]"
        raise _invalid(detail)


def _quoted(text: str) -> str:
    return quote(text, safe="-._~")


def _linked(text: str) -> list[str]:
    """What X makes links of: addresses, and bare domains that nobody meant as one."""
    found = _LINK.findall(text)
    if not _BARE.search(_LINK.sub(" ", text)):
        return found
    from twitter_text import extract_urls_with_indices  # 21 MB: only for such a text

    bare = extract_urls_with_indices(_LINK.sub(" ", text))
    return found + [one["url"] for one in bare]


def _shown(post: dict[str, Any], *, linked: bool) -> dict[str, Any]:
    """As X gives it back: links behind t.co, one t.co for all pictures, `&` as an entity."""
    text, urls = post["text"], []
    for number, link in enumerate(_linked(text)):
        short = f"https://t.co/{post['id'][-4:]}{number}"
        text = text.replace(link, short, 1)
        whole = link if "://" in link else f"http://{link}"
        urls.append({"url": short, "expanded_url": whole, "display_url": whole.partition("://")[2][:22]})
    if post["media"]:
        short = f"https://t.co/m{post['media'][0][-4:]}"
        text = f"{text} {short}"
        photo = f"https://x.com/sintjozef/status/{post['id']}/photo/1"
        urls += [{"url": short, "expanded_url": photo, "media_key": f"3_{one}"} for one in post["media"]]
    text = html.escape(text, quote=False)
    for url in urls:
        url |= {"start": text.index(url["url"]), "end": text.index(url["url"]) + len(url["url"])}
    shown = {"id": post["id"], "text": text, "created_at": post["created_at"]}
    return shown | ({"entities": {"urls": urls}} if urls and linked else {})


if __name__ == "__main__":
    serve(FakeX())
