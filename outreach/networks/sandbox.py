"""Networks of paper: posts are kept in a folder, so that Outreach can be tried without an account anywhere.

Each has the limits of its model. One post is one JSON file, complete or absent, with its pictures beside it.
"""

import json
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

from outreach.core import clock
from outreach.core.sentences import N_, say
from outreach.networks.base import Connection, Credential, Health, Login, Network, Payload, Receipt
from outreach.networks.errors import Ambiguous, AuthBroken, NotSent
from outreach.networks.facebook.network import Facebook
from outreach.networks.matching import earliest, same_text, tagged
from outreach.networks.x.network import X

_ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png"}


@dataclass(frozen=True)
class SandboxPicture:
    """`name` is that of a file in the folder."""

    name: str
    alt: str


@dataclass(frozen=True)
class SandboxPost:
    """One post of the paper timeline."""

    remote_id: str
    network: str
    text: str
    link: str
    pictures: tuple[SandboxPicture, ...]
    posted_at: datetime


class _Sandbox(Network):
    """Publishing into credentials["folder"]."""

    credentials: ClassVar[tuple[Credential, ...]] = ()  # the folder is given by the house
    logins: ClassVar[tuple[Login, ...]] = ()
    look_after: ClassVar[tuple[timedelta, ...]] = (timedelta(0),)
    spacing: ClassVar[timedelta] = timedelta(0)

    def publish(self, connection: Connection, payload: Payload) -> Receipt:
        """Keep `payload` in the folder. Raises NotSent when it cannot be written."""
        folder = _folder(connection)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return Receipt(_keep(folder, self.name, payload))
        except OSError as error:
            raise NotSent(
                say(N_("The practice account could not save the post. Check the disk of the server.")),
                raw=error.strerror or "",
            ) from error

    def find(self, connection: Connection, payload: Payload, since: datetime) -> Receipt | None:
        """The kept post with the payload's tag, else with its text. Raises Ambiguous when unreadable."""
        try:
            posts = [post for post in timeline(_folder(connection)) if post.posted_at >= earliest(since)]
        except OSError as error:
            raise Ambiguous(
                say(N_("The practice account could not be read. Check the disk of the server.")),
                raw=error.strerror or "",
            ) from error
        ours = [post for post in posts if tagged(payload.tag, (post.text, post.link))]
        ours = ours or [
            post for post in posts if post.link == payload.link and same_text(payload.text, post.text)
        ]
        return Receipt(ours[0].remote_id) if ours else None

    def check(self, connection: Connection) -> Health:
        """Always well, once it has a folder."""
        return Health(name=self.label, remote_id=_folder(connection).name)


class SandboxFacebook(_Sandbox, Facebook):
    """A Facebook Page of paper."""

    name = "sandbox-facebook"
    label = N_("Facebook (practice)")


class SandboxX(_Sandbox, X):
    """An X account of paper."""

    name = "sandbox-x"
    label = N_("X (practice)")
    prices = None


def timeline(folder: Path | str) -> list[SandboxPost]:
    """What was posted into `folder`, newest first. Raises OSError when a file cannot be read.

    A file that holds no post was put there by somebody else and is passed over.
    """
    posts = [_read(path) for path in sorted(Path(folder).glob("[!.]*.json"), reverse=True)]
    return [post for post in posts if post]


def _folder(connection: Connection) -> Path:
    if folder := connection.credentials.get("folder"):
        return Path(folder)
    raise AuthBroken(say(N_("The practice account has no folder to keep posts in. Connect it again.")))


def _keep(folder: Path, network: str, payload: Payload) -> str:
    now = clock.now().astimezone(UTC)
    stem = f"{now:%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(4)}"
    pictures = []
    for number, picture in enumerate(payload.pictures):
        name = f"{stem}-{number}{_ENDINGS.get(picture.mime, '.bin')}"
        _write(folder / name, picture.content)
        pictures.append({"name": name, "alt": picture.alt})
    post = {
        "network": network,
        "text": payload.text,
        "link": payload.link,
        "pictures": pictures,
        "posted_at": now.isoformat(),
    }
    _write(folder / f"{stem}.json", json.dumps(post, ensure_ascii=False, indent=1).encode())
    return stem


def _write(path: Path, content: bytes) -> None:
    """Write all of it or nothing, whenever the process is killed."""
    draft = path.with_name(f".{path.name}")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _read(path: Path) -> SandboxPost | None:
    content = path.read_bytes()
    try:
        post = json.loads(content)
        pictures = tuple(SandboxPicture(**one) for one in post.pop("pictures", None) or _before(post))
        at = datetime.fromisoformat(post.pop("posted_at"))
        return SandboxPost(remote_id=path.stem, pictures=pictures, posted_at=at, **post)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _before(post: dict[str, str]) -> list[dict[str, str]]:
    """The picture of a post that was kept when there was one at most."""
    name, alt = post.pop("picture", ""), post.pop("alt", "")
    return [{"name": name, "alt": alt}] if name else []
