"""Mailing a newsletter: our whole path beside smtp-source and Django's own mail, to the same server.

Ours claims each row of the ledger, fills the letter, and writes each answer down. The others only send.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from benchmarks.mailers import House, Runs, found, rsa_key, sink, smtp_source
from tests import mail_programs, services
from tests.processes import wait_for

READERS, MANY, ROUNDS = 20_000, 200_000, 3
ARTICLES = 18  # a message of about 34 kB
DJANGOS = 1_000  # messages of the slowest
QUEUED, SESSIONS = 5_000, 20  # for a Postfix that puts each mail on disk


def measure() -> Iterator[tuple[str, str]]:
    """Each message is one issue for one reader. What is compared takes turns; their median counts."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="outreach-bench-")))
        url = stack.enter_context(services.postgres(durable=True))
        sqlite, postgres = House(folder / "sqlite"), House(folder / "postgres", url)
        for house in (sqlite, postgres):
            house.prepare(READERS, ARTICLES)
        port = stack.enter_context(sink())
        size = sqlite.size()
        yield "kB of a message", f"{size / 1000:.0f}"
        runs = _turns({"SQLite": sqlite, "PostgreSQL": postgres}, port, size)
        yield from _compared(runs)
        yield from _signed(sqlite, port, runs["SQLite"], folder)
        yield from _to_many(House(folder / "many"), port, runs["SQLite"])
        yield from _through_postfix(House(folder / "queued"), size)


def _turns(houses: dict[str, House], port: int, size: int) -> dict[str, Runs]:
    """Each of them mails an issue, and again."""
    runs = {name: Runs() for name in (*houses, "smtp-source", "Django")}
    for turn in range(ROUNDS):
        for name, house in houses.items():
            if turn:
                house.another_issue(ARTICLES)
            runs[name].runs.append(house.send(port))
        runs["Django"].runs.append(houses["SQLite"].django(port, DJANGOS))
        if found("smtp-source"):
            runs["smtp-source"].runs.append(smtp_source(port, READERS, size))
    return runs


def _compared(runs: dict[str, Runs]) -> Iterator[tuple[str, str]]:
    source, plain = runs["smtp-source"], runs["Django"]
    for name in ("SQLite", "PostgreSQL"):
        ours = runs[name]
        yield f"messages a second, with a ledger in {name}", f"{ours.speed:.0f}"
        yield f"CPU of a message, with a ledger in {name} (µs)", f"{ours.cost:.0f}"
        yield f"peak memory, with a ledger in {name} (MB)", f"{ours.peak:.0f}"
        if source.runs:
            yield f"speed: ours with {name} / smtp-source, 4 connections each", _ratio(ours, source)
        yield f"speed: ours with {name} / Django's own mail, one kept connection", _ratio(ours, plain)
        yield f"CPU: Django's own mail / ours with {name}", f"{plain.cost / ours.cost:.1f}"
    yield "messages a second by Django's own mail", f"{plain.speed:.0f}"
    yield "CPU of a message by Django's own mail (µs)", f"{plain.cost:.0f}"
    if source.runs:
        yield "messages a second by smtp-source", f"{source.speed:.0f}"
        yield "CPU of a message by smtp-source (µs)", f"{source.cost:.0f}"
    else:
        yield "left out: smtp-source, and smtp-sink is one of ours (apt install postfix)", ""


def _signed(house: House, port: int, plain: Runs, folder: Path) -> Iterator[tuple[str, str]]:
    house.another_issue(ARTICLES)
    run = house.send(port, OUTREACH_DKIM_KEY_FILE=rsa_key(folder))
    yield "messages a second, signed with RSA-2048 (DKIM)", f"{run.speed:.0f}"
    yield "CPU that a signature adds to a message (µs)", f"{run.cost - plain.cost:.0f}"


def _to_many(house: House, port: int, few: Runs) -> Iterator[tuple[str, str]]:
    house.prepare(MANY, ARTICLES)
    run = house.send(port)
    assert run.messages == MANY, run
    yield f"messages a second, {MANY} readers", f"{run.speed:.0f}"
    yield f"peak memory: {MANY} readers / {READERS}", f"{run.peak / few.peak:.2f}"


def _through_postfix(house: House, size: int) -> Iterator[tuple[str, str]]:
    if missing := mail_programs.missing():
        yield f"left out: a real Postfix. {missing}", ""
        return
    house.prepare(QUEUED, ARTICLES)
    ours, source = Runs(), Runs()
    with mail_programs.postfix() as server:
        for turn in range(ROUNDS):
            if turn:
                house.another_issue(ARTICLES)
            ours.runs.append(house.send(server.port, SESSIONS))
            wait_for(server.is_through, 120, "an empty queue")
            source.runs.append(smtp_source(server.port, QUEUED, size, SESSIONS))
            wait_for(server.is_through, 120, "an empty queue")
    yield "messages a second into a real Postfix, 20 connections", f"{ours.speed:.0f}"
    yield "speed: ours / smtp-source, into a real Postfix", _ratio(ours, source)


def _ratio(ours: Runs, other: Runs) -> str:
    return f"{ours.speed / other.speed:.2f}"
