"""Newsletter, Issue, Delivery: what we mail, when, to whom."""

from outreach.newsletters.models.delivery import Delivery
from outreach.newsletters.models.design import Design, DesignVersion
from outreach.newsletters.models.issue import Issue, IssueEntry, IssueText
from outreach.newsletters.models.link_look import LinkLook
from outreach.newsletters.models.newsletter import Inclusion, Newsletter, PassedOver
from outreach.newsletters.models.returned import Returned
from outreach.newsletters.models.welcome import Welcome

__all__ = [
    "Delivery",
    "Design",
    "DesignVersion",
    "Inclusion",
    "Issue",
    "IssueEntry",
    "IssueText",
    "LinkLook",
    "Newsletter",
    "PassedOver",
    "Returned",
    "Welcome",
]
