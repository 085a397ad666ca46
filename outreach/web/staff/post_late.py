"""A post that comes too late: does it still go out? And whether a post carries its link where that costs."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from outreach.posts import holding, writing
from outreach.posts.models import Post, Publication
from outreach.web.staff.doing import attempt


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send it anyway, or leave it."""
    publication = get_object_or_404(Publication.objects.select_related("post", "account"), pk=pk)
    if request.POST.get("answer") == "send":
        attempt(request, lambda: holding.send_anyway(publication, request.user), _("It still goes out."))
    elif request.POST.get("answer") == "leave":
        attempt(request, lambda: holding.leave(publication, request.user), _("It was left."))
    return redirect("post", pk=publication.post_id)


@require_POST
def link(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Carry the link also where that costs more, or not."""
    post = get_object_or_404(Post, pk=pk)
    without = request.POST.get("link") == "no"
    done = _("Without its link where that costs more.") if without else _("With its link everywhere.")
    attempt(request, lambda: writing.change(post, request.user, without_link=without), done)
    return redirect("post", pk=pk)
