"""What a returned mail says about one recipient."""

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What it means for the reader."""

    HARD = "hard"  # the mailbox, or its domain, does not exist or takes no mail: never again
    SOFT = "soft"  # full, away, disabled for now: again later, and not for ever
    ABOUT_US = "about-us"  # they object to our server, our signature or our content: nobody's fault but ours
    DELAYED = "delayed"  # still being tried: nothing has happened yet
    COMPLAINT = "complaint"  # the reader pressed "this is spam"
    AUTOMATIC = "automatic"  # "I am on holiday": it arrived
    UNKNOWN = "unknown"  # it came back, and does not say why


class Stage(Enum):
    """At which SMTP command a server refused (RFC 5321); only RCPT and the message are about a reader."""

    HELO = "helo"
    MAIL = "mail"
    RCPT = "rcpt"
    BEGIN = "begin"  # DATA itself: not one sign of the message was said
    DATA = "data"  # the message
    UNKNOWN = ""


@dataclass(frozen=True)
class Clue:
    """What a returned mail says of one recipient, in the words of the servers."""

    recipient: str = ""
    action: str = ""  # RFC 3464, 2.3.3: failed, delayed, delivered, relayed, expanded
    status: str = ""  # RFC 3463, as the report gives it
    words: str = ""
    stage: Stage = Stage.UNKNOWN
    formal: bool = False  # from a report for machines (RFC 3464), not from words for people


@dataclass(frozen=True)
class Return:
    """One recipient of a returned mail, judged."""

    kind: Kind
    reason: str  # the word of a rule, such as "no-mailbox"
    recipient: str = ""
    status: str = ""
    words: str = ""
