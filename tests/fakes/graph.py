"""A fake of Facebook's Graph API, as far as a Page's posts go.

Stricter than the real one where that catches mistakes: an unknown parameter is refused, not ignored.
Names of parameters and fields are facts of the published specification (a test compares them).
"""

import hashlib
import hmac
import json
import re
from email import message_from_bytes
from email.policy import HTTP
from typing import Any

from outreach.core import clock
from tests.fakes import graph_errors
from tests.fakes.service import Answer, Request, Service, json_answer, serve
from tests.fakes.tokens import secret

FEED = {
    "message",
    "link",
    "published",
    "scheduled_publish_time",
    "attached_media",
    "unpublished_content_type",
}
PHOTOS = {"caption", "message", "url", "published", "temporary", "alt_text_custom", "no_story"}
PUBLISHED_POSTS = {"limit", "include_hidden", "show_expired", "with"}
POST_FIELDS = {
    "id",
    "message",
    "created_time",
    "permalink_url",
    "is_published",
    "status_type",
    "full_picture",
}
POST_EDGES = {"attachments"}
ATTACHMENT_FIELDS = {"unshimmed_url", "title", "url", "type", "media"}
ALWAYS = {"access_token", "appsecret_proof", "fields"}
_PAGING = {"after", "before"}
_BOOLEANS = {"published", "temporary", "no_story"}
_TEXT = 63_206
_PICTURE = 4_000_000

PAGE, TOKEN, USER_TOKEN = "1000", secret("page-token"), secret("user-token")
APP, APP_SECRET = "77", secret("app-secret")
LIVING = ["v21.0", "v22.0", "v23.0", "v24.0", "v25.0", "v26.0"]
ENDED = [f"v{number}.0" for number in range(1, 21)]


