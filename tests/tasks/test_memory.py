"""What a server at rest holds: nothing that is for later, or for others."""

import json
from pathlib import Path

from tests.processes import alone

LATER = {
    "PIL",
    "tweepy",
    "facebook",
    "requests",
    "feedparser",
    "icalendar",
    "markdown_it",
    "nh3",
    "mrml",
    "uvloop",
}
OTHERS = {
    "babel",
    "greenlet",
    "hypothesis",
    "psutil",
    "pygments",
    "rich",
    "typer",
    "yaml",
    "gunicorn",
    "redis",
    "regex",
}
LOADED = """
import json, sys
from tasks import embedded
embedded._leave_out_what_nothing_uses()
import django
django.setup()
import outreach.wsgi
from celery.apps.worker import Worker
from tasks.app import app
app.loader.import_default_modules()
for task in list(app.conf.beat_schedule.values()):
    app.tasks[task["task"]]()
print(json.dumps(sorted(name for name, module in sys.modules.items() if module is not None)))
"""


def test_libraries_are_loaded_when_they_are_used_and_others_not_at_all(tmp_path: Path) -> None:
    """Every tick has run once, with nothing to do."""
    alone(tmp_path, "-m", "outreach", "migrate")
    loaded = {name.partition(".")[0] for name in json.loads(alone(tmp_path, "-c", LOADED))}
    assert "celery" in loaded
    assert loaded & (LATER | OTHERS) == set()
