"""Who got an issue: one line for each reader, with what the mail server said in plain words."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from outreach.mail.replies import names_no_mailbox
from outreach.newsletters.models import Delivery, Issue
from outreach.subscribers.models import Subscriber
from outreach.web.staff.doing import page_of

_D = Delivery.State
FOUND = {
    "all": (gettext_lazy("Everyone"), list(_D)),
    "sent": (gettext_lazy("Sent"), [_D.SENT]),
    "waiting": (gettext_lazy("Still to go"), [_D.QUEUED, _D.CLAIMED, _D.DEFERRED]),
    "trouble": (gettext_lazy("Did not arrive"), [_D.BOUNCED, _D.UNKNOWN, _D.SUPPRESSED]),
}
_GOES_ON = {Issue.State.SENDING, Issue.State.PAUSED}
_NEVER_AGAIN = {Subscriber.State.BOUNCED, Subscriber.State.COMPLAINED}


@dataclass(frozen=True)
class Line:
    """One reader; `words` say why, where the state alone does not."""

    delivery: Delivery
    words: str


@require_GET
def index(request: HttpRequest, pk: int) -> HttpResponse:
    """The readers of an issue, in tabs by outcome, found by their address."""
    issue = get_object_or_404(Issue.objects.select_related("newsletter"), pk=pk)
    which = request.GET.get("which", "all")
    which = which if which in FOUND else "all"
    search = request.GET.get("search", "").strip()
    page = page_of(_deliveries(issue, which, search), request.GET.get("page", ""))
    context = {
        "issue": issue,
        "which": which,
        "tabs": {name: words for name, (words, _states) in FOUND.items()},
        "search": search,
        "page": page,
        "lines": [Line(one, words(one, issue)) for one in page.rows],
    }
    return render(request, "staff/issue_deliveries.html", context)


def _deliveries(issue: Issue, which: str, search: str) -> QuerySet[Delivery]:
    found = issue.deliveries.filter(state__in=FOUND[which][1]).select_related("subscriber")
    if search:
        found = found.filter(subscriber__address_key__startswith=search.lower())
    return found.order_by("id")


def words(delivery: Delivery, issue: Issue) -> str:
    """Why `delivery` is as it is, for somebody who reads no codes; "" where its state says it all."""
    if delivery.state == _D.BOUNCED:
        return _refused(delivery.reply)
    if delivery.state == _D.DEFERRED:
        return _("The mail server does not take it now; it is tried again.")
    if delivery.state == _D.SUPPRESSED:
        return _not_mailed(delivery, issue)
    if delivery.state == _D.UNKNOWN and issue.state in _GOES_ON:
        return _("It will be sent again.")
    return ""


def _refused(reply: str) -> str:
    if names_no_mailbox(reply):
        return _("The mail server refuses this address.")
    return _("The mail server did not take it: %(reply)s") % {"reply": reply} if reply else ""


def _not_mailed(delivery: Delivery, issue: Issue) -> str:
    reader = delivery.subscriber
    if reader is None:
        return ""
    if reader.state in _NEVER_AGAIN:
        return _("This address is never mailed again.")
    if issue.state == Issue.State.CANCELLED and reader.state == Subscriber.State.CONFIRMED:
        return _("The issue was cancelled.")
    return _("This person left meanwhile.")
