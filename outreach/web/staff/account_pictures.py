"""What an account does with the picture of an article, and with the page that a post points to."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from outreach.posts.accounts import picturing
from outreach.posts.models import Account
from outreach.web.staff.doing import attempt


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Choose it, and keep what was chosen."""
    account = get_object_or_404(Account.objects.defer("credentials"), pk=pk)
    if request.method != "POST":
        return render(request, "staff/account_pictures.html", {"account": account})

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
