"""The demo as a newcomer meets it: a real process, looked at through what it says and its pages only."""

import http.cookiejar
import re
import urllib.parse
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from tests.processes import Process, free_port, python, wait_for


class Newcomer:
    """Starts `outreach serve --demo` in `folder`, enters by the address that it shows, and looks around."""

    def __init__(self, folder: Path, log: str = "demo.log", *, program: Sequence[str] = ()) -> None:
        command = [*(program or python("-m", "outreach")), "serve", "--demo", "--port", str(free_port())]
        settings = {"OUTREACH_DATA_DIR": str(folder / "var"), "OUTREACH_LANGUAGE": "nl"}
        self.process, self.address = Process(command, folder / log, settings), ""
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._browser = urllib.request.build_opener(cookies)

    def arrive(self) -> None:
        """Wait for the greeting, and take the address from it."""
        wait_for(lambda: "/inbox/" in self.process.said() or not self.process.running(), 30, "the greeting")
        self.address = re.findall(r"http://127\.0\.0\.1:\d+", self.process.said())[0]

    def enter(self) -> None:
        """Arrive, and press the button that needs no password."""
        self.arrive()
        token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', self.page("/log-in/"))[0]
        form = urllib.parse.urlencode({"csrfmiddlewaretoken": token}).encode()
        self._browser.open(f"{self.address}/log-in/demo/", form)

    def page(self, path: str) -> str:
        """The page at `path`, as HTML."""
        with self._browser.open(self.address + path) as answer:
            return str(answer.read().decode())

    def named(self) -> list[str]:
        """The paths of the greeting: Home, the timeline of each account, the inbox."""
        return re.findall(rf"^  {re.escape(self.address)}(/\S*)", self.process.said(), re.MULTILINE)
