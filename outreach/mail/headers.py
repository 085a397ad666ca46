"""The headers by which mail programs know a newsletter, and offer to leave it."""

from collections.abc import Mapping
from email.header import Header
from email.utils import quote


def newsletter_headers(
    *,
    name: str,
    list_id: str,
    issue: str,
    unsubscribe_url: str,
    unsubscribe_mailto: str = "",
    sender: str = "",
    archive_url: str = "",
) -> Mapping[str, str]:
    """List-Id (RFC 2919), one-click unsubscribe (RFC 2369, RFC 8058), and signs that nobody need answer.

    `list_id` looks like a host name and never changes. `unsubscribe_url` is for this recipient only; RFC 8058
    wants https. `archive_url` is a page with what was sent before (RFC 2369). `issue` and `sender` become the
    Feedback-ID, where no field may single out a recipient.
    """
    leave = [f"<{unsubscribe_url}>"]
    if unsubscribe_mailto:
        leave.append(f"<mailto:{unsubscribe_mailto}>")
    archive = {"List-Archive": f"<{archive_url}>"} if archive_url else {}
    return {
        "List-Id": f"{_phrase(name)} <{list_id}>",
        "List-Unsubscribe": ", ".join(leave),
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Feedback-ID": f"{issue}:newsletter:{sender or 'outreach'}",
        "Auto-Submitted": "auto-generated",  # RFC 3834: no vacation replies
        "Precedence": "bulk",  # the same for older mail servers
        **archive,
    }


def _phrase(name: str) -> str:
    """A display name as ASCII (RFC 5322 quoted string, or RFC 2047 words)."""
    if name.isascii():
        return f'"{quote(name)}"'
    return Header(name, "utf-8", maxlinelen=10_000).encode(linesep="")
