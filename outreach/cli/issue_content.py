"""What stands in an issue, on the command line."""

from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as _

from outreach.cli import output

if TYPE_CHECKING:
    from outreach.newsletters.content.composing import Section
    from outreach.newsletters.models import Issue


def sections(issue: "Issue") -> list[dict[str, Any]]:
    """The sections of `issue` in their order, with what readers see in them."""
    from outreach.newsletters.content import composing

    with translation.override(issue.newsletter.language):
        found = composing.sections(issue)
    return [_data(section) for section in found]


def show(found: list[dict[str, Any]]) -> None:
    """The same as a table."""
    rows = ({"kind": _word(one["kind"]), "holds": "\n".join(_lines(one))} for one in found)
    output.rows(rows, {"kind": _("Part"), "holds": _("What stands in it")}, _("Nothing stands in it."))


def _data(section: "Section") -> dict[str, Any]:
    return {
        "kind": section.kind,
        "heading": section.heading,
        "entries": [str(entry) for entry in section.entries],
        "again": [str(entry) for entry in section.again],
        "text": section.text,
    }


def _word(kind: str) -> str:
    words = {
        "lead": _("Lead story"),
        "articles": _("Articles"),
        "text": _("Text"),
        "agenda": _("Agenda"),
    }
    return words[kind]


def _lines(one: dict[str, Any]) -> list[str]:
    again = [_("%(title)s (was in an earlier issue)") % {"title": title} for title in one["again"]]
    text = " ".join(filter(None, (one["heading"] if one["text"] else "", one["text"])))
    return [*filter(None, [text]), *one["entries"], *again]
