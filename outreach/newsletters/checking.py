"""What may stand in a newsletter's columns. Each check gives the value to store, or raises BadInput."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, time
from difflib import get_close_matches
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.utils.text import slugify

from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say
from outreach.feeds import matching
from outreach.newsletters.designs import mjml
from outreach.newsletters.designs.own import stored
from outreach.newsletters.models import Newsletter
from outreach.subscribers.addresses import normalise

_MOST_CATEGORIES = 30
_LONGEST_WELCOME = 5000


def checked(values: Mapping[str, Any], row: Newsletter | None = None) -> dict[str, Any]:
    """`values` as they may be stored in `row`, or in a new newsletter."""
    unknown = sorted(values.keys() - _CHECKS.keys())
    if unknown:
        raise BadInput(say(N_("A newsletter has no %(field)s."), field=unknown[0]), unknown[0])
    found = {field: _CHECKS[field](value, field) for field, value in values.items()}
    if "name" in found:
        _only_one("name", found["name"], row)
    if found.get("slug"):
        _only_one("slug", found["slug"], row)
    return found


def one_line(value: Any, field: str, most: int = 120) -> str:
    """Text without line breaks or control characters: it may become a header of a mail."""
    text = str(value).strip()
    if not text.isprintable():
        raise BadInput(say(N_("Write this on one line, without special signs.")), field)
    if len(text) > most:
        raise BadInput(say(N_("This is too long: at most %(most)s characters."), most=most), field)
    return text


def _name(value: Any, field: str) -> str:
    name = one_line(value, field)
    if not name:
        raise BadInput(say(N_("Give the newsletter a name.")), field)
    return name


def _description(value: Any, field: str) -> str:
    return one_line(value, field, 300)


def _slug(value: Any, field: str) -> str:
    text = one_line(value, field, 60)
    if text != slugify(text):
        words = N_("The web address may hold small letters, digits and hyphens, such as %(example)s.")
        raise BadInput(say(words, example=slugify(text) or "nieuws"), field)
    return text


def _address(value: Any, field: str) -> str:
    text = one_line(value, field, 254)
    if not text:
        return ""
    try:
        found = normalise(text)
    except BadInput as error:
        raise BadInput(error.sentence, field) from None
    if found.international:
        words = N_("“%(address)s” has letters before the @ that most mail servers refuse.")
        raise BadInput(say(words, address=text), field)
    return found.address


def _welcome(value: Any, field: str) -> str:
    """Markdown, of any number of lines."""
    text = str(value).replace("\r\n", "\n").strip()
    if len(text) > _LONGEST_WELCOME:
        raise BadInput(
            say(N_("This is too long: at most %(most)s characters."), most=_LONGEST_WELCOME), field
        )
    return text


def _at(value: Any, field: str) -> time:
    try:
        found = value if isinstance(value, time) else time.fromisoformat(str(value).strip())
    except ValueError:
        raise BadInput(say(N_("Give the time as hours and minutes, such as 09:00.")), field) from None
    return found.replace(second=0, microsecond=0, tzinfo=None)


def _zone(value: Any, field: str) -> str:
    zones = available_timezones()
    if value in zones:
        return str(value)
    near = get_close_matches(str(value), zones, n=1, cutoff=0.5)
    example = near[0] if near else settings.LOCAL_TIME_ZONE
    words = N_("“%(zone)s” is not a time zone; did you mean %(example)s?")
    raise BadInput(say(words, zone=str(value)[:60], example=example), field)


def _weekdays(value: Any, field: str) -> str:
    """Numbers, in whatever order, as the column keeps them."""
    try:
        days = sorted({int(day) for day in value})
    except (TypeError, ValueError):
        days = []
    if not days or not 0 <= days[0] <= days[-1] <= 6:
        raise BadInput(say(N_("Choose at least one day of the week.")), field)
    return "".join(map(str, days))


def _date(value: Any, field: str) -> date | None:
    if value is None or isinstance(value, date):
        return value
    text = str(value).strip()
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        found = date.min
    if found and not 2000 <= found.year <= 2200:
        raise BadInput(say(N_("Give the date as year, month and day, such as 2026-12-01.")), field)
    return found


def _yes_or_no(value: Any, field: str) -> bool:
    if not isinstance(value, bool):
        raise BadInput(say(N_("Answer with yes or no.")), field)
    return value


def _design(value: Any, field: str) -> str:
    known = [*mjml.shipped(), *stored.usable()]
    if value in known:
        return str(value)
    words = N_("There is no design “%(design)s”; choose one of: %(known)s.")
    raise BadInput(say(words, design=str(value)[:60], known=", ".join(known)), field)


def _languages(value: Any, field: str) -> list[str]:
    known = [code for code, _ in settings.LANGUAGES]
    if any(code not in known for code in value):
        words = N_("Choose the languages of its articles: Dutch, English or French.")
        raise BadInput(say(words), field)
    chosen = [code for code in known if code in value]
    return [] if chosen == known else chosen


def _categories(value: Any, field: str) -> list[str]:
    """Words of the feed, as people list them, with commas between; each once."""
    given = value.split(",") if isinstance(value, str) else value
    words = [" ".join(str(one).split()) for one in given]
    each: dict[str, str] = {}
    for word in words:
        each.setdefault(matching.folded(word), word)
    found = [word for plain, word in each.items() if plain]
    if len(found) > _MOST_CATEGORIES:
        raise BadInput(say(N_("Name at most %(most)s categories."), most=_MOST_CATEGORIES), field)
    return [one_line(word, field) for word in found]


def _one_of(allowed: Collection[Any], sentence: str) -> Callable[[Any, str], Any]:
    def check(value: Any, field: str) -> Any:
        if isinstance(value, bool) or value not in allowed:
            raise BadInput(say(sentence), field)
        return value

    return check


def _only_one(field: str, value: str, row: Newsletter | None) -> None:
    others = Newsletter.objects.exclude(pk=row.pk) if row else Newsletter.objects
    if others.filter(**{f"{field}__iexact": value}).exists():
        raise BadInput(say(N_("Another newsletter is called “%(value)s” already."), value=value), field)


_CHECKS: dict[str, Callable[[Any, str], Any]] = {
    "name": _name,
    "slug": _slug,
    "description": _description,
    "language": _one_of(
        [code for code, _ in settings.LANGUAGES], N_("Choose Dutch, English or French as its language.")
    ),
    "welcome": _welcome,
    "from_name": one_line,
    "from_address": _address,
    "reply_to": _address,
    "design": _design,
    "pictures": _one_of(Newsletter.Pictures.values, N_("Choose whose pictures readers see.")),
    "mode": _one_of(Newsletter.Mode.values, N_("Choose whether it is looked at before it goes out.")),
    "languages": _languages,
    "categories": _categories,
    "without": _categories,
    "show_coming": _yes_or_no,
    "active": _yes_or_no,
    "archive": _yes_or_no,
    "frequency": _one_of(Newsletter.Frequency.values, N_("Choose how often the newsletter goes out.")),
    "weekday": _one_of(range(7), N_("Choose a day of the week.")),
    "weekdays": _weekdays,
    "every": _one_of(range(1, 53), N_("Choose each week or month, or give a number of them up to 52.")),
    "anchor": _date,
    "nth": _one_of((1, 2, 3, 4, -1), N_("Choose the first, second, third, fourth or last.")),
    "month_day": _one_of(range(1, 32), N_("Choose a day of the month from 1 to 31.")),
    "at": _at,
    "zone": _zone,
    "draft_ahead_hours": _one_of(range(24 * 14 + 1), N_("Give a number of hours from 0 to 336 (two weeks).")),
    "on_unknown": _one_of(
        Newsletter.OnUnknown.values, N_("Choose whether a mail that may have arrived is sent once more.")
    ),
    "max_age_hours": _one_of(range(1, 24 * 7 + 1), N_("Give a number of hours from 1 to 168.")),
    "make_up_hours": _one_of(range(1, 24 * 28 + 1), N_("Give a number of hours from 1 to 672.")),
}
