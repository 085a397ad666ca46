"""A fake of how people log in at X, before a fake of its API that takes the tokens given here.

OAuth 1.0a with three legs (RFC 5849) and OAuth 2 with PKCE, as docs.x.com describes them: a code is good
once, for thirty seconds; a refresh token is good once, and to show it twice takes back the whole family.
"""

import base64
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from tests.fakes.service import Answer, Request, json_answer, serve
from tests.fakes.tokens import secret
from tests.fakes.x_api import FakeX

BASE = "https://api.twitter.com"
CODE_LIVES, TOKEN_LIVES = 30, 7200  # seconds
SCOPES = {"tweet.read", "tweet.write", "users.read", "media.write", "offline.access"}


@dataclass
class Leg:
    """A request token of OAuth 1.0a."""

    secret: str
    callback: str
    verifier: str = ""
    used: bool = False


@dataclass
class Code:
    """An authorisation code of OAuth 2, and what it was asked with."""

    redirect: str
    challenge: str
    scope: str
    ends: float
    used: bool = False


@dataclass
class Family:
    """The tokens that one login gave, one after the other."""

    scope: str
    refresh: str = ""
    spent: set[str] = field(default_factory=set)
    dead: bool = False


class FakeXLogin(FakeX):
    """`callbacks` are those of the app. `drops`: what token answers hold instead of the truth, such as ""."""

    def __init__(self) -> None:
        super().__init__()
        self.client, self.client_secret = "client-0123456789", secret("client-secret")
        self.callbacks: set[str] = set()
        self.drops: dict[str, Any] = {}
        self.grants = SCOPES
        self.now: Callable[[], float] = time.time
        self.legs: dict[str, Leg] = {}
        self._seen: set[str] = set()
        self.codes: dict[str, Code] = {}
        self.families: list[Family] = []
        self.tokens: dict[str, tuple[Family, float]] = {}

    @property
    def app_keys(self) -> dict[str, str]:
        """What the organisation's app is."""
        keys = {key: self.keys[key] for key in ("consumer_key", "consumer_secret")}
        return {**keys, "client_id": self.client, "client_secret": self.client_secret}

    def later(self, seconds: float) -> None:
        """The fake's clock moves on."""
        before = self.now
        self.now = lambda: before() + seconds

    def says(self, url: str, answer: str = "yes") -> str:
        """A person at `url` presses a button: where they are sent, or the PIN that they are shown."""
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query)) | {"answer": answer}
        shown = self.answer(Request("GET", parts.path, query, {}))
        found = re.search(rb"<code>(.+)</code>", shown.body)
        return shown.headers.get("Location") or (found.group(1).decode() if found else shown.body.decode())

    def answer(self, request: Request) -> Answer:
        """X's answer."""
        ways = {
            ("POST", "/oauth/request_token"): self._request_token,
            ("GET", "/oauth/authorize"): self._authorize,
            ("POST", "/oauth/access_token"): self._access_token,
            ("GET", "/i/oauth2/authorize"): self._dialog,
            ("POST", "/2/oauth2/token"): self._token,
        }
        if way := ways.get((request.method, request.path)):
            return way(request)
        if (given := request.headers.get("authorization", "")).startswith("Bearer "):
            return self._as_user(request, given.removeprefix("Bearer "))
        return super().answer(request)

    # OAuth 1.0a

    def _request_token(self, request: Request) -> Answer:
        oauth = self._signed(request, "")
        if oauth is None:
            return _errors(401, 32, "Could not authenticate you.")
        callback = oauth.get("oauth_callback", "")
        if callback != "oob" and callback not in self.callbacks:
            return _errors(403, 415, "Callback URL not approved for this client application.")
        token = f"leg-{secrets.token_urlsafe(12)}"
        self.legs[token] = Leg(_fresh("leg-secret"), callback)
        return _form(
            oauth_token=token, oauth_token_secret=self.legs[token].secret, oauth_callback_confirmed="true"
        )

    def _authorize(self, request: Request) -> Answer:
        token = request.query.get("oauth_token", "")
        leg = self.legs.get(token)
        if leg is None or leg.used or leg.verifier:
            return _page("<h1>This page is no longer valid</h1>")
        answer = request.query.get("answer")
        if answer == "no":
            return (
                _redirect(leg.callback, denied=token)
                if leg.callback != "oob"
                else _page("<h1>Cancelled</h1>")
            )
        if answer != "yes":
            return _ask(request)
        leg.verifier = "".join(secrets.choice("0123456789") for _ in range(7))
        if leg.callback == "oob":
            return _page(f"<h1>Your PIN</h1><code>{leg.verifier}</code>")
        return _redirect(leg.callback, oauth_token=token, oauth_verifier=leg.verifier)

    def _access_token(self, request: Request) -> Answer:
        given = _oauth(request)
        leg = self.legs.get(given.get("oauth_token", ""))
        oauth = self._signed(request, leg.secret) if leg else None
        if leg is None or oauth is None or leg.used:
            return _errors(401, 89, "Invalid or expired token.")
        if not leg.verifier or oauth.get("oauth_verifier") != leg.verifier:
            return Answer(401, b"Error processing your OAuth request: Invalid oauth_verifier parameter")
        leg.used = True
        fields = {
            "oauth_token": self.keys["access_token"],
            "oauth_token_secret": self.keys["access_token_secret"],
            "user_id": self.user,
            "screen_name": self.username,
        }
        return _form(**fields | self.drops)

    def _signed(self, request: Request, token_secret: str) -> dict[str, str] | None:
        """What the header says, when its signature is right and its nonce is new."""
        oauth = _oauth(request)
        given, nonce = oauth.get("oauth_signature", ""), oauth.get("oauth_nonce", "")
        right = signature(request, oauth, self.keys["consumer_secret"], token_secret)
        if oauth.get("oauth_consumer_key") != self.keys["consumer_key"] or given != right or not nonce:
            return None
        if nonce in self._seen:
            return None
        self._seen.add(nonce)
        return oauth

    # OAuth 2

    def _dialog(self, request: Request) -> Answer:
        asked = request.query
        wrong = (
            asked.get("client_id") != self.client
            or asked.get("redirect_uri") not in self.callbacks
            or asked.get("response_type") != "code"
            or asked.get("code_challenge_method") != "S256"
            or not re.fullmatch(r"[A-Za-z0-9_-]{43}", asked.get("code_challenge", ""))
            or not 0 < len(asked.get("state", "")) <= 500
            or not set(asked.get("scope", "").split()) <= SCOPES
        )
        if wrong:
            return _page("<h1>Something went wrong</h1><p>You weren't able to give access to the App.</p>")
        answer, state = asked.get("answer"), asked["state"]
        if answer == "no":
            return _redirect(asked["redirect_uri"], error="access_denied", state=state)
        if answer != "yes":
            return _ask(request)
        code = _fresh("code")
        scope = " ".join(one for one in asked["scope"].split() if one in self.grants)
        ends = self.now() + CODE_LIVES
        self.codes[code] = Code(asked["redirect_uri"], asked["code_challenge"], scope, ends)
        return _redirect(asked["redirect_uri"], state=state, code=code)

    def _token(self, request: Request) -> Answer:
        form = request.form
        if refused := self._client_is_right(request, form):
            return refused
        if form.get("grant_type") == "authorization_code":
            return self._redeem(form)
        if form.get("grant_type") == "refresh_token":
            return self._refresh(form)
        return _refused("unsupported_grant_type", "Value passed for the grant type was invalid.")

    def _client_is_right(self, request: Request, form: dict[str, str]) -> Answer | None:
        """A confidential client says who it is in the header, a public one in the body."""
        given = request.headers.get("authorization", "")
        if not self.client_secret:
            right = form.get("client_id") == self.client and not given
            return None if right else _refused("invalid_request", "Missing required parameter [client_id].")
        if not given.startswith("Basic "):
            return _refused("unauthorized_client", "Missing valid authorization header", 401)
        right = (
            base64.b64decode(given.removeprefix("Basic ")).decode() == f"{self.client}:{self.client_secret}"
        )
        return None if right else _refused("invalid_client", "Client authentication failed", 401)

    def _redeem(self, form: dict[str, str]) -> Answer:
        code = self.codes.get(form.get("code", ""))
        if code is None or code.used or self.now() > code.ends:
            return _refused("invalid_request", "Value passed for the authorization code was invalid.")
        code.used = True
        if form.get("redirect_uri") != code.redirect:
            return _refused(
                "invalid_request",
                "Value passed for the redirect uri did not match the uri of the authorization code.",
            )
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != code.challenge:
            return _refused(
                "invalid_request", "Value passed for the code verifier did not match the code challenge."
            )
        family = Family(code.scope)
        self.families.append(family)
        return self._give(family)

    def _refresh(self, form: dict[str, str]) -> Answer:
        given = form.get("refresh_token", "")
        for family in self.families:
            if given in family.spent:
                family.dead = True  # it was stolen, or shown twice: X cannot know which
            if given and given == family.refresh and not family.dead:
                family.spent.add(given)
                return self._give(family)
        return _refused("invalid_request", "Value passed for the token was invalid.")

    def _give(self, family: Family) -> Answer:
        access, family.refresh = _fresh("a2"), ""
        if "offline.access" in family.scope.split():
            family.refresh = _fresh("r2")
        self.tokens[access] = (family, self.now() + TOKEN_LIVES)
        body: dict[str, Any] = {
            "token_type": "bearer",
            "expires_in": TOKEN_LIVES,
            "access_token": access,
            "scope": family.scope,
        }
        body |= {"refresh_token": family.refresh} if family.refresh else {}
        return json_answer(200, body | self.drops)

    def _as_user(self, request: Request, token: str) -> Answer:
        """The API behind knows one user and its keys: a good token is turned into their signature."""
        family, ends = self.tokens.get(token, (Family("", dead=True), 0.0))
        if family.dead or self.now() > ends:
            return json_answer(
                401, {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}
            )
        needed = "users.read" if request.path == "/2/users/me" else "tweet.read"
        if request.method == "POST":
            needed = "media.write" if "media" in request.path else "tweet.write"
        if needed not in family.scope.split():
            return json_answer(
                403, {"title": "Forbidden", "type": "about:blank", "status": 403, "detail": "Forbidden"}
            )
        oauth = {
            "oauth_consumer_key": self.keys["consumer_key"],
            "oauth_token": self.keys["access_token"],
            "oauth_nonce": secrets.token_hex(8),
            "oauth_timestamp": str(int(time.time())),
            "oauth_signature_method": "HMAC-SHA1",
            "oauth_version": "1.0",
        }
        own = (self.keys["consumer_secret"], self.keys["access_token_secret"])
        oauth["oauth_signature"] = signature(request, oauth, *own)
        head = "OAuth " + ", ".join(f'{key}="{_quoted(value)}"' for key, value in oauth.items())
        headers = request.headers | {"authorization": head}
        return super().answer(Request(request.method, request.path, request.query, headers, request.body))


