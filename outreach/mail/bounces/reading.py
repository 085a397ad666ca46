"""A returned mail, as clues: from its report (RFC 3464) where it has one, else from its words.

Nothing here trusts the mail: sizes are bounded, and what cannot be read gives no clue, never an error. No
pattern may run over line ends with `*`: a mail of empty lines would keep it busy for hours.
"""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import Message
from itertools import islice

from outreach.mail.bounces.base import Clue, Stage

_MOST_BYTES = 2_000_000
_MOST_RECIPIENTS = 50
_MOST_WORDS = 20_000  # characters
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"'|*]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,250})", re.IGNORECASE)
_FIELD = re.compile(r"^([A-Za-z][A-Za-z-]{2,40})[ \t]*:[ \t]*", re.MULTILINE)

_FIELDS_OF_ONE = {"original-recipient", "final-recipient", "diagnostic-code", "status"}
_SEVERAL = re.compile(
    r"(?im)^(?=final-recipient:)"
)  # some servers leave out the blank lines between recipients
# Where the mail that came back begins: what stands below is ours, and says nothing about why.
_ORIGINAL = re.compile(
    r"^(?:"
    r"[-_=* |]*(?:below this line is|enclosed is|this is|included is) a copy of"
    r"|[-_=* |]*(?:the )?(?:header of the )?(?:original|unsent|returned) (?:message|mail|text)\b(?! was)"
    r"|[-_=* |]*(?:message (?:headers|text)) follow"
    r"|[ \t]*below is a copy of"
    r"|[-_=* |]*copy of the (?:message|mail)"
    r"|received: ?(?:from|by|\()|return-path: ?<|dkim-signature: "
    r")",
    re.IGNORECASE | re.MULTILINE,
)
# The line that opens what is said about one recipient: "<reader@example.org>: host ... said".
_HEADING = re.compile(r"\n[ \t]*<?([^\s<>@:]{1,64}@[^\s<>:]{1,250})>?:")
_LIST = re.compile(
    r"did not reach the following recipient\S*|(?:permanent )?fatal errors -+|failed addresses follow[^\n]*"
    r"|list of recipients:|following address(?:es|\(es\))?:?$|undeliverable to",
    re.IGNORECASE | re.MULTILINE,
)
_HELP = re.compile(r"^.*(?:contact|send (?:e-?)?mail to) <?[^\s<>]+@.*$", re.IGNORECASE | re.MULTILINE)
# ">>> RCPT To:<reader>" and below it "<<< 550 ...": which command was refused first.
_SPOKEN = re.compile(
    r"^[^\w\n]*>>> ?(\w+)[^\n]*\n(?:[^\w\n]*<<< ?[23][^\n]*\n)*[^\w\n]*<<< ?[45]\d\d", re.MULTILINE
)
_NOBODY_LEFT = re.compile(r"no valid recipients|need rcpt", re.IGNORECASE)
_COMMANDS = {
    "HELO": Stage.HELO,
    "EHLO": Stage.HELO,
    "MAIL": Stage.MAIL,
    "RCPT": Stage.RCPT,
    "DATA": Stage.DATA,
}
_STAGES = (
    (
        Stage.MAIL,
        re.compile(r"mail from(?: command)?[:)<]|in reply to mail|sender was rejected|\[mail_from\]"),
    ),
    (Stage.HELO, re.compile(r"my name was rejected|in reply to (?:he|eh)lo")),
    (
        Stage.DATA,
        re.compile(
            r"end of data|final data|in reply to data|after i sent the message|smtp command\s+data\b"
            r"|\[(?:data|eom)\]|smtp:data"
        ),
    ),
    (
        Stage.RCPT,
        re.compile(
            r"rcpt to|rcpt command|does not like recipient|\[rcpt_to\]|smtp:rcpt|recipient address rejected"
        ),
    ),
)
_STILL_TRIED = re.compile(
    r"warning message only|has been delayed|not yet been delivered|delayed for more|temporary failure report"
    r"|retried for",
    re.IGNORECASE,
)


def clues(raw: bytes) -> list[Clue]:
    """What `raw` says of each recipient; empty when it names no reason at all."""
    message = parsed(raw)
    if message is None:
        return []
    words = _words(message)
    reported = list(islice(_reported(message, words), _MOST_RECIPIENTS))
    return reported or list(_said(message, words))[:_MOST_RECIPIENTS]


def parsed(raw: bytes) -> Message | None:
    """`raw` as a message, or None for what is none."""
    try:
        return message_from_bytes(raw[:_MOST_BYTES], policy=policy.compat32)
    except (MessageError, ValueError, LookupError, RecursionError):
        return None


def raw_text(part: Message) -> str:
    """What stands in a part that the parser took for a message of its own."""
    payload = part.get_payload()
    return "\n".join(map(_source, payload)) if isinstance(payload, list) else text_of(part) or str(payload)


def _source(block: object) -> str:
    """A block of fields as it was written. By hand: the library refuses to write what it has read."""
    if not isinstance(block, Message):
        return str(block)
    rows = [f"{name}: {value}" for name, value in block.items()]
    payload = block.get_payload()
    return "\n".join([*rows, "", payload if isinstance(payload, str) else ""])


def text_of(part: Message) -> str:
    """The words of a part, whatever its encoding claims to be."""
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, AssertionError, LookupError):
        return ""
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):
        return payload.decode("latin-1")


def parts(message: Message) -> Iterator[Message]:
    """All parts that are not inside the mail that came back."""
    yield message
    if message.get_content_type() == "message/rfc822" or not message.is_multipart():
        return
    for part in message.get_payload():
        if isinstance(part, Message):
            yield from parts(part)


