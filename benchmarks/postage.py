"""One sender in a process of its own, so that its CPU time and memory are its alone.

A program, `python -m benchmarks.postage WHO [MOST]`: mails the issue that is going out, and says how as JSON.
"""

import importlib
import json
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# What a worker imports once in its life, a third of a second, is no part of a message.
ONCE = ("outreach.urls", "outreach.newsletters.sending", "outreach.relays.signing", "uvloop")


def ours(issue: Any, most: int) -> int:
    """Our whole path: claim, fill, sign, hand over, record."""
    from outreach.core import clock
    from outreach.newsletters import sending

    while sending.deliver_some(clock.now()):
        pass
    issue.refresh_from_db()
    assert issue.state == "sent", (issue.state, str(issue.reason))
    return int(issue.deliveries.filter(state="sent").count())


def django(issue: Any, most: int) -> int:
    """Django's own mail on one kept connection, without any ledger: the same letters, `most` of them."""
    from django.core.mail import EmailMultiAlternatives, get_connection

    host, port = re.findall(r"smtp://([^:]+):(\d+)", os.environ["OUTREACH_MAIL_URL"])[0]
    backend = "django.core.mail.backends.smtp.EmailBackend"
    connection = get_connection(backend, host=host, port=int(port), username="", password="", use_tls=False)
    connection.open()
    for letter in _letters(issue, most):
        mail = EmailMultiAlternatives(
            letter.subject, letter.text, letter.from_address, [letter.to_address], connection=connection
        )
        mail.extra_headers = {**letter.headers, "Message-ID": letter.message_id}
        mail.attach_alternative(letter.html, "text/html")
        mail.send()
    connection.close()
    return most


def size(issue: Any, most: int) -> int:
    """Nothing is sent: how many bytes a message has."""
    from outreach.mail.building import build

    return len(build(next(_letters(issue, 1))))


def _letters(issue: Any, most: int) -> Any:
    from outreach.newsletters.sending.letters import Letters
    from outreach.subscribers.models import Subscriber

    letters = Letters(issue)
    return (letters.to(one) for one in Subscriber.objects.order_by("pk")[:most].iterator())


def peak() -> float:
    """The most memory that this process has had, in MB; what it was forked from is not counted."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def main(who: str, most: str = "0") -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outreach.settings")
    import django as framework

    framework.setup()
    from outreach.core import logs
    from outreach.newsletters.models import Issue

    logs.configure("error")
    for name in ONCE:
        importlib.import_module(name)
    issue = Issue.objects.latest("pk")
    sender: Callable[[Any, int], int] = {"ours": ours, "django": django, "size": size}[who]
    began, busy = time.perf_counter(), time.process_time()
    number = sender(issue, int(most))
    seconds, cpu = time.perf_counter() - began, time.process_time() - busy
    print(json.dumps({"messages": number, "seconds": seconds, "cpu": cpu, "peak": peak()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
