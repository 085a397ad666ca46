"""Many messages at once: what a courier is. Who keeps the ledger drives it from a thread of its own."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from outreach.core.sentences import Sentence
from outreach.mail.base import Outcome


class Parcel(NamedTuple):
    """One message, ready for the wire: CRLF line ends, leading dots doubled, without the final dot."""

    key: int  # the sender's own number for it, never sent
    envelope_from: str
    to: str
    pieces: tuple[bytes, ...]  # of the message; what is the same for many readers is there once, uncopied

    @property
    def message(self) -> bytes:
        """In one piece: a copy."""
        return b"".join(self.pieces)

    @property
    def size(self) -> int:
        """Octets of the message."""
        return sum(map(len, self.pieces))


class Report(NamedTuple):
    """What became of one parcel."""

    key: int
    outcome: Outcome | None  # None: not begun, nothing of it left; it may be given again at once


class Witness(Protocol):
    """Notes what must outlive this process. Called in the courier's thread; is quick and never raises.

    At any instant at most one message for each connection is between `handing` and `answered`.
    """

    def handing(self, key: int) -> bool:
        """Before the first byte of a message leaves: from now on it may have arrived.

        Not called for what is refused before its message: at MAIL, RCPT, DATA, or for its size.
        False: it must not be begun (its lease is nearly over, or that could not be written down). Then the
        parcel comes back with the outcome None, and `answered` is not called for it. What waits behind it
        comes back too, as if recalled: to leave a server that waits for a message costs the connection.
        """

    def answered(self, key: int, outcome: Outcome) -> None:
        """As soon as its verdict is known, before anybody else hears of it; never with UNKNOWN."""


class Courier(ABC):
    """Carries parcels over many kept connections, in an event loop of its own thread.

    Every parcel that is submitted comes back in exactly one report. `submit`, `reports`, `recall` and `close`
    are for one thread at a time. `Relay.courier()` makes a new one for each caller: it costs nothing, for all
    of a process share the relay's connections. It may be used again after `close`, not after a fork.
    """

    @abstractmethod
    def submit(self, parcels: Sequence[Parcel], witness: Witness) -> None:
        """Take `parcels`, in this order. Returns at once; a few hundred may wait, so memory stays flat."""

    @abstractmethod
    def reports(self, wait: float) -> list[Report]:
        """What is known since the last call; waits up to `wait` seconds for the first. May be empty."""

    @abstractmethod
    def recall(self) -> None:
        """Begin nothing more: what has not begun comes back with the outcome None. What has begun ends."""

    @property
    @abstractmethod
    def waiting(self) -> int:
        """How many parcels have not been reported yet."""

    @property
    @abstractmethod
    def trouble(self) -> Sentence | None:
        """Why the server cannot be reached or refuses us altogether (RelayDown); None while it takes mail.

        With trouble, every parcel that has not begun comes back with the outcome None. A further `submit` is
        a new attempt: until that has failed too, there is no trouble.
        """

    @abstractmethod
    def close(self) -> None:
        """Recall, end what has begun, say goodbye on each connection that nobody uses, and stop the thread.

        What was not asked for by then is still there for `reports`. Harmless to repeat. Without it,
        connections are closed after 20 seconds of rest.
        """
