"""Rows that a command names."""

import pytest

from outreach.cli import finding
from outreach.core.errors import BadInput
from outreach.newsletters.models import Newsletter

pytestmark = pytest.mark.django_db


def test_a_long_name_among_those_that_there_are_is_cut_within_its_brackets() -> None:
    row = Newsletter.objects.create(name="Nieuws van de school " * 4, slug="a", topic="a")
    with pytest.raises(BadInput) as refused:
        finding.one(Newsletter.objects.all(), "99", "newsletter")
    said = str(refused.value)
    assert said.startswith(f"“99” is not there. There are: {row.pk} (Nieuws van de school ")
    assert said.endswith("…).")
