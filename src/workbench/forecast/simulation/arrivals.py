"""Customers to come: each is followed from the month in which it comes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from workbench.forecast.simulation.arrays import (
    InterventionArrays,
    LineBatch,
    LineStart,
    SharedParameters,
    compiled,
    scratch_for,
)
from workbench.forecast.simulation.further_products import simulate_further_sales
from workbench.forecast.simulation.line import simulate_line
from workbench.forecast.simulation.measures import book_movement
from workbench.forecast.simulation.random_numbers import (
    FOR_FIRST_SIZE,
    FOR_TERM,
    normal,
    stream,
    uniform,
)


class Arrivals(NamedTuple):
    """Customers to come, by source (a segment, or those who return) and month.

    Parameters
    ----------
    key : ndarray of uint64, shape (source,)
    count : ndarray of int64, shape (draw, source, month)
    size_mean, size_sd : ndarray, shape (draw, source)
        Of the log of the first yearly revenue, in the currency's units.
    movement : ndarray of int, shape (source,)
        NEW or REACTIVATION.
    term_share : ndarray, shape (source, term)
        Cumulative shares of terms, up to 1.
    term, term_group : ndarray of int, shape (term,)
    """

    key: np.ndarray
    count: np.ndarray
    size_mean: np.ndarray
    size_sd: np.ndarray
    movement: np.ndarray
    term_share: np.ndarray
    term: np.ndarray
    term_group: np.ndarray


@compiled
def _pick(share, s, random_stream):
    which = 0
    while which < share.shape[1] - 1 and random_stream > share[s, which]:
        which += 1
    return which


@compiled
def _receive(seed, shared, group, intervention, arrivals, flow, closing, scratch):
    months = shared.shock.shape[3]
    account, nothing = scratch.account, scratch.nothing
    for d in range(shared.exit.shape[0]):
        for s in range(len(arrivals.key)):
            source = stream(seed, arrivals.key[s], d)
            for h in range(months):
                for i in range(arrivals.count[d, s, h]):
                    random_stream = stream(source, np.uint64(i), h)
                    z = normal(random_stream, FOR_FIRST_SIZE, 0)
                    size = arrivals.size_mean[d, s] + arrivals.size_sd[d, s] * z
                    cents = max(np.int64(np.rint(100 * np.exp(min(size, 25.0)))), 1)
                    which = _pick(arrivals.term_share, s, uniform(random_stream, FOR_TERM, 0))
                    term, term_group = arrivals.term[which], arrivals.term_group[which]
                    group.term[s], group.term_group[s] = term, term_group
                    book_movement(flow[d], group.level, s, h, arrivals.movement[s], cents)
                    account[:] = 0
                    account[h] = cents
                    start = LineStart(
                        random_stream, h + 1, cents, 1, term - 1, term, term_group, 0.0
                    )
                    none = scratch.unsigned
                    simulate_line(
                        shared,
                        group,
                        intervention,
                        d,
                        s,
                        start,
                        none,
                        False,
                        flow[d],
                        account,
                        nothing,
                    )
                    _note_losses(account, h, scratch.lost)
                    simulate_further_sales(
                        shared,
                        group,
                        intervention,
                        d,
                        s,
                        random_stream,
                        h + 1,
                        0,
                        flow[d],
                        account,
                        scratch,
                        False,
                    )
                    for m in range(h, months):
                        closing[d, m] += account[m]


@compiled
def _note_losses(account, since, lost):
    lost[:] = False
    for h in range(since + 1, len(account)):
        lost[h] = account[h - 1] > 0 and account[h] == 0


def simulate_arrivals(
    seed: int,
    shared: SharedParameters,
    group: LineBatch,
    intervention: InterventionArrays,
    arrivals: Arrivals,
    flow: np.ndarray,
) -> np.ndarray:
    """Let customers arrive and follow each.

    Parameters
    ----------
    seed : int, 0 or more
        With the keys of the sources it fixes every random number.
    shared : SharedParameters
    group : LineBatch
        One line per source.
    intervention : InterventionArrays
    arrivals : Arrivals
    flow : ndarray of int64, shape (draw, level, month, movement)
        Their movements are added here.

    Returns
    -------
    ndarray of int64, shape (draw, month)
        What they are worth at each month's end.
    """
    closing = np.zeros(shared.shock.shape[1::2], np.int64)
    _receive(
        np.uint64(seed), shared, group, intervention, arrivals, flow, closing, scratch_for(shared)
    )
    return closing
