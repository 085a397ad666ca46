"""What websites do wrong with their feeds: each way answers a request for the feed in place of the site.

The evidence is in the issues of feed readers: caches with two minds, plug-ins with a wrong ETag, pages of
maintenance with status 200, challenges, half answers.
"""

import gzip
import random
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any

from outreach.core import clock
from tests.fakes.website import FAILURES

FEED_TYPE = "application/rss+xml; charset=utf-8"
Answer = Callable[[Any], None]  # is given the handler of the request: `tests.fakes.website._Handler`


@dataclass(frozen=True)
class Way:
    """One way to misbehave.

    `told` are words of what staff read on it; none where the news get through all the same.
    `slow`: it is ended by the deadline of a fetch.
    """

    answer: Answer
    told: str = ""
    slow: bool = False


def _changed(change: Callable[[bytes], bytes], **headers: str) -> Answer:
    """The feed as it is, `change`d."""

    def answer(h: Any) -> None:
        h.answer(200, change(h.site.feed()), **({"content_type": FEED_TYPE} | headers))

    return answer


def _plain(**headers: str) -> Answer:
    return _changed(bytes, **headers)


def _page(title: str, status: int = 200, **headers: str) -> Answer:
    body = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><p>{title}</p></body></html>"
    return lambda h: h.answer(status, body.encode(), content_type="text/html", **headers)


def _unchanged_for_ever(h: Any) -> None:
    """Whoever asks with a validator has everything, says a broken plug-in."""
    if h.headers.get("If-None-Match") or h.headers.get("If-Modified-Since"):
        h.answer(304, b"")
    else:
        h.answer(200, h.site.feed(), content_type=FEED_TYPE, etag='"1"')


def _new_etag(h: Any) -> None:
    etag = f'W/"{len(h.site.requests)}"'
    h.answer(200, h.site.feed(), content_type=FEED_TYPE, etag=etag)


def _from_the_future(h: Any) -> None:
    h.answer(200, h.site.feed(), content_type=FEED_TYPE, last_modified="Wed, 01 Jan 2098 00:00:00 GMT")


