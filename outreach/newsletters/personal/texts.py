"""The privacy text: ours in each language, until an organisation writes its own."""

from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

from outreach.core.errors import BadInput
from outreach.core.models import Organisation, PrivacyText
from outreach.core.sentences import N_, say
from outreach.core.templating import render

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

LONGEST = 20_000
_TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote", "h2", "h3"}


def standard(language: str) -> str:
    """Our own text in `language` (Markdown), with the organisation's name and addresses filled in."""
    return render(f"privacy/{language}.md", {"organisation": Organisation.get()}, language).strip() + "\n"


def of(language: str) -> str:
    """What is shown: what the organisation wrote, else `standard`."""
    written = PrivacyText.objects.filter(language=language).first()
    return written.text if written else standard(language)


def write(language: str, text: str) -> bool:
    """Keep `text`; the empty or the standard text means that ours is shown. Whether it is their own now.

    Raises BadInput (language, text).
    """
    if language not in dict(settings.LANGUAGES):
        raise BadInput(say(N_("Choose a language of the list.")), "language")
    text = text.replace("\r\n", "\n").strip()
    if len(text) > LONGEST:
        raise BadInput(say(N_("The text can have %(limit)s characters at most."), limit=LONGEST), "text")
    if not text or text == standard(language).strip():
        PrivacyText.objects.filter(language=language).delete()
        return False
    PrivacyText.objects.update_or_create(language=language, defaults={"text": text + "\n"})
    return True


def html(markdown: str) -> str:
    """`markdown` as clean HTML: headings below that of the page, lists, links with http, https and mailto."""
    import nh3

    return nh3.clean(
        _markdown().render(markdown),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noreferrer",
    )


@lru_cache(maxsize=1)
def _markdown() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("linkify", ignoreInvalid=True)
