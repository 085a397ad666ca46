"""Reading settings from the environment: typed, and loud when a value cannot be meant."""

import os
import secrets
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    """The variable `name`; `name_FILE` may hold a path to read it from instead (for secrets)."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(
                f"{name}_FILE points to {path}, which cannot be read: {error.strerror}."
            ) from error
    return os.environ.get(name, default)


def flag(name: str, *, default: bool = False) -> bool:
    """A yes or no."""
    value = os.environ.get(name, "yes" if default else "no").strip().lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; use yes or no.")


def number(name: str, default: int, *, minimum: int = 0) -> int:
    """A whole number, at least `minimum`."""
    value = os.environ.get(name, str(default)).strip()
    try:
        result = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}; use a whole number such as {default}.") from None
    if result < minimum:
        raise ImproperlyConfigured(f"{name} is {result}; the least possible is {minimum}.")
    return result


def amount(name: str) -> Decimal | None:
    """An amount of money such as 0.015; None when none is set."""
    value = os.environ.get(name, "").strip()
    if not value:
        return None
    try:
        result = Decimal(value)
    except InvalidOperation:
        result = Decimal("NaN")
    if not (result.is_finite() and 0 <= result < 1000):
        raise ImproperlyConfigured(f"{name} is {value!r}; use an amount such as 0.015.")
    return result


def words(name: str, default: str) -> list[str]:
    """A list separated by commas."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def secret(name: str, kept_in: Path) -> str:
    """The secret `name`, or one made at the first start and kept in the file `kept_in` (mode 600)."""
    if given := text(name):
        return given
    if not kept_in.exists():
        _write_once(kept_in, secrets.token_urlsafe(50))
    return kept_in.read_text(encoding="utf-8").strip()


def _write_once(path: Path, value: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(value, encoding="utf-8")
    try:
        # A hard link fails when the name exists: of two processes that start at once, one wins whole.
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
