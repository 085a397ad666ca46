"""Pictures on the command line."""

from pathlib import Path

from tests.cli.conftest import Outreach
from tests.fakes.website import png


def test_several_pictures_each_with_its_words(outreach: Outreach, tmp_path: Path) -> None:
    outreach("account", "add", "sandbox-facebook", "Proef")
    for number in (1, 2):
        (tmp_path / f"{number}.png").write_bytes(png(30, 30 + number))
    files = [f"{tmp_path}/1.png", f"{tmp_path}/2.png"]
    words = ("post", "write", "Dag", "--account", "Proef")
    shown = ("--image", files[0], "--alt", "Een", "--image", files[1])
    refused = outreach(*words, *shown, "--json")
    assert (refused.code, "image 2" in refused.data["sentence"]) == (2, True)
    assert outreach(*words, *shown, "--alt", "Twee").code == 0
    (tmp_path / "2.png").write_bytes(b"%PDF")
    refused = outreach(*words, *shown, "--alt", "Twee", "--json")
    assert (refused.code, "2.png" in refused.data["sentence"]) == (2, True)
    assert outreach(*words, "--alt", "Een").code == 2


def test_what_happens_with_pictures_is_shown_and_changed(outreach: Outreach) -> None:
    outreach("account", "add", "sandbox-facebook", "Proef")
    ran = outreach("account", "pictures", "Proef", "--pictures", "attach", "--no-look-first", "--json")
    assert ran.data[0] | {"id": 0} == {
        "id": 0,
        "name": "Proef",
        "pictures": "attach",
        "needs_words": False,
        "looks_first": False,
    }
    assert outreach("account", "pictures", "Proef", "--pictures", "film").code == 2
