"""What is wrong with a mail before it is sent. Pure: no row, no network, no setting.

`check` says everything that can be seen in the mail itself. Which links lead nowhere is looked up elsewhere
(`newsletters.links`) and given to it.
"""

from outreach.newsletters.designs.lint import addresses, clients, contrast, pictures, words
from outreach.newsletters.designs.lint.findings import Finding, Mail
from outreach.newsletters.designs.lint.page import read

__all__ = ["Finding", "Mail", "check"]

_MOST = 120_000  # signs of HTML that are looked at; a mail that holds more is stopped for its size


def check(mail: Mail) -> list[Finding]:
    """All findings about `mail`: what stops it first, each said once."""
    page = read(mail.html[:_MOST])
    parts = (
        words.check(mail, page),
        addresses.check(mail, page),
        pictures.check(mail, page),
        clients.check(page),
        contrast.check(page),
    )
    return sorted((one for part in parts for one in part), key=lambda one: not one.stops)
