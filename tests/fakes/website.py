"""A website on a real socket: its feed can be changed, and it can misbehave on command."""

import contextlib
import gzip
import hashlib
import re
import struct
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from tests.fakes.rendering import FLAVOURS, Article

FIRST_DAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Request:
    """What came over the wire. Header names are lower case."""

    method: str
    path: str
    headers: dict[str, str]


@dataclass
class Website:
    """A site with one feed at `feed_url`. `mode` is "" or a way to fail (a key of `FAILURES`).

    Use as a context manager, or `start` and `stop` it.
    """

    title: str = "Kleine Kinderen"
    flavour: str = "wordpress"
    mode: str = ""
    encoding: str = "utf-8"
    validators: bool = True
    gzip: bool = False
    articles: list[Article] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    url: str = ""
    redirect_to: str = ""
    cache_control: str = ""
    # Articles are of the moment at which they are added: for servers that run on the real clock.
    live: bool = False
    # Answers requests for the feed in place of the site.
    misbehaving: Callable[[Any], None] | None = None
    # A body and its type that the feed's address answers with instead.
    instead: tuple[bytes, str] | None = None
    # Bodies and types at other addresses.
    also: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    # What stands in the head of an article's page, by its path; None: the page is gone.
    heads: dict[str, str | None] = field(default_factory=dict)
    # Paths with nothing there; and whether the whole site has trouble.
    missing: set[str] = field(default_factory=set)
    down: bool = False

    def start(self) -> "Website":
        """Listen on a free port of this machine."""
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._stopping = threading.Event()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening; open connections end."""
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> "Website":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def feed_url(self) -> str:
        """Where the feed is."""
        return f"{self.url}/feed/"

    def add_article(self, title: str, summary: str = "", link: str = "", **more: Any) -> Article:
        """Publish an article: newest first, in the feed at once, with a page of its own."""
        number = 1 + max((a.number for a in self.articles), default=100)
        values: dict[str, Any] = {
            "number": number,
            "title": title,
            "summary": summary or f"{title}: lees er alles over.",
            "link": link or f"{self.url}/{_slug(title)}/",
            "guid": f"{self.url}/?p={number}",
            "published": self._now() if self.live else FIRST_DAY + timedelta(hours=number - 101),
        }
        article = Article(**(values | more))
        self.articles.insert(0, article)
        return article

    @staticmethod
    def _now() -> datetime:
        """Feeds say whole seconds: the one that is under way may seem to be before a source was added."""
        return datetime.now(UTC) + timedelta(seconds=1)

    def remove_article(self, article: Article) -> None:
        """Take it off the site."""
        self.articles.remove(article)

    def feed(self) -> bytes:
        """The feed as it is now."""
        text = FLAVOURS[self.flavour](self.title, self.url, self.articles)
        return text.encode(self.encoding, errors="xmlcharrefreplace")

    def feed_requests(self) -> list[Request]:
        """The requests for the feed."""
        return [r for r in self.requests if r.path == "/feed/"]

    def page(self, path: str) -> bytes:
        """An article's page, or the home page (which announces the feed)."""
        article = next((a for a in self.articles if a.link == f"{self.url}{path}"), None)
        head = f'<link rel="alternate" type="application/rss+xml" title="{escape(self.title)}" href="/feed/">'
        body = f"<h1>{escape(article.title if article else self.title)}</h1>"
        image = f'<meta property="og:image" content="{article.image}">' if article and article.image else ""
        head += self.heads.get(path) or ""
        return f"<!DOCTYPE html><html><head>{head}{image}</head><body>{body}</body></html>".encode()


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "artikel"


