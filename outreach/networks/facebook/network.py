"""A Facebook Page. The calls are in graph.py; here is what is said and how it is found again.

Sources: https://developers.facebook.com/docs/graph-api/reference/page/feed, …/page/photos, …/published_posts.
"""

import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

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
    Receipt,
)
from outreach.networks.errors import Ambiguous, AuthBroken, NotSent
from outreach.networks.facebook import checking
from outreach.networks.facebook.login import FacebookLogin
from outreach.networks.matching import (
    alike,
    earliest,
    readable,
    same_page,
    same_text,
    tagged,
    tagged_otherwise,
)
from outreach.networks.uploading import in_time, without_effect

if TYPE_CHECKING:
    from outreach.networks.facebook.graph import Graph

_PAGES, _PER_PAGE = 16, 25  # how far back a look-up reads


class Facebook(Network):
    """One Page. The link is a card; with a picture, where Facebook has no card, it ends the caption."""

    name = "facebook"
    label = "Facebook"
    template = "facebook"
    limits = Limits(text=63_206, pictures=10)
    credentials: ClassVar[tuple[Credential, ...]] = (
        Credential("page_id", N_("Page ID"), secret=False),
        Credential("access_token", N_("Access token of the Page")),
        Credential("app_id", N_("App ID (optional)"), secret=False, required=False),
        Credential("app_secret", N_("App secret (optional)"), required=False),
    )
    settings: ClassVar[Mapping[str, str]] = {
        "api_url": "FACEBOOK_API_URL",
        "api_version": "FACEBOOK_API_VERSION",
        "login_url": "FACEBOOK_LOGIN_URL",
    }
    logins: ClassVar[tuple[Login, ...]] = (FacebookLogin(),)
    link_is_card = True
    # Read-back lags behind, and lists are ranked: one look is not enough. With the last one, and a look that
    # fails, nobody is in doubt for more than ten minutes.
    look_after: ClassVar[tuple[timedelta, ...]] = (
        timedelta(seconds=30),
        timedelta(minutes=2),
        timedelta(minutes=6),
    )
    spacing = timedelta(minutes=2)  # Facebook refuses only the repetition of the latest post

    def identity(self, credentials: Mapping[str, str]) -> str:
        """The Page's number."""
        return credentials.get("page_id", "").strip()

    def measure(self, text: str) -> int:
        """Facebook counts characters."""
        return len(text)

    def publish(self, connection: Connection, payload: Payload) -> Receipt:
        """One POST, to the Page's feed or, with one picture, to its photos; several go up before it."""
        graph = _graph(connection)
        made = _made_by(graph, payload)
        remote_id = str(made.get("post_id") or made.get("id") or "")
        if not remote_id:
            raise Ambiguous(say(N_("Facebook did not say whether the post is there. It is asked first.")))
        return Receipt(remote_id, _address(remote_id), graph.pause)

    def find(self, connection: Connection, payload: Payload, since: datetime) -> Receipt | None:
        """The Page's post with the payload's tag, else with its text and link."""
        with readable(self.label):
            posts = _posts(_graph(connection), earliest(since))
            ours, others = None, []
            for post in posts:
                if _has_tag(post, payload):
                    ours = post
                    break
                others.append(post)
            ours = ours or _by_text(others, payload)
            return Receipt(str(ours["id"]), _shown_at(ours)) if ours else None

    def check(self, connection: Connection) -> Health:
        """Whom the token speaks for; with the app's credentials also what it may do, and until when."""
        return checking.look(_graph(connection))


def _made_by(graph: "Graph", payload: Payload) -> Mapping[str, Any]:
    """The Graph's answer to the one POST that makes the post."""
    if len(payload.pictures) == 1:
        return _photo(graph, payload.pictures[0], caption=caption(payload))
    if payload.pictures:
        media = [{"media_fbid": _unpublished(graph, one)} for one in in_time(payload.pictures)]
        return _posted(graph, message=caption(payload), attached_media=media)
    return _posted(graph, message=payload.text, **({"link": payload.link} if payload.link else {}))


