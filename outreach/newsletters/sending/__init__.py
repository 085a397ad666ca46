"""Mailing an issue: the ledger, who is to get it, and what became of each mail."""

from outreach.newsletters.sending.counting import Progress, progress
from outreach.newsletters.sending.delivering import deliver_some
from outreach.newsletters.sending.starting import start_one

__all__ = ["Progress", "deliver_some", "progress", "start_one"]
