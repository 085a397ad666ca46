"""The only way out for addresses that come from feeds, pages and staff.

http and https only, public addresses only (checked at the socket, on each redirect), with limits on time,
redirects and unpacked bytes. See `pinned` for the connection itself.
"""

import socket
import ssl
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings

from outreach import __version__
from outreach.core import clock
from outreach.core.errors import OutreachError
from outreach.core.sentences import N_, Sentence, say

if TYPE_CHECKING:
    import httpx

_REDIRECTS = 5
_FOR_GOOD = {301, 308}
_VALIDATORS = {"if-none-match", "if-modified-since"}
_PORTS = {None, 80, 443}
_UNPACKED_AT_ONCE = 65_536


@dataclass(frozen=True)
class Limits:
    """How much one fetch may take: unpacked bytes, and seconds from the DNS question to the last byte."""

    bytes: int
    seconds: float


FEED = Limits(bytes=10_000_000, seconds=30)
PAGE = Limits(bytes=3_000_000, seconds=20)
IMAGE = Limits(bytes=8_000_000, seconds=30)


@dataclass(frozen=True)
class Fetched:
    """An answer. `url` is the address after redirects; `headers` have lower-case names.

    `moved_to` is that address if every redirect on the way said "for good" (301, 308; RFC 9110, 15.4).
    """

    status: int
    url: str
    headers: dict[str, str]
    body: bytes
    not_modified: bool = False
    moved_to: str = ""


class FetchError(OutreachError):
    """Nothing usable came back. `status` is 0 unless the server answered with an error.

    `retry_at` is what the server asked for (Retry-After, RFC 9110 10.2.3) with a 429 or 503.
    `no_such_name`: there is surely no website of that name.
    """

    def __init__(
        self,
        sentence: Sentence,
        *,
        status: int = 0,
        retry_at: datetime | None = None,
        no_such_name: bool = False,
    ) -> None:
        super().__init__(sentence)
        self.status, self.retry_at, self.no_such_name = status, retry_at, no_such_name


def fetch(url: str, *, etag: str = "", last_modified: str = "", limits: Limits = FEED) -> Fetched:
    """GET `url`. With validators, `not_modified` says that the server has nothing newer (304).

    Raises FetchError for everything that is not a 2xx answer or a 304; no other exception comes out.
    """
    deadline = time.monotonic() + limits.seconds
    headers, for_good = _headers(etag, last_modified), True
    for hop in range(_REDIRECTS + 1):
        check(url)
        answer, target = _get(url, headers, limits, deadline)
        if not target:
            return replace(answer, moved_to=url) if hop and for_good else answer
        for_good = for_good and answer.status in _FOR_GOOD
        url = _redirected(url, target)
    raise FetchError(
        say(
            N_("%(host)s keeps sending us on from one address to the next."),
            host=urlsplit(url).hostname or url,
        )
    )


