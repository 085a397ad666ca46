"""To whom an issue goes: all readers, or a segment for a letter; how many that is; who may read it later."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say
from outreach.newsletters import audience, issues
from outreach.newsletters.models import Issue, Newsletter
from outreach.subscribers import lists
from outreach.subscribers.models import Segment
from outreach.web.staff.doing import attempt


def context(request: HttpRequest, issue: Issue) -> dict[str, Any]:
    """What the page of `issue` says of it."""
    draft = issue.state == Issue.State.DRAFT
    if not issue.letter:
        readers = lists.recipients(issue.newsletter.topic).count() if draft else 0
        return {"to": audience.of(issue), "readers": readers}
    chosen = audience.of(issue)
    found = audience.count(issue, chosen) if draft else audience.Count(chosen.readers, chosen.total)
    return {
        "to": chosen,
        "count": found,
        "readers": found.readers,
        "segments": Segment.objects.all() if draft else [],
        # An error does not make it younger, as with the words.
        "to_version": request.POST.get("audience_version", "") or audience.version(issue),
        "to_typed": request.POST.get("audience", str(issue.audience.get("segment", ""))),
        "public": "public" in request.POST if "audience" in request.POST else issue.public,
    }


def keep(request: HttpRequest, issue: Issue) -> None:
    """Store what was chosen in the form of a letter. Raises OutreachError."""
    if "audience" not in request.POST:
        return
    chosen, seen = request.POST["audience"], request.POST.get("audience_version", "")
    if chosen != str(issue.audience.get("segment", "")):
        audience.choose(issue, _segment(chosen), seen=seen, by=request.user)
    # Who changed nothing here only pressed a button: what somebody else chose meanwhile stays.
    public = "public" in request.POST
    if public != (request.POST.get("was_public") == "yes"):
        audience.publish(issue, public, request.user)


def _segment(number: str) -> Segment | None:
    """The one that the form names; None for all readers. Raises BadInput."""
    if not number:
        return None
    known = number.isascii() and number.isdigit() and len(number) < 19
    found = Segment.objects.filter(pk=number).first() if known else None
    if found is None:
        raise BadInput(say(N_("This segment is not there any more. Choose another one.")), "audience")
    return found


@require_GET
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """How many it would go to, while somebody chooses; changes nothing."""
    issue = get_object_or_404(Issue.objects.select_related("newsletter"), pk=pk, letter=True)
    try:
        segment = _segment(request.GET.get("audience", ""))
    except BadInput:
        segment = Segment(pk=0)
    issue.audience = {"segment": segment.pk, "name": segment.name} if segment else {}
    chosen = audience.of(issue)
    return render(
        request, "staff/issue_to_count.html", {"to": chosen, "count": audience.count(issue, chosen)}
    )


@require_POST
def write(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Begin a letter to readers of one newsletter, all of them or a segment."""
    newsletter = get_object_or_404(Newsletter, pk=pk)
    made: list[Issue] = []

    def act() -> None:
        segment = _segment(request.POST.get("audience", ""))
        made.append(issues.write_letter(newsletter, segment, by=request.user))

    done = _("Write your letter, then approve it.")
    return redirect("issue", pk=made[0].pk) if attempt(request, act, done) else redirect("newsletter", pk=pk)


@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show a letter in the archive, or take it out."""
    issue = get_object_or_404(Issue.objects.select_related("newsletter"), pk=pk)
    public = request.POST.get("public") == "yes"
    done = _("Everybody may read it in the archive.") if public else _("It is not in the archive.")
    attempt(request, lambda: audience.publish(issue, public, request.user), done)
    return redirect("issue", pk=pk)
