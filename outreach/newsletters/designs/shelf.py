"""The designs to choose from, in words."""

from dataclasses import dataclass

from outreach.core.sentences import N_
from outreach.newsletters.designs import mjml
from outreach.newsletters.designs.own import stored

_SHIPPED = {
    "plain": (N_("Newspaper"), N_("One large story, the rest beside small pictures, and an agenda.")),
    "magazine": (N_("Magazine"), N_("A band in your colour, a large picture, articles two by two.")),
    "letter": (N_("Letter"), N_("Words only, with a greeting, as if written to one reader.")),
    "bulletin": (N_("Bulletin"), N_("Headlines and dates in a list: for issues with much in them.")),
}


@dataclass(frozen=True)
class Shelved:
    """One design. `name` and `about` are to be translated, except for those of staff (`own`)."""

    slug: str
    name: str
    about: str
    own: bool = False


def designs() -> list[Shelved]:
    """All that ship, the usual one first; then those of staff."""
    slugs = sorted(mjml.shipped(), key=lambda slug: list(_SHIPPED).index(slug) if slug in _SHIPPED else 99)
    shipped = [Shelved(slug, *_SHIPPED.get(slug, (slug, ""))) for slug in slugs]
    return shipped + [Shelved(slug, name, "", own=True) for slug, name in stored.usable().items()]
