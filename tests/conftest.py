"""What every test shares: translations compiled, and the database chosen by the environment."""

import os
import tempfile
from pathlib import Path

# Before Django's settings are read: tests never touch the working copy's own data.
os.environ["OUTREACH_DATA_DIR"] = tempfile.mkdtemp(prefix="outreach-tests-")
os.environ.setdefault("OUTREACH_SECRET_KEY", "only-for-tests")
os.environ.setdefault("OUTREACH_ALLOW_PRIVATE_ADDRESSES", "yes")

import pytest

from hatch_build import compile_catalogues

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure(config: pytest.Config) -> None:
    compile_catalogues(ROOT)
