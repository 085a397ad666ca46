"""`core.http` against real sockets."""

import socket
import threading
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from outreach.core import clock, http, pinned
from outreach.core.addresses import is_public
from tests.fakes.website import Website

SHORT = http.Limits(bytes=1_000_000, seconds=0.5)


@pytest.fixture
def site() -> Iterator[Website]:
    with Website() as website:
        website.add_article("Spelen met taal")
        yield website


def test_a_feed_is_fetched_with_its_final_address_and_lower_case_headers(site: Website) -> None:
    answer = http.fetch(f"{site.url}/redirect-here/")
    assert (answer.status, answer.url, answer.body) == (200, site.feed_url, site.feed())
    assert answer.headers["content-type"].startswith("application/rss+xml")


def test_the_website_can_see_who_asks(site: Website, settings: Any) -> None:
    settings.BASE_URL = "https://post.example.org"
    http.fetch(site.feed_url)
    [request] = site.requests
    assert request.headers["user-agent"].startswith("Outreach/")
    assert "https://post.example.org" in request.headers["user-agent"]
    assert request.headers["accept-encoding"] == "gzip"


def test_validators_are_sent_back_and_304_is_told(site: Website) -> None:
    first = http.fetch(site.feed_url)
    second = http.fetch(
        site.feed_url, etag=first.headers["etag"], last_modified=first.headers["last-modified"]
    )
    assert second.not_modified
    assert site.requests[1].headers["if-none-match"] == first.headers["etag"]
    assert site.requests[1].headers["if-modified-since"] == first.headers["last-modified"]


def test_a_packed_answer_is_unpacked(site: Website) -> None:
    site.gzip = True
    assert http.fetch(site.feed_url).body == site.feed()


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("404", "There is nothing at"),
        ("403", "refuses"),
        ("500", "has trouble"),
        ("loop", "keeps sending us on"),
        ("to-file", "not a web address"),
        ("broken-off", "broke off"),
        ("hang-up", "broke off"),
        ("huge", "larger than 10 MB"),
    ],
)
def test_each_failure_has_its_own_sentence(site: Website, mode: str, words: str) -> None:
    site.mode = mode
    with pytest.raises(http.FetchError, match=words):
        http.fetch(site.feed_url)


@pytest.mark.parametrize(
    "to",
    ["http://[bad", "//[x", "https://exa mple/", "http://a..b/", "http://xn--/", "http://%zz/", "http://*/"],
)
def test_a_redirect_to_what_is_no_address_is_an_answer_of_no_use(site: Website, to: str) -> None:
    site.mode, site.redirect_to = "redirect", to
    with pytest.raises(http.FetchError):
        http.fetch(site.feed_url)


@pytest.mark.parametrize(
    "url", ["http://xn--/", "http://a..b/", f"http://{'a' * 300}/", "http://\ufdfa.com/", "http://1.2.3.4.5/"]
)
def test_a_name_that_cannot_be_asked_for_is_refused_in_words(url: str) -> None:
    with pytest.raises(http.FetchError):
        http.fetch(url)


def test_a_validator_that_is_no_ascii_is_not_sent_back(site: Website) -> None:
    assert http.fetch(site.feed_url, etag='"é"', last_modified="ven., 25 déc. 2026").status == 200
    assert not {"if-none-match", "if-modified-since"} & site.requests[0].headers.keys()


@pytest.mark.parametrize("mode", ["drip", "slow-head"])
def test_a_server_that_drips_is_left_when_the_time_is_over(site: Website, mode: str) -> None:
    site.mode = mode
    with pytest.raises(http.FetchError, match="did not answer within"):
        http.fetch(site.feed_url, limits=SHORT)


def test_a_gzip_bomb_is_stopped_before_it_fills_the_memory(site: Website) -> None:
    site.mode = "bomb"
    tracemalloc.start()
    try:
        with pytest.raises(http.FetchError, match="larger than 1 MB"):
            http.fetch(site.feed_url, limits=http.Limits(bytes=1_000_000, seconds=20))
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


def test_a_name_that_does_not_exist_and_a_closed_port_are_told_apart() -> None:
    with pytest.raises(http.FetchError, match="no website with the name"):
        http.fetch("http://nowhere.invalid/feed")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(http.FetchError, match="cannot be reached"):
            http.fetch(f"http://127.0.0.1:{taken.getsockname()[1]}/")


