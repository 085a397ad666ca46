"""Words without what names a person: for logs, and for what is told to staff of something else."""

import re

# Not longer than any server takes: a line without an end must not cost its square.
_BEFORE_AT = re.compile(r"[^\s<>()\[\],;:=\"'@/]{1,128}@(?=[\w\[-])")
# A word that stands for a person in the address of a page: parts in base64 with dots between, the last a
# signature (outreach.subscribers.tokens).
_TOKEN = re.compile(r"/[\w-]{4,500}(?:\.[\w-]{1,50}){0,1}\.[\w-]{43}(?![\w-])")


def without_mailboxes(words: str) -> str:
    """`words` with "…" for what stands before an @: for whoever needs the meaning and not whom it was for."""
    return _BEFORE_AT.sub("…@", words) if "@" in words else words


def without_tokens(words: str) -> str:
    """`words` with "…" for the signed part of links: a link to leave or to choose works for ever."""
    return _TOKEN.sub("/…", words)


def veiled(words: str) -> str:
    """Without both."""
    return without_tokens(without_mailboxes(words))
