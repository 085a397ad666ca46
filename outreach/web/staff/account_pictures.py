"""What an account does with the picture of an article, and with the page that a post points to."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from outreach.posts.accounts import picturing
from outreach.posts.models import Account
from outreach.web.staff.doing import attempt


@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Keep what was chosen."""
    account = get_object_or_404(Account.objects.defer("credentials"), pk=pk)

    def keep() -> None:
        picturing.change(
            account,
            pictures=request.POST.get("pictures", ""),
            needs_words="needs_words" in request.POST,
            looks_first="looks_first" in request.POST,
            by=request.user,
        )

    attempt(request, keep, _("Saved."))
    return redirect("account", pk=pk)
