"""The sample website: a feed, its articles and their pictures, on 127.0.0.1."""

import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from zoneinfo import ZoneInfo

from tasks.demo import pictures
from tasks.demo.articles import COMING, THERE, Article, Happening

TITLE = "Netwerk Kleurrijke Klas"
_HERE = ZoneInfo("Europe/Brussels")
PICTURE = "Tekening: heuvels onder een ronde zon"
_STYLE = (
    "body{font:17px/1.6 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "img{width:100%;height:auto;border-radius:8px}a{color:#0b6e69}small{color:#666}"
)


class Website:
    """Starts with what is there; `publish` adds what is coming, one by one."""

    def __init__(self) -> None:
        started = datetime.now(UTC)
        self._articles = [(started - timedelta(days=3 * age + 1), it) for age, it in enumerate(THERE)]
        self._coming = list(COMING)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, name="sample website", daemon=True).start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def publish(self) -> bool:
        """Put the next article on the site. False when there are no more."""
        if not self._coming:
            return False
        # A new list instead of a changed one: a reader in another thread sees the old or the new.
        self._articles = [(datetime.now(UTC), self._coming.pop(0)), *self._articles]
        return True

    def page(self, path: str) -> tuple[str, bytes] | None:
        """The media type and content at `path`; None when there is nothing."""
        if path in {"/", "/feed.xml"}:
            return (
                ("text/html; charset=utf-8", self._home())
                if path == "/"
                else (
                    "application/rss+xml; charset=utf-8",
                    self._feed(),
                )
            )
        folder, _, name = path.removeprefix("/").partition("/")
        found = next((it for _, it in self._articles if name.removesuffix(".png") == it.slug), None)
        if found and folder == "beeld":
            return "image/png", pictures.png(found.slug)
        return ("text/html; charset=utf-8", self._article(found)) if found and folder == "artikel" else None

    def _home(self) -> bytes:
        links = "".join(
            f'<li><a href="/artikel/{it.slug}">{escape(it.title)}</a></li>' for _, it in self._articles
        )
        return _html(TITLE, f'<h1>{TITLE}</h1><ul>{links}</ul><p><a href="/feed.xml">RSS</a></p>')

    def _article(self, it: Article) -> bytes:
        when = f"<p><strong>{escape(it.event.place)}</strong></p>" if it.event else ""
        body, picture = _paragraphs(it), _picture(f"/beeld/{it.slug}.png")
        back = f'<p><small><a href="/">{TITLE}</a>: een voorbeeldsite, alles is verzonnen.</small></p>'
        return _html(
            it.title, f"{picture}<h1>{escape(it.title)}</h1>{when}<p>{escape(it.summary)}</p>{body}{back}"
        )

    def _feed(self) -> bytes:
        items = "".join(self._item(at, it) for at, it in self._articles)
        return (
            '<?xml version="1.0" encoding="utf-8"?>'
            '<rss version="2.0" xmlns:ev="http://purl.org/rss/1.0/modules/event/" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
            f"<title>{TITLE}</title><link>{self.url}/</link><language>nl</language>"
            f"<description>Nieuws voor wie met kleuters werkt</description>{items}</channel></rss>"
        ).encode()

    def _item(self, at: datetime, it: Article) -> str:
        link, picture = f"{self.url}/artikel/{it.slug}", f"{self.url}/beeld/{it.slug}.png"
        categories = "".join(f"<category>{escape(word)}</category>" for word in it.categories)
        return (
            f"<item><title>{escape(it.title)}</title><link>{link}</link><guid>{link}</guid>"
            f"<pubDate>{format_datetime(at)}</pubDate><description>{escape(it.summary)}</description>{categories}"
            f"<content:encoded><![CDATA[{_picture(picture)}{_paragraphs(it)}]]></content:encoded>"
            f"{_event(it.event) if it.event else ''}</item>"
        )


def _picture(address: str) -> str:
    return f'<img src="{address}" alt="{PICTURE}">'


def _paragraphs(it: Article) -> str:
    return "".join(f"<p>{escape(text)}</p>" for text in it.body)


def _event(event: Happening) -> str:
    day = datetime.now(_HERE).replace(minute=0, second=0, microsecond=0) + timedelta(days=event.days)
    starts = day.replace(hour=event.hour)
    return (
        f"<ev:startdate>{starts.isoformat()}</ev:startdate>"
        f"<ev:enddate>{(starts + event.lasts).isoformat()}</ev:enddate>"
        f"<ev:location>{escape(event.place)}</ev:location>"
    )


def _html(title: str, body: str) -> bytes:
    return (
        f'<!doctype html><html lang="nl"><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>{body}</html>'
    ).encode()


def _handler(website: Website) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = website.page(self.path.partition("?")[0])
            kind, body = found or ("text/plain; charset=utf-8", b"Deze pagina is er niet.")
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
            """Say nothing."""

    return Handler