def _posted(graph: "Graph", **fields: Any) -> Mapping[str, Any]:
    made: Mapping[str, Any] = graph.put_object(graph.page_id, "feed", **fields)
    return made


def _photo(graph: "Graph", picture: Picture, **fields: Any) -> Mapping[str, Any]:
    made: Mapping[str, Any] = graph.put_photo(
        ("picture", io.BytesIO(picture.content), picture.mime),
        album_path=f"{graph.page_id}/photos",
        **fields,
        **({"alt_text_custom": picture.alt} if picture.alt else {}),
    )
    return made


def _unpublished(graph: "Graph", picture: Picture) -> str:
    """The id of a photo that nobody sees yet. Raises NotSent when Facebook did not clearly take it."""
    failed = say(N_("Facebook did not take the picture."))
    with without_effect(failed):
        made = _photo(graph, picture, published=False)
    if not made.get("id"):
        raise NotSent(failed)
    return str(made["id"])


def caption(payload: Payload) -> str:
    """The text under a picture: a photo post has no card, so the link stands on its own line at the end."""
    if not payload.link or payload.link in payload.text:
        return payload.text
    return f"{payload.text}\n\n{payload.link}".strip()


def _graph(connection: Connection) -> "Graph":
    absent = [key for key in ("page_id", "access_token") if not connection.credentials.get(key, "").strip()]
    if absent:
        raise AuthBroken(
            say(N_("The Facebook account lacks %(missing)s. Connect it again."), missing=", ".join(absent))
        )
    # Here and not above: the libraries cost 20 MB, which a process that posts nothing should not pay.
    from outreach.networks.facebook.graph import Graph

    return Graph(connection)


def _posts(graph: "Graph", since: datetime) -> Iterator[Mapping[str, Any]]:
    """The Page's posts made after `since`. Lists are ranked, so a look does not end at the first old post.

    Raises Ambiguous when there are more than are read: what was not read is not absent.
    """
    after: dict[str, str] = {}
    for _ in range(_PAGES):
        answer = graph.get_connections(
            graph.page_id,
            "published_posts",
            fields="id,message,created_time,permalink_url,attachments{unshimmed_url}",
            limit=_PER_PAGE,
            **after,
        )
        posts = answer["data"]
        recent = [post for post in posts if _made(post) >= since]
        yield from recent
        paging = answer.get("paging") or {}
        # An empty part may still have a next one; one with only old posts ends the look.
        if (posts and not recent) or not paging.get("next"):
            return
        after = {"after": str((paging.get("cursors") or {}).get("after", ""))}
    raise Ambiguous(
        say(N_("There are too many newer posts on Facebook to look through. Look there yourself."))
    )


def _made(post: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(post["created_time"])


def _links(post: Mapping[str, Any]) -> list[str]:
    attached = (post.get("attachments") or {}).get("data") or []
    return [one["unshimmed_url"] for one in attached if one.get("unshimmed_url")]


def _has_tag(post: Mapping[str, Any], payload: Payload) -> bool:
    return tagged(payload.tag, (_message(post), *_links(post)))


def _by_text(posts: Iterable[Mapping[str, Any]], payload: Payload) -> Mapping[str, Any] | None:
    """The post with the payload's words and link. Raises Ambiguous when there is nothing to know it by."""
    found = next((post for post in posts if _has_text(post, payload)), None)
    if found and not caption(payload).strip() and not payload.link:
        raise alike("Facebook")
    return found


def _has_text(post: Mapping[str, Any], payload: Payload) -> bool:
    ours = caption(payload) if payload.pictures else payload.text
    links = [] if payload.pictures else _links(post)
    if tagged_otherwise(payload.tag, links):
        return False
    linked = not payload.link or not links or any(same_page(payload.link, link) for link in links)
    return linked and same_text(ours, _message(post))


def _message(post: Mapping[str, Any]) -> str:
    return str(post.get("message") or "")


def _shown_at(post: Mapping[str, Any]) -> str:
    """The post's address; of some posts Facebook tells only the path."""
    told = str(post.get("permalink_url") or "")
    return told if told.startswith("https://") else _address(str(post["id"]))


def _address(remote_id: str) -> str:
    return f"https://www.facebook.com/{remote_id}"
