"""Whose pictures a mail shows."""

import pytest

from outreach.core.models import Organisation
from outreach.feeds.models import Entry, Source
from outreach.newsletters.content import pictures
from outreach.newsletters.models import Newsletter

HOME = Organisation(site_url="https://www.network.example/")


def entry(address: str) -> Entry:
    return Entry(source=Source(pk=1, site="school.example", home="blog.example"), image_url=address)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://school.example/a.jpg", True),
        ("https://www.school.example/a.jpg", True),
        ("http://media.school.example:8080/a.jpg", True),
        ("https://blog.example/a.jpg", True),
        ("https://network.example/a.jpg", True),
        ("https://myschool.example/a.jpg", False),
        ("https://school.example.stranger.example/a.jpg", False),
        ("https://school.example@stranger.example/a.jpg", False),
    ],
)
def test_only_pictures_of_our_own_websites_are_shown(address: str, shown: bool) -> None:
    assert pictures.shown(Newsletter(pictures="site"), HOME, entry(address)) == (address if shown else "")
    assert bool(pictures.elsewhere(Newsletter(pictures="site"), HOME, [entry(address)])) is not shown
    assert pictures.shown(Newsletter(pictures="any"), HOME, entry(address)) == address
    assert pictures.shown(Newsletter(pictures="none"), HOME, entry(address)) == ""


@pytest.mark.parametrize(
    "address",
    ["", "//school.example/a.jpg", "/a.jpg", "data:image/png;base64,AA==", "cid:a", "http://[", "x"],
)
def test_what_is_no_whole_web_address_is_no_picture(address: str) -> None:
    for choice in ("site", "any"):
        assert pictures.shown(Newsletter(pictures=choice), HOME, entry(address)) == ""
        assert pictures.elsewhere(Newsletter(pictures=choice), HOME, [entry(address)]) == []
