"""The web hook that returned mails are posted to, by a mail provider or by a mail server's script."""

import hashlib
import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from outreach.newsletters import returning

_LARGEST = 10_000_000  # bytes


# The signature is the proof: there is no cookie that a forged request could use.
@csrf_exempt
@require_POST
def hook(request: HttpRequest) -> HttpResponse:
    """Takes one mail as it is (RFC 5322), the address that it came to in X-Outreach-Recipient.

    X-Outreach-Signature is "sha256=" and the HMAC of recipient, a line feed and body; its key is
    OUTREACH_RETURN_SECRET.
    """
    if not settings.RETURN_SECRET:
        return _said(404, "no secret is set for this")
    if int(request.META.get("CONTENT_LENGTH") or 0) > _LARGEST:
        return _said(413, "too large")
    body, recipient = request.read(_LARGEST + 1), request.headers.get("X-Outreach-Recipient", "")
    if not _is_signed(request, recipient, body):
        return _said(403, "the signature is wrong")
    row = returning.receive(body, [recipient])
    return _said(200, row.kind)


def _is_signed(request: HttpRequest, recipient: str, body: bytes) -> bool:
    message = recipient.encode() + b"\n" + body
    expected = hmac.digest(settings.RETURN_SECRET.encode(), message, hashlib.sha256).hex()
    given = request.headers.get("X-Outreach-Signature", "")
    return hmac.compare_digest(given.encode(), f"sha256={expected}".encode())


def _said(status: int, words: str) -> HttpResponse:
    return HttpResponse(f"{words}\n", status=status, content_type="text/plain; charset=utf-8")
