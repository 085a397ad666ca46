"""A design of staff is filled as a shipped one is, and can reach nothing else."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from outreach.core.errors import OutreachError
from outreach.core.models import Organisation
from outreach.feeds.models import Entry
from outreach.newsletters import issues
from outreach.newsletters.designs import mjml, rendering, slots
from outreach.newsletters.designs.own import filling
from outreach.newsletters.designs.own.faults import DesignFault
from outreach.newsletters.designs.own.sources import Sources
from outreach.newsletters.models import Design, DesignVersion, Issue, Newsletter
from tests.newsletters.conftest import NOW

pytestmark = pytest.mark.django_db
Write = Callable[..., Entry]
SECRET = "9f8e7d6c-only-for-us"
FRAME = (
    '<mjml lang="nl"><mj-body><mj-section><mj-column><mj-text>{}</mj-text></mj-column></mj-section></mj-body>'
    "</mjml>"
)


@pytest.fixture
def issue(newsletter: Newsletter, write: Write) -> Issue:
    Organisation.objects.update_or_create(pk=1, defaults={"postal_address": "Straat 1 & 2, 9000 Gent"})
    write("Een <b>& twee</b>", image_url="https://school.example/een.jpg", image_alt='Een "boek"')
    write("Lang", summary="woorden " * 90)
    write("Toneel", starts_at=NOW + timedelta(days=9))
    return issues.make_now(newsletter)


def own(mjml_source: str, text: str = "x") -> None:
    design = Design.objects.create(name="Ons", slug="ons", mjml=mjml_source, text=text)
    DesignVersion.objects.create(design=design, number=1, mjml=mjml_source, text=text)
    Newsletter.objects.update(design="ons")


def shown(words: str, text: str = "x") -> rendering.Rendered:
    """The issue in a design of these words."""
    Design.objects.all().delete()
    own(FRAME.replace("{}", words), text)
    return rendering.of_issue(Issue.objects.get())


def fault(words: str, text: str = "x") -> DesignFault:
    with pytest.raises(DesignFault) as caught:
        shown(words, text)
    return caught.value


@pytest.mark.parametrize("design", mjml.shipped())
@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_a_copy_of_each_shipped_design_makes_the_same_bytes(design: str, language: str, issue: Issue):
    Newsletter.objects.update(design=design, language=language)
    issues.change(issue, subject="Maart", intro="Beste *lezer*,")
    shipped = rendering.of_issue(Issue.objects.get())
    copy = mjml.copy_of(design)
    own(copy.mjml, copy.text)
    copied = rendering.of_issue(Issue.objects.get())
    assert copied.text == shipped.text
    assert copied.html == shipped.html


def test_words_are_escaped_in_html_and_not_in_text(issue: Issue):
    found = shown("{{ organisation.postal_address }}", "{{ organisation.postal_address }}")
    assert "Straat 1 &amp; 2" in found.html
    assert "Straat 1 & 2" in found.text


@pytest.mark.parametrize(
    ("choice", "expected"), [("site", ""), ("none", ""), ("any", "https://far.example/x.jpg")]
)
def test_it_shows_the_pictures_that_the_newsletter_shows_and_has_no_way_past_that(
    choice: str, expected: str, issue: Issue
):
    Newsletter.objects.update(pictures=choice)
    Entry.objects.filter(title="Lang").update(title="L", image_url="https://far.example/x.jpg")
    words = (
        "{% for s in sections %}{% for e in s.entries if e.title == 'L' %}"
        "{{ picture(e) }}{% endfor %}{% endfor %}"
    )
    assert shown("x", words).text.strip() == expected
    assert "image_url" in str(fault("{% for e in articles %}{{ e.image_url }}{% endfor %}"))


HOSTILE = [
    "{{ ''.__class__.__mro__ }}",
    "{{ ''['__class__'] }}",
    "{{ ''|attr('__class__') }}",
    "{{ newsletter.__class__ }}",
    "{{ newsletter._meta }}",
    "{{ newsletter.issues }}",
    "{{ newsletter.delete() }}",
    "{{ organisation.objects }}",
    "{{ recipient.secret }}",
    "{{ summary.__globals__ }}",
    "{{ title.__code__ }}",
    "{{ title.func_globals }}",
    "{{ self.__init__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ namespace.__init__ }}",
    "{{ _.__globals__ }}",
    "{{ date.instant.__class__ }}",
    "{{ settings.SECRET_KEY }}",
    "{{ config }}",
    "{{ request }}",
    "{{ env }}",
    "{{ lipsum }}",
    "{{ '{0.__class__}'.format(title) }}",
    "{{ '{0.__globals__}'.format_map({'0': title}) }}",
    "{{ ('%s' % title).__class__ }}",
    "{{ articles.append(1) }}",
    "{{ colours.update({'day': 'red'}) }}",
    "{% set x = {} %}{{ x.update({'a': 1}) }}",
    "{% include '/etc/passwd' %}",
    "{% include 'staff/base.html' %}",
    "{% import 'staff/parts.html' as parts %}",
    "{% from 'staff/parts.html' import icon %}",
    "{% extends 'staff/base.html' %}",
    "{{ url('home') }}",
    "{{ static('x') }}",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_what_reaches_for_more_than_words_is_refused(words: str, issue: Issue, settings: Any):
    with suppress(DesignFault):
        found = shown(words, words)
        assert "__" not in found.text
        assert not {"root:", "<class", "object at", settings.SECRET_KEY} & set(found.text.split())
        assert "Python" not in found.text


@pytest.mark.parametrize(
    "words",
    [
        "{% for a in range(10**9) %}x{% endfor %}",
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% for a in range(99999) %}xxxxxxxxxxxxxxxxxx{% endfor %}",
        "{{ 'x' * 10**9 }}",
        "{{ 10**(10**10) }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ 'x'.ljust(10**9) }}",
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{% set x = 'x' * 10**6 %}{% for a in range(9999) %}{{ x }}{% endfor %}",
    ],
)
def test_what_would_never_end_or_fill_the_memory_is_stopped(words: str, issue: Issue):
    assert str(fault(words))


def test_the_mjml_itself_loads_neither_a_file_nor_an_address(issue: Issue):
    for path in ("/etc/passwd", "file:///etc/passwd", "https://school.example/x.mjml"):
        assert "MJML" in str(fault(f'</mj-text><mj-include path="{path}" /><mj-text>'))


@pytest.mark.parametrize("part", ["<mj-section>", "{% if x %}", "{{ (", "<!--"])
def test_what_is_nested_without_end_hurts_only_its_own_process(part: str, issue: Issue):
    assert str(fault(part * 20_000))


@pytest.mark.parametrize(
    ("words", "line", "said"),
    [
        ("\n\n{% for a in %}", 3, "Line 3 cannot be read"),
        ("\n{{ newsletr.name }}", 2, "called “newsletr”. Did you mean “newsletter”?"),
        ("\n\n\n{{ newsletter.naam }}", 4, "called “naam”. Did you mean “name”?"),
        ("\n{% for e in articles %}\n{{ e.titel }}{% endfor %}", 3, "called “titel”. Did you mean “title”?"),
        ("\n{% include 'x' %}", 2, "loads another file"),
        ("{# één\n\n#}\n</mj-text>\n<mj-include path='x' /><mj-text>", 5, "Line 5 is not right MJML"),
        ("\n</mj-text>\n<mj-button>Dag<mj-text>", 3, "Line 3: the tag <mj-button> is not closed"),
        ("</mj-text></mj-hero><mj-text>", 1, "Line 1: the tag <mj-column> is not closed"),
        ("{{ 1 / 0 }}", 0, "ZeroDivisionError"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(words: str, line: int, said: str, issue: Issue):
    found = fault(words)
    assert said in str(found)
    assert (found.line, found.field) == (line, "mjml")


def test_the_text_part_has_lines_of_its_own(issue: Issue):
    found = fault("Dag", "Dag\n{{ newsletr.name }}")
    assert (found.line, found.field) == (2, "text")


def test_the_process_sees_no_environment_and_no_secret(issue: Issue, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OUTREACH_SECRET_KEY", SECRET)
    asked: list[Any] = []
    real = filling.subprocess.run

    def run(*args: Any, **kwargs: Any) -> Any:
        asked.append((args, kwargs))
        return real(*args, **kwargs)

    monkeypatch.setattr(filling.subprocess, "run", run)
    shown("Dag {{ newsletter.name }}, en welkom")
    ((_, kwargs),) = asked
    assert kwargs["env"] == {}
    assert SECRET not in str(asked)


def test_the_link_to_leave_is_the_mark_and_nothing_that_it_is_made_of(issue: Issue):
    found = shown('<a href="{{ recipient.unsubscribe_url }}">Weg</a>')
    assert slots.marks(issue).unsubscribe_url in found.html


def test_a_design_that_is_gone_is_told_and_not_a_traceback(issue: Issue):
    Newsletter.objects.update(design="weg")
    with pytest.raises(OutreachError, match="no design “weg” any more"):
        rendering.of_issue(Issue.objects.get())


def test_the_answer_is_the_same_in_each_language_of_the_pages(issue: Issue):
    sources = Sources(FRAME.replace("{}", "{{ date|day }} {{ _('Unsubscribe') }}"), "x")
    context = {"date": NOW}
    with translation.override("fr"):
        one = filling.filled(sources, context, "nl")
    assert "mardi" not in one[0]
    assert "dinsdag" in one[0]
