"""The one Jinja2 environment: pages, posts and mails."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, cast

from django.conf import settings
from django.template import engines
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment, StrictUndefined, Template

from outreach.core import amounts, dates, states

_ESCAPED = {".html", ".mjml", ".xml"}


def environment(**options: Any) -> Environment:
    """Made once by Django's Jinja2 backend. Text templates are not escaped; HTML and MJML are."""
    options["autoescape"] = lambda name: name is None or PurePosixPath(name).suffix in _ESCAPED
    options.update(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    options.setdefault("extensions", []).append("jinja2.ext.i18n")
    env = Environment(**options)  # noqa: S701 (autoescape is set above)
    env.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext, translation.ngettext, newstyle=True, pgettext=translation.pgettext
    )
    env.filters.update(
        when=dates.when, day=dates.day, clock_time=dates.clock_time, exact=dates.exact, whole=amounts.whole
    )
    env.filters["dollars"] = amounts.written
    env.globals.update(base_url=settings.BASE_URL, demo=settings.DEMO, static=static, url=_url)
    env.globals.update(state_word=states.word, state_kind=states.kind)
    return env


def source(template: str) -> str:
    """The text of `template`, not filled."""
    env = _made()
    assert env.loader is not None  # Django gives it one
    return env.loader.get_source(env, template)[0]


def names() -> list[str]:
    """The paths of all templates, below templates/."""
    return _made().list_templates()


def compiled(text: str) -> Template:
    """`text` as a template that escapes what it is filled with."""
    return _made().from_string(text)


def _made() -> Environment:
    return cast(Environment, cast(Any, engines["jinja2"]).env)


def _url(name: str, *args: Any) -> str:
    """The address of the page `name`."""
    return reverse(name, args=args)


def render(template: str, context: Mapping[str, Any], language: str = "") -> str:
    """`template` (a path below templates/) filled with `context`, in `language` or the active one."""
    with translation.override(language or translation.get_language()):
        return str(engines["jinja2"].get_template(template).render(dict(context)))
