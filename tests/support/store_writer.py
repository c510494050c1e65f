"""A process that writes to a plan store: `store_writer.py PLACE WRITER SAVES`.

Every writer saves assumptions of its own, each begun from version 1, and prints what is saved.
"""

from __future__ import annotations

import sys

from workbench.plans.store.open import open_store
from workbench.plans.store.records import PLANS


def write(place: str, writer: str, saves: int) -> None:
    """Save assumptions, one more at a time."""
    store = open_store(place, patience=60.0)
    base = store.load(PLANS, "shared", 1).value
    assert base is not None
    mine: tuple[str, ...] = ()
    for nth in range(saves):
        mine = (*mine, f"{writer} said {nth}")
        plan = base.model_copy(update={"assumptions": mine})
        saved = store.save(PLANS, "shared", plan, writer, 1)
        assert saved.value is not None and set(mine) <= set(saved.value.assumptions)
        sys.stdout.write(f"{mine[-1]}\n")
        sys.stdout.flush()
    store.close()


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2], int(sys.argv[3]))
