"""Newsletter, Issue, Delivery: what we mail, when, to whom."""

from outreach.newsletters.models.delivery import Delivery
from outreach.newsletters.models.issue import Issue, IssueEntry
from outreach.newsletters.models.newsletter import Inclusion, Newsletter

__all__ = ["Delivery", "Inclusion", "Issue", "IssueEntry", "Newsletter"]