def _chunks_cut_off(h: Any) -> None:
    body = h.site.feed()
    h.send_response(200)
    h.send_header("transfer-encoding", "chunked")
    h.end_headers()
    h.wfile.write(b"%x\r\n%s\r\n" % (len(body) // 2, body[: len(body) // 2]))
    h.close_connection = True


def _reset(h: Any) -> None:
    """The connection is torn down before a word is said."""
    h.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    h.close_connection = True


def _silent(h: Any) -> None:
    """The connection stands, and nothing comes."""
    h.close_connection = True
    while not h.site._stopping.wait(0.05):
        time.sleep(0)


def _half_of_gzip(h: Any) -> None:
    body = gzip.compress(h.site.feed())
    h.answer(200, body[: len(body) // 2], content_type=FEED_TYPE, content_encoding="gzip")


def _to_the_login(h: Any) -> None:
    h.site.also["/login/"] = (
        b"<!DOCTYPE html><html><body><form>Meld je aan</form></body></html>",
        "text/html",
    )
    h.answer(302, b"", location="/login/")


def _to_another_name(h: Any) -> None:
    """The same machine by another name, for now."""
    h.answer(302, b"", location=h.site.url.replace("127.0.0.1", "localhost") + "/new-feed/")


class _Snapshot:
    """A cache that kept the feed as it was when the trouble began; every `share`th request has it."""

    def __init__(self, share: int) -> None:
        self.share, self.kept, self.asked = share, b"", 0

    def __call__(self, h: Any) -> None:
        self.kept = self.kept or h.site.feed()
        self.asked += 1
        body = h.site.feed() if self.asked % self.share else self.kept
        h.answer(200, body, content_type=FEED_TYPE)


class _ByTurns:
    """Now so, now so."""

    def __init__(self, *answers: Answer) -> None:
        self.answers, self.asked = answers, 0

    def __call__(self, h: Any) -> None:
        self.asked += 1
        self.answers[self.asked % len(self.answers)](h)


def _items(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[bytes], bytes]:
    """Puts the articles of an RSS feed in another order, or takes some away."""

    def rearranged(body: bytes) -> bytes:
        items = re.findall(rb"<item>.*?</item>", body, re.DOTALL)
        head, tail = body.split(b"<item>", 1)[0], body.rsplit(b"</item>", 1)[-1]
        return head + b"".join(change(items)) + tail

    return rearranged


def _shuffled(items: list[bytes]) -> list[bytes]:
    return random.sample(items, len(items))


def _now(body: bytes) -> bytes:
    """Every article is dated at the moment of the question."""
    date = format_datetime(clock.now()).encode()
    return re.sub(rb"<pubDate>.*?</pubDate>", b"<pubDate>" + date + b"</pubDate>", body)


def _secure(body: bytes) -> bytes:
    return body.replace(b"http://127", b"https://127")


def ways() -> dict[str, Way]:
    """All ways by name, fresh: some of them count how often they were asked."""
    return _refusals() | _pages() | _halves() | _validators() | _redirects() | _caches() | _careless()


def _refusals() -> dict[str, Way]:
    return {
        "500": Way(_page("Error", 500), "has trouble"),
        "502": Way(_page("Bad gateway", 502), "has trouble"),
        "503, come back in two hours": Way(_page("Busy", 503, retry_after="7200"), "has trouble"),
        "503, come back in a year": Way(_page("Busy", 503, retry_after="31536000"), "has trouble"),
        "429": Way(_page("Slow down", 429, retry_after="1800"), "come less often"),
        "403": Way(_page("Forbidden", 403), "refuses to show this"),
        "403 with a challenge": Way(_page("Just a moment", 403, cf_mitigated="challenge"), "refuses"),
        "401": Way(_page("Who are you?", 401), "asks for a password"),
        "404": Way(_page("Not found", 404), "There is nothing at"),
        "410": Way(_page("Gone", 410), "taken away for good"),
        "304 that nobody asked for": Way(lambda h: h.answer(304, b""), "of no use"),
        "204": Way(lambda h: h.answer(204, b""), "is empty"),
    }


def _pages() -> dict[str, Way]:
    return {
        "error page with 200": Way(_page("Er ging iets mis"), "with a web page"),
        "maintenance with 200": Way(_page("We zijn zo terug"), "with a web page"),
        "challenge with 200": Way(_page("Just a moment..."), "with a web page"),
        "page that calls itself a feed": Way(
            lambda h: h.answer(200, h.site.page("/"), content_type=FEED_TYPE), "with a web page"
        ),
        "log-in": Way(_to_the_login, "with a web page"),
        "JSON of an error": Way(FAILURES["json"], "JSON"),
    }


def _halves() -> dict[str, Way]:
    return {
        "empty": Way(FAILURES["empty"], "is empty"),
        "spaces": Way(_changed(lambda _: b" \n\n "), "is empty"),
        "shorter than promised": Way(FAILURES["broken-off"], "broke off"),
        "chunks cut off": Way(_chunks_cut_off, "broke off"),
        "half of a gzip": Way(_half_of_gzip, "broke off"),
        "gzip that is none": Way(_plain(content_encoding="gzip"), "broke off"),
        "hangs up": Way(FAILURES["hang-up"], "broke off"),
        "reset": Way(_reset, "broke off"),
        "cut in the last article": Way(FAILURES["cut"]),
        "cut in the first article": Way(
            _changed(lambda body: body[: body.find(b"</title>", 400)]), "breaks off"
        ),
        "drips": Way(FAILURES["drip"], "did not answer within", slow=True),
        "head without end": Way(FAILURES["slow-head"], "did not answer within", slow=True),
        "silence": Way(_silent, "did not answer within", slow=True),
    }


def _validators() -> dict[str, Way]:
    return {
        "304 for ever": Way(_unchanged_for_ever),
        "a new ETag each time": Way(_new_etag),
        "changed in the future": Way(_from_the_future),
        "no validators": Way(_plain()),
    }


def _redirects() -> dict[str, Way]:
    return {
        "elsewhere for now": Way(lambda h: h.answer(307, b"", location="/new-feed/")),
        "elsewhere for good": Way(lambda h: h.answer(301, b"", location="/new-feed/")),
        "another name for now": Way(_to_another_name),
        "round and round": Way(FAILURES["loop"], "keeps sending us on"),
        "to nothing": Way(lambda h: h.answer(302, b""), "of no use"),
    }


def _caches() -> dict[str, Way]:
    return {
        "an old copy": Way(_Snapshot(1)),
        "an old copy every second time": Way(_Snapshot(2)),
        "an old copy now and then": Way(_Snapshot(3)),
        "trouble every second time": Way(_ByTurns(_plain(), _page("Busy", 503)), "has trouble"),
        "http and https by turns": Way(_ByTurns(_plain(), _changed(_secure))),
        "no articles": Way(_changed(_items(lambda _: []))),
        "no articles every second time": Way(_ByTurns(_plain(), _changed(_items(lambda _: [])))),
    }


def _careless() -> dict[str, Way]:
    return {
        "another order each time": Way(_changed(_items(_shuffled))),
        "oldest first": Way(_changed(_items(lambda items: items[::-1]))),
        "each article twice": Way(_changed(_items(lambda items: [*items, *items]))),
        "all dated now": Way(_changed(_now)),
        "called a web page": Way(_plain(content_type="text/html")),
        "another charset in the head": Way(_plain(content_type="application/rss+xml; charset=iso-8859-1")),
        "old bytes called UTF-8": Way(FAILURES["wrong-encoding"]),
        "a notice of PHP before it": Way(_changed(lambda body: b"\n<b>Notice</b>: Undefined index\n" + body)),
        "a mark and spaces before it": Way(_changed(lambda body: b"\xef\xbb\xbf\n\n" + body)),
    }
