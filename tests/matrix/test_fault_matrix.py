"""The fault matrix: at every moment that can go wrong, each post is out once, and the next one goes out.

The table that it makes is in docs/promises.md; `python -m tests.matrix --write` writes it.
"""

import pytest

from outreach.posts.sending import publishing
from tests.matrix import table
from tests.matrix.faults import FAULTS, NETWORKS
from tests.matrix.scene import scene

pytestmark = pytest.mark.django_db
DOCUMENTED = table.documented()


@pytest.mark.parametrize("cell", table.CELLS, ids=" - ".join)
def test_a_fault_neither_doubles_nor_loses_a_post(cell: table.Cell) -> None:
    came, wrong = table.play(cell)
    assert wrong == []
    assert came == DOCUMENTED.get(cell), "the table in docs/promises.md is another one"


@pytest.mark.once
def test_the_documented_table_has_these_faults_and_no_others() -> None:
    assert set(DOCUMENTED) == set(table.CELLS)
    assert len(FAULTS) >= 16


@pytest.mark.parametrize("network", NETWORKS)
def test_the_matrix_sees_a_double_and_a_loss(network: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were every unclear answer sent again at once, the matrix would say so."""
    from outreach.posts.sending import outcomes

    monkeypatch.setattr(outcomes, "_in_doubt", outcomes._not_reached)
    with scene(network, "link") as made:
        made.proxy.fault("drop_after", path=made.path)
        assert publishing.publish_one(made.at)
        made.run()
        assert any("doubled" in line for line in table.wrong(made))
