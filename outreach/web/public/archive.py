"""What was sent of a newsletter: a page for people, and a feed for their programs."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.http import require_safe

from outreach.newsletters import archiving
from outreach.newsletters.models import Newsletter
from outreach.web.public import pages, rss

_ON_A_PAGE, _IN_THE_FEED = 20, 20


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The issues, newest first."""
    newsletter = _open(slug)
    if newsletter is None:
        return pages.missing(request)
    found = Paginator(archiving.sent(newsletter), _ON_A_PAGE).get_page(request.GET.get("page"))
    with translation.override(pages.language_of(request, newsletter.language)):
        rows = [{"issue": issue, "summary": archiving.summary(issue)} for issue in found]
        context = {"newsletter": newsletter, "rows": rows, "page": found}
        shown = pages.show(request, "archive", context, language=newsletter.language, private=False)
    return pages.kept(request, shown)


@require_safe
def feed(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest of them as RSS 2.0."""
    newsletter = _open(slug)
    if newsletter is None:
        return pages.missing(request)
    items = [
        rss.Item(
            title=issue.subject or newsletter.name,
            link=archiving.issue_url(issue),
            # Stays the same when the address of the pages changes: readers see no issue twice.
            guid=f"{newsletter.topic}/{issue.pk}",
            at=issue.started_at,
            summary=archiving.summary(issue),
        )
        for issue in archiving.sent(newsletter)[:_IN_THE_FEED]
        if issue.started_at
    ]
    channel = rss.Channel(
        title=newsletter.name,
        link=archiving.url(newsletter),
        own_address=archiving.feed_url(newsletter),
        description=newsletter.description or newsletter.name,
        language=newsletter.language,
    )
    body = rss.written(channel, items)
    return pages.kept(request, HttpResponse(body, content_type="application/rss+xml; charset=utf-8"), 900)


def _open(slug: str) -> Newsletter | None:
    return Newsletter.objects.filter(slug=slug, archive=True).first()
