"""Secrets that can be recognised: each holds a word that nothing else holds.

Whoever needs a secret in a test makes it here. At the end of a run of the tests everything that was logged is
searched for the word (tests/leaks.py).
"""

MARK = "ZxSecretOfAFakeqQ"


def secret(name: str) -> str:
    """A token, key, code or password that may be in a request and nowhere else."""
    return f"{name}-{MARK}-0123456789"
