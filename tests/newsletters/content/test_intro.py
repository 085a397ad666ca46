"""What staff write becomes HTML that can be followed from a mailbox."""

import pytest

from outreach.core.models import Organisation
from outreach.newsletters.content import intro

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("href", "becomes"),
    [
        ("https://school.example/a?b=1", 'href="https://school.example/a?b=1"'),
        ("mailto:info@school.example", 'href="mailto:info@school.example"'),
        ("//media.example/a", 'href="https://media.example/a"'),
        ("/agenda", 'href="https://school.example/agenda"'),
        ("agenda", 'href="https://school.example/agenda"'),
        ("www.elders.example/a?b=1", 'href="https://www.elders.example/a?b=1"'),
        ("info@school.example", 'href="mailto:info@school.example"'),
        ("team/@school", 'href="https://school.example/team/@school"'),
    ],
)
def test_a_link_without_a_host_is_one_of_the_organisations_website(href: str, becomes: str) -> None:
    Organisation.get()
    Organisation.objects.update(site_url="https://school.example/")
    assert intro.html(f"Zie [de agenda]({href}).") == f"<p>Zie <a {becomes}>de agenda</a>.</p>"


@pytest.mark.parametrize("href", ["/agenda", "agenda", "#top", "//"])
def test_a_link_that_leads_nowhere_leaves_its_words(href: str) -> None:
    assert intro.html(f"Zie [de **agenda**]({href}).") == "<p>Zie de <strong>agenda</strong>.</p>"


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd"]
)
def test_a_link_that_could_do_harm_is_none(href: str) -> None:
    assert "href" not in intro.html(f"[x](<{href}>)")


def test_html_in_it_is_shown_as_words() -> None:
    assert intro.html("<img src=x onerror=alert(1)> **a**").startswith("<p>&lt;img src=x")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Dag **allemaal**, *echt*.", "Dag allemaal, echt."),
        ("Zie [de agenda](https://school.example/a).", "Zie de agenda (https://school.example/a)."),
        ("Zie https://school.example/a nu.", "Zie https://school.example/a nu."),
        ("[info@school.example](mailto:info@school.example)", "info@school.example"),
        ("[weg](/nergens) en [x](<javascript:alert(1)>)", "weg en [x](<javascript:alert(1)>)"),
        ("Een\ntwee\n\ndrie", "Een\ntwee\n\ndrie"),
        ("# Kop\n\n- een\n- twee\n  - diep\n\nslot", "Kop\n\n- een\n- twee\n  - diep\n\nslot"),
        ("3. drie\n4. vier", "3. drie\n4. vier"),
        ("> een\n>\n> twee", "> een\n> \n> twee"),
        ("a \\* b &amp; <b>c</b> `x*y`", "a * b & <b>c</b> x*y"),
        ("![foto](https://school.example/a.jpg) Dag", "Dag"),
        ("```\n  code\n```\n\n---\n\neinde", "  code\n\neinde"),
        (" \n ", ""),
    ],
)
def test_without_formatting_it_is_what_people_would_write_in_a_mail(written: str, read: str) -> None:
    assert intro.text(written) == read


def test_without_formatting_long_lines_are_wrapped_and_addresses_stay_whole() -> None:
    link = "https://school.example/" + "a-b" * 40
    lines = intro.text(f"{'woord ' * 40}[klik hier]({link}) {'woord ' * 20}").splitlines()
    assert max(len(line) for line in lines if link not in line) <= 72
    assert any(line.startswith(f"({link})") for line in lines)
    assert len(lines) > 4
