"""What a network of teacher-training colleges publishes. The names are invented."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

HOME = "https://kleuterkracht.example"
NAME = "Kleuterkracht – netwerk van lerarenopleidingen"
BRUSSELS = ZoneInfo("Europe/Brussels")
_FIRST = datetime(2026, 1, 12, 8, 15, tzinfo=UTC)


@dataclass
class Story:
    """An article. `guid` and `link` are what the system makes of its number and slug, unless given.

    An empty `guid` or `link` is one that the feed leaves out; `published` may lack.
    """

    number: int
    title: str
    slug: str
    text: str
    published: datetime | None
    author: str = ""
    image: str = ""
    categories: tuple[str, ...] = ()
    guid: str | None = None
    link: str | None = None


@dataclass
class Meeting(Story):
    """An event: it begins and ends on the wall clock of the site, in Brussels."""

    starts: datetime = datetime(2026, 4, 22, 9, 30, tzinfo=BRUSSELS)
    ends: datetime = datetime(2026, 4, 22, 16, 0, tzinfo=BRUSSELS)
    place: str = ""
    town: str = ""
    all_day: bool = False


_STORIES = (
    ("Samen lezen met peuters: zo begin je eraan", "Voorlezen is praten met een boek erbij."),
    ("Tien spelletjes die leren tellen", "Met een dobbelsteen en knopen komt een klas al ver."),
    ("Ouders in de klas – een handleiding", "Een koffie aan de schoolpoort doet meer dan een brief."),
    ("Studenten & mentoren over hun stage", "Wat maakt van een stage een goede leerplek?"),
    ("Onderzoek: 'thuistaal is een kracht'", "Wie de taal van thuis mag gebruiken, leert vlotter."),
    ("Nieuw lesmateriaal over emoties", "Boos, bang, blij: kaarten om over gevoelens te praten."),
    ("Wat 2½-jarigen al van natuur weten", "Een wandeling met vergrootglas en € 5 aan materiaal."),
    ("Oproep: deel je praktijkverhaal", "We zoeken juffen en meesters die willen vertellen."),
)
_TAGS = (("Praktijk",), ("Praktijk", "Rekenen"), ("Ouders & school",), (), ("Onderzoek",))


def stories(count: int = len(_STORIES)) -> list[Story]:
    """So many articles, the newest first, one a day."""
    return [story(number) for number in reversed(range(count))]


def story(number: int, title: str = "") -> Story:
    """The article with that number; each has its own words."""
    name, text = _STORIES[number % len(_STORIES)]
    name = title or (name if number < len(_STORIES) else f"{name} (deel {number})")
    return Story(
        number=4100 + number * 7,
        title=name,
        slug=_slug(name) + ("" if not title else f"-{number}"),
        text=f"{text} Dit is verhaal {number} uit onze reeks voor lerarenopleiders en hun studenten.",
        published=_FIRST + timedelta(days=number),
        author=f"Auteur {number}",
        image=f"{HOME}/beelden/{number}.jpg" if number % 2 else "",
        categories=_TAGS[number % len(_TAGS)],
    )


def meetings() -> list[Meeting]:
    """Three events: with hours, over midnight in another season, and of a whole day."""
    return [
        _meeting(1, "Studiedag taal & spel", (2026, 4, 22, 9, 30), (2026, 4, 22, 16, 0)),
        _meeting(2, "Slaapfeest in de bib", (2026, 11, 6, 19, 0), (2026, 11, 7, 10, 0)),
        _meeting(3, "Dag van de kleuterjuf", (2026, 5, 20, 0, 0), (2026, 5, 20, 23, 59), all_day=True),
    ]


Wall = tuple[int, int, int, int, int]


def _meeting(number: int, title: str, starts: Wall, ends: Wall, *, all_day: bool = False) -> Meeting:
    return Meeting(
        number=900 + number,
        title=title,
        slug=_slug(title),
        text=f"{title}: schrijf je in via de site; de koffie staat klaar.",
        published=_FIRST + timedelta(days=number),
        author="Team Kleuterkracht",
        image=f"{HOME}/beelden/{_slug(title)}.jpg",
        categories=("Vorming",),
        starts=datetime(*starts, tzinfo=BRUSSELS),
        ends=datetime(*ends, tzinfo=BRUSSELS),
        place="Campus Zonneveld",
        town="Gent",
        all_day=all_day,
    )


def _slug(title: str) -> str:
    plain = "".join(c if c.isalnum() and c.isascii() else " " for c in title.lower())
    return "-".join(plain.split())
