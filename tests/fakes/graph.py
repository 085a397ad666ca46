"""A fake of Facebook's Graph API, as far as a Page's posts go.

Stricter than the real one where that catches mistakes: an unknown parameter is refused, not ignored.
Parameter names are facts of the published specification (a test compares them).
"""

import hashlib
import hmac
import json
import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import HTTP
from typing import Any

from tests.fakes.service import Answer, Request, Service, json_answer, serve

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
_ALWAYS = {"access_token", "appsecret_proof", "fields"}
_PAGING = {"after", "before"}
_BOOLEANS = {"published", "temporary", "no_story"}
_TEXT = 63_206
_PICTURE = 4_000_000

PAGE, TOKEN, USER_TOKEN = "1000", "page-token-0123456789", "user-token-0123456789"
APP, APP_SECRET = "77", "app-secret-0123456789"


class FakeGraph(Service):
    """One Page with one token. `posts` are dicts with message, link, alt, picture (its length), and id.

    `lag`: reads of the list of posts that do not show a new post yet. `usage`: headers that tell of quotas.
    """

    def __init__(self) -> None:
        super().__init__()
        self.page, self.token, self.user_token = PAGE, TOKEN, USER_TOKEN
        self.app, self.app_secret = APP, APP_SECRET
        self.versions = ["v24.0", "v25.0", "v26.0"]
        self.rights = [
            "pages_show_list",
            "pages_manage_posts",
            "pages_read_engagement",
            "pages_read_user_content",
        ]
        self.expires_at = 0
        self.lag = 0
        self.usage: dict[str, str] = {}
        self.dead = False  # the token was taken back

    @property
    def credentials(self) -> dict[str, str]:
        """What an account needs to post here."""
        return {"page_id": self.page, "access_token": self.token}

    def error(
        self, code: int, subcode: int | None = None, *, acted: bool = False, status: int = 0, **how: Any
    ) -> None:
        """Let the next POST be answered with this code; `acted`: although it was done."""
        answer = _error(code, "It went wrong", subcode, status)
        headers = answer.headers | how.pop("headers", {})
        self.fault(
            "answer", status=answer.status, body=answer.body.decode(), headers=headers, acted=acted, **how
        )

    def answer(self, request: Request) -> Answer:
        """The Graph's answer."""
        try:
            return json_answer(200, self._do(request), self.usage)
        except _Refused as refused:
            return Answer(refused.answer.status, refused.answer.body, refused.answer.headers | self.usage)

    def _do(self, request: Request) -> dict[str, Any]:
        version, _, path = request.path.strip("/").partition("/")
        if version not in self.versions:
            raise _Refused(_error(2500, "Unknown path components: " + request.path))
        fields, files = _fields(request)
        if path == "debug_token":
            return self._debug_token(fields)
        who = self._who(fields)
        if request.method == "GET" and path in ("me", self.page):
            return {"id": who, "name": "Sint-Jozef" if who == self.page else "An Persoon"}
        edge = path.partition("/")[2]
        if path.partition("/")[0] != self.page:
            raise _Refused(_error(100, f"Unsupported request. Object with ID '{path}' does not exist", 33))
        if who != self.page:
            raise _Refused(
                _error(200, "(#200) The permission(s) pages_manage_posts are not available", 0, 403)
            )
        if request.method == "POST" and edge == "feed":
            return self._feed(fields)
        if request.method == "POST" and edge == "photos":
            return self._photo(fields, files)
        if request.method == "GET" and edge == "published_posts":
            return self._published(fields)
        raise _Refused(_error(2500, "Unknown path components: /" + edge))

    def _who(self, fields: dict[str, str]) -> str:
        token = fields.get("access_token", "")
        if self.dead or token not in (self.token, self.user_token):
            raise _Refused(_error(190, f"Error validating access token {token}: it is no longer valid.", 460))
        if "appsecret_proof" in fields:
            right = hmac.new(self.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
            if fields["appsecret_proof"] != right:
                raise _Refused(_error(100, "Invalid appsecret_proof provided in the API argument"))
        return self.page if token == self.token else "555"

    def _debug_token(self, fields: dict[str, str]) -> dict[str, Any]:
        if fields.get("access_token") != f"{self.app}|{self.app_secret}":
            raise _Refused(_error(190, "Invalid OAuth access token signature."))
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

    def _feed(self, fields: dict[str, str]) -> dict[str, Any]:
        _check(fields, FEED)
        message, link = fields.get("message", ""), fields.get("link", "")
        if not message and not link:
            raise _Refused(_error(100, "(#100) The post is empty. Please enter a message to share."))
        if link and not re.match(r"https?://[^/\s]+", link):
            raise _Refused(_error(100, "(#100) link must be a valid URL", 1500))
        return {"id": self._keep({"message": message, "link": link})}

    def _photo(self, fields: dict[str, str], files: dict[str, bytes]) -> dict[str, Any]:
        _check(fields, PHOTOS)
        picture = files.get("source", b"")
        if not picture.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")) or len(picture) > _PICTURE:
            raise _Refused(_error(324, "(#324) Missing or invalid image file", 1366046))
        message = fields.get("caption", fields.get("message", ""))
        alt = fields.get("alt_text_custom", "")
        post = self._keep({"message": message, "link": "", "alt": alt, "picture": len(picture)})
        return {"id": f"photo{len(self.posts)}", "post_id": post}

    def _keep(self, post: dict[str, Any]) -> str:
        if len(post["message"]) > _TEXT:
            raise _Refused(_error(100, "(#100) The message is too long"))
        if self.posts and all(self.posts[-1].get(key) == value for key, value in post.items()):
            raise _Refused(_error(506, "Duplicate status message", 1455006))
        post_id = f"{self.page}_{len(self.posts) + 1}"
        made = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
        self.posts.append(post | {"id": post_id, "created_time": made, "unseen": self.lag})
        return post_id

    def _published(self, fields: dict[str, str]) -> dict[str, Any]:
        _check(fields, PUBLISHED_POSTS | _PAGING)
        limit, start = int(fields.get("limit", 25)), int(fields.get("after") or 0)
        if limit > 100:
            raise _Refused(_error(100, "(#100) limit must be at most 100"))
        seen = [post for post in reversed(self.posts) if post["unseen"] <= 0]
        for post in self.posts:
            post["unseen"] -= 1
        page, more = seen[start : start + limit], len(seen) > start + limit
        paging = {"cursors": {"after": str(start + limit)}} | ({"next": "https://graph…"} if more else {})
        return {"data": [_shown(post, fields.get("fields", "")) for post in page], "paging": paging}


class _Refused(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def _error(code: int, message: str, subcode: int | None = None, status: int = 0) -> Answer:
    error: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "AbC"}
    if subcode:
        error["error_subcode"] = subcode
    return json_answer(status or (500 if code in (1, 2) else 400), {"error": error})


def _fields(request: Request) -> tuple[dict[str, str], dict[str, bytes]]:
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
    if unknown := set(fields) - known - _ALWAYS:
        raise _Refused(_error(100, f"(#100) Unknown parameter {sorted(unknown)[0]}"))
    for name in _BOOLEANS & set(fields):
        if fields[name] not in ("true", "false"):
            raise _Refused(_error(100, f"(#100) Param {name} must be a boolean"))
    try:
        media = json.loads(fields.get("attached_media", "[]"))
    except ValueError:
        media = None
    if not isinstance(media, list):
        raise _Refused(_error(100, "(#100) Param attached_media must be an array."))


def _shown(post: dict[str, Any], fields: str) -> dict[str, Any]:
    shown = {"id": post["id"], "created_time": post["created_time"]}
    if "message" in fields and post["message"]:
        shown["message"] = post["message"]
    if "permalink_url" in fields:
        shown["permalink_url"] = f"https://www.facebook.com/{post['id']}"
    if "unshimmed_url" in fields and post["link"]:
        shown["attachments"] = {"data": [{"unshimmed_url": post["link"]}]}
    return shown


if __name__ == "__main__":
    serve(FakeGraph())
