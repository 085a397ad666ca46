"""What a hostile or broken website may send: by its name, the body and what the server says that it is."""

import json

XML, CAL, JSON, HTML = "application/xml", "text/calendar", "application/feed+json", "text/html"
MILLION = 1_000_000


def rss(inside: str, head: str = "") -> bytes:
    """A feed with one item that holds `inside`."""
    opening = f'<?xml version="1.0"?>{head}<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"'
    opening += ' xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>T</title>'
    return f"{opening}<item><title>Bericht</title>{inside}</item></channel></rss>".encode()


def many(title: str, text: str, count: int = 2000) -> bytes:
    """A feed of the same item, so many times."""
    item = f"<item><title>{title}</title><description>{text}</description></item>"
    return f"<rss version='2.0'><channel>{item * count}</channel></rss>".encode()


def calendar(inside: str, count: int = 1) -> bytes:
    """A calendar with `count` events that hold `inside`."""
    event = "BEGIN:VEVENT\r\nUID:%d\r\nSUMMARY:Les %d\r\nDTSTART:20260302T090000\r\n{}END:VEVENT\r\n"
    events = "".join(event.format(inside) % (number, number) for number in range(count))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n".encode()


def feed(items: object) -> bytes:
    """A JSON Feed."""
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()


def _laughs(depth: int = 9) -> str:
    lines = ['<!ENTITY a0 "ha">']
    lines += [f'<!ENTITY a{at} "{f"&a{at - 1};" * 10}">' for at in range(1, depth)]
    return f"<!DOCTYPE rss [{''.join(lines)}]>"


def _quadratic() -> str:
    return f'<!DOCTYPE rss [<!ENTITY a "{"x" * 100_000}">]>'


TIME = "&lt;time datetime='2026-12-01'&gt;1&lt;/time&gt;"
REST_EVENT = {
    "id": 1,
    "title": "Studiedag",
    "description": "<p>Welkom</p>" * 10,
    "start_date": "2026-12-03 14:00:00",
    "end_date": "2026-12-03 16:00:00",
    "timezone": "Europe/Brussels",
}

