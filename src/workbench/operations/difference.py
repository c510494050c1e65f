"""What differs between two runs of a report: what they were told, their rows, what came out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from workbench.core.project import ROWS
from workbench.operations.runs import Run

_YEAR = 12
_MOST_ACCOUNTS = 10


@dataclass(frozen=True)
class Difference:
    """Two runs side by side; each table holds only what differs.

    Parameters
    ----------
    parameters : DataFrame
        parameter, before, after.
    rows : DataFrame or None
        table, new, changed, gone; None where a run left no record of its rows.
    code : DataFrame
        part (workbench, notebook, or a package), before, after.
    posteriors : DataFrame
        model, variable, moved: by how many of its own standard deviations a mean moved, at most
        over the variable's entries.
    accounts : DataFrame
        account_id, name, before, after, change, why: those whose probability moved most.
    """

    parameters: pd.DataFrame
    rows: pd.DataFrame | None
    code: pd.DataFrame
    posteriors: pd.DataFrame
    accounts: pd.DataFrame


def difference(before: Run, after: Run) -> Difference:
    """Compare two runs by what their folders hold.

    Parameters
    ----------
    before, after : Run
        Of one report.

    Returns
    -------
    Difference
    """
    return Difference(
        _pairs(before.parameters, after.parameters, "parameter"),
        _rows(before.folder / ROWS, after.folder / ROWS),
        _pairs(_code(before), _code(after), "part"),
        _posteriors(before.folder, after.folder),
        _accounts(before.folder, after.folder),
    )


def _pairs(before: Mapping[str, Any], after: Mapping[str, Any], name: str) -> pd.DataFrame:
    rows = [
        (key, before.get(key), after.get(key))
        for key in dict.fromkeys([*before, *after])
        if before.get(key) != after.get(key)
    ]
    return pd.DataFrame(rows, columns=[name, "before", "after"], dtype=object)


def _code(run: Run) -> dict[str, Any]:
    code = run.facts["code"]
    own = {"workbench": code["source"][:12], "notebook": code["notebook"][:12]}
    return own | dict(run.facts["packages"])


def _rows(before: Path, after: Path) -> pd.DataFrame | None:
    if not (before.exists() and after.exists()):
        return None
    both = pd.read_parquet(before).merge(
        pd.read_parquet(after), how="outer", on=["table", "key"], suffixes=("_before", "_after")
    )
    old, new = both["row_before"], both["row_after"]
    counted = pd.DataFrame(
        {
            "table": both["table"],
            "new": old.isna(),
            "changed": old.notna() & new.notna() & (old != new),
            "gone": new.isna(),
        }
    )
    summed = counted.groupby("table", as_index=False).sum()
    return summed[summed[["new", "changed", "gone"]].any(axis=1)].reset_index(drop=True)


def _posteriors(before: Path, after: Path) -> pd.DataFrame:
    rows = []
    for path in sorted((after / "posterior").glob("*.nc")):
        other = before / "posterior" / path.name
        if other.exists():
            with xr.open_dataset(other) as old, xr.open_dataset(path) as new:
                shared = [name for name in new.data_vars if name in old.data_vars]
                rows += [(path.stem, name, _moved(old[name], new[name])) for name in shared]
    table = pd.DataFrame(rows, columns=["model", "variable", "moved"]).dropna()
    return table[table["moved"] > 0].sort_values("moved", ascending=False, ignore_index=True)


def _moved(old: xr.DataArray, new: xr.DataArray) -> float:
    """Return the largest move of a mean, in standard deviations, over entries that both have."""
    one, two = xr.align(old, new, join="inner", exclude=["chain", "draw"])
    if not one.size or not two.size or "chain" not in one.dims:
        return np.nan
    over = ("chain", "draw")
    spread = ((one.var(over) + two.var(over)) / 2) ** 0.5
    moved = abs(two.mean(over) - one.mean(over)) / spread.where(spread > 0)
    return float(moved.max())


def _accounts(before: Path, after: Path) -> pd.DataFrame:
    columns = ["account_id", "name", "before", "after", "change", "why"]
    old, new = (_probabilities(folder) for folder in (before, after))
    if old is None or new is None:
        return pd.DataFrame(columns=columns)
    shared = new.index.intersection(old.index)
    both = new.loc[shared].rename(columns={"stays": "after"})
    both["before"] = old.loc[shared, "stays"]
    both["change"] = both["after"] - both["before"]
    most = both["change"].abs().nlargest(_MOST_ACCOUNTS).index
    reasons = _reasons(before, after)
    both["why"] = [reasons.get(account, "") for account in both.index]
    moved = both.loc[most].reset_index()[columns]
    return moved[moved["change"] != 0].reset_index(drop=True)


def _probabilities(folder: Path) -> pd.DataFrame | None:
    """Return the probability that each account stays a year, or as long as is forecast."""
    path = folder / "tables" / "accounts.parquet"
    if not path.exists():
        return None
    table = pd.read_parquet(path)
    if "horizon_months" in table:
        until = table["horizon_months"][table["horizon_months"] <= _YEAR].max()
        table = table[table["horizon_months"] == until]
    known = next((name for name in ("probability", "stays") if name in table), None)
    if known is None:
        return None
    name = table.get("name", "")
    return table.assign(stays=table[known], name=name).set_index("account_id")[["name", "stays"]]


def _reasons(before: Path, after: Path) -> dict[str, str]:
    """Return by account the driver whose contribution moved most, in a reader's words."""
    old, new = (_contributions(folder) for folder in (before, after))
    if old is None or new is None:
        return {}
    moved = new.sub(old, fill_value=0).rename("moved").reset_index()
    first = moved.loc[moved.groupby("account_id")["moved"].apply(lambda part: part.abs().idxmax())]
    return {
        row.account_id: f"{row.driver} {'raises' if row.moved > 0 else 'lowers'} the risk"
        for row in first.itertuples()
        if row.moved
    }


def _contributions(folder: Path) -> pd.Series | None:
    path = folder / "tables" / "contributions.parquet"
    if not path.exists():
        return None
    table = pd.read_parquet(path)
    if not {"account_id", "driver", "contribution"} <= set(table):
        return None
    return table.groupby(["account_id", "driver"])["contribution"].mean()
