"""A courier over any relay's session: one message after the other, in the caller's own thread."""

from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack

from outreach.core.sentences import Sentence
from outreach.mail.base import Relay, RelayDown, Session
from outreach.mail.couriers import Courier, Parcel, Report, Witness


class OneByOne(Courier):
    """For relays that have no courier of their own, such as the demo inbox."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._open = ExitStack()
        self._session: Session | None = None
        self._queue: deque[tuple[Parcel, Witness]] = deque()
        self._back: list[Report] = []
        self._trouble: Sentence | None = None

    def submit(self, parcels: Sequence[Parcel], witness: Witness) -> None:
        """See `Courier.submit`. Nothing is sent before `reports`."""
        self._queue.extend((parcel, witness) for parcel in parcels)

    def reports(self, wait: float) -> list[Report]:
        """Sends one message: after each the caller may say that no more are to go."""
        found, self._back = self._back, []
        if not found and self._queue:
            found.append(self._one(*self._queue.popleft()))
        return found

    def recall(self) -> None:
        """See `Courier.recall`."""
        self._back += [Report(parcel.key, None) for parcel, _ in self._queue]
        self._queue.clear()

    @property
    def waiting(self) -> int:
        """See `Courier.waiting`."""
        return len(self._queue) + len(self._back)

    @property
    def trouble(self) -> Sentence | None:
        """See `Courier.trouble`."""
        return self._trouble

    def close(self) -> None:
        """See `Courier.close`."""
        self.recall()
        self._session = None
        self._open.close()

    def _one(self, parcel: Parcel, witness: Witness) -> Report:
        try:
            self._session = self._session or self._open.enter_context(self._relay.session())
            if not witness.handing(parcel.key):
                return Report(parcel.key, None)
            outcome = self._session.send(parcel.envelope_from, parcel.to, unstuffed(parcel.message))
        except RelayDown as error:
            self._trouble, self._session = error.sentence, None
            self._open.close()
            self.recall()
            return Report(parcel.key, None)
        self._trouble = None
        witness.answered(parcel.key, outcome)
        return Report(parcel.key, outcome)


def unstuffed(message: bytes) -> bytes:
    """`message` without the doubled dots of the wire."""
    lines = message.replace(b"\r\n..", b"\r\n.")
    return lines[1:] if lines.startswith(b"..") else lines
