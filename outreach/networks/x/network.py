"""An X account. The calls are in client.py; here is what is said and how it is found again.

Sources: https://docs.x.com/x-api/posts/manage-tweets/introduction, …/media/introduction, …/users/get-posts.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from outreach.core.measure import weighted_length
from outreach.core.sentences import N_, say
from outreach.networks.base import (
    Connection,
    Credential,
    Health,
    Limits,
    Login,
    Network,
    Payload,
    Picture,
    Prices,
    Problem,
    Receipt,
    Severity,
)
from outreach.networks.errors import Ambiguous, AuthBroken
from outreach.networks.matching import alike, earliest, readable, same_words, tagged
from outreach.networks.uploading import in_time, without_effect
from outreach.networks.x.login import XOAuth1, XOAuth2

if TYPE_CHECKING:
    from outreach.networks.x.client import XClient

_KEYS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
_READ_ONLY = say(
    N_("These keys may read but not post. At X, let the app write, make new access tokens and store those.")
)
# How many posts a look-up reads, page by page; each is billed, so the first page is short.
_READS = (25, 100, 100, 100)


class X(Network):
    """One account. The link is in the text.

    With OAuth 1.0a user tokens, which do not end by themselves, or with an OAuth 2 token that is renewed.
    """

    name = "x"
    label = "X"
    template = "x"
    limits = Limits(text=280, pictures=4, picture_bytes=5_000_000, cashtags=1)
    credentials: ClassVar[tuple[Credential, ...]] = (
        Credential("consumer_key", N_("API key")),
        Credential("consumer_secret", N_("API key secret")),
        Credential("access_token", N_("Access token")),
        Credential("access_token_secret", N_("Access token secret")),
    )
    settings: ClassVar[Mapping[str, str]] = {"api_url": "X_API_URL", "login_url": "X_LOGIN_URL"}
    logins: ClassVar[tuple[Login, ...]] = (XOAuth1(), XOAuth2())
    look_after: ClassVar[tuple[timedelta, ...]] = (timedelta(seconds=15), timedelta(seconds=60))
    spacing = timedelta(seconds=30)
    # https://docs.x.com/x-api/getting-started/pricing, read in November 2026.
    prices: ClassVar[Prices | None] = Prices(plain=Decimal("0.015"), link=Decimal("0.200"))

    def lacking(self, credentials: Mapping[str, str]) -> list[Credential]:
        """Nothing of OAuth 1.0a where there is an OAuth 2 token that can be renewed."""
        if credentials.get("oauth2_token") and credentials.get("refresh_token"):
            return []
        return super().lacking(credentials)

    def identity(self, credentials: Mapping[str, str]) -> str:
        """The account's number: an OAuth 1.0a access token starts with it."""
        number, dash, _ = credentials.get("access_token", "").strip().partition("-")
        return credentials.get("user_id", "") or (number if dash and number.isdigit() else "")

    def measure(self, text: str) -> int:
        """X weighs characters, and counts 23 for a link."""
        return weighted_length(text)

    def publish(self, connection: Connection, payload: Payload) -> Receipt:
        """Upload the pictures, if any, then one POST: media ids expire, so it is one attempt."""
        client = _client(connection)
        made = client.post(payload.text, _uploaded(client, payload.pictures) or None)
        return Receipt(str(made["id"]), _url(str(made["id"])), client.pause)

    def find(self, connection: Connection, payload: Payload, since: datetime) -> Receipt | None:
        """The account's post with the payload's tag in a link, else with its text."""
        posts: list[Mapping[str, Any]] = []
        ours: list[Mapping[str, Any]] = []
        with readable(self.label):
            for page in _pages(_client(connection), connection, earliest(since)):
                posts += page
                if ours := [post for post in page if _has_tag(post, payload)]:
                    break
            ours = ours or _by_text(posts, payload)
            return Receipt(str(ours[0]["id"]), _url(str(ours[0]["id"]))) if ours else None

    def check(self, connection: Connection) -> Health:
        """Who the tokens speak for, and whether they may post."""
        client = _client(connection)
        me = client.me()
        problems = [] if client.may_write else [Problem.of("read-only", _READ_ONLY, Severity.BROKEN)]
        if client.pause:
            words = N_("X takes no more posts until %(time)s: a limit is used up. They go out after that.")
            problems.append(Problem.of("pace", say(words, time=client.pause)))
        return Health(f"@{me['username']}", str(me["id"]), tuple(problems))