def _words(message: Message) -> str:
    """What people are told, without the mail that came back."""
    found = []
    for part in parts(message):
        if part.get_content_maintype() == "text" and part.get_content_subtype() != "rfc822-headers":
            text = text_of(part)[:_MOST_WORDS]
            end = _ORIGINAL.search(text)
            found.append(text[: end.start()] if end else text)
    return "\n".join(found).replace("\r\n", "\n")[:_MOST_WORDS]


def _reported(message: Message, words: str) -> Iterator[Clue]:
    """Of the machine-readable part (RFC 3464), whether its part is marked as such or stands in the text."""
    found = [fields(block) for block in _blocks(message, words)]
    reports = [row for row in found if _FIELDS_OF_ONE & row.keys()]
    for row in reports:
        recipient = address(row.get("original-recipient") or row.get("final-recipient", ""))
        diagnostic = row.get("diagnostic-code", "")
        near = _near(words, recipient)
        about = words if len(reports) == 1 else near
        yield Clue(
            recipient=recipient,
            action=(row.get("action", "").split() or [""])[0].lower(),
            status=row.get("status", ""),
            words=diagnostic if _tells(diagnostic) else f"{diagnostic} {about}".strip(),
            stage=_stage(f"{diagnostic}\n{near}"),
            formal=True,
        )


def _blocks(message: Message, words: str) -> Iterator[str]:
    marked = [part for part in parts(message) if part.get_content_type() == "message/delivery-status"]
    for part in marked:
        payload = part.get_payload()
        blocks = payload if isinstance(payload, list) else [payload]
        for block in blocks:
            yield from _SEVERAL.split(_source(block))
    if not marked and "final-recipient:" in words.lower():
        yield from _SEVERAL.split(words)


def _decoded(value: str) -> str:
    """ISO-2022-JP stands bare in the fields of some reports."""
    return value.encode("ascii", "replace").decode("iso-2022-jp", "replace") if "\x1b$" in value else value


def fields(block: str) -> dict[str, str]:
    """The fields of a block, unfolded. By hand: servers forget the blank lines that a parser needs."""
    places = list(_FIELD.finditer(block))
    ends = [*(match.start() for match in places[1:]), len(block)][: len(places)]
    found: dict[str, str] = {}
    for match, end in zip(places, ends, strict=True):
        found.setdefault(match[1].lower(), _decoded(" ".join(block[match.end() : end].split())))
    return found


def _said(message: Message, words: str) -> Iterator[Clue]:
    """Of the words alone: for each address that they name, those that stand near it."""
    named = [address(str(value)) for value in message.get_all("X-Failed-Recipients", [])]
    words = _failures(words)
    places = _places(words)
    for recipient, begin, end in places:
        near = words[begin:end]
        yield Clue(recipient, _action(words), "", near if _tells(near) else words, _stage(near))
    if not places and words.strip():
        yield Clue(named[0] if named else "", _action(words), "", words, _stage(words))


def _failures(words: str) -> str:
    """`words` from where the addresses begin that failed: above stand those of the mail itself."""
    begin = _LIST.search(words)
    return words[begin.end() :] if begin else _HELP.sub("", words)


def _places(words: str) -> list[tuple[str, int, int]]:
    """Each address, with the stretch of `words` that is about it."""
    first: dict[str, int] = {}
    for match in _ADDRESS.finditer(words):
        if words[max(0, match.start() - 7) : match.start()].lower().endswith(("from:<", "from: <", "from:")):
            continue  # ours, in the command that was refused
        first.setdefault(match[0].rstrip(".").lower(), words.rfind("\n", 0, match.start()) + 1)
    begins = sorted(first.items(), key=lambda one: one[1])
    if not begins:
        return []
    ends = [begin for _, begin in begins[1:]] + [len(words)]
    return [(recipient, begin, end) for (recipient, begin), end in zip(begins, ends, strict=True)]


def _near(words: str, recipient: str) -> str:
    """What `words` say of `recipient`: from the line that names it to where another one's begins."""
    begin = words.lower().find(recipient) if recipient else -1
    if begin < 0:
        return words
    begin = words.rfind("\n", 0, begin) + 1
    for other in _HEADING.finditer(words, begin):
        if other[1].lower() != recipient:
            return words[begin : other.start()]
    return words[begin:]


def _action(words: str) -> str:
    return "delayed" if _STILL_TRIED.search(words) else "failed"


def _stage(words: str) -> Stage:
    """Where it was refused: by the transcript, if there is one, else by what the returning server says."""
    spoken = _SPOKEN.search(words)
    if spoken and spoken[1].upper() == "DATA" and _NOBODY_LEFT.search(words):
        return Stage.UNKNOWN  # the commands went in one go (RFC 2920): whose refusal it was is not said
    if spoken:
        return _COMMANDS.get(spoken[1].upper(), Stage.UNKNOWN)
    low = words.lower()
    for stage, pattern in _STAGES:
        if pattern.search(low):
            return stage
    return Stage.UNKNOWN


def _tells(words: str) -> bool:
    """Whether there is more than a number in it."""
    return len(re.findall(r"[A-Za-z]{3,}", words)) >= 3


def address(value: str) -> str:
    """The mail address in "rfc822; <reader@example.org>", in lower case; "" when there is none."""
    found = _ADDRESS.search(value.rpartition(";")[2])
    return found[0].rstrip(".").lower() if found else ""
