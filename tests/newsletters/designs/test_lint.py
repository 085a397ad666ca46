"""The lint before sending: what is amiss with a mail is said once, in words, with the place."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from outreach.core.models import Organisation
from outreach.core.sentences import say
from outreach.feeds.models import Entry
from outreach.newsletters import issues
from outreach.newsletters.designs import lint, mjml, rendering, slots
from outreach.newsletters.designs.lint import Finding, Mail
from outreach.newsletters.models import Newsletter
from tests.newsletters.conftest import NOW

LEAVE = "https://0a1b2c.invalid/unsubscribe"
GOOD = Mail(
    subject="Nieuws van maart",
    html=f'<html lang="nl"><head><title>Nieuws</title></head><body><p>Dag lezer.</p>{{more}}'
    f'<p>Straat 1, 9000 Gent <a href="{LEAVE}">Uitschrijven</a></p></body></html>',
    text=f"Dag lezer.\nUitschrijven: {LEAVE}\n",
    leave=LEAVE,
    postal="Straat 1, 9000  Gent",
)


def mail(more: str = "", **changes: Any) -> Mail:
    return replace(GOOD, **{"html": GOOD.html.replace("{more}", more), **changes})


def codes(found: list[Finding], level: str = "") -> list[str]:
    return [one.code for one in found if level in ("", one.level)]


def test_a_sound_mail_has_no_findings():
    assert lint.check(mail('<a href="https://school.example/nieuws">Het nieuws</a>')) == []


STOPS = {
    "subject-empty": mail(subject="  "),
    "subject-lines": mail(subject="Dag\r\nBcc: x@example.org"),
    "size": mail("<p>" + "woord " * 17_000 + "</p>"),
    "no-unsubscribe": mail(html="<html lang=nl><title>x</title>Straat 1, 9000 Gent</html>"),
    "no-unsubscribe-text": mail(text="Dag lezer."),
    "unfilled": mail("https://f00d.invalid/unsubscribe"),
    "link-half": mail('<a href="/nieuws">Het nieuws</a>'),
    "link-program": mail('<a href="javascript:alert(1)">Het nieuws</a>'),
    "link-private": mail('<a href="http://localhost:8000/">Het nieuws</a>'),
    "forbidden": mail("<script>1</script>"),
}
WARNS = {
    "size": mail("<p>" + "woord " * 14_000 + "</p>"),
    "message-size": mail(text=GOOD.text + "woord " * 90_000),
    "subject-long": mail(subject="lang " * 19),
    "subject-capitals": mail(subject="KOM NU MEE!"),
    "subject-exclamations": mail(subject="Kom! Nu!"),
    "no-postal-address": mail(postal=""),
    "braces": mail(text=GOOD.text + "Dag {{ naam }}"),
    "no-text": mail(text=""),
    "no-lang": mail(html=mail().html.replace(' lang="nl"', "")),
    "no-title": mail(html=mail().html.replace("Nieuws</title>", "</title>")),
    "style-size": mail("<style>" + "p { color: #000; }\n" * 1000 + "</style>"),
    "link-empty": mail('<a href="https://a.example/"><img src="https://a.example/b" width="9" alt=""></a>'),
    "link-vague": mail('<a href="https://a.example/">Klik hier</a>'),
    "link-http": mail('<a href="http://a.example/">Het nieuws</a>'),
    "link-mailto": mail('<a href="mailto:an at school">Mail An</a>'),
    "link-scheme": mail('<a href="ftp://a.example/">Bestanden</a>'),
    "link-broken": mail(
        '<a href="https://a.example/">Het nieuws</a>', broken={"https://a.example/": say("Weg.")}
    ),
    "no-alt": mail('<img src="https://a.example/b.png" width="9">'),
    "no-width": mail('<img src="https://a.example/b.png" alt="Een boek">'),
    "picture-half": mail('<img src="b.png" width="9" alt="Een boek">'),
    "picture-data": mail('<img src="data:image/png;base64,xx" width="9" alt="Een boek">'),
    "picture-kind": mail('<img src="https://a.example/b.svg?x" width="9" alt="Een boek">'),
    "client": mail('<p style="display:flex">Dag</p>'),
    "contrast": mail('<p style="color:#aaa;background:#fff">Dag</p>'),
    "small": mail('<p style="font-size:9px">Dag</p>'),
}


@pytest.mark.parametrize("code", STOPS)
def test_what_must_not_go_out_stops_it(code: str):
    assert codes(lint.check(STOPS[code]), "stop") == [code]


@pytest.mark.parametrize("code", WARNS)
def test_what_is_only_amiss_is_a_warning(code: str):
    found = lint.check(WARNS[code])
    assert codes(found, "warn") == [code]
    assert codes(found, "stop") == []


@pytest.mark.parametrize(
    ("address", "stops"),
    [
        ("//a.example/nieuws", True),
        ("nieuws.html", True),
        ("http:nieuws", True),
        ("https://", True),
        ("https://[x/", True),
        ("JavaScript:alert(1)", True),
        ("data:text/html,x", True),
        ("https://10.0.0.3/", True),
        ("https://[::1]/", True),
        ("https://nas.local/", True),
        ("https://intranet/", True),
        ("mailto:an@school.example?subject=Dag", False),
        ("tel:+3291234567", False),
        ("#agenda", False),
        ("https://a.example/?u=http://localhost/", False),
        ("https://münchen.example/ä", False),
    ],
)
def test_each_kind_of_link_is_judged(address: str, stops: bool):
    found = lint.check(mail(f'<a href="{address}">Het nieuws</a>'))
    assert bool(codes(found, "stop")) == stops
    assert stops or found == []


@pytest.mark.parametrize(
    ("written", "place"),
    [("Dag {{ naam }}, welkom", "{{ naam }}"), ("Dag {{ naam", "{{ naam"), ("{% if x %} y", "{% if x %}")],
)
def test_of_what_looks_like_a_template_no_more_is_shown_than_that(written: str, place: str):
    found = {one.code: one for one in lint.check(mail(text=f"{GOOD.text}\n{written}"))}
    assert found["braces"].place == place


def test_what_would_run_something_stops_it():
    found = lint.check(mail('<p onclick="x()" ONMOUSEOVER="x()">Dag</p>'))
    assert codes(found, "stop") == ["forbidden", "forbidden"]


def test_on_a_machine_of_ones_own_its_own_addresses_are_meant():
    here = '<a href="http://127.0.0.1:8000/">Het nieuws</a>'
    assert lint.check(mail(here, private=True)) == []


def test_what_is_wrong_many_times_is_said_once_with_the_first_places():
    pictures = "".join(f'<img src="https://a.example/{n}.png" width="9">' for n in range(50))
    (found,) = lint.check(mail(pictures))
    assert found.place == "https://a.example/0.png, https://a.example/1.png, https://a.example/2.png, …"


def test_a_picture_that_leads_where_words_lead_too_needs_no_description():
    there = "https://a.example/nieuws"
    picture = f'<a href="{there}"><img src="https://a.example/b.png" width="9" alt=""></a>'
    assert lint.check(mail(f'{picture}<a href="{there}">Het nieuws</a>')) == []


@pytest.mark.parametrize(
    ("css", "what"),
    [
        ("position: absolute", "position"),
        ("DISPLAY: Grid", "display: grid"),
        ("width: calc(100% - 2px)", "calc()"),
        ("color: var(--x)", "var()"),
        ("background: url(x.png)", "url()"),
        ('background: URL("x.png")', "url()"),
        ("width: max(10vw, 3px)", "max()"),
    ],
)
def test_what_large_programmes_do_not_know_is_found_in_attributes_and_in_style_sheets(css: str, what: str):
    inline = lint.check(mail(f"<p style='{css}'>Dag</p>"))
    sheet = lint.check(mail(f"<style>@media (min-width: 9px) {{ p {{ {css} }} }}</style>"))
    assert what in [one.place for one in inline]
    assert what in [one.place for one in sheet]


@pytest.mark.parametrize(
    "css", ["transform: none", "opacity: 0", "mso-position: x", "color: #000", ";;:;", "a:"]
)
def test_what_does_no_harm_is_not_reported(css: str):
    assert lint.check(mail(f'<p style="{css}">Dag</p>')) == []


def test_what_only_outlook_reads_is_not_judged():
    assert lint.check(mail('<!--[if mso]><img src="x"><p style="position:absolute"><![endif]-->')) == []


def test_words_that_are_large_need_less_contrast_and_hidden_ones_none():
    assert lint.check(mail('<h1 style="font-size:32px;color:#888">Dag</h1>')) == []
    assert lint.check(mail('<p style="display:none;color:#fff">Dag</p>')) == []


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<",
        "<p",
        "<a href=",
        "</p></p>",
        "<![if",
        "<!--",
        "<style>a{",
        "<img>",
        "&#x110000;<a href='&#0;'>x</a>",
    ],
)
def test_html_that_is_broken_breaks_nothing(html: str):
    assert "no-unsubscribe" in codes(lint.check(mail(html=html)))


@pytest.mark.parametrize(
    "piece",
    ["<div>", "<a href='x'>", "<p style='color:", "{", "((", "@media{", "<style>", "&", "<!--", "url("],
)
def test_html_that_is_meant_to_exhaust_is_read_in_little_work(piece: str):
    whole, half = piece * 16_000, piece * 8_000
    assert _work(whole) < 6 * _work(half) + 0.5  # processor seconds; squared it would be far more than twice


def _work(html: str) -> float:
    began = time.process_time()
    lint.check(mail(html=f"<style>{html}</style>{html}<p style='{html[:9_000]}'>"))
    return time.process_time() - began


@pytest.mark.django_db
@pytest.mark.parametrize("design", mjml.shipped())
@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_the_designs_that_we_ship_have_nothing_amiss(
    design: str, language: str, newsletter: Newsletter, write: Callable[..., Entry]
):
    Organisation.objects.update_or_create(pk=1, defaults={"postal_address": "Straat 1, 9000 Gent"})
    Newsletter.objects.update(design=design, language=language)
    write("Een", image_url="https://school.example/een.jpg", image_alt="Een boek")
    write("Twee", image_url="https://school.example/twee.jpg")
    write("Toneel", starts_at=NOW.replace(day=20))
    issue = issues.make_now(Newsletter.objects.get())
    issues.change(
        issue, subject="Maart", intro="Beste lezer, **welkom** op [onze site](https://school.example)."
    )
    shown = rendering.of_issue(issue)
    leave = slots.marks(issue).unsubscribe_url
    seen = Mail(shown.subject, shown.html, shown.text, leave, "Straat 1, 9000 Gent", private=True)
    assert lint.check(seen) == []
