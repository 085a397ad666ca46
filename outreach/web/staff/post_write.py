"""Writing a post: text, link, picture, accounts, moment; with a preview by the rules that sending uses."""

from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from outreach import networks
from outreach.core import clock
from outreach.core.dates import local
from outreach.core.errors import BadInput, OutreachError
from outreach.core.sentences import N_, say
from outreach.networks.base import Network
from outreach.posts import approving, images, payloads, writing
from outreach.posts.accounts.timing import Inconvenient
from outreach.posts.models import Account, Image, Post, PostImage
from outreach.posts.payloads import text_field
from outreach.posts.text import remarks
from outreach.posts.writing import Shown
from outreach.web.staff import post_times
from outreach.web.staff.doing import chosen, local_instant
from outreach.web.staff.pictures import Pictures, of_post
from outreach.web.staff.posts import labels

_COUNTS = frozenset(map(str, range(1, 100)))
_LARGEST_UPLOAD = 20_000_000  # bytes; a photo straight from a telephone is under 15 MB


@dataclass
class Draft:
    """What the form holds: as typed, nothing checked."""

    text: str = ""
    variants: dict[str, str] = field(default_factory=dict)  # other words, by the name of their network
    link: str = ""
    images: list[Shown] = field(default_factory=list)
    image_alt: str = ""  # the words for those that are chosen now
    accounts: list[int] = field(default_factory=list)
    later: bool = False
    day: str = ""
    time: str = "09:00"
    language: str = settings.LANGUAGE_CODE
    chosen_now: int = 0  # in the browser, not yet sent
    from_entry: bool = False  # without words of its own, the entry's are used

    @property
    def has_picture(self) -> bool:
        """Whether there is one, here or still in the browser."""
        return bool(self.images or self.chosen_now)

    def planned_at(self) -> datetime | None:
        """The moment chosen; None for "at once". Raises BadInput."""
        if not self.later:
            return None
        return local_instant(self.day, self.time, "planned_at")


@dataclass(frozen=True)
class Card:
    """What a network will show, for the chosen accounts on it that get the same."""

    network: Network
    accounts: list[Account]
    text: str
    link: str
    length: int
    limit: int
    problem: str = ""
    pictures: Pictures = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


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
        _take_in(request, draft)
        _take_free(draft, request.POST.get("take", ""))
        if (
            request.POST.get("action") in {"preview", "add"}
            or "take" in request.POST
            or _move(draft, request.POST.get("move", ""))
        ):
            return _form(request, draft, post)
        with transaction.atomic():
            saved = _save(request, draft, post)
            said = _carry_out(request, saved)
    except OutreachError as error:
        return _form(request, draft, post, error)
    messages.success(request, said)
    return redirect("post", pk=saved.pk)


@require_POST
def preview(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """The preview for what is typed now; nothing is stored."""
    post = get_object_or_404(Post, pk=pk) if pk else None
    draft = _sent(request, post)
    context = {"cards": cards(draft, post), "draft": draft, "swapped": True, "seen": _seen(post)}
    return render(request, "staff/post_preview.html", context)


def cards(draft: Draft, post: Post | None) -> list[Card]:
    """What the chosen accounts will show, by the function that sending uses; who gets the same, once."""
    unsaved, shown = _unsaved(draft, post), _shown(draft, post)
    found: dict[tuple[Any, ...], Card] = {}
    for account in Account.objects.filter(pk__in=draft.accounts).order_by("network", "name", "pk"):
        card, alike = _card(unsaved, shown, account)
        found.setdefault(alike, card).accounts.append(account)
    return list(found.values())


def _seen(post: Post | None) -> str:
    """Of the post that the form stands for: it is approved only while it is still that one."""
    return approving.fingerprint(post) if post else ""


def _unsaved(draft: Draft, post: Post | None) -> Post:
    """The post as it would be after saving."""
    made = copy(post) if post else Post(link=draft.link)
    if made.entry is None:
        made.link = draft.link
    made.text, made.language = draft.text, draft.language
    made.variants = {name: words for name, words in draft.variants.items() if words}
    return made


def _shown(draft: Draft, post: Post | None) -> list[PostImage]:
    """The pictures as they would be after saving. One that is still in the browser counts too."""
    of_entry = dict(post.images.values_list("image", "address")) if post else {}
    words = [draft.image_alt, *[""] * (draft.chosen_now - 1)]
    shown = enumerate([*draft.images, *((Image(), alt) for alt in words[: draft.chosen_now])])
    return [
        PostImage(image=image, alt=alt, position=position, address=of_entry.get(image.pk, ""))
        for position, (image, alt) in shown
    ]


def _card(post: Post, shown: list[PostImage], account: Account) -> tuple[Card, tuple[Any, ...]]:
    """The card of `account`, for nobody yet; and what another one's must be alike in to be the same."""
    network = networks.get(account.network)
    try:
        made = payloads.draft(post, account, clock.now(), shown)
    except OutreachError as error:
        words = post.own_words(account.network)
        failed = Card(network, [], words, "", network.measure(words), network.limits.text, str(error))
        return failed, (network.name, str(error))
    text, problem, pictures = made.composed, str(made.problem or ""), of_post(made.images)
    said = [
        str(one) for one in (*remarks.on(network, text.text, payloads.link_of(post)), made.left_out) if one
    ]
    card = Card(network, [], text.text, text.link, text.length, text.limit, problem, pictures, said)
    tag = made.payload["tag"] or "\0"  # each account has its own, and nobody reads it
    bare = (text.text.replace(tag, ""), text.link.replace(tag, ""))
    return card, (network.name, bare, bool(problem), tuple(pictures), bool(made.left_out))


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
        variants=dict(post.variants),
        link=post.link,
        images=[(one.image, one.alt) for one in payloads.images_of(post)],
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
        text=_typed(sent, "text"),
        variants={name: words for name in networks.NAMES if (words := _typed(sent, text_field(name)))},
        link=sent.get("link", "").strip(),
        images=_kept(sent),
        image_alt=sent.get("image_alt", "").strip(),
        accounts=chosen(sent.getlist("accounts")),
        later=sent.get("when") == "later",
        day=sent.get("day", ""),
        time=sent.get("time", ""),
        from_entry=post is not None and post.entry is not None,
        chosen_now=int(counted) if (counted := sent.get("picture_chosen", "")) in _COUNTS else 0,
        language=language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE,
    )


