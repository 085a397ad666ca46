"""The words that a form showed, carried by the form itself and sealed by us.

A form that was copied into another website years ago shows the words of then, whatever the newsletter or the
organisation is called today. What somebody agreed to is what they saw.
"""

from django.core import signing


def sealed(wording: str, topic: str) -> str:
    """`wording` for a hidden field of the form of `topic`."""
    return _signer(topic).sign_object(wording)


def opened(field: str, topic: str) -> str:
    """The words in `field`; "" when it is missing (forms of before it was there) or was not made here."""
    try:
        return str(_signer(topic).unsign_object(field))
    except (signing.BadSignature, ValueError):
        return ""


def _signer(topic: str) -> signing.Signer:
    return signing.Signer(salt=f"outreach.subscribers.wording.{topic}", sep=".")
