"""The rules of a segment in words: one sentence for each, as staff are asked whether they mean it."""

from collections.abc import Callable, Iterator
from datetime import date

from django.conf import settings

from outreach.core.sentences import N_, Sentence, say
from outreach.newsletters.models import Newsletter
from outreach.subscribers.models import Tag
from outreach.subscribers.searching import Filter

_WISHES = {
    "pending": N_("Has not confirmed the newsletter “%(name)s” yet"),
    "unsubscribed": N_("Left the newsletter “%(name)s”"),
}
_STATES = {
    "pending": N_("not confirmed yet"),
    "confirmed": N_("reader"),
    "unsubscribed": N_("left"),
    "bounced": N_("did not arrive"),
    "complained": N_("called it spam"),
}


def of(rules: Filter) -> Iterator[Sentence]:
    """One for each rule. Names are those of today: the words stay true when a tag is renamed."""
    wanted = rules.wanted()
    if rules.topic and rules.state in _WISHES:  # together they are one rule
        yield _topic(wanted.pop("topic"), _WISHES[wanted.pop("state")])
    for name, value in wanted.items():
        words = _WORDS.get(name)
        yield words(value) if words else say(N_("%(name)s: %(value)s"), name=name, value=value)


def _search(value: str) -> Sentence:
    return say(N_("“%(words)s” in the address, the name or a tag"), words=value)


def _topic(value: str, words: str = N_("Reads the newsletter “%(name)s”")) -> Sentence:
    found = Newsletter.objects.filter(topic=value).first()
    return say(words, name=found.name if found else value)


def _language(value: str) -> Sentence:
    return say(N_("Language: %(language)s"), language=dict(settings.LANGUAGES).get(value, value))


def _tag(value: str) -> Sentence:
    found = Tag.objects.filter(key=value).first()
    return say(N_("Tag: %(tag)s"), tag=found.name if found else value)


def _state(value: str) -> Sentence:
    return say(N_("State: %(state)s"), state=say(_STATES[value]) if value in _STATES else value)


def _since(value: str) -> Sentence:
    return say(N_("Joined from %(day)s"), day=date.fromisoformat(value))


def _before(value: str) -> Sentence:
    return say(N_("Joined before %(day)s"), day=date.fromisoformat(value))


_WORDS: dict[str, Callable[[str], Sentence]] = {
    "search": _search,
    "topic": _topic,
    "language": _language,
    "tag": _tag,
    "state": _state,
    "since": _since,
    "before": _before,
}
