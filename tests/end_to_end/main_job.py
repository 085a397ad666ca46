"""What must happen in every form of the installation."""

from collections.abc import Callable

from tests.installation import Installation
from tests.processes import wait_for

Start = Callable[[Installation], object]


def article_reaches_each_network_once(here: Installation, start: Start) -> None:
    """A feed gains an article: one correct request at each network, and no other."""
    here.site.add_article("Al lang gelezen")
    made = here.furnish()
    start(here)
    here.site.add_article("Voorlezen in twee talen", summary="Zo begin je eraan.")
    assert here.command("source", "poll", str(made["sources"][0]))["new"] == 1
    wait_for(lambda: here.count("posts_publication", state="published") == 2, 60, "both posts")
    said, link = "Voorlezen in twee talen\n\nZo begin je eraan.", f"{here.site.url}/voorlezen-in-twee-talen/"
    [on_facebook], [on_x] = here.graph.posts, here.x.posts
    assert on_facebook["message"] == said
    assert on_facebook["link"].startswith(f"{link}?utm_id=")
    assert on_x["text"].startswith(f"{said}\n\n{link}?utm_id=")
    assert [len(here.graph.sent()), len(here.x.sent())] == [1, 1]


def article_is_mailed_once_to_each_reader(here: Installation, start: Start) -> None:
    """A due newsletter with the new article reaches each confirmed subscriber once."""
    here.site.add_article("Al lang gelezen")
    made = here.furnish(subscribers=3)
    start(here)
    here.site.add_article("Voorlezen in twee talen", summary="Zo begin je eraan.")
    assert here.command("source", "poll", str(made["sources"][0]))["new"] == 1
    here.slot_now()
    wait_for(lambda: here.count("newsletters_issue", state="sent") == 1, 60, "the issue")
    assert here.office.received() == {f"lezer{number}@example.org": 1 for number in range(3)}
    for mail in here.office.mails:
        assert "Voorlezen in twee talen" in str(mail.message.get_body(("plain",)))
        assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert f"http://127.0.0.1:{here.port}/" in mail.message["List-Unsubscribe"]
