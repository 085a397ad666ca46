"""One connection that carries message after message: which reply belongs to what, and what it means.

Where the server offers PIPELINING (RFC 2920) the end of a message and the commands of the next go out
together, so a message costs one round trip:

    we:      body . MAIL RCPT DATA                  body . MAIL RCPT DATA
    server:                250 250 250 354                         250 250 250 354

Elsewhere each command waits for its reply. Both ways are one machine: `_pending` names the replies that are
still to come, `_unsaid` the commands that wait for them.

What a lost connection means: a message whose final dot was not said is not there (DEFERRED); after the dot
nobody knows (UNKNOWN; RFC 1047). Of one that only waited behind another nothing left: it takes another
connection, and nobody hears of it.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from outreach.mail import envelopes, replies
from outreach.mail.base import Outcome, Verdict
from outreach.mail.envelopes import Job
from outreach.mail.greeting import Greeted
from outreach.mail.reading import Garbled, Reader, Reply

if TYPE_CHECKING:
    from outreach.mail.depot import Depot

_DOT, _EMPTY, _RSET = ("dot",), ("empty",), ("rset",)
_NEXT = ("mail", "rcpt", "data")
_FULL = ("dot", *_NEXT)
_QUIT = ("quit",)

_ALL_WELL = (b"250 ", b"250 ", b"250 ", b"354 ")
# A message that is longer waits for room before its dot is said: then we know whether it was.
_AT_ONCE = 100_000
_LOSSES = 3
_GOODBYE = 5.0


class Line(asyncio.Protocol):
    """Made when a connection is ready. Tells its depot what became of a job, and when it is idle or gone."""

    def __init__(self, depot: "Depot", greeted: Greeted) -> None:
        self._depot, self._transport, self._offers = depot, greeted.transport, greeted.offers
        self._timeouts, self._most = depot.server.timeouts, depot.server.messages
        self._reader = Reader()
        self._sent: Job | None = None  # its message is on the way, its final reply is not here
        self._coming: Job | None = None  # its envelope was said, nothing of its message
        self._refused: Outcome | None = None  # why `_coming` will not be sent
        self._heard = False  # whether anything was answered about `_coming`
        self._pending: tuple[str, ...] = ()
        self._unsaid: tuple[bytes, ...] = ()
        self._draining = False  # the message has not left whole, and its dot was not said
        self._over = False
        self.messages = 0
        self.idle_since = self.deadline = depot.now()
        self._encrypted = self._transport.get_extra_info("sslcontext") is not None
        self._transport.set_write_buffer_limits(0)
        self._transport.set_protocol(self)

    # --- what the depot asks

    def begin(self) -> None:
        """Take jobs from the depot, as long as there are any."""
        self._go_on(self._next())

    def look(self, now: float) -> None:
        """Give up when the server has been silent for too long."""
        if self._pending and now > self.deadline:
            self._end(TimeoutError())

    def quit(self) -> None:
        """Say goodbye; a server that does not answer is left alone."""
        self._depot.leaving(self)
        self._say(b"QUIT\r\n", _QUIT, _GOODBYE)

    # --- what the event loop says

    def data_received(self, data: bytes) -> None:
        """Replies. First the only sight that is common: all is well, four times, in one piece."""
        if self._pending is _FULL and self._reader.empty:
            lines = data.split(b"\r\n")
            if len(lines) == 5 and tuple([line[:4] for line in lines]) == (*_ALL_WELL, b""):
                self._settle_sent(envelopes.accepted(lines[0]))
                self._hand_over()
                return
        self._read(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """The server hung up, or the network broke."""
        self._end(exc or ConnectionResetError())

    def resume_writing(self) -> None:
        """The whole message has left."""
        if self._draining:
            self._draining = False
            self._say_dot(())

    # --- replies

    def _read(self, data: bytes) -> None:
        try:
            for reply in self._reader.feed(data):
                if self._over:
                    return
                self._answer(reply)
        except Garbled as error:
            self._end(error)

    def _answer(self, reply: Reply) -> None:
        if not self._pending:
            self._end(ConnectionResetError())  # unasked: 421, or we are out of step
            return
        stage, self._pending = self._pending[0], self._pending[1:]
        self.deadline = self._depot.now() + self._timeouts.command
        _STAGES[stage](self, reply)
        if reply.code == 421:
            self._end(ConnectionResetError())

    def _on_dot(self, reply: Reply) -> None:
        if self._draining and reply.code < 400:
            raise Garbled("an answer before the question")
        self._settle_sent(replies.outcome(reply.code, reply.text, stage="dot"))
        if self._draining or 300 <= reply.code < 400:
            self._end(ConnectionResetError())
        elif not self._coming and reply.code != 421:
            self._go_on(self._next())

    def _on_mail(self, reply: Reply) -> None:
        if reply.code == 421 and self._kept:
            return  # about the connection, not about this message
        self._heard = True
        self._on_command(reply, "mail")

    def _on_rcpt(self, reply: Reply) -> None:
        self._on_command(reply, "rcpt")

    def _on_command(self, reply: Reply, stage: str) -> None:
        if 300 <= reply.code < 400:
            raise Garbled("not an answer to this")
        if reply.code >= 400:
            self._refused = self._refused or replies.outcome(reply.code, reply.text, stage=stage)
            if not self._pending:
                self._refuse(reply)
        elif self._unsaid:
            self._say(self._unsaid[0], _NEXT[3 - len(self._unsaid) :][:1], self._timeouts.command)
            self._unsaid = self._unsaid[1:]

    def _on_data(self, reply: Reply) -> None:
        if reply.code < 300:
            raise Garbled("not an answer to DATA")
        if reply.code >= 400:
            self._refused = self._refused or replies.outcome(reply.code, reply.text, stage="data")
            self._refuse(reply)
        elif self._refused:
            # Nobody is to get it, yet the server waits for a message: an empty one, which it will refuse.
            self._say(b".\r\n", _EMPTY, self._timeouts.dot)
        else:
            self._hand_over()

    def _on_empty(self, reply: Reply) -> None:
        self._refuse(reply)

    def _on_rset(self, reply: Reply) -> None:
        if reply.code != 250:
            raise Garbled("no new start")
        if self._unsaid:
            self._on_command(reply, "rset")
        elif not self._pending:
            self._go_on(self._next())

    def _on_quit(self, reply: Reply) -> None:
        self._end(ConnectionResetError())

    # --- jobs

    @property
    def _kept(self) -> bool:
        """Whether `_coming` is not the first on this connection."""
        return self.messages > 1

    def _next(self) -> tuple[bytes, ...]:
        """The commands for a further message; none when there is none to send, or enough were sent."""
        while self.messages < self._most and (job := self._depot.take()) is not None:
            words = envelopes.commands(job.parcel, self._offers)
            if not isinstance(words, Outcome):
                self._coming, self._heard, self._refused = job, False, None
                self.messages += 1
                return words
            self._depot.settle(job, words)
        return ()

    def _go_on(self, words: tuple[bytes, ...], before: tuple[bytes, ...] = ()) -> None:
        """Say the commands for the next message, or rest."""
        said = before + words
        if not said:
            self._rest()
        elif self._offers.pipelining:
            self._say(b"".join(said), _RSET * len(before) + _NEXT[: len(words)], self._timeouts.command)
        else:
            self._unsaid = said[1:]
            self._say(said[0], _RSET if before else _NEXT[:1], self._timeouts.command)

    def _rest(self) -> None:
        if self.messages >= self._most:
            self.quit()
        else:
            self.idle_since = self._depot.now()
            self._depot.rests(self)

    def _refuse(self, reply: Reply) -> None:
        """`_coming` is over; the next begins anew, whatever the server remembers of this one."""
        assert self._refused is not None
        self._settle_coming(self._refused)
        self._unsaid = ()
        if reply.code != 421:
            self._go_on(self._next(), (b"RSET\r\n",))

    def _hand_over(self) -> None:
        """354: send the message; with it, where the server allows it, the commands of the next."""
        job = self._coming
        assert job is not None
        begins = job.witness.handing(job.parcel.key)
        self._coming = None
        if not begins:
            # An empty message would be delivered as one: the server hears no more from us.
            self._depot.stop(job)
            self._end(ConnectionAbortedError())
            return
        self._sent = job
        if job.parcel.size > _AT_ONCE:
            self._send_in_parts(job.parcel.message)
        else:
            self._say_dot(job.parcel.pieces)

    def _send_in_parts(self, message: bytes) -> None:
        self._draining = True
        self._say(message, _DOT, self._timeouts.body)
        if self._draining and not self._transport.get_write_buffer_size():
            self.resume_writing()

    def _say_dot(self, pieces: tuple[bytes, ...]) -> None:
        words = b"".join(self._next()) if self._offers.pipelining else b""
        self._pending = _FULL if words else _DOT
        self.deadline = self._depot.now() + self._timeouts.dot
        said = (*pieces, b".\r\n" + words)
        # Over TLS each piece would be encrypted as a record of its own.
        self._transport.writelines((b"".join(said),) if self._encrypted else said)

    def _say(self, words: bytes, pending: tuple[str, ...], seconds: float) -> None:
        self._pending = pending
        self.deadline = self._depot.now() + seconds
        self._transport.write(words)

    def _settle_sent(self, outcome: Outcome) -> None:
        job, self._sent = self._sent, None
        assert job is not None
        self._depot.settle(job, outcome)

    def _settle_coming(self, outcome: Outcome) -> None:
        job, self._coming, self._refused = self._coming, None, None
        assert job is not None
        self._depot.settle(job, outcome)

    # --- the end

    def _end(self, why: Exception) -> None:
        """The connection is of no use any more; nothing that was on it may be forgotten."""
        if self._over:
            return
        self._over = True
        self._transport.abort()
        if self._sent is not None:
            verdict = Verdict.DEFERRED if self._draining else Verdict.UNKNOWN
            self._settle_sent(Outcome(verdict, _lost("body" if self._draining else "dot", why)))
        if self._coming is not None:
            self._let_go(self._coming, why)
        self._depot.gone(self)

    def _let_go(self, job: Job, why: Exception) -> None:
        if self._refused is None and self._kept and not self._heard and job.losses < _LOSSES:
            job.losses += 1
            self._coming = None
            self._depot.again(job)
            return
        stage = self._pending[0] if self._pending[:1] in (("rcpt",), ("data",)) else "mail"
        self._settle_coming(self._refused or Outcome(Verdict.DEFERRED, _lost(stage, why)))


_STAGES: dict[str, Callable[[Line, Reply], None]] = {
    "dot": Line._on_dot,
    "mail": Line._on_mail,
    "rcpt": Line._on_rcpt,
    "data": Line._on_data,
    "empty": Line._on_empty,
    "rset": Line._on_rset,
    "quit": Line._on_quit,
}


def _lost(stage: str, error: Exception) -> str:
    return f"The connection broke ({stage}): {type(error).__name__}"
