"""How the check of an issue is told."""

from textwrap import fill

from django.utils.translation import gettext as _

from outreach.cli import output
from outreach.newsletters.designs.lint import Finding

_SIGNS = {"stop": "✗", "warn": "△"}


def show(findings: list[Finding]) -> bool:
    """For people or machines. Returns whether something must be mended before it may go out."""
    stops = any(one.stops for one in findings)
    if output.wants_json():
        output.machine({"stops": stops, "findings": [_data(one) for one in findings]})
    elif not findings:
        print(_("Nothing is amiss with this issue."))
    for one in [] if output.wants_json() else findings:
        first = f"{_SIGNS[one.level]} "
        print(fill(str(one.sentence), 78, initial_indent=first, subsequent_indent="  "))
        if one.place:
            print(f"  {one.place}")
    return stops


def _data(one: Finding) -> dict[str, str]:
    return {"level": one.level, "code": one.code, "sentence": str(one.sentence), "place": one.place}
