"""Facebook Login: a person who runs the Page lets our app post on it.

The code gives a token of two hours, that one of sixty days, and that the Page's own, which does not end.
Sources: https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow,
…/facebook-login/guides/access-tokens/get-long-lived, …/graph-api/reference/user/accounts, …/user/permissions.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from outreach.core import clock
from outreach.core.sentences import N_, Sentence, say
from outreach.networks import asking
from outreach.networks.base import App, Credential, Found, Login, Start
from outreach.networks.errors import AuthBroken, NetworkError, Throttled

if TYPE_CHECKING:
    import requests

API, PAGES, VERSION = "https://graph.facebook.com", "https://www.facebook.com", "v26.0"
SCOPES = ("pages_show_list", "pages_manage_posts", "pages_read_engagement", "pages_read_user_content")
_TASK = "CREATE_CONTENT"
_MOST = 20  # parts of a list of Pages; 100 each
_USED, _EXPIRED, _OTHER_ADDRESS = 36009, 36007, 36008
_THROTTLE = {4, 17, 32, 341, 613}


class FacebookLogin(Login):
    """The dialog, the code, and then the choice among the Pages that the person runs."""

    name = "login"
    label = N_("Facebook Login")
    about = N_(
        "Facebook asks which Pages your app may see and what it may do there. Log in as somebody who may "
        "post on the Page of your organisation, choose that Page, and leave every right on."
    )
    app: ClassVar[tuple[Credential, ...]] = (
        Credential("app_id", N_("App ID"), secret=False, setting="FACEBOOK_APP_ID"),
        Credential("app_secret", N_("App secret"), setting="FACEBOOK_APP_SECRET"),
        Credential(
            "config_id",
            N_("Configuration ID (only with Facebook Login for Business)"),
            secret=False,
            required=False,
            setting="FACEBOOK_CONFIG_ID",
        ),
    )

    def start(self, app: App, address: str, state: str) -> Start:
        """The dialog. It asks again: else Facebook gives back the old choice of Pages."""
        config = app.keys.get("config_id", "")
        url = asking.address(
            f"{app.login_url or PAGES}/{app.api_version or VERSION}/dialog/oauth",
            client_id=app.keys["app_id"],
            redirect_uri=address,
            state=state,
            response_type="code",
            auth_type="rerequest",
            # With a configuration the rights are part of that.
            scope="" if config else ",".join(SCOPES),
            config_id=config,
        )
        return Start(url, state, {"state": state})

    def key(self, answer: Mapping[str, str]) -> str:
        """The state."""
        return answer.get("state", "")

    def finish(
        self, app: App, address: str, kept: Mapping[str, str], answer: Mapping[str, str]
    ) -> list[Found]:
        """Every Page that the person runs and let us see, each with what is missing there."""
        if not hmac.compare_digest(kept["state"].encode(), answer.get("state", "").encode()):
            raise asking.strange("Facebook")
        if not answer.get("code"):
            raise asking.told(answer, "Facebook") or asking.unclear("Facebook", "")
        graph = _Graph(app)
        short = graph.token(redirect_uri=address, code=answer["code"])
        long = graph.token(grant_type="fb_exchange_token", fb_exchange_token=short)
        lacking = _lacking(graph.get("me/permissions", long))
        return [_found(app, page, lacking) for page in graph.pages(long)]


def _lacking(permissions: Mapping[str, Any]) -> list[str]:
    rows = [row for row in permissions.get("data") or [] if isinstance(row, dict)]
    granted = {row.get("permission") for row in rows if row.get("status") == "granted"}
    return [right for right in SCOPES if right not in granted]


def _found(app: App, page: Mapping[str, Any], lacking: list[str]) -> Found:
    number, token = str(page.get("id") or ""), str(page.get("access_token") or "").strip()
    credentials = {
        "page_id": number,
        "access_token": token,
        "app_id": app.keys["app_id"],
        "app_secret": app.keys["app_secret"],
    }
    return Found(number, str(page.get("name") or number), credentials, tuple(_missing(page, token, lacking)))


def _missing(page: Mapping[str, Any], token: str, lacking: list[str]) -> Iterator[Sentence]:
    """Why this Page cannot be posted on."""
    if _TASK not in (page.get("tasks") or []):
        yield say(
            N_(
                "You may not post on this Page. Let somebody who runs it give you that right (“Content”), "
                "or log in as them."
            )
        )
    if not token:
        yield say(
            N_("Facebook gave no token for this Page. Begin again, and choose the Page in Facebook's window.")
        )
    if lacking:
        yield say(
            N_("These rights were not given: %(rights)s. Begin again, and give all of them."),
            rights=", ".join(lacking),
        )


class _Graph:
    """The few calls of a login. Tokens go along in the address, as the Graph API wants it."""

    def __init__(self, app: App) -> None:
        from outreach.networks import wire

        self._wire, self._session, self._app = wire, wire.session(), app
        self._base = f"{(app.api_url or API).rstrip('/')}/{app.api_version or VERSION}"
        self._hidden = [app.keys["app_secret"]]

    def token(self, **fields: str) -> str:
        """GET /oauth/access_token."""
        keys = {"client_id": self._app.keys["app_id"], "client_secret": self._app.keys["app_secret"]}
        self._hidden += [fields.get("code", ""), fields.get("fb_exchange_token", "")]
        token = str(self._ask("oauth/access_token", {**keys, **fields}).get("access_token") or "").strip()
        if not token:
            raise asking.unclear("Facebook", "")
        self._hidden.append(token)
        return token

    def get(self, path: str, token: str, **fields: str) -> Mapping[str, Any]:
        """A read, with the proof that the app itself asks."""
        proof = hmac.new(self._app.keys["app_secret"].encode(), token.encode(), hashlib.sha256).hexdigest()
        self._hidden.append(proof)
        return self._ask(path, {**fields, "access_token": token, "appsecret_proof": proof})

    def pages(self, token: str) -> Iterator[Mapping[str, Any]]:
        """GET /me/accounts, to the end. An empty part may still have a next one."""
        after: dict[str, str] = {}
        for _ in range(_MOST):
            answer = self.get("me/accounts", token, fields="id,name,access_token,tasks", limit="100", **after)
            yield from (
                page for page in answer.get("data") or [] if isinstance(page, dict) and page.get("id")
            )
            paging = answer.get("paging") or {}
            cursor = str((paging.get("cursors") or {}).get("after") or "")
            if not paging.get("next") or not cursor:
                return
            after = {"after": cursor}

    def _ask(self, path: str, fields: Mapping[str, str]) -> Mapping[str, Any]:
        url = f"{self._base}/{path}"
        answer = asking.ask(lambda: self._session.get(url, params=fields), "Facebook", self._hidden)
        given = self._wire.body(answer)
        if answer.status_code == 200 and given and "error" not in given:
            return given
        raise self._refused(answer, given, fields.get("redirect_uri", ""))

    def _refused(self, answer: "requests.Response", given: Mapping[str, Any], address: str) -> NetworkError:
        raw, error = self._wire.answer(answer, self._hidden), given.get("error")
        if not isinstance(error, dict):
            return asking.unclear("Facebook", raw)
        said = self._wire.clean(str(error.get("error_user_msg") or error.get("message") or ""), self._hidden)[
            :200
        ]
        if error.get("code") in _THROTTLE:
            return Throttled(say(N_("Facebook asks for a pause.")), clock.now(), raw)
        if sentence := _known(error, said, address):
            return AuthBroken(sentence, raw)
        transient = error.get("is_transient") or answer.status_code >= 500 or error.get("code") in (1, 2)
        return asking.unclear("Facebook", raw) if transient else asking.refused("Facebook", said, raw)


def _known(error: Mapping[str, Any], said: str, address: str) -> Sentence | None:
    subcode = error.get("error_subcode")
    if subcode in (_USED, _EXPIRED):
        return say(N_("This answer of Facebook was used already, or it is too old. Begin again."))
    if subcode == _OTHER_ADDRESS:
        return say(
            N_(
                "Facebook does not know the address that it must send you back to. Add exactly this one to "
                "the app at Meta, under Valid OAuth Redirect URIs: %(address)s"
            ),
            address=address,
        )
    if "client secret" in said.lower() or error.get("code") == 101:
        return say(
            N_(
                "Facebook does not accept the keys of your app (%(said)s). "
                "Correct them on the page “Apps of your own”."
            ),
            said=said.rstrip("."),
        )
    return None
