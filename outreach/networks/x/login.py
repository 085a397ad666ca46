"""Logging in at X: OAuth 1.0a with three legs, whose tokens do not end, and OAuth 2 with PKCE.

Sources: https://docs.x.com/fundamentals/authentication/oauth-1-0a/obtaining-user-access-tokens,
https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code; RFC 5849, 6749, 7636.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qsl

from outreach.core import clock
from outreach.core.sentences import N_, say
from outreach.networks import asking
from outreach.networks.base import App, Credential, Found, Login, Renewed, Start
from outreach.networks.errors import AuthBroken, NetworkError, Throttled

if TYPE_CHECKING:
    import requests

API = "https://api.twitter.com"  # tweepy's own; requests are signed for it
PAGES = "https://x.com"
SCOPES = ("tweet.read", "tweet.write", "users.read", "media.write", "offline.access")
_OOB = "oob"  # RFC 5849, 2.1: there is no address to come back to
_LEAST, _LIFE, _MOST = timedelta(minutes=5), timedelta(hours=2), timedelta(days=365)
_PAUSE = timedelta(minutes=15)
_DEAD = {"invalid_grant", "invalid_request"}  # X answers the second where RFC 6749 has the first
_OUR_APP = {"invalid_client", "unauthorized_client"}


class XOAuth1(Login):
    """Three legs. The tokens work until they are taken back: the best for what runs unattended."""

    name = "oauth1"
    label = N_("X, with keys that do not end")
    about = N_(
        "X shows the name of your app and asks whether it may post. "
        "Log in there as the account of your organisation first."
    )
    app: ClassVar[tuple[Credential, ...]] = (
        Credential("consumer_key", N_("API key"), setting="X_CONSUMER_KEY"),
        Credential("consumer_secret", N_("API key secret"), setting="X_CONSUMER_SECRET"),
    )
    pin = True

    def start(self, app: App, address: str, state: str) -> Start:
        """A request token, and the page where the person says yes."""
        given = _signed(app, "/oauth/request_token", callback_uri=address or _OOB)
        token, secret = given.get("oauth_token", ""), given.get("oauth_token_secret", "")
        if not token or not secret or given.get("oauth_callback_confirmed") != "true":
            raise asking.unclear("X", "")
        url = asking.address(f"{app.api_url or API}/oauth/authorize", oauth_token=token)
        return Start(url, token, {"token": token, "secret": secret})

    def key(self, answer: Mapping[str, str]) -> str:
        """The request token: OAuth 1.0a has no state of its own."""
        return answer.get("oauth_token") or answer.get("denied") or ""

    def finish(
        self, app: App, address: str, kept: Mapping[str, str], answer: Mapping[str, str]
    ) -> list[Found]:
        """The account's tokens for the verifier, or for the PIN."""
        verifier = (answer.get("oauth_verifier") or answer.get("pin") or "").strip()
        if not verifier:
            raise asking.told(answer, "X") or asking.unclear("X", "")
        given = _signed(
            app,
            "/oauth/access_token",
            resource_owner_key=kept["token"],
            resource_owner_secret=kept["secret"],
            verifier=verifier,
        )
        names = ("oauth_token", "oauth_token_secret", "user_id", "screen_name")
        token, secret, user, name = (given.get(key, "") for key in names)
        if not (token and secret and user):
            raise asking.unclear("X", "")
        keys = {key: app.keys[key] for key in ("consumer_key", "consumer_secret")}
        credentials = {**keys, "access_token": token, "access_token_secret": secret}
        return [Found(user, f"@{name}" if name else user, credentials)]