def signature(request: Request, oauth: dict[str, str], consumer_secret: str, token_secret: str) -> str:
    """RFC 5849, 3.4, over X's own address."""
    fields = {key: value for key, value in oauth.items() if key not in ("oauth_signature", "realm")}
    pairs = sorted((_quoted(key), _quoted(value)) for key, value in {**request.query, **fields}.items())
    parameters = "&".join(f"{key}={value}" for key, value in pairs)
    base = "&".join(map(_quoted, (request.method, BASE + request.path, parameters)))
    key = f"{_quoted(consumer_secret)}&{_quoted(token_secret)}"
    return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()).decode()


def _fresh(name: str) -> str:
    return secret(f"{name}-{secrets.token_urlsafe(16)}")


def _oauth(request: Request) -> dict[str, str]:
    found = re.findall(r'(\w+)="([^"]*)"', request.headers.get("authorization", ""))
    return {key: unquote(value) for key, value in found}


def _quoted(text: str) -> str:
    return quote(text, safe="-._~")


def _form(**fields: str) -> Answer:
    return Answer(200, urlencode(fields).encode(), {"Content-Type": "text/html;charset=utf-8"})


def _errors(status: int, code: int, message: str) -> Answer:
    return json_answer(status, {"errors": [{"code": code, "message": message}]})


def _refused(error: str, description: str, status: int = 400) -> Answer:
    return json_answer(status, {"error": error, "error_description": description})


def _redirect(address: str, **fields: str) -> Answer:
    return Answer(302, b"", {"Location": f"{address}{'&' if '?' in address else '?'}{urlencode(fields)}"})


def _page(body: str) -> Answer:
    return Answer(200, f"<!DOCTYPE html><title>X</title>{body}".encode(), {"Content-Type": "text/html"})


def _ask(request: Request) -> Answer:
    """Two buttons, as links."""
    address = f"{request.path}?{urlencode(request.query)}"
    links = "".join(
        f'<a href="{address.replace("&", "&amp;")}&amp;answer={one}">{one}</a> ' for one in ("yes", "no")
    )
    return _page(f"<h1>Authorize the app?</h1>{links}")


if __name__ == "__main__":
    serve(FakeXLogin())