class FakeGraph(Service):
    """One Page with one token. `posts` are dicts with message, link, pictures, id; `photos` are unpublished.

    `lag`: reads that do not show a new post yet, neither in the list nor by its id. `usage`: headers that
    tell of quotas; see `quota`. `serves_ended`: an ended version is served as the oldest living one (so says
    Meta's changelog), instead of refused (so do its newer interfaces). `wants_proof`: the app asks for an
    appsecret_proof with every call. `refuses_copies`: of the latest post; of no
    other, and not of pictures.
    """

    def __init__(self) -> None:
        super().__init__()
        self.page, self.token, self.user_token = PAGE, TOKEN, USER_TOKEN
        self.app, self.app_secret = APP, APP_SECRET
        self.versions, self.ended, self.serves_ended = LIVING, ENDED, False
        self.wants_proof, self.refuses_copies = False, True
        self.rights = [
            "pages_show_list",
            "pages_manage_posts",
            "pages_read_engagement",
            "pages_read_user_content",
        ]
        self.expires_at = 0
        self.lag = 0
        self.usage: dict[str, str] = {}
        self.quota()
        self.photos: dict[str, dict[str, Any]] = {}
        self.dead = False  # the token was taken back

    @property
    def credentials(self) -> dict[str, str]:
        """What an account needs to post here."""
        return {"page_id": self.page, "access_token": self.token}

    def error(
        self, code: int, subcode: int | None = None, *, acted: bool = False, status: int = 0, **how: Any
    ) -> None:
        """Let the next POST be answered with this code; `acted`: although it was done."""
        answer = graph_errors.error(code, how.pop("message", ""), subcode, status)
        headers = answer.headers | how.pop("headers", {})
        self.fault(
            "answer", status=answer.status, body=answer.body.decode(), headers=headers, acted=acted, **how
        )

    def quota(self, percent: int = 1, minutes: int = 0, *, page: int = 1, app: int = 1) -> None:
        """Let answers tell how much of each quota is used: the business's, the Page's own, the app's.

        `minutes`: until there is access again. The headers are those of Meta's rate-limiting guide.
        """
        counts = {"call_count": percent, "total_cputime": 1, "total_time": 1}
        business = {self.page: [{"type": "pages", **counts, "estimated_time_to_regain_access": minutes}]}
        self.usage = {
            "x-business-use-case-usage": json.dumps(business),
            "x-page-usage": json.dumps(counts | {"call_count": page}),
            "x-app-usage": json.dumps(counts | {"call_count": app}),
        }

    def answer(self, request: Request) -> Answer:
        """The Graph's answer."""
        version = request.path.strip("/").partition("/")[0]
        told = self.usage | {
            "facebook-api-version": version if version in self.versions else self.versions[0]
        }
        try:
            return json_answer(200, self._do(request), told)
        except _Refused as refused:
            return Answer(refused.answer.status, refused.answer.body, told | refused.answer.headers)

    def _do(self, request: Request) -> dict[str, Any]:
        version, _, path = request.path.strip("/").partition("/")
        if version in self.ended and not self.serves_ended:
            raise _Refused(graph_errors.error(2635))
        if version not in [*self.versions, *self.ended]:
            raise _Refused(graph_errors.error(2500, "Unknown path components: " + request.path))
        fields, files = fields_of(request)
        if path == "debug_token":
            return self._debug_token(fields)
        who = self._who(fields)
        if request.method == "GET" and path in ("me", self.page):
            return {"id": who, "name": "Sint-Jozef" if who == self.page else "An Persoon"}
        node, _, edge = path.partition("/")
        if request.method == "GET" and node.startswith(f"{self.page}_") and not edge:
            return self._one(node, fields, who)
        if node != self.page:
            raise _Refused(_absent(request.method, node))
        if who != self.page:
            raise _Refused(graph_errors.error(200))
        if request.method == "POST" and edge == "feed":
            return self._feed(fields)
        if request.method == "POST" and edge == "photos":
            return self._photo(fields, files)
        if request.method == "GET" and edge == "published_posts":
            return self._published(fields)
        raise _Refused(graph_errors.error(2500, "Unknown path components: /" + edge))

    def _who(self, fields: dict[str, str]) -> str:
        token = fields.get("access_token", "")
        if self.dead or token not in (self.token, self.user_token):
            said = f"Error validating access token {token}: it is no longer valid."
            raise _Refused(graph_errors.error(190, said, 460))
        if self.wants_proof and "appsecret_proof" not in fields:
            said = "API calls from the server require an appsecret_proof argument"
            raise _Refused(graph_errors.error(100, said, kind=graph_errors.METHOD))
        if "appsecret_proof" in fields:
            right = hmac.new(self.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
            if fields["appsecret_proof"] != right:
                said = "Invalid appsecret_proof provided in the API argument"
                raise _Refused(graph_errors.error(100, said, kind=graph_errors.METHOD))
        return self.page if token == self.token else "555"

    def _debug_token(self, fields: dict[str, str]) -> dict[str, Any]:
        if fields.get("access_token") != f"{self.app}|{self.app_secret}":
            raise _Refused(graph_errors.error(190, "Invalid OAuth access token signature."))
        page = fields.get("input_token") == self.token
        known = page or fields.get("input_token") == self.user_token
        return {
            "data": {
                "app_id": self.app,
                "type": "PAGE" if page else "USER",
                "is_valid": known and not self.dead,
                "expires_at": self.expires_at,
                "data_access_expires_at": 0,
                "scopes": self.rights,
            }
        }

    def _may(self, right: str, code: int) -> None:
        if right not in self.rights:
            said = f"(#{code}) This endpoint requires the '{right}' permission"
            raise _Refused(graph_errors.error(code, said))

    def _feed(self, fields: dict[str, str]) -> dict[str, Any]:
        _check(fields, FEED)
        self._may("pages_manage_posts", 200)
        message, link = fields.get("message", ""), fields.get("link", "")
        pictures = self._attached(json.loads(fields.get("attached_media", "[]")), link)
        if not message and not link and not pictures:
            raise _Refused(
                graph_errors.error(100, "(#100) The post is empty. Please enter a message to share.")
            )
        if link and not re.match(r"https?://[^/\s]+", link):
            raise _Refused(graph_errors.error(100, "(#100) link must be a valid URL", 1500))
        made = {"id": self._keep({"message": message, "link": link, "pictures": pictures})}
        for one in pictures:
            one["used"] = True
        return made

    def _attached(self, media: list[Any], link: str) -> list[dict[str, Any]]:
        ids = [one.get("media_fbid") if isinstance(one, dict) else None for one in media]
        if any(one not in self.photos or self.photos[one]["used"] for one in ids) or len(set(ids)) < len(ids):
            raise _Refused(graph_errors.error(100, "(#100) Invalid parameter: attached_media"))
        if ids and link:
            raise _Refused(graph_errors.error(100, "(#100) A post has a link or attached media, not both"))
        return [self.photos[one] for one in ids]

    def _photo(self, fields: dict[str, str], files: dict[str, bytes]) -> dict[str, Any]:
        _check(fields, PHOTOS)
        self._may("pages_manage_posts", 200)
        picture = files.get("source", b"")
        if not picture.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")) or len(picture) > _PICTURE:
            raise _Refused(graph_errors.error(324, subcode=1366046))
        message = fields.get("caption", fields.get("message", ""))
        kept = {"bytes": len(picture), "alt": fields.get("alt_text_custom", ""), "used": False}
        if fields.get("published") == "false":
            photo = f"{self.page}9{len(self.photos)}"
            self.photos[photo] = kept
            return {"id": photo}
        post = self._keep({"message": message, "link": "", "pictures": [kept]})
        return {"id": f"photo{len(self.posts)}", "post_id": post}

    def _keep(self, post: dict[str, Any]) -> str:
        if len(post["message"]) > _TEXT:
            raise _Refused(graph_errors.error(100, "(#100) The message is too long"))
        status = not post.get("picture") and not post.get("pictures")
        last = self.posts[-1] if self.posts and self.refuses_copies and status else None
        if last and all(last.get(key) == value for key, value in post.items()):
            raise _Refused(graph_errors.error(506, subcode=1455006))
        post_id = f"{self.page}_{len(self.posts) + 1}"
        made = clock.now().strftime("%Y-%m-%dT%H:%M:%S+0000")
        self.posts.append(post | {"id": post_id, "created_time": made, "unseen": self.lag})
        return post_id

    def _published(self, fields: dict[str, str]) -> dict[str, Any]:
        _check(fields, PUBLISHED_POSTS | _PAGING)
        self._readable(fields)
        limit, start = int(fields.get("limit", 25)), int(fields.get("after") or 0)
        if limit > 100:
            raise _Refused(graph_errors.error(100, "(#100) limit must be at most 100"))
        seen = [post for post in reversed(self.posts) if post["unseen"] <= 0]
        for post in self.posts:
            post["unseen"] -= 1
        found, more = seen[start : start + limit], len(seen) > start + limit
        paging = {"cursors": {"after": str(start + limit)}} | ({"next": "https://graph…"} if more else {})
        return {"data": [_shown(post, fields.get("fields", "")) for post in found], "paging": paging}

    def _one(self, post_id: str, fields: dict[str, str], who: str) -> dict[str, Any]:
        """A post by its id: right after it was made "does not exist", as the real one says."""
        _check(fields, set())
        self._readable(fields)
        post = next((post for post in self.posts if post["id"] == post_id), None)
        if post is None or who != self.page or post["unseen"] > 0:
            if post:
                post["unseen"] -= 1
            raise _Refused(_absent("GET", post_id))
        return _shown(post, fields.get("fields", ""))

    def _readable(self, fields: dict[str, str]) -> None:
        self._may("pages_read_engagement", 10)
        self._may("pages_read_user_content", 10)
        for name, inner in re.findall(r"(\w+)(?:\{([^}]*)\})?", fields.get("fields", "")):
            unknown = {name} - POST_FIELDS - POST_EDGES or set(
                filter(None, inner.split(","))
            ) - ATTACHMENT_FIELDS
            if unknown:
                said = (
                    f"(#100) Tried accessing nonexisting field ({sorted(unknown)[0]}) on node type (PagePost)"
                )
                raise _Refused(graph_errors.error(100, said))


class _Refused(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def _absent(method: str, node: str) -> Answer:
    said = (
        f"Unsupported {method.lower()} request. Object with ID '{node}' does not exist, cannot be loaded due "
        "to missing permissions, or does not support this operation."
    )
    return graph_errors.error(100, said, 33, kind=graph_errors.METHOD)


def fields_of(request: Request) -> tuple[dict[str, str], dict[str, bytes]]:
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        return request.query | (request.form if request.method == "POST" else {}), {}
    fields, files = dict(request.query), {}
    mime = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + request.body, policy=HTTP)
    for part in mime.iter_parts():
        name, content = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        if part.get_filename() is None:
            fields[name] = content.decode()
        else:
            files[name] = content
    return fields, files


def _check(fields: dict[str, str], known: set[str]) -> None:
    if unknown := set(fields) - known - ALWAYS:
        raise _Refused(graph_errors.error(100, f"(#100) Unknown parameter {sorted(unknown)[0]}"))
    for name in _BOOLEANS & set(fields):
        if fields[name] not in ("true", "false"):
            raise _Refused(graph_errors.error(100, f"(#100) Param {name} must be a boolean"))
    try:
        media = json.loads(fields.get("attached_media", "[]"))
    except ValueError:
        media = None
    if not isinstance(media, list):
        raise _Refused(graph_errors.error(100, "(#100) Param attached_media must be an array."))


def _shown(post: dict[str, Any], fields: str) -> dict[str, Any]:
    shown = {"id": post["id"], "created_time": post["created_time"]}
    if "message" in fields and post["message"]:
        shown["message"] = post["message"]
    if "permalink_url" in fields:
        shown["permalink_url"] = f"https://www.facebook.com/{post['id']}"
    if "is_published" in fields:
        shown["is_published"] = True
    if "unshimmed_url" in fields and (post["link"] or post["pictures"]):
        photo = f"https://www.facebook.com/photo.php?fbid={post['id']}"
        shown["attachments"] = {"data": [{"unshimmed_url": post["link"] or photo}]}
    return shown


if __name__ == "__main__":
    serve(FakeGraph())
