"""What a network makes of signs in a text: names, amounts, and words that look like an address."""

import re

from outreach.core.autolinks import links
from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.networks.base import Network

# twitter-text: a "$", up to six letters, perhaps a dot or underscore and two more.
_CASHTAG = re.compile(r"(?<![^\s(\"'“‘])\$[a-z]{1,6}(?:[._][a-z]{1,2})?(?![\w$])", re.IGNORECASE | re.ASCII)


def objection(network: Network, account: str, text: str) -> Sentence:
    """Why `network` refuses `text` whatever its length; nothing when it does not."""
    most, found = network.limits.cashtags, _CASHTAG.findall(text)
    if most is None or len(found) <= most:
        return NOTHING
    return say(
        N_(
            "%(account)s takes one word with a dollar sign in a post, and this one has %(words)s. "
            "Leave out the $ of the others."
        ),
        account=account,
        words=", ".join(found),
    )


def on(network: Network, text: str, link: str = "") -> list[Sentence]:
    """What the writer may not have meant: a word that becomes a link, which costs more; an answer to someone.

    `link` is the one that belongs to the post.
    """
    said = []
    if network.prices:
        bare = [one.url for one in links(text) if one.bare and one.url not in link]
        said += [say(_BARE, network=network.label, word=word) for word in dict.fromkeys(bare)]
    if network.limits.cashtags is not None and text.startswith("@"):
        said.append(say(_ANSWER, network=network.label))
    return said


def eased(network: Network, text: str) -> str:
    """`text` of an article, without what `network` refuses, or takes for an answer to somebody."""
    most = network.limits.cashtags
    if most is None:
        return text
    for match in reversed(list(_CASHTAG.finditer(text))[most:]):
        text = text[: match.start()] + text[match.start() + 1 :]
    return f".{text}" if re.match(r"@\w", text) else text


_BARE = N_(
    "%(network)s makes a link of “%(word)s”, and a post with a link costs more there. "
    "Is a space missing after the full stop?"
)
_ANSWER = N_(
    "%(network)s shows a post that begins with @ to fewer people, as an answer. Put another word first."
)
