"""Everything in one process: the pages, the workers and the clock. `outreach serve` starts this.

The web server runs in a daemon thread and beat in another; the Celery worker has the main thread, because it
installs the signal handlers. The broker is this process's memory: it may be lost at any time, the rows say
what is due.
"""

import argparse
import os
import signal
import socket
import sys
import threading
import warnings
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

WEB_THREADS = 4


class CannotStart(Exception):
    """Why not, in a sentence."""


@dataclass(frozen=True)
class Options:
    """What `outreach serve` was asked for."""

    host: str
    port: int
    demo: bool


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal comes.

    Returns the exit code: 0 after a signal, 1 when it cannot start, 2 for bad settings.
    """
    options = _options(arguments)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    _leave_out_what_nothing_uses()
    from django.core.exceptions import ImproperlyConfigured

    try:
        with ExitStack() as stack:
            listener = stack.enter_context(_listen(options))
            _environment(options, stack)
            return _serve(options, listener, stack)
    except ImproperlyConfigured as error:
        return _refuse(str(error), 2)
    except CannotStart as error:
        return _refuse(str(error), 1)


def _leave_out_what_nothing_uses() -> None:
    """structlog, httpx, kombu and celery load these where they find them: up to 10 MB."""
    for name in ("greenlet", "psutil", "pygments", "rich", "yaml"):
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]


def _options(arguments: Sequence[str] | None) -> Options:
    parser = argparse.ArgumentParser(prog="outreach serve")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--demo", action="store_true")
    return Options(**vars(parser.parse_args(arguments)))


def _environment(options: Options, stack: ExitStack) -> None:
    """Settings that follow from the options. What the environment already says wins."""
    os.environ["OUTREACH_BROKER_URL"] = "memory://localhost"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outreach.settings")
    shown = "127.0.0.1" if options.host in {"0.0.0.0", "::"} else options.host  # noqa: S104 (only compared)
    os.environ.setdefault("OUTREACH_BASE_URL", f"http://{shown}:{options.port}")
    if options.demo:
        from tasks.demo import folder

        if not folder.prepare(stack):
            raise CannotStart("The demo is running already. Stop it first.")


def _refuse(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)  # noqa: T201
    return code


def _serve(options: Options, listener: socket.socket, stack: ExitStack) -> int:
    import django
    from django.conf import settings

    from tasks import seats

    django.setup()
    if not stack.enter_context(seats.locked(settings.DATA_DIR / "serve.lock")):
        raise CannotStart(
            f"Outreach is already running on {settings.DATA_DIR}. "
            "Stop it first, or set OUTREACH_DATA_DIR to another folder."
        )
    _migrate()
    if options.demo:
        from tasks.demo.start import start

        start()
    _web(listener)
    _listen_for_returned_mails(stack)
    _greet()
    return _work()


def _migrate() -> None:
    """Bring the database up to date, in a child: what that loads (10 MB) goes away with it."""
    if child := os.fork():
        if os.waitpid(child, 0)[1]:
            raise CannotStart("The database could not be brought up to date; the lines above say why.")
        return
    from django.core.management import call_command

    code = 1
    try:
        call_command("migrate", verbosity=0, interactive=False)
        code = 0
    except Exception as error:  # noqa: BLE001 (said in full to whoever looks after the machine)
        print(error, file=sys.stderr)  # noqa: T201
    finally:
        os._exit(code)


def _listen(options: Options) -> socket.socket:
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((options.host, options.port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise CannotStart(_why_not(options, error)) from error
    return listener


def _why_not(options: Options, error: Exception) -> str:
    import errno

    if getattr(error, "errno", None) == errno.EADDRINUSE:
        return (
            f"Port {options.port} is in use. Stop what uses it, or choose another: --port {options.port + 1}."
        )
    return (
        f"Cannot listen on {options.host}, port {options.port}: {getattr(error, 'strerror', None) or error}."
    )


def _web(listener: socket.socket) -> None:
    from waitress.server import create_server

    from outreach.wsgi import application

    server = create_server(application, sockets=[listener], threads=WEB_THREADS, ident=None)
    threading.Thread(target=server.run, name="web", daemon=True).start()


def _listen_for_returned_mails(stack: ExitStack) -> None:
    from django.conf import settings

    if not settings.RETURN_LISTEN:
        return
    from outreach.core.errors import BadInput
    from outreach.newsletters.returning.listener import listening

    try:
        stack.enter_context(listening(settings.RETURN_LISTEN))
    except (BadInput, OSError) as error:
        raise CannotStart(f"OUTREACH_RETURN_LISTEN: {error}") from error


def _greet() -> None:
    from tasks import greeting

    for line in greeting.lines():
        print(line, flush=True)  # noqa: T201


def _work() -> int:
    from celery.beat import EmbeddedService
    from celery.platforms import SecurityWarning
    from celery.signals import worker_ready

    from tasks.app import app

    # It speaks of running as root; in a container that is the only user there is.
    warnings.simplefilter("ignore", SecurityWarning)
    worker_ready.connect(_stop_quietly_on_signals, weak=False)
    worker = app.Worker(
        pool="threads",
        queues=["default", "mail"],
        loglevel="WARNING",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        optimization="fair",
    )
    beat: Any = EmbeddedService(app, thread=True, scheduler_cls=app.conf.beat_scheduler)
    beat.start()
    worker.start()
    return int(worker.exitcode or 0)


def _leave(*_: Any) -> None:
    """A signal before the workers have started."""
    sys.exit(0)


def _stop_quietly_on_signals(**_: Any) -> None:
    """In place of Celery's handlers, which speak of workers and warm shutdowns."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)


def _stop(*_: Any) -> None:
    from celery.worker import state

    from tasks import ticking

    ticking.stop()
    state.should_stop = 0


if __name__ == "__main__":
    sys.exit(main())
