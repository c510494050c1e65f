"""The effect of tenure, step by step, flat where it can't be told from the calendar."""

from __future__ import annotations

import numpy as np

from workbench.features.design import Design
from workbench.features.tenure import tenure_basis

# Where customers who came at other times hold less than a tenth of the months, tenure is the
# calendar's. At one time is within a year; of cells, which know quarters, two months more.
ENOUGH_OTHERS = 0.1
AT_ONE_TIME = 14


def tenure_by_step(design: Design) -> np.ndarray:
    """Return the tenure effect of each step between neighbouring spline weights.

    A thin stretch then borrows from its neighbours. The effect is centred over the rows, so that
    the exit effects stand at the book's own tenures. Steps that the customers of one year hold
    alone are shortened, to nothing where there are no others: see `step_support`.

    Parameters
    ----------
    design : Design
        Rows, cells and subscriptions.

    Returns
    -------
    ndarray, shape (max_tenure_months + 1, step)
    """
    basis = tenure_basis(design.coding.max_tenure_months)
    exposure = np.bincount(design.cell_tenure[design.cell_idx], minlength=len(basis))
    centred = basis - exposure @ basis / exposure.sum()
    return _later(centred) * step_support(design, _later(basis))


def step_support(design: Design, rise: np.ndarray) -> np.ndarray:
    """Return how far each step of tenure is told by customers of more than one year.

    Where all long tenures are those of one year's customers, which a book whose contracts begin on
    one date has, long tenure and the last years are the same months: a bad last year would be
    carried on as an effect of tenure.

    Parameters
    ----------
    design : Design
        Rows, cells and subscriptions.
    rise : ndarray, shape (max_tenure_months + 1, step)
        How far each step has risen at a tenure, 0 to 1.

    Returns
    -------
    ndarray, shape (step,)
        Of the observed months at tenures where the step has risen, the share that is not of those
        who came at one time, by `ENOUGH_OTHERS`, at most 1. A book without quarters of its own,
        as a snapshot is, has no calendar to take tenure for: 1.
    """
    dated = design.cell_quarter >= 0
    if not design.coding.quarters or not dated.any():
        return np.ones(rise.shape[1])
    months = np.bincount(design.cell_idx, minlength=len(dated))[dated]
    tenure = design.cell_tenure[dated]
    began = design.cell_quarter[dated] * 3 - tenure
    by_month = np.zeros((int(np.ptp(began)) + 1 + AT_ONE_TIME, rise.shape[1]))
    np.add.at(by_month, began - began.min() + AT_ONE_TIME, months[:, None] * rise[tenure])
    held = np.cumsum(by_month, axis=0)
    together = (held[AT_ONE_TIME:] - held[:-AT_ONE_TIME]).max(axis=0)
    total = np.maximum(held[-1], np.finfo(float).tiny)
    return np.clip((1 - together / total) / ENOUGH_OTHERS, 0.0, 1.0)


def _later(basis: np.ndarray) -> np.ndarray:
    """Return the sum of each function and all behind it, from the second on."""
    return np.cumsum(basis[:, ::-1], axis=1)[:, ::-1][:, 1:]
