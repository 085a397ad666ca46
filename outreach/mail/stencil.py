"""One letter for many readers: made into bytes once, and filled for each of them.

The letter holds marks where readers differ. Everything between them is encoded when the stencil is cut; for a
reader the values are encoded and put in between, a hundred times as fast as making the letter anew.

What a reader decodes is what the standard library's EmailMessage would have made of the same letter.
"""

import hashlib
import re
from collections.abc import Mapping

from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say
from outreach.mail import fields
from outreach.mail.base import Letter
from outreach.mail.bodies import Body
from outreach.mail.cutting import Cut, Values
from outreach.mail.dkim import Signer, canonical
from outreach.mail.heads import Head

_NAMED = ("from_name", "from_address", "to_name", "to_address", "subject", "message_id", "envelope_from")
_field_name = re.compile(r"[!-9;-~]{1,70}").fullmatch


class Stencil:
    """`letter`, cut at `marks`: a name for each, and the text that stands in the letter for it.

    A mark is letters, digits and signs that HTML does not escape, and cannot be guessed: who can write one
    into an article has a reader's value printed there. Marks may stand in the text, the HTML, the subject,
    the recipient's name and address, the Message-ID and the values of headers. `signer` signs each message.
    Raises BadInput for a letter that cannot be a mail.
    """

    def __init__(
        self, letter: Letter, marks: Mapping[str, str] | None = None, *, signer: Signer | None = None
    ) -> None:
        _check(letter)
        self._letter, self._cut, self._signer = letter, Cut(marks or {}), signer
        boundary = _boundary(letter)
        self._head = Head(letter, self._cut, boundary)
        self._body = Body(letter, self._cut, boundary)
        self._signing = signer and signer.signing(self._head.names, int(letter.date.timestamp()))
        places = self._signing.places if self._signing else ()
        own = {at for at, _write in self._head.own}
        self._signed = [canonical(self._head.fixed[at]) for at in places]
        self._signed_own = [(number, at) for number, at in enumerate(places) if at in own]

    def fill(self, values: Values = ()) -> bytes:
        """The message for one reader, ready for the wire but for its final dot.

        `values`, in the order of the marks, are plain text; in the HTML part they are escaped here. The same
        values give the same bytes. Raises BadInput when a value for a header holds a line break or NUL, or is
        no mail address where one has to be.
        """
        return b"".join(self.pieces(values))

    def pieces(self, values: Values = ()) -> tuple[bytes, ...]:
        """The same uncopied: what readers have in common is one object for all. Raises BadInput as `fill`.

        To lay out a message anew for each costs as much as all the rest: its memory is fresh each time.
        """
        breaks = fields.has_breaks("".join(values))  # once for all: hardly any reader has one
        if breaks:
            for slot in self._head.slots:
                fields.refuse(values[slot], self._cut.names[slot])
        try:
            if (breaks or self._body.is_special) and self._body.needs_all(values):
                return Stencil(self._cut.letter(self._letter, values), signer=self._signer).pieces()
            return self._message(self._head.fill(values), self._body.fill(values))
        except UnicodeEncodeError:
            raise BadInput(say(N_("It holds signs that cannot be written in a mail.")), "values") from None

    def _message(self, head: list[bytes], body: list[bytes]) -> tuple[bytes, ...]:
        if self._signing:
            signed = self._signed.copy()
            for number, at in self._signed_own:
                signed[number] = canonical(head[at])
            head.insert(0, self._signing.fields(signed, b"".join(body)))
        return (b"".join([*head, b"\r\n"]), *body)


def _boundary(letter: Letter) -> str:
    # Not a random one: a letter that is sent a second time is the same letter. See `quoting` for "=_".
    return "=_" + hashlib.sha256(letter.message_id.encode("utf-8", "replace")).hexdigest()[:32]


def _check(letter: Letter) -> None:
    for name in _NAMED:
        fields.refuse(getattr(letter, name), name)
    for name, value in letter.headers.items():
        fields.refuse(name + value, name)
        if not _field_name(name):
            raise ValueError(f"{name!r} is no name of a header field")