def check(url: str) -> None:
    """Raises FetchError for an address that is never asked for, whatever it leads to."""
    parts = _split(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise FetchError(say(N_("%(url)s is not a web address; it must start with https://."), url=url[:200]))
    if parts.username is not None or parts.password is not None:
        raise FetchError(say(N_("The web address must not hold a name and password.")))
    if not settings.ALLOW_PRIVATE_ADDRESSES and parts.port not in _PORTS:
        raise FetchError(
            say(N_("%(host)s: only the ports 80 and 443 are allowed."), host=f"{parts.hostname}:{parts.port}")
        )


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # parsed only now; raises for a port that is none
    except ValueError:
        raise _no_address(url) from None
    return parts


def _no_address(url: str) -> FetchError:
    return FetchError(say(N_("%(url)s is not a web address."), url=url[:200]))


def _headers(etag: str, last_modified: str) -> dict[str, str]:
    headers = {
        "user-agent": f"Outreach/{__version__} (+{settings.BASE_URL})",
        "accept": "*/*",
        # Nothing else: only gzip is unpacked piece by piece here.
        "accept-encoding": "gzip",
    }
    validators = {"if-none-match": etag, "if-modified-since": last_modified}
    # Some servers write a date in their own language; a header that we send is ASCII (RFC 9110, 5.5).
    return headers | {name: value for name, value in validators.items() if value and value.isascii()}


def _redirected(url: str, target: str) -> str:
    try:
        new = urljoin(url, target)
    except ValueError:
        raise _no_address(target) from None
    if url.startswith("https:") and new.startswith("http:"):
        raise FetchError(
            say(
                N_("%(host)s sends us on to an address without encryption (http)."),
                host=urlsplit(url).hostname or url,
            )
        )
    return new


def _get(url: str, headers: dict[str, str], limits: Limits, deadline: float) -> tuple[Fetched, str]:
    """One request: the answer, and where it redirects to ("" when it does not)."""
    import httpx

    from outreach.core import pinned

    host = urlsplit(url).hostname or url
    try:
        with (
            pinned.client(deadline, private_allowed=settings.ALLOW_PRIVATE_ADDRESSES) as client,
            client.stream("GET", url, headers=headers) as response,
        ):
            return _answer(url, response, limits), _location(response)
    except pinned.PrivateAddress:
        raise FetchError(
            say(N_("%(host)s is an address inside a private network; Outreach does not go there."), host=host)
        ) from None
    except pinned.NoSuchName as error:
        words = N_("There is no website with the name %(host)s.")
        raise FetchError(say(words, host=host), no_such_name=_is_sure(error)) from None
    except httpx.TimeoutException:
        raise _too_slow(host, limits) from None
    except httpx.ConnectError as error:
        raise _no_connection(host, error) from None
    except (httpx.HTTPError, httpx.StreamError):
        raise _unreadable(url) from None
    except (httpx.InvalidURL, ValueError):  # among others a name that IDNA does not know
        raise _no_address(url) from None


def _is_sure(error: Exception) -> bool:
    """Whether the name is known not to exist; without a connection of our own nobody can tell."""
    number = getattr(error.__cause__, "errno", None)
    return number in {None, socket.EAI_NONAME, getattr(socket, "EAI_NODATA", None)}


def _location(response: "httpx.Response") -> str:
    return response.headers.get("location", "") if response.status_code in {301, 302, 303, 307, 308} else ""


def _answer(url: str, response: "httpx.Response", limits: Limits) -> Fetched:
    headers = {name.lower(): value for name, value in response.headers.items()}
    status = response.status_code
    # To one who asked without validators "nothing newer" says nothing.
    not_modified = status == 304 and bool(_VALIDATORS & set(response.request.headers))
    if not_modified or _location(response):
        return Fetched(status, url, headers, b"", not_modified=not_modified)
    if not 200 <= status < 300:
        raise _refused(url, status, headers)
    body = b"".join(_unpacked(url, response, headers, limits))
    return Fetched(status, url, headers, body)


def _unpacked(
    url: str, response: "httpx.Response", headers: dict[str, str], limits: Limits
) -> Iterator[bytes]:
    """The body piece by piece, counted after unpacking: a small answer may hold gigabytes."""
    coding = headers.get("content-encoding", "").strip().lower()
    pieces: Iterable[bytes] = response.iter_raw()
    if coding in {"gzip", "x-gzip", "deflate"}:
        pieces = _inflate(url, pieces)
    elif coding not in {"", "identity"}:
        raise _unreadable(url)
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > limits.bytes:
            raise FetchError(
                say(
                    N_("The answer of %(host)s is larger than %(limit)s MB, the most that is allowed."),
                    host=urlsplit(url).hostname or url,
                    limit=limits.bytes // 1_000_000,
                )
            )
        yield piece


def _inflate(url: str, packed: Iterable[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(47)  # 32 + 15: gzip or zlib, whichever it is
    try:
        for piece in packed:
            data = piece
            while data and not unpacker.eof:
                yield unpacker.decompress(data, _UNPACKED_AT_ONCE)
                data = unpacker.unconsumed_tail
        # What waits inside when the last packed byte is in.
        while rest := unpacker.decompress(unpacker.unconsumed_tail, _UNPACKED_AT_ONCE):
            yield rest
    except zlib.error:
        raise _unreadable(url) from None
    if not unpacker.eof:
        raise _unreadable(url)


def _unreadable(url: str) -> FetchError:
    return FetchError(
        say(N_("The answer of %(host)s broke off or cannot be read."), host=urlsplit(url).hostname or url)
    )


def _too_slow(host: str, limits: Limits) -> FetchError:
    return FetchError(
        say(N_("%(host)s did not answer within %(seconds)s seconds."), host=host, seconds=int(limits.seconds))
    )


def _no_connection(host: str, error: Exception) -> FetchError:
    cause: BaseException | None = error
    while cause:
        if isinstance(cause, ssl.SSLError):
            return FetchError(say(N_("The security certificate of %(host)s is not in order."), host=host))
        cause = cause.__cause__ or cause.__context__
    return FetchError(say(N_("%(host)s cannot be reached; it does not take connections."), host=host))


_STATUSES = {
    401: N_("%(url)s asks for a password (answer %(status)s)."),
    403: N_("%(host)s refuses to show this to Outreach (answer %(status)s)."),
    404: N_("There is nothing at %(url)s (answer %(status)s)."),
    410: N_("%(url)s was taken away for good (answer %(status)s)."),
    429: N_("%(host)s asks us to come less often (answer %(status)s)."),
}
_SERVER_TROUBLE = N_("%(host)s has trouble and cannot answer now (answer %(status)s).")
_OTHER = N_("%(host)s gave an answer that is of no use (answer %(status)s).")


def _refused(url: str, status: int, headers: dict[str, str]) -> FetchError:
    text = _STATUSES.get(status) or (_SERVER_TROUBLE if status >= 500 else _OTHER)
    retry_at = _retry_at(headers.get("retry-after", "")) if status in {429, 503} else None
    sentence = say(text, url=url[:200], host=urlsplit(url).hostname or url, status=status)
    return FetchError(sentence, status=status, retry_at=retry_at)


def _retry_at(value: str) -> datetime | None:
    """Seconds or a date (RFC 9110 10.2.3); None when it is neither."""
    try:
        if value.strip().isdecimal():
            return clock.now() + timedelta(seconds=min(int(value), 10**8))
        moment = parsedate_to_datetime(value)
    except (ValueError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
