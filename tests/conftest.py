"""What every test shares: translations compiled, and the database chosen by the environment."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests import services

# Before Django's settings are read: tests never touch the working copy's own data. The settings module is
# named here and not in pyproject.toml, because pytest-django would then read it before this file.
os.environ["DJANGO_SETTINGS_MODULE"] = "outreach.settings"
os.environ["OUTREACH_DATA_DIR"] = tempfile.mkdtemp(prefix="outreach-tests-")
os.environ.setdefault("OUTREACH_SECRET_KEY", "only-for-tests")
os.environ.setdefault("OUTREACH_ALLOW_PRIVATE_ADDRESSES", "yes")
# Most tests are about the networks: their links lead to no page. Those about the page set it themselves.
os.environ.setdefault("OUTREACH_PAGE_WAIT_MINUTES", "0")
os.environ.update(services.database_of_the_suite())

import django
import pytest
import structlog
from django.utils import translation

from hatch_build import compile_catalogues
from outreach.core import clock

pytest_plugins = ["tests.leaks"]
ROOT = Path(__file__).resolve().parent.parent
DATABASES = {"db", "transactional_db", "live_server"}

if "PYTEST_XDIST_WORKER" not in os.environ:  # there the run that started it has done so
    compile_catalogues(ROOT)  # before the first word is looked up
# As `core.logs` has it, but to wherever pytest reads: structlog's own default shows the values of variables
# beside an error, secrets too, and no process of ours logs like that.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        structlog.processors.KeyValueRenderer(key_order=["level", "event"]),
    ]
)
django.setup()  # so that the conftest.py of a room may import models


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that ask for no database are not run again on PostgreSQL: nothing would be different."""
    for item in items:
        asked = {name for name in getattr(item, "fixturenames", ()) if name in DATABASES}
        if not asked and item.get_closest_marker("django_db") is None:
            item.add_marker(pytest.mark.once)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Where OUTREACH_NO_SKIPS is set (in CI), a skipped test is a failure: it has proven nothing."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if os.environ.get("OUTREACH_NO_SKIPS") and skipped:
        reporter.write_line(f"{len(skipped)} skipped, and none may be: {skipped[0].nodeid}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are compared as they are written in the code. What is Dutch or French is asked for."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def real_time() -> Iterator[None]:
    """A test that leaves the clock standing would fail another one, perhaps, and elsewhere."""
    yield
    left, clock._source = clock._source, clock._system
    assert left is clock._system, "the clock was left standing"


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Redis, shared by the tests of this run."""
    with services.redis() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL with an empty database `outreach`, shared by the tests of this run."""
    with services.postgres() as url:
        yield url
