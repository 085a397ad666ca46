"""Designs of staff, by the name that newsletters give them."""

from outreach.newsletters.designs.own.sources import Sources
from outreach.newsletters.models import Design, DesignVersion

_DRAFT = "draft:"  # no slug holds a colon: no newsletter can name what is still being worked on


def draft(design: Design) -> str:
    """The name under which what is being worked on can be looked at."""
    return f"{_DRAFT}{design.pk}"


def names() -> dict[str, str]:
    """What newsletters call each design of staff, and what people do."""
    return dict(Design.objects.values_list("slug", "name"))


def usable() -> dict[str, str]:
    """The same of those that have a version that may be sent."""
    found = Design.objects.filter(versions__isnull=False).distinct()
    return dict(found.values_list("slug", "name"))


def sources(name: str) -> Sources | None:
    """The templates of the design `name`; None when there is none."""
    if name.startswith(_DRAFT):
        row: Design | DesignVersion | None = Design.objects.filter(pk=name.removeprefix(_DRAFT)).first()
    else:
        row = DesignVersion.objects.filter(design__slug=name).order_by("-number").first()
    return Sources(row.mjml, row.text) if row else None
