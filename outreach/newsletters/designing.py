"""Designs of staff: copied from one that ships, changed, looked at, and only then taken into use.

What is being worked on may be wrong: it is kept, and nobody is mailed with it. A version that was taken into
use is never changed; an issue keeps the words it was approved with whatever becomes of its design.
"""

import json
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.text import slugify

from outreach.core import clock
from outreach.core.errors import BadInput, OutreachError
from outreach.core.models import person, record
from outreach.core.sentences import N_, say
from outreach.newsletters import linting
from outreach.newsletters.checking import one_line
from outreach.newsletters.designs import mjml, trying
from outreach.newsletters.designs.lint import Finding
from outreach.newsletters.designs.own import stored
from outreach.newsletters.designs.own.faults import DesignFault
from outreach.newsletters.designs.own.sources import Sources
from outreach.newsletters.models import Design, DesignVersion, Newsletter

LONGEST = 200_000
"""Signs of one template; the largest that ships has a tenth of it."""
_NAME, _FORMAT = 60, 1
# What an article or its issue is to blame for, not the design.
_OF_CONTENT = ("subject", "braces", "link-http", "link-broken", "link-vague", "picture", "message")


def copy(based_on: str, name: str, by: Any = None) -> Design:
    """A design of staff like the one called `based_on`. Raises BadInput."""
    if based_on in mjml.shipped():
        return _make(name, mjml.copy_of(based_on), based_on, by)
    # Not what is still being worked on: the copy may be used at once.
    sources = stored.sources(based_on) if based_on in stored.usable() else None
    if sources is None:
        raise BadInput(say(N_("Choose the design to copy.")), "based_on")
    return _make(name, sources, based_on, by)


def save(design: Design, *, name: str, sources: Sources, edits: int, by: Any = None) -> None:
    """Keep what was written, right or wrong; nobody is mailed with it yet.

    `edits` is what `design.edits` was when it was shown. Raises BadInput, also when somebody else has changed
    it since.
    """
    line, kept = _free_name(name, design), _kept(sources)
    with transaction.atomic():
        rows = Design.objects.filter(pk=design.pk, edits=edits)
        known = {"name": line, "mjml": kept.mjml, "text": kept.text, "edits": F("edits") + 1}
        if not rows.update(**known, changed_at=clock.now(), changed_by=person(by)):
            words = N_(
                "Somebody else has changed this design meanwhile. Copy your text, then load the page again."
            )
            raise BadInput(say(words), "form")
    design.refresh_from_db()


def look(design: Design) -> tuple[DesignFault | None, list[Finding]]:
    """What is wrong with what is being worked on: why it cannot be filled, or what a mail made with it lacks.

    It is filled with an example that has everything, and with what its newsletters have.
    """
    found: dict[str, Finding] = {}
    for newsletter in [Newsletter(name="Nieuws", slug="example"), *using(design)]:
        try:
            issue, rendered = trying.tried(newsletter, stored.draft(design))
        except DesignFault as fault:
            return fault, []
        for one in linting.findings(issue, rendered):
            if not one.code.startswith(_OF_CONTENT):
                found.setdefault(f"{one.code} {one.sentence}", one)
    return None, sorted(found.values(), key=lambda one: not one.stops)


def take_into_use(design: Design, by: Any = None) -> DesignVersion:
    """Let newsletters use what is being worked on. Raises OutreachError for what must be mended."""
    fault, found = look(design)
    if fault:
        raise fault
    linting.refuse_what_stops(found)
    with transaction.atomic():
        row = Design.objects.select_for_update().get(pk=design.pk)
        if row.edits != design.edits:
            raise OutreachError(say(N_("Somebody else has changed this design meanwhile. Look at it again.")))
        version = _add_version(row, by)
        words = N_("Version %(number)s of the design “%(name)s” is in use.")
        record(row, say(words, number=version.number, name=row.name), actor=by)
    return version


