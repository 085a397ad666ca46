"""Parts of a page that refresh themselves, and stay as they are while nothing has changed.

Swapping a part for an equal one would take the keyboard's focus and a reader's place away every few seconds.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

SECONDS = 5


def part(address: str, template: str, context: Mapping[str, Any]) -> SafeString:
    """`template` in a frame that asks `address` for its successor. No forms in it: their tokens differ."""
    inner = render_to_string(template, dict(context))
    return format_html(
        '<div class="live" hx-get="{}?seen={}" hx-trigger="every {}s" hx-swap="outerHTML">{}</div>',
        address,
        _digest(inner),
        SECONDS,
        mark_safe(inner),  # noqa: S308 (rendered by the escaping environment just now)
    )


def answer(request: HttpRequest, address: str, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """The part anew, or 204 (htmx then swaps nothing) when it is what the page shows."""
    fresh = part(address, template, context)
    if f'?seen={request.GET.get("seen", "-")}"' in fresh:
        return HttpResponse(status=204)
    return HttpResponse(fresh)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
