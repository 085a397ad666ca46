"""How X tells of its limits: per user and quarter of an hour, per app and per user and day.

Names of the headers as seen in real answers; https://docs.x.com/x-api/fundamentals/rate-limits.
"""

from dataclasses import dataclass, field

from outreach.core import clock

_QUARTER, _DAY = 15 * 60, 24 * 3600  # seconds


@dataclass
class _Window:
    length: int
    since: float = field(default_factory=lambda: clock.now().timestamp())
    count: int = 0

    def reset(self) -> int:
        """When it ends, in seconds since 1970; begins a new one when that is past."""
        if clock.now().timestamp() - self.since >= self.length:
            self.since, self.count = clock.now().timestamp(), 0
        return int(self.since + self.length)


class Rates:
    """Counts the requests of each kind in both windows."""

    def __init__(self) -> None:
        self._windows: dict[tuple[str, str], _Window] = {}

    def count(self, what: str, quarter: int, day: int) -> tuple[bool, dict[str, str]]:
        """One more request of kind `what`: whether there was room, and the headers. A limit of 0 is none."""
        windows = [("x-rate-limit", _QUARTER, quarter)]
        windows += [(f"x-{whose}-limit-24hour", _DAY, day) for whose in ("app", "user") if day]
        known = [
            (name, self._windows.setdefault((what, name), _Window(length)), most)
            for name, length, most in windows
        ]
        resets = [window.reset() for _, window, _ in known]
        room = all(window.count < most for _, window, most in known)
        for _, window, _ in known:
            window.count += room
        headers = {}
        for (name, window, most), reset in zip(known, resets, strict=True):
            left = str(most - window.count)
            headers |= {f"{name}-limit": str(most), f"{name}-remaining": left, f"{name}-reset": str(reset)}
        return room, headers
