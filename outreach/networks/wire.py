"""HTTP as the networks' libraries need it: time-outs, limits, no repeats, no secrets in what is kept.

tweepy and facebook-sdk set no time-out, and requests follows redirects by sending again; a post must do
neither. Whoever uses this module imports it inside a function: `requests` costs 20 MB, which a process that
posts nothing should not pay.
"""

import json
import logging
import re
import ssl
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import ChunkedEncodingError, ReadTimeout, SSLError, TooManyRedirects
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
    ReadTimeoutError,
)

from outreach.core import clock
from outreach.networks import transport
from outreach.networks.errors import NetworkError
from outreach.networks.table import Told, first

TIMEOUT = (5, 30)  # seconds to connect, and between two parts of an answer
_WHOLE = 45  # seconds for a whole answer; a claim's lease is longer
_LARGEST = 2_000_000  # bytes of an answer
_RAW = 2000  # characters of an answer that are kept
_NAMES = (
    "(?:access|input|refresh|fb_exchange)_token|appsecret_proof|(?:client|consumer)_secret|code_verifier|"
    "oauth_(?:signature|nonce|verifier|token(?:_secret)?)"
)
# As an address, a header or JSON holds them: an answer of another shape may hold one that we never had.
_BY_NAME = re.compile(rf"((?:{_NAMES})(?:(?:=|%3D)(?:\"|%22)?|\\*\"\s*:\s*\\*\"))[^&\s\"'\\]+")
_IN_HEADERS = re.compile(
    r"(?i)(authorization(?:\W|%[0-9a-f]{2})+(?:oauth|bearer|basic)(?:\s|\+|%20)+)[^\n'}&]+"
)


class _Endless(ReadTimeout):
    """The answer went on and on."""


class _TooLate(requests.ConnectionError):
    """The claim on the post is over, or nearly: another worker may be sending it by now."""


# The first that fits is the word for it. What is not named here may have arrived.
_BROKEN: dict[str, type[BaseException]] = {
    "late": _TooLate,
    "proxy": ProxyError,
    "certificate": ssl.SSLCertVerificationError,
    "dns": NameResolutionError,
    "refused": NewConnectionError,
    "connect-timeout": ConnectTimeoutError,
    "endless": _Endless,
    "redirect": TooManyRedirects,
    "timeout": ReadTimeoutError,
    "tls": SSLError,
    "cut": ChunkedEncodingError,
}


class _Careful(HTTPAdapter):
    """Time-outs and limits; and, for `base`, the same request to another server."""

    def __init__(self, base: str = "", instead_of: str = "", until: datetime | None = None) -> None:
        super().__init__(max_retries=0)
        self._base, self._instead_of, self._until = base.rstrip("/"), instead_of.rstrip("/"), until

    def send(self, request: requests.PreparedRequest, *args: Any, **kw: Any) -> requests.Response:
        if self._until and request.method == "POST" and clock.now() > self._until:
            raise _TooLate
        if self._base and request.url:
            request.url = self._base + request.url.removeprefix(self._instead_of)
        return _read(super().send(request, *args, **kw | {"timeout": TIMEOUT, "stream": True}))


def session(base: str = "", instead_of: str = "", until: datetime | None = None) -> requests.Session:
    """A session with time-outs and limits that never sends anything twice, and posts nothing after `until`.

    Requests to `instead_of` go to `base` when both are given, after they were signed.
    """
    _hush()
    made = requests.Session()
    made.max_redirects = 0
    made.headers["Accept"] = "application/json"
    # Else requests takes a password from ~/.netrc, and puts it in the place of a token.
    made.auth = lambda request: request
    made.mount("https://", _Careful(until=until))
    made.mount("http://", _Careful(until=until))
    if base and instead_of:
        made.mount(instead_of, _Careful(base, instead_of, until))
    return made


def body(response: requests.Response) -> dict[str, Any]:
    """The JSON object of an answer; {} for anything else (HTML, a list, half a document)."""
    found = parsed(response)
    return found if isinstance(found, dict) else {}


