"""A machine between us and a service: it forwards, and goes wrong on command (see tests.fakes.service.Fault).

`python -m tests.fakes.fault_proxy --port N --to http://127.0.0.1:M`, or `FaultProxy(fake.url)` inside a test.
"""

import argparse
import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode, urlsplit

from tests.fakes.service import Answer, Request, Service

_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


class FaultProxy(Service):
    """Forwards everything to `upstream`."""

    def __init__(self, upstream: str) -> None:
        super().__init__()
        self.upstream = urlsplit(upstream)

    def answer(self, request: Request) -> Answer:
        """The upstream's own."""
        connection = http.client.HTTPConnection(self.upstream.netloc, timeout=30)
        try:
            path = request.path + (f"?{urlencode(request.query)}" if request.query else "")
            connection.request(request.method, path, request.body or None, request.headers)
            reply = connection.getresponse()
            headers = {name: value for name, value in reply.getheaders() if name.lower() not in _HOP}
            return Answer(reply.status, reply.read(), headers)
        finally:
            connection.close()

    @contextmanager
    def refused(self) -> Iterator[None]:
        """Within the block nobody listens: connections are refused. The address stays the same."""
        port = self._server.server_port
        self.stop()
        try:
            yield
        finally:
            self._stopping.clear()
            self.start(port)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--to", required=True)
    options = parser.parse_args()
    print(FaultProxy(options.to).start(options.port).url, flush=True)
    threading.Event().wait()
