"""The timeline of a practice account: what was posted there, as followers would see it."""

from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from outreach import networks
from outreach.networks import sandbox
from outreach.posts.accounts import reaching
from outreach.posts.models import Account
from outreach.web.staff.pictures import Pictures


@require_GET
def timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """All that was posted on one practice account, newest first."""
    account = _practice(pk)
    posts = sandbox.timeline(_folder(account))
    context = {
        "account": account,
        "network": networks.get(account.network),
        "posts": [(post, _pictures(account, post)) for post in posts],
    }
    return render(request, "staff/timeline.html", context)


@require_GET
def picture(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """The picture of a post on the timeline; a name that no post has is not looked for on the disk."""
    folder = _folder(_practice(pk))
    if name not in {one.name for post in sandbox.timeline(folder) for one in post.pictures}:
        raise Http404
    mime = "image/png" if name.endswith(".png") else "image/jpeg"
    response = HttpResponse((folder / name).read_bytes(), content_type=mime)
    response["Cache-Control"] = "private, max-age=86400"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _pictures(account: Account, post: sandbox.SandboxPost) -> Pictures:
    return [(reverse("timeline-picture", args=[account.pk, one.name]), one.alt) for one in post.pictures]


def _practice(pk: int) -> Account:
    account = get_object_or_404(Account, pk=pk)
    if not reaching.is_sandbox(account.network):
        raise Http404
    return account


def _folder(account: Account) -> Path:
    return Path(reaching.connection_of(account).credentials["folder"])
