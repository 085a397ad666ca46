"""The paper networks: a folder of posts that survives being killed, and can be read as a timeline."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from outreach import networks
from outreach.core import clock
from outreach.networks import errors
from outreach.networks.base import Connection, Payload
from outreach.networks.sandbox import timeline
from tests.networks.conftest import LINK, ON_FACEBOOK, ON_X, PICTURE, PNG, TAG

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
paper = networks.get("sandbox-facebook")
paper_x = networks.get("sandbox-x")


@pytest.fixture
def folder(tmp_path: Path) -> Connection:
    return Connection({"folder": str(tmp_path / "kleuter")})


def test_the_limits_are_those_of_the_model() -> None:
    assert paper.limits == networks.get("facebook").limits
    assert (paper.link_is_card, paper_x.link_is_card) == (True, False)
    assert paper_x.measure("https://www.kleuter.be/nieuws/toren?utm_id=o7f3a9c21") == 23
    assert (paper.template, paper_x.template) == ("facebook", "x")
    assert paper.spacing == paper_x.spacing == timedelta(0)


def test_a_post_is_kept_with_its_picture(folder: Connection) -> None:
    with clock.frozen(NOON):
        receipt = paper.publish(folder, replace(ON_FACEBOOK, pictures=(PICTURE,)))
    path = Path(folder.credentials["folder"])
    (post,) = timeline(path)
    assert (post.remote_id, post.network, post.posted_at) == (receipt.remote_id, "sandbox-facebook", NOON)
    (kept,) = post.pictures
    assert (post.text, post.link, kept.alt) == (ON_FACEBOOK.text, LINK, PICTURE.alt)
    assert (path / kept.name).read_bytes() == PNG
    assert kept.name.endswith(".png")


def test_several_pictures_are_kept_in_their_order(folder: Connection) -> None:
    several = tuple(replace(PICTURE, content=PNG + bytes([n]), alt=f"Beeld {n}") for n in range(3))
    paper.publish(folder, replace(ON_FACEBOOK, pictures=several))
    path = Path(folder.credentials["folder"])
    (post,) = timeline(path)
    assert [(one.alt, (path / one.name).read_bytes()[-1]) for one in post.pictures] == [
        ("Beeld 0", 0),
        ("Beeld 1", 1),
        ("Beeld 2", 2),
    ]


@pytest.mark.parametrize(("name", "kept"), [("oud.png", [("oud.png", "Blokken")]), ("", [])])
def test_a_post_that_was_kept_when_there_was_one_picture_is_still_read(
    folder: Connection, name: str, kept: list[tuple[str, str]]
) -> None:
    path = Path(folder.credentials["folder"])
    path.mkdir(parents=True)
    old = {"network": "sandbox-x", "text": "Dag", "link": "", "picture": name, "alt": "Blokken"}
    (path / "1.json").write_text(json.dumps(old | {"posted_at": NOON.isoformat()}))
    (post,) = timeline(path)
    assert [(one.name, one.alt) for one in post.pictures] == kept


def test_the_timeline_is_newest_first_and_passes_over_what_is_no_post(folder: Connection) -> None:
    for hour in range(3):
        with clock.frozen(NOON + timedelta(hours=hour)):
            paper_x.publish(folder, Payload(f"Bericht {hour}"))
    path = Path(folder.credentials["folder"])
    (path / "notes.json").write_text('{"a": 1}')
    (path / "zzz.json").write_bytes(b"\xff{")
    assert [post.text for post in timeline(path)] == ["Bericht 2", "Bericht 1", "Bericht 0"]


def test_a_folder_that_is_not_there_yet_holds_nothing(folder: Connection) -> None:
    assert timeline(folder.credentials["folder"]) == []
    assert paper.find(folder, ON_FACEBOOK, NOON) is None


def test_a_post_is_found_by_its_tag_else_by_its_text_since_the_attempt(folder: Connection) -> None:
    with clock.frozen(NOON):
        mine = paper_x.publish(folder, ON_X)
        plain = paper_x.publish(folder, Payload("Open dag"))
    assert paper_x.find(folder, replace(ON_X, text=f"Anders {TAG}"), NOON).remote_id == mine.remote_id
    assert paper_x.find(folder, Payload("Open  dag"), NOON).remote_id == plain.remote_id
    assert paper_x.find(folder, Payload("Open dag"), NOON + timedelta(hours=1)) is None


def test_a_folder_that_cannot_be_written_means_not_sent(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(errors.NotSent):
        paper.publish(Connection({"folder": str(tmp_path / "file")}), ON_FACEBOOK)


def test_a_post_is_there_in_whole_or_not_at_all(folder: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("outreach.networks.sandbox.os.fsync", die)
    with pytest.raises(KeyboardInterrupt):
        paper.publish(folder, replace(ON_FACEBOOK, pictures=(PICTURE,)))
    assert list(Path(folder.credentials["folder"]).glob("[!.]*")) == []


_POSTING = """
import sys
from outreach import networks
from outreach.networks.base import Connection, Payload, Picture
picture = Picture(b"x" * 200_000, "image/png", "alt")
payload = Payload("Dag", pictures=(picture,))
while True:
    networks.get("sandbox-x").publish(Connection({"folder": sys.argv[1]}), payload)
"""


def test_a_process_killed_while_posting_leaves_whole_posts_only(tmp_path: Path) -> None:
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", _POSTING, str(tmp_path)])
        before = len(timeline(tmp_path))
        while len(timeline(tmp_path)) < before + 5:
            time.sleep(0.005)
            assert process.poll() is None
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    files = list(tmp_path.glob("[!.]*.json"))
    assert len(timeline(tmp_path)) == len(files) >= 15
    for file in files:
        assert (tmp_path / json.loads(file.read_text())["pictures"][0]["name"]).stat().st_size == 200_000