def parsed(response: requests.Response) -> Any:
    """The JSON of an answer; None for anything else."""
    try:
        return json.loads(response.content)
    except ValueError:
        return None


def is_page(response: requests.Response) -> bool:
    """Whether it is a web page: then a machine in between has answered."""
    return response.content.lstrip()[:1] == b"<"


def failure(error: Exception, network: str, secrets: Iterable[str]) -> NetworkError:
    """The class of an exception of requests: NotSent where nothing can have arrived, else Ambiguous."""
    raw = clean(f"{type(error).__name__}: {error}", secrets)
    return _on_the_way(_what_broke(error), network, raw)


def no_answer(response: requests.Response, network: str, secrets: Iterable[str]) -> NetworkError:
    """Something came that is not an answer of the network: a page, nothing, half a document."""
    return _on_the_way(_what_came(response), network, answer(response, secrets), response.status_code)


def unclear(network: str, raw: str) -> NetworkError:
    """An answer that does not say what was asked."""
    return _on_the_way("", network, raw)


def _on_the_way(problem: str, network: str, raw: str, status: int = 0) -> NetworkError:
    told = Told(raw[:300], status, problem=problem)
    return first(transport.ROWS, told).error(told, network, raw)


def _what_broke(error: Exception) -> str:
    """The most telling of the exceptions that are wrapped in one another; the word of `transport`."""
    layers = list(_layers(error))
    return next(
        (word for word, kind in _BROKEN.items() if any(isinstance(one, kind) for one in layers)), "reset"
    )


def _what_came(response: requests.Response) -> str:
    if 300 <= response.status_code < 400:
        return "redirect"
    if is_page(response):
        return "page"
    return "" if response.content.strip() else "empty"


def clean(text: str, secrets: Iterable[str]) -> str:
    """`text` without secrets, cut to what a row keeps."""
    known = {form for secret in filter(None, secrets) for form in (secret, quote(secret, safe=""))}
    for secret in sorted(known, key=len, reverse=True):
        text = text.replace(secret, "•••")
    return _BY_NAME.sub(r"\1•••", _IN_HEADERS.sub(r"\1•••", text))[:_RAW]


def answer(response: requests.Response, secrets: Iterable[str]) -> str:
    """Status and body of an answer, for the record."""
    return clean(f"HTTP {response.status_code} {response.content.decode('utf-8', 'replace')}", secrets)


def instant(header: str | None) -> datetime | None:
    """The moment that a header gives in seconds since 1970; None when there is none or it makes no sense."""
    try:
        return datetime.fromtimestamp(int(header or ""), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _read(response: requests.Response) -> requests.Response:
    """Read the whole answer within the limits of time and size, whatever pace it comes at."""
    ends, parts, size = time.monotonic() + _WHOLE, [], 0
    try:
        while part := response.raw.read1(65536, decode_content=True):
            parts.append(part)
            size += len(part)
            if time.monotonic() > ends or size > _LARGEST:
                raise _Endless("the answer is too long or too slow")
    except (HTTPError, OSError) as error:
        raise ChunkedEncodingError(error) from error
    finally:
        response.close()
    # What requests itself does, without limits, when `content` is first asked for.
    vars(response).update(_content=b"".join(parts), _content_consumed=True)
    return response


def _layers(error: BaseException) -> Iterable[BaseException]:
    """`error` and what it wraps: requests keeps urllib3's error as an argument, urllib3 its as `reason`."""
    yield error
    wrapped = [*error.args, getattr(error, "reason", None), getattr(error, "original_error", None)]
    for inner in wrapped:
        if isinstance(inner, BaseException):
            yield from _layers(inner)


def _hush() -> None:
    """These write whole requests, addresses with tokens included, when a process logs at level DEBUG."""
    for name in ("urllib3", "requests_oauthlib", "oauthlib", "tweepy"):
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.INFO))
