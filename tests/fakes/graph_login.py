"""A fake of Facebook Login, before a fake of the Graph API that takes the Page token given here.

The dialog, the code (good once, for ten minutes, with the very address it was asked with), the short and the
long token, the rights that were given, and the Pages of the person, in parts.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.fakes.graph import PAGE, TOKEN, FakeGraph
from tests.fakes.service import Answer, Request, json_answer, serve
from tests.fakes.tokens import secret

CODE_LIVES, SHORT_LIVES, LONG_LIVES = 600, 5400, 5_183_944  # seconds
TASKS = ["ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE"]


@dataclass
class RunPage:
    """A Page of the person, and what they may do there."""

    number: str
    name: str
    token: str
    tasks: list[str] = field(default_factory=lambda: list(TASKS))


@dataclass
class Code:
    """A code, and what it was asked with."""

    redirect: str
    ends: float
    used: bool = False


class FakeGraphLogin(FakeGraph):
    """`redirects` are the app's Valid OAuth Redirect URIs; `pages` what the person runs and shows the app."""

    def __init__(self) -> None:
        super().__init__()
        self.redirects: set[str] = set()
        self.pages = [RunPage(PAGE, "Sint-Jozef", TOKEN)]
        self.declined: set[str] = set()
        self.part = 25
        self.now: Callable[[], float] = time.time
        self.codes: dict[str, Code] = {}
        self.users: dict[str, float] = {}  # user tokens, and when they end
        self.long: set[str] = set()
        self.drops: dict[str, Any] = {}

    @property
    def app_keys(self) -> dict[str, str]:
        """What the organisation's app is."""
        return {"app_id": self.app, "app_secret": self.app_secret}

    def later(self, seconds: float) -> None:
        """The fake's clock moves on."""
        before = self.now
        self.now = lambda: before() + seconds

    def says(self, url: str, answer: str = "yes") -> str:
        """A person at `url` presses a button: where they are sent, or what they read."""
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query)) | {"answer": answer}
        shown = self.answer(Request("GET", parts.path, query, {}))
        return shown.headers.get("Location") or shown.body.decode()

    def answer(self, request: Request) -> Answer:
        """Facebook's answer."""
        version, _, path = request.path.strip("/").partition("/")
        ways = {
            "dialog/oauth": self._dialog,
            "oauth/access_token": self._token,
            "me/permissions": self._permissions,
            "me/accounts": self._accounts,
        }
        if request.method != "GET" or path not in ways:
            return super().answer(request)
        if version not in self.versions:
            return _error(2500, "Unknown path components: " + request.path)
        return ways[path](request.query)

    def _dialog(self, asked: dict[str, str]) -> Answer:
        if asked.get("client_id") != self.app:
            return _page("<h1>Invalid App ID</h1>")
        if asked.get("redirect_uri") not in self.redirects:
            return _page("<h1>URL blocked</h1><p>The redirect URI is not white-listed in the app.</p>")
        if not asked.get("state") or not (asked.get("scope") or asked.get("config_id")):
            return _page("<h1>It looks like this app isn't available</h1>")
        answer, state = asked.get("answer"), asked["state"]
        if answer == "no":
            said = {"error": "access_denied", "error_code": "200", "error_reason": "user_denied"}
            return self._back(asked, error_description="Permissions error", state=state, **said)
        if answer != "yes":
            return _ask(asked)
        code = secret(f"code-{secrets.token_urlsafe(30)}")
        self.codes[code] = Code(asked["redirect_uri"], self.now() + CODE_LIVES)
        return self._back(asked, code=code, state=state)

    def _back(self, asked: dict[str, str], **fields: str) -> Answer:
        return Answer(302, b"", {"Location": f"{asked['redirect_uri']}?{urlencode(fields)}#_=_"})

    def _token(self, asked: dict[str, str]) -> Answer:
        if asked.get("client_id") != self.app:
            return _error(
                101, "Error validating application. Cannot get application info due to a system error."
            )
        if asked.get("client_secret") != self.app_secret:
            return _error(1, "Error validating client secret.")
        if asked.get("grant_type") == "fb_exchange_token":
            return self._exchange(asked.get("fb_exchange_token", ""))
        code = self.codes.get(asked.get("code", ""))
        if code is None:
            return _error(100, "Invalid verification code format.")
        if code.used:
            return _error(100, "This authorization code has been used.", 36009)
        if self.now() > code.ends:
            return _error(100, "This authorization code has expired.", 36007)
        if asked.get("redirect_uri") != code.redirect:
            said = "Error validating verification code. Please make sure your redirect_uri is identical"
            return _error(100, f"{said} to the one you used in the OAuth dialog request", 36008)
        code.used = True
        return self._give("short", SHORT_LIVES)

    def _exchange(self, short: str) -> Answer:
        if self.users.get(short, 0) < self.now():
            return _error(190, "Error validating access token: Session has expired.", 463)
        return self._give("long", LONG_LIVES)

    def _give(self, kind: str, lives: int) -> Answer:
        token = secret(f"{kind}-{secrets.token_urlsafe(20)}")
        self.users[token] = self.now() + lives
        self.long |= {token} if kind == "long" else set()
        return json_answer(
            200, {"access_token": token, "token_type": "bearer", "expires_in": lives} | self.drops
        )

    def _refused(self, asked: dict[str, str]) -> Answer | None:
        token = asked.get("access_token", "")
        if self.users.get(token, 0) < self.now():
            return _error(190, "Invalid OAuth access token.")
        proof = hmac.new(self.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        if asked.get("appsecret_proof") != proof:
            return _error(100, "API calls from the server require an appsecret_proof argument")
        return None

    def _permissions(self, asked: dict[str, str]) -> Answer:
        if refused := self._refused(asked):
            return refused
        rows = [
            {"permission": right, "status": "declined" if right in self.declined else "granted"}
            for right in [*self.rights, "public_profile"]
        ]
        return json_answer(200, {"data": rows})

    def _accounts(self, asked: dict[str, str]) -> Answer:
        if refused := self._refused(asked):
            return refused
        at = int(asked.get("after") or 0)
        fields = asked.get("fields", "id,name,access_token,tasks").split(",")
        # Only of a long-lived user token is the Page's own one without an end.
        ours = {True: "", False: "-short"}[asked["access_token"] in self.long]
        shown = [
            {
                "id": one.number,
                "name": one.name,
                "access_token": one.token and one.token + ours,
                "tasks": one.tasks,
            }
            for one in self.pages[at : at + self.part]
        ]
        data = [{key: value for key, value in row.items() if key in fields} for row in shown]
        answer: dict[str, Any] = {"data": data}
        if data:
            answer["paging"] = {"cursors": {"before": str(at), "after": str(at + self.part)}}
        if at + self.part < len(self.pages):
            answer["paging"]["next"] = f"{self.url}/next"
        return json_answer(200, answer)


def _error(code: int, message: str, subcode: int = 0) -> Answer:
    error: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "Ab1"}
    return json_answer(400, {"error": error | ({"error_subcode": subcode} if subcode else {})})


def _page(body: str) -> Answer:
    page = f"<!DOCTYPE html><title>Facebook</title>{body}"
    return Answer(200, page.encode(), {"Content-Type": "text/html"})


def _ask(asked: dict[str, str]) -> Answer:
    address = f"oauth?{urlencode(asked)}".replace("&", "&amp;")
    links = " ".join(f'<a href="{address}&amp;answer={one}">{one}</a>' for one in ("yes", "no"))
    return _page(f"<h1>Let the app post on your Pages?</h1>{links}")


if __name__ == "__main__":
    serve(FakeGraphLogin())