def _typed(sent: QueryDict, name: str) -> str:
    return sent.get(name, "").replace("\r\n", "\n").strip()


def _kept(sent: QueryDict) -> list[Shown]:
    """The pictures that were taken in already: they survive an error elsewhere in the form."""
    typed = {
        pk: alt.strip() for pk, alt in zip(sent.getlist("kept_image"), sent.getlist("kept_alt"), strict=False)
    }
    for pk in sent.getlist("drop_image"):
        typed.pop(pk, None)
    known = Image.objects.defer("content").in_bulk(chosen(list(typed)))
    return [(known[int(pk)], alt) for pk, alt in typed.items() if pk.isdecimal() and int(pk) in known]


def _take_in(request: HttpRequest, draft: Draft) -> None:
    """Add the chosen files to the pictures. Raises BadInput; what was taken before that stays taken."""
    for upload in request.FILES.getlist("image"):
        image = _accepted(upload)
        if all(image.pk != one.pk for one, _ in draft.images):
            draft.images.append((image, draft.image_alt))
        draft.image_alt = ""  # the words were for the first
    draft.chosen_now = 0


def _accepted(upload: "UploadedFile[Any]") -> Image:
    try:
        return images.accept(_content(upload))
    except BadInput as error:
        said = say(N_("%(file)s: %(why)s"), file=upload.name, why=error.sentence)
        raise BadInput(said, "image") from None


def _content(upload: "UploadedFile[Any]") -> bytes:
    if upload.size is None or upload.size > _LARGEST_UPLOAD:
        raise BadInput(say(N_("The picture is larger than 20 MB. Choose a smaller one.")))
    content: bytes = upload.read()
    return content


def _move(draft: Draft, place: str) -> bool:
    """Show the picture at `place` one earlier. False when nothing is to be moved."""
    if not place.isdecimal() or not 0 < int(place) < len(draft.images):
        return False
    draft.images.insert(int(place) - 1, draft.images.pop(int(place)))
    return True


def _save(request: HttpRequest, draft: Draft, post: Post | None) -> Post:
    values: dict[str, Any] = {
        "text": draft.text,
        "variants": draft.variants,
        "link": draft.link,
        "images": draft.images,
        "accounts": list(Account.objects.filter(pk__in=draft.accounts)),
        "planned_at": draft.planned_at(),
        "language": draft.language,
        "by": request.user,
        "anyway": "anyway" in request.POST,
    }
    if post is None:
        return writing.write(**values)
    if post.entry is not None:
        del values["link"]  # the entry's own
    seen = request.POST.get("seen", "") if request.POST.get("action") == "approve" else ""
    return writing.change(post, seen=seen, **values)


def _take_free(draft: Draft, instant: str) -> None:
    """The free moment that was offered, in the place of the one that was typed."""
    if instant:
        draft.day, _t, draft.time = instant.partition("T")
        draft.later = True


def _carry_out(request: HttpRequest, post: Post) -> str:
    """What was asked for besides keeping it; says what became of it."""
    action = request.POST.get("action", "draft")
    if action in {"submit", "approve"} and post.state == Post.State.DRAFT:
        writing.submit(post, request.user)
    if action == "approve":
        approving.approve(post, request.user, seen=approving.fingerprint(post))
        return str(post_times.approved(post))
    return _("Waiting for approval.") if post.state == Post.State.WAITING else _("Saved.")


def _form(
    request: HttpRequest, draft: Draft, post: Post | None, error: OutreachError | None = None
) -> HttpResponse:
    errors = {getattr(error, "field", "") or "form": str(error)} if error else {}
    # Too many pictures is said where they are chosen.
    errors |= {"image": errors["images"]} if "images" in errors else {}
    context = {
        "draft": draft,
        "post": post,
        "accounts": Account.objects.order_by("network", "name"),
        "labels": labels(),
        "cards": cards(draft, post),
        "seen": _seen(post),
        "swapped": False,
        "error": error,
        "free": post_times.typed(error.free) if isinstance(error, Inconvenient) else None,
        "in_slots": post_times.has_hours(list(Account.objects.prefetch_related("slots"))),
        "errors": errors,
        "languages": settings.LANGUAGES,
        "zone": settings.LOCAL_TIME_ZONE,
    }
    return render(request, "staff/post_write.html", context, status=422 if error else 200)
