"""A Facebook Page. The calls are in graph.py; here is what is said and how it is found again.

Sources: https://developers.facebook.com/docs/graph-api/reference/page/feed, …/page/photos, …/published_posts.
"""

import io
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from outreach.core.sentences import N_, say
from outreach.networks.base import Connection, Credential, Health, Limits, Network, Payload, Receipt
from outreach.networks.errors import Ambiguous, AuthBroken
from outreach.networks.facebook import checking
from outreach.networks.matching import earliest, readable, same_page, same_text, tagged

if TYPE_CHECKING:
    from outreach.networks.facebook.graph import Graph

_PAGES, _PER_PAGE = 16, 25  # how far back a look-up reads


class Facebook(Network):
    """One Page. The link is a card; with a picture, where Facebook has no card, it ends the caption."""

    name = "facebook"
    label = "Facebook"
    template = "facebook"
    limits = Limits(text=63_206)
    credentials: ClassVar[tuple[Credential, ...]] = (
        Credential("page_id", N_("Page ID"), secret=False),
        Credential("access_token", N_("Access token of the Page")),
        Credential("app_id", N_("App ID (optional)"), secret=False, required=False),
        Credential("app_secret", N_("App secret (optional)"), required=False),
    )
    link_is_card = True
    # Read-back lags behind, and lists are ranked: one look is not enough.
    look_after: ClassVar[tuple[timedelta, ...]] = (
        timedelta(seconds=30),
        timedelta(minutes=2),
        timedelta(minutes=10),
    )
    spacing = timedelta(minutes=2)  # Facebook refuses only the repetition of the latest post

    def measure(self, text: str) -> int:
        """Facebook counts characters."""
        return len(text)

    def publish(self, connection: Connection, payload: Payload) -> Receipt:
        """One POST, to the Page's feed or, with a picture, to its photos."""
        graph = _graph(connection)
        if payload.picture:
            made = graph.put_photo(
                ("picture", io.BytesIO(payload.picture.content), payload.picture.mime),
                album_path=f"{graph.page_id}/photos",
                caption=caption(payload),
                **({"alt_text_custom": payload.picture.alt} if payload.picture.alt else {}),
            )
        else:
            link = {"link": payload.link} if payload.link else {}
            made = graph.put_object(graph.page_id, "feed", message=payload.text, **link)
        remote_id = str(made.get("post_id") or made.get("id") or "")
        if not remote_id:
            raise Ambiguous(say(N_("Facebook did not say whether the post is there. It is asked first.")))
        return Receipt(remote_id, f"https://www.facebook.com/{remote_id}", graph.pause)

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
            ours = ours or next((post for post in others if _has_text(post, payload)), None)
            return Receipt(str(ours["id"]), ours.get("permalink_url", "")) if ours else None

    def check(self, connection: Connection) -> Health:
        """Whom the token speaks for; with the app's credentials also what it may do, and until when."""
        return checking.look(_graph(connection))


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
        recent = [post for post in answer["data"] if _made(post) >= since]
        yield from recent
        paging = answer.get("paging") or {}
        if not recent or not paging.get("next"):
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
    return tagged(payload.tag, (post.get("message", ""), *_links(post)))


def _has_text(post: Mapping[str, Any], payload: Payload) -> bool:
    ours = caption(payload) if payload.picture else payload.text
    links = [] if payload.picture else _links(post)
    linked = not payload.link or not links or any(same_page(payload.link, link) for link in links)
    return linked and same_text(ours, post.get("message", ""))
