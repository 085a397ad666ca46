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


def test_what_is_approved_is_shown_whole_before(outreach: Outreach, tmp_path: Path) -> None:
    outreach("account", "add", "sandbox-x", "Proef")
    (tmp_path / "1.png").write_bytes(png())
    words = "Een lange zin die in een lijst niet past, met alles wat er gezegd moet worden op deze dag"
    picture = ("--image", f"{tmp_path}/1.png", "--alt", "Een toren")
    link = ("--link", "https://a.example/toren")
    post = str(outreach("post", "write", words, "--account", "Proef", *picture, *link, "--json").data["id"])
    shown = outreach("post", "show", post)
    assert words in shown.out
    assert all(part in shown.out for part in ("a.example/toren", "Een toren", "--seen"))
    told = outreach("post", "show", post, "--json").data
    (one,) = told["accounts"]
    assert (one["images"][0]["alt"], one["problem"], bool(one["due_at"])) == ("Een toren", "", True)
    refused = outreach("post", "approve", post, "--seen", "0" * 64, "--json")
    assert (refused.code, "changed since it was shown" in refused.data["sentence"]) == (1, True)
    assert outreach("post", "approve", post, "--seen", told["seen"]).code == 0
    after = outreach("post", "show", post, "--json").data
    assert (after["seen"], after["accounts"][0]["text"]) == ("", one["text"])