def png(width: int = 32, height: int = 32) -> bytes:
    """A small valid picture, one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x0b\x6e\x69" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the game."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes: the second would wait 40 ms
    site: Website

    def log_message(self, *_: Any) -> None:
        """Tests are silent."""

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.site.requests.append(Request("GET", self.path, headers))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._route()

    def _route(self) -> None:
        if self.path.startswith("/redirect-there/"):
            return self.answer(302, b"", location="/new-feed/")
        if self.path.startswith("/redirect-here/"):
            return self.answer(302, b"", location=self.site.feed_url)
        if self.path.startswith("/new-feed/"):
            return self.feed()
        if self.site.down:
            return self.answer(503, b"")
        if self.path in self.site.also:
            body, kind = self.site.also[self.path]
            return self.answer(200, body, content_type=kind)
        if self.path.endswith(".png") and self.path not in self.site.missing:
            return self.answer(200, png(), content_type="image/png")
        if self.path.startswith("/feed/") and self.site.misbehaving:
            return self.site.misbehaving(self)
        if self.path.startswith("/feed/"):
            return FAILURES[self.site.mode](self) if self.site.mode else self.feed()
        if self.site.heads.get(self.path, "") is None or self.path in self.site.missing:
            return self.answer(404, b"")
        return self.answer(200, self.site.page(self.path), content_type="text/html; charset=utf-8")

    def feed(self) -> None:
        if self.site.instead:
            body, kind = self.site.instead
            return self.answer(200, body, content_type=kind)
        body = self.site.feed()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        changed = format_datetime(FIRST_DAY + timedelta(seconds=zlib.crc32(body) % 10**6), usegmt=True)
        extra = {"etag": etag, "last_modified": changed} if self.site.validators else {}
        if self.site.cache_control:
            extra["cache_control"] = self.site.cache_control
        if self.site.validators and self.headers.get("If-None-Match") == etag:
            return self.answer(304, b"", **extra)
        if self.site.gzip:
            body, extra["content_encoding"] = gzip.compress(body), "gzip"
        return self.answer(
            200, body, content_type=f"application/rss+xml; charset={self.site.encoding}", **extra
        )

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if status != 304:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _handler(site: Website) -> type[_Handler]:
    return type("Handler", (_Handler,), {"site": site})


def _html(h: _Handler) -> None:
    h.answer(200, h.site.page("/"), content_type="text/html; charset=utf-8")


def _cut(h: _Handler) -> None:
    """A well-formed answer whose feed stops in the middle of the last article."""
    body = h.site.feed()
    last = body.rfind(b"</title>")
    h.answer(200, body[: last - 2], content_type="application/rss+xml; charset=utf-8")


def _broken_off(h: _Handler) -> None:
    """The connection ends before the promised length."""
    body = h.site.feed()
    h.send_response(200)
    h.send_header("content-length", str(len(body)))
    h.end_headers()
    h.wfile.write(body[: len(body) // 2])
    h.close_connection = True


def _drip(h: _Handler) -> None:
    """One byte now and then, for ever."""
    h.send_response(200)
    h.send_header("content-type", "application/rss+xml")
    h.end_headers()
    h.close_connection = True
    while not h.site._stopping.is_set():
        h.wfile.write(b" ")
        h.wfile.flush()
        time.sleep(0.02)


def _slow_head(h: _Handler) -> None:
    """Headers that never end."""
    h.wfile.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
    h.close_connection = True
    while not h.site._stopping.is_set():
        h.wfile.write(b"a")
        h.wfile.flush()
        time.sleep(0.02)


def _huge(h: _Handler) -> None:
    """More than any feed may be, without saying so beforehand."""
    h.send_response(200)
    h.send_header("content-type", "application/rss+xml")
    h.end_headers()
    h.close_connection = True
    for _ in range(40):
        h.wfile.write(b"<!-- " + b"x" * 1_000_000 + b" -->")


def _bomb(h: _Handler) -> None:
    """A small answer that unpacks to 200 MB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(200)) + packer.flush()
    h.answer(200, body, content_type="application/rss+xml", content_encoding="gzip")


def _wrong_encoding(h: _Handler) -> None:
    """Old one-byte text that calls itself UTF-8."""
    body = h.site.feed().decode("utf-8").encode("cp1252", errors="replace")
    h.answer(200, body, content_type="application/rss+xml; charset=utf-8")


def _status(status: int, **headers: str) -> Callable[[_Handler], None]:
    return lambda h: h.answer(status, b"<html>sorry</html>", content_type="text/html", **headers)


def _redirect(to: str) -> Callable[[_Handler], None]:
    return lambda h: h.answer(302, b"", location=to or h.site.redirect_to)


FAILURES: dict[str, Callable[[_Handler], None]] = {
    "404": _status(404),
    "403": _status(403),
    "410": _status(410),
    "500": _status(500),
    "503": _status(503, retry_after="7200"),
    "429": _status(429, retry_after="1800"),
    "html": _html,
    "empty": lambda h: h.answer(200, b"", content_type="application/rss+xml"),
    "json": lambda h: h.answer(
        200,
        b'{"name": "Kleine Kinderen", "namespaces": ["wp/v2"]}',
        content_type="application/json",
    ),
    "wrong-encoding": _wrong_encoding,
    "cut": _cut,
    "broken-off": _broken_off,
    "drip": _drip,
    "slow-head": _slow_head,
    "huge": _huge,
    "bomb": _bomb,
    "loop": _redirect("/feed/"),
    "to-metadata": _redirect("http://169.254.169.254/latest/meta-data/"),
    "to-file": _redirect("file:///etc/hostname"),
    "redirect": _redirect(""),
    "moved": lambda h: h.answer(301, b"", location=h.site.redirect_to),
    "moved-by-way-of": lambda h: h.answer(308, b"", location="/redirect-there/"),
    "no-brotli": _status(200, content_encoding="br"),
    "hang-up": lambda h: setattr(h, "close_connection", True),
}
