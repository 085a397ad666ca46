"""JSON Feed, both versions, as sites write it and as they break it."""

import json
from typing import Any

import pytest

from outreach.feeds.parsing import Feed, parse

HOME = "https://www.kleuter.be"


def read(*items: Any, **values: Any) -> Feed:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Kleuter &amp; Co",
        "home_page_url": HOME,
        "language": "nl-BE",
        "items": list(items),
        **values,
    }
    return parse(json.dumps(document).encode(), {}, f"{HOME}/feed.json")


def test_an_item_is_read_with_everything_it_has():
    feed = read(
        {
            "id": "https://www.kleuter.be/?p=7",
            "url": "/voorlezen/",
            "title": "Voorlezen &amp; vertellen",
            "content_html": "<p>Zo begin je eraan.</p><img src='/a.jpg' alt='Een kind leest'>",
            "image": "https://www.kleuter.be/a.jpg",
            "date_published": "2026-03-10T09:00:00+01:00",
            "authors": [{"name": "An"}, {"name": "Bert"}],
            "tags": ["taal", "taal", "boeken"],
        }
    )
    [item] = feed.items
    assert (feed.title, feed.home, feed.language, feed.version) == ("Kleuter & Co", HOME, "nl-BE", "json1.1")
    assert (item.guid, item.link) == ("https://www.kleuter.be/?p=7", f"{HOME}/voorlezen/")
    assert (item.title, item.summary) == ("Voorlezen & vertellen", "Zo begin je eraan.")
    assert (item.image_url, item.image_alt) == (f"{HOME}/a.jpg", "Een kind leest")
    assert (item.author, item.categories) == ("An, Bert", ["taal", "boeken"])
    assert item.published_at is not None
    assert item.published_at.isoformat() == "2026-03-10T08:00:00+00:00"


@pytest.mark.parametrize(
    ("values", "field", "found"),
    [
        ({"id": 12}, "guid", "12"),
        ({"id": True}, "guid", ""),
        ({"id": ["a"]}, "guid", ""),
        ({"url": "javascript:alert(1)"}, "link", ""),
        ({"url": "", "external_url": "https://elders.be/a"}, "link", "https://elders.be/a"),
        ({"title": None, "content_text": "Eén zin. Nog een."}, "title", "Eén zin."),
        ({"title": "<script>x</script>Dag"}, "title", "Dag"),
        ({"date_published": "gisteren"}, "published_at", None),
        ({"author": {"name": "An"}}, "author", "An"),
        ({"author": {"name": "Oud"}, "authors": [{"name": "An"}, {"name": "An"}]}, "author", "An"),
        ({"author": {"name": "an@kleuter.be"}}, "author", ""),
        ({"authors": "An"}, "author", ""),
        ({"language": "fr"}, "language", "fr"),
        ({"language": "nl"}, "language", ""),
        ({"image": "https://www.kleuter.be/pijl.svg"}, "image_url", ""),
        ({"attachments": [{"url": "/a.jpg", "mime_type": "image/jpeg"}]}, "image_url", f"{HOME}/a.jpg"),
        (
            {"attachments": [{"url": "/a.pdf", "mime_type": "application/pdf", "title": "Brochure"}, 7]},
            "downloads",
            [{"url": f"{HOME}/a.pdf", "name": "Brochure"}],
        ),
        ({"attachments": "a.pdf"}, "downloads", []),
        ({"tags": "taal"}, "categories", []),
        ({"tags": [None, {"a": 1}, "taal"]}, "categories", ["taal"]),
    ],
)
def test_what_is_odd_is_read_as_well_as_it_can_be(values: dict[str, Any], field: str, found: Any):
    [item] = read({"id": "1", "url": f"{HOME}/a", "title": "Dag", **values}).items
    assert getattr(item, field) == found


def test_items_that_are_no_items_are_left_out():
    assert [item.title for item in read(None, "a", 7, {}, {"title": "Dag"}).items] == ["Dag"]


@pytest.mark.parametrize("items", [None, {}, "a", 7])
def test_a_feed_whose_items_are_no_list_is_empty(items: Any):
    assert read(items=items).items == []


def test_of_more_items_than_are_read_the_newest_are_kept_in_their_order():
    days = [f"{2000 + n // 300}-{n // 25 % 12 + 1:02}-{n % 25 + 1:02}" for n in range(2010)]
    feed = read(*({"id": str(n), "title": "Dag", "date_published": day} for n, day in enumerate(days)))
    assert (len(feed.items), feed.complete) == (2000, False)
    assert (feed.items[0].guid, feed.items[-1].guid) == ("10", "2009")


def test_of_more_items_without_a_date_the_first_are_kept():
    feed = read(*({"id": str(n), "title": "Dag"} for n in range(2010)))
    assert (feed.items[0].guid, feed.items[-1].guid, feed.complete) == ("0", "1999", False)


def test_a_document_that_is_nested_without_end_is_refused():
    with pytest.raises(Exception, match="JSON data that is not a JSON Feed"):
        parse(b"[" * 200_000, {}, f"{HOME}/feed.json")
