"""Limits as people write them."""

import pytest

from outreach.core.errors import BadInput
from outreach.relays.limits import Limit, of_domains, parsed


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("", []),
        ("30 per minute", [(30, 60)]),
        ("30/minute", [(30, 60)]),
        ("10,000 a day", [(10_000, 86400)]),
        ("10.000 per dag", [(10_000, 86400)]),
        ("30 par minute", [(30, 60)]),
        ("14 per second, 50 000 a day", [(14, 1), (50_000, 86400)]),
        ("500 an hour and 30 a minute", [(30, 60), (500, 3600)]),
        ("5/s; 4 per second", [(4, 1)]),
        ("200 per uur", [(200, 3600)]),
    ],
)
def test_people_may_write_it_as_they_say_it(text: str, limits: list[tuple[int, int]]):
    assert list(parsed(text)) == limits


@pytest.mark.parametrize(
    "text", ["30", "many", "-3 per minute", "0 per day", "3 per fortnight", "30 per minute!"]
)
def test_what_is_no_limit_is_refused_with_an_example(text: str):
    with pytest.raises(BadInput, match="write it as 30 per minute") as error:
        parsed(text)
    assert error.value.field == "OUTREACH_MAIL_LIMIT"


def test_domains_have_limits_of_their_own():
    found = of_domains("Yahoo.com=20/minute gmail.com = 100 per minute, 5,000 a day; web.de=4/s")
    assert found == {
        "yahoo.com": (Limit(20, 60),),
        "gmail.com": (Limit(100, 60), Limit(5000, 86400)),
        "web.de": (Limit(4, 1),),
    }
    assert of_domains("") == {}


@pytest.mark.parametrize("text", ["yahoo.com", "20/minute", "yahoo.com=", "yahoo.com=fast", "x y.com=2/s"])
def test_what_is_no_limit_of_a_domain_is_refused(text: str):
    with pytest.raises(BadInput) as error:
        of_domains(text)
    assert error.value.field == "OUTREACH_MAIL_DOMAIN_LIMITS"


def test_a_limit_is_said_as_it_is_written():
    assert [str(limit.words) for limit in parsed("30/minute, 500/day")] == ["30 per minute", "500 a day"]
