"""People: who speaks for us at the customer's, who left, who is new."""

from __future__ import annotations

from typing import Any

import ibis

from workbench.data.words import words
from workbench.features.signals.grid import (
    KEY,
    buckets,
    count_if,
    cut_to_cells,
    flag,
    known_month,
    on_grid,
)
from workbench.features.signals.signal import Cells, Signal, Tables
from workbench.features.signals.windows import last, so_far

_ALWAYS = 0


def presence(tables: Tables, cells: Cells) -> ibis.Table:
    """Read contacts from the day they join (from ever, when unknown) to the day they leave.

    Parameters
    ----------
    tables : Tables
        The book's tables by name, those of each signal among them.
    cells : Cells
        The accounts, and the first and the last month of reading.

    Returns
    -------
    ibis.Table
        One row per account and read_month, with this group's signals as floats; missing where
        nothing is known.
    """
    contacts = tables["contacts"]
    role = contacts.role.lower()
    champion, sponsor = role.isin(words("champions")), role.isin(words("sponsors"))
    contacts = contacts.mutate(
        champion=champion,
        sponsor=sponsor,
        key=champion | sponsor,
        stakeholder=champion | sponsor | role.isin(words("deciders")),
    )
    came = contacts.mutate(known=known_month(contacts.joined_on).fill_null(_ALWAYS))
    gone = contacts.filter(contacts.left_on.notnull())
    gone = gone.mutate(known=known_month(gone.left_on))
    grid = on_grid(
        cells,
        12,
        buckets(came, cells, 12, contacts_in=ibis._.count(), **_counts("in")),
        buckets(gone, cells, 12, **_counts("out")),
    )
    sums = {
        name: so_far(grid[f"{name}_in"].fill_null(0) - grid[f"{name}_out"].fill_null(0))
        for name in ("champion", "sponsor", "stakeholder")
    }
    grid = grid.mutate(
        contacts=so_far(grid.contacts_in), left=last(grid.key_out, 12), new=last(grid.key_in, 12),
        **sums,
    )  # fmt: skip
    known = grid.contacts > 0
    read = grid.select(
        *KEY,
        champion_present=_if(known, flag(grid.champion > 0)),
        sponsor_present=_if(known, flag(grid.sponsor > 0)),
        stakeholders=_if(known, grid.stakeholder),
        key_contacts_left_12m=_if(known, grid.left.fill_null(0)),
        key_contacts_new_12m=_if(known, grid.new.fill_null(0)),
    )
    return cut_to_cells(read, cells, *(signal.name for signal in SIGNALS))


def _counts(suffix: str) -> dict[str, Any]:
    names = ("champion", "sponsor", "key", "stakeholder")
    return {f"{name}_{suffix}": count_if(ibis._[name]) for name in names}


def _if(known: Any, value: Any) -> Any:
    return ibis.ifelse(known, value, None)


_TABLES = ("contacts",)
_MISSING = "no contact of the account is known yet"
SIGNALS = (
    Signal(
        "champion_present",
        "a champion is there (1 yes, 0 no)",
        "people", "0 or 1", _TABLES, -1, _MISSING, presence,
    ),
    Signal(
        "sponsor_present",
        "a sponsor is there (1 yes, 0 no)",
        "people", "0 or 1", _TABLES, -1, _MISSING, presence,
    ),
    Signal(
        "stakeholders",
        "champions, sponsors and decision makers who are there",
        "people", "people", _TABLES, -1, _MISSING, presence,
    ),
    Signal(
        "key_contacts_left_12m",
        "champions and sponsors who left in the last twelve months",
        "people", "people", _TABLES, 1, _MISSING, presence,
    ),
    Signal(
        "key_contacts_new_12m",
        "champions and sponsors who joined in the last twelve months",
        "people", "people", _TABLES, 0, _MISSING, presence,
    ),
)  # fmt: skip
