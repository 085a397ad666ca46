"""The pictures of posts, as pages show them: pairs of an address and the words for it."""

from collections.abc import Iterable, Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET

from outreach.posts.models import Image, PostImage

Pictures = list[tuple[str, str]]


def of_post(shown: Iterable[PostImage]) -> Pictures:
    """Those of a draft; one that is not stored yet has no address."""
    return [(_address(one.image.pk), one.alt) for one in shown if one.image.pk]


def of_frozen(images: Iterable[Mapping[str, str]]) -> Pictures:
    """Those of a frozen payload (`payloads.frozen_images`)."""
    wanted = list(images)
    numbers = dict(
        Image.objects.filter(sha256__in=[one["image"] for one in wanted]).values_list("sha256", "pk")
    )
    return [(_address(numbers[one["image"]]), one["alt"]) for one in wanted if one["image"] in numbers]


@require_GET
def picture(request: HttpRequest, pk: int) -> HttpResponse:
    """The picture of a post, as it was stored: checked and re-encoded."""
    image = get_object_or_404(Image, pk=pk)
    response = HttpResponse(bytes(image.content), content_type=image.mime)
    response["Cache-Control"] = "private, max-age=86400"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _address(pk: int) -> str:
    return reverse("post-picture", args=[pk])
