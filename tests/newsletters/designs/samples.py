"""Issues of every kind, in any design and language; nothing of them is stored."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import translation

from outreach.core import clock
from outreach.core.models import Logo, Organisation
from outreach.feeds.models import Entry, Event, Source
from outreach.mail.base import Letter
from outreach.mail.building import build
from outreach.mail.headers import newsletter_headers
from outreach.newsletters.content import composing, intro
from outreach.newsletters.content.composing import Agenda, Piece, Section
from outreach.newsletters.designs import rendering, slots
from outreach.newsletters.designs.rendering import Rendered
from outreach.newsletters.models import Issue, Newsletter

SITE = "https://school.example"
HOSTILE = """"><script>alert('1')</script> & {{ 7 * 7 }} {% raw %} </td> <!-- --> [[ x ]] 'é' ] ]>"""
_WORDS = (
    "Vijf opleidingen bundelden hun ervaringen in een gids met lessen, van prentenboek tot voorleeskoffer. "
)


def organisation(accent: str = "#0b6e69", logo: Logo | None = None) -> Organisation:
    return Organisation(
        name="Netwerk Diversiteit",
        postal_address="Voskuilenlaan 12, 3000 Leuven",
        contact="info@school.example",
        site_url=SITE,
        accent=accent,
        logo=logo,
    )


def article(number: int, title: str = "", picture: bool = False, summary: str = _WORDS * 2) -> Entry:
    return Entry(
        source=Source(pk=1, site="school.example", language="nl"),
        title=title or f"Artikel {number} over voorlezen in twee talen",
        summary=summary,
        link=f"{SITE}/nieuws/{number}",
        image_url=f"{SITE}/p/{number}.jpg" if picture else "",
        image_alt=f"Kleuters, foto {number}" if picture else "",
        language="nl",
        published_at=clock.now() - timedelta(days=number),
    )


def event(number: int, title: str = "") -> Entry:
    entry = article(number, title or f"Studiedag {number}", summary="Met workshops.")
    entry.event = Event(
        entry=entry,
        starts_at=clock.now() + timedelta(days=number),
        place=f"Zaal {number}",
        online_url=f"{SITE}/room/{number}" if number % 2 else "",
    )
    return entry


def _full() -> list[Piece]:
    articles = [article(number, picture=number != 4) for number in range(1, 7)]
    return [*articles, Agenda([event(n) for n in range(11, 15)], [event(15)])]


KINDS: dict[str, Callable[[], list[Piece]]] = {
    "full": _full,
    "no pictures": lambda: [article(1), article(2), article(3), Agenda([event(11)])],
    "one article": lambda: [article(1, picture=True)],
    "long titles": lambda: [article(1, "Lerarenopleidingen " * 24, True), article(2, "W" * 400, True)],
    "24 entries": lambda: [
        *(article(n, picture=True) for n in range(20)),
        Agenda([event(n) for n in range(30, 34)]),
    ],
    "only events": lambda: [Agenda([event(11), event(12)])],
    "only told before": lambda: [Agenda([], [event(11)])],
    "only words": list,
    "hostile": lambda: [
        article(1, HOSTILE, True, HOSTILE),
        article(2, HOSTILE),
        Agenda([event(11, HOSTILE)]),
    ],
    "no links": lambda: [_without_link(article(1)), _without_link(article(2))],
}


def rendered(
    design: str, language: str = "nl", kind: str = "full", accent: str = "#0b6e69", logo: Logo | None = None
) -> Rendered:
    """An issue of `kind` with an introduction and a text by staff."""
    newsletter = Newsletter(
        name="Kleurrijk Nieuws", slug="nieuws", topic="n", language=language, design=design
    )
    issue = Issue(
        newsletter=newsletter,
        slot=clock.now(),
        subject="Kleurrijk Nieuws: voorlezen",
        intro="**Beste** collega, [schrijf je in](https://school.example/in).",
    )
    with translation.override(language):
        pieces = KINDS[kind]()
        articles = [piece for piece in pieces if isinstance(piece, Entry)]
        sections = composing.arranged(pieces, composing.lead_of(issue, articles))
        words = "Kom [naar de groep](https://school.example/groep)."
        sections.insert(1, Section("text", heading="Plaats vrij", html=intro.html(words), text=words))
        return rendering._filled(issue, sections, organisation(accent, logo))


def mailed(design: str, language: str = "nl", kind: str = "full", name: str = "Ann Peeters") -> bytes:
    """The message that one reader gets, as it leaves us."""
    found = rendered(design, language, kind)
    values = slots.Slots(
        "ann@inbox.example",
        "https://post.example/unsubscribe/abcdefgh/",
        name,
        "https://post.example/preferences/abcdefgh/",
    )
    headers = newsletter_headers(
        name="Kleurrijk Nieuws",
        list_id="nieuws.post.example",
        issue="1",
        unsubscribe_url=values.unsubscribe_url,
    )
    letter = Letter(
        from_name="Netwerk Diversiteit",
        from_address="nieuws@school.example",
        to_name="",
        to_address=values.address,
        subject=found.subject,
        text=slots.fill_text(found.text, Issue(), values),
        html=slots.fill_html(found.html, Issue(), values),
        message_id="<1.1.abcdefabcdef@school.example>",
        date=clock.now(),
        headers=headers,
        envelope_from="nieuws@school.example",
    )
    return build(letter)


def _without_link(entry: Entry) -> Entry:
    entry.link = ""
    return entry