def go_back(design: Design, number: int, by: Any = None) -> None:
    """Put the templates of version `number` in place of what is being worked on. Raises OutreachError."""
    version = design.versions.filter(number=number).first()
    if version is None:
        raise OutreachError(say(N_("There is no such version.")))
    known = {"mjml": version.mjml, "text": version.text, "edits": F("edits") + 1}
    Design.objects.filter(pk=design.pk).update(**known, changed_at=clock.now(), changed_by=person(by))
    design.refresh_from_db()


def delete(design: Design, by: Any = None) -> None:
    """Throw the design away. Raises OutreachError that names the newsletters that use it."""
    with transaction.atomic():
        row = Design.objects.select_for_update().get(pk=design.pk)
        if names := [newsletter.name for newsletter in using(row)]:
            words = N_("The design is in use by: %(names)s. Choose another one there first.")
            raise OutreachError(say(words, names=", ".join(names)))
        record(row, say(N_("The design “%(name)s” was deleted."), name=row.name), actor=by)
        row.delete()


def using(design: Design) -> list[Newsletter]:
    """The newsletters that look like it."""
    return list(Newsletter.objects.filter(design=design.slug))


def exported(design: Design) -> str:
    """What is being worked on, as a file for another installation."""
    kept = {"outreach_design": _FORMAT, "name": design.name, "mjml": design.mjml, "text": design.text}
    return json.dumps(kept, ensure_ascii=False, indent=1)


def imported(content: bytes, by: Any = None) -> Design:
    """The design of such a file, under a name of its own. Raises BadInput."""
    try:
        kept = json.loads(content[: 3 * LONGEST].decode())
        name, sources = str(kept["name"]), Sources(str(kept["mjml"]), str(kept["text"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadInput(say(N_("This file is not a design that was saved from Outreach.")), "file") from None
    return _make(_numbered(name[: _NAME - 4], _names()), sources, "", by)


def _make(name: str, sources: Sources, based_on: str, by: Any) -> Design:
    line, kept = _free_name(name, None), _kept(sources)
    taken = {*mjml.shipped(), *stored.names()}
    slug = _numbered(slugify(line)[:34] or "design", taken, "-")
    with transaction.atomic():
        design = Design.objects.create(
            name=line, slug=slug, based_on=based_on, mjml=kept.mjml, text=kept.text, changed_by=person(by)
        )
        record(design, say(N_("The design “%(name)s” was made."), name=line), actor=by)
        if based_on:  # a copy is as right as what it was copied from; a file is looked at first
            _add_version(design, by)
    return design


def _add_version(design: Design, by: Any) -> DesignVersion:
    last = design.versions.order_by("-number").values_list("number", flat=True).first() or 0
    return DesignVersion.objects.create(
        design=design,
        number=last + 1,
        mjml=design.mjml,
        text=design.text,
        at=clock.now(),
        by=person(by),
    )


def _kept(sources: Sources) -> Sources:
    """With plain line ends. Raises BadInput for a template that is empty or too long."""
    found = {part: text.replace("\r\n", "\n").replace("\0", "") for part, text in vars(sources).items()}
    for part, text in found.items():
        if not text.strip():
            raise BadInput(say(N_("This may not be empty.")), part)
        if len(text) > LONGEST:
            raise BadInput(say(N_("This is too long: at most %(most)s characters."), most=LONGEST), part)
    return Sources(**found)


def _free_name(name: str, design: Design | None) -> str:
    line = one_line(name, "name", _NAME)
    if not line:
        raise BadInput(say(N_("Give the design a name.")), "name")
    others = Design.objects.exclude(pk=design.pk) if design else Design.objects
    if others.filter(name__iexact=line).exists():
        raise BadInput(say(N_("Another design is called “%(name)s” already."), name=line), "name")
    return line


def _names() -> set[str]:
    return set(stored.names().values())


def _numbered(wanted: str, taken: Iterable[str], between: str = " ") -> str:
    """`wanted`, with a number behind it when it is taken."""
    known = {one.casefold() for one in taken}
    number, found = 1, wanted
    while found.casefold() in known:
        number += 1
        found = f"{wanted}{between}{number}"
    return found
