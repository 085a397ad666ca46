"""What was sent, for everybody: a page of a newsletter's issues, and a feed. No reader is in it."""

from html import unescape

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.html import strip_tags

from outreach.core.measure import shorten
from outreach.newsletters.content import intro
from outreach.newsletters.models import Issue, Newsletter

IS_OUT = Q(state=Issue.State.SENT) | Q(finished_at__isnull=False)
"""All have it: also while some readers are tried again, and when that is stopped."""
_SUMMARY = 280  # characters


def sent(newsletter: Newsletter) -> QuerySet[Issue]:
    """The issues that everybody may read, newest first; none where staff switched the archive off."""
    if not newsletter.archive:
        return Issue.objects.none()
    rows = Issue.objects.filter(IS_OUT, newsletter=newsletter, started_at__isnull=False, public=True)
    return rows.exclude(html="").defer("html", "text").order_by("-started_at", "-pk")


def has_issues(newsletter: Newsletter) -> bool:
    """Whether there is anything to read yet."""
    return sent(newsletter).exists()


def summary(issue: Issue) -> str:
    """What stands in `issue`, on one line: what staff wrote above it, else the titles of its articles."""
    written = " ".join(unescape(strip_tags(intro.html(issue.intro))).split())
    rows = issue.items.filter(left_out=False).order_by("repeated", "position")
    titles = rows.exclude(entry__title="").values_list("entry__title", flat=True)
    return shorten(written or " · ".join(" ".join(title.split()) for title in titles[:12]), _SUMMARY, len)


def url(newsletter: Newsletter) -> str:
    """The address of the page."""
    return settings.BASE_URL + reverse("archive", args=[newsletter.slug])


def feed_url(newsletter: Newsletter) -> str:
    """The address of the feed."""
    return settings.BASE_URL + reverse("archive-feed", args=[newsletter.slug])


def issue_url(issue: Issue) -> str:
    """Where everybody reads `issue`."""
    return settings.BASE_URL + reverse("issue-in-browser", args=[issue.pk])


def own_url(issue: Issue) -> str:
    """Where its readers do, as the mail says: that of a letter holds a key, for it need not be public."""
    if not issue.letter:
        return issue_url(issue)
    return settings.BASE_URL + reverse("letter-in-browser", args=[issue.pk, _key(issue.pk)])


def opens(issue: int, key: str) -> bool:
    """Whether `key` is that of the letter with this number: it was in the mail."""
    return constant_time_compare(key, _key(issue))


def _key(issue: int) -> str:
    return salted_hmac("outreach.newsletters.letter", str(issue), algorithm="sha256").hexdigest()[:20]
