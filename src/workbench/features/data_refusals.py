"""Data that cannot be modelled: an unknown group, nobody at risk, no customer left."""

from __future__ import annotations

import pandas as pd

from workbench.core.calendar import month_start
from workbench.core.errors import DataError, ParameterError, Problem, nearest
from workbench.features.at_risk import (
    Window,
)


def refuse_unknown_groups(wanted: tuple[str, ...], accounts: pd.DataFrame) -> None:
    """Refuse groups that accounts has no column for.

    Parameters
    ----------
    wanted : tuple of str
        Columns of accounts. A canonical one that the source lacks is there, all missing: any other
        is a mistake.
    accounts : DataFrame
        One row per account.

    Raises
    ------
    ParameterError
        Naming each.
    """
    known = [str(column) for column in accounts if column != "account_id"]
    problems = [
        Problem(f"accounts has no column {name}", "groups", hint=nearest(name, known))
        for name in wanted
        if name not in accounts
    ]
    if problems:
        raise ParameterError("A group is unknown.", problems)


def refuse_empty(
    rows: pd.DataFrame, future: pd.DataFrame, as_of: pd.Timestamp, window: Window
) -> None:
    """Refuse data in which nobody was at risk or nobody is left.

    Parameters
    ----------
    rows, future : DataFrame
        Months at risk, past and to come.
    as_of : Timestamp
        The day as of which nobody is left.
    window : Window
        Months in which leaving is observed.

    Raises
    ------
    DataError
        With both problems together.
    """
    problems = []
    day = as_of.date().isoformat()
    if rows.empty or not rows["observed"].any():
        problems.append(
            Problem(
                "no subscription was at risk",
                "contracts",
                f"at least one between {month_start(window.first_month).date()} and {day}",
                "none",
                "Check as_of and observed_from against the dates in the data.",
            )
        )
    if future.empty:
        problems.append(
            Problem(
                f"no account is a customer on {day}",
                "contracts",
                "at least one running contract",
                "none",
                "Choose an earlier as_of.",
            )
        )
    if problems:
        raise DataError("There is nothing to forecast.", problems)
