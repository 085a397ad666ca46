"""What a process writes to its log names no reader, and opens no door."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from outreach.core.veils import veiled
from outreach.subscribers import joining, tokens

_PROGRAM = """
import logging, sys, django, structlog
from outreach.core import logs
logs.configure()
django.setup()
from django.test import Client
log = structlog.get_logger("x")
log.warning("odd", why="550 5.1.1 <anna@example.org> unknown", rest=["a", 1], to="anna@example.org")
try:
    raise ValueError("Key (address_key)=(anna@example.org) already exists.")
except ValueError:
    log.exception("step failed")
    logging.getLogger("library").exception("no %s", "anna@example.org")
# There is no table yet: an error of ours.
print(Client(raise_request_exception=False).get(sys.argv[1], SERVER_NAME="localhost").status_code)
"""


@pytest.mark.django_db
def test_no_address_and_no_link_of_a_reader_is_logged(tmp_path: Path) -> None:
    person = joining.add("news", "anna@example.org", how="command", wording="Yes.").subscriber
    token = tokens.preferences_token(person)
    known = {
        **os.environ,
        "OUTREACH_DATA_DIR": str(tmp_path),
        "OUTREACH_DATABASE_URL": f"sqlite:///{tmp_path}/x",
    }
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, f"/preferences/{token}/"],
        env={**known, "DJANGO_SETTINGS_MODULE": "outreach.settings"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() == "500", done.stderr
    assert "/preferences/…/" in done.stderr
    assert done.stderr.count("…@example.org") == 5
    assert "anna" not in done.stderr
    assert token not in done.stderr
    assert "no such table" in done.stderr


@pytest.mark.django_db
def test_every_link_of_a_mail_loses_its_signed_part_and_nothing_else_does(settings: Any) -> None:
    wish = joining.add("news-" + "x" * 60, "anna@example.org", how="command", wording="Yes.")
    leave = tokens.unsubscribe_token(wish.subscriber, wish.topic)
    undo = tokens.undo_token(joining.leave(leave).subscription or wish)
    for one in (leave, undo, tokens.confirm_token(wish), tokens.preferences_token(wish.subscriber)):
        assert veiled(f"GET /x/{one}/erase/?a=1") == "GET /x/…/erase/?a=1"
        assert veiled(f"at https://post.example.org/x/{one}.") != f"at https://post.example.org/x/{one}."
    for plain in ("/static/outreach/outreach.css", "https://very-long-name.of-a-website.example.org/a.html"):
        assert veiled(plain) == plain
    assert veiled("smtp://user@host, a@b: x") == "smtp://…@host, …@b: x"
