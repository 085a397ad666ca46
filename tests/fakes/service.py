"""A stateful HTTP service on a real socket, and the ways in which its answers go wrong.

In a test: `with FakeGraph() as graph: ...`. As a process: `python -m tests.fakes.graph --port N`, and then

    GET  /__posts        what was taken, oldest first
    GET  /__requests     every request, in order
    POST /__faults       one fault, as JSON, such as {"mode": "drop_after", "nth": 2}
    POST /__settings     attributes of the fake, as JSON, such as {"lag": 3}
"""

import argparse
import contextlib
import json
import threading
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit


@dataclass(frozen=True)
class Request:
    """What came over the wire. Header names are lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""

    @property
    def json(self) -> Any:
        """The body as JSON; None when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def form(self) -> dict[str, str]:
        """The fields of a URL-encoded body."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass(frozen=True)
class Answer:
    """What goes back."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Fault:
    """What goes wrong with the `nth` POST from now on whose path holds `path`, and with `times` of them.

    Modes: "drop_before" (closed before the service acted), "drop_after" (it acted, the answer is lost),
    "delay" (it acts, the answer comes after `seconds`), "truncate" (it acts, half the answer arrives),
    "late" (no answer; the service acts only when `Service.arrive` is called), "answer" (this status, body and
    headers instead; `acted` says whether the service acted first), "echo" (as "answer", but the body is all
    that was sent, once in clear and once as an address holds it: servers repeat what they were told).
    """

    mode: str
    nth: int = 1
    times: int = 1
    path: str = ""
    method: str = "POST"
    seconds: float = 5
    status: int = 500
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    acted: bool = False

    def strikes(self, request: Request) -> bool:
        """Whether it is this request's turn; counts it."""
        if request.method != self.method or self.path not in request.path or self.times < 1:
            return False
        self.nth -= 1
        if self.nth > 0:
            return False
        self.times -= 1
        return True


HTML = "<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"


def json_answer(status: int, body: Any, headers: dict[str, str] | None = None) -> Answer:
    """An answer as JSON."""
    kind = {"Content-Type": "application/json; charset=UTF-8"}
    return Answer(status, json.dumps(body).encode(), kind | (headers or {}))


class Service:
    """A server with a list of requests and of posts. Subclasses say what to answer.

    `url` is its address. Requests are answered one at a time, as if by one database transaction each.
    """

    default_port = 0

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.posts: list[dict[str, Any]] = []
        self.url = ""
        self.late: list[Request] = []
        self._faults: list[Fault] = []
        self._lock = threading.RLock()
        self._stopping = threading.Event()

    def answer(self, request: Request) -> Answer:
        """What the service says, having done it."""
        raise NotImplementedError

    def fault(self, mode: str, **how: Any) -> None:
        """Let something go wrong; see `Fault`."""
        with self._lock:
            self._faults.append(Fault(mode, **how))

    def waiting(self) -> list[Fault]:
        """The faults that have not struck, or not as often as they should."""
        with self._lock:
            return [fault for fault in self._faults if fault.times > 0]

    def json(
        self, status: int, body: Any = None, *, headers: dict[str, str] | None = None, **how: Any
    ) -> None:
        """Let the next POST be answered with this, as JSON; a body of None is none at all."""
        text = "" if body is None else json.dumps(body)
        told = {"Content-Type": "application/json"} | (headers or {})
        self.fault("answer", status=status, body=text, headers=told, **how)

    def arrive(self) -> None:
        """What was "late" reaches the service now; nobody waits for its answer."""
        with self._lock:
            waiting, self.late = self.late, []
            for request in waiting:
                self.answer(request)

    def html(self, status: int = 502, *, acted: bool = False, **how: Any) -> None:
        """Let a machine in between answer with a page."""
        self.fault(
            "answer", status=status, body=HTML, headers={"Content-Type": "text/html"}, acted=acted, **how
        )

    def start(self, port: int = 0) -> Self:
        """Listen on `port` of this machine, or on a free one."""
        self._server = _Server(("127.0.0.1", port), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Close the socket; connections are refused from then on."""
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def sent(self, method: str = "POST") -> list[Request]:
        """The requests with this method."""
        return [request for request in self.requests if request.method == method]

    def take(self, request: Request) -> tuple[Answer | None, bool]:
        """The answer, and whether only half of it arrives. None: the connection is closed without one."""
        with self._lock:
            self.requests.append(request)
            fault = next((fault for fault in self._faults if fault.strikes(request)), None)
            if fault and fault.mode == "late":
                self.late.append(request)
                return None, False
            if fault and fault.mode == "echo":
                return Answer(fault.status, _repeated(request), fault.headers), False
            if fault and (fault.mode == "drop_before" or (fault.mode == "answer" and not fault.acted)):
                return (_instead(fault), False)
            answer = self.answer(request)
        if fault is None:
            return answer, False
        if fault.mode == "delay":
            self._stopping.wait(fault.seconds)
            return answer, False
        return (answer, True) if fault.mode == "truncate" else (_instead(fault), False)

    def control(self, request: Request) -> Answer:
        """The back door, for tests in other processes."""
        with self._lock:
            if request.path == "/__posts":
                return json_answer(200, self.posts)
            if request.path == "/__requests":
                return json_answer(
                    200, [asdict(one) | {"body": one.body.decode("latin-1")} for one in self.requests]
                )
            if request.path == "/__faults":
                self.fault(**request.json)
            elif request.path == "/__settings":
                for name, value in request.json.items():
                    setattr(self, name, value)
            else:
                return json_answer(404, {})
        return json_answer(200, {})


def _repeated(request: Request) -> bytes:
    body = request.body.decode("utf-8", "replace")
    said = {"path": request.path, **request.query, **request.headers, "body": body}
    told = json.dumps({"error": {"message": f"You sent {said}"}, "detail": f"You sent {said}"})
    return f"{told}\n{urlencode(said)}".encode()


def _instead(fault: Fault) -> Answer | None:
    return Answer(fault.status, fault.body.encode(), fault.headers) if fault.mode == "answer" else None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed is part of the test."""


def _handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body are two writes: the second would wait 40 ms

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            request = Request(
                self.command,
                parts.path,
                dict(parse_qsl(parts.query, keep_blank_values=True)),
                {name.lower(): value for name, value in self.headers.items()},
                self.rfile.read(length),
            )
            if parts.path.startswith("/__"):
                return self._give(service.control(request), half=False)
            answer, half = service.take(request)
            if answer is None:
                self.close_connection = True
                return None
            return self._give(answer, half=half)

        def _give(self, answer: Answer, *, half: bool) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body[: len(answer.body) // 2] if half else answer.body)
            self.close_connection = self.close_connection or half

        do_GET = do_POST = do_DELETE = do_PUT = _serve  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    return Handler


def serve(service: Service) -> None:
    """The fake as a process of its own; prints its address and runs until it is stopped."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    service.start(parser.parse_args().port)
    print(service.url, flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()