class XOAuth2(Login):
    """The authorisation code with PKCE. The token lives two hours and is renewed with another one."""

    name = "oauth2"
    label = N_("X, with OAuth 2")
    about = N_(
        "X shows what your app may do with the account, and renews that by itself. "
        "Log in there as the account of your organisation first."
    )
    app: ClassVar[tuple[Credential, ...]] = (
        Credential("client_id", N_("Client ID"), secret=False, setting="X_CLIENT_ID"),
        Credential("client_secret", N_("Client secret"), required=False, setting="X_CLIENT_SECRET"),
    )

    def start(self, app: App, address: str, state: str) -> Start:
        """The page where the person says yes; only a digest of the verifier goes along."""
        verifier = asking.verifier()
        url = asking.address(
            f"{app.login_url or PAGES}/i/oauth2/authorize",
            response_type="code",
            client_id=app.keys["client_id"],
            redirect_uri=address,
            scope=" ".join(SCOPES),
            state=state,
            code_challenge=_challenge(verifier),
            code_challenge_method="S256",
        )
        return Start(url, state, {"verifier": verifier, "state": state})

    def key(self, answer: Mapping[str, str]) -> str:
        """The state."""
        return answer.get("state", "")

    def finish(
        self, app: App, address: str, kept: Mapping[str, str], answer: Mapping[str, str]
    ) -> list[Found]:
        """The account's tokens for the code, which is good for 30 seconds; then who it is."""
        if not hmac.compare_digest(kept["state"].encode(), answer.get("state", "").encode()):
            raise asking.strange("X")
        if not answer.get("code"):
            raise asking.told(answer, "X") or asking.unclear("X", "")
        given = _token(
            app,
            grant_type="authorization_code",
            code=answer["code"],
            redirect_uri=address,
            code_verifier=kept["verifier"],
        )
        fresh = _credentials(app, given, {})
        if not fresh["refresh_token"]:
            raise AuthBroken(say(_NO_REFRESH))
        user = _me(app, fresh["oauth2_token"])
        granted = str(given.get("scope") or " ".join(SCOPES)).split()
        missing = [scope for scope in SCOPES if scope not in granted]
        problems = (say(_LACKS, rights=", ".join(missing)),) if missing else ()
        name = str(user.get("username") or "")
        found = {**fresh, "user_id": str(user["id"])}
        return [Found(str(user["id"]), f"@{name}" if name else str(user["id"]), found, problems)]

    def ends(self, credentials: Mapping[str, str]) -> datetime | None:
        """The end of the access token."""
        return datetime.fromisoformat(credentials["ends"]) if credentials.get("ends") else None

    def renew(self, app: App, credentials: Mapping[str, str]) -> Renewed:
        """The next pair. The old refresh token is spent by this, and X never takes it again."""
        given = _token(app, grant_type="refresh_token", refresh_token=credentials["refresh_token"])
        fresh = _credentials(app, given, credentials)
        return Renewed(fresh, datetime.fromisoformat(fresh["ends"]))


_NO_REFRESH = N_("X gave no token to go on with after two hours (“offline.access”). Begin again.")
_NUMBER = N_("This is not the number that X showed. Begin again, and type it over exactly.")
_LACKS = N_("These rights were not given: %(rights)s. Begin again, and give all of them.")
_SPENT = N_("X no longer renews the access to this account (%(said)s). Connect it again.")
_APP = N_("X does not accept the keys of your app (%(said)s). Correct them on the page “Apps of your own”.")
_ADDRESS = N_(
    "X does not know the address that it must send you back to. "
    "Add exactly this one to the app at X, as a callback: %(address)s"
)


def _credentials(app: App, given: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, str]:
    """What is kept of an answer. What it leaves out stays as it was: an empty token replaces none."""
    token = str(given.get("access_token") or "").strip()
    if not token:
        raise asking.unclear("X", "")
    return {
        **known,
        "client_id": app.keys["client_id"],
        "client_secret": app.keys.get("client_secret", ""),
        "oauth2_token": token,
        "refresh_token": str(given.get("refresh_token") or "").strip() or known.get("refresh_token", ""),
        "ends": (clock.now() + _life(given.get("expires_in"))).isoformat(),
    }


def _life(told: Any) -> timedelta:
    """How long the token works; as documented where the answer does not say so in seconds."""
    told = int(told) if isinstance(told, str) and told.isascii() and told.isdecimal() else told
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 < told < _MOST.total_seconds():
        return _LIFE
    return max(timedelta(seconds=told), _LEAST)