@pytest.mark.parametrize(
    "url",
    ["file:///etc/hostname", "ftp://example.org/", "//example.org/", "http://", "http://[::1", "gopher:x"],
)
def test_only_web_addresses_are_fetched(url: str) -> None:
    with pytest.raises(http.FetchError, match="not a web address"):
        http.fetch(url)


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(http.FetchError) as caught:
        http.fetch("https://anna:geheim@example.org/feed")
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "0x7f000001",
        "2130706433",
        "127.1",
        "0",
        "169.254.169.254",
        "10.0.0.8",
    ],
)
def test_private_addresses_are_refused_in_every_spelling(host: str, settings: Any) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False
    with pytest.raises(http.FetchError, match="private network"):
        http.fetch(f"http://{host}/")


def test_a_redirect_to_a_private_address_is_refused_at_the_socket(
    site: Website, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The site itself counts as public here; the address that it redirects to does not."""
    settings.ALLOW_PRIVATE_ADDRESSES = False
    monkeypatch.setattr("outreach.core.pinned.is_public", lambda address: address == "127.0.0.1")
    monkeypatch.setattr("outreach.core.http._PORTS", {None, int(site.url.rpartition(":")[2])})
    site.mode = "to-metadata"
    with pytest.raises(http.FetchError, match=r"169\.254\.169\.254 is an address inside a private network"):
        http.fetch(site.feed_url)
    assert len(site.requests) == 1


def test_a_name_with_one_private_address_among_public_ones_is_refused(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False
    answers = [(2, 1, 6, "", (ip, 80)) for ip in ("93.184.216.34", "192.168.1.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(http.FetchError, match="private network"):
        http.fetch("http://mixed.example/")


def test_other_ports_are_refused_unless_private_addresses_are_allowed(settings: Any) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False
    with pytest.raises(http.FetchError, match="only the ports 80 and 443"):
        http.fetch("http://example.org:6379/")


def test_a_redirect_from_https_to_http_is_refused() -> None:
    with pytest.raises(http.FetchError, match="without encryption"):
        http._redirected("https://example.org/feed", "http://example.org/feed")


def test_proxy_variables_of_the_machine_are_not_followed(
    site: Website, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert http.fetch(site.feed_url).status == 200


def test_the_wait_that_a_busy_server_asks_for_is_told(site: Website) -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    site.mode = "503"
    with clock.frozen(now), pytest.raises(http.FetchError) as caught:
        http.fetch(site.feed_url)
    assert (caught.value.status, caught.value.retry_at) == (503, now + timedelta(hours=2))


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("100.64.1.1", False),
        ("192.0.0.8", False),
        ("224.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
        ("fec0::1", False),
        ("fe80::1%eth0", False),
        ("ff02::1", False),
    ],
)
def test_public_means_public(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_name_is_looked_up_once_and_that_address_is_used(
    site: Website, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second answer of the name server, which leads inside, finds nobody who asks."""
    port, asked, real = int(site.url.rpartition(":")[2]), [], socket.getaddrinfo

    def look_up(host: str, *more: Any, **options: Any) -> list[Any]:
        if host != "rebinding.example":
            return real(host, *more, **options)  # opening a socket to a number asks too
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "10.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(pinned.socket, "getaddrinfo", look_up)
    assert http.fetch(f"http://rebinding.example:{port}/feed/").status == 200
    assert asked == ["rebinding.example"]


def test_a_second_look_up_that_leads_inside_is_refused(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each connection is checked anew: that the name was public a minute ago counts for nothing."""
    settings.ALLOW_PRIVATE_ADDRESSES = False
    monkeypatch.setattr(
        pinned.socket,
        "getaddrinfo",
        lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 80))],
    )
    with pytest.raises(http.FetchError, match="inside a private network"):
        http.fetch("http://rebinding.example/feed/")


def test_a_name_server_that_is_silent_does_not_hold_us(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = threading.Event()
    monkeypatch.setattr(pinned.socket, "getaddrinfo", lambda *_, **__: silent.wait(60) or [])
    with pytest.raises(http.FetchError, match=r"silent\.example did not answer"):
        http.fetch("http://silent.example/feed/", limits=http.Limits(bytes=1000, seconds=0.3))
    silent.set()


def test_look_ups_that_hang_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = threading.Event()
    monkeypatch.setattr(pinned, "_LOOK_UPS", threading.BoundedSemaphore(1))
    monkeypatch.setattr(pinned.socket, "getaddrinfo", lambda *_, **__: silent.wait(60) or [])
    before = threading.active_count()
    for _ in range(3):
        with pytest.raises(http.FetchError):
            http.fetch("http://silent.example/feed/", limits=http.Limits(bytes=1000, seconds=0.2))
    assert threading.active_count() <= before + 1
    silent.set()
