"""A pytest plugin: nothing that is logged in a run of the tests holds a secret.

The secrets of the fakes hold a word that nothing else holds (tests/fakes/tokens.py). Searched for it is what
every test wrote and logged, at level DEBUG, and the logs of the real processes that it started, in the
folders of the run. A find fails the run and names the test or the file.
"""

import hashlib
import hmac
import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.graph import APP_SECRET, TOKEN, USER_TOKEN
from tests.fakes.tokens import MARK

_SHOWN = 60  # characters before a secret that are shown


def _proofs() -> list[str]:
    """What is made of the secrets and is as good as one: the proofs that go with Facebook's tokens."""
    return [
        hmac.new(APP_SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()
        for token in (TOKEN, USER_TOKEN)
    ]


# OAuth 1.0a's header holds no secret in clear, but whoever has it can send the request again.
SECRET = re.compile(
    "|".join(
        [
            MARK,
            *_proofs(),
            r"oauth_signature(?:=|%3D)(?:\"|%22)?[\w%]",
            r"authorization['\"]?(?:: *|=|%3A)['\"]?(?:oauth|bearer)(?: |\+|%20)+[\w%]",
        ]
    ),
    re.IGNORECASE,
)


def found_in(text: str) -> str:
    """Where `text` holds a secret: the words before it, without it; "" when it holds none."""
    hit = SECRET.search(text)
    return text[max(hit.start() - _SHOWN, 0) : hit.start()].replace("\n", " ") + "…" if hit else ""


class Listener(logging.Handler):
    """Searches each record when it is made, however the loggers are set up, and keeps none."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """One record, with its exception."""
        if where := found_in(self.format(record)):
            self.found.append(f"logged by {record.name} in {os.environ.get('PYTEST_CURRENT_TEST')}: {where}")


class Leaks:
    """What was found so far."""

    def __init__(self, config: pytest.Config) -> None:
        self.config, self.listener = config, Listener()
        self.found: list[str] = []
        self.looked_at = 0

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self) -> Iterator[None]:
        """Every logger is heard during a test, from DEBUG up."""
        root = logging.getLogger()
        level = root.level
        root.addHandler(self.listener)
        root.setLevel(logging.DEBUG)
        try:
            return (yield)
        finally:
            root.removeHandler(self.listener)
            root.setLevel(level)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """What a test wrote to its output and its log."""
        if report.when == "teardown":  # it has the sections of the whole test
            for name, text in report.sections:
                self._look(f"{name} of {report.nodeid}", text)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """The logs of real processes, and the end."""
        for log in self._logs():
            self._look(str(log), log.read_text("utf-8", "replace"))
        self.found += self.listener.found
        if (given := getattr(self.config, "workeroutput", None)) is not None:
            given["leaks"] = self.listener.found  # pytest-xdist: the run that started this one tells them
        if self.found:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """What a process of pytest-xdist heard."""
        self.found += getattr(node, "workeroutput", {}).get("leaks", [])

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was found."""
        for line in self.found:
            terminalreporter.write_line(f"a secret was logged: {line}", red=True)

    def _logs(self) -> Iterator[Path]:
        factory = self.config._tmp_path_factory  # type: ignore[attr-defined]
        for folder in (factory.getbasetemp(), Path(os.environ.get("OUTREACH_DATA_DIR", os.devnull))):
            yield from (path for path in folder.rglob("*.log") if path.is_file())

    def _look(self, what: str, text: str) -> None:
        self.looked_at += 1
        if where := found_in(text):
            self.found.append(f"{what}: {where}")


def pytest_configure(config: pytest.Config) -> None:
    """Listen from the start."""
    config.pluginmanager.register(Leaks(config), "leaks-of-secrets")
