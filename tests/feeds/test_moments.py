"""Dates, as feeds write them and as they must be read."""

from datetime import UTC, datetime

import pytest

from tests.feeds.writing import atom, entry, first, item


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("woensdag 25 november 2026", "2026-11-24T23:00"),
        ("woensdag 25 november 2026 om 9u30", "2026-11-25T08:30"),
        ("wo, 25/11/2026 - 10:00", "2026-11-25T09:00"),
        ("25-11-2026 10:00", "2026-11-25T09:00"),
        ("25.11.2026, 10.00 uur", "2026-11-25T09:00"),
        ("ma 2 mrt 2026 10:00", "2026-03-02T09:00"),
        ("5 mei 2026 14u", "2026-05-05T12:00"),
        ("do, 01 okt. 2026 10:00:00 +0200", "2026-10-01T08:00"),
        ("mer., 25 nov. 2026", "2026-11-24T23:00"),
        ("mercredi 25 novembre 2026 à 14h30", "2026-11-25T13:30"),
        ("1er août 2026", "2026-07-31T22:00"),
        ("mar, 03 févr. 2026 10:00:00 +0100", "2026-02-03T09:00"),
        ("15 juillet 2026", "2026-07-14T22:00"),
        ("15 juin 2026", "2026-06-14T22:00"),
        ("Mittwoch, 4. März 2026, 10:00", "2026-03-04T09:00"),
        ("Seg, 21 Set 2026 19:00:00 -0300", "2026-09-21T22:00"),
        ("Wed, 25 Nov 2026 2:05:00 PM", "2026-11-25T13:05"),
        ("Wed, Nov 25 2026 12:05:00 AM", "2026-11-24T23:05"),
        ("November 25, 2026", "2026-11-24T23:00"),
        ("Wed, 25 Nov 2026 10:00:00", "2026-11-25T09:00"),
        ("Wed, 25 Nov 2026 10:00:00 CET", "2026-11-25T09:00"),
        ("Wed, 25 Nov 2026 10:00:00 EST", "2026-11-25T15:00"),
        ("Wed, 25 Nov 2026 10:00:00 UTC+2", "2026-11-25T08:00"),
        ("Wed, 25 Nov 2026 10:00:00 Europe/London", "2026-11-25T10:00"),
        ("Wed, 25 Nov 2026 10:00:00 Mars/Olympus", "2026-11-25T09:00"),  # of the site, when nobody knows it
        ("Wed, 25 Nov 26 10:00:00 +0100", "2026-11-25T09:00"),
        ("25 Nov 2026 10:00:00 Z", "2026-11-25T10:00"),
        ("2026-11-25T10:00:00.250+01:00", "2026-11-25T09:00"),
        ("2026-11-25", "2026-11-24T23:00"),
        ("2026/11/25 10:00", "2026-11-25T09:00"),
        ("2026-11-25T10:00:00 EST", "2026-11-25T15:00"),
        ("Wed Nov 25 10:00:00 CET 2026", "2026-11-25T09:00"),
        ("Wed Nov 25 2026 10:00:00 GMT+0200 (midden-Europese tijd)", "2026-11-25T08:00"),
        ("de 25ste november 2026", "2026-11-24T23:00"),
    ],
)
def test_a_date_is_read_in_the_language_and_the_zone_it_is_written_in(written: str, instant: str) -> None:
    found = item(f"<pubDate>{written}</pubDate>").published_at
    assert found is not None
    assert found.isoformat()[:16] == instant


@pytest.mark.parametrize(
    "written",
    [
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Mon, 30 Nov -0001 00:00:00 +0000",
        "Wed, 25 Nov 2099 10:00:00 GMT",
        "31 februari 2026",
        "25 brumaire 2026",
        "Wed, 25 Nov 2026 29:00:00",
        "binnenkort",
        "",
    ],
)
def test_a_date_that_cannot_be_meant_is_none(written: str) -> None:
    assert item(f"<pubDate>{written}</pubDate>").published_at is None


def test_the_day_of_publication_goes_before_the_day_of_a_change() -> None:
    change = "<updated>2026-06-01T10:00:00Z</updated>"
    assert entry(f"{change}<published>2026-05-01T10:00:00Z</published>").published_at == datetime(
        2026, 5, 1, 10, tzinfo=UTC
    )
    assert entry(change).published_at == datetime(2026, 6, 1, 10, tzinfo=UTC)
    bad = "<pubDate>gisteren</pubDate><dc:date>2026-05-01T10:00:00Z</dc:date>"
    assert item(bad).published_at == datetime(2026, 5, 1, 10, tzinfo=UTC)
    feed_only = atom("<title>T</title><id>urn:1</id>", head="<published>2026-05-01T10:00:00Z</published>")
    assert first(feed_only).published_at is None