def _client(connection: Connection) -> "XClient":
    given = connection.credentials
    absent = [key for key in _KEYS if not given.get(key, "").strip()]
    if absent and not given.get("oauth2_token"):
        raise AuthBroken(
            say(N_("The X account lacks %(missing)s. Connect it again."), missing=", ".join(absent))
        )
    # Here and not above: the libraries cost 20 MB, which a process that posts nothing should not pay.
    from outreach.networks.x.client import XClient

    return XClient(connection)


def _uploaded(client: "XClient", pictures: Iterable[Picture]) -> list[str]:
    """The ids of the uploaded pictures, in their order. Raises NotSent when one failed or time ran out."""
    return [_upload(client, picture) for picture in in_time(pictures)]


def _upload(client: "XClient", picture: Picture) -> str:
    """The id of the uploaded picture. It has no public effect, so every unclear failure is a NotSent."""
    with without_effect(say(N_("X did not take the picture."))):
        media = client.upload(picture.content)
        if picture.alt:
            client.describe(media, picture.alt)
    return media


def _user_id(connection: Connection, client: "XClient") -> str:
    """What the credentials tell; else X is asked."""
    return X().identity(connection.credentials) or str(client.me()["id"])


def _pages(client: "XClient", connection: Connection, since: datetime) -> Iterator[list[Mapping[str, Any]]]:
    """The account's posts made after `since`, newest first.

    Raises Ambiguous when there are more than are read: what was not read is not absent.
    """
    user, token = _user_id(connection, client), ""
    for most in _READS:
        answer = client.posts(user, since, most, token)
        yield [post for post in _listed(answer) if _made(post, since) >= since]
        token = str(answer["meta"].get("next_token") or "")
        if not token:
            return
    raise Ambiguous(say(N_("There are too many newer posts on X to look through. Look there yourself.")))


def _listed(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The posts of an answer. An empty list comes without data, but with its count."""
    posts = answer.get("data", [])
    if not isinstance(posts, list) or (not posts and answer["meta"]["result_count"] != 0):
        raise TypeError
    return posts


def _made(post: Mapping[str, Any], since: datetime) -> datetime:
    """When it was made; where it does not say, X was asked for later ones only."""
    told = post.get("created_at")
    return datetime.fromisoformat(told).replace(microsecond=0) if told else since


def _url(remote_id: str) -> str:
    return f"https://x.com/i/web/status/{remote_id}"


def _urls(post: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    urls: list[Mapping[str, Any]] = (post.get("entities") or {}).get("urls") or []
    return urls


def _has_tag(post: Mapping[str, Any], payload: Payload) -> bool:
    links = [url.get(key) or "" for url in _urls(post) for key in ("expanded_url", "unwound_url")]
    return tagged(payload.tag, links)


def _by_text(posts: Iterable[Mapping[str, Any]], payload: Payload) -> list[Mapping[str, Any]]:
    """The posts with the payload's words. Raises Ambiguous when there is nothing to know it by."""
    found = [post for post in posts if same_words(payload.text, _as_written(post))]
    if found and not payload.text.strip():
        raise alike("X")
    return found


def _as_written(post: Mapping[str, Any]) -> str:
    """The text as it was sent: X puts t.co addresses for links, and adds one for a picture."""
    text = str(post.get("text", ""))
    for url in _urls(post):
        shown = "" if url.get("media_key") else url.get("expanded_url") or ""
        text = text.replace(url.get("url") or "\0", shown)
    return text
