"""No secret is logged in a run of the tests; and the search for one can find it."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEAKS = {
    "a log record": "import logging; logging.getLogger('urllib3').debug('GET /?access_token=%s', SECRET)",
    "an exception": "import logging\n    try: 1 / 0\n    except Exception: logging.exception(SECRET)",
    "standard error": "import sys; sys.stderr.write(SECRET)",
    "the log of a process": "(tmp_path / 'worker.log').write_text(f'said {SECRET}')",
    "a header": "print('Authorization: OAuth oauth_consumer_key=1, oauth_signature=\"abc\"')",
    "the proof of a token": "import hashlib, hmac; from tests.fakes.graph import APP_SECRET, TOKEN; "
    "print(hmac.new(APP_SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest())",
}
CLEAN = "import logging, sys; logging.warning('said nothing'); print('token •••'); sys.stderr.write('x')"


def run(body: str) -> subprocess.CompletedProcess[str]:
    """One passing test with `body`, in a pytest of its own, outside the folders that this run searches."""
    head = "from tests.fakes.tokens import secret\nSECRET = secret('page-token')\n"
    words = ["-m", "pytest", "-p", "tests.leaks", "-p", "no:django", "-p", "no:cacheprovider", "-q"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "test_it.py").write_text(f"{head}def test_it(tmp_path):\n    {body}\n", "utf-8")
        where = ["-c", "/dev/null", "--rootdir", folder, "--basetemp", folder / "tmp", folder / "test_it.py"]
        return subprocess.run(
            [sys.executable, *words, *where],
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin"},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.mark.parametrize("kind", LEAKS)
def test_a_secret_that_is_logged_fails_the_run(kind: str) -> None:
    done = run(LEAKS[kind])
    assert "1 passed" in done.stdout
    assert "a secret was logged" in done.stdout
    assert "ZxSecret" not in done.stdout
    assert done.returncode == 1


def test_a_run_that_logs_no_secret_passes() -> None:
    done = run(CLEAN)
    assert (done.returncode, "a secret was logged" in done.stdout) == (0, False), done.stdout


def test_this_run_is_listened_to(request: pytest.FixtureRequest) -> None:
    assert request.config.pluginmanager.has_plugin("leaks-of-secrets")
