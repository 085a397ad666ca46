"""Connections that go only where they may, and end in time.

Kept apart from `http` because httpx takes memory that an idle process need not spend.
"""

import socket
import ssl
import threading
import time
from collections.abc import Iterable
from functools import lru_cache
from queue import Empty, SimpleQueue
from typing import Any

import httpcore
import httpx

from outreach.core.addresses import is_public

_CONNECT_SECONDS, _READ_SECONDS = 5.0, 15.0
_ADDRESSES_TRIED = 4
_LOOK_UP_SECONDS = 10.0
# Look-ups that hang do not pile up without end.
_LOOK_UPS = threading.BoundedSemaphore(16)


class PrivateAddress(Exception):
    """The name leads to an address that is not public."""


class NoSuchName(Exception):
    """The name is not in the DNS."""


def client(deadline: float, *, private_allowed: bool) -> httpx.Client:
    """A client for one request that ends before `deadline` (of `time.monotonic`)."""
    transport = httpx.HTTPTransport(verify=_certificates(), trust_env=False, retries=0)
    # The resolved address is checked where the socket is opened: a second DNS answer cannot slip in between.
    transport._pool._network_backend = _Backend(deadline, private_allowed)
    return httpx.Client(transport=transport, trust_env=False, follow_redirects=False, timeout=_READ_SECONDS)


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


def _looked_up(host: str, port: int, deadline: float) -> list[Any]:
    """`getaddrinfo` with a time limit, which it has not: a silent name server holds it for minutes."""
    seconds = _remaining(deadline, _LOOK_UP_SECONDS, httpcore.ConnectTimeout)
    gate = _LOOK_UPS
    if not gate.acquire(timeout=seconds):
        raise httpcore.ConnectTimeout("too many names are being looked up")
    answer: SimpleQueue[Any] = SimpleQueue()
    threading.Thread(target=_look_up, args=(host, port, answer, gate), daemon=True).start()
    try:
        found = answer.get(timeout=seconds)
    except Empty:
        raise httpcore.ConnectTimeout("the name server does not answer") from None
    if isinstance(found, Exception):
        raise found
    return list(found)


def _look_up(host: str, port: int, answer: "SimpleQueue[Any]", gate: threading.BoundedSemaphore) -> None:
    try:
        answer.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except Exception as error:  # noqa: BLE001  (raised again by who waits for it)
        answer.put(error)
    finally:
        gate.release()


class _Backend(httpcore.SyncBackend):
    def __init__(self, deadline: float, private_allowed: bool) -> None:
        self._deadline, self._private_allowed = deadline, private_allowed

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve, refuse, connect to the very address that was checked."""
        addresses = self._resolve(host, port)
        for address in addresses[:-1]:
            try:
                return self._connect(address, port)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue  # IPv6 without a route, or one dead machine of several
        return self._connect(addresses[-1], port)

    def _resolve(self, host: str, port: int) -> list[str]:
        try:
            found = _looked_up(host, port, self._deadline)
        except (socket.gaierror, UnicodeError) as error:
            raise NoSuchName(host) from error
        addresses = list(dict.fromkeys(str(item[4][0]) for item in found))
        if not self._private_allowed and not all(is_public(address) for address in addresses):
            raise PrivateAddress(host)
        return addresses[:_ADDRESSES_TRIED]

    def _connect(self, address: str, port: int) -> httpcore.NetworkStream:
        seconds = _remaining(self._deadline, _CONNECT_SECONDS, httpcore.ConnectTimeout)
        return _Stream(super().connect_tcp(address, port, seconds), self._deadline)


class _Stream(httpcore.NetworkStream):
    """A connection whose every read and write knows the end of the whole.

    A time-out per read alone lets a server that drips one byte a second hold us for ever.
    """

    def __init__(self, inner: httpcore.NetworkStream, deadline: float) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _remaining(self._deadline, _READ_SECONDS, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _remaining(self._deadline, _READ_SECONDS, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        seconds = _remaining(self._deadline, _CONNECT_SECONDS, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, seconds), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _remaining(deadline: float, most: float, too_late: type[Exception]) -> float:
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise too_late("the time for the whole request is over")
    return min(seconds, most)