DOCUMENTS: dict[str, tuple[bytes, str]] = {
    # entities and declarations
    "a billion laughs": (rss("<description>&a8;</description>", _laughs()), XML),
    "a billion laughs in UTF-16": (
        rss("<description>&a8;</description>", _laughs()).decode().encode("utf-16"),
        XML,
    ),
    "a billion laughs in UTF-32": (
        rss("<description>&a8;</description>", _laughs()).decode().encode("utf-32"),
        XML,
    ),
    "one long entity, many times": (rss(f"<description>{'&a;' * 10_000}</description>", _quadratic()), XML),
    "an entity that reads a file": (
        rss("<description>&x;</description>", '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        XML,
    ),
    "a declaration that never ends": (b"<!DOCTYPE rss [" + b"<!ENTITY a 'b'>" * 300_000, XML),
    "declarations in a comment that is none": (b"<!--" * 500_000 + rss(""), XML),
    "numbers of characters that do not exist": (
        rss(f"<description>{'&#99999999999;' * 300_000}</description>"),
        XML,
    ),
    # sizes
    "a title of nine megabytes": (rss(f"<title>{'x' * 9 * MILLION}</title>"), XML),
    "a title without a space": (rss(f"<title>{'é' * 3 * MILLION}</title>"), XML),
    "a million combining marks": (rss("<title>e" + "\u0301" * MILLION + "</title>"), XML),
    "a million empty items": (
        b"<rss version='2.0'><channel>" + b"<item/>" * MILLION + b"</channel></rss>",
        XML,
    ),
    "items without an end": (b"<rss version='2.0'><channel>" + b"<item><title>x" * 500_000, XML),
    "white space of nine megabytes": (b" " * 9 * MILLION + rss(""), XML),
    "zeros of nine megabytes": (b"\0" * 9 * MILLION, XML),
    "zeros between the letters": (rss("<description>" + "x\0" * MILLION + "</description>"), XML),
    "an attribute of five megabytes": (rss(f"<media:content url='{'a' * 5 * MILLION}'/>"), XML),
    "an element with a hundred thousand attributes": (
        rss("<media:content " + " ".join(f"a{at}='1'" for at in range(100_000)) + "/>"),
        XML,
    ),
    "fifty thousand namespaces": (
        rss("".join(f"<a{at}:b xmlns:a{at}='http://x/{at}'/>" for at in range(50_000))),
        XML,
    ),
    "a hundred thousand categories": (
        rss("".join(f"<category>c{at}</category>" for at in range(100_000))),
        XML,
    ),
    "a hundred thousand enclosures": (
        rss("<enclosure url='https://x.example/a.png' type='image/png'/>" * 100_000),
        XML,
    ),
    "a hundred thousand pictures": (
        rss("<description>" + "&lt;img src='a.png' alt='x'&gt;" * 100_000 + "</description>"),
        XML,
    ),
    "a hundred thousand media groups": (
        rss("<media:group><media:content url='a.png'/></media:group>" * 80_000),
        XML,
    ),
    "a comment that never ends": (rss("<!--" + "-" * 5 * MILLION), XML),
    "data that never end": (rss("<description><![CDATA[" + "x]]" * 2 * MILLION), XML),
    # depth
    "elements two hundred thousand deep": (rss("<a>" * 200_000), XML),
    "HTML two hundred thousand deep": (
        rss("<description>" + "&lt;div&gt;" * 200_000 + "</description>"),
        XML,
    ),
    "XHTML twenty thousand deep": (
        b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>x</title><content type='xhtml'>"
        + b"<div xmlns='http://www.w3.org/1999/xhtml'>" * 20_000,
        XML,
    ),
    "escaped a thousand times": (rss(f"<title>&{'amp;' * MILLION}lt;b&gt;</title>"), XML),
    "brackets without an end": (rss("<description>" + "&lt;" * MILLION + "</description>"), XML),
    "tags that never close": (b"<rss version='2.0'>" + b"<a " * 2 * MILLION, XML),
    # what slows down patterns
    "a date of a million digits": (rss(f"<pubDate>{'1' * MILLION}</pubDate>"), XML),
    "a date of a million spaces": (rss(f"<pubDate>1{' ' * MILLION}november</pubDate>"), XML),
    "an author of half a million signs": (rss(f"<author>{'a@' * 250_000}</author>"), XML),
    "a footer that begins again and again": (rss(f"<description>{'The post ' * 200_000}</description>"), XML),
    "a sentence without an end": (rss(f"<title></title><description>{'x.' * MILLION}</description>"), XML),
    "links that climb": (rss(f"<link>{'../' * 500_000}</link>"), XML),
    "a link of brackets": (rss(f"<link>http://[{':' * 100_000}</link>"), XML),
    "a guid of nine megabytes": (rss(f"<guid>{'g' * 9 * MILLION}</guid>"), XML),
    # what looks like an event
    "a hundred thousand times": (rss(f"<description>{TIME * 100_000}</description>"), XML),
    "two thousand items full of days": (many("Dag", "3, 4 en 5 december " * 240), XML),
    "two thousand study days full of numbers": (many("Studiedag", "3 " * 2400), XML),
    "twenty thousand events of a REST interface": (
        json.dumps({"rest_url": "x", "events": [REST_EVENT] * 20_000}).encode(),
        JSON,
    ),
    # encodings
    "UTF-7": (rss("<title>+ADw-script+AD4-</title>", "").replace(b'"1.0"', b'"1.0" encoding="utf-7"'), XML),
    "an encoding that nobody knows": (rss("").replace(b'"1.0"', b'"1.0" encoding="klingon"'), XML),
    "packed once more": (b"\x1f\x8b\x08" + b"\0" * 1000, XML),
    "noise": (bytes(range(256)) * 20_000, XML),
    # JSON
    "JSON a million deep": (b"[" * MILLION, JSON),
    "JSON objects half a million deep": (b'{"a":' * 500_000, JSON),
    "a JSON feed half a million deep": (
        b'{"version":"https://jsonfeed.org/version/1.1","items":' + b"[" * 500_000,
        JSON,
    ),
    "a number of a million digits": (
        b'{"version":"https://jsonfeed.org/version/1.1","items":[{"id":' + b"9" * MILLION + b"}]}",
        JSON,
    ),
    "numbers that are none": (
        feed([{"id": float("nan"), "title": "x", "date_published": float("inf")}]),
        JSON,
    ),
    "half a million items": (feed([{"id": str(at)} for at in range(200_000)]), JSON),
    "half a character": (
        b'{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","title":"\\ud800"}]}',
        JSON,
    ),
    "everything of the wrong kind": (
        feed([{"id": [], "title": {}, "tags": 3, "authors": "x", "image": 1}, 3, None, []]),
        JSON,
    ),
    # calendars
    "an event each second": (calendar("RRULE:FREQ=SECONDLY\r\n"), CAL),
    "an event each second, by daily rule": (
        calendar("RRULE:FREQ=DAILY;BYHOUR=0,1,2,3;BYMINUTE=0,1,2,3;BYSECOND=0,1,2,3\r\n"),
        CAL,
    ),
    "an event a milliard times": (calendar("RRULE:FREQ=DAILY;COUNT=1000000000\r\n"), CAL),
    "a rule without a day": (calendar("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\n"), CAL),
    "a rule by positions": (calendar("RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-366,366\r\n"), CAL),
    "an interval of a milliard": (calendar("RRULE:FREQ=WEEKLY;INTERVAL=1000000000\r\n"), CAL),
    "a rule since the year one": (calendar("RRULE:FREQ=DAILY\r\n").replace(b"20260302", b"00010101"), CAL),
    "a rule until the last year": (
        calendar("RRULE:FREQ=YEARLY;UNTIL=99991231T235959Z\r\n").replace(b"20260302", b"99980101"),
        CAL,
    ),
    "fifty thousand dates": (
        calendar(
            "".join(
                f"RDATE:2026{1 + at % 12:02}{1 + at % 28:02}T{at % 24:02}0000\r\n" for at in range(50_000)
            )
        ),
        CAL,
    ),
    "fifty thousand exceptions": (
        calendar("RRULE:FREQ=DAILY\r\n" + "EXDATE:20260303T090000\r\n" * 50_000),
        CAL,
    ),
    "a hundred thousand events": (calendar("", 100_000), CAL),
    "a hundred daily series": (calendar("RRULE:FREQ=DAILY\r\n", 100), CAL),
    "a line of nine megabytes": (calendar(f"DESCRIPTION:{'x' * 9 * MILLION}\r\n"), CAL),
    "a line that is folded a million times": (calendar("DESCRIPTION:x" + "\r\n x" * MILLION + "\r\n"), CAL),
    "calendars in calendars": (b"BEGIN:VCALENDAR\r\n" * 50_000, CAL),
    "a zone without rules": (
        b"BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:X\r\nEND:VTIMEZONE\r\n" + calendar("")[28:],
        CAL,
    ),
    "a zone that nobody knows": (calendar("").replace(b"DTSTART:", b"DTSTART;TZID=Nergens/Onbekend:"), CAL),
    "a calendar of a zone that nobody knows": (
        calendar("X:1\r\n").replace(b"VERSION:2.0", b"X-WR-TIMEZONE:Nergens/Onbekend"),
        CAL,
    ),
    "a duration of centuries": (calendar("DURATION:P999999999D\r\n"), CAL),
}
"""Feeds and calendars."""

PAGES: dict[str, bytes] = {
    "half a million meta elements": b"<meta property='og:image' content='a.png'>" * 70_000,
    "linked data half a million deep": b"<script type='application/ld+json'>" + b"[" * 500_000 + b"</script>",
    "linked data of hundred thousand events": b"<script type='application/ld+json'>["
    + b",".join([b'{"@type":"Event","startDate":"2026-12-01"}'] * 60_000)
    + b"]</script>",
    "a script that never ends": b"<script type='application/ld+json'>" + b"x" * 2_900_000,
    "a hundred thousand times": b"<main>" + b"<time datetime='2026-12-01'>1</time>" * 80_000,
    "elements half a million deep": b"<div>" * 500_000,
    "declarations": b"<!" * 1_400_000,
    "brackets": b"</" * 1_400_000,
    "an attribute of three megabytes": b"<meta content='" + b"x" * 2_900_000 + b"' name=description>",
    "attributes": b"<meta " + b"a=1 " * 700_000 + b">",
    "a comment that never ends": b"<!--" + b"-" * 2_900_000,
    "entities": b"<title>" + b"&amp;" * 580_000 + b"</title>",
    "noise": bytes(range(256)) * 10_000,
}
"""Pages of articles."""
