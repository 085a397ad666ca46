"""The demo inbox: mail that goes no further than a folder of this machine, to look at in a page."""

import mailbox
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from outreach.core.sentences import N_, Sentence, say
from outreach.mail.base import Outcome, Relay, RelayDown, Session, Verdict
from outreach.mail.couriers import Courier, Parcel, Report, Witness

_DOUBLED_DOT = re.compile(rb"^\.\.", re.MULTILINE)
_AT_ONCE = 50


@dataclass(frozen=True)
class StoredLetter:
    """A mail as the one who opens it sees it."""

    key: str
    subject: str
    to: str
    sender: str
    date: datetime | None
    html: str
    text: str
    headers: Mapping[str, str]


class InboxRelay(Relay):
    """Each message becomes a file in a Maildir: written whole, then moved in (no half mail is ever seen)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Raises RelayDown when the folder cannot be made."""
        yield _InboxSession(_open(self.folder), self.folder)

    def courier(self) -> Courier:
        """One that puts each parcel into the folder when its report is asked for."""
        return _InboxCourier(self)

    def check(self) -> str:
        """The folder."""
        _open(self.folder)
        return str(self.folder)


class _InboxSession(Session):
    def __init__(self, box: "mailbox.Maildir", folder: Path) -> None:
        self._box, self._folder = box, folder

    def send(self, envelope_from: str, to: str, message: bytes) -> Outcome:
        try:
            self._box.add(message)
        except OSError as error:
            raise _cannot_write(self._folder, error) from error
        return Outcome(Verdict.ACCEPTED, "250 kept in the demo inbox")


class _InboxCourier(Courier):
    def __init__(self, relay: InboxRelay) -> None:
        self._relay = relay
        self._parcels: deque[tuple[Parcel, Witness]] = deque()
        self._recalled: list[Report] = []
        self._trouble: Sentence | None = None

    def submit(self, parcels: Sequence[Parcel], witness: Witness) -> None:
        self._trouble = None
        self._parcels.extend((parcel, witness) for parcel in parcels)

    def reports(self, wait: float) -> list[Report]:
        found, self._recalled = self._recalled, []
        if not self._parcels:
            return found
        try:
            with self._relay.session() as session:
                while self._parcels and len(found) < _AT_ONCE:
                    found.append(_kept(session, *self._parcels[0]))
                    self._parcels.popleft()
        except RelayDown as error:
            self._trouble = error.sentence
            self.recall()
        return found

    def recall(self) -> None:
        self._recalled += [Report(parcel.key, None) for parcel, _ in self._parcels]
        self._parcels.clear()

    @property
    def waiting(self) -> int:
        return len(self._parcels) + len(self._recalled)

    @property
    def trouble(self) -> Sentence | None:
        return self._trouble

    def close(self) -> None:
        self.recall()


def _kept(session: Session, parcel: Parcel, witness: Witness) -> Report:
    if not witness.handing(parcel.key):
        return Report(parcel.key, None)
    outcome = session.send(parcel.envelope_from, parcel.to, _DOUBLED_DOT.sub(b".", parcel.message))
    witness.answered(parcel.key, outcome)
    return Report(parcel.key, outcome)


def letters(folder: Path, limit: int = 200) -> list[StoredLetter]:
    """The mails in `folder`, newest first, at most `limit`."""
    newest = sorted(_files(folder), key=lambda found: found[0], reverse=True)[:limit]
    return [_parsed(path) for _, path in newest]


def letter(folder: Path, key: str) -> StoredLetter | None:
    """The mail with this `key`."""
    path = next((path for _, path in _files(folder) if path.name == key), None)
    return _parsed(path) if path else None


def _open(folder: Path) -> "mailbox.Maildir":
    try:
        # By hand: the library makes them only where the folder itself is not there yet.
        for part in ("tmp", "new", "cur"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        return mailbox.Maildir(folder, create=False)
    except OSError as error:
        raise _cannot_write(folder, error) from error


def _cannot_write(folder: Path, error: OSError) -> RelayDown:
    sentence = N_("The folder %(folder)s of the demo inbox cannot be written: %(why)s.")
    return RelayDown(say(sentence, folder=str(folder), why=error.strerror or "?"))


def _files(folder: Path) -> list[tuple[tuple[int, str], Path]]:
    """Each file with its age and name: two mails of one instant keep their order."""
    parts = [folder / "new", folder / "cur"]
    found = [path for part in parts if part.is_dir() for path in part.iterdir()]
    return [((path.stat().st_mtime_ns, path.name), path) for path in found if path.is_file()]


def _parsed(path: Path) -> StoredLetter:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    return StoredLetter(
        key=path.name,
        subject=str(message["Subject"] or ""),
        to=str(message["To"] or ""),
        sender=str(message["From"] or ""),
        date=_date(str(message["Date"] or "")),
        html=_part(message, "html"),
        text=_part(message, "plain"),
        headers={name: str(value) for name, value in message.items()},
    )


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()).replace("\r\n", "\n") if body else ""


def _date(value: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(value)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
