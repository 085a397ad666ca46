"""Writing a post: text, link, picture, accounts, moment; with a preview by the rules that sending uses."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from outreach import networks
from outreach.core import clock
from outreach.core.dates import local
from outreach.core.errors import BadInput, OutreachError
from outreach.core.sentences import N_, say
from outreach.networks.base import Network
from outreach.posts import approving, images, payloads, writing
from outreach.posts.models import Account, Image, Post
from outreach.web.staff.doing import chosen, local_instant
from outreach.web.staff.posts import labels

_LARGEST_UPLOAD = 20_000_000  # bytes; a photo straight from a telephone is under 15 MB


@dataclass
class Draft:
    """What the form holds: as typed, nothing checked."""

    text: str = ""
    link: str = ""
    image: Image | None = None
    image_alt: str = ""
    accounts: list[int] = field(default_factory=list)
    later: bool = False
    day: str = ""
    time: str = "09:00"
    language: str = settings.LANGUAGE_CODE
    picture_chosen: bool = False  # in the browser, not yet sent
    from_entry: bool = False  # without words of its own, the entry's are used

    @property
    def has_picture(self) -> bool:
        """Whether there is one, here or still in the browser."""
        return self.image is not None or self.picture_chosen

    def planned_at(self) -> datetime | None:
        """The moment chosen; None for "at once". Raises BadInput."""
        if not self.later:
            return None
        return local_instant(self.day, self.time, "planned_at")


@dataclass(frozen=True)
class Card:
    """What one network will show, for the accounts on it that were chosen."""

    network: Network
    accounts: list[Account]
    text: str
    link: str
    length: int
    limit: int
    problem: str = ""


@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, pk: int = 0) -> HttpResponseBase:
    """A new post, or one that is not approved yet."""
    post = get_object_or_404(Post, pk=pk) if pk else None
    if post and post.state not in {Post.State.DRAFT, Post.State.WAITING}:
        return redirect("post", pk=pk)
    if request.method != "POST":
        return _form(request, _filled(post) if post else _blank(), post)
    draft = _sent(request, post)
    try:
        draft.image = _image(request) or draft.image
        if request.POST.get("action") == "preview":
            return _form(request, draft, post)
        with transaction.atomic():
            saved = _save(request, draft, post)
            _carry_out(request, saved)
    except OutreachError as error:
        return _form(request, draft, post, error)
    return redirect("post", pk=saved.pk)


@require_POST
def preview(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """The preview for what is typed now; nothing is stored."""
    post = get_object_or_404(Post, pk=pk) if pk else None
    draft = _sent(request, post)
    return render(
        request, "staff/post_preview.html", {"cards": cards(draft, post), "draft": draft, "swapped": True}
    )


def cards(draft: Draft, post: Post | None) -> list[Card]:
    """One card for each network among the chosen accounts, made by the very function that sending uses."""
    unsaved = _unsaved(draft, post)
    found = Account.objects.filter(pk__in=draft.accounts).order_by("network", "name")
    return [_card(unsaved, name, list(group)) for name, group in groupby(found, key=lambda one: one.network)]


def _unsaved(draft: Draft, post: Post | None) -> Post:
    """The post as it would be after saving. A picture that is still in the browser counts as one."""
    return Post(
        pk=post.pk if post else None,
        entry=post.entry if post else None,
        text=draft.text,
        link=draft.link,
        image=draft.image or (Image() if draft.picture_chosen else None),
        image_alt=draft.image_alt,
        language=draft.language,
    )


def _card(post: Post, name: str, accounts: list[Account]) -> Card:
    network = networks.get(name)
    try:
        made = payloads.draft(post, accounts[0], clock.now())
    except OutreachError as error:
        length = network.measure(post.text)
        return Card(network, accounts, post.text, "", length, network.limits.text, str(error))
    text = made.composed
    return Card(network, accounts, text.text, text.link, text.length, text.limit, str(made.problem or ""))


def _blank() -> Draft:
    """All active accounts are chosen: saying it everywhere is the usual wish."""
    active = Account.objects.filter(state=Account.State.ACTIVE)
    return Draft(
        accounts=list(active.values_list("pk", flat=True)), day=local(clock.now()).date().isoformat()
    )


def _filled(post: Post) -> Draft:
    at = local(post.planned_at) if post.planned_at else None
    return Draft(
        text=post.text,
        link=post.link,
        image=post.image,
        image_alt=post.image_alt,
        accounts=list(post.accounts.values_list("pk", flat=True)),
        later=at is not None,
        day=(at or local(clock.now())).date().isoformat(),
        time=f"{at:%H:%M}" if at else "09:00",
        language=post.language,
        from_entry=post.entry is not None,
    )


def _sent(request: HttpRequest, post: Post | None) -> Draft:
    sent = request.POST
    language = sent.get("language", "")
    return Draft(
        text=sent.get("text", "").replace("\r\n", "\n").strip(),
        link=sent.get("link", "").strip(),
        # A picture that was taken in already survives an error elsewhere in the form.
        image=None if "drop_image" in sent else _kept(sent.get("kept_image", "")),
        image_alt=sent.get("image_alt", "").strip(),
        accounts=chosen(sent.getlist("accounts")),
        later=sent.get("when") == "later",
        day=sent.get("day", ""),
        time=sent.get("time", ""),
        from_entry=post is not None and post.entry is not None,
        picture_chosen=sent.get("picture_chosen") == "yes",
        language=language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE,
    )


def _kept(pk: str) -> Image | None:
    return Image.objects.filter(pk__in=chosen([pk])).first()


def _image(request: HttpRequest) -> Image | None:
    upload = request.FILES.get("image")
    if not isinstance(upload, UploadedFile):
        return None
    if upload.size is None or upload.size > _LARGEST_UPLOAD:
        raise BadInput(say(N_("The picture is larger than 20 MB. Choose a smaller one.")), "image")
    return images.accept(upload.read())


def _save(request: HttpRequest, draft: Draft, post: Post | None) -> Post:
    values: dict[str, Any] = {
        "text": draft.text,
        "link": draft.link,
        "image": draft.image,
        "image_alt": draft.image_alt,
        "accounts": list(Account.objects.filter(pk__in=draft.accounts)),
        "planned_at": draft.planned_at(),
        "language": draft.language,
        "by": request.user,
    }
    if post is None:
        return writing.write(**values)
    if post.entry is not None:
        del values["link"]  # the entry's own
    return writing.change(post, **values)


def _carry_out(request: HttpRequest, post: Post) -> None:
    action = request.POST.get("action", "draft")
    if action in {"submit", "approve"} and post.state == Post.State.DRAFT:
        writing.submit(post, request.user)
    if action == "approve":
        approving.approve(post, request.user, seen=approving.fingerprint(post))


def _form(
    request: HttpRequest, draft: Draft, post: Post | None, error: OutreachError | None = None
) -> HttpResponse:
    context = {
        "draft": draft,
        "post": post,
        "accounts": Account.objects.order_by("network", "name"),
        "labels": labels(),
        "cards": cards(draft, post),
        "swapped": False,
        "error": error,
        "errors": {getattr(error, "field", "") or "form": str(error)} if error else {},
        "languages": settings.LANGUAGES,
        "zone": settings.LOCAL_TIME_ZONE,
    }
    return render(request, "staff/post_write.html", context, status=422 if error else 200)
