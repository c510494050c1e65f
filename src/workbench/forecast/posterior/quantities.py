"""What the reports say in the end, draw by draw: what a check of priors must be about."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from workbench.core.intervals import interval
from workbench.core.names import EXIT_KINDS
from workbench.features.design import Design
from workbench.forecast.leaving.renewals import Outlook

FIRST = "first renewals that stay"
YEAR_MONTHS = 12


def quantities_of_interest(
    chance: np.ndarray, design: Design, outlook: Outlook
) -> dict[str, np.ndarray]:
    """Return the shares of customers that stay.

    Parameters
    ----------
    chance : ndarray, shape (draw, row)
        From `workbench.forecast.leaving.check.month_probability`.
    design : Design
        The at-risk rows.
    outlook : Outlook
        Of the same draws.

    Returns
    -------
    dict of str to ndarray, shape (draw,)
        The share of first renewals that stay, where one was seen, and what is expected to be left
        of today's accounts and of today's revenue after a year, or at a horizon that is sooner.
    """
    months = min(YEAR_MONTHS, len(outlook.months))
    worth = outlook.book["arr"].to_numpy(float)
    revenue = outlook.subscription[:, :, months - 1] @ worth / worth.sum()
    found = {
        f"accounts kept for {months} months": outlook.account()[:, :, months - 1].mean(axis=1),
        f"revenue kept for {months} months": revenue,
    }
    rows, _ = _first_renewals(design)
    return found if not len(rows) else {FIRST: 1 - chance[:, rows].mean(axis=1)} | found


def observed_quantities(design: Design) -> dict[str, float]:
    """Return those of the answers that the past already holds: the share of first renewals.

    Parameters
    ----------
    design : Design
        At-risk rows so far; none of a first renewal gives no answer.
    """
    rows, ended = _first_renewals(design)
    return {FIRST: float(1 - ended.mean())} if len(rows) else {}


def share_table(
    prior: Mapping[str, np.ndarray],
    posterior: Mapping[str, np.ndarray],
    observed: Mapping[str, float],
    prob: float,
) -> pd.DataFrame:
    """Lay what was believed of some shares beside what is believed now.

    Parameters
    ----------
    prior, posterior : mapping of str to ndarray, shape (draw,)
        From `quantities_of_interest`, with draws of each.
    observed : mapping of str to float
        From `observed_quantities`.
    prob : float
        Probability inside each equal-tailed interval.

    Returns
    -------
    DataFrame
        quantity; prior and posterior (means), each with low and high; observed, missing where it is
        still to come.
    """
    lines = []
    for quantity in posterior:
        line: dict[str, object] = {"quantity": quantity}
        for name, drawn in (("prior", prior[quantity]), ("posterior", posterior[quantity])):
            low, high = interval(drawn, prob)
            line |= {name: drawn.mean(), f"{name}_low": low, f"{name}_high": high}
        lines.append(line | {"observed": observed.get(quantity, np.nan)})
    return pd.DataFrame(lines)


def _first_renewals(design: Design) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows in which subscriptions came to their first renewal, and which ended there."""
    due = np.array([kind.startswith("renewal") for kind in EXIT_KINDS])[design.cell_exit_idx]
    rows = np.flatnonzero(due[design.cell_idx])
    whose, position = np.unique(design.subscription_idx[rows], return_index=True)
    first = rows[position]
    seen = first >= design.entry_end[whose]
    ended = design.event[whose] & (first == design.row_end[whose] - 1)
    return first[seen], ended[seen]
