"""Mails that come back: received from a mailbox, a listener, a pipe or a web hook; taken in once."""

from outreach.newsletters.returning.receiving import receive

__all__ = ["receive"]
