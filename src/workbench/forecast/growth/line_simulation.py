"""Some accounts in full: every line, month by month, in every draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.forecast.simulation.arrays import Totals
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.forecast.simulation.intervention import NO_INTERVENTION, Intervention
from workbench.forecast.simulation.lines import Lines
from workbench.forecast.simulation.measures import N_KEPT, N_KINDS
from workbench.forecast.simulation.months import simulate_months


@dataclass(frozen=True)
class LineSimulation:
    """Some accounts, line by line.

    Parameters
    ----------
    line : ndarray of int64, shape (draw, line, month)
        Cents of yearly revenue at each month's end.
    account : ndarray of int64, shape (draw, account, month)
        Further products included.
    alive : ndarray of float32, shape (draw, line, month)
        Probability that the line still runs, its own chance integrated out.
    flow : ndarray of int64, shape (draw, account, month, movement)
        Signed movements; of all accounts together, of length 1, where that was asked for.
    """

    line: np.ndarray
    account: np.ndarray
    alive: np.ndarray
    flow: np.ndarray


def simulate_lines(
    inputs: ForecastInputs,
    lines: Lines,
    survived: np.ndarray,
    change: Intervention = NO_INTERVENTION,
    *,
    flow_together: bool = False,
) -> LineSimulation:
    """Simulate some accounts in full, by account and line.

    Parameters
    ----------
    inputs : ForecastInputs
    lines : Lines
        Whole accounts.
    survived : ndarray, shape (draw, line)
        See `Past.of`.
    change : Intervention
        By these lines.
    flow_together : bool
        Movements of all accounts in one sum: far less memory to go through.

    Returns
    -------
    LineSimulation
    """
    n_levels = 1 if flow_together else len(lines.begin) - 1
    level = np.repeat(np.arange(len(lines.begin) - 1), np.diff(lines.begin))[:, None]
    level = np.minimum(level, n_levels - 1)
    totals = empty_totals(len(inputs), n_levels, inputs.months, lines, detail=True)
    arrays = change.arrays(len(inputs), len(lines), inputs.months)
    simulate_months(
        inputs.seed, inputs.shared, inputs.group(lines, survived, level), arrays, totals
    )
    return LineSimulation(totals.line, totals.account, totals.alive, totals.flow)


def empty_totals(draws: int, levels: int, months: int, lines: Lines, *, detail: bool) -> Totals:
    """Return zeros for what the simulation sums up; by line where `detail` is asked for.

    Parameters
    ----------
    draws, levels, months : int, 0 or more
        How many; `levels` under all groupings together.
    lines : Lines
        Whole accounts.
    detail : bool
        Whether `line` and `alive` are to be filled; they have length 0 along draws otherwise.

    Returns
    -------
    Totals
    """
    n, accounts = len(lines), len(lines.begin) - 1
    of_line = (draws if detail else 0, n, months)
    return Totals(
        flow=np.zeros((draws, levels, months, N_KINDS), "int64"),
        kept=np.zeros((draws, levels, months, N_KEPT), "int64"),
        account=np.zeros((draws, accounts, months), "int64"),
        line=np.zeros(of_line, "int64"),
        alive=np.zeros(of_line, "float32"),
    )
