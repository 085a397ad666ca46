"""What a reader chooses without a log-in: newsletters, language, name, a pause, being counted."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from outreach.core import clock, dates
from outreach.core.errors import BadInput
from outreach.newsletters.models import Newsletter
from outreach.newsletters.personal import copying, erasing
from outreach.subscribers import choosing, lists
from outreach.subscribers.models import Subscriber
from outreach.web.public import pages, sign_up


# The token in the path is the proof that the request comes from the mailbox; there is no cookie to abuse.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Opening it changes nothing; saving it changes all of it, or nothing."""
    try:
        person = choosing.person(token)
    except BadInput as error:
        return pages.no_good(request, error)
    with translation.override(pages.language_of(request, person.language)):
        return _save(request, token, person) if request.method == "POST" else _form(request, token, person)


@require_safe
def data(request: HttpRequest, token: str) -> HttpResponse:
    """All that is kept about the reader, as a file."""
    try:
        person = choosing.person(token)
    except BadInput as error:
        return pages.no_good(request, error)
    with translation.override(pages.language_of(request, person.language)):
        headers = {"Content-Disposition": 'attachment; filename="my-data.json"', **pages.PRIVATE}
        return HttpResponse(
            copying.as_json(person), content_type="application/json; charset=utf-8", headers=headers
        )


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, token: str) -> HttpResponse:
    """Asks once; then everything is gone."""
    try:
        person = choosing.person(token)
    except BadInput as error:
        return pages.no_good(request, error)
    with translation.override(pages.language_of(request, person.language)):
        if request.method == "POST":
            barred = lists.is_suppressed_key(person.address_key)
            erasing.erase(person)
            return pages.say(
                request,
                _("You are forgotten"),
                _("Nothing is kept about you any more, except a code that keeps your address off our lists."),
                "" if barred else _("You can sign up again whenever you want."),
                language=person.language,
            )
        return pages.ask(
            request,
            _("Erase all about you?"),
            _("You leave all newsletters, and everything that we keep about %(address)s is erased.")
            % {"address": choosing.masked(person.address)},
            _("This cannot be undone."),
            button=_("Yes, erase it all"),
            action=reverse("preferences-erase", args=[token]),
            language=person.language,
        )


def counting() -> str:
    """What a reader agrees to who lets themselves be counted; kept as the proof."""
    return _("You may count whether I open your mails and which links I follow.")


def _save(request: HttpRequest, token: str, person: Subscriber) -> HttpResponse:
    try:
        saved = _saved(request, token, person)
    except choosing.Gone as error:
        return pages.no_good(request, error)
    except BadInput as error:
        return _form(request, token, person, error)
    response = HttpResponseRedirect(
        f"{reverse('preferences', args=[token])}?lang={saved.language}&saved=yes", headers=pages.PRIVATE
    )
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def _saved(request: HttpRequest, token: str, person: Subscriber) -> Subscriber:
    """Whoever leaves all has done so, whatever stands in the other fields. Raises BadInput."""
    if "none" in request.POST:
        return choosing.leave_all(token)
    return choosing.choose(token, _wishes(request, person))


def _wishes(request: HttpRequest, person: Subscriber) -> choosing.Wishes:
    sent, shown = request.POST, _shown(request, person)
    wanted = set(sent.getlist("newsletter"))
    return choosing.Wishes(
        topics={topic: sign_up.wording(one) for topic, one in shown.items() if topic in wanted},
        shown=frozenset(shown),
        name=sent.get("name", ""),
        language=sent.get("language", ""),
        paused_until=_pause(sent.get("paused_until", ""), person),
        tracking=counting() if "tracking" in sent else "",
        had=frozenset(sent.getlist("had")) if "had" in sent else None,
        page=f"{settings.BASE_URL}/preferences/",
        shown_in=translation.get_language() or "",
    )


def _shown(request: HttpRequest, person: Subscriber) -> dict[str, Newsletter]:
    """The newsletters that the page had a switch for; of one that is over, only who gets it has one."""
    topics = [topic for topic in request.POST.getlist("shown") if "\0" not in topic]
    gets = choosing.receives(person)
    found = Newsletter.objects.filter(topic__in=topics)
    return {one.topic: one for one in found if one.active or one.topic in gets}


def _pause(day: str, person: Subscriber) -> datetime | None:
    """Until when. The day that stood there stays, also when it came while the page was open."""
    if person.paused_until and day.strip() == _day(person.paused_until):
        return person.paused_until
    return choosing.pause_until(day, clock.now())


def _day(moment: datetime) -> str:
    return dates.local(moment).date().isoformat()


def _form(
    request: HttpRequest, token: str, person: Subscriber, error: BadInput | None = None
) -> HttpResponse:
    gets = choosing.receives(person)
    chosen = set(request.POST.getlist("newsletter")) if error else gets
    context = {
        "token": token,
        "person": person,
        "masked": choosing.masked(person.address),
        "newsletters": [one for one in Newsletter.objects.all() if one.active or one.topic in gets],
        "chosen": chosen,
        "had": _had(request, person, gets, error),
        "wording": sign_up.wording,
        "counting": counting(),
        "typed": _typed(request, person, error),
        "error": error,
        "saved": "saved" in request.GET and not error,
        "paused": choosing.paused(person),
        "unreachable": lists.is_suppressed_key(person.address_key),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return pages.show(request, "preferences", context, language=person.language, status=status)


def _had(request: HttpRequest, person: Subscriber, gets: set[str], error: BadInput | None) -> list[str]:
    """Which switches were on when the page was first opened; "" so that it says so where none was."""
    if error and "had" in request.POST:
        return request.POST.getlist("had")
    return ["", *sorted(gets), *([choosing.TRACKING] if person.tracking else [])]


def _typed(request: HttpRequest, person: Subscriber, error: BadInput | None) -> dict[str, Any]:
    """What stands in the fields: what is known, or after an error what was sent."""
    if error:
        sent = request.POST
        given = {name: sent.get(name, "") for name in ("name", "language", "paused_until")}
        return {**given, "tracking": "tracking" in sent}
    until = person.paused_until if choosing.paused(person) else None
    return {
        "name": person.name,
        "language": person.language,
        "paused_until": _day(until) if until else "",
        "tracking": person.tracking,
    }
