"""The arrays that the simulation reads and fills, and how its functions are compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from workbench.core.compiled import jit
from workbench.forecast.simulation.lines import N_SIGNED

# Without numba's run time no array is counted when it is passed on, which took half of the time;
# nothing may be allocated in these functions then, so scratch space is passed in.
compiled = jit(error_model="numpy", nogil=True, _nrt=False)


class SharedParameters(NamedTuple):
    """What all lines share, draw by draw.

    Processes follow `core.processes.PROCESSES`, kinds of change `REVENUE_PROCESSES` there.

    Parameters
    ----------
    exit : ndarray, shape (draw, exit kind)
        Log-hazard by the way out; see `core.names.EXIT_KINDS`.
    tenure : ndarray, shape (draw, month of tenure)
        Level beyond the last.
    shock : ndarray, shape (process, draw, level + 1, month)
        By `Coding.shaken_levels`; the last is that of lines that have none of these.
    fade : ndarray, shape (process, draw, month)
        What is left, in each month to come, of signals read today.
    frailty : ndarray, shape (draw,)
    size_sd : ndarray, shape (kind of change, draw)
        Of the log of the log-ratio; of the log-ratio itself for a further sale.
    term : ndarray, shape (process, draw, term group)
        What kinds of contract add; leaving has `exit` for that.
    size_term : ndarray, shape (kind of change, draw, term group)
    down : ndarray, shape (draw, term group)
        Probability that an amendment goes down.
    price : ndarray, shape (3, draw)
        Probability that a flat renewal carries another price; mean and sd of its log-ratio.
    most_size : float
        No change of quantity has a larger log-ratio.
    reversion : ndarray, shape (3, draw)
        See `workbench.forecast.posterior.revenue.Reversion.log_odds`.
    size_reversion : ndarray, shape (kind of change, draw)
    """

    exit: np.ndarray
    tenure: np.ndarray
    shock: np.ndarray
    fade: np.ndarray
    frailty: np.ndarray
    size_sd: np.ndarray
    term: np.ndarray
    size_term: np.ndarray
    down: np.ndarray
    price: np.ndarray
    most_size: float
    reversion: np.ndarray
    size_reversion: np.ndarray


class LineBatch(NamedTuple):
    """Lines that are simulated together, account by account.

    Parameters
    ----------
    key : ndarray of uint64, shape (line,)
    begin : ndarray of int, shape (account + 1,)
        Where the lines of each account begin.
    cents, tenure, to_end, term : ndarray of int64, shape (line,)
        Yearly revenue; months since the start and until the term's end, in the first month to
        come; months of a term.
    term_group : ndarray of int, shape (line,)
        0 for month to month, else 1 to 4, see `core.names.TERM_GROUPS`.
    level : ndarray of int, shape (line, grouping)
    shaken : ndarray of int, shape (line,)
        Position of the level by which shocks differ.
    usual : ndarray, shape (line,)
        Log of the cents that such a line usually is worth.
    own, strength : ndarray of float32, shape (process, draw, line)
    size_own : ndarray of float32, shape (kind of change, draw, line)
    survived : ndarray of float32, shape (draw, line)
    signed : ndarray of int64, shape (line, step, 8)
        See `forecast.simulation.lines.Lines`.
    """

    key: np.ndarray
    begin: np.ndarray
    cents: np.ndarray
    tenure: np.ndarray
    to_end: np.ndarray
    term: np.ndarray
    term_group: np.ndarray
    level: np.ndarray
    shaken: np.ndarray
    usual: np.ndarray
    own: np.ndarray
    strength: np.ndarray
    size_own: np.ndarray
    survived: np.ndarray
    signed: np.ndarray


class InterventionArrays(NamedTuple):
    """What a plan or a scenario changes, in full shape; see `simulation.intervention`."""

    log_rate_shift: np.ndarray
    renewal_price: np.ndarray
    amend: np.ndarray
    sale: np.ndarray


class Totals(NamedTuple):
    """What is summed up while the months pass.

    Parameters
    ----------
    flow : ndarray of int64, shape (draw, level, month, movement)
        Signed cents.
    kept : ndarray of int64, shape (draw, level, month, measure)
        By how much each measure changes in the month.
    account : ndarray of int64, shape (draw, account, month)
        Cents at the month's end, further products included.
    line : ndarray of int64, shape (draw, line, month)
        Of the lines themselves; of length 0 along draws when nobody asks.
    alive : ndarray of float32, shape (draw, line, month)
        Probability that the line still runs, its own chance and frailty integrated out; likewise.
    """

    flow: np.ndarray
    kept: np.ndarray
    account: np.ndarray
    line: np.ndarray
    alive: np.ndarray


class Scratch(NamedTuple):
    """Space to work in: one value per month, and arrays of length 0."""

    account: np.ndarray
    track: np.ndarray
    lost: np.ndarray
    nothing: np.ndarray
    unsigned: np.ndarray


class LineStart(NamedTuple):
    """A line on the day that its course begins."""

    random_stream: np.uint64
    month: int
    cents: int | np.integer
    tenure: int
    to_end: int
    term: int
    term_group: int
    survived: float


def scratch_for(shared: SharedParameters) -> Scratch:
    """Return space for lines of as many months as are simulated.

    Parameters
    ----------
    shared : SharedParameters
        Its shocks, one per month, tell how many those are.

    Returns
    -------
    Scratch
    """
    months = shared.shock.shape[3]
    account, track = np.zeros((2, months), np.int64)
    nothing, unsigned = np.empty(0, np.float32), np.empty((0, N_SIGNED), np.int64)
    return Scratch(account, track, np.zeros(months, np.bool_), nothing, unsigned)