def _challenge(verifier: str) -> str:
    """S256 of RFC 7636, 4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _token(app: App, **fields: str) -> Mapping[str, Any]:
    """POST /2/oauth2/token. With a secret the app says who it is in a header, else with its number."""
    from outreach.networks import wire

    secret, client = app.keys.get("client_secret", ""), app.keys["client_id"]
    hidden = [secret, *fields.values()]
    who: dict[str, Any] = {"auth": (client, secret)} if secret else {}
    data = fields if secret else {**fields, "client_id": client}
    url = f"{(app.api_url or API).rstrip('/')}/2/oauth2/token"
    answer = asking.ask(lambda: wire.session(until=app.until).post(url, data=data, **who), "X", hidden)
    given = wire.body(answer)
    hidden += [str(given.get(key) or "") for key in ("access_token", "refresh_token")]
    if answer.status_code == 200 and given:
        return given
    raise _no_token(answer, given, hidden, fields["grant_type"] == "refresh_token")


def _no_token(
    answer: "requests.Response", given: Mapping[str, Any], hidden: list[str], renewing: bool
) -> NetworkError:
    from outreach.networks import wire

    raw, kind = wire.answer(answer, hidden), str(given.get("error") or "")
    said = wire.clean(str(given.get("error_description") or kind), hidden)[:200].rstrip(".")
    if answer.status_code == 429:
        return Throttled(say(N_("X asks for a pause.")), clock.now() + _PAUSE, raw)
    if kind in _OUR_APP:
        return AuthBroken(say(_APP, said=said), raw)
    if kind in _DEAD and answer.status_code in (400, 401):
        return AuthBroken(say(_SPENT, said=said), raw) if renewing else asking.refused("X", said, raw)
    if not renewing and 400 <= answer.status_code < 500 and said:
        return asking.refused("X", said, raw)
    return asking.unclear("X", raw)


def _me(app: App, token: str) -> Mapping[str, Any]:
    from outreach.networks import wire

    url = f"{(app.api_url or API).rstrip('/')}/2/users/me"
    head = {"Authorization": f"Bearer {token}"}
    answer = asking.ask(lambda: wire.session().get(url, headers=head), "X", [token])
    me = wire.body(answer).get("data")
    if answer.status_code != 200 or not isinstance(me, dict) or not me.get("id"):
        raise asking.unclear("X", wire.answer(answer, [token]))
    return me


def _signed(app: App, path: str, **oauth: str) -> dict[str, str]:
    """A signed POST, and the fields of its answer. It is signed for X's own address, wherever it goes."""
    from requests_oauthlib import OAuth1

    from outreach.networks import wire

    base = (app.api_url or API).rstrip("/")
    session = wire.session(base, API) if base != API else wire.session()
    auth = OAuth1(app.keys["consumer_key"], app.keys["consumer_secret"], **oauth)
    hidden = [app.keys["consumer_secret"], *oauth.values()]
    answer = asking.ask(lambda: session.post(f"{API}{path}", auth=auth), "X", hidden)
    given = dict(parse_qsl(answer.content.decode("utf-8", "replace")))
    if answer.status_code == 200 and given:
        return given
    raise _unsigned(answer, hidden, oauth.get("callback_uri", ""))


def _unsigned(answer: "requests.Response", hidden: list[str], address: str) -> NetworkError:
    from outreach.networks import wire

    raw = wire.answer(answer, [one for one in hidden if one != address])
    errors = wire.body(answer).get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    said = wire.clean(str(first.get("message") or answer.content.decode("utf-8", "replace")), hidden)[:200]
    if answer.status_code == 429:
        return Throttled(say(N_("X asks for a pause.")), clock.now() + _PAUSE, raw)
    if "oauth_verifier" in said.lower():
        return AuthBroken(say(_NUMBER), raw)
    if first.get("code") == 415 or "callback url" in said.lower():
        return AuthBroken(say(_ADDRESS, address=address), raw)
    if first.get("code") in (32, 89, 135) and address:
        return AuthBroken(say(_APP, said=said.rstrip(".")), raw)
    if 400 <= answer.status_code < 500:
        return asking.refused("X", said, raw)
    return asking.unclear("X", raw)
