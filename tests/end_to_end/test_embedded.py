"""The main job over real sockets, in one process: `outreach serve`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end import main_job
from tests.installation import Installation


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Installation]:
    with Installation(tmp_path) as installation:
        yield installation


def test_a_new_article_reaches_each_network_once(here: Installation):
    main_job.article_reaches_each_network_once(here, Installation.serve)


def test_a_newsletter_reaches_each_reader_once(here: Installation):
    main_job.article_is_mailed_once_to_each_reader(here, Installation.serve)
