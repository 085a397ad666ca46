"""Pictures that some readers do not see, and those that nothing stands for."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from outreach.core.sentences import N_, say
from outreach.newsletters.designs.lint.findings import Finding, Mail, some
from outreach.newsletters.designs.lint.page import Page

_SOME_SEE = {".svg": "Gmail", ".avif": "Outlook", ".webp": "Outlook"}


def check(mail: Mail, page: Page) -> Iterator[Finding]:
    """What can be said of the pictures."""
    sources = [one.src for one in page.pictures]
    bare = [one.src or "img" for one in page.pictures if one.alt is None]
    if bare:
        words = N_("A picture has no description (alt); blind readers hear its file name instead.")
        yield Finding("no-alt", say(words), place=some(bare))
    wide = [one.src for one in page.pictures if not one.width]
    if wide:
        words = N_("A picture has no width; Outlook then shows it as large as it is, and breaks the mail.")
        yield Finding("no-width", say(words), place=some(wide))
    half = [src or "img" for src in sources if _is_nowhere(src)]
    if half:
        words = N_("A picture has no full address (https://…), so nobody will see it.")
        yield Finding("picture-half", say(words), place=some(half))
    if inside := [src[:40] for src in sources if src.lower().startswith("data:")]:
        words = N_("A picture stands in the mail itself (data:); Gmail and Outlook do not show it.")
        yield Finding("picture-data", say(words), place=some(inside))
    yield from _kinds(sources)


def _is_nowhere(src: str) -> bool:
    return not src.lower().startswith(("https://", "http://", "data:", "cid:"))


def _kinds(sources: list[str]) -> Iterator[Finding]:
    for kind, blind in _SOME_SEE.items():
        if found := [src for src in sources if _suffix(src) == kind]:
            words = N_("A picture is a %(kind)s, which %(programs)s does not show: use JPEG or PNG.")
            yield Finding(
                "picture-kind", say(words, kind=kind[1:].upper(), programs=blind), place=some(found)
            )


def _suffix(src: str) -> str:
    try:
        return PurePosixPath(urlsplit(src).path).suffix.lower()
    except ValueError:
        return ""
