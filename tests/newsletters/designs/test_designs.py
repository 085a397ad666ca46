"""Which designs there are, and which a newsletter may have."""

import pytest

from outreach.core.errors import BadInput
from outreach.newsletters.checking import checked
from outreach.newsletters.designs import mjml


def test_every_folder_with_a_design_is_one_that_a_newsletter_may_have():
    assert "plain" in mjml.shipped()
    for name in mjml.shipped():
        assert checked({"design": name}) == {"design": name}


def test_a_design_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(BadInput, match=r"no design “glossy”.*plain") as caught:
        checked({"design": "glossy"})
    assert caught.value.field == "design"
