"""What staff do with those whom a search finds: put a tag on them, or keep the search as a segment."""

from urllib.parse import quote

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from outreach.core.sentences import Sentence, say_many
from outreach.subscribers import searching, tagging
from outreach.subscribers.models import Segment, Subscriber
from outreach.web.staff.doing import attempt


@require_POST
def tag(request: HttpRequest) -> HttpResponseBase:
    """Put a tag on everybody found, or take it off."""

    def act() -> Sentence:
        people = searching.Filter.read(request.POST.dict()).people()
        off = "off" in request.POST
        count = tagging.change(people, request.POST.get("word", ""), off=off)
        if off:
            return say_many("Taken off %(count)s person.", "Taken off %(count)s people.", count)
        return say_many("Put on %(count)s person.", "Put on %(count)s people.", count)

    attempt(request, act)
    return _back(request)


@require_POST
def keep(request: HttpRequest) -> HttpResponseBase:
    """Keep what was searched for as a segment."""

    def act() -> None:
        searching.keep(request.POST.get("name", ""), searching.Filter.read(request.POST.dict()))

    attempt(request, act, _("Kept. You find it above the list."))
    return _back(request)


@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Throw a segment away; nothing happens to its people."""
    attempt(request, get_object_or_404(Segment, pk=pk).delete, _("The segment is gone; its people stay."))
    return redirect("subscribers")


@require_POST
def tag_one(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Put tags on one person, or take one off."""
    found = Subscriber.objects.filter(pk=get_object_or_404(Subscriber, pk=pk).pk)

    def act() -> None:
        if "off" in request.POST:
            tagging.change(found, request.POST["off"], off=True)
        for word in tagging.words(request.POST.get("word", "")):
            tagging.change(found, word)

    attempt(request, act, _("Saved."))
    return redirect("subscriber", pk=pk)


def _back(request: HttpRequest) -> HttpResponseBase:
    """To the list as it was searched. Where that cannot be read, its page says so."""
    kept = ("search", "topic", "language", "tag", "state", "since", "before")
    query = "&".join(f"{name}={quote(request.POST.get(name, ''))}" for name in kept if request.POST.get(name))
    return redirect(f"{reverse('subscribers')}?{query}")
