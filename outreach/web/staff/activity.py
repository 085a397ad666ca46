"""Activity: everything that happened, newest first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from outreach.core.models import Activity
from outreach.web.staff.doing import page_of
from outreach.web.staff.subjects import told

TABS = {"all": _("All"), "warning": _("Warnings"), "trouble": _("Trouble")}


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The log, all of it or one level."""
    tab = request.GET.get("level", "")
    tab = tab if tab in TABS else "all"
    lines = Activity.objects.filter(echo=False).select_related("actor").order_by("-at", "-pk")
    if tab != "all":
        lines = lines.filter(level=tab)
    page = page_of(lines, request.GET.get("page", ""))
    context = {"tabs": TABS, "tab": tab, "page": page, "lines": told(page.rows)}
    return render(request, "staff/activity.html", context)
