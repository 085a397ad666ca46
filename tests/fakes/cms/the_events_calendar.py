"""The Events Calendar, a plug-in for WordPress: RSS, iCalendar, REST and the data in an event's page.

In its RSS the date of publication is when the event begins. The UID in its calendar holds the begin and end:
an event that moves gets another one. Slugs are translated on Dutch sites.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.cms import wordpress
from tests.fakes.cms.content import HOME, NAME, Meeting

FOLDER = "evenement/"


def rss(meetings: Sequence[Meeting], home: str = HOME) -> bytes:
    """The feed at /evenementen/feed/: what is to come, the first event first."""
    coming = sorted(meetings, key=lambda one: one.starts)
    items = "".join(wordpress.item(_dated(one), home, guid=_guid, folder=FOLDER) for one in coming)
    title = f"Evenementen – {NAME}"
    return wordpress.channel(title, home, "/evenementen/feed/", items, wordpress.newest(meetings)).encode()


def _guid(meeting: Any, home: str) -> str:
    return f"{home}/?post_type=tribe_events&p={meeting.number}"


def _dated(meeting: Meeting) -> Meeting:
    return Meeting(**{**vars(meeting), "published": meeting.starts})


def link(meeting: Meeting, home: str = HOME) -> str:
    """Where its page is."""
    return f"{home}/{FOLDER}{meeting.slug}/" if meeting.link is None else meeting.link


def ical(meetings: Sequence[Meeting], home: str = HOME) -> bytes:
    """The calendar at /evenementen/?ical=1."""
    host = urlsplit(home).hostname or ""
    head = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{_text(NAME)} - ECPv6.15.0//NONSGML v1.0//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(NAME)}",
        f"X-ORIGINAL-URL:{home}",
        f"X-WR-CALDESC:Evenementen voor {_text(NAME)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-Robots-Tag:noindex",
        "X-PUBLISHED-TTL:PT1H",
        "X-WR-TIMEZONE:Europe/Brussels",
        *_ZONE,
    ]
    lines = [*head, *(line for one in meetings for line in _vevent(one, host, home)), "END:VCALENDAR"]
    return "".join(_folded(line) + "\r\n" for line in lines).encode()


_ZONE = """BEGIN:VTIMEZONE
TZID:Europe/Brussels
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:20260329T010000
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:20261025T010000
END:STANDARD
END:VTIMEZONE""".splitlines()


def _vevent(one: Meeting, host: str, home: str) -> list[str]:
    uid = f"{one.number}-{one.starts.timestamp():.0f}-{one.ends.timestamp():.0f}@{host}"
    written = one.published.astimezone(UTC) if one.published else datetime(2026, 1, 1, tzinfo=UTC)
    return [
        "BEGIN:VEVENT",
        *_times(one),
        f"DTSTAMP:{written:%Y%m%dT%H%M%S}",
        f"CREATED:{written:%Y%m%dT%H%M%SZ}",
        f"LAST-MODIFIED:{written:%Y%m%dT%H%M%SZ}",
        f"UID:{uid}",
        f"SUMMARY:{_text(one.title)}",
        f"DESCRIPTION:{_text(one.text)}",
        f"URL:{link(one, home)}",
        f"LOCATION:{_text(f'{one.place}, Zonnestraat 1, {one.town}, 9000, België')}",
        f"CATEGORIES:{','.join(_text(term) for term in one.categories)}",
        *([f"ATTACH;FMTTYPE=image/jpeg:{one.image}"] if one.image else []),
        'ORGANIZER;CN="Team Kleuterkracht":MAILTO:vorming@kleuterkracht.example',
        "END:VEVENT",
    ]


def _times(one: Meeting) -> list[str]:
    if one.all_day:
        after = one.ends + timedelta(days=1)
        return [f"DTSTART;VALUE=DATE:{one.starts:%Y%m%d}", f"DTEND;VALUE=DATE:{after:%Y%m%d}"]
    return [
        f"DTSTART;TZID=Europe/Brussels:{one.starts:%Y%m%dT%H%M%S}",
        f"DTEND;TZID=Europe/Brussels:{one.ends:%Y%m%dT%H%M%S}",
    ]


def _text(text: str) -> str:
    """Escaped as RFC 5545 3.3.11 asks."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """Cut at 74 characters (RFC 5545 3.1)."""
    return "\r\n ".join(line[at : at + 74] for at in range(0, len(line), 74)) or line


def rest(meetings: Sequence[Meeting], home: str = HOME) -> bytes:
    """One page of /wp-json/tribe/events/v1/events."""
    address = f"{home}/wp-json/tribe/events/v1/events/"
    answer = {
        "events": [_event(one, home) for one in sorted(meetings, key=lambda one: one.starts)],
        "rest_url": f"{address}?page=1&per_page=10&start_date=2026-01-01%2000:00:00&status=publish",
        "total": len(meetings),
        "total_pages": 1,
    }
    return json.dumps(answer).replace("/", "\\/").encode()


def _event(one: Meeting, home: str) -> dict[str, Any]:
    written = f"{one.published:%Y-%m-%d %H:%M:%S}"
    starts, ends = f"{one.starts:%Y-%m-%d %H:%M:%S}", f"{one.ends:%Y-%m-%d %H:%M:%S}"
    image = {"url": one.image, "id": one.number + 1, "extension": "jpg", "width": 1200, "height": 800}
    return {
        "id": one.number,
        "global_id": f"{urlsplit(home).hostname}?id={one.number}",
        "author": "2",
        "status": "publish",
        "date": written,
        "date_utc": written,
        "modified": written,
        "modified_utc": written,
        "url": link(one, home),
        "rest_url": f"{home}/wp-json/tribe/events/v1/events/{one.number}",
        "title": wordpress.typographic(one.title),
        "description": f"<p>{escape(one.text)}</p>\n",
        "excerpt": "",
        "slug": one.slug,
        "image": image if one.image else False,
        "all_day": one.all_day,
        "start_date": starts,
        "end_date": ends,
        "utc_start_date": f"{one.starts.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        "utc_end_date": f"{one.ends.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        "timezone": "Europe/Brussels",
        "timezone_abbr": one.starts.tzname(),
        "cost": "",
        "website": "",
        "show_map": True,
        "hide_from_listings": False,
        "sticky": False,
        "featured": False,
        "categories": [
            {"id": 5, "name": term, "slug": term.lower(), "taxonomy": "tribe_events_cat"}
            for term in one.categories
        ],
        "tags": [],
        "venue": {
            "id": 31,
            "venue": one.place,
            "slug": "campus",
            "address": "Zonnestraat 1",
            "city": one.town,
            "zip": "9000",
            "country": "België",
        },
        "organizer": [{"id": 32, "organizer": "Team Kleuterkracht"}],
    }


def page(one: Meeting, home: str = HOME) -> bytes:
    """The event's own page, with its data for search engines (a list with one Event)."""
    event = {
        "@context": "http://schema.org",
        "@type": "Event",
        "name": one.title,
        "description": f"&lt;p&gt;{one.text}&lt;/p&gt;\\n",
        "image": one.image,
        "url": link(one, home),
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "eventStatus": "https://schema.org/EventScheduled",
        "startDate": one.starts.isoformat(),
        "endDate": one.ends.isoformat(),
        "location": {
            "@type": "Place",
            "name": one.place,
            "address": {
                "@type": "PostalAddress",
                "streetAddress": "Zonnestraat 1",
                "addressLocality": one.town,
                "postalCode": "9000",
                "addressCountry": "België",
            },
        },
        "organizer": {"@type": "Person", "name": "Team Kleuterkracht"},
        "performer": "Organization",
    }
    title = escape(one.title)
    return (
        f'<!DOCTYPE html>\n<html lang="nl-BE"><head><meta charset="UTF-8">\n'
        f"<title>{title} – {escape(NAME)}</title>\n"
        f'<link rel="canonical" href="{link(one, home)}">\n<meta property="og:image" content="{one.image}">\n'
        f'<script type="application/ld+json">\n{json.dumps([event])}\n</script></head>\n'
        f'<body class="single-tribe_events"><h1 class="tribe-events-single-event-title">{title}</h1>\n'
        f"<p>{escape(one.text)}</p></body></html>\n"
    ).encode()
